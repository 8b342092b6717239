/**
 * The live edge of the event log: one loop that hands each new event to those that want it.
 */
import type { Seq, StoredEvent } from '../../db/model.ts';
import { type Interest, createInterests } from './interests.ts';
import type { Tail } from './tail-events.ts';

export type LiveLog = {
  /** Everything up to here was handed over. */
  position(): Seq;
  /** The newest event so far after which what happened earlier may be shown in another way. */
  changedAt(): Seq;
  /**
   * From now on `hear` gets each event later than `position()` that passes the interest, in order; a page of the log in one
   * turn. It must not throw and must not take long.
   */
  listen(interest: Interest, hear: Hear): void;
  /** Takes back what was said to `listen`. */
  ignore(interest: Interest, hear: Hear): void;
  /** Resolves when it has ended after its signal aborted. */
  ended: Promise<void>;
};

export type Hear = (event: StoredEvent) => void;

const pageSize = 500;

export function startLiveLog(tail: Tail, signal: AbortSignal): LiveLog {
  const interests = createInterests<Hear>();
  let position = tail.latest();
  let changedAt = position;

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const latest = tail.latest();
      const events = await tail.read(position, pageSize);
      for (const event of events) {
        if (event.type !== 'MESSAGE_RECEIVED') changedAt = event.seq;
        for (const hear of interests.of(event)) hear(event);
      }
      // A page in one turn: who joins sees all of it or nothing.
      position = events.at(-1)?.seq ?? Math.max(position, latest);
      if (events.length === 0) await tail.wait(position, signal);
    }
  }

  return {
    position: () => position,
    changedAt: () => changedAt,
    listen: (interest, hear) => interests.add(interest, hear),
    ignore: (interest, hear) => interests.remove(interest, hear),
    ended: run(),
  };
}
