import { sql } from 'kysely';
import type { Millis } from '../../../words.ts';
import type { Account, AccountCounts } from '../../model.ts';
import type { AccountFilter, Page, Slice } from '../../store.ts';
import { accountOf, selectAccounts } from '../account-rows.ts';
import type { Engine } from '../engine.ts';
import { contains, statement, within } from '../sql.ts';
import { isGiven, sliceOf } from './paging.ts';

function filtered(engine: Engine, filter: AccountFilter) {
  const today = engine.days.of(filter.now);
  let query = selectAccounts();
  if (isGiven(filter.ids)) query = query.where(within(sql.ref('account.id'), filter.ids));
  if (isGiven(filter.drivers)) query = query.where(within(sql.ref('account.driver'), filter.drivers));
  if (isGiven(filter.states)) query = query.where(within(sql.ref('account.state'), filter.states));
  if (isGiven(filter.groupIds))
    query = query.where(
      sql<boolean>`account.id in (select account_id from account_group_member
        where ${within(sql.ref('group_id'), filter.groupIds)})`,
    );
  if (typeof filter.wanted === 'boolean') query = query.where('account.wanted', '=', filter.wanted ? 1 : 0);
  if (typeof filter.ready === 'boolean')
    query = query.where(
      sql<boolean>`(account.state = 'RUNNING' and account.paused = 0 and (account.per_day is null
        or account.per_day > case when owner.sent_day = ${today} then owner.sent_today else 0 end)
        and not ${within(sql.ref('account.id'), filter.held ?? [])}) = ${filter.ready ? 1 : 0}`,
    );
  if (filter.search)
    query = query.where(
      contains([sql.ref('account.name'), sql.ref('account.remark'), sql.ref('account.self_wxid')], filter.search),
    );
  return query;
}

/** See `Queries.accounts`. */
export function accounts(engine: Engine, filter: AccountFilter, page: Page<[id: number]>): Slice<Account> {
  const today = engine.days.of(filter.now);
  const query = filtered(engine, filter)
    .where('account.id', '>', page.after?.[0] ?? 0)
    .orderBy('account.id')
    .limit(page.first + 1);
  const isLater = page.after !== null && page.after !== undefined;
  return sliceOf(engine.sql.query(query), page.first, isLater, (row) => accountOf(row, today));
}

/** See `Queries.countAccounts`. */
export function countAccounts(engine: Engine, filter: AccountFilter): number {
  const query = filtered(engine, filter)
    .clearSelect()
    .select(sql<number>`count(*)`.as('count'));
  return engine.sql.query(query)[0]?.count ?? 0;
}

const selectByIds = statement(({ ids }: { ids: string }) =>
  selectAccounts().where(sql<boolean>`account.id in (select value from json_each(${ids}))`),
);
const selectByCallback = statement(({ hash }: { hash: string }) =>
  selectAccounts().where('account.callback_hash', '=', hash),
);

/** See `Queries.accountsById`. */
export function accountsById(engine: Engine, ids: readonly number[]): Account[] {
  const today = engine.days.of(engine.now());
  return engine.sql.all(selectByIds, { ids: JSON.stringify(ids) }).map((row) => accountOf(row, today));
}

/** See `Queries.accountByCallback`. */
export function accountByCallback(engine: Engine, hash: string): Account | null {
  const row = engine.sql.first(selectByCallback, { hash });
  return row === undefined ? null : accountOf(row, engine.days.of(engine.now()));
}

const selectCounts = statement(
  (v: { ids: string; today: string }) => sql<AccountCounts>`
    select account.id as "accountId",
      coalesce(day_count.success, 0) as "todaySent",
      coalesce(day_count.failed, 0) as "todayFailed",
      coalesce(day_count.unknown, 0) as "todayUnknown",
      (select coalesce(sum(success), 0) from day_count where account_id = account.id) as "totalSent",
      (select count(*) from outbox where account_id = account.id and status = 'QUEUED') as "queued",
      (select coalesce(sum(unread_count), 0) from chat where account_id = account.id and unread_count > 0) as "unread"
    from account
    left join day_count on day_count.account_id = account.id and day_count.day = ${v.today}
    where account.deleted_at is null and account.id in (select value from json_each(${v.ids}))`,
);

/** See `Queries.accountCounts`. */
export function accountCounts(engine: Engine, ids: readonly number[], now: Millis): AccountCounts[] {
  return engine.sql.all(selectCounts, { ids: JSON.stringify(ids), today: engine.days.of(now) });
}
