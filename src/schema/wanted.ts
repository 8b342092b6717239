/** What a list has to read of its objects, by what of them is selected. */
import {
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  Kind,
  type SelectionSetNode,
  getNamedType,
  isObjectType,
} from 'graphql';
import type { Context } from './builder.ts';

/** Options of a field that is made of these properties of its record alone. One that shows a property as it is needs none. */
export function madeOf<Shape>() {
  return <Property extends keyof Shape & string, Shown>(
    properties: readonly Property[],
    resolve: (record: Pick<Shape, Property>, args: object, context: Context) => Shown,
  ) => ({ extensions: { madeOf: properties }, resolve });
}

type Wanted<Property> = { wanted?: readonly Property[] };

/** What was found, by the nodes that were looked at: they are the same ones as long as a document is known. */
const known = new WeakMap<readonly FieldNode[], Wanted<string>>();

/**
 * The properties that the fields selected of a connection's objects are made of. Undefined where one of them does not say: then all must be
 * read.
 */
export function wantedOf<Shape>(info: GraphQLResolveInfo): Wanted<keyof Shape> {
  let wanted = known.get(info.fieldNodes);
  if (wanted === undefined) known.set(info.fieldNodes, (wanted = readWanted(info)));
  return wanted as Wanted<keyof Shape>;
}

function readWanted(info: GraphQLResolveInfo): Wanted<string> {
  const connection = getNamedType(info.returnType) as GraphQLObjectType;
  const type = getNamedType(connection.getFields()['nodes']!.type);
  if (!isObjectType(type)) return {};
  const fields = type.getFields();
  const below = (nodes: readonly FieldNode[], name?: string) =>
    nodes
      .flatMap((node) => fieldsIn(node.selectionSet, info.fragments))
      .filter((node) => name === undefined || node.name.value === name);
  const objects = [...below(info.fieldNodes, 'nodes'), ...below(below(info.fieldNodes, 'edges'), 'node')];
  const wanted = new Set<string>();
  for (const { name } of below(objects)) {
    if (name.value === '__typename') continue;
    const { madeOf: properties, pothosExposedField: exposed } = fields[name.value]?.extensions ?? {};
    if (!exposed && !properties) return {};
    for (const property of (properties ?? [exposed]) as string[]) wanted.add(property);
  }
  return { wanted: [...wanted] };
}

/** Of all fragments, whether or not they apply. */
function fieldsIn(set: SelectionSetNode | undefined, fragments: GraphQLResolveInfo['fragments']): FieldNode[] {
  return (set?.selections ?? []).flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
    return fieldsIn(fragment?.selectionSet, fragments);
  });
}
