import type { Account } from '../../db/model.ts';
import type { App } from '../app.ts';
import type { Caller } from '../access/caller.ts';
import { GatewayError, notFound } from '../errors.ts';
import { readId } from '../ids.ts';
import { readAccount, readAllAccounts, showAccountId } from './read-accounts.ts';

/**
 * The account that a client of an old system means: by its id, else by a name that one account alone has; null means the only
 * account that the caller sees. NOT_FOUND where there is none; BAD_INPUT where it is not named and there are several;
 * AMBIGUOUS_RECEIVER for a name of several.
 */
export async function findAccount(app: App, caller: Caller, given: string | null): Promise<Account> {
  const own = caller.accountIds?.length === 1 ? showAccountId({ id: caller.accountIds[0]! }) : null;
  if (given === null && own !== null) return readAccount(app, caller, own);
  if (given !== null && readId('account', given) !== null) {
    const found = await readAccount(app, caller, given).catch(unlessNotFound);
    if (found !== null) return found;
  }
  const accounts = await readAllAccounts(app, caller);
  const named = given === null ? accounts : accounts.filter(({ name }) => name === given);
  const [account] = named;
  if (account === undefined) throw notFound('account', given ?? '');
  if (named.length === 1) return account;
  if (given === null)
    throw new GatewayError('BAD_INPUT', 'There are several accounts: name one.', { field: 'account' });
  throw new GatewayError(
    'AMBIGUOUS_RECEIVER',
    `Several accounts are called ${JSON.stringify(given)}: name one by its id.`,
  );
}

function unlessNotFound(error: unknown): null {
  if (error instanceof GatewayError && error.code === 'NOT_FOUND') return null;
  throw error;
}
