/** How many callbacks one account may be posted: a minute's worth at once, then as many as become free. */
import type { Clock } from '../../clock.ts';
import type { Millis } from '../../words.ts';
import { GatewayError } from '../errors.ts';

const minuteMs = 60_000;

/** Throws RATE_LIMITED with `retryAfterMs` where the account has had its share. */
export type CallbackLimit = (accountId: number) => void;

/** `perMinute` null: no limit. */
export function limitCallbacks(perMinute: number | null, clock: Pick<Clock, 'elapsed'>): CallbackLimit {
  if (perMinute === null) return () => undefined;
  const each = minuteMs / perMinute;
  /** Until when the callbacks of an account so far are used up; at most a minute ahead. */
  const usedUntil = new Map<number, Millis>();
  return (accountId) => {
    const now = clock.elapsed();
    const until = Math.max(now, usedUntil.get(accountId) ?? now) + each;
    const early = until - now - minuteMs;
    // Fractions of a millisecond add up.
    if (early > 1) {
      const words = `This gateway takes ${perMinute} callbacks a minute for one account.`;
      throw new GatewayError('RATE_LIMITED', words, { retryable: true, retryAfterMs: Math.ceil(early) });
    }
    usedUntil.set(accountId, until);
  };
}
