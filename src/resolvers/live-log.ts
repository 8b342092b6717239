/**
 * The live edge of the event log: one loop that hands each new event to those that want it.
 */
import type { Seq, StoredEvent } from '../db/model.ts';
import { type Interest, createInterests } from './interests.ts';
import type { Tail } from './tail-events.ts';

export type LiveLog = {
  /** Everything up to here was handed over. */
  position(): Seq;
  /**
   * From now on `hear` gets each event later than `position()` that passes the interest, in order; a page of the log in one
   * turn. It must not throw and must not take long. Answers how to stop.
   */
  listen(interest: Interest, hear: (event: StoredEvent) => void): () => void;
  /** Resolves when it has ended after its signal aborted. */
  ended: Promise<void>;
};

const pageSize = 500;

export function startLiveLog(tail: Tail, signal: AbortSignal): LiveLog {
  const interests = createInterests<(event: StoredEvent) => void>();
  let position = tail.latest();

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const latest = tail.latest();
      const events = await tail.read(position, pageSize);
      for (const event of events) for (const hear of interests.of(event)) hear(event);
      // A page in one turn: who joins sees all of it or nothing.
      position = events.at(-1)?.seq ?? Math.max(position, latest);
      if (events.length === 0) await tail.wait(position, signal);
    }
  }

  return { position: () => position, listen: (interest, hear) => interests.add(interest, hear), ended: run() };
}
