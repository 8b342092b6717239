import { type Expression, type RawBuilder, sql } from 'kysely';
import type { SendStatus } from '../../../words.ts';
import type { SendJob, SendLog } from '../../model.ts';
import type { LogFilter, Page, Slice } from '../../store.ts';
import { outcomeOf } from '../counts.ts';
import type { Engine } from '../engine.ts';
import { type OutboxRow, sendLogOf } from '../outbox.ts';
import { acceptedDay, searchedContent, sendMatch } from '../send-terms.ts';
import { build, contains, statement, within } from '../sql.ts';
import { all, anyWord, bound, narrowed } from '../terms.ts';
import {
  countPages,
  countsOf,
  emptySlice,
  isEmpty,
  isGiven,
  isLaterPage,
  mostCounted,
  ofLiveAccount,
  ownersAtOnce,
  pagesOf,
  sliceOf,
  slicesOf,
  visibleAccountIds,
} from './paging.ts';

const isOfLiveAccount = ofLiveAccount(sql.ref('account_id'));
// The sign keeps the index on the column out of it: it would give the rows in the wrong order.
const unindexedAccount = sql`+account_id`;

type LogPage = Page<[id: number]> & { offset?: number };

/** See `Queries.logs`. */
export function logs(engine: Engine, filter: LogFilter, page: LogPage): Slice<SendLog> {
  const { first, offset = 0 } = page;
  if (isNothing(filter)) return emptySlice;
  const ids = idsOf(engine, filter, { after: page.after ?? null, limit: offset + first + 1, isSkipping: offset > 0 });
  const rows = engine.sql.query(
    sql<OutboxRow>`select * from outbox where id in ${ids} order by id desc limit ${first + 1} offset ${offset}`,
  );
  return sliceOf(rows, first, isLaterPage(page) || offset > 0, sendLogOf);
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
  const part = { after: page.after ?? null, limit: page.first + 1 };
  const ids = pagesOf(accountIds, outbox, (id) => idsOfAccount(engine, filter, part, id));
  const rows = engine.sql.query(sql<OutboxRow>`select * from outbox where id in ${ids} order by id desc`);
  const read = { ownerOf: (row: OutboxRow) => row.account_id, itemOf: sendLogOf };
  return slicesOf(accountIds, rows, page.first, isLaterPage(page), read);
}

/** See `Queries.countLogs`. */
export function countLogs(engine: Engine, filter: LogFilter): number {
  if (isNothing(filter)) return 0;
  if (isRolledUp(filter)) return countRolledUp(engine, filter).reduce((sum, { count }) => sum + count, 0);
  const ids = idsOf(engine, filter, { after: null, limit: mostCounted });
  const query = sql<{
    count: number;
  }>`select count(*) as count from (select id from outbox where id in ${ids} limit ${mostCounted})`;
  return engine.sql.query(query)[0]?.count ?? 0;
}

/** See `Queries.logCounts`. */
export function logCounts(engine: Engine, accountIds: readonly number[], given: LogFilter): number[] {
  const filter = { ...given, accountIds: null };
  if (isNothing(filter)) return accountIds.map(() => 0);
  if (isRolledUp(filter)) return countsOf(accountIds, countRolledUp(engine, { ...filter, accountIds }));
  const part = { after: null, limit: mostCounted };
  return countsOf(
    accountIds,
    engine.sql.query(countPages(accountIds, (id) => idsOfAccount(engine, filter, part, id), mostCounted)),
  );
}

function isNothing(filter: LogFilter): boolean {
  const { accountIds, jobIds, statuses, types, receivers } = filter;
  return [accountIds, jobIds, statuses, types, receivers].some(isEmpty);
}

type Part = {
  after: readonly [id: number] | null;
  limit: number;
  /** Most of it is only gone over, so it must not be read once for each owner. */
  isSkipping?: boolean;
};
type Owner = { column: 'account_id' | 'job_id'; id: Expression<number>; status?: SendStatus };

const outbox = { table: 'outbox', key: 'id' } as const;

/** Ids of the newest lines that pass the filter, and more than that where several owners give theirs. */
function idsOf(engine: Engine, filter: LogFilter, part: Part): RawBuilder<unknown> {
  const { accountIds, jobIds, statuses } = filter;
  const isRare = isGiven(statuses) && !(statuses.includes('SENT') && (part.isSkipping || sendMatch(filter) !== null));
  if (isGiven(jobIds)) return pagesOf(jobIds, outbox, (id) => idsWhere(engine, filter, part, { column: 'job_id', id }));
  if (isRare)
    return pagesOf(visibleAccountIds(engine, accountIds), outbox, (id) => idsOfAccount(engine, filter, part, id));
  const isOneByOne =
    isGiven(accountIds) && sendMatch(filter) === null && accountIds.length <= (part.isSkipping ? 1 : ownersAtOnce);
  if (isOneByOne) return pagesOf(accountIds, outbox, (id) => idsOfAccount(engine, filter, part, id));
  return idsWhere(engine, filter, part, null);
}

/** Of one account: where statuses are asked for, the newest of each of them, as no index gives those of several in order. */
function idsOfAccount(engine: Engine, filter: LogFilter, part: Part, id: Expression<number>): RawBuilder<unknown> {
  const { statuses } = filter;
  const column = 'account_id';
  if (isGiven(filter.jobIds)) return idsOfJobs(filter, part, id, filter.jobIds);
  if (!isGiven(statuses) || (statuses.includes('SENT') && sendMatch(filter) !== null))
    return idsWhere(engine, filter, part, { column, id });
  const each = [...new Set(statuses)].map((status) => idsWhere(engine, filter, part, { column, id, status }));
  return sql`(select id from ${sql.join(each, sql` union all select id from `)})`;
}

/** Of some jobs the lines of one account: jobs are short, so their lines are looked at and put in order. */
function idsOfJobs(
  filter: LogFilter,
  { after, limit }: Part,
  accountId: Expression<number>,
  jobIds: readonly number[],
): RawBuilder<unknown> {
  const conditions = [isOfLiveAccount, within(sql.ref('job_id'), jobIds), sql`${unindexedAccount} = ${accountId}`];
  if (isGiven(filter.statuses)) conditions.push(within(sql`+status`, filter.statuses));
  if (after !== null) conditions.push(sql`+id < ${after[0]}`);
  return sql`(select id from outbox where ${sql.join([...conditions, ...conditionsOf(filter)], sql` and `)}
    order by +id desc limit ${limit})`;
}

/** Ids of one page, the newest first. From the index of terms where the filter asks for what has terms, else from the owner's index. */
function idsWhere(engine: Engine, filter: LogFilter, part: Part, owner: Owner | null): RawBuilder<unknown> {
  const match = owner?.column === 'job_id' || owner?.status !== undefined ? null : sendMatch(filter);
  const id = match === null ? sql.ref('outbox.id') : sql.ref('send_term.rowid');
  const conditions = [isOfLiveAccount, ...conditionsOf(filter), ...idsWithin(engine, filter, id)];
  if (match !== null) {
    const ofOwner =
      owner === null
        ? sql`${all([match, anyWord('account', filter.accountIds)])}`
        : narrowed(match, 'account', owner.id);
    conditions.push(sql`send_term.send_term match ${ofOwner}`);
  } else if (owner !== null) conditions.push(sql`${sql.ref(`outbox.${owner.column}`)} = ${owner.id}`);
  if (owner?.status !== undefined) conditions.push(sql`outbox.status = ${owner.status}`);
  else if (isGiven(filter.statuses)) conditions.push(within(sql`+status`, filter.statuses));
  if (isGiven(filter.accountIds) && owner?.column !== 'account_id')
    conditions.push(within(unindexedAccount, filter.accountIds));
  if (part.after !== null) conditions.push(sql`${id} < ${bound(part.after[0])}`);
  return sql`(select outbox.id from ${match === null ? sql`outbox` : termed}
    where ${sql.join(conditions, sql` and `)} order by ${id} desc limit ${part.limit})`;
}

const termed = sql`send_term cross join outbox on outbox.id = send_term.rowid`;

/** What the filter asks of the line itself, but for owners and statuses. */
function conditionsOf(filter: LogFilter): RawBuilder<boolean>[] {
  const conditions: RawBuilder<boolean>[] = [];
  if (isGiven(filter.types)) conditions.push(within(sql.ref('type'), filter.types));
  if (isGiven(filter.receivers)) conditions.push(within(sql.ref('receiver'), filter.receivers));
  if (filter.search) conditions.push(contains([sql.ref('receiver'), searchedContent], filter.search));
  if (typeof filter.since === 'number') conditions.push(sql`created_at >= ${filter.since}`);
  if (typeof filter.until === 'number') conditions.push(sql`created_at < ${filter.until}`);
  return conditions;
}

const selectFirst = statement(
  ({ day }: { day: number }) =>
    sql<{ id: number | null }>`select min(first_id) as id from outbox_day where day >= ${day}`,
);
const selectLast = statement(
  ({ day }: { day: number }) =>
    sql<{ id: number | null }>`select max(last_id) as id from outbox_day where day <= ${day}`,
);

/** Between which ids all lines are that were accepted at the times of the filter. */
function idsWithin(engine: Engine, filter: LogFilter, id: Expression<unknown>): RawBuilder<boolean>[] {
  const conditions: RawBuilder<boolean>[] = [];
  if (typeof filter.since === 'number') {
    const first = engine.sql.first(selectFirst, { day: acceptedDay(filter.since) })?.id;
    conditions.push(sql`${id} >= ${bound(first ?? Number.MAX_SAFE_INTEGER)}`);
  }
  if (typeof filter.until === 'number') {
    const last = engine.sql.first(selectLast, { day: acceptedDay(filter.until) })?.id;
    conditions.push(sql`${id} <= ${bound(last ?? 0)}`);
  }
  return conditions;
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
export function logsOfJob(engine: Engine, jobId: number, filter: LogFilter, page: Page<[id: number]>): Slice<SendLog> {
  return jobLogPages(engine, [jobId], filter, page)[0] ?? emptySlice;
}

/** See `Queries.jobLogPages`. */
export function jobLogPages(
  engine: Engine,
  jobIds: readonly number[],
  given: LogFilter,
  page: Page<[id: number]>,
): Slice<SendLog>[] {
  const filter = { ...given, jobIds: null };
  if (isNothing(filter)) return jobIds.map(() => emptySlice);
  const ids = pagesOf(
    jobIds,
    outbox,
    (id) => sql`(select id from outbox where ${ofJob(filter, id)} and id > ${page.after?.[0] ?? 0}
      order by id limit ${page.first + 1})`,
  );
  const rows = engine.sql.query(sql<OutboxRow>`select * from outbox where id in ${ids} order by id`);
  const read = { ownerOf: (row: OutboxRow) => row.job_id, itemOf: sendLogOf };
  return slicesOf(jobIds, rows, page.first, isLaterPage(page), read);
}

/** See `Queries.jobLogCounts`. */
export function jobLogCounts(engine: Engine, jobIds: readonly number[], given: LogFilter): number[] {
  const filter = { ...given, jobIds: null };
  if (isNothing(filter)) return jobIds.map(() => 0);
  const page = (id: Expression<number>) => sql`(select id from outbox where ${ofJob(filter, id)})`;
  return countsOf(jobIds, engine.sql.query(countPages(jobIds, page, mostCounted)));
}

function ofJob(filter: LogFilter, id: Expression<number>): RawBuilder<boolean> {
  const conditions = [isOfLiveAccount, sql<boolean>`job_id = ${id}`, ...conditionsOf(filter)];
  if (isGiven(filter.accountIds)) conditions.push(within(unindexedAccount, filter.accountIds));
  if (isGiven(filter.statuses)) conditions.push(within(sql`+status`, filter.statuses));
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
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
