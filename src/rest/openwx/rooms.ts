/** Chat rooms: made, filled, emptied and named. */
import { findMembers } from '../../resolvers/contacts/find-members.ts';
import { showId } from '../../resolvers/ids.ts';
import {
  createChatRoom,
  inviteToChatRoom,
  removeFromChatRoom,
  renameChatRoom,
} from '../../resolvers/contacts/manage-chat-rooms.ts';
import { showAccountId } from '../../resolvers/accounts/read-accounts.ts';
import { GatewayError } from '../../resolvers/errors.ts';
import { findContacts } from '../../resolvers/contacts/find-contacts.ts';
import { type Call, told } from './call.ts';
import { Failure } from './failure.ts';
import { friendKinds } from './objects.ts';
import { findGroup, listed } from './target.ts';

const success = { code: 0, status: 'success' } as const;

export const createGroup = told(async (call) => {
  const { app, caller, params } = call;
  const members = await readFriends(call);
  const input = { accountId: showAccountId(await call.account()), members, name: params.one('displayname') };
  const { object } = await createChatRoom(app, caller, input);
  return { ...success, group_id: object.wxid };
});

export const inviteFriend = told(async (call) => {
  const { app, caller } = call;
  const room = await findGroup(call);
  const members = await readFriends(call);
  await inviteToChatRoom(app, caller, { chatRoomId: showId('contact', room.id), members });
  return success;
});

export const kickGroupMember = told(async (call) => {
  const { app, caller } = call;
  const room = await findGroup(call);
  const ids = listed(call, 'members');
  if (ids.length === 0) throw new Failure(200, 'member id empty');
  for (const id of ids) {
    const [wxid] = await findMembers(app, room, [id]).catch(unlessNotFound);
    // By id alone, never by a name.
    if (wxid !== id) throw new Failure(100, `member id ${id} not found`);
  }
  await removeFromChatRoom(app, caller, { chatRoomId: showId('contact', room.id), members: ids });
  return success;
});

export const setGroupDisplayname = told(async (call) => {
  const { app, caller, params } = call;
  const room = await findGroup(call);
  const name = params.one('new_displayname');
  if (name === null || name.trim() === '') throw new Failure(-1, 'new_displayname is needed');
  await renameChatRoom(app, caller, { chatRoomId: showId('contact', room.id), name });
  return success;
});

/** Contact ids of the friends that are listed by their ids. One that is unknown ends the call before anything is done. */
async function readFriends(call: Call): Promise<string[]> {
  const ids = listed(call, 'friends');
  if (ids.length === 0) throw new Failure(200, 'friend id empty');
  const account = await call.account();
  const friends: string[] = [];
  for (const id of ids) {
    const [friend] = await findContacts(call.app, account, friendKinds, { wxid: id });
    if (friend === undefined) throw new Failure(100, `friend id ${id} not found`);
    friends.push(showId('contact', friend.id));
  }
  return friends;
}

function unlessNotFound(error: unknown): [] {
  if (error instanceof GatewayError && (error.code === 'NOT_FOUND' || error.code === 'AMBIGUOUS_RECEIVER')) return [];
  throw error;
}
