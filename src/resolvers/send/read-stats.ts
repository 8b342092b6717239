import type { DayCounts } from '../../db/model.ts';
import { dayOf } from '../../days.ts';
import type { App } from '../app.ts';
import { type Caller, visibleAccounts } from '../access/caller.ts';
import { readIds } from '../ids.ts';
import { readRange } from '../input.ts';

/** Of sends, `total` is the sum of the five others; `received` are messages. */
export type Counts = {
  total: number;
  success: number;
  failed: number;
  unknown: number;
  dropped: number;
  pending: number;
  received: number;
};
export type Stats = Counts & {
  days: number;
  /** Percent of success among success and failure, one decimal; 0 where there is neither. */
  successRate: number;
  byDay: (Counts & { date: string })[];
  byAccount: (Counts & { accountId: number })[];
};

const dayMs = 86_400_000;

/** Sends and received messages of the last `days` days (1 to 30), today included; every day is listed, the oldest first. */
export async function readStats(
  app: App,
  caller: Caller,
  args: { accountIds?: readonly string[] | null; days: number },
): Promise<Stats> {
  readRange('days', args.days, 1, 30);
  const dates = lastDays(app, args.days);
  const rows = await app.store.queries.dayCounts({
    accountIds: visibleAccounts(caller, readIds('account', args.accountIds)),
    from: dates[0]!,
    to: dates.at(-1)!,
  });
  const all = sum(rows);
  const byAccount = Map.groupBy(rows, (row) => row.accountId);
  const byDay = Map.groupBy(rows, (row) => row.day);
  return {
    ...all,
    days: args.days,
    successRate: rate(all),
    byDay: dates.map((date) => ({ date, ...sum(byDay.get(date) ?? []) })),
    byAccount: [...byAccount.keys()]
      .toSorted((a, b) => a - b)
      .map((accountId) => ({ accountId, ...sum(byAccount.get(accountId)!) })),
  };
}

/** Dates of the last `days` days in the gateway's time zone. Steps back from noon: no change of the clocks skips a date. */
function lastDays(app: App, days: number): string[] {
  const { timezone } = app.config;
  const today = dayOf(app.clock.now(), timezone);
  const noon = Date.parse(`${today}T12:00:00Z`);
  return Array.from({ length: days }, (_, i) => new Date(noon - (days - 1 - i) * dayMs).toISOString().slice(0, 10));
}

function sum(rows: readonly DayCounts[]): Counts {
  const counts: Counts = { total: 0, success: 0, failed: 0, unknown: 0, dropped: 0, pending: 0, received: 0 };
  for (const row of rows) {
    counts.total += row.total;
    counts.success += row.success;
    counts.failed += row.failed;
    counts.unknown += row.unknown;
    counts.dropped += row.dropped;
    counts.pending += row.total - row.success - row.failed - row.unknown - row.dropped;
    counts.received += row.received;
  }
  return counts;
}

function rate({ success, failed }: Counts): number {
  return success + failed === 0 ? 0 : Math.round((success / (success + failed)) * 1000) / 10;
}
