/**
 * What an Openwx client knows of people and chat rooms: a copy made at the login, under ids of that login.
 *
 * The copy is not the world. It misses what the client itself changed, and what came or changed later has numbers
 * where the copy of the login has words. That is what the real client does.
 */
import type { Random } from '../random.ts';
import { emojiToTags, emojiToWords } from './text.ts';
import type { Json } from './text.ts';
import { isRoomId } from '../wechat.ts';
import type { Account, Member, Person, Room, Sex } from '../wechat.ts';
import type { World } from '../world.ts';

export type Fields = Record<string, string | number | null>;

/** Somebody, as an object of the client. Fields are those of its JSON but for `displayname`, which is made. */
export type LocalPerson = { wxid: string; what: 'user' | 'friend' | 'member'; fields: Fields };

export type LocalGroup = { wxid: string; what: 'group'; fields: Fields; members: LocalPerson[] };

export type LocalContacts = {
  user: LocalPerson;
  friends: LocalPerson[];
  groups: LocalGroup[];
};

/** The ids of one login: `@…` for people, `@@…` for chat rooms. */
export type SessionIds = { idOf(wxid: string): string; wxidOf(id: string): string };

const sexWords: Readonly<Record<Sex, string>> = { 0: '', 1: 'male', 2: 'female' };
/** Services whose id is the same at every login. */
const fixedIds = new Set(['weixin', 'fmessage', 'filehelper', 'newsapp', 'medianote', 'floatbottle', 'qqmail']);

/** Ids for one login. What already looks like such an id is kept, so that recorded worlds can be played. */
export function createSessionIds(random: Random): SessionIds {
  const ids = new Map<string, string>();
  const wxids = new Map<string, string>();
  return {
    idOf(wxid) {
      if (fixedIds.has(wxid) || wxid.startsWith('@')) return wxid;
      let id = ids.get(wxid);
      if (id === undefined) {
        id = isRoomId(wxid) ? `@@${random.hex(64)}` : `@${random.hex(32)}`;
        ids.set(wxid, id);
        wxids.set(id, wxid);
      }
      return id;
    },
    wxidOf: (id) => wxids.get(id) ?? id,
  };
}

function text(value: string | number | null | undefined): string {
  return value === null || value === undefined || value === 0 ? '' : String(value);
}

/** What the client calls somebody. */
export function personName({ fields }: LocalPerson): string {
  return text(fields['display']) || text(fields['markname']) || text(fields['name']) || '昵称未知';
}

/** What the client calls a chat room: without a name, the first three members other than the account. */
export function groupName(group: LocalGroup, user: LocalPerson): string {
  const own = text(group.fields['name']);
  if (own !== '') return own;
  const others = group.members.filter((member) => member.fields['id'] !== user.fields['id']);
  return others.slice(0, 3).map(personName).join('、') || '群名未知';
}

/** Somebody as the client's JSON shows them. */
export function personJson(person: LocalPerson): Json {
  return { ...person.fields, displayname: personName(person) };
}

/** A chat room as the client's JSON shows it. */
export function groupJson(group: LocalGroup, user: LocalPerson, members = true): Json {
  const json = { ...group.fields, displayname: groupName(group, user) };
  return members ? { ...json, member: group.members.map(personJson) } : json;
}

/** Somebody the client has never heard of. */
export function strangerFriend(id: string): LocalPerson {
  const fields: Fields = { id, name: null, account: null, markname: null, uid: '', category: '好友' };
  return { wxid: id, what: 'friend', fields };
}

/** A member that the client does not find in the chat room's list. */
export function strangerMember(id: string): LocalPerson {
  return { wxid: id, what: 'member', fields: { id, name: '', account: null, markname: null, uid: '' } };
}

export function localUser(person: Person, ids: SessionIds): LocalPerson {
  return {
    wxid: person.wxid,
    what: 'user',
    fields: {
      account: person.alias,
      city: person.city,
      display: '',
      id: ids.idOf(person.wxid),
      markname: '',
      name: emojiToWords(person.name),
      province: person.province,
      sex: sexWords[person.sex],
      signature: emojiToTags(person.signature),
      uid: person.uin,
    },
  };
}

/** `synced`: whether it comes from a sync, which leaves numbers as they are, and not from the login. */
export function localFriend(
  world: World,
  account: Account,
  wxid: string,
  ids: SessionIds,
  synced = false,
): LocalPerson {
  const person = world.people.get(wxid);
  const contact = account.contacts.get(wxid);
  if (wxid === 'filehelper') {
    // The client adds it by itself and knows nothing but its name.
    return {
      wxid,
      what: 'friend',
      fields: { category: '系统帐号', display: null, id: wxid, markname: null, name: '文件传输助手', uid: '' },
    };
  }
  if (person === undefined) return strangerFriend(ids.idOf(wxid));
  const system = contact?.kind === 'system';
  return {
    wxid,
    what: 'friend',
    fields: {
      account: person.alias,
      category: system ? '系统帐号' : contact?.kind === 'official' ? '公众号' : '好友',
      city: person.city,
      display: '',
      id: ids.idOf(wxid),
      markname: emojiToWords(contact?.remark ?? ''),
      name: emojiToWords(person.name),
      province: person.province,
      sex: synced ? person.sex : sexWords[person.sex],
      signature: emojiToTags(person.signature),
      uid: '',
    },
  };
}

export function localMember(
  world: World,
  account: Account,
  member: Member,
  ids: SessionIds,
  synced = false,
): LocalPerson {
  const person = world.people.get(member.wxid);
  const sex = person?.sex ?? 0;
  return {
    wxid: member.wxid,
    what: 'member',
    fields: {
      account: member.alias,
      city: member.city,
      display: emojiToWords(member.display),
      id: ids.idOf(member.wxid),
      // A list of members has no real nickname; the client takes what there is for the markname.
      markname: emojiToWords(person?.name ?? ''),
      province: member.province,
      sex: synced ? sex : sexWords[sex],
      signature: '',
      uid: member.wxid === account.wxid && !synced ? (person?.uin ?? '') : '',
    },
  };
}

/** `bare`: as after making a chat room oneself, without owner and without the account in its list. */
export function localGroup(
  world: World,
  account: Account,
  room: Room,
  ids: SessionIds,
  origin: 'login' | 'synced' | 'bare' = 'login',
): LocalGroup {
  const synced = origin !== 'login';
  const fields: Fields = { id: ids.idOf(room.wxid), name: emojiToWords(room.name), uid: '' };
  if (origin !== 'bare') {
    // An owner's number is only known for the account itself.
    fields['owner_uid'] = room.ownerWxid === account.wxid ? (world.people.get(account.wxid)?.uin ?? 0) : 0;
  }
  const members = room.members.filter((member) => origin !== 'bare' || member.wxid !== account.wxid);
  return {
    wxid: room.wxid,
    what: 'group',
    fields,
    members: members.map((member) => localMember(world, account, member, ids, synced)),
  };
}

/** All that a client learns at a login. Friends keep WeChat's order, chat rooms come in any. */
export function localContacts(
  world: World,
  account: Account,
  ids: SessionIds,
  orderRooms: (rooms: readonly Room[]) => readonly Room[],
): LocalContacts {
  const person = world.people.get(account.wxid);
  if (person === undefined) throw new Error(`no person ${account.wxid}`);
  const friends = [...account.contacts.keys()].filter((wxid) => wxid !== 'filehelper');
  const rooms = [...account.rooms].map((wxid) => world.rooms.get(wxid)).filter((room) => room !== undefined);
  return {
    user: localUser(person, ids),
    friends: [...friends, 'filehelper'].map((wxid) => localFriend(world, account, wxid, ids)),
    groups: orderRooms(rooms).map((room) => localGroup(world, account, room, ids)),
  };
}

/** What the client finds by: all given values must be equal; nothing given finds nothing. */
export function matches(object: Fields, name: string, wanted: Readonly<Record<string, string | undefined>>): boolean {
  const given = Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return (
    given.length > 0 && given.every(([key, value]) => (key === 'displayname' ? name : text(object[key])) === value)
  );
}
