/** A peer: graphql-yoga with `createPubSub` and graphql-ws, as its documentation shows it. No tokens, no limits, nothing stored. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionArgs } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { createPubSub, createSchema, createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { peerMessage, peerSchema } from '../peers/schema.ts';
import { answer } from './answer.ts';

const pubSub = createPubSub<{ message: [message: object] }>();
const yoga = createYoga({
  schema: createSchema({
    typeDefs: peerSchema,
    resolvers: {
      Subscription: {
        messageReceived: { subscribe: () => pubSub.subscribe('message'), resolve: (message: object) => message },
      },
    },
  }),
  logging: false,
});

const server = createServer((request, response) => void yoga(request, response));
const sockets = new WebSocketServer({ server, path: yoga.graphqlEndpoint });

type Enveloped = ExecutionArgs & {
  rootValue: { execute(args: ExecutionArgs): never; subscribe(args: ExecutionArgs): never };
};
useServer(
  {
    execute: (args) => (args as Enveloped).rootValue.execute(args),
    subscribe: (args) => (args as Enveloped).rootValue.subscribe(args),
    onSubscribe: async (context, _id, payload) => {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...context,
        req: context.extra.request,
        socket: context.extra.socket,
        params: payload,
      });
      const args = {
        schema,
        operationName: payload.operationName,
        document: parse(payload.query),
        variableValues: payload.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      };
      const errors = validate(args.schema, args.document);
      return errors.length > 0 ? errors : args;
    },
  },
  sockets,
);
server.listen(0, '127.0.0.1');
await once(server, 'listening');

let told = 0;
answer(
  (server.address() as AddressInfo).port,
  {
    async publish({ count }: { count: number }): Promise<void> {
      for (let n = 0; n < count; n += 1) {
        pubSub.publish('message', peerMessage((told += 1)));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  },
  () => {},
);
