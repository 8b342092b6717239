import { type ResultOf, graphql } from '../graphql.ts';
import { usePages } from './pages.ts';

const namesDocument = graphql(`
  query AccountNames($after: String) {
    accounts(first: 100, after: $after) {
      nodes {
        id
        name
        capabilities
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

type AccountName = NonNullable<ResultOf<typeof namesDocument>['accounts']>['nodes'][number];

/** All accounts that the viewer sees, to choose from. */
export function useAccounts(): readonly AccountName[] {
  const { items, hasMore, isLoading, more } = usePages(namesDocument, {}, ({ accounts }) => accounts);
  if (hasMore && !isLoading) queueMicrotask(more);
  return items;
}

/** A colour of its own for each account, by its number; beside its name, and never alone. */
export function colourOf(accountId: string): string {
  return `hsl(${(Number(accountId) * 137.5) % 360} 60% 50%)`;
}
