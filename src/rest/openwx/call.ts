import type { App } from '../../resolvers/app.ts';
import type { Caller } from '../../resolvers/access/caller.ts';
import type { Account } from '../../resolvers/shapes.ts';
import { type Json, openwxJson } from './json.ts';
import type { Params } from './params.ts';

/** One request of an authenticated caller, as the Openwx routes see it. */
export type Call = {
  app: App;
  caller: Caller;
  params: Params;
  /** The account that `client=` means. Throws the Controller's failures. */
  account: () => Promise<Account>;
  /** Aborts when the client has left. */
  signal: AbortSignal;
};

export type Reply = {
  body: string | Uint8Array;
  /** 200 unless given. */
  status?: number;
  /** JSON unless given. */
  type?: string;
  headers?: Readonly<Record<string, string>>;
  /** Called when the answer is over: whether it was written whole. */
  end?: (written: boolean) => Promise<void>;
};

export type Answer = (call: Call) => Promise<Reply>;

/** An answer that is JSON. */
export function told(answer: (call: Call) => Promise<Json>): Answer {
  return async (call) => ({ body: openwxJson(await answer(call)) });
}

export const html = 'text/html;charset=UTF-8';
