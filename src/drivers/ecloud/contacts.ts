/**
 * Friends, chat rooms and members as E云 describes them, in its answers and in its callbacks.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { ContactKind, Sex } from '../../words.ts';
import { type ContactPage, DriverError, type Self, type UpstreamContact, type UpstreamMember } from '../driver.ts';
import { asNotFound, isStale } from './client.ts';
import { type Fields, fields, known, objects, text, texts } from './fields.ts';
import type { EcloudSession } from './session.ts';

/** More are refused. */
const contactsPerCall = 20;

/** WeChat's own accounts, which are no people. */
const systemAccounts: ReadonlySet<string> = new Set([
  'filehelper',
  'fmessage',
  'floatbottle',
  'medianote',
  'newsapp',
  'qmessage',
  'qqmail',
  'tmessage',
  'weibo',
]);

export function isRoomId(wxid: string): boolean {
  return wxid.endsWith('@chatroom');
}

/** What a contact is, told by its id. */
export function kindOf(wxid: string): ContactKind {
  if (isRoomId(wxid)) return 'CHAT_ROOM';
  if (wxid.startsWith('gh_') || wxid === 'weixin') return 'OFFICIAL_ACCOUNT';
  return systemAccounts.has(wxid) ? 'OTHER' : 'FRIEND';
}

/** A contact of getContact, getChatRoomInfo or a callback; null where it has no id. */
export function contactOf(contact: Fields): UpstreamContact | null {
  const wxid = known(contact['userName'], contact['chatRoomId'], contact['wcId']);
  if (wxid === null) return null;
  const name = text(contact['nickName']);
  const remark = text(contact['remark'] ?? contact['remarkName']);
  const alias = text(contact['aliasName'] ?? contact['alias']);
  const sex = isRoomId(wxid) ? null : sexOf(contact['sex']);
  const labels = contact['labelList'] ?? contact['labelIdList'];
  const avatarUrl = avatarOf(contact);
  const smallAvatarUrl = known(contact['smallHead'], contact['smallHeadImgUrl']);
  const ticket = known(contact['v1']);
  const owner = known(contact['chatRoomOwner'], contact['chatroomOwner']);
  return {
    wxid,
    kind: kindOf(wxid),
    ...(name !== null && { name }),
    ...(remark !== null && { remark: known(remark) }),
    ...(alias !== null && { alias: known(alias) }),
    ...(sex !== null && { sex }),
    ...emptyable('signature', contact['signature']),
    ...emptyable('country', contact['country']),
    ...emptyable('province', contact['province']),
    ...emptyable('city', contact['city']),
    ...(labels !== undefined && labels !== null && { labels: texts(labels) }),
    ...(avatarUrl !== null && { avatarUrl }),
    ...(smallAvatarUrl !== null && { smallAvatarUrl }),
    ...(ticket !== null && { ticket }),
    ...(owner !== null && { ownerWxid: owner }),
  };
}

/** A member of a chat room; null where it has no id. */
export function memberOf(member: Fields, owner: string | null = null): UpstreamMember | null {
  const wxid = known(member['userName'], member['wcId']);
  if (wxid === null) return null;
  const displayName = known(member['displayName']);
  const avatarUrl = avatarOf(member);
  return {
    wxid,
    name: known(member['nickName']) ?? '',
    ...(displayName !== null && { displayName }),
    ...(avatarUrl !== null && { avatarUrl }),
    ...(owner === wxid && { isOwner: true }),
  };
}

/** The account's own person, from the answer to a login or from getContact. */
export function selfOf(wcId: string, profile: Fields | null, before: Self | null): Self {
  const same = before?.wxid === wcId ? before : null;
  return {
    wxid: wcId,
    name: known(profile?.['nickName']) ?? same?.name ?? null,
    alias: known(profile?.['wAccount'], profile?.['aliasName']) ?? same?.alias ?? null,
    uid: null,
    avatarUrl: avatarOf(profile ?? {}) ?? same?.avatarUrl ?? null,
  };
}

/** The members of one chat room, without its owner's mark. Throws `DriverError`. */
export async function membersOf(
  session: EcloudSession,
  chatRoomId: string,
  signal: AbortSignal,
): Promise<UpstreamMember[]> {
  const members = await session.ask('getChatRoomMember', { chatRoomId }, signal);
  return objects(members)
    .map((member) => memberOf(member))
    .filter((member) => member !== null);
}

/**
 * The whole address book in pages of twenty, chat rooms with their members last; at the pace that E云 asks for. A chat
 * room that E云 does not describe is listed without members. Throws `DriverError`.
 */
export async function* fetchContacts(
  session: EcloudSession,
  signal: AbortSignal,
): AsyncGenerator<ContactPage, void, void> {
  const { addressListMs } = session.client.timings;
  await session.ask('initAddressList', {}, signal);
  await pause(addressListMs, signal);
  const lists = fields(await session.ask('getAddressList', {}, signal)) ?? {};
  const ids = new Set(['friends', 'ghs', 'others', 'chatrooms'].flatMap((list) => texts(lists[list])));
  const people = [...ids].filter((id) => !isRoomId(id));
  const rooms = [...ids].filter(isRoomId);
  for (const some of [...chunks(people), ...chunks(rooms)]) {
    await breathe(session, signal);
    const contacts = await describe(session, some, signal);
    for (const [at, contact] of contacts.entries()) {
      if (contact.kind === 'CHAT_ROOM') contacts[at] = await describeRoom(session, contact, signal);
    }
    yield { contacts, total: ids.size };
  }
}

/** See `Driver.fetchContact`. */
export async function fetchContact(
  session: EcloudSession,
  wxid: string,
  signal: AbortSignal,
): Promise<UpstreamContact> {
  const asked = session.ask('getContact', { wcId: wxid }, signal).catch((error: unknown) => {
    throw asNotFound(error);
  });
  const told = objects(await asked)
    .map(contactOf)
    .find((contact) => contact?.wxid === wxid);
  if (told === undefined || told === null) {
    throw new DriverError('NOT_FOUND', 'E云 knows no such contact', { certain: true, retry: false });
  }
  return isRoomId(wxid) ? describeRoom(session, told, signal) : told;
}

/** What getContact tells of these; one that it leaves out is a contact of which only the id is known. */
async function describe(
  session: EcloudSession,
  wxids: readonly string[],
  signal: AbortSignal,
): Promise<UpstreamContact[]> {
  const told = objects(await session.ask('getContact', { wcId: wxids.join(',') }, signal)).map(contactOf);
  return wxids.map((wxid) => told.find((contact) => contact?.wxid === wxid) ?? { wxid, kind: kindOf(wxid) });
}

async function describeRoom(
  session: EcloudSession,
  room: UpstreamContact,
  signal: AbortSignal,
): Promise<UpstreamContact> {
  const body = { chatRoomId: room.wxid };
  const info = await unlessRefused(session, 'getChatRoomInfo', body, signal);
  const listed = await unlessRefused(session, 'getChatRoomMember', body, signal);
  const whole = { ...room, ...contactOf({ ...objects(info)[0], userName: room.wxid }) };
  const owner = whole.ownerWxid ?? ownerIn(listed);
  if (listed === undefined) return whole;
  return {
    ...whole,
    ...(owner !== null && { ownerWxid: owner }),
    members: objects(listed)
      .map((member) => memberOf(member, owner))
      .filter((member) => member !== null),
  };
}

/** Each member of getChatRoomMember may carry who owns the room. */
function ownerIn(listed: unknown): string | null {
  return known(...objects(listed).flatMap((member) => [member['chatRoomOwner'], member['chatroomOwner']]));
}

async function unlessRefused(
  session: EcloudSession,
  route: string,
  body: Fields,
  signal: AbortSignal,
): Promise<unknown> {
  await breathe(session, signal);
  try {
    return await session.ask(route, body, signal);
  } catch (error) {
    if (error instanceof DriverError && error.code === 'UPSTREAM_REJECTED' && error.certain && !isStale(error)) {
      return undefined;
    }
    throw error;
  }
}

async function breathe(session: EcloudSession, signal: AbortSignal): Promise<void> {
  const [from, to] = session.client.timings.betweenCallsMs;
  // As irregular as the time of day; a driver has no chance of its own.
  await pause(from + (session.settings.now() % (to - from + 1)), signal);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => {
    throw new DriverError('UPSTREAM_TIMEOUT', 'the fetch of contacts was given up', { certain: true, retry: true });
  });
}

function chunks(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / contactsPerCall) }, (_, at) =>
    ids.slice(at * contactsPerCall, (at + 1) * contactsPerCall),
  );
}

export function sexOf(value: unknown): Sex | null {
  const sex = known(value);
  if (sex === null) return null;
  if (sex === '1') return 'MALE';
  return sex === '2' ? 'FEMALE' : 'UNKNOWN';
}

/** The address of somebody's picture, of the large one where there are two; null where none is told. */
export function avatarOf(person: Fields): string | null {
  return known(
    ...['bigHead', 'bigHeadImgUrl', 'headUrl', 'smallHead', 'smallHeadImgUrl'].map((field) => person[field]),
  );
}

/** Empty means that there is none, null or absent that it is not known. */
function emptyable<Key extends string>(key: Key, value: unknown): Partial<Record<Key, string | null>> {
  const found = text(value);
  return found === null ? {} : ({ [key]: known(found) } as Record<Key, string | null>);
}
