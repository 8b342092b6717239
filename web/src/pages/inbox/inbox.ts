/** What the inbox asks the gateway. */
import { type ResultOf, graphql } from '../../graphql.ts';
import { liveMessage } from '../../live/message.ts';

/** The fields that a message brings along live, and the newest message itself. */
const chatRow = graphql(`
  fragment ChatRow on Chat {
    id
    unreadCount
    unreadMentions
    updatedAt
    contact {
      id
      kind
      wxid
      name
      remark
      displayName
      avatarUrl
      pinned
    }
    account {
      id
      name
    }
    lastMessage {
      id
      kind
      text
      direction
      sentAt
      revoked
      sender {
        displayName
      }
    }
  }
`);

export type ChatRow = ResultOf<typeof chatRow>;

export const chatsDocument = graphql(
  `
    query Chats($after: String, $filter: ChatFilter) {
      chats(first: 50, after: $after, filter: $filter) {
        nodes {
          ...ChatRow
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [chatRow],
);

/** Whom the chosen conversation is with, and what can be done there. */
export const chatDocument = graphql(`
  query Chat($id: ID!) {
    chat(id: $id) {
      id
      unreadCount
      contact {
        __typename
        id
        kind
        wxid
        displayName
        avatarUrl
        ... on ChatRoom {
          memberCount
        }
      }
      account {
        id
        name
        state
        ready
        capabilities
      }
    }
  }
`);

export type OpenChat = NonNullable<ResultOf<typeof chatDocument>['chat']>;

export const chatOfContactDocument = graphql(`
  query ChatOfContact($id: ID!) {
    contact(id: $id) {
      __typename
      id
      kind
      wxid
      displayName
      avatarUrl
      ... on ChatRoom {
        memberCount
      }
      chat {
        id
      }
      account {
        id
        name
        state
        ready
        capabilities
      }
    }
  }
`);

/** Messages of a conversation, on from a position in one direction or the other. */
export const threadDocument = graphql(
  `
    query Thread($chatId: ID!, $first: Int, $after: String, $last: Int, $before: String) {
      chat(id: $chatId) {
        id
        unreadCount
        messages(first: $first, after: $after, last: $last, before: $before) {
          nodes {
            ...LiveMessage
          }
          pageInfo {
            hasNextPage
            hasPreviousPage
          }
        }
      }
    }
  `,
  [liveMessage],
);

export const messageDocument = graphql(
  `
    query OneMessage($id: ID!) {
      message(id: $id) {
        ...LiveMessage
      }
    }
  `,
  [liveMessage],
);

export const markReadDocument = graphql(`
  mutation MarkRead($input: MarkReadInput!) {
    markRead(input: $input) {
      chat {
        id
        unreadCount
        unreadMentions
      }
    }
  }
`);

export const revokeDocument = graphql(`
  mutation RevokeMessage($id: ID!) {
    revokeMessage(id: $id) {
      message {
        id
        revoked
      }
    }
  }
`);

/** As SendUpdated tells a line, so that both are alike. */
const outgoingLine = graphql(`
  fragment OutgoingLine on SendLog {
    id
    status
    errorCode
    errorMessage
    receiver
    type
    content
    createdAt
    account {
      id
    }
    message {
      id
    }
  }
`);

export type OutgoingLine = ResultOf<typeof outgoingLine>;

/** Lines to one receiver. */
export const outgoingDocument = graphql(
  `
    query Outgoing($filter: LogFilter) {
      logs(first: 50, filter: $filter) {
        nodes {
          ...OutgoingLine
        }
      }
    }
  `,
  [outgoingLine],
);

export const replyDocument = graphql(
  `
    mutation Reply($input: SendInput!) {
      send(input: $input) {
        job {
          id
          logs(first: 1) {
            nodes {
              ...OutgoingLine
            }
          }
        }
      }
    }
  `,
  [outgoingLine],
);

export const resendDocument = graphql(`
  mutation ResendReply($input: ResendInput!) {
    resend(input: $input) {
      job {
        id
      }
    }
  }
`);

export const cancelDocument = graphql(`
  mutation CancelReply($logId: ID!) {
    cancelSend(logId: $logId) {
      log {
        id
        status
      }
    }
  }
`);
