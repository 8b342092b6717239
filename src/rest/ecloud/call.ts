import type { App } from '../../resolvers/app.ts';
import type { Caller } from '../../resolvers/access/caller.ts';
import type { Loaders } from '../../resolvers/load.ts';
import type { Params } from './params.ts';
import type { Told } from './told.ts';

/** One request of an authenticated caller, as E云's routes see it. */
export type Call = {
  app: App;
  caller: Caller;
  loaders: Loaders;
  params: Params;
  idempotencyKey: string | null;
  /** Aborts when the client has left. */
  signal: AbortSignal;
};

/** What a route answers; a failure may be thrown as well. */
export type Answer = (call: Call) => Promise<Told>;
