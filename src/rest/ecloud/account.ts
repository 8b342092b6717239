/** The account that a call names: its `wId` is the account's own id, which no login changes. */
import { GatewayError } from '../../resolvers/errors.ts';
import { type Account, isOnline, readAccount, showAccountId } from '../../resolvers/accounts/read-accounts.ts';
import type { Call } from './call.ts';
import { loggedOut } from './errors.ts';

/** In E云's words an unknown wId is one that has ended. */
export async function accountOf({ app, caller, params }: Call): Promise<Account> {
  try {
    return await readAccount(app, caller, params.text('wId').trim());
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'NOT_FOUND') throw loggedOut();
    throw error;
  }
}

/** Its id, where it is logged in: E云 does nothing for one that is not, and nothing waits for its login. */
export async function onlineAccountOf(call: Call): Promise<Account> {
  const account = await accountOf(call);
  if (!account.wanted || !isOnline(account)) throw loggedOut();
  return account;
}

export const wIdOf = showAccountId;

/** The WeChat id that E云's clients know the account by; before its first login there is none. */
export function wcIdOf(account: Pick<Account, 'self' | 'id'>): string {
  return account.self?.wxid ?? wIdOf(account);
}
