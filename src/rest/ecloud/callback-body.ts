/** What all bodies of E云's callback have in common. */
import type { App } from '../../resolvers/app.ts';
import type { Caller } from '../../resolvers/access/caller.ts';
import type { Loaders } from '../../resolvers/load.ts';
import type { Account } from '../../resolvers/accounts/read-accounts.ts';
import { wIdOf, wcIdOf } from './account.ts';

/** What a body is made of. */
export type Telling = { app: App; caller: Caller; loaders: Loaders; account: Account };

/** `account` is the name by which the gateway knows it; `data` says of which login instance it is. */
export function callbackBody(account: Account, messageType: string, data: Readonly<Record<string, unknown>>): object {
  return { account: account.name, data: { ...data, wId: wIdOf(account) }, messageType, wcId: wcIdOf(account) };
}
