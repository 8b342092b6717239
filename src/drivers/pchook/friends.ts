/** Friends: requests, remarks, and what is kept on top of the list. */
import { DriverError, type FriendRequest } from '../driver.ts';
import { JsonError, parseJson } from '../../lossless-json.ts';
import type { PchookClient } from './client.ts';
import { notFoundOr } from './contacts.ts';
import { type Fields, fields, known } from './fields.ts';

/** Chat only, as the author of the hook asks for it in his examples; more can be allowed on the phone. */
const chatOnly = '8';

/** How WeChat numbers the ways by which people know each other. */
const ways = { wxid: '6', chatRoom: '14' };

/** Names a contact for the account alone; "" takes the name away. Throws `DriverError`. */
export async function setRemark(
  client: PchookClient,
  wxid: string,
  remark: string,
  signal: AbortSignal,
): Promise<void> {
  // A chat room has a call of its own.
  const isRoom = wxid.endsWith('@chatroom');
  const command = isRoom
    ? client.command('ChatRoomEditMark', { gid: wxid, mark: remark }, signal)
    : client.command('EditFriendMark', { wxid, mark: remark }, signal);
  await command.catch(notFoundOr(client, wxid, signal));
}

/** Keeps a conversation on top of the list, or no longer. Throws `DriverError`. */
export async function pin(client: PchookClient, wxid: string, pinned: boolean, signal: AbortSignal): Promise<void> {
  const command = client.command(pinned ? 'StickyChat' : 'UnpinChat', { gidorwxid: wxid }, signal);
  await command.catch(notFoundOr(client, wxid, signal));
}

/** Asks somebody to become a friend. Throws `DriverError`. */
export async function addFriend(
  client: PchookClient,
  { wxid, roomWxid }: { wxid: string; roomWxid: string | null },
  greeting: string | null,
  signal: AbortSignal,
): Promise<void> {
  const type = roomWxid === null ? ways.wxid : ways.chatRoom;
  const body = { wxid, desc: greeting ?? '', type, role: chatOnly };
  await client.command('AddNewFriend', body, signal);
}

/** Accepts a request. Throws `DriverError`: BAD_INPUT where the request holds no ticket of a hook. */
export async function acceptFriendRequest(
  client: PchookClient,
  request: FriendRequest,
  signal: AbortSignal,
): Promise<void> {
  const ticket = readTicket(request.ticket);
  const v3 = ticket && known(ticket, 'v3');
  const v4 = ticket && known(ticket, 'v4');
  if (ticket === null || v3 === null || v4 === null) {
    throw new DriverError('BAD_INPUT', 'the request holds nothing to accept it by', { certain: true, retry: false });
  }
  await client.command('VerifyFriend', { v3, v4, role: chatOnly, from: known(ticket, 'scene') ?? '' }, signal);
}

/** As the decoder made it of the request's XML. */
function readTicket(ticket: string | null): Fields | null {
  try {
    return ticket === null ? null : fields(parseJson(ticket));
  } catch (error) {
    if (error instanceof JsonError) return null;
    throw error;
  }
}
