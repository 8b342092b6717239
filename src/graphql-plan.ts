/** What an operation asks of each type, worked out once and kept with its document. `graphql-execute.ts` goes by it. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  getDirectiveValues,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  visit,
} from 'graphql';

/** A type as its values are completed. */
export type Shape = { isRequired: boolean; returned: GraphQLOutputType } & (
  | { kind: 'list'; item: Shape }
  | { kind: 'leaf'; type: GraphQLLeafType }
  | { kind: 'composite'; type: GraphQLCompositeType }
);

export type PlannedField = {
  /** The alias, or the name. */
  key: string;
  nodes: readonly FieldNode[];
  parent: GraphQLObjectType;
  definition: GraphQLField<unknown, unknown>;
  shape: Shape;
  /** What is selected of its objects, by their type, as far as there were any. */
  below: Map<GraphQLObjectType, readonly PlannedField[]> | null;
};

export type Plan = {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: Record<string, FragmentDefinitionNode>;
  root: GraphQLObjectType;
  fields: readonly PlannedField[];
  /** Those variables that decide what is left out. */
  conditions: Variables;
};

type Variables = Readonly<Record<string, unknown>>;
type Known = Pick<Plan, 'schema' | 'fragments'> & { conditions: readonly string[]; plans: Map<string, Plan> };

const known = new WeakMap<OperationDefinitionNode, Known>();

/** The operation of a document that is to be executed; an error where there is none of that name, or without one not just one. */
export function operationIn(
  document: DocumentNode,
  name: string | null | undefined,
): OperationDefinitionNode | GraphQLError {
  const all = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (name !== null && name !== undefined) {
    const named = all.findLast((one) => one.name?.value === name);
    return named ?? new GraphQLError(`Unknown operation named "${name}".`);
  }
  if (all.length > 1) return new GraphQLError('Must provide operation name if query contains multiple operations.');
  return all[0] ?? new GraphQLError('Must provide an operation.');
}

/**
 * How to execute an operation of this document. Variables decide of it only what `@skip` and `@include` leave out. Throws a GraphQLError
 * where the schema has no such operations.
 */
export function planOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): Plan {
  let kept = known.get(operation);
  if (kept?.schema !== schema) known.set(operation, (kept = { schema, plans: new Map(), ...readDocument(document) }));
  const values = kept.conditions.map((name) => variables[name]);
  const key = JSON.stringify(values);
  let plan = kept.plans.get(key);
  if (plan === undefined) {
    const root = schema.getRootType(operation.operation);
    if (!root) {
      throw new GraphQLError(`Schema is not configured to execute ${operation.operation} operation.`, {
        nodes: operation,
      });
    }
    const conditions = Object.fromEntries(kept.conditions.map((name, at) => [name, values[at]]));
    const context = { schema, operation, fragments: kept.fragments, conditions };
    plan = { ...context, root, fields: planFields(context, root, [operation.selectionSet]) };
    kept.plans.set(key, plan);
  }
  return plan;
}

/** What is selected of an object of this type. */
export function fieldsBelow(plan: Plan, field: PlannedField, type: GraphQLObjectType): readonly PlannedField[] {
  field.below ??= new Map();
  let fields = field.below.get(type);
  if (fields === undefined) {
    const sets = field.nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    field.below.set(type, (fields = planFields(plan, type, sets)));
  }
  return fields;
}

/** Fragments, and the variables that `@skip` and `@include` look at. */
function readDocument(document: DocumentNode): Pick<Plan, 'fragments'> & { conditions: readonly string[] } {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null) as Record<string, never>;
  const conditions = new Set<string>();
  visit(document, {
    FragmentDefinition: (node) => void (fragments[node.name.value] = node),
    Directive: (node) => {
      for (const { value } of node.arguments ?? []) if (value.kind === Kind.VARIABLE) conditions.add(value.name.value);
    },
  });
  return { fragments, conditions: [...conditions] };
}

type Collecting = Pick<Plan, 'schema' | 'fragments' | 'conditions'>;

function planFields(
  collecting: Collecting,
  parent: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): readonly PlannedField[] {
  const byKey = new Map<string, FieldNode[]>();
  const spread = new Set<string>();
  for (const set of sets) collect(collecting, parent, set, byKey, spread);
  return [...byKey].flatMap(([key, nodes]) => {
    const definition = definitionOf(collecting.schema, parent, nodes[0]!.name.value);
    return definition ? [{ key, nodes, parent, definition, shape: shapeOf(definition.type), below: null }] : [];
  });
}

function collect(
  collecting: Collecting,
  parent: GraphQLObjectType,
  { selections }: SelectionSetNode,
  byKey: Map<string, FieldNode[]>,
  spread: Set<string>,
): void {
  for (const selection of selections) {
    if (isLeftOut(selection, collecting.conditions)) continue;
    if (selection.kind === Kind.FIELD) {
      const key = selection.alias?.value ?? selection.name.value;
      const nodes = byKey.get(key);
      if (nodes) nodes.push(selection);
      else byKey.set(key, [selection]);
      continue;
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      if (spread.has(selection.name.value)) continue;
      spread.add(selection.name.value);
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? collecting.fragments[selection.name.value] : selection;
    if (!fragment || !applies(collecting.schema, fragment.typeCondition?.name.value, parent)) continue;
    collect(collecting, parent, fragment.selectionSet, byKey, spread);
  }
}

/** Whether `@skip` or `@include` leave it out, by the values of their variables. */
export function isLeftOut(node: SelectionNode, conditions: Variables): boolean {
  if (!node.directives?.length) return false;
  return (
    getDirectiveValues(GraphQLSkipDirective, node, conditions)?.['if'] === true ||
    getDirectiveValues(GraphQLIncludeDirective, node, conditions)?.['if'] === false
  );
}

function applies(schema: GraphQLSchema, condition: string | undefined, type: GraphQLObjectType): boolean {
  if (condition === undefined || condition === type.name) return true;
  const asked = schema.getType(condition);
  return isAbstractType(asked) && schema.isSubType(asked, type);
}

function definitionOf(
  schema: GraphQLSchema,
  parent: GraphQLObjectType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  const isQuery = parent === schema.getQueryType();
  if (isQuery && name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (isQuery && name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return parent.getFields()[name];
}

function shapeOf(returned: GraphQLOutputType): Shape {
  const isRequired = isNonNullType(returned);
  const type = isRequired ? (returned.ofType as GraphQLOutputType) : returned;
  if (isListType(type)) return { isRequired, returned, kind: 'list', item: shapeOf(type.ofType) };
  if (isLeafType(type)) return { isRequired, returned, kind: 'leaf', type };
  return { isRequired, returned, kind: 'composite', type: type as GraphQLCompositeType };
}
