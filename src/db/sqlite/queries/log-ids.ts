/** Which lines of the send log pass a filter: their ids, by whatever index leads to them. */
import { type Expression, type RawBuilder, sql } from 'kysely';
import type { SendStatus } from '../../../words.ts';
import type { LogFilter } from '../../store.ts';
import type { Engine } from '../engine.ts';
import type { LogRow } from '../outbox.ts';
import { acceptedDay, searchedContent, sendMatch } from '../send-terms.ts';
import { contains, statement, whole, within } from '../sql.ts';
import { all, anyWord, narrowed } from '../terms.ts';
import { isEmpty, isGiven, ofLiveAccount, ownersAtOnce, pagesOf, visibleAccountIds } from './paging.ts';

const isOfLiveAccount = ofLiveAccount(sql.ref('account_id'));
// The sign keeps the index on the column out of it: it would give the rows in the wrong order.
const unindexedAccount = sql`+account_id`;

/** Nothing passes such a filter. */
export function isNothing(filter: LogFilter): boolean {
  const { accountIds, jobIds, statuses, types, receivers } = filter;
  return [accountIds, jobIds, statuses, types, receivers].some(isEmpty);
}

export type Part = { after: readonly [id: number] | null; limit: number; offset: number };
type Owner = { column: 'account_id' | 'job_id'; id: Expression<number>; status?: SendStatus };

export const outbox = { table: 'outbox', key: 'id' } as const;

type Source = { column: Owner['column']; ids: readonly number[] };

/** Whose pages together have what passes the filter; null: it is found along the ids or the terms, whoever's it is. */
export function sourceOf(engine: Engine, filter: LogFilter, isSkipping: boolean): Source | null {
  const { accountIds, jobIds, statuses } = filter;
  const isFound = sendMatch(filter) !== null;
  if (isGiven(jobIds)) return { column: 'job_id', ids: jobIds };
  // Most lines are SENT: they come up soon.
  if (isGiven(statuses) && !(statuses.includes('SENT') && (isSkipping || isFound)))
    return { column: 'account_id', ids: visibleAccountIds(engine, accountIds) };
  const isOneByOne = isGiven(accountIds) && !isFound && accountIds.length <= (isSkipping ? 1 : ownersAtOnce);
  return isOneByOne ? { column: 'account_id', ids: accountIds } : null;
}

/** Ids of the newest lines that pass the filter, and more than that where several owners give theirs. */
export function idsFrom(source: Source | null, filter: LogFilter, engine: Engine, part: Part): RawBuilder<unknown> {
  if (source === null) return sql`(${linesWhere(sql.ref('outbox.id'), engine, filter, part, null)})`;
  const { column, ids } = source;
  return pagesOf(ids, outbox, (id) =>
    column === 'job_id' ? idsWhere(engine, filter, part, { column, id }) : idsOfAccount(engine, filter, part, id),
  );
}

/** Of one account: where statuses are asked for, the newest of each of them, as no index gives those of several in order. */
export function idsOfAccount(
  engine: Engine,
  filter: LogFilter,
  part: Part,
  id: Expression<number>,
): RawBuilder<unknown> {
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
    order by +id desc limit ${whole(limit)})`;
}

function idsWhere(engine: Engine, filter: LogFilter, part: Part, owner: Owner): RawBuilder<unknown> {
  return sql`(${linesWhere(sql.ref('outbox.id'), engine, filter, part, owner)})`;
}

/** One page, the newest first. From the index of terms where the filter asks for what has terms, else from the owner's index. */
export function linesWhere(
  columns: RawBuilder<unknown>,
  engine: Engine,
  filter: LogFilter,
  part: Part,
  owner: Owner | null,
): RawBuilder<LogRow> {
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
  if (part.after !== null) conditions.push(sql`${id} < ${whole(part.after[0])}`);
  return sql`select ${columns} from ${match === null ? sql`outbox` : termed}
    where ${sql.join(conditions, sql` and `)} order by ${id} desc limit ${whole(part.limit)} offset ${whole(part.offset)}`;
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
    conditions.push(sql`${id} >= ${whole(first ?? Number.MAX_SAFE_INTEGER)}`);
  }
  if (typeof filter.until === 'number') {
    const last = engine.sql.first(selectLast, { day: acceptedDay(filter.until) })?.id;
    conditions.push(sql`${id} <= ${whole(last ?? 0)}`);
  }
  return conditions;
}

/** What the filter and the job ask of a line. */
export function ofJob(filter: LogFilter, id: Expression<number>): RawBuilder<boolean> {
  const conditions = [isOfLiveAccount, sql<boolean>`job_id = ${id}`, ...conditionsOf(filter)];
  if (isGiven(filter.accountIds)) conditions.push(within(unindexedAccount, filter.accountIds));
  if (isGiven(filter.statuses)) conditions.push(within(sql`+status`, filter.statuses));
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}
