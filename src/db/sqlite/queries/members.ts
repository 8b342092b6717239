import { sql } from 'kysely';
import type { ChatRoomMember, Contact } from '../../model.ts';
import type { Page, Slice } from '../../store.ts';
import { contactOf } from '../contact-rows.ts';
import type { Engine } from '../engine.ts';
import { memberOf } from '../members.ts';
import { build, contains, statement, within } from '../sql.ts';
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

/** See `Queries.membersNamed`. */
export function membersNamed(engine: Engine, roomId: number, texts: readonly string[]): ChatRoomMember[] {
  const isNamed = sql.join(
    ['wxid', 'display_name', 'name'].map((column) => within(sql.ref(column), texts)),
    sql` or `,
  );
  const query = filtered({ roomId })
    .where(sql<boolean>`(${isNamed})`)
    .orderBy('id');
  return engine.sql.query(query).map(memberOf);
}

const selectRooms = statement((v: { accountId: number; wxid: string }) =>
  build
    .selectFrom('member')
    .innerJoin('contact', 'contact.id', 'member.room_id')
    .selectAll('contact')
    .where('member.account_id', '=', v.accountId)
    .where('member.wxid', '=', v.wxid)
    .where('member.present', '=', 1)
    .where(ofLiveAccount(sql.ref('contact.account_id')))
    .orderBy('contact.id'),
);

/** See `Queries.roomsOfMember`. */
export function roomsOfMember(engine: Engine, accountId: number, wxid: string): Contact[] {
  return engine.sql.all(selectRooms, { accountId, wxid }).map(contactOf);
}
