import type { App } from '../../resolvers/app.ts';
import type { Caller } from '../../resolvers/access/caller.ts';
import type { Account } from '../../resolvers/accounts/read-accounts.ts';
import type { PchookDialect } from '../../words.ts';
import type { Params } from './params.ts';

/** One call of an authenticated client to an account that it may see. */
export type Call = {
  app: App;
  caller: Caller;
  account: Account;
  /** As it is shown. */
  accountId: string;
  dialect: PchookDialect;
  /** Such as `SendTextMsg`. */
  name: string;
  params: Params;
  idempotencyKey: string | null;
  /** Aborts when the client has left. */
  signal: AbortSignal;
};

/** What a call answers, as JSON. */
export type Answer = (call: Call) => Promise<object>;
