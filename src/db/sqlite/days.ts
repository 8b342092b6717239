import type { Millis } from '../../words.ts';

export type Days = {
  /** `YYYY-MM-DD` in the gateway's time zone. */
  of(at: Millis): string;
  /** The first moment of the next day. */
  next(at: Millis): Millis;
};

const hour = 3_600_000;

/** Days by the gateway's time zone. The last minute is remembered: time zones differ by whole minutes, and most calls are about now. */
export function openDays(dayOf: (at: Millis) => string): Days {
  let minute = -1;
  let day = '';
  const of = (at: Millis): string => {
    const asked = Math.floor(at / 60_000);
    if (asked !== minute) {
      day = dayOf(at);
      minute = asked;
    }
    return day;
  };
  const next = (at: Millis): Millis => {
    const today = dayOf(at);
    let within = at;
    // Days with a change of the clock have up to 25 hours.
    let beyond = at + 26 * hour;
    while (beyond - within > 1) {
      const middle = Math.floor((within + beyond) / 2);
      if (dayOf(middle) === today) within = middle;
      else beyond = middle;
    }
    return beyond;
  };
  return { of, next };
}
