/**
 * Upstreams that post to one address whatever happens to several accounts, such as E云 for all of a developer account.
 *
 * One of the accounts gives its address, once for all of them; what arrives there, or at any other one's, is passed to those
 * that it is about.
 */
import type { Account } from '../db/model.ts';
import { type Callback, type Driver, DriverError } from '../drivers/driver.ts';
import type { App } from './app.ts';
import { callbackUrlOf } from './callback-url.ts';
import { driverOf } from './driver-of.ts';
import { showId } from './ids.ts';

const pageSize = 500;

export type SharedCallbacks = {
  /** The account runs, or still does: its upstream is told where to post, unless it was told by another account's run. */
  ensure(app: App, account: Account, driver: Driver, signal: AbortSignal): Promise<void>;
};

export function createSharedCallbacks(): SharedCallbacks {
  /** By key, the account whose address the upstream was given since this gateway started. */
  const holders = new Map<string, number>();
  const underWay = new Map<string, Promise<void>>();

  async function set(app: App, account: Account, driver: Driver, signal: AbortSignal): Promise<void> {
    const shared = driver.sharedCallback!;
    const holder = holders.get(shared.key);
    if (!shared.set) return;
    // With a deleted account its address is gone, too.
    if (holder !== undefined && (await app.store.queries.accountsById([holder])).length > 0) return;
    await shared.set(callbackUrlOf(app, account), signal);
    holders.set(shared.key, account.id);
  }

  return {
    ensure: async (app, account, driver, signal) => {
      if (!driver.sharedCallback) return;
      const { key } = driver.sharedCallback;
      // Accounts that come up together wait for the first of them; where it fails, the next tries.
      await underWay.get(key);
      if (underWay.has(key)) return;
      const setting = set(app, account, driver, signal)
        .catch((error: unknown) => {
          if (signal.aborted) return;
          const words = error instanceof DriverError ? error.message : error;
          app.log.warn({ accountId: showId('account', account.id), err: words }, 'callback address not set');
        })
        .finally(() => underWay.delete(key));
      underWay.set(key, setting);
      await setting;
    },
  };
}

/**
 * The accounts that a callback is for, with their drivers: all that share the address and are the person that it names. Where
 * it names nobody, or nobody who is known, it is the account's to whom it was posted, which may refuse it. Throws
 * `DriverError` for a body that cannot be read.
 */
export async function readersOf(
  app: App,
  account: Account,
  callback: Pick<Callback, 'body' | 'query'>,
): Promise<{ account: Account; driver: Driver }[]> {
  const driver = driverOf(app, account);
  const addressed = [{ account, driver }];
  const person = driver.sharedCallback?.personOf(callback) ?? null;
  if (person === null) return addressed;
  const key = driver.sharedCallback?.key;
  const readers = (await accountsLike(app, account))
    .map((one) => ({ account: one, driver: driverOf(app, one) }))
    .filter(({ driver: { sharedCallback } }) => sharedCallback?.key === key && sharedCallback?.person() === person);
  return readers.length > 0 ? readers : addressed;
}

/** Accounts at the same address, by the same kind of driver; their secrets may differ. */
async function accountsLike(app: App, account: Account): Promise<Account[]> {
  const filter = { drivers: [account.driver], now: app.clock.now() };
  const accounts: Account[] = [];
  for (let after: [number] | null = null; ; after = [accounts.at(-1)!.id]) {
    const slice = await app.store.queries.accounts(filter, { first: pageSize, after });
    accounts.push(...slice.items);
    if (!slice.hasNext) break;
  }
  return accounts.filter((one) => one.connection.baseUrl === account.connection.baseUrl);
}
