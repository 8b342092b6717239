import type { Millis } from '../../words.ts';
import type { App } from '../app.ts';
import { followLog } from './follow-log.ts';

/**
 * What `look` finds, as soon as it finds something: it looks again after each event of the account. Null when the time is up, when
 * `signal` aborts, and when the gateway stops.
 */
export async function waitUntil<Found>(
  app: App,
  accountId: number,
  ms: Millis,
  look: () => Promise<Found | null>,
  signal?: AbortSignal,
): Promise<Found | null> {
  const from = app.tail.latest();
  const first = await look();
  if (first !== null || ms <= 0) return first;
  const over = new AbortController();
  const giveUp = AbortSignal.any([over.signal, app.stopping, ...(signal ? [signal] : [])]);
  void app.clock.sleep(ms, giveUp).then(() => over.abort());
  try {
    for await (const { events } of followLog(app, from, giveUp)) {
      if (!events.some((event) => event.accountId === accountId)) continue;
      const found = await look();
      if (found !== null) return found;
    }
    return null;
  } finally {
    over.abort();
  }
}
