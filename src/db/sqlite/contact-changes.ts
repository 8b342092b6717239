/** What the account itself did to one contact, as far as it is known from that. */
import type { Millis } from '../../words.ts';
import type { Contact } from '../model.ts';
import { type Changed, type ContactEdit, type NewContact, StoreError } from '../store.ts';
import { expectAccount, liveAccount } from './account-rows.ts';
import {
  contactByWxid,
  contactOf,
  type ContactRow,
  displayName,
  firstDifference,
  isEqual,
  overlaid,
  updateContact,
} from './contact-rows.ts';
import { appendContactChanged, receiveContact } from './contacts.ts';
import type { Engine } from './engine.ts';
import { newestSeq } from './journal.ts';
import { receiveMember, saveMembers } from './members.ts';
import { build, statement } from './sql.ts';

const selectById = statement(({ id }: { id: number }) => build.selectFrom('contact').selectAll().where('id', '=', id));

function expectContact(engine: Engine, id: number): ContactRow {
  const row = engine.sql.first(selectById, { id });
  if (row === undefined || liveAccount(engine, row.account_id) === undefined)
    throw new StoreError('NOT_FOUND', `there is no contact ${id}`);
  return row;
}

/** The contact as it is now. Nothing can have been appended since the change: both are one step. */
function changed(engine: Engine, id: number): Changed<Contact> {
  return { object: contactOf(expectContact(engine, id)), seq: newestSeq(engine) };
}

/** See `Store.addContact`. */
export function addContact(engine: Engine, accountId: number, contact: NewContact, now: Millis): Changed<Contact> {
  expectAccount(engine, accountId);
  receiveContact(engine, {
    type: 'contact',
    accountId,
    now,
    change: 'ADDED',
    contact,
    property: null,
    from: null,
    to: null,
  });
  return changed(engine, contactByWxid(engine, accountId, contact.wxid)!.id);
}

/** See `Store.changeContact`. */
export function changeContact(engine: Engine, id: number, edit: ContactEdit, now: Millis): Changed<Contact> {
  const before = expectContact(engine, id);
  const after = overlaid(before, { ...edit, wxid: before.wxid, kind: before.kind });
  if (edit.displayName === undefined && isOutdated(before, after)) {
    after.shown_name = null;
    after.display_name = displayName(after);
  }
  if (!isEqual(before, after)) updateContact(engine, after);
  if (edit.members !== undefined) saveMembers(engine, after, edit.members, before.member_count === null ? null : now);
  const difference = firstDifference(before, after);
  if (difference !== null) appendContactChanged(engine, 'UPDATED', after, difference, now);
  return changed(engine, id);
}

/** What an upstream shows is made of remark and name: it is that of before until it is told anew. */
function isOutdated(before: ContactRow, after: ContactRow): boolean {
  return before.name !== after.name || (before.remark !== after.remark && before.shown_name === before.remark);
}

/** See `Store.removeMembers`. */
export function removeMembers(engine: Engine, roomId: number, wxids: readonly string[], now: Millis): Changed<Contact> {
  const { account_id: accountId, wxid, kind } = expectContact(engine, roomId);
  const told = { type: 'member', change: 'MEMBER_LEFT', property: null, from: null, to: null } as const;
  for (const member of wxids)
    receiveMember(engine, { ...told, accountId, now, room: { wxid, kind }, member: { wxid: member, name: '' } });
  return changed(engine, roomId);
}
