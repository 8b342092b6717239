/**
 * Chat room administration through Mojo-Weixin. One person whom the program does not know ends a call before anything is
 * done; what WeChat refuses is told like what it did not answer, so that no such failure is certain.
 */
import { type ChatRoomAdmin, DriverError, type UpstreamContact } from '../driver.ts';
import { type OpenwxClient, unreadable } from './client.ts';
import { known } from './fields.ts';

export function chatRoomAdmin(client: OpenwxClient): ChatRoomAdmin {
  const { callMs } = client.timings;
  return {
    create: async (members, name, signal): Promise<UpstreamContact> => {
      const form = { friends: listed(members), ...(name !== null && name !== '' && { displayname: name }) };
      const wxid = known((await client.call('create_group', form, callMs, signal))['group_id']);
      if (wxid === null) throw unreadable('create_group answered without an id');
      return { wxid, kind: 'CHAT_ROOM', ...(name !== null && { name }) };
    },
    // From 40 members on the program asks WeChat for invitations instead of adding people.
    invite: async (room, members, signal) => {
      await client.call('invite_friend', { id: room, friends: listed(members) }, callMs, signal);
    },
    remove: async (room, members, signal) => {
      await client.call('kick_group_member', { id: room, members: listed(members) }, callMs, signal);
    },
    rename: async (room, name, signal) => {
      // Without a name the program ends itself, and 0 is none to Perl.
      if (name.trim() === '' || name === '0') throw badInput('this name cannot be given to a chat room');
      await client.call('set_group_displayname', { id: room, new_displayname: name }, callMs, signal);
    },
  };
}

/** Ids as the program splits them, spaces and all. */
function listed(members: readonly string[]): string {
  if (members.length === 0) throw badInput('somebody must be named');
  if (members.some((id) => id === '' || id.includes(','))) throw badInput('an id is empty or holds a comma');
  return members.join(',');
}

function badInput(message: string): DriverError {
  return new DriverError('BAD_INPUT', message, { certain: true, retry: false });
}
