import type { Selectable } from 'kysely';
import type { Contact } from '../model.ts';
import type { NewContact } from '../store.ts';
import type { Engine } from './engine.ts';
import { build, insertion, statement } from './sql.ts';
import type { ContactTable, Flag } from './tables.ts';

export type ContactRow = Selectable<ContactTable>;
export type ContactFields = Omit<ContactRow, 'id'>;

export function contactOf(row: ContactRow): Contact {
  return {
    id: row.id,
    accountId: row.account_id,
    kind: row.kind,
    wxid: row.wxid,
    name: row.name,
    remark: row.remark,
    displayName: row.display_name,
    alias: row.alias,
    sex: row.sex,
    signature: row.signature,
    country: row.country,
    province: row.province,
    city: row.city,
    labels: row.labels === '[]' ? [] : (JSON.parse(row.labels) as string[]),
    avatarUrl: row.avatar_url,
    smallAvatarUrl: row.small_avatar_url,
    ticket: row.ticket,
    pinned: row.pinned === null ? null : row.pinned === 1,
    memberCount: row.member_count,
    ownerWxid: row.owner_wxid,
    listed: row.listed === 1,
  };
}

/** What a person would call it. */
export function displayName(row: Pick<ContactFields, 'remark' | 'shown_name' | 'name' | 'wxid'>): string {
  return row.remark || row.shown_name || row.name || row.wxid;
}

const unknown: Omit<ContactFields, 'account_id' | 'kind' | 'wxid' | 'display_name' | 'listed'> = {
  name: '',
  remark: null,
  shown_name: null,
  alias: null,
  sex: 'UNKNOWN',
  signature: null,
  country: null,
  province: null,
  city: null,
  labels: '[]',
  avatar_url: null,
  small_avatar_url: null,
  ticket: null,
  pinned: null,
  member_count: null,
  owner_wxid: null,
};

/** A new contact's fields. */
export function freshContact(accountId: number, given: NewContact, listed: Flag): ContactFields {
  const bare = { ...unknown, account_id: accountId, kind: given.kind, wxid: given.wxid, display_name: '', listed };
  return overlaid(bare, given);
}

/** The fields after what is given has been put over them; what is not given stays. */
export function overlaid<Fields extends ContactFields>(before: Fields, given: NewContact): Fields {
  const after: Fields = {
    ...before,
    kind: given.kind,
    name: given.name ?? before.name,
    remark: given.remark === undefined ? before.remark : given.remark,
    shown_name: given.displayName ?? before.shown_name,
    alias: given.alias === undefined ? before.alias : given.alias,
    sex: given.sex ?? before.sex,
    signature: given.signature === undefined ? before.signature : given.signature,
    country: given.country === undefined ? before.country : given.country,
    province: given.province === undefined ? before.province : given.province,
    city: given.city === undefined ? before.city : given.city,
    labels: given.labels === undefined ? before.labels : JSON.stringify(given.labels),
    avatar_url: given.avatarUrl === undefined ? before.avatar_url : given.avatarUrl,
    small_avatar_url: given.smallAvatarUrl === undefined ? before.small_avatar_url : given.smallAvatarUrl,
    ticket: given.ticket === undefined ? before.ticket : given.ticket,
    pinned: given.pinned === undefined ? before.pinned : given.pinned ? 1 : 0,
    owner_wxid: ownerOf(given) ?? before.owner_wxid,
  };
  if (given.ownerWxid === null) after.owner_wxid = null;
  if (given.members !== undefined) after.member_count = new Set(given.members.map((member) => member.wxid)).size;
  after.display_name = displayName(after);
  return after;
}

function ownerOf(given: NewContact): string | undefined {
  return given.ownerWxid ?? given.members?.find((member) => member.isOwner === true)?.wxid;
}

/** What a message may fill in of its peer, and what that hangs on. */
export type KnownPeer = Pick<
  ContactRow,
  'id' | 'wxid' | 'name' | 'remark' | 'shown_name' | 'display_name' | 'alias' | 'avatar_url'
>;

/** What is empty filled from what a message told of its peer; null where it told nothing new. */
export function filled(before: KnownPeer, given: NewContact): KnownPeer | null {
  const isNew =
    (before.name === '' && given.name) ||
    (before.shown_name === null && given.displayName) ||
    (before.alias === null && given.alias) ||
    (before.avatar_url === null && given.avatarUrl);
  if (!isNew) return null;
  const after = {
    ...before,
    name: before.name || (given.name ?? ''),
    shown_name: before.shown_name ?? given.displayName ?? null,
    alias: before.alias ?? given.alias ?? null,
    avatar_url: before.avatar_url ?? given.avatarUrl ?? null,
  };
  after.display_name = displayName(after);
  return after;
}

const updateFilled = statement((v: KnownPeer) =>
  build
    .updateTable('contact')
    .set({
      name: v.name,
      shown_name: v.shown_name,
      display_name: v.display_name,
      alias: v.alias,
      avatar_url: v.avatar_url,
    })
    .where('id', '=', v.id),
);

export function updatePeer(engine: Engine, peer: KnownPeer): void {
  engine.sql.run(updateFilled, peer);
}

/** What is told as a change of a contact, in this order. Addresses of pictures change with every login and are not. */
const toldProperties = [
  ['name', 'name'],
  ['remark', 'remark'],
  ['kind', 'kind'],
  ['alias', 'alias'],
  ['sex', 'sex'],
  ['signature', 'signature'],
  ['country', 'country'],
  ['province', 'province'],
  ['city', 'city'],
  ['labels', 'labels'],
  ['pinned', 'pinned'],
  ['ownerWxid', 'owner_wxid'],
] as const;

export type Difference = { property: string; from: string | null; to: string | null };

/** The first difference that is told, if there is one. */
export function firstDifference(before: ContactFields, after: ContactFields): Difference | null {
  const found = toldProperties.find(([, column]) => before[column] !== after[column]);
  if (found === undefined) return null;
  const [property, column] = found;
  const told = (value: string | number | null): string | null =>
    value === null ? null : column === 'pinned' ? String(value === 1) : String(value);
  return { property, from: told(before[column]), to: told(after[column]) };
}

const columns = [
  'account_id',
  'kind',
  'wxid',
  'name',
  'remark',
  'shown_name',
  'display_name',
  'alias',
  'sex',
  'signature',
  'country',
  'province',
  'city',
  'labels',
  'avatar_url',
  'small_avatar_url',
  'ticket',
  'pinned',
  'member_count',
  'owner_wxid',
  'listed',
] as const;

export function isEqual(before: ContactFields, after: ContactFields): boolean {
  return columns.every((column) => before[column] === after[column]);
}

const insertRow = insertion('contact', columns);
const updateRow = statement((v: ContactRow) =>
  build
    .updateTable('contact')
    .set(Object.fromEntries(columns.map((column) => [column, v[column]])) as Partial<ContactFields>)
    .where('id', '=', v.id),
);
const selectByWxid = statement((v: { accountId: number; wxid: string }) =>
  build.selectFrom('contact').selectAll().where('account_id', '=', v.accountId).where('wxid', '=', v.wxid),
);

export function insertContact(engine: Engine, fields: ContactFields): ContactRow {
  return { ...fields, id: engine.sql.run(insertRow, fields).id };
}

export function updateContact(engine: Engine, row: ContactRow): void {
  engine.sql.run(updateRow, row);
}

export function contactByWxid(engine: Engine, accountId: number, wxid: string): ContactRow | undefined {
  return engine.sql.first(selectByWxid, { accountId, wxid });
}
