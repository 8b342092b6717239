import type { Clock } from '../clock.ts';
import type { Millis } from '../words.ts';

/** A bell that one waiter listens to: a ring while nobody waits is kept for the next wait. */
export type Bell = {
  ring(): void;
  /** Resolves at the next ring, at once where one is kept, or when `signal` aborts. */
  wait(signal: AbortSignal): Promise<void>;
};

export function createBell(): Bell {
  let rung = false;
  let wake: (() => void) | null = null;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    wait: (signal) =>
      new Promise((resolve) => {
        const done = () => {
          wake = null;
          rung = false;
          signal.removeEventListener('abort', done);
          resolve();
        };
        if (rung || signal.aborted) return done();
        wake = done;
        signal.addEventListener('abort', done, { once: true });
      }),
  };
}

/** Waits for the bell, but no longer than so many milliseconds. */
export async function waitAtMost(clock: Clock, bell: Bell, ms: Millis, signal: AbortSignal): Promise<void> {
  const either = new AbortController();
  const both = AbortSignal.any([signal, either.signal]);
  await Promise.race([bell.wait(both), clock.sleep(ms, both)]);
  either.abort();
}
