/** What the pages show of contacts, and what they ask the gateway to do. */
import { useQuery } from 'urql';
import { type ResultOf, type VariablesOf, graphql } from '../../graphql.ts';
import { useLiveEvents } from '../../live/live.tsx';

const contactRow = graphql(`
  fragment ContactRow on Contact {
    __typename
    id
    kind
    wxid
    name
    remark
    displayName
    avatarUrl
    pinned
    account {
      id
      name
    }
    ... on Friend {
      alias
    }
    ... on ChatRoom {
      memberCount
    }
  }
`);

export type ContactRow = ResultOf<typeof contactRow>;

export const contactsDocument = graphql(
  `
    query Contacts($after: String, $filter: ContactFilter, $count: Boolean = false) {
      contacts(first: 100, after: $after, filter: $filter) {
        totalCount @include(if: $count)
        nodes {
          ...ContactRow
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [contactRow],
);

export type ContactFilter = NonNullable<VariablesOf<typeof contactsDocument>['filter']>;

export const countsDocument = graphql(`
  query ContactCounts($accountIds: [ID!], $search: String) {
    FRIEND: contacts(first: 1, filter: { accountIds: $accountIds, search: $search, kinds: [FRIEND] }) {
      totalCount
    }
    CHAT_ROOM: contacts(first: 1, filter: { accountIds: $accountIds, search: $search, kinds: [CHAT_ROOM] }) {
      totalCount
    }
    OFFICIAL_ACCOUNT: contacts(
      first: 1
      filter: { accountIds: $accountIds, search: $search, kinds: [OFFICIAL_ACCOUNT] }
    ) {
      totalCount
    }
    OTHER: contacts(first: 1, filter: { accountIds: $accountIds, search: $search, kinds: [OTHER] }) {
      totalCount
    }
  }
`);

const contactFacts = graphql(`
  fragment ContactFacts on Contact {
    __typename
    id
    kind
    wxid
    name
    remark
    displayName
    avatarUrl
    pinned
    account {
      id
      name
      capabilities
    }
    chat {
      id
    }
    ... on Friend {
      alias
      sex
      country
      province
      city
      signature
      labels
    }
    ... on OfficialAccount {
      signature
    }
    ... on ChatRoom {
      memberCount
      owner {
        id
        displayName
      }
    }
  }
`);

export type ContactFacts = ResultOf<typeof contactFacts>;

const contactDocument = graphql(
  `
    query OneContact($id: ID!) {
      contact(id: $id) {
        ...ContactFacts
      }
    }
  `,
  [contactFacts],
);

/** One contact, as live as the log is. */
export function useContact(id: string) {
  const [{ data, error }, ask] = useQuery({ query: contactDocument, variables: { id } });
  const again = (): void => ask({ requestPolicy: 'network-only' });
  useLiveEvents((event) => {
    if (event.__typename === 'ContactChanged' && event.contact?.id === id) again();
  });
  return { contact: data?.contact ?? null, error, again };
}

export const membersDocument = graphql(`
  query Members($id: ID!, $after: String, $search: String) {
    contact(id: $id) {
      __typename
      id
      ... on ChatRoom {
        members(first: 100, after: $after, search: $search) {
          totalCount
          nodes {
            id
            wxid
            name
            displayName
            avatarUrl
            isOwner
            contact {
              id
            }
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

export const setRemarkDocument = graphql(`
  mutation SetRemark($input: SetRemarkInput!) {
    setRemark(input: $input) {
      contact {
        id
        remark
        displayName
      }
    }
  }
`);

export const pinDocument = graphql(`
  mutation PinContact($input: PinContactInput!) {
    pinContact(input: $input) {
      contact {
        id
        pinned
      }
    }
  }
`);

export const renameDocument = graphql(`
  mutation RenameChatRoom($input: RenameChatRoomInput!) {
    renameChatRoom(input: $input) {
      chatRoom {
        id
        name
        displayName
      }
    }
  }
`);

export const inviteDocument = graphql(`
  mutation InviteToChatRoom($input: ChatRoomMembersInput!) {
    inviteToChatRoom(input: $input) {
      chatRoom {
        id
        memberCount
      }
    }
  }
`);

export const removeDocument = graphql(`
  mutation RemoveFromChatRoom($input: ChatRoomMembersInput!) {
    removeFromChatRoom(input: $input) {
      chatRoom {
        id
        memberCount
      }
    }
  }
`);

export const createRoomDocument = graphql(`
  mutation CreateChatRoom($input: CreateChatRoomInput!) {
    createChatRoom(input: $input) {
      chatRoom {
        id
      }
    }
  }
`);

export const addFriendDocument = graphql(`
  mutation AddFriend($input: AddFriendInput!) {
    addFriend(input: $input) {
      account {
        id
      }
    }
  }
`);

export const requestsDocument = graphql(`
  query FriendRequests($filter: MessageFilter) {
    messages(last: 50, filter: $filter) {
      nodes {
        id
        sentAt
        account {
          id
          name
          capabilities
        }
        content {
          __typename
          ... on FriendRequestContent {
            wxid
            name
            greeting
          }
        }
      }
    }
  }
`);

export const syncsDocument = graphql(`
  query ContactSyncs($filter: AccountFilter) {
    accounts(first: 100, filter: $filter) {
      nodes {
        id
        name
        state
        capabilities
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
      }
    }
  }
`);

export const syncDocument = graphql(`
  mutation FetchContacts($accountId: ID!) {
    syncContacts(accountId: $accountId) {
      account {
        id
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
      }
    }
  }
`);
