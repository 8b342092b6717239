/**
 * The list behind check_event: a ring of a few entries and those who wait for one.
 *
 * It has no cursor and no idea who asked. A waiter that has gone still takes the next entry away.
 */
import type { Cancel, Clock } from '../clock.ts';
import type { Json } from './text.ts';

export type EventQueue = {
  readonly size: number;
  append(event: Json): void;
  /** Answers at once with all there is, or later with one entry, or with none when time is up. */
  take(answer: (events: readonly Json[]) => void): void;
};

/** An empty queue. Those who wait are answered with nothing after `waitMs`. */
export function createEventQueue(clock: Clock, options: { slots: number; waitMs: number }): EventQueue {
  let entries: Json[] = [];
  let waiters: { answer: (events: readonly Json[]) => void; cancel: Cancel }[] = [];
  return {
    get size() {
      return entries.length;
    },
    append(event) {
      if (entries.length >= options.slots) entries.shift();
      entries.push(event);
      const woken = waiters;
      waiters = [];
      for (const waiter of woken) {
        waiter.cancel();
        // The first waiter takes the entry; the others find the list empty and answer [null].
        waiter.answer([entries.shift() ?? null]);
      }
    },
    take(answer) {
      if (entries.length > 0) {
        const all = entries;
        entries = [];
        answer(all);
        return;
      }
      const waiter = {
        answer,
        cancel: clock.after(options.waitMs, () => {
          waiters = waiters.filter((other) => other !== waiter);
          answer([]);
        }),
      };
      waiters.push(waiter);
    },
  };
}
