/** Callbacks that were not taken and may be lost by that: counted since the start, and logged without flooding the log. */
import type { Logger } from 'pino';
import type { Clock } from '../../clock.ts';

export type Refusals = {
  /** One more, and why. */
  note(error: unknown): void;
  total(): number;
};

const quietMs = 10_000;

export function createRefusals(log: Logger, clock: Pick<Clock, 'elapsed'>): Refusals {
  let total = 0;
  let logged = 0;
  let loggedAt = -Infinity;
  return {
    note: (error) => {
      total += 1;
      if (clock.elapsed() - loggedAt < quietMs) return;
      log.warn({ err: error, refused: total - logged, sinceStart: total }, 'callbacks were refused');
      loggedAt = clock.elapsed();
      logged = total;
    },
    total: () => total,
  };
}
