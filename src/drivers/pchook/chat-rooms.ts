/** Chat rooms: making them, their members, their names. */
import { type ChatRoomAdmin, DriverError, type UpstreamContact } from '../driver.ts';
import { type PchookClient, readDone, unreadable } from './client.ts';
import { fetchContact, notFoundOr } from './contacts.ts';
import { fields, known } from './fields.ts';

/** A larger chat room is entered by invitation alone. */
const mostWithoutInvitation = 40;

/** Chat room administration through a hook. */
export function chatRooms(client: PchookClient): ChatRoomAdmin {
  const command = (room: string, endpoint: string, body: object, signal: AbortSignal): Promise<void> =>
    client.command(endpoint, { gid: room, ...body }, signal).catch(notFoundOr(client, room, signal));
  const rename: ChatRoomAdmin['rename'] = (room, name, signal) =>
    command(room, 'ChatRoomEditName', { gname: name }, signal);
  return {
    create: async (members, name, signal) => {
      const body = { wxidlist: members.join(',') };
      const answer = await client.ask('CreateChatRoom', body, client.timings.sendMs, signal);
      const wxid = known(fields(answer) ?? {}, 'gid');
      if (wxid === null) {
        readDone('CreateChatRoom', answer);
        throw unreadable('CreateChatRoom told no chat room');
      }
      // From here on the chat room is there: whatever fails, the answer is the chat room, or a second one would be made.
      const isNamed = name !== null && (await rename(wxid, name, signal).then(() => true, unlessBug));
      const made: UpstreamContact = { wxid, kind: 'CHAT_ROOM', ...(isNamed && { name }) };
      return { ...((await fetchContact(client, wxid, signal).catch(unlessBug)) || made), ...(isNamed && { name }) };
    },
    invite: async (room, members, signal) => {
      const { members: present } = await fetchContact(client, room, signal);
      if (present === undefined || present.length + members.length <= mostWithoutInvitation) {
        return command(room, 'AddFriendToChatRoom', { wxidlist: members.join(',') }, signal);
      }
      for (const [done, wxid] of members.entries()) {
        await command(room, 'InviteFriendToChatRoom', { wxid }, signal).catch((error: unknown) => {
          if (done === 0 || !(error instanceof DriverError)) throw error;
          const message = `${done} of ${members.length} were invited, then: ${error.message}`;
          throw new DriverError(error.code, message, { certain: false, retry: false, cause: error });
        });
      }
    },
    remove: (room, members, signal) =>
      command(room, 'ChatRoomMemberBatchDelete', { wxidlist: members.join(',') }, signal),
    rename,
  };
}

function unlessBug(error: unknown): false {
  if (error instanceof DriverError) return false;
  throw error;
}
