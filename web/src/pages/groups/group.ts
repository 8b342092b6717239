import { type ResultOf, graphql } from '../../graphql.ts';

export const groupDocument = graphql(`
  fragment GroupRow on Group {
    id
    name
    createdAt
    accounts(first: 100) {
      nodes {
        id
        name
        state
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

export type GroupRow = ResultOf<typeof groupDocument>;

export const groupsDocument = graphql(
  `
    query Groups($after: String) {
      groups(first: 50, after: $after) {
        nodes {
          ...GroupRow
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [groupDocument],
);
export const groupAccountsDocument = graphql(`
  query GroupAccounts($id: ID!, $after: String) {
    node(id: $id) {
      __typename
      id
      ... on Group {
        accounts(first: 100, after: $after) {
          nodes {
            id
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`);
export const createGroupDocument = graphql(
  `
    mutation CreateGroup($input: CreateGroupInput!) {
      createGroup(input: $input) {
        group {
          ...GroupRow
        }
      }
    }
  `,
  [groupDocument],
);
export const updateGroupDocument = graphql(
  `
    mutation UpdateGroup($input: UpdateGroupInput!) {
      updateGroup(input: $input) {
        group {
          ...GroupRow
        }
      }
    }
  `,
  [groupDocument],
);
export const deleteGroupDocument = graphql(`
  mutation DeleteGroup($id: ID!) {
    deleteGroup(id: $id) {
      deletedId
    }
  }
`);
