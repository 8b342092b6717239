/** What the cache has to know of the schema: objects without an id are parts of others, and which lists an event changes. */
import type { Cache, CacheExchangeOpts } from '@urql/exchange-graphcache';

/** Types that have an id of their own; everything else lies within its parent. */
const part = () => null;

const parts = [
  'AccountPeriodStats',
  'AccountStats',
  'CardContent',
  'ContactSync',
  'DayStats',
  'DriverInfo',
  'EcloudConnection',
  'EventLog',
  'FriendRequestContent',
  'Gateway',
  'LinkContent',
  'LocationContent',
  'MediaContent',
  'OpenwxConnection',
  'Pacing',
  'PageInfo',
  'PchookConnection',
  'QrCode',
  'QuoteContent',
  'RevokeContent',
  'Sender',
  'Stats',
  'SystemContent',
  'TextContent',
  'UnknownContent',
  'Viewer',
  'AccountConnection',
  'AccountEdge',
  'ApiTokenConnection',
  'ApiTokenEdge',
  'ChatConnection',
  'ChatEdge',
  'ChatRoomMemberConnection',
  'ChatRoomMemberEdge',
  'ContactConnection',
  'ContactEdge',
  'EventConnection',
  'EventEdge',
  'GroupConnection',
  'GroupEdge',
  'MessageConnection',
  'MessageEdge',
  'SendLogConnection',
  'SendLogEdge',
  'WebhookConnection',
  'WebhookEdge',
  'WebhookDeliveryConnection',
  'WebhookDeliveryEdge',
];

/** Events are told once and not kept. */
const events = [
  'AccountChanged',
  'CaughtUp',
  'ChatUpdated',
  'Checkpoint',
  'ClientStateChanged',
  'ContactChanged',
  'ContactsSynced',
  'FriendRequested',
  'GroupChanged',
  'MessageReceived',
  'MessageUpdated',
  'SendUpdated',
  'WebhookChanged',
];

/** Lists of the root that are asked again after a change of this kind. */
function askAgain(cache: Cache, ...fields: string[]): void {
  for (const { fieldName, fieldKey } of cache.inspectFields('Query')) {
    if (fields.includes(fieldName)) cache.invalidate('Query', fieldKey);
  }
}

export const cacheRules: CacheExchangeOpts = {
  keys: Object.fromEntries([...parts, ...events].map((name) => [name, part])),
  updates: {
    Mutation: {
      createAccount: (_result, _args, cache) => askAgain(cache, 'accounts'),
      deleteAccount: (_result, _args, cache) => askAgain(cache, 'accounts', 'groups', 'stats', 'chats', 'logs'),
      createGroup: (_result, _args, cache) => askAgain(cache, 'groups'),
      deleteGroup: (_result, _args, cache) => askAgain(cache, 'groups', 'accounts'),
      createApiToken: (_result, _args, cache) => askAgain(cache, 'apiTokens'),
      revokeApiToken: (_result, _args, cache) => askAgain(cache, 'apiTokens'),
      createWebhook: (_result, _args, cache) => askAgain(cache, 'webhooks'),
      deleteWebhook: (_result, _args, cache) => askAgain(cache, 'webhooks'),
    },
    Subscription: {
      // Objects that an event shows are updated wherever they are seen; lists change where something came or went.
      events: (result, _args, cache) => {
        const event = result['events'] as { __typename: string; change?: string } | undefined;
        if (event?.__typename === 'AccountChanged' && event.change !== 'UPDATED') askAgain(cache, 'accounts');
        if (event?.__typename === 'GroupChanged') askAgain(cache, 'groups', 'accounts');
        if (event?.__typename === 'WebhookChanged') askAgain(cache, 'webhooks');
      },
    },
  },
};
