import { assert, constantFrom, integer, oneof, property } from 'fast-check';
import { expect, test, vi } from 'vitest';
import { dayOf, dayStart, localTime, nextDay, readLocalTime, utcTime } from '../src/days.ts';

const hoursOf = (day: string) =>
  (dayStart(nextDay(day, 1), 'Europe/Berlin') - dayStart(day, 'Europe/Berlin')) / 3_600_000;

test('a day changes at midnight of its zone', () => {
  const at = Date.parse('2026-03-01T15:59:59.999Z');
  expect(dayOf(at, 'Asia/Shanghai')).toBe('2026-03-01');
  expect(dayOf(at + 1, 'Asia/Shanghai')).toBe('2026-03-02');
  expect(dayOf(at + 1, 'UTC')).toBe('2026-03-01');
  expect(localTime(at, 'Asia/Shanghai')).toBe('2026-03-01 23:59:59');
  expect(localTime(at + 1, 'Asia/Shanghai')).toBe('2026-03-02 00:00:00');
});

test('days that summer time makes shorter or longer begin where they do', () => {
  expect(hoursOf('2024-03-31')).toBe(23);
  expect(hoursOf('2024-10-27')).toBe(25);
  expect(localTime(Date.parse('2024-10-27T00:30:00Z'), 'Europe/Berlin')).toBe('2024-10-27 02:30:00');
  expect(localTime(Date.parse('2024-10-27T01:30:00Z'), 'Europe/Berlin')).toBe('2024-10-27 02:30:00');
});

test('a day that begins after midnight, as where summer time comes then', () => {
  expect(new Date(dayStart('2018-11-04', 'America/Sao_Paulo')).toISOString()).toBe('2018-11-04T03:00:00.000Z');
});

test('a moment in UTC, of any year, before 1970, and of one day after another', () => {
  const far = 8_640_000_000_000_000;
  const moments = oneof(integer({ min: 0, max: Date.parse('2038-12-31') }), integer({ min: -far, max: far }));
  assert(
    property(moments, integer({ min: 0, max: 90_000_000 }), (at, step) => {
      for (const moment of [at, Math.min(at + step, far)]) expect(utcTime(moment)).toBe(new Date(moment).toISOString());
    }),
  );
  expect(() => utcTime(Number.NaN)).toThrow(RangeError);
});

test('any moment is within its day, in zones far from UTC and with odd offsets', () => {
  const zones = [
    'UTC',
    'Asia/Kathmandu',
    'Pacific/Kiritimati',
    'Pacific/Pago_Pago',
    'America/St_Johns',
    'Australia/Lord_Howe',
  ];
  const moments = integer({ min: 0, max: Date.parse('2038-12-31') });
  assert(
    property(moments, constantFrom(...zones), (at, zone) => {
      const day = dayOf(at, zone);
      expect(dayStart(day, zone)).toBeLessThanOrEqual(at);
      expect(dayStart(nextDay(day, 1), zone)).toBeGreaterThan(at);
      expect(localTime(at, zone).slice(0, 10)).toBe(day);
    }),
    { numRuns: 300 },
  );
});

test('a local time is the moment that it names, in any zone', () => {
  expect(readLocalTime('2023-03-05 13:07:54', 'Asia/Shanghai')).toBe(Date.parse('2023-03-05T05:07:54Z'));
  // Told twice in the night when the clocks go back, and never in the one when they go forward.
  expect(readLocalTime('2024-10-27 02:30:00', 'Europe/Berlin')).toBe(Date.parse('2024-10-27T00:30:00Z'));
  expect(readLocalTime('2024-03-31 02:30:00', 'Europe/Berlin')).toBe(Date.parse('2024-03-31T00:30:00Z'));
  for (const text of ['', 'yesterday', '2023-03-05', '2023-13-05 13:07:54', '2023-03-05 13:07:54Z']) {
    expect(readLocalTime(text, 'UTC')).toBeNull();
  }
  const zones = constantFrom('UTC', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'America/St_Johns', 'Australia/Lord_Howe');
  assert(
    property(integer({ min: 0, max: 2 ** 31 }), zones, (seconds, zone) => {
      const text = localTime(seconds * 1000, zone);
      expect(localTime(readLocalTime(text, zone)!, zone)).toBe(text);
    }),
    { numRuns: 300 },
  );
});

test('a hundred thousand moments of a day ask what time it is there once a quarter of an hour: asking is what takes long', () => {
  const asking = vi.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts');
  const start = Date.parse('2026-01-01T00:00:00Z');
  const days = new Set<string>();
  for (let i = 0; i < 100_000; i += 1) days.add(dayOf(start + i * 800, 'Asia/Shanghai'));
  const asked = asking.mock.calls.length;
  asking.mockRestore();
  expect([...days]).toEqual(['2026-01-01', '2026-01-02']);
  expect(asked).toBeLessThanOrEqual(96);
});
