/** Making chat rooms, and changing who is in them. */
import type { ChatRoomAdmin } from '../driver.ts';
import { badInput, unreadable } from './client.ts';
import { membersOf } from './contacts.ts';
import { fields, known } from './fields.ts';
import { type EcloudSession, beforehand } from './session.ts';

/** With so many members or more, WeChat asks people before they come in. */
const membersWithoutConsent = 40;

export function chatRooms(session: EcloudSession): ChatRoomAdmin {
  return {
    create: async (members, name, signal) => {
      if (members.length < 2) throw badInput('a chat room is made of at least two others');
      const topic = name === null || name === '' ? {} : { topic: name };
      const told = fields(await session.ask('createChatroom', { userList: listOf(members), ...topic }, signal));
      const wxid = known(told?.['chatRoomID'], told?.['chatRoomId'], told?.['chatroomId'], told?.['userName']);
      // It may have been made all the same.
      if (wxid === null) throw unreadable('createChatroom answered no chat room');
      const owner = session.person();
      return {
        wxid,
        kind: 'CHAT_ROOM',
        ...('topic' in topic && { name: topic.topic }),
        ...(owner !== null && { ownerWxid: owner }),
      };
    },
    invite: async (room, members, signal) => {
      const userList = listOf(members);
      const count = (await beforehand(membersOf(session, room, signal))).length;
      const route = count < membersWithoutConsent ? 'addChatRoomMember' : 'inviteChatRoomMember';
      await session.ask(route, { chatRoomId: room, userList }, signal);
    },
    remove: async (room, members, signal) => {
      await session.ask('deleteChatRoomMember', { chatRoomId: room, userList: listOf(members) }, signal);
    },
    rename: async (room, name, signal) => {
      if (name === '') throw badInput('a chat room needs a name');
      await session.ask('modifyGroupName', { chatRoomId: room, content: name }, signal);
    },
  };
}

function listOf(members: readonly string[]): string {
  const isList = members.length > 0 && members.every((wxid) => wxid !== '' && !wxid.includes(','));
  if (!isList) throw badInput('members are named by their wxids');
  return members.join(',');
}
