import { expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { GatewayError } from '../../src/resolvers/errors.ts';
import { limitSends } from '../../src/resolvers/send/limit-sends.ts';

let elapsed = 0;
const clock = { now: () => 0, elapsed: () => elapsed, sleep: async () => undefined } satisfies Clock;

function refusal(take: () => unknown): GatewayError {
  try {
    take();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

it('refuses what is too much for the last minute, tells when there is room, and counts each token for itself', () => {
  const limit = limitSends(10, clock);
  limit.take('token:1', 6);
  elapsed += 20_000;
  limit.take('token:1', 4);
  expect(refusal(() => limit.take('token:1', 1))).toMatchObject({
    code: 'RATE_LIMITED',
    details: { retryable: true, retryAfterMs: 40_000 },
  });
  // The six of the beginning are not enough.
  expect(refusal(() => limit.take('token:1', 7)).details.retryAfterMs).toBe(60_000);
  limit.take('token:2', 10);
  elapsed += 40_000;
  limit.take('token:1', 6);
  expect(refusal(() => limit.take('token:1', 1)).details.retryAfterMs).toBe(20_000);
});

it('takes room back for what was not queued, and nothing for what is refused', () => {
  const limit = limitSends(10, clock);
  const giveBack = limit.take('token:1', 10);
  giveBack();
  refusal(() => limit.take('token:1', 11));
  limit.take('token:1', 10);
});

it('tells that what is larger than the limit will never fit', () => {
  const error = refusal(() => limitSends(10, clock).take('token:1', 11));
  expect(error).toMatchObject({ code: 'RATE_LIMITED', details: { retryable: false } });
});

it('limits nothing unless it is configured', () => {
  limitSends(null, clock).take('token:1', 1_000_000);
});
