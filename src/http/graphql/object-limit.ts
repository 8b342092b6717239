/**
 * How many objects an operation may ask for: lists inside of lists multiply. Counted by the sizes that it asks for, before anything is
 * read, so that what is refused costs nothing.
 */
import {
  type ExecutionArgs,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  getArgumentValues,
  getNamedType,
  getNullableType,
  getOperationAST,
  getVariableValues,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
} from 'graphql';
import { isLeftOut } from '../../graphql-plan.ts';

/** Two full pages, one inside the other, with an object beside each of them. */
export const mostObjects = 20_000;

/** A list that has no size of its own counts as a page does. */
const defaultSize = 50;
/** More at once is refused by each list, in words of its own. */
const largestPage = 100;

type Operation = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>;
type Counting = {
  schema: ExecutionArgs['schema'];
  variables: Record<string, unknown>;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** By fragment: the objects of one spread. */
  counted: Map<string, number>;
};

/** Of operations without variables, which ask for the same each time. */
const answered = new WeakMap<OperationDefinitionNode, GraphQLError | null>();

/** What makes an operation ask for too many objects, or null. Of an operation that is wrong otherwise it says nothing. */
export function tooManyObjects(asked: Operation): GraphQLError | null {
  const operation = getOperationAST(asked.document, asked.operationName);
  if (!operation) return null;
  if (operation.variableDefinitions?.length) return countAll(operation, asked);
  let answer = answered.get(operation);
  if (answer === undefined) answered.set(operation, (answer = countAll(operation, asked)));
  return answer;
}

function countAll(
  operation: OperationDefinitionNode,
  { schema, document, variableValues }: Operation,
): GraphQLError | null {
  const root = schema.getRootType(operation.operation);
  if (!root) return null;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {});
  if (coerced === undefined) return null;
  const fragments = new Map(
    document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])),
  );
  const objects = countIn(operation.selectionSet, root, null, {
    schema,
    variables: coerced,
    fragments,
    counted: new Map(),
  });
  return objects <= mostObjects
    ? null
    : new GraphQLError(
        `The query asks for up to ${objects} objects, more than the ${mostObjects} that are allowed: ask for shorter pages.`,
        { extensions: { code: 'BAD_INPUT' } },
      );
}

/** Objects below one object of this type. `pageSize`: of the list that this is a page of. */
function countIn(
  { selections }: SelectionSetNode,
  type: GraphQLCompositeType,
  pageSize: number | null,
  counting: Counting,
): number {
  let always = 0;
  // An object has one type: of what is asked of several, the most counts.
  const byType = new Map<string, number>();
  for (const selection of selections) {
    if (isLeftOut(selection, counting.variables)) continue;
    if (selection.kind === Kind.FIELD) {
      always += countField(selection, type, pageSize, counting);
      continue;
    }
    const [condition, objects] = countFragment(selection, type, pageSize, counting);
    if (isAbstractType(type) && isObjectType(condition))
      byType.set(condition.name, (byType.get(condition.name) ?? 0) + objects);
    else always += objects;
  }
  return always + Math.max(0, ...byType.values());
}

function countField(node: FieldNode, type: GraphQLCompositeType, pageSize: number | null, counting: Counting): number {
  const field = 'getFields' in type ? type.getFields()[node.name.value] : undefined;
  const named = field && getNamedType(field.type);
  if (!field || !node.selectionSet || !isCompositeType(named)) return 0;
  const below = (size: number | null) => countIn(node.selectionSet!, named, size, counting);
  const isPage = field.args.some((arg) => arg.name === 'first');
  if (isPage) return below(sizeOf(node, field, counting));
  if (!isListType(getNullableType(field.type))) {
    // A page's own record holds nothing, and an edge is a place for its object.
    return named.name === 'PageInfo' ? 0 : 1 + below(null);
  }
  const size = pageSize ?? sizeOf(node, field, counting);
  return size * (node.name.value === 'edges' ? below(null) : 1 + below(null));
}

function sizeOf(node: FieldNode, field: Parameters<typeof getArgumentValues>[0], { variables }: Counting): number {
  let args: Record<string, unknown>;
  try {
    args = getArgumentValues(field, node, variables);
  } catch {
    return 0; // It is refused for that.
  }
  if (Array.isArray(args['ids'])) return Math.min(args['ids'].length, largestPage);
  const size = args['first'] ?? args['last'];
  return typeof size === 'number' ? Math.min(Math.max(size, 0), largestPage) : defaultSize;
}

function countFragment(
  node: Exclude<SelectionNode, FieldNode>,
  type: GraphQLCompositeType,
  pageSize: number | null,
  counting: Counting,
): [condition: GraphQLCompositeType, objects: number] {
  const isSpread = node.kind === Kind.FRAGMENT_SPREAD;
  const fragment = isSpread ? counting.fragments.get(node.name.value) : node;
  const condition = fragment?.typeCondition ? counting.schema.getType(fragment.typeCondition.name.value) : type;
  if (!fragment || !isCompositeType(condition)) return [type, 0];
  if (!isSpread) return [condition, countIn(fragment.selectionSet, condition, pageSize, counting)];
  const key = `${node.name.value} ${pageSize}`;
  const known = counting.counted.get(key);
  if (known !== undefined) return [condition, known];
  // What a fragment spreads of itself counts as nothing: validation refuses cycles.
  counting.counted.set(key, 0);
  const objects = countIn(fragment.selectionSet, condition, pageSize, counting);
  counting.counted.set(key, objects);
  return [condition, objects];
}
