import { type Expression, type RawBuilder, sql } from 'kysely';
import type { Slice } from '../../store.ts';
import type { Engine } from '../engine.ts';
import { build, statement, whole } from '../sql.ts';
import type { Tables } from '../tables.ts';

/** A page of rows of which one more than asked was read. `isLater`: it goes on from a key. */
export function sliceOf<Row, Item>(
  rows: readonly Row[],
  first: number,
  isLater: boolean,
  itemOf: (row: Row) => Item,
): Slice<Item> {
  return { items: rows.slice(0, first).map(itemOf), hasNext: rows.length > first, hasPrevious: isLater };
}

/** The pages of several owners, in their order, of rows of which one more than asked was read for each. */
export function slicesOf<Row, Item>(
  owners: readonly number[],
  rows: readonly Row[],
  first: number,
  isLater: boolean,
  read: { ownerOf: (row: Row) => number; itemOf: (row: Row) => Item },
): Slice<Item>[] {
  const byOwner = Map.groupBy(rows, read.ownerOf);
  return owners.map((owner) => sliceOf(byOwner.get(owner) ?? [], first, isLater, read.itemOf));
}

/** Lists that nothing keeps count of are counted so far. */
export const mostCounted = 10_000;

/** How many keys the page of each owner has, at most `limit`. */
export function countPages(
  owners: readonly number[],
  page: (owner: Expression<number>) => Expression<unknown>,
  limit: number,
): RawBuilder<{ owner: number; count: number }> {
  return sql`select owner.value as owner, (select count(*) from (select 1 from ${page(sql<number>`owner.value`)} limit ${whole(limit)})) as count
    from json_each(${JSON.stringify(owners)}) as owner`;
}

/** In the order of the owners, the sum of what was counted of each. */
export function countsOf(owners: readonly number[], rows: readonly { owner: number; count: number }[]): number[] {
  const counts = new Map<number, number>();
  for (const { owner, count } of rows) counts.set(owner, (counts.get(owner) ?? 0) + count);
  return owners.map((owner) => counts.get(owner) ?? 0);
}

export function isLaterPage({ after }: { after?: unknown }): boolean {
  return after !== null && after !== undefined;
}

export const emptySlice = { items: [], hasNext: false, hasPrevious: false };

/** Beyond so many owners their pages are not read each for itself. */
export const ownersAtOnce = 300;

/**
 * The keys of the pages of several owners (accounts, chats, jobs). An index that begins with the owner gives each owner's page at once,
 * but no index gives the rows of several in order: so `page`, a query of keys, is read for
 * each, in one statement, and whoever asks orders what comes.
 */
export function pagesOf(
  owners: readonly number[],
  { table, key }: { table: keyof Tables; key: string },
  page: (owner: Expression<number>) => Expression<unknown>,
): RawBuilder<unknown> {
  return sql`(select paged.${sql.ref(key)} from json_each(${JSON.stringify([...new Set(owners)])}) as owner
    cross join ${sql.table(table)} as paged where paged.${sql.ref(key)} in ${page(sql<number>`owner.value`)})`;
}

/** That the account of a row is not deleted. Deleted accounts are few, so no index is used for this. */
export function ofLiveAccount(accountId: Expression<unknown>): RawBuilder<boolean> {
  return sql<boolean>`${accountId} not in (select id from account where deleted_at is not null)`;
}

const selectLiveIds = statement(() =>
  build.selectFrom('account').select('id').where('deleted_at', 'is', null).orderBy('id'),
);

export function liveAccountIds(engine: Engine): number[] {
  return engine.sql.all(selectLiveIds, {}).map(({ id }) => id);
}

/** Of these accounts those that are there; null: all. */
export function visibleAccountIds(engine: Engine, accountIds: readonly number[] | null | undefined): number[] {
  const live = liveAccountIds(engine);
  if (accountIds === null || accountIds === undefined) return live;
  const asked = new Set(accountIds);
  return live.filter((id) => asked.has(id));
}

/** A list that stands for nothing at all. */
export function isEmpty(list: readonly unknown[] | null | undefined): boolean {
  return list?.length === 0;
}

/** A list that filters. */
export function isGiven<Item>(list: readonly Item[] | null | undefined): list is readonly Item[] {
  return list !== null && list !== undefined;
}
