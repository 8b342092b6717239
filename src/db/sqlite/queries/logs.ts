import { type Expression, type RawBuilder, sql } from 'kysely';
import type { SendStatus } from '../../../words.ts';
import type { SendJob, SendLog } from '../../model.ts';
import type { LogFilter, LogPage, Slice } from '../../store.ts';
import { outcomeOf } from '../counts.ts';
import type { Engine } from '../engine.ts';
import { type LogRow, logColumns, readLogRow } from '../outbox.ts';
import { build, statement, whole, within } from '../sql.ts';
import { idsFrom, idsOfAccount, isNothing, linesWhere, ofJob, outbox, type Part, sourceOf } from './log-ids.ts';
import {
  countPages,
  countsOf,
  emptySlice,
  isGiven,
  isLaterPage,
  mostCounted,
  ofLiveAccount,
  pagesOf,
  sliceOf,
  slicesOf,
  visibleAccountIds,
} from './paging.ts';

const isOfLiveAccount = ofLiveAccount(sql.ref('account_id'));
// The sign keeps the index on the column out of it: it would give the rows in the wrong order.
const unindexedAccount = sql`+account_id`;

/** See `Queries.logs`. */
export function logs(engine: Engine, filter: LogFilter, page: LogPage & { offset?: number }): Slice<SendLog> {
  const { first, offset = 0 } = page;
  if (isNothing(filter)) return emptySlice;
  const part = { after: page.after ?? null, limit: first + 1, offset };
  const rows = engine.sql.query(pageOf(engine, filter, part, logColumns(page.wanted)));
  return sliceOf(rows, first, isLaterPage(page) || offset > 0, readLogRow);
}

function pageOf(engine: Engine, filter: LogFilter, part: Part, columns: RawBuilder<LogRow>): RawBuilder<LogRow> {
  const { limit, offset } = part;
  const source = sourceOf(engine, filter, offset > 0);
  if (source === null) return linesWhere(columns, engine, filter, part, null);
  // What is skipped is skipped where it lies in one piece; of several pieces it is read, and skipped when they are in order.
  const isOnePiece = source.ids.length === 1 && (filter.statuses?.length ?? 0) < 2;
  const ofEach = isOnePiece ? part : { ...part, limit: offset + limit, offset: 0 };
  const ids = idsFrom(source, filter, engine, ofEach);
  return sql`select ${columns} from outbox where id in ${ids} order by id desc
    limit ${whole(limit)} offset ${whole(isOnePiece ? 0 : offset)}`;
}

/** See `Queries.logPages`. */
export function logPages(
  engine: Engine,
  accountIds: readonly number[],
  given: LogFilter,
  page: LogPage,
): Slice<SendLog>[] {
  const filter = { ...given, accountIds: null };
  if (isNothing(filter)) return accountIds.map(() => emptySlice);
  const part = { after: page.after ?? null, limit: page.first + 1, offset: 0 };
  const ids = pagesOf(accountIds, outbox, (id) => idsOfAccount(engine, filter, part, id));
  const columns = logColumns(page.wanted && [...page.wanted, 'accountId']);
  const rows = engine.sql.query(sql<LogRow>`select ${columns} from outbox where id in ${ids} order by id desc`);
  const read = { ownerOf: (row: LogRow) => row.accountId, itemOf: readLogRow };
  return slicesOf(accountIds, rows, page.first, isLaterPage(page), read);
}

/** See `Queries.countLogs`. */
export function countLogs(engine: Engine, filter: LogFilter): number {
  if (isNothing(filter)) return 0;
  if (isRolledUp(filter)) return countRolledUp(engine, filter).reduce((sum, { count }) => sum + count, 0);
  const ids = idsFrom(sourceOf(engine, filter, false), filter, engine, { after: null, limit: mostCounted, offset: 0 });
  const query = sql<{
    count: number;
  }>`select count(*) as count from (select id from outbox where id in ${ids} limit ${whole(mostCounted)})`;
  return engine.sql.query(query)[0]?.count ?? 0;
}

/** See `Queries.logCounts`. */
export function logCounts(engine: Engine, accountIds: readonly number[], given: LogFilter): number[] {
  const filter = { ...given, accountIds: null };
  if (isNothing(filter)) return accountIds.map(() => 0);
  if (isRolledUp(filter)) return countsOf(accountIds, countRolledUp(engine, { ...filter, accountIds }));
  const part = { after: null, limit: mostCounted, offset: 0 };
  return countsOf(
    accountIds,
    engine.sql.query(countPages(accountIds, (id) => idsOfAccount(engine, filter, part, id), mostCounted)),
  );
}

/** Filters of owners and statuses alone. */
function isRolledUp(filter: LogFilter): boolean {
  const { jobIds, types, receivers, search, since, until } = filter;
  return ![jobIds, types, receivers, since, until].some((one) => one !== null && one !== undefined) && !search;
}

/** Statuses of which the rollup keeps a count; others are few, or on their way to one of these. */
const rolledUp = { SENT: 'success', FAILED: 'failed' } as const;

/** By account. */
function countRolledUp(engine: Engine, filter: LogFilter): { owner: number; count: number }[] {
  const accounts = JSON.stringify(visibleAccountIds(engine, filter.accountIds));
  if (!isGiven(filter.statuses)) return engine.sql.all(sumColumn.total, { accounts });
  return [...new Set(filter.statuses)].flatMap((status) =>
    status === 'SENT' || status === 'FAILED'
      ? engine.sql.all(sumColumn[rolledUp[status]], { accounts })
      : engine.sql.all(countStatus, { accounts, status }),
  );
}

const sumOf = (column: 'total' | 'success' | 'failed') =>
  statement(
    ({ accounts }: { accounts: string }) => sql<{ owner: number; count: number }>`
      select account_id as owner, sum(${sql.ref(column)}) as count from day_count
      where account_id in (select value from json_each(${accounts})) group by account_id`,
  );
const sumColumn = { total: sumOf('total'), success: sumOf('success'), failed: sumOf('failed') };
const countStatus = statement(
  (v: { accounts: string; status: SendStatus }) => sql<{ owner: number; count: number }>`
    select account_id as owner, count(*) as count from outbox
    where account_id in (select value from json_each(${v.accounts})) and status = ${v.status} group by account_id`,
);

/** See `Queries.logsOfJob`. */
export function logsOfJob(engine: Engine, jobId: number, filter: LogFilter, page: LogPage): Slice<SendLog> {
  return jobLogPages(engine, [jobId], filter, page)[0] ?? emptySlice;
}

/** See `Queries.jobLogPages`. */
export function jobLogPages(
  engine: Engine,
  jobIds: readonly number[],
  given: LogFilter,
  page: LogPage,
): Slice<SendLog>[] {
  const filter = { ...given, jobIds: null };
  if (isNothing(filter)) return jobIds.map(() => emptySlice);
  const ids = pagesOf(
    jobIds,
    outbox,
    (id) => sql`(select id from outbox where ${ofJob(filter, id)} and id > ${page.after?.[0] ?? 0}
      order by id limit ${whole(page.first + 1)})`,
  );
  const columns = logColumns(page.wanted && [...page.wanted, 'jobId']);
  const rows = engine.sql.query(sql<LogRow>`select ${columns} from outbox where id in ${ids} order by id`);
  const read = { ownerOf: (row: LogRow) => row.jobId, itemOf: readLogRow };
  return slicesOf(jobIds, rows, page.first, isLaterPage(page), read);
}

/** See `Queries.jobLogCounts`. */
export function jobLogCounts(engine: Engine, jobIds: readonly number[], given: LogFilter): number[] {
  const filter = { ...given, jobIds: null };
  if (isNothing(filter)) return jobIds.map(() => 0);
  const page = (id: Expression<number>) => sql`(select id from outbox where ${ofJob(filter, id)})`;
  return countsOf(jobIds, engine.sql.query(countPages(jobIds, page, mostCounted)));
}

const selectByIds = statement(
  ({ ids }: { ids: string }) => sql<LogRow>`select ${logColumns()} from outbox
    where id in (select value from json_each(${ids})) and ${isOfLiveAccount}`,
);

/** See `Queries.logsById`. */
export function logsById(engine: Engine, ids: readonly number[]): SendLog[] {
  return engine.sql.all(selectByIds, { ids: JSON.stringify(ids) }).map(readLogRow);
}

/** See `Queries.jobsById`. A job of which no line may be seen is left out. */
export function jobsById(engine: Engine, ids: readonly number[], accountIds: readonly number[] | null): SendJob[] {
  const jobs = engine.sql.query(
    build
      .selectFrom('job')
      .selectAll()
      .where(within(sql.ref('id'), ids)),
  );
  let counting = build
    .selectFrom('outbox')
    .select(['job_id', 'status', sql<number>`count(*)`.as('count')])
    .where(within(sql.ref('job_id'), ids))
    .where(isOfLiveAccount)
    .groupBy(['job_id', 'status']);
  if (accountIds !== null) counting = counting.where(within(unindexedAccount, accountIds));
  const counts = Map.groupBy(engine.sql.query(counting), (row) => row.job_id);
  return jobs.flatMap((row) => {
    const lines = counts.get(row.id);
    if (lines === undefined) return [];
    const job = {
      id: row.id,
      total: 0,
      pending: 0,
      success: 0,
      failed: 0,
      unknown: 0,
      dropped: 0,
      createdAt: row.created_at,
    };
    for (const { status, count } of lines) {
      job.total += count;
      job[outcomeOf[status]] += count;
    }
    return [job];
  });
}
