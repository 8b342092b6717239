/** How many sends one token may queue: a sliding minute in memory, which a restart forgets. */
import type { Clock } from '../../clock.ts';
import type { Millis } from '../../words.ts';
import { GatewayError } from '../errors.ts';

const windowMs = 60_000;

export type SendLimit = {
  /**
   * Takes room for so many sends of a token or session (see `keyScope`) and answers how to give it back. Throws RATE_LIMITED with
   * `retryAfterMs` where there is none.
   */
  take(scope: string, sends: number): () => void;
};

/** `perMinute` null: no limit. */
export function limitSends(perMinute: number | null, clock: Clock): SendLimit {
  if (perMinute === null) return { take: () => () => undefined };
  const taken = new Map<string, { at: Millis; sends: number }[]>();

  /** Those of the last minute, oldest first. */
  function recent(scope: string, now: Millis): { at: Millis; sends: number }[] {
    const within = (taken.get(scope) ?? []).filter(({ at, sends }) => at > now - windowMs && sends > 0);
    if (within.length === 0) taken.delete(scope);
    else taken.set(scope, within);
    return within;
  }

  return {
    take: (scope, sends) => {
      const now = clock.elapsed();
      const before = recent(scope, now);
      const used = before.reduce((sum, one) => sum + one.sends, 0);
      if (used + sends > perMinute) throw tooMany(sends, perMinute, freeAfter(before, used + sends - perMinute, now));
      const mine = { at: now, sends };
      taken.set(scope, [...before, mine]);
      return () => {
        mine.sends = 0;
      };
    },
  };
}

/** When so many of those that were taken are a minute old. */
function freeAfter(before: readonly { at: Millis; sends: number }[], wanted: number, now: Millis): Millis {
  let freed = 0;
  for (const { at, sends } of before) {
    freed += sends;
    if (freed >= wanted) return Math.ceil(at + windowMs - now);
  }
  return windowMs;
}

function tooMany(sends: number, perMinute: number, retryAfterMs: Millis): GatewayError {
  if (sends > perMinute) {
    const words = `This would be ${sends} sends, and this gateway takes ${perMinute} a minute from one token: send to fewer at once.`;
    return new GatewayError('RATE_LIMITED', words, { retryable: false, retryAfterMs });
  }
  const words = `This gateway takes ${perMinute} sends a minute from one token; nothing of this one was queued.`;
  return new GatewayError('RATE_LIMITED', words, { retryable: true, retryAfterMs });
}
