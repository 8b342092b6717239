/**
 * An event as JSON, for `GET /events` and outgoing webhooks: `{type, timestamp, cursor, accountId, data}`.
 *
 * What `data` holds is this one fragment. The upstream's raw bodies are never in it.
 */

export type EventJson = { type: string; timestamp: string; cursor: string; accountId: string | null; data: unknown };

/** One subscription over everything that happens, with the fragment that makes the JSON. */
export const eventsDocument = /* GraphQL */ `
  subscription Events($types: [EventType!], $accountIds: [ID!], $chatIds: [ID!], $after: String, $last: Int) {
    events(types: $types, accountIds: $accountIds, chatIds: $chatIds, after: $after, last: $last) {
      ...EventJson
    }
  }
  fragment EventJson on Event {
    __typename
    cursor
    at
    account {
      id
    }
    ... on MessageReceived {
      message {
        ...MessageJson
      }
    }
    ... on MessageUpdated {
      message {
        ...MessageJson
      }
    }
    ... on FriendRequested {
      message {
        ...MessageJson
      }
    }
    ... on ClientStateChanged {
      fromState: from
      toState: to
      reason
      qrCode {
        url
        image
        expiresAt
      }
    }
    ... on SendUpdated {
      log {
        id
        job {
          id
        }
        receiver
        receiverContact {
          id
        }
        type
        content
        status
        confirmedBy
        errorCode
        errorMessage
        attempts
        responseTimeMs
        message {
          id
        }
        createdAt
        dispatchedAt
        settledAt
      }
    }
    ... on ContactChanged {
      contactChange: change
      contact {
        id
        kind
        wxid
        name
        remark
        displayName
      }
      member {
        id
        wxid
        name
        displayName
      }
      property
      from
      to
    }
    ... on ChatUpdated {
      chat {
        id
        unreadCount
        unreadMentions
      }
    }
    ... on AccountChanged {
      change
      accountId
    }
    ... on GroupChanged {
      change
      groupId
      group {
        id
        name
      }
    }
    ... on ContactsSynced {
      sync {
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
    ... on WebhookChanged {
      webhookId
    }
    ... on CaughtUp {
      replayed
    }
  }
  fragment MessageJson on Message {
    id
    chat {
      id
      contact {
        id
        kind
        wxid
        displayName
      }
    }
    sender {
      wxid
      name
      displayName
      isSelf
    }
    direction
    kind
    text
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
          url
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
        appId
        thumbnailUrl
      }
      ... on QuoteContent {
        quote: text
        quotedUpstreamId
        quotedText
      }
      ... on FriendRequestContent {
        wxid
        name
        greeting
      }
      ... on RevokeContent {
        revokedUpstreamId
        notice
      }
      ... on SystemContent {
        systemNotice: notice
      }
      ... on UnknownContent {
        type
      }
    }
    mentions
    mentionsMe
    upstreamId
    sentAt
    receivedAt
    duplicates
    revoked
    sendLog {
      id
    }
  }
`;

type Selected = {
  __typename: string;
  cursor: string;
  at: string;
  account: { id: string } | null;
} & Record<string, unknown>;

/** Names that the selection had to change, since two types of the union give them different nullability. */
const renamed: Record<string, string> = {
  fromState: 'from',
  toState: 'to',
  contactChange: 'change',
  quote: 'text',
  systemNotice: 'notice',
};

/** The JSON of one value of the subscription above; `type` is the word of `EventType`. */
export function eventJson({ __typename, cursor, at, account, ...data }: Selected): EventJson {
  return {
    type: typeWord(__typename),
    timestamp: at,
    cursor,
    accountId: account?.id ?? (typeof data['accountId'] === 'string' ? data['accountId'] : null),
    data: rename(data),
  };
}

/** `MessageReceived` → `MESSAGE_RECEIVED`. */
function typeWord(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

function rename(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rename);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [renamed[name] ?? name, rename(inner)]));
}
