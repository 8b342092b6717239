/** A peer: mercurius, with jit for queries. No tokens, no limits, nothing stored. */
import BetterSqlite3 from 'better-sqlite3';
import { fastify } from 'fastify';
import mercurius from 'mercurius';
import { answer, options } from '../servers/answer.ts';
import { peerMessage, peerSchema } from './schema.ts';

const { database } = options();
const rows = database
  ? new BetterSqlite3(database, { readonly: true }).prepare(
      `select id, receiver, type, status, content, attempts, created_at as createdAt
       from outbox order by id desc limit 50`,
    )
  : null;

const server = fastify();
await server.register(mercurius, {
  schema: peerSchema,
  jit: 1,
  subscription: true,
  resolvers: {
    Query: { logs: () => ({ nodes: rows.all() }) },
    Subscription: {
      messageReceived: { subscribe: (_root, _args, { pubsub }) => pubsub.subscribe('message') },
    },
  },
});
await server.listen({ port: 0, host: '127.0.0.1' });

let told = 0;
answer(
  server.server.address().port,
  {
    async publish({ count }) {
      for (let n = 0; n < count; n += 1) {
        server.graphql.pubsub.publish({ topic: 'message', payload: { messageReceived: peerMessage((told += 1)) } });
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  },
  () => {},
);
