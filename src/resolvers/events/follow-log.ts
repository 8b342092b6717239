/**
 * Following the event log: the one loop behind every subscription.
 *
 * A follower is a position. It reads pages later than its position, from the tail's memory or from the store, and waits
 * when there is nothing; backfill and live are the same loop, so there is no change-over that could lose or repeat.
 */
import type { Seq, StoredEvent } from '../../db/model.ts';
import type { App } from '../app.ts';

const pageSize = 500;

/** Pages of events later than `from`, for ever, each with the position that it reaches. An idle wake-up gives an empty page. */
export async function* followLog(
  app: App,
  from: Seq,
  signal: AbortSignal,
  idleMs?: number,
): AsyncGenerator<{ events: StoredEvent[]; upTo: Seq }, void, void> {
  let position = from;
  while (!signal.aborted) {
    const latest = app.tail.latest();
    const events = await app.tail.read(position, pageSize);
    if (events.length > 0) {
      position = events.at(-1)!.seq;
      yield { events, upTo: position };
    } else {
      // Nothing later than `position` up to `latest`: whatever lies between is nobody's event.
      position = Math.max(position, latest);
      yield { events, upTo: position };
      if (idleMs === undefined) await app.tail.wait(position, signal);
      else await waitAtMost(app, position, idleMs, signal);
    }
  }
}

async function waitAtMost(app: App, position: Seq, ms: number, signal: AbortSignal): Promise<void> {
  const either = new AbortController();
  const both = AbortSignal.any([signal, either.signal]);
  await Promise.race([app.tail.wait(position, both), app.clock.sleep(ms, both)]);
  either.abort();
}
