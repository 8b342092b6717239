/** Members of chat rooms. */
import type { Selectable } from 'kysely';
import type { ContactChange, Millis } from '../../words.ts';
import type { ChatRoomMember } from '../model.ts';
import type { Incoming, NewContact, NewMember } from '../store.ts';
import { contactByWxid, type ContactRow, type Difference, freshContact, insertContact } from './contact-rows.ts';
import type { Engine } from './engine.ts';
import { append } from './journal.ts';
import { build, insertion, statement } from './sql.ts';
import type { MemberTable } from './tables.ts';

export type MemberRow = Selectable<MemberTable>;

export function memberOf(row: MemberRow): ChatRoomMember {
  return {
    id: row.id,
    roomId: row.room_id,
    accountId: row.account_id,
    wxid: row.wxid,
    name: row.name,
    displayName: row.display_name,
    avatarUrl: row.avatar_url,
    isOwner: row.is_owner === 1,
    present: row.present === 1,
  };
}

const insertMember = insertion('member', [
  'room_id',
  'account_id',
  'wxid',
  'name',
  'display_name',
  'avatar_url',
  'is_owner',
  'present',
  'position',
]);
const updateMember = statement((v: MemberRow) =>
  build
    .updateTable('member')
    .set({
      name: v.name,
      display_name: v.display_name,
      avatar_url: v.avatar_url,
      is_owner: v.is_owner,
      present: v.present,
      position: v.position,
    })
    .where('id', '=', v.id),
);
const selectMembers = statement(({ roomId }: { roomId: number }) =>
  build.selectFrom('member').selectAll().where('room_id', '=', roomId),
);
const selectMember = statement((v: { roomId: number; wxid: string }) =>
  build.selectFrom('member').selectAll().where('room_id', '=', v.roomId).where('wxid', '=', v.wxid),
);
const selectRoomsOf = statement((v: { accountId: number; wxid: string }) =>
  build
    .selectFrom('member')
    .innerJoin('contact', 'contact.id', 'member.room_id')
    .selectAll('contact')
    .where('member.account_id', '=', v.accountId)
    .where('member.wxid', '=', v.wxid)
    .where('member.present', '=', 1)
    .orderBy('contact.id'),
);
const selectLastPosition = statement(({ roomId }: { roomId: number }) =>
  build
    .selectFrom('member')
    .select(({ fn }) => fn.max('position').as('position'))
    .where('room_id', '=', roomId),
);
const updateCount = statement((v: { roomId: number; count: number }) =>
  build.updateTable('contact').set({ member_count: v.count }).where('id', '=', v.roomId),
);

function freshMember(room: ContactRow, given: NewMember, position: number, present: 0 | 1): Omit<MemberRow, 'id'> {
  return {
    room_id: room.id,
    account_id: room.account_id,
    wxid: given.wxid,
    name: given.name,
    display_name: given.displayName || given.name || given.wxid,
    avatar_url: given.avatarUrl ?? null,
    is_owner: given.isOwner === true ? 1 : 0,
    present,
    position,
  };
}

function overlaid(before: MemberRow, given: NewMember): MemberRow {
  const name = given.name || before.name;
  // What is shown follows the name where the upstream never told it apart.
  const shown = before.display_name === (before.name || before.wxid) ? name || before.wxid : before.display_name;
  return {
    ...before,
    name,
    display_name: given.displayName || shown,
    avatar_url: given.avatarUrl === undefined ? before.avatar_url : given.avatarUrl,
    is_owner: given.isOwner === undefined ? before.is_owner : given.isOwner ? 1 : 0,
  };
}

function firstDifference(before: MemberRow, after: MemberRow): Difference | null {
  if (before.name !== after.name) return { property: 'name', from: before.name, to: after.name };
  if (before.display_name !== after.display_name)
    return { property: 'displayName', from: before.display_name, to: after.display_name };
  if (before.is_owner !== after.is_owner)
    return { property: 'isOwner', from: String(before.is_owner === 1), to: String(after.is_owner === 1) };
  return null;
}

function appendMemberChanged(
  engine: Engine,
  change: ContactChange,
  member: Pick<MemberRow, 'id' | 'room_id' | 'account_id'>,
  difference: Difference | null,
  at: Millis,
): void {
  const { property, from, to } = difference ?? { property: null, from: null, to: null };
  append(engine, {
    kind: 'CONTACT_CHANGED',
    at,
    accountId: member.account_id,
    ref: member.room_id,
    data: { change, memberId: member.id, property, from, to },
  });
}

/** All members of a room, in the upstream's order. `at` null: without events, as they were not known before. */
export function saveMembers(engine: Engine, room: ContactRow, given: readonly NewMember[], at: Millis | null): void {
  const stored = new Map(engine.sql.all(selectMembers, { roomId: room.id }).map((row) => [row.wxid, row]));
  const present = new Map(given.map((member) => [member.wxid, member]));
  let position = 0;
  for (const member of present.values()) {
    position += 1;
    const before = stored.get(member.wxid);
    if (before === undefined) {
      const fresh = freshMember(room, member, position, 1);
      const row = { ...fresh, id: engine.sql.run(insertMember, fresh).id };
      if (at !== null) appendMemberChanged(engine, 'MEMBER_JOINED', row, null, at);
      continue;
    }
    const after: MemberRow = { ...overlaid(before, member), present: 1, position };
    if (JSON.stringify(before) === JSON.stringify(after)) continue;
    engine.sql.run(updateMember, after);
    const difference = firstDifference(before, after);
    if (at === null) continue;
    if (before.present === 0) appendMemberChanged(engine, 'MEMBER_JOINED', after, null, at);
    else if (difference !== null) appendMemberChanged(engine, 'MEMBER_UPDATED', after, difference, at);
  }
  for (const row of stored.values()) {
    if (row.present === 0 || present.has(row.wxid)) continue;
    engine.sql.run(updateMember, { ...row, present: 0 });
    if (at !== null) appendMemberChanged(engine, 'MEMBER_LEFT', row, null, at);
  }
}

type MemberEvent = Extract<Incoming, { type: 'member' }>;
type MemberItem = MemberEvent & { member: NewMember };

/** One member came, went or changed, as an upstream told it. What is known already is told to nobody. */
export function receiveMember(engine: Engine, { member, ...item }: MemberEvent): void {
  const { accountId, room } = item;
  if (member !== null) {
    const rooms =
      room === null
        ? engine.sql.all(selectRoomsOf, { accountId, wxid: member.wxid })
        : [knownRoom(engine, accountId, room)];
    for (const one of rooms) changeMember(engine, one, { ...item, member });
  } else if (room !== null) {
    const { id } = knownRoom(engine, accountId, room);
    append(engine, {
      kind: 'CONTACT_CHANGED',
      at: item.now,
      accountId,
      ref: id,
      data: { change: item.change, memberId: null, property: item.property, from: item.from, to: item.to },
    });
  }
}

function knownRoom(engine: Engine, accountId: number, room: NewContact): ContactRow {
  return (
    contactByWxid(engine, accountId, room.wxid) ??
    insertContact(engine, freshContact(accountId, { wxid: room.wxid, kind: room.kind, name: room.name ?? '' }, 0))
  );
}

function changeMember(engine: Engine, room: ContactRow, item: MemberItem): void {
  const { change, member, now } = item;
  const told = item.property === null ? null : { property: item.property, from: item.from, to: item.to };
  const isLeaving = change === 'MEMBER_LEFT';
  const before = engine.sql.first(selectMember, { roomId: room.id, wxid: member.wxid });
  if (before === undefined) {
    const position = (engine.sql.first(selectLastPosition, { roomId: room.id })?.position ?? 0) + 1;
    const fresh = freshMember(room, member, position, isLeaving ? 0 : 1);
    const { id } = engine.sql.run(insertMember, fresh);
    if (!isLeaving) addToCount(engine, room, 1);
    appendMemberChanged(engine, change, { ...fresh, id }, told, now);
    return;
  }
  const after: MemberRow = { ...overlaid(before, member), present: isLeaving ? 0 : 1 };
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  engine.sql.run(updateMember, after);
  if (before.present !== after.present) {
    addToCount(engine, room, after.present - before.present);
    appendMemberChanged(engine, change, after, told, now);
    return;
  }
  const difference = firstDifference(before, after);
  if (!isLeaving && difference !== null) appendMemberChanged(engine, 'MEMBER_UPDATED', after, told ?? difference, now);
}

/** Only where all members are known is there a count. */
function addToCount(engine: Engine, room: ContactRow, change: number): void {
  if (room.member_count !== null)
    engine.sql.run(updateCount, { roomId: room.id, count: Math.max(0, room.member_count + change) });
}
