import { type Expression, type RawBuilder, sql } from 'kysely';
import type { Slice } from '../../store.ts';
import type { Engine } from '../engine.ts';
import { build, statement } from '../sql.ts';

/** A page of rows of which one more than asked was read. `isLater`: it goes on from a key. */
export function sliceOf<Row, Item>(
  rows: readonly Row[],
  first: number,
  isLater: boolean,
  itemOf: (row: Row) => Item,
): Slice<Item> {
  return { items: rows.slice(0, first).map(itemOf), hasNext: rows.length > first, hasPrevious: isLater };
}

export const emptySlice = { items: [], hasNext: false, hasPrevious: false };

/** Beyond so many owners their pages are not read one by one. */
const pagesToMerge = 300;

/**
 * The first rows of several owners (accounts, chats, jobs) together, in order. An index that begins with the owner gives
 * each owner's page at once, but no index gives the rows of several owners in order: so each page is read and they are merged.
 */
export function mergedPages<Row>(
  owners: readonly number[],
  limit: number,
  read: { one(owner: number): Row[]; all(owners: readonly number[]): Row[] },
  compare: (a: Row, b: Row) => number,
): Row[] {
  if (owners.length === 0) return [];
  const [only] = owners;
  if (owners.length === 1 && only !== undefined) return read.one(only);
  if (owners.length > pagesToMerge) return read.all(owners);
  return [...new Set(owners)]
    .flatMap((owner) => read.one(owner))
    .toSorted(compare)
    .slice(0, limit);
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
