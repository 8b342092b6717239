import { type Selectable, sql } from 'kysely';
import type { Group } from '../../model.ts';
import type { GroupFilter, Page, Slice } from '../../store.ts';
import type { Engine } from '../engine.ts';
import { build, statement, within } from '../sql.ts';
import type { AccountGroupTable } from '../tables.ts';
import { isGiven, sliceOf } from './paging.ts';

type GroupRow = Selectable<AccountGroupTable>;

function filtered(filter: GroupFilter) {
  let query = build.selectFrom('account_group').selectAll();
  if (isGiven(filter.ids)) query = query.where(within(sql.ref('id'), filter.ids));
  if (isGiven(filter.accountIds))
    query = query.where(
      sql<boolean>`id in (select group_id from account_group_member
        where ${within(sql.ref('account_id'), filter.accountIds)})`,
    );
  return query;
}

const selectMembers = statement(({ ids }: { ids: string }) =>
  build
    .selectFrom('account_group_member')
    .select(['group_id', 'account_id'])
    .where(sql<boolean>`group_id in (select value from json_each(${ids}))`)
    .orderBy('group_id')
    .orderBy('position'),
);

function withMembers(engine: Engine, rows: readonly GroupRow[]): Group[] {
  const members = new Map<number, number[]>(rows.map((row) => [row.id, []]));
  for (const { group_id, account_id } of engine.sql.all(selectMembers, { ids: JSON.stringify([...members.keys()]) }))
    members.get(group_id)?.push(account_id);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
    accountIds: members.get(row.id) ?? [],
  }));
}

/** See `Queries.groups`. */
export function groups(engine: Engine, filter: GroupFilter, page: Page<[id: number]>): Slice<Group> {
  const rows = engine.sql.query(
    filtered(filter)
      .where('id', '>', page.after?.[0] ?? 0)
      .orderBy('id')
      .limit(page.first + 1),
  );
  const isLater = page.after !== null && page.after !== undefined;
  const { items, ...rest } = sliceOf(rows, page.first, isLater, (row) => row);
  return { items: withMembers(engine, items), ...rest };
}

/** See `Queries.countGroups`. */
export function countGroups(engine: Engine, filter: GroupFilter): number {
  const query = filtered(filter)
    .clearSelect()
    .select(sql<number>`count(*)`.as('count'));
  return engine.sql.query(query)[0]?.count ?? 0;
}

const selectByIds = statement(({ ids }: { ids: string }) =>
  build
    .selectFrom('account_group')
    .selectAll()
    .where(sql<boolean>`id in (select value from json_each(${ids}))`),
);

/** See `Queries.groupsById`. */
export function groupsById(engine: Engine, ids: readonly number[]): Group[] {
  return withMembers(engine, engine.sql.all(selectByIds, { ids: JSON.stringify(ids) }));
}
