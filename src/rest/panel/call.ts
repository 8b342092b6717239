import type { App } from '../../resolvers/app.ts';
import type { Caller } from '../../resolvers/access/caller.ts';
import type { Fields } from './fields.ts';
import type { Query } from './query.ts';

/** One request of an authenticated caller, as the routes of the panel's API see it. */
export type Call = {
  app: App;
  caller: Caller;
  /** The `{id}` of the path; empty where the path has none. */
  id: string;
  query: Query;
  /** BAD_INPUT for a body that is no object. */
  body: () => Fields;
  idempotencyKey: string | null;
  /** Aborts when the client has left. */
  signal: AbortSignal;
};

/** What a route answers, as JSON with status 200. */
export type Answer = (call: Call) => Promise<Record<string, unknown>>;
