/** Chat rooms and their members. */
import { notFound } from '../../resolvers/errors.ts';
import { showId } from '../../resolvers/ids.ts';
import {
  createChatRoom,
  inviteToChatRoom,
  removeFromChatRoom,
  renameChatRoom,
} from '../../resolvers/contacts/manage-chat-rooms.ts';
import { type ChatRoomMember, type Contact, readContactByWxid } from '../../resolvers/contacts/read-contacts.ts';
import { findPeople } from '../../resolvers/contacts/find-person.ts';
import { listMembers } from '../../resolvers/contacts/list-contacts.ts';
import { accountOf, onlineAccountOf, wIdOf } from './account.ts';
import type { Answer, Call } from './call.ts';
import { contactOf } from './contacts.ts';
import { showWxid } from './ids.ts';
import { pictureOf, picturesOfContact, showPerson } from './show-person.ts';
import { bad, good } from './told.ts';

export const getChatRoomInfo: Answer = async (call) => {
  const room = await roomOf(call);
  const { big, small } = await picturesOfContact(call, room);
  const id = showWxid(room.wxid, room.kind);
  return good([
    {
      chatRoomId: id,
      userName: id,
      nickName: room.name,
      chatRoomOwner: room.ownerWxid ?? '',
      bigHeadImgUrl: big,
      smallHeadImgUrl: small,
      v1: room.ticket ?? '',
      memberCount: room.memberCount ?? 0,
    },
  ]);
};

/** A room whose members nobody told is no empty one. */
export const getChatRoomMember: Answer = async (call) => {
  const room = await roomOf(call);
  if (room.memberCount === null) return bad('群成员未知，请稍后再试');
  const members = await listMembers(call.app, room);
  return good(await Promise.all(members.map((member) => showMember(call, room, member))));
};

async function showMember(call: Call, room: Contact, member: ChatRoomMember): Promise<Record<string, unknown>> {
  const { id, accountId, wxid, avatarUrl } = member;
  const picture = await pictureOf(call, { kind: 'member', id, accountId, avatarUrl });
  return {
    chatRoomId: showWxid(room.wxid, room.kind),
    userName: wxid,
    nickName: member.name,
    // What it is called in this room, where that is another name.
    displayName: member.displayName === member.name ? '' : member.displayName,
    chatRoomOwner: room.ownerWxid ?? '',
    bigHeadImgUrl: picture,
    smallHeadImgUrl: picture,
    chatRoomMemberFlag: 0,
  };
}

export const getChatRoomMemberInfo: Answer = async (call) => {
  const { app, params } = call;
  const account = await accountOf(call);
  const room = await roomOf(call);
  const wxids = params.wxids('userList');
  const present = new Set((await listMembers(app, room)).map((member) => member.wxid));
  const people = await findPeople(
    app,
    account,
    wxids.filter((wxid) => present.has(wxid)),
  );
  if (people.length === 0) throw notFound('member of this chat room', wxids.join(','));
  return good(await Promise.all(people.map((person) => showPerson(call, person))));
};

export const createChatroom: Answer = async (call) => {
  const account = await onlineAccountOf(call);
  const { object: room } = await createChatRoom(call.app, call.caller, {
    accountId: wIdOf(account),
    members: call.params.wxids('userList'),
    name: call.params.optional('topic'),
  });
  return good({ chatRoomID: showWxid(room.wxid, room.kind), base64: '', status: 1 });
};

/** For addChatRoomMember and inviteChatRoomMember: which of them WeChat wants is found out. */
export const inviteMembers: Answer = async (call) => {
  await inviteToChatRoom(call.app, call.caller, await roomAndMembers(call));
  return good();
};

export const deleteChatRoomMember: Answer = async (call) => {
  await removeFromChatRoom(call.app, call.caller, await roomAndMembers(call));
  return good();
};

export const modifyGroupName: Answer = async (call) => {
  const room = await contactOf(call, 'chatRoomId');
  const name = call.params.text('content');
  await renameChatRoom(call.app, call.caller, { chatRoomId: showId('contact', room.id), name });
  return good();
};

async function roomAndMembers(call: Call): Promise<{ chatRoomId: string; members: string[] }> {
  const room = await contactOf(call, 'chatRoomId');
  return { chatRoomId: showId('contact', room.id), members: call.params.wxids('userList') };
}

async function roomOf(call: Call): Promise<Contact> {
  const account = await accountOf(call);
  const wxid = call.params.wxid('chatRoomId');
  const room = await readContactByWxid(call.app, call.caller, wIdOf(account), wxid);
  if (room?.kind !== 'CHAT_ROOM') throw notFound('chat room', wxid);
  return room;
}
