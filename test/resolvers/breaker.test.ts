import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DriverError } from '../../src/drivers/driver.ts';
import { createBreaker, isMiss } from '../../src/resolvers/send/breaker.ts';

it('opens at the fifth miss in a row, lets one go every 30 s, and closes at the first answer', () => {
  let elapsed = 0;
  const breaker = createBreaker(() => elapsed);
  for (let miss = 1; miss <= 4; miss += 1) breaker.missed();
  breaker.reached();
  for (let miss = 1; miss <= 4; miss += 1) breaker.missed();
  expect([breaker.isOpen(), breaker.holdMs()]).toEqual([false, 0]);
  breaker.missed();
  expect([breaker.isOpen(), breaker.holdMs()]).toEqual([true, 30_000]);
  elapsed += 29_999;
  expect(breaker.holdMs()).toBe(1);
  elapsed += 1;
  expect([breaker.isOpen(), breaker.holdMs()]).toEqual([true, 0]);
  breaker.missed();
  expect(breaker.holdMs()).toBe(30_000);
  breaker.reached();
  expect([breaker.isOpen(), breaker.holdMs()]).toEqual([false, 0]);
});

it('lets no more than five and one every 30 s go to an upstream that is away, however often it is asked', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 10_000 }), { maxLength: 200 }), (pauses) => {
      let elapsed = 0;
      const breaker = createBreaker(() => elapsed);
      let tries = 0;
      for (const pause of pauses) {
        elapsed += pause;
        if (breaker.holdMs() > 0) continue;
        tries += 1;
        breaker.missed();
      }
      expect(tries).toBeLessThanOrEqual(5 + Math.floor(elapsed / 30_000));
    }),
  );
});

it.each([
  ['UPSTREAM_UNREACHABLE', { certain: true, retry: true }, true],
  ['UPSTREAM_UNREACHABLE', { certain: false, retry: true }, true],
  ['UPSTREAM_TIMEOUT', { certain: false, retry: true }, true],
  ['UPSTREAM_REJECTED', { certain: false, retry: true }, true],
  ['UPSTREAM_REJECTED', { certain: true, retry: false }, false],
  ['UPSTREAM_REJECTED', { certain: false, retry: false }, false],
  ['UPSTREAM_REJECTED', { certain: true, retry: true }, false],
  ['BAD_INPUT', { certain: true, retry: false }, false],
] as const)('%s %o is a miss: %s', (code, options, expected) => {
  expect(isMiss(new DriverError(code, 'why', options))).toBe(expected);
});
