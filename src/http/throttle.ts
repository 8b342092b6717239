import type { Clock } from '../clock.ts';

const windowMs = 60_000;
const remembered = 10_000;

export type Throttle = {
  /** Notes a failure of this address and answers how long it is over the limit, in milliseconds; 0: it is not. */
  failed(address: string): number;
};

/** At most so many failures a minute for each address. Successes are never counted nor held up. */
export function createThrottle(clock: Clock, limit = 10): Throttle {
  const failures = new Map<string, { since: number; count: number }>();
  return {
    failed(address) {
      const now = clock.now();
      let seen = failures.get(address);
      if (!seen || now - seen.since >= windowMs || now < seen.since) {
        failures.delete(address);
        // The oldest go first, so that a flood from many addresses costs no memory.
        if (failures.size >= remembered) failures.delete(failures.keys().next().value!);
        failures.set(address, (seen = { since: now, count: 0 }));
      }
      seen.count += 1;
      return seen.count > limit ? windowMs - (now - seen.since) : 0;
    },
  };
}
