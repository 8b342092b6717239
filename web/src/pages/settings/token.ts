import { type ResultOf, graphql } from '../../graphql.ts';

const tokenDocument = graphql(`
  fragment TokenRow on ApiToken {
    id
    name
    scope
    accountIds
    createdAt
    lastUsedAt
    expiresAt
  }
`);

export type TokenRow = ResultOf<typeof tokenDocument>;

export const tokensDocument = graphql(
  `
    query ApiTokens($after: String) {
      apiTokens(first: 50, after: $after) {
        nodes {
          ...TokenRow
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [tokenDocument],
);
export const createTokenDocument = graphql(
  `
    mutation CreateApiToken($input: CreateApiTokenInput!) {
      createApiToken(input: $input) {
        token {
          ...TokenRow
        }
        secret
      }
    }
  `,
  [tokenDocument],
);
export const revokeTokenDocument = graphql(`
  mutation RevokeApiToken($id: ID!) {
    revokeApiToken(id: $id) {
      deletedId
    }
  }
`);
