/**
 * Upstreams that post to one address whatever happens to several accounts, such as E云 for all of a developer account.
 *
 * One of the accounts gives its address, once for all of them; what arrives there, or at any other one's, is passed to those
 * that it is about (`find-readers.ts`).
 */
import type { Account } from '../../db/model.ts';
import { type Driver, DriverError } from '../../drivers/driver.ts';
import type { Millis } from '../../words.ts';
import type { App } from '../app.ts';
import { callbackUrlOf } from '../accounts/callback-url.ts';

/** What one account's run did, or could not do, stands for the others for as long as this. */
const standsMs = 9_000;

export type SharedCallbacks = {
  /**
   * The account runs, or still does: its upstream is told where to post, unless it was told by another account's run; in any
   * case where nothing comes (`anew`). Answers null when it knows, else why not, in words.
   */
  ensure(app: App, account: Account, driver: Driver, anew: boolean, signal: AbortSignal): Promise<string | null>;
};

/** What was last done for a key, since this gateway started. */
type Told = {
  /** Whose address the upstream was given last; null before the first time. */
  holder: number | null;
  at: Millis;
  /** Why it could not be told; null: it was. */
  failure: string | null;
};

export function createSharedCallbacks(): SharedCallbacks {
  const told = new Map<string, Told>();
  const underWay = new Map<string, Promise<string | null>>();

  async function tell(app: App, account: Account, driver: Driver, anew: boolean): Promise<string | null> {
    const { key, set } = driver.sharedCallback!;
    if (!set) return null;
    const last = told.get(key) ?? null;
    if (last !== null && app.clock.now() - last.at < standsMs) return last.failure;
    if (!anew && last?.failure === null && (await isStillAt(app, account, key, last.holder))) return null;
    let failure: string | null = null;
    try {
      // Not given up with this account alone, as others wait for it.
      await set(callbackUrlOf(app, account), app.stopping);
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      failure = error.message;
    }
    told.set(key, { holder: failure === null ? account.id : (last?.holder ?? null), at: app.clock.now(), failure });
    return failure;
  }

  return {
    ensure: async (app, account, driver, anew, signal) => {
      const { key } = driver.sharedCallback!;
      // Accounts that come up together wait for the first of them.
      let telling = underWay.get(key);
      if (!telling) {
        telling = tell(app, account, driver, anew).finally(() => underWay.delete(key));
        underWay.set(key, telling);
      }
      return orAborted(telling, signal);
    },
  };
}

/** With a deleted account its address is gone, too; one that has moved to another upstream reads what comes there as that one's. */
async function isStillAt(app: App, { driver }: Account, key: string, holder: number | null): Promise<boolean> {
  const found = (await app.knownAccounts.ofKind(app, driver)).find((known) => known.account.id === holder);
  return found?.driver().sharedCallback?.key === key;
}

/** Null as soon as the signal aborts, whatever is waited for. */
async function orAborted<T>(waited: Promise<T>, signal: AbortSignal): Promise<T | null> {
  if (signal.aborted) return null;
  const aborted = Promise.withResolvers<null>();
  const stop = (): void => aborted.resolve(null);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([waited, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
