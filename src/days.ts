/** Calendar days and wall-clock times of the gateway's time zone, and times in UTC. */
import type { Millis } from './words.ts';

const hour = 3_600_000;
const shapes = new Map<string, Intl.DateTimeFormat>();
/** Offsets from UTC in milliseconds, for each zone and quarter of an hour: zones change at such borders only. */
const offsets = new Map<string, Map<number, number>>();

const digits = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'));
const pairs = digits.slice(0, 100).map((three) => three.slice(1));
/** The day in UTC that was shown last, counted from the first of 1970: times that are shown together are mostly of one. */
let lastDay = { day: 0, text: '1970-01-01T' };

/** What `toISOString` says of a moment, in a third of its time: a page of a list shows a hundred of them. RangeError for no moment. */
export function utcTime(at: Millis): string {
  const day = Math.floor(at / (24 * hour));
  if (day !== lastDay.day) lastDay = { day, text: new Date(day * 24 * hour).toISOString().split(/(?<=T)/)[0]! };
  const ms = at - day * 24 * hour;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.floor(ms / 1000) % 60;
  return `${lastDay.text}${pairs[Math.floor(minutes / 60)]}:${pairs[minutes % 60]}:${pairs[seconds]}.${digits[ms % 1000]}Z`;
}

/** `YYYY-MM-DD` in this IANA time zone. */
export function dayOf(at: Millis, timezone: string): string {
  return new Date(at + offsetAt(at, timezone)).toISOString().slice(0, 10);
}

/** `YYYY-MM-DD HH:mm:ss` in this IANA time zone. */
export function localTime(at: Millis, timezone: string): string {
  return new Date(at + offsetAt(at, timezone)).toISOString().slice(0, 19).replace('T', ' ');
}

/** The moment of a local `YYYY-MM-DD HH:mm:ss` in this IANA time zone; of a time that comes twice the first. Null: no such text. */
export function readLocalTime(text: string, timezone: string): Millis | null {
  const [, day, time] = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})$/.exec(text) ?? [];
  const utc = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(utc)) return null;
  // The offset before and the one after a change of the clocks; the greater one is the earlier moment.
  const around = [utc - 15 * hour, utc + 15 * hour].map((at) => offsetAt(at, timezone));
  const fitting = around.filter((offset) => offsetAt(utc - offset, timezone) === offset);
  return utc - Math.max(...(fitting.length > 0 ? fitting : around));
}

/** The first moment of a `YYYY-MM-DD` day in this IANA time zone; the day after is `dayStart(nextDay(day, 1), …)`. */
export function dayStart(day: string, timezone: string): Millis {
  const utc = Date.parse(`${day}T00:00:00Z`);
  // No zone is further than 14 hours from UTC; the day begins where its name first appears.
  let before = utc - 15 * hour;
  let after = utc + 15 * hour;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dayOf(middle, timezone) < day) before = middle;
    else after = middle;
  }
  return after;
}

/** The day so many days later, or earlier. Both are `YYYY-MM-DD`. */
export function nextDay(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 24 * hour).toISOString().slice(0, 10);
}

function offsetAt(at: Millis, timezone: string): number {
  let known = offsets.get(timezone);
  if (!known) offsets.set(timezone, (known = new Map()));
  const quarter = Math.floor(at / (hour / 4));
  let offset = known.get(quarter);
  if (offset === undefined) {
    offset = readOffset(quarter * (hour / 4), timezone);
    if (known.size > 10_000) known.clear();
    known.set(quarter, offset);
  }
  return offset;
}

function readOffset(at: Millis, timezone: string): number {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const part of shapeOf(timezone).formatToParts(at)) parts[part.type] = part.value;
  const { year, month, day, hour: hours, minute, second } = parts;
  return Date.parse(`${year}-${month}-${day}T${hours}:${minute}:${second}Z`) - at;
}

function shapeOf(timezone: string): Intl.DateTimeFormat {
  let shape = shapes.get(timezone);
  if (!shape) {
    shape = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    shapes.set(timezone, shape);
  }
  return shape;
}
