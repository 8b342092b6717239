import { type Selectable, sql } from 'kysely';
import type { ChatRoomMember, Contact } from '../../model.ts';
import type { Page, Slice } from '../../store.ts';
import { contactOf } from '../contact-rows.ts';
import type { Engine } from '../engine.ts';
import { memberOf } from '../members.ts';
import { build, contains, statement, within } from '../sql.ts';
import type { MemberTable } from '../tables.ts';
import { countsOf, isLaterPage, ofLiveAccount, pagesOf, slicesOf } from './paging.ts';

type MemberRow = Selectable<MemberTable>;
type MemberFilter = { search?: string | null };
type MemberPage = Page<[position: number, id: number]>;
type PlacedMember = ChatRoomMember & { position: number };

const isOfLiveAccount = ofLiveAccount(sql.ref('account_id'));

/** Everything of the filter but the rooms. */
function filtered(filter: MemberFilter) {
  const query = build
    .selectFrom('member')
    .where(sql<boolean>`present = 1`)
    .where(isOfLiveAccount);
  return filter.search
    ? query.where(contains([sql.ref('name'), sql.ref('display_name'), sql.ref('wxid')], filter.search))
    : query;
}

/** See `Queries.memberPages`. */
export function memberPages(
  engine: Engine,
  roomIds: readonly number[],
  filter: MemberFilter,
  page: MemberPage,
): Slice<PlacedMember>[] {
  let query = filtered(filter).select('id');
  if (page.after) {
    const [position, id] = page.after;
    query = query.where(sql<boolean>`(position, id) > (${position}, ${id})`);
  }
  const ordered = query
    .orderBy('position')
    .orderBy('id')
    .limit(page.first + 1);
  const ids = pagesOf(roomIds, { table: 'member', key: 'id' }, (roomId) => ordered.where('room_id', '=', roomId));
  const rows = engine.sql.query(sql<MemberRow>`select * from member where id in ${ids} order by position, id`);
  const itemOf = (row: MemberRow) => ({ ...memberOf(row), position: row.position });
  return slicesOf(roomIds, rows, page.first, isLaterPage(page), { ownerOf: (row) => row.room_id, itemOf });
}

/** See `Queries.memberCounts`. */
export function memberCounts(engine: Engine, roomIds: readonly number[], filter: MemberFilter): number[] {
  const query = filtered(filter)
    .where(within(sql.ref('room_id'), roomIds))
    .select(['room_id as owner', sql<number>`count(*)`.as('count')])
    .groupBy('room_id');
  return countsOf(roomIds, engine.sql.query(query));
}

const selectOwners = statement(
  ({ roomIds }: { roomIds: string }) => sql<MemberRow>`select member.* from contact as room
    cross join member on member.room_id = room.id and member.wxid = room.owner_wxid
    where room.id in (select value from json_each(${roomIds})) and present = 1
    and ${ofLiveAccount(sql.ref('room.account_id'))}`,
);

/** See `Queries.roomOwners`. */
export function roomOwners(engine: Engine, roomIds: readonly number[]): ChatRoomMember[] {
  return engine.sql.all(selectOwners, { roomIds: JSON.stringify(roomIds) }).map(memberOf);
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
  const query = filtered({})
    .selectAll()
    .where('room_id', '=', roomId)
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
