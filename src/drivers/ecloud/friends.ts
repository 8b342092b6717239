/** Making friends, naming contacts and keeping them on top. */
import type { Driver, FoundPerson, FriendRequest } from '../driver.ts';
import { JsonError, jsonInteger, parseJson } from '../../lossless-json.ts';
import { asNotFound, badInput, unreadable, unsupported } from './client.ts';
import { avatarOf, isRoomId, sexOf } from './contacts.ts';
import { type Fields, fields, known, objects } from './fields.ts';
import { type EcloudSession, beforehand } from './session.ts';

/** How somebody was found, as WeChat numbers it. */
const byAlias = 3;
const byPhone = 15;

/** See `Driver.setRemark`. */
export async function setRemark(
  session: EcloudSession,
  wxid: string,
  remark: string,
  signal: AbortSignal,
): Promise<void> {
  if (isRoomId(wxid)) await session.ask('modifyGroupRemark', { chatRoomId: wxid, content: remark }, signal);
  else await session.ask('modifyRemark', { wcId: wxid, remark }, signal);
}

/** See `Driver.pin`. */
export async function pin(session: EcloudSession, wxid: string, pinned: boolean, signal: AbortSignal): Promise<void> {
  await session.ask('setTop', { wcId: wxid, operType: pinned ? 1 : 0 }, signal);
}

/** See `Driver.addFriend`. Outside of a chat room E云 finds people by their WeChat number or phone number, never by wxid. */
export async function addFriend(
  session: EcloudSession,
  { wxid, roomWxid }: Parameters<NonNullable<Driver['addFriend']>>[0],
  greeting: string | null,
  signal: AbortSignal,
): Promise<void> {
  const verify = greeting ?? '';
  if (roomWxid !== null) {
    const member = { chatRoomId: roomWxid, memberWcId: wxid, content: verify };
    await session.ask('addRoomMemberFriend', member, signal);
    return;
  }
  if (wxid.trim() === '') throw badInput('nobody is named');
  if (/^wxid_|@/.test(wxid)) {
    throw unsupported('E云 finds people by their WeChat number or phone number, or as members of a chat room');
  }
  const { v1, v2 } = await searchUser(session, wxid, signal);
  if (v2 === null) throw badInput('this is a friend already');
  const type = /^\+?\d{6,15}$/.test(wxid) ? byPhone : byAlias;
  await session.ask('addUser', { v1, v2, type, verify }, signal);
}

/** See `Driver.searchPerson`. */
export async function searchPerson(session: EcloudSession, number: string, signal: AbortSignal): Promise<FoundPerson> {
  const { person, v1, v2 } = await searchUser(session, number, signal);
  return {
    wxid: v2 === null ? v1 : null,
    name: known(person['nickName']),
    sex: sexOf(person['sex']) ?? 'UNKNOWN',
    avatarUrl: avatarOf(person),
    smallAvatarUrl: known(person['smallHead'], person['smallHeadImgUrl']),
  };
}

type Searched = { person: Fields; v1: string; v2: string | null };

/** Of a stranger v1 and v2 are what addUser wants; a friend comes with the wxid as v1 and without v2. */
async function searchUser(session: EcloudSession, who: string, signal: AbortSignal): Promise<Searched> {
  const asked = beforehand(session.ask('searchUser', { wcId: who }, signal)).catch((error: unknown) => {
    throw asNotFound(error);
  });
  const [person = {}] = objects(await asked);
  const v1 = known(person['v1']);
  if (v1 === null) throw unreadable('searchUser answered nobody');
  return { person, v1, v2: known(person['v2']) };
}

/** See `Driver.acceptFriendRequest`. */
export async function acceptFriendRequest(
  session: EcloudSession,
  request: FriendRequest,
  signal: AbortSignal,
): Promise<void> {
  const { v1, v2, scene } = request.ticket === null ? {} : partsOf(request.ticket);
  const type = jsonInteger(scene);
  if (known(v1) === null || known(v2) === null || type === null) {
    throw unsupported('the request came without what E云 wants back of it (v1, v2 and scene)');
  }
  await session.ask('acceptUser', { v1, v2, type }, signal);
}

function partsOf(ticket: string): { v1?: unknown; v2?: unknown; scene?: unknown } {
  try {
    return fields(parseJson(ticket)) ?? {};
  } catch (error) {
    if (error instanceof JsonError) return {};
    throw error;
  }
}
