/**
 * The breaker of one account: sends that do not reach the upstream, time after time, are not tried at full pace.
 *
 * After five in a row it is open: one send goes every half minute, and the first that is answered, with whatever words, closes it. It
 * knows of one account, so that a dead upstream holds nobody else up.
 */
import type { DriverError } from '../../drivers/driver.ts';
import type { Millis } from '../../words.ts';

const opensAfter = 5;
const tryEveryMs = 30_000;

export type Breaker = {
  isOpen(): boolean;
  /** For how long nothing may go; 0 where the next may. */
  holdMs(): Millis;
  /** The upstream answered. */
  reached(): void;
  /** It could not be reached, or did not answer. */
  missed(): void;
};

/** Closed. `elapsed` is a clock that nobody sets. */
export function createBreaker(elapsed: () => Millis): Breaker {
  let misses = 0;
  let lastMissAt = 0;
  const isOpen = () => misses >= opensAfter;
  return {
    isOpen,
    holdMs: () => (isOpen() ? Math.max(0, lastMissAt + tryEveryMs - elapsed()) : 0),
    reached: () => {
      misses = 0;
    },
    missed: () => {
      misses += 1;
      lastMissAt = elapsed();
    },
  };
}

/** Whether a failure says that the upstream is away: no connection, a broken one, no answer in time, or a gateway's 5xx. */
export function isMiss({ code, certain, retry }: DriverError): boolean {
  if (code === 'UPSTREAM_UNREACHABLE' || code === 'UPSTREAM_TIMEOUT') return true;
  return code === 'UPSTREAM_REJECTED' && !certain && retry;
}
