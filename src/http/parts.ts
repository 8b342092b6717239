/** What the server is given, and what its routes share. */
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { App } from '../resolvers/app.ts';
import type { Caller } from '../resolvers/access/caller.ts';
import type { MediaAddress } from '../resolvers/media/media-address.ts';
import type { ReceivedCallback } from '../resolvers/receive/receive-callback.ts';
import type { ServedFile } from '../resolvers/media/serve-media.ts';
import type { Uploaded } from '../resolvers/media/upload-media.ts';
import type { DriverKind } from '../words.ts';
import type { Connections } from './connections.ts';
import type { Graphql, MakeContext } from './graphql/graphql.ts';
import type { Authenticators, Guards } from './guards.ts';
import type { Streams } from './subscriptions/streams.ts';
import type { Timing } from './timing.ts';

/** The JSON of one event, as `/events` and webhooks show it. */
export type EventJson = { type: string; timestamp: string; cursor: string; accountId: string | null; data: unknown };

/** The use cases that HTTP itself calls; everything else goes through the schema and the routes. */
export type UseCases = Authenticators & {
  openSession: (app: App, link: string) => Promise<{ session: string; expiresAt: number }>;
  admitCallback: (app: App, secret: string | null) => Promise<void>;
  openTokenSession: (app: App, token: string) => Promise<{ session: string; expiresAt: number }>;
  closeSession: (app: App, session: string) => Promise<void>;
  receiveCallback: (app: App, secret: string, callback: ReceivedCallback) => Promise<void>;
  receiveUnaddressed: (app: App, kind: DriverKind, callback: ReceivedCallback) => Promise<void>;
  serveMedia: (app: App, address: MediaAddress) => Promise<ServedFile | null>;
  uploadMedia: (
    app: App,
    caller: Caller,
    file: { chunks: AsyncIterable<Uint8Array>; name: string | null },
  ) => Promise<Uploaded>;
  checkHealth: (app: App) => Promise<{ accounts: number; readyAccounts: number }>;
};

/** Adds routes of a face; called inside a scope of its own, so that its hooks and error handlers are its own too. */
export type AddRoutes = (server: FastifyInstance, app: App, guards: Guards) => void;

export type ServerParts = {
  app: App;
  schema: GraphQLSchema;
  useCases: UseCases;
  /** The subscription behind `/events`, and how one of its values is shown. */
  eventsDocument: string;
  eventJson: (event: never) => EventJson;
  createContext: MakeContext;
  routes?: readonly AddRoutes[];
  /** For tests. */
  timing?: Partial<Timing>;
};

/** What the routes of this folder share. */
export type Inside = Omit<ServerParts, 'routes' | 'timing'> & {
  guards: Guards;
  graphql: Graphql;
  connections: Connections;
  streams: Streams;
  timing: Timing;
  /** True from the moment at which a stop was asked. */
  stopping: () => boolean;
};
