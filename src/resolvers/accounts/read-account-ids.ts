import type { App } from '../app.ts';
import { badInput, notFound } from '../errors.ts';
import { readId, showId } from '../ids.ts';

const maxAccounts = 10_000;

/** Ids of existing accounts, each once. NOT_FOUND for the first that is not there. */
export async function readAccountIds(app: App, shown: readonly string[]): Promise<number[]> {
  if (shown.length > maxAccounts) throw badInput('accountIds', `At most ${maxAccounts} accounts at once.`);
  const ids = shown.map((id) => {
    const accountId = readId('account', id);
    if (accountId === null) throw notFound('account', id);
    return accountId;
  });
  const known = new Set((await app.store.queries.accountsById(ids)).map((account) => account.id));
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined) throw notFound('account', showId('account', unknown));
  return [...new Set(ids)];
}
