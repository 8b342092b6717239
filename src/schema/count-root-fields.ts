import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/** How often a root field stands in the operation that is being executed, fragments included. */
export function countRootFields(info: GraphQLResolveInfo, name: string): number {
  const count = (set: SelectionSetNode): number =>
    set.selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + (selection.name.value === name ? 1 : 0);
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + count(selection.selectionSet);
      const fragment = info.fragments[selection.name.value];
      return fragment ? sum + count(fragment.selectionSet) : sum;
    }, 0);
  return count(info.operation.selectionSet);
}
