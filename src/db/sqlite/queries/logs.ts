import { sql } from 'kysely';
import type { SendJob, SendLog } from '../../model.ts';
import type { LogFilter, Page, Slice } from '../../store.ts';
import { outcomeOf } from '../counts.ts';
import type { Engine } from '../engine.ts';
import { type OutboxRow, sendLogOf } from '../outbox.ts';
import { build, contains, statement, within } from '../sql.ts';
import { emptySlice, isEmpty, isGiven, mergedPages, ofLiveAccount, sliceOf } from './paging.ts';

const isOfLiveAccount = ofLiveAccount(sql.ref('account_id'));
// The sign keeps the index on the column out of it: it would give the rows in the wrong order.
const unindexedAccount = sql`+account_id`;
const unindexedJob = sql`+job_id`;

/** The text, or the file's name. */
const shownContent = sql`coalesce(json_extract(content, '$.text'), json_extract(content, '$.name'))`;

/** Everything of the filter but accounts and jobs. */
function filtered(filter: LogFilter) {
  let query = build.selectFrom('outbox').selectAll().where(isOfLiveAccount);
  if (isGiven(filter.statuses)) query = query.where(within(sql.ref('status'), filter.statuses));
  if (isGiven(filter.types)) query = query.where(within(sql.ref('type'), filter.types));
  if (isGiven(filter.receivers)) query = query.where(within(sql.ref('receiver'), filter.receivers));
  if (filter.search) query = query.where(contains([sql.ref('receiver'), shownContent], filter.search));
  if (typeof filter.since === 'number') query = query.where('created_at', '>=', filter.since);
  if (typeof filter.until === 'number') query = query.where('created_at', '<', filter.until);
  return query;
}

/** See `Queries.logs`. */
export function logs(
  engine: Engine,
  filter: LogFilter,
  page: Page<[id: number]> & { offset?: number },
): Slice<SendLog> {
  const { first, offset = 0 } = page;
  const isLater = (page.after !== null && page.after !== undefined) || offset > 0;
  if (isEmpty(filter.accountIds) || isEmpty(filter.jobIds)) return emptySlice;
  let query = filtered(filter);
  if (page.after) query = query.where('id', '<', page.after[0]);
  const ordered = query.orderBy('id', 'desc').limit(first + 1);
  const rows =
    offset > 0
      ? engine.sql.query(ofAllUnindexed(ordered, filter).offset(offset))
      : newestOf(engine, ordered, filter, first + 1);
  return sliceOf(rows, first, isLater, sendLogOf);
}

/** Accounts and jobs of the filter as conditions that leave the order to the ids: rows are skipped without being sorted. */
function ofAllUnindexed(ordered: ReturnType<typeof filtered>, filter: LogFilter): ReturnType<typeof filtered> {
  let query = ordered;
  if (isGiven(filter.accountIds)) query = query.where(within(unindexedAccount, filter.accountIds));
  if (isGiven(filter.jobIds)) query = query.where(within(unindexedJob, filter.jobIds));
  return query;
}

function newestFirst(a: OutboxRow, b: OutboxRow): number {
  return b.id - a.id;
}

function newestOf(engine: Engine, ordered: ReturnType<typeof filtered>, filter: LogFilter, limit: number): OutboxRow[] {
  const { accountIds, jobIds } = filter;
  if (isGiven(jobIds)) {
    const ofAccounts = isGiven(accountIds) ? ordered.where(within(unindexedAccount, accountIds)) : ordered;
    return mergedPages(
      jobIds,
      limit,
      {
        one: (jobId) => engine.sql.query(ofAccounts.where('job_id', '=', jobId)),
        all: (ids) => engine.sql.query(ofAccounts.where(within(unindexedJob, ids))),
      },
      newestFirst,
    );
  }
  if (!isGiven(accountIds)) return engine.sql.query(ordered);
  return mergedPages(
    accountIds,
    limit,
    {
      one: (accountId) => engine.sql.query(ordered.where('account_id', '=', accountId)),
      all: (ids) => engine.sql.query(ordered.where(within(unindexedAccount, ids))),
    },
    newestFirst,
  );
}

/** Accounts and jobs of the filter as conditions, for what needs no order. */
function ofAll(filter: LogFilter) {
  let query = filtered(filter);
  if (isGiven(filter.accountIds)) query = query.where(within(sql.ref('account_id'), filter.accountIds));
  if (isGiven(filter.jobIds)) query = query.where(within(sql.ref('job_id'), filter.jobIds));
  return query;
}

/** See `Queries.logsOfJob`. */
export function logsOfJob(engine: Engine, jobId: number, filter: LogFilter, page: Page<[id: number]>): Slice<SendLog> {
  const isLater = page.after !== null && page.after !== undefined;
  const query = ofAll(filter)
    .where('job_id', '=', jobId)
    .where('id', '>', page.after?.[0] ?? 0)
    .orderBy('id')
    .limit(page.first + 1);
  return sliceOf(engine.sql.query(query), page.first, isLater, sendLogOf);
}

/** See `Queries.countLogs`. */
export function countLogs(engine: Engine, filter: LogFilter): number {
  const query = ofAll(filter)
    .clearSelect()
    .select(sql<number>`count(*)`.as('count'));
  return engine.sql.query(query)[0]?.count ?? 0;
}

const selectByIds = statement(({ ids }: { ids: string }) =>
  build
    .selectFrom('outbox')
    .selectAll()
    .where(sql<boolean>`id in (select value from json_each(${ids}))`)
    .where(isOfLiveAccount),
);

/** See `Queries.logsById`. */
export function logsById(engine: Engine, ids: readonly number[]): SendLog[] {
  return engine.sql.all(selectByIds, { ids: JSON.stringify(ids) }).map(sendLogOf);
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
