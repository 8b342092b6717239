import { sql } from 'kysely';
import type { ChatRoomMember } from '../../model.ts';
import type { Page, Slice } from '../../store.ts';
import type { Engine } from '../engine.ts';
import { memberOf } from '../members.ts';
import { build, contains, statement } from '../sql.ts';
import { ofLiveAccount, sliceOf } from './paging.ts';

type MemberFilter = { roomId: number; search?: string | null };

const isOfLiveAccount = ofLiveAccount(sql.ref('account_id'));

function filtered(filter: MemberFilter) {
  const query = build
    .selectFrom('member')
    .selectAll()
    .where('room_id', '=', filter.roomId)
    .where(sql<boolean>`present = 1`)
    .where(isOfLiveAccount);
  return filter.search
    ? query.where(contains([sql.ref('name'), sql.ref('display_name'), sql.ref('wxid')], filter.search))
    : query;
}

/** See `Queries.members`. */
export function members(
  engine: Engine,
  filter: MemberFilter,
  page: Page<[position: number, id: number]>,
): Slice<ChatRoomMember & { position: number }> {
  let query = filtered(filter);
  if (page.after) {
    const [position, id] = page.after;
    query = query.where(sql<boolean>`(position, id) > (${position}, ${id})`);
  }
  const rows = engine.sql.query(
    query
      .orderBy('position')
      .orderBy('id')
      .limit(page.first + 1),
  );
  const isLater = page.after !== null && page.after !== undefined;
  return sliceOf(rows, page.first, isLater, (row) => ({ ...memberOf(row), position: row.position }));
}

/** See `Queries.countMembers`. */
export function countMembers(engine: Engine, filter: MemberFilter): number {
  const query = filtered(filter)
    .clearSelect()
    .select(sql<number>`count(*)`.as('count'));
  return engine.sql.query(query)[0]?.count ?? 0;
}

const selectByIds = statement(({ ids }: { ids: string }) =>
  build
    .selectFrom('member')
    .selectAll()
    .where(sql<boolean>`id in (select value from json_each(${ids}))`)
    .where(isOfLiveAccount),
);

/** See `Queries.membersById`. */
export function membersById(engine: Engine, ids: readonly number[]): ChatRoomMember[] {
  return engine.sql.all(selectByIds, { ids: JSON.stringify(ids) }).map(memberOf);
}
