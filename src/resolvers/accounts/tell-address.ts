/** Telling an account's upstream where to post, and that it stays told. */
import { DriverError } from '../../drivers/driver.ts';
import type { Millis } from '../../words.ts';
import { callbackUrlOf } from './callback-url.ts';
import type { DrivenAccount } from './driven-account.ts';

/** An upstream whose process was started anew between two probes has forgotten where to post. */
const tellEveryMs = 300_000;
/** An upstream that was told once, and now and then does not take it, still posts. */
const failuresBorne = 2;

export type Address = {
  /** Tells it if it is time to, or in any case (`anew`). Waits for what another account tells a shared upstream. */
  tell(anew: boolean): Promise<void>;
  /** Why the upstream does not know where to post, in words; null where it does. */
  untold(): string | null;
  /** The last try failed: to be tried again soon. */
  failed(): boolean;
};

/** Of one login: after another one the upstream is told again. */
export function createAddress(driven: DrivenAccount): Address {
  const { app, account, driver, log, signal } = driven;
  let toldAt: Millis | null = null;
  let failures: string[] = [];

  /** Null where it was told; else why not. */
  async function tryToTell(anew: boolean): Promise<string | null> {
    if (driver.sharedCallback) return app.sharedCallbacks.ensure(app, account, driver, anew, signal);
    if (!driver.setCallback) return null;
    const isDue = toldAt === null || app.clock.now() - toldAt >= tellEveryMs;
    if (!isDue && !anew && failures.length === 0) return null;
    try {
      await driver.setCallback(callbackUrlOf(app, account), signal);
      toldAt = app.clock.now();
      return null;
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      return error.message;
    }
  }

  return {
    tell: async (anew) => {
      const words = await tryToTell(anew);
      if (signal.aborted) return;
      if (words !== null) log.warn({ err: words }, 'callback address not set');
      failures = words === null ? [] : [...failures.slice(-failuresBorne), words];
      if (words === null) toldAt ??= app.clock.now();
    },
    untold: () => (toldAt === null || failures.length > failuresBorne ? (failures.at(-1) ?? null) : null),
    failed: () => failures.length > 0,
  };
}
