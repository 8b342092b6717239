/** The filters of the records as they stand in the address, and as the gateway takes them. */
import type { LiveEvent } from '../../live/follow.ts';
import type { Filters } from '../../parts/filters.ts';
import type { LogFilter, LogRow } from './log.ts';

export type LiveLog = Extract<LiveEvent, { __typename: 'SendUpdated' }>['log'];

/** What the address says; null where it says nothing. Days are those of the reader's clock. */
export function readLogFilter(filters: Filters): LogFilter {
  const some = <Value extends string>(name: string) => {
    const values = filters.list(name) as Value[];
    return values.length > 0 ? values : null;
  };
  return {
    accountIds: some('account'),
    jobIds: some('job'),
    receivers: some('receiver'),
    statuses: some('status'),
    types: some('type'),
    search: filters.text('search'),
    since: startOfDay(filters.text('from'), 0),
    until: startOfDay(filters.text('to'), 1),
  };
}

/** Whether a line that was just heard of is among those that are looked for. */
export function passes(log: LiveLog, filter: LogFilter): boolean {
  const among = (wanted: readonly string[] | null | undefined, value: string) => !wanted || wanted.includes(value);
  const search = filter.search?.toLowerCase() ?? '';
  const at = Date.parse(log.createdAt);
  return (
    among(filter.accountIds, log.account.id) &&
    among(filter.jobIds, log.job.id) &&
    among(filter.receivers, log.receiver) &&
    among(filter.statuses, log.status) &&
    among(filter.types, log.type) &&
    (!filter.since || at >= Date.parse(filter.since)) &&
    (!filter.until || at < Date.parse(filter.until)) &&
    [log.content, log.receiver].some((text) => text.toLowerCase().includes(search))
  );
}

/** Midnight of a date such as 2026-11-22, or of so many days later. */
function startOfDay(date: string | null, daysLater: number): string | null {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date ?? '') ?? [];
  if (!day) return null;
  return new Date(Number(year), Number(month) - 1, Number(day) + daysLater).toISOString();
}

/** Newer lines have larger numbers; they are the numbers that REST shows. */
export function numberOf({ id }: Pick<LogRow, 'id'>): number {
  return Number(id.slice('log_'.length));
}
