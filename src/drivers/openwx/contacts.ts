/**
 * Friends, chat rooms and members as Mojo-Weixin describes them, in its answers and in the events that it posts.
 */
import type { ContactKind, Sex } from '../../words.ts';
import { type ContactPage, DriverError, type Self, type UpstreamContact, type UpstreamMember } from '../driver.ts';
import type { OpenwxClient } from './client.ts';
import { type Fields, fields, known, knownId, knownName, text } from './fields.ts';
import { plainText } from './plain-text.ts';
import { isRoomId } from './room-id.ts';

const pageSize = 200;

/** The account's own person, from get_user_info or update_user; null where it has no id. */
export function selfOf(user: Fields): Self | null {
  const wxid = known(user['id']);
  if (wxid === null) return null;
  return {
    wxid,
    name: knownName(user['name']) ?? knownName(user['displayname']),
    alias: known(user['account']),
    uid: knownId(user['uid']),
    avatarUrl: null,
  };
}

/** A friend, official account or system account; null where it has no id. */
export function friendOf(friend: Fields): UpstreamContact | null {
  const wxid = known(friend['id']);
  if (wxid === null) return null;
  const sex = sexOf(friend['sex']);
  const name = knownName(friend['name']);
  const displayName = knownName(friend['displayname']);
  return {
    wxid,
    kind: friendKind(wxid, friend['category']),
    ...(name !== null && { name }),
    ...(displayName !== null && { displayName }),
    ...emptyable('remark', friend['markname']),
    ...emptyable('alias', friend['account']),
    ...(sex !== null && { sex }),
    ...('signature' in friend && { signature: known(plainText(text(friend['signature']) ?? '')) }),
    ...emptyable('province', friend['province']),
    ...emptyable('city', friend['city']),
  };
}

/**
 * A chat room, with its members where they are listed; null where it has no id.
 *
 * An unnamed room has an empty name, and what is shown for it is the names of three members.
 */
export function roomOf(room: Fields): UpstreamContact | null {
  const wxid = known(room['id']);
  if (wxid === null) return null;
  const name = text(room['name']);
  const displayName = knownName(room['displayname']);
  const listed = Array.isArray(room['member']) ? room['member'].map(fields).filter((member) => member !== null) : null;
  // The owner is told by uid alone, and only the account itself is sure to have one.
  const ownerUid = knownId(room['owner_uid']);
  const isOwner = (member: Fields): boolean => ownerUid !== null && knownId(member['uid']) === ownerUid;
  const owner = known(listed?.find(isOwner)?.['id']);
  return {
    wxid,
    kind: 'CHAT_ROOM',
    ...(name !== null && { name }),
    ...(displayName !== null && { displayName }),
    ...(owner !== null && { ownerWxid: owner }),
    ...(listed !== null && {
      members: listed.map((member) => memberOf(member, isOwner(member))).filter((member) => member !== null),
    }),
  };
}

/** A member of a chat room; its nickname is in markname, its name in this room in display. Null where it has no id. */
export function memberOf(member: Fields, isOwner = false): UpstreamMember | null {
  const wxid = known(member['id']);
  if (wxid === null) return null;
  const displayName = known(member['display']);
  return {
    wxid,
    name: knownName(member['name']) ?? knownName(member['markname']) ?? knownName(member['displayname']) ?? '',
    ...(displayName !== null && { displayName }),
    ...(isOwner && { isOwner }),
  };
}

/** The kind of a contact that is no chat room. Ids without `@` are WeChat's own accounts. */
export function friendKind(wxid: string, category: unknown): Exclude<ContactKind, 'CHAT_ROOM'> {
  if (category === '公众号') return 'OFFICIAL_ACCOUNT';
  if (category === '系统帐号') return 'OTHER';
  if (category === '好友') return 'FRIEND';
  if (wxid === 'weixin') return 'OFFICIAL_ACCOUNT';
  return wxid.startsWith('@') ? 'FRIEND' : 'OTHER';
}

/** All friends, then all chat rooms with their members, in pages. Throws `DriverError`. */
export async function* fetchContacts(
  client: OpenwxClient,
  signal: AbortSignal,
): AsyncGenerator<ContactPage, void, void> {
  const friends = (await client.list('get_friend_info', signal)).map(friendOf);
  const rooms = (await client.list('get_group_info', signal)).map(roomOf);
  const all = [...friends, ...rooms].filter((contact) => contact !== null);
  for (let start = 0; start < all.length; start += pageSize) {
    yield { contacts: all.slice(start, start + pageSize), total: all.length };
  }
}

/**
 * A friend, or a chat room with its members, as the program's lists have it. Throws `DriverError`; NOT_FOUND for everybody
 * else, as no route asks WeChat.
 */
export async function fetchContact(client: OpenwxClient, wxid: string, signal: AbortSignal): Promise<UpstreamContact> {
  const room = isRoomId(wxid);
  // A search takes each parameter of its address for an attribute, and breaks over the auth callback's.
  const found = client.guarded
    ? await client.list(room ? 'get_group_info' : 'get_friend_info', signal)
    : await client.search(room ? 'search_group' : 'search_friend', { id: wxid }, signal);
  const contact = found.map(room ? roomOf : friendOf).find((one) => one?.wxid === wxid);
  if (contact) return contact;
  throw new DriverError('NOT_FOUND', 'the upstream does not list it', { certain: true, retry: false });
}

/** Empty means that there is none, null or absent that it is not known. */
function emptyable<Key extends string>(key: Key, value: unknown): Partial<Record<Key, string | null>> {
  const found = text(value);
  return found === null ? {} : ({ [key]: found === '' ? null : found } as Record<Key, string | null>);
}

/** Null where it is absent. Lists say male, female or nothing, what comes by sync 1, 2 or 0, the documentation also none. */
export function sexOf(value: unknown): Sex | null {
  const sex = text(value);
  if (sex === null) return null;
  if (sex === 'male' || sex === '1') return 'MALE';
  return sex === 'female' || sex === '2' ? 'FEMALE' : 'UNKNOWN';
}
