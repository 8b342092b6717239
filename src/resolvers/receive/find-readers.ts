/** Which accounts a callback is for. */
import type { Account } from '../../db/model.ts';
import type { Callback, Driver } from '../../drivers/driver.ts';
import type { App } from '../app.ts';
import type { KnownAccount } from './known-accounts.ts';

export type Reader = { account: Account; driver: Driver };

/**
 * The accounts that a callback is for: all that share the upstream's address and are the person that it names. Where it names
 * nobody, or nobody who is known, it is the account's to whom it was posted, which may refuse it. Throws `DriverError` for a
 * body that cannot be read.
 */
export async function findReaders(
  app: App,
  addressee: KnownAccount,
  callback: Pick<Callback, 'body' | 'query'>,
): Promise<Reader[]> {
  const driver = addressee.driver();
  const addressed = [{ account: addressee.account, driver }];
  if (!driver.sharedCallback) return addressed;
  const { key } = driver.sharedCallback;
  const person = driver.sharedCallback.personOf(callback);
  if (person === null) return addressed;
  const named = await app.knownAccounts.named(app, addressee.account.driver, key, person);
  const readers = named.map((known): Reader => ({ account: known.account, driver: known.driver() }));
  return readers.length > 0 ? readers : addressed;
}
