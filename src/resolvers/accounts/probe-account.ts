/** Asking an upstream whether an account that ran still does. */
import type { Evidence } from '../../drivers/driver.ts';
import type { ClientState } from '../../words.ts';
import type { DrivenAccount } from './driven-account.ts';
import { receiveEvents } from '../receive/receive-events.ts';

/** One lost answer is no logout: what sounds like the end is asked for again after these pauses. */
const pausesMs = [500, 1_000];
/** What a single lost or late answer looks like; any other state was told in words. */
const doubtful: readonly ClientState[] = ['OFFLINE', 'LOADING'];

/**
 * What the upstream says of the account now; null where it cannot be asked. `doubt` is called before it is asked again: until
 * that has ended nothing should be sent. Rejects only if the signal aborts.
 */
export async function probeAccount(driven: DrivenAccount, doubt: () => void): Promise<Evidence | null> {
  const { app, account, driver, signal } = driven;
  if (!driver.probe) return null;
  let evidence = await driver.probe(signal);
  for (const pauseMs of pausesMs) {
    if (!doubtful.includes(evidence.state)) break;
    doubt();
    await app.clock.sleep(pauseMs, signal);
    evidence = await driver.probe(signal);
  }
  if (evidence.self) await receiveEvents(app, account, [{ type: 'self', self: evidence.self }]);
  return evidence;
}
