/** Friends, chat rooms and members as the hook lists them. */
import type { Sex } from '../../words.ts';
import { type ContactPage, DriverError, type UpstreamContact, type UpstreamMember } from '../driver.ts';
import { type PchookClient, unreadable } from './client.ts';
import { kindOf } from './decode-message.ts';
import { type Fields, fields, known, list, text } from './fields.ts';

const pageSize = 200;
const roomsAtOnce = 10;

/**
 * All contacts, then the chat rooms with their members, in pages. WeChat is asked for one room after the other, so that sends
 * go between. Throws `DriverError`.
 */
export async function* fetchContacts(
  client: PchookClient,
  signal: AbortSignal,
): AsyncGenerator<ContactPage, void, void> {
  const { contactsMs } = client.timings;
  await client.ask('InitContact', {}, contactsMs, signal).catch(unlessUnsupported);
  const lists = await client.object('GetFriendAndChatRoomList', { type: '1' }, contactsMs, signal);
  if (!Array.isArray(lists['friend'])) throw unreadable('GetFriendAndChatRoomList listed no friends');
  const people = ['friend', 'gh', 'openim'].flatMap((name) => list(lists[name])).map(personOf);
  const rooms = list(lists['chatroom']).map(roomOf);
  const contacts = people.filter((person) => person !== null);
  const named = rooms.filter((room) => room !== null);
  const total = contacts.length + named.length;
  for (let start = 0; start < contacts.length; start += pageSize) {
    yield { contacts: contacts.slice(start, start + pageSize), total };
  }
  for (let start = 0; start < named.length; start += roomsAtOnce) {
    const page: UpstreamContact[] = [];
    for (const room of named.slice(start, start + roomsAtOnce)) page.push(await withMembers(client, room, signal));
    yield { contacts: page, total };
  }
}

/**
 * One contact as WeChat knows it now, a chat room with its members. Throws `DriverError`: NOT_FOUND where the hook answers with
 * somebody else or nobody.
 */
export async function fetchContact(client: PchookClient, wxid: string, signal: AbortSignal): Promise<UpstreamContact> {
  const { callMs } = client.timings;
  const told = await client.object('GetFriendOrChatroomDetailInfo', { wxidorgid: wxid }, callMs, signal);
  if (wxid.endsWith('@chatroom')) {
    const room = known(told, 'gid') === wxid ? roomOf(told) : null;
    if (room === null || known(told, 'member_count') === '0') throw unknownContact();
    return withMembers(client, membersOf(room, told), signal);
  }
  if (known(told, 'wxid') !== wxid) throw unknownContact();
  // Not every build tells the remark here.
  const brief = 'markname' in told ? {} : await briefly(client, wxid, signal);
  const contact = personOf({ ...brief, ...told });
  if (contact === null) throw unknownContact();
  return contact;
}

/** For what a command that was refused rejects with: NOT_FOUND where the refusal's reason is that there is no such contact. */
export function notFoundOr(
  client: PchookClient,
  wxid: string,
  signal: AbortSignal,
): (refusal: unknown) => Promise<never> {
  return async (refusal) => {
    if (refusal instanceof DriverError && refusal.code === 'UPSTREAM_REJECTED' && refusal.certain) {
      await fetchContact(client, wxid, signal).catch((error: unknown) => {
        if (error instanceof DriverError && error.code === 'NOT_FOUND') throw error;
      });
    }
    throw refusal;
  };
}

async function briefly(client: PchookClient, wxid: string, signal: AbortSignal): Promise<Fields> {
  const { callMs } = client.timings;
  const answer = await client
    .ask('BatchGetContactBriefInfo', { wxidlist: wxid }, callMs, signal)
    .catch((error: unknown) => unlessUnsupported(error));
  return list(fields(answer)?.['info']).find((one) => known(one, 'wxid') === wxid) ?? {};
}

/** A friend, official account or contact of another firm; null where it has no id. */
function personOf(person: Fields): UpstreamContact | null {
  const wxid = known(person, 'wxid');
  if (wxid === null) return null;
  const name = known(person, 'nickname');
  const sex = sexOf(person['sex']);
  const avatarUrl = known(person, 'headimg', 'headurl', 'bighead', 'smallhead');
  return {
    wxid,
    kind: kindOf(wxid),
    ...(name !== null && { name }),
    ...emptyable('remark', person['markname']),
    ...emptyable('alias', person['account'] ?? person['wxaccount']),
    ...(sex !== null && { sex }),
    ...(avatarUrl !== null && { avatarUrl }),
    ...emptyable('signature', person['signinfo']),
    ...emptyable('country', person['country']),
    ...emptyable('province', person['province']),
    ...emptyable('city', person['city'] ?? person['area']),
  };
}

function roomOf(room: Fields): UpstreamContact | null {
  const wxid = known(room, 'gid', 'wxid');
  if (wxid === null) return null;
  const name = text(room['gname']);
  const avatarUrl = known(room, 'chatroom_head_url', 'headimg');
  return {
    wxid,
    kind: 'CHAT_ROOM',
    ...(name !== null && { name }),
    ...emptyable('remark', room['markname']),
    ...(avatarUrl !== null && { avatarUrl }),
  };
}

/** The spelling of the call is the hook's. A room that cannot be looked into keeps the members that are known. */
async function withMembers(client: PchookClient, room: UpstreamContact, signal: AbortSignal): Promise<UpstreamContact> {
  const answer = await client
    .ask('GetChatrooMmemberDetail', { gid: room.wxid }, client.timings.callMs, signal)
    .catch((error: unknown) => {
      if (error instanceof DriverError && error.code !== 'UPSTREAM_UNREACHABLE' && !signal.aborted) return null;
      throw error;
    });
  return membersOf(room, fields(answer) ?? {});
}

/** The chat room with the owner and the members that an answer tells, where it tells any. */
function membersOf(room: UpstreamContact, told: Fields): UpstreamContact {
  if (!Array.isArray(told['member'])) return room;
  const owner = known(told, 'master_wxid', 'chatroom_master');
  const name = known(told, 'chatroom_name');
  return {
    ...room,
    ...(name !== null && !room.name && { name }),
    ...(owner !== null && { ownerWxid: owner }),
    members: list(told['member']).flatMap((member) => memberOf(member, owner)),
  };
}

function memberOf(member: Fields, owner: string | null): UpstreamMember[] {
  const wxid = known(member, 'wxid');
  if (wxid === null) return [];
  const displayName = known(member, 'display_name', 'displayname');
  const avatarUrl = known(member, 'user_head_big', 'user_head_small');
  return [
    {
      wxid,
      name: known(member, 'nickname') ?? '',
      ...(displayName !== null && { displayName }),
      ...(avatarUrl !== null && { avatarUrl }),
      isOwner: wxid === owner,
    },
  ];
}

/** Empty means that there is none, absent that it is not known. */
function emptyable<Key extends string>(key: Key, value: unknown): Partial<Record<Key, string | null>> {
  const found = text(value);
  return found === null ? {} : ({ [key]: found === '' ? null : found } as Record<Key, string | null>);
}

function sexOf(value: unknown): Sex | null {
  const sex = text(value);
  if (sex === null) return null;
  if (sex === '1' || sex === '男') return 'MALE';
  return sex === '2' || sex === '女' ? 'FEMALE' : 'UNKNOWN';
}

/** Not every build has the call, and there is an answer without it as well. */
function unlessUnsupported(error: unknown): void {
  if (!(error instanceof DriverError) || (error.code !== 'UNSUPPORTED' && error.code !== 'UPSTREAM_REJECTED'))
    throw error;
}

function unknownContact(): DriverError {
  return new DriverError('NOT_FOUND', 'the hook knows no such contact', { certain: true, retry: false });
}
