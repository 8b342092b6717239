import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

const sends = ['send', 'resend', 'consult'];

/** How many sends the operation that is being executed asks for, fragments included: for each a key may be given. */
export function countSends(info: GraphQLResolveInfo): number {
  const count = (set: SelectionSetNode): number =>
    set.selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + (sends.includes(selection.name.value) ? 1 : 0);
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + count(selection.selectionSet);
      const fragment = info.fragments[selection.name.value];
      return fragment ? sum + count(fragment.selectionSet) : sum;
    }, 0);
  return count(info.operation.selectionSet);
}
