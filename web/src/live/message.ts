/** A message as pages show it: the log tells it with the same fields, so that a list and what comes live are alike. */
import { type ResultOf, graphql } from '../graphql.ts';

export const liveMessage = graphql(`
  fragment LiveMessage on Message {
    id
    kind
    text
    direction
    sentAt
    receivedAt
    cursor
    revoked
    mentionsMe
    mentions
    sendLog {
      id
    }
    sender {
      wxid
      name
      displayName
      avatarUrl
      isSelf
    }
    account {
      id
    }
    content {
      __typename
      ... on TextContent {
        text
      }
      ... on MediaContent {
        media {
          id
          status
          name
          mime
          size
          width
          height
          durationMs
          url
          wavUrl
        }
      }
      ... on CardContent {
        wxid
        name
        avatarUrl
      }
      ... on LocationContent {
        latitude
        longitude
        label
      }
      ... on LinkContent {
        title
        description
        url
        appName
        thumbnailUrl
      }
      ... on QuoteContent {
        text
        quotedText
        quoted {
          id
        }
      }
      ... on FriendRequestContent {
        wxid
        name
        greeting
      }
      ... on RevokeContent {
        notice
        revoked {
          id
          revoked
        }
      }
      ... on SystemContent {
        systemNotice: notice
      }
      ... on UnknownContent {
        type
      }
    }
    chat {
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
      }
    }
  }
`);

export type LiveMessage = ResultOf<typeof liveMessage>;
