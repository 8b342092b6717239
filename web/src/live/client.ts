/** How the panel talks to the gateway: queries by POST, the event log over one WebSocket, both by the browser's session. */
import { cacheExchange } from '@urql/exchange-graphcache';
import { Client, errorExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient as createSocket } from 'graphql-ws';
import { cacheRules } from './cache.ts';
import { inOrder } from './in-order.ts';

const endpoint = '/graphql';

export type Connection = { client: Client; close(): void };

/** `signedOut` is called when the gateway no longer knows the session. */
export function connect(signedOut: () => void): Connection {
  const socket = createSocket({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${endpoint}`,
    // Who follows the log goes on from its cursor by itself: a repeated subscription would tell everything twice.
    retryAttempts: 0,
    lazyCloseTimeout: 3_000,
    keepAlive: 15_000,
  });
  const client = new Client({
    url: endpoint,
    preferGetMethod: false,
    fetchOptions: { credentials: 'same-origin' },
    // Shown at once from what is there, and asked again.
    requestPolicy: 'cache-and-network',
    exchanges: [
      errorExchange({
        onError: (error) => {
          if (error.graphQLErrors.some(({ extensions }) => extensions['code'] === 'UNAUTHENTICATED')) signedOut();
          else if (error.response?.status === 401) signedOut();
        },
      }),
      cacheExchange(cacheRules),
      inOrder,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables, operationName }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe({ query: query ?? '', variables, operationName }, sink),
          }),
        }),
      }),
    ],
  });
  return { client, close: () => void socket.dispose() };
}
