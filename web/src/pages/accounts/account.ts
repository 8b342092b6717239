/** What the accounts' pages show of an account, and what they ask the gateway to do. */
import { type ResultOf, graphql } from '../../graphql.ts';

export const accountDocument = graphql(`
  fragment AccountRow on Account {
    id
    name
    remark
    driver
    wxid
    avatarUrl
    state
    stateReason
    stateSince
    ready
    unreadCount
    lastMessageAt
    createdAt
    callbackUrl
    defaultReceiver {
      id
      wxid
      displayName
    }
    capabilities
    qrCode {
      image
      url
      expiresAt
    }
    stats {
      todaySent
      todayFailed
      todayUnknown
      totalSent
      queued
    }
    pacing {
      intervalMs
      jitterMs
      perDay
      paused
    }
    connection {
      __typename
      baseUrl
      ... on OpenwxConnection {
        client
      }
      ... on EcloudConnection {
        wcId
        wId
      }
      ... on PchookConnection {
        dialect
        timezone
      }
    }
    contactSync {
      state
      done
      total
      error
      finishedAt
      friends
      chatRooms
      officialAccounts
      others
    }
    groups(first: 100) {
      nodes {
        id
        name
      }
    }
  }
`);

export const accountsDocument = graphql(
  `
    query Accounts($after: String, $filter: AccountFilter) {
      accounts(first: 100, after: $after, filter: $filter) {
        totalCount
        nodes {
          ...AccountRow
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [accountDocument],
);

export type AccountRow = ResultOf<typeof accountDocument>;

export const startDocument = graphql(
  `
    mutation StartAccount($id: ID!) {
      startAccount(id: $id) {
        account {
          ...AccountRow
        }
      }
    }
  `,
  [accountDocument],
);
export const stopDocument = graphql(
  `
    mutation StopAccount($id: ID!) {
      stopAccount(id: $id) {
        account {
          ...AccountRow
        }
      }
    }
  `,
  [accountDocument],
);
export const updateDocument = graphql(
  `
    mutation UpdateAccount($input: UpdateAccountInput!) {
      updateAccount(input: $input) {
        account {
          ...AccountRow
        }
      }
    }
  `,
  [accountDocument],
);
export const createDocument = graphql(
  `
    mutation CreateAccount($input: CreateAccountInput!) {
      createAccount(input: $input) {
        account {
          ...AccountRow
        }
      }
    }
  `,
  [accountDocument],
);
export const deleteDocument = graphql(`
  mutation DeleteAccount($id: ID!) {
    deleteAccount(id: $id) {
      deletedId
    }
  }
`);
export const syncDocument = graphql(
  `
    mutation SyncContacts($accountId: ID!) {
      syncContacts(accountId: $accountId) {
        account {
          ...AccountRow
        }
      }
    }
  `,
  [accountDocument],
);
export const verifyDocument = graphql(`
  mutation EnterVerificationCode($input: EnterVerificationCodeInput!) {
    enterVerificationCode(input: $input) {
      account {
        id
        state
        stateReason
      }
    }
  }
`);

/** What needs somebody first comes first. */
const order: readonly AccountRow['state'][] = [
  'SUSPECT',
  'OFFLINE',
  'SCANNING',
  'CONFIRMING',
  'LOADING',
  'UPDATING',
  'RUNNING',
  'INIT',
  'STOPPED',
];

export function byUrgency(a: AccountRow, b: AccountRow): number {
  return order.indexOf(a.state) - order.indexOf(b.state) || a.id.localeCompare(b.id);
}

/** States in which an account waits for a phone. */
export const loggingIn: readonly AccountRow['state'][] = ['SCANNING', 'CONFIRMING'];
