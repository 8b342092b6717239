/**
 * The driver for Mojo-Weixin's Openwx plugin, alone or behind a Controller.
 *
 * The connection is `{ baseUrl, client }`, `client` being the Controller's name of the account, else null. There is no
 * MENTION and no SEND_VOICE, since web WeChat has neither, and no fetching of received media: they come with the post or lie
 * on the program's disk.
 */
import type { Capability } from '../../words.ts';
import type { Connection, DriverFactory } from '../driver.ts';
import { fetchAvatar } from './avatar.ts';
import { chatRoomAdmin } from './chat-rooms.ts';
import { namedClient } from './client-name.ts';
import { type Timings, clientNameOf, openwxClient, readJson, refusal } from './client.ts';
import { pin, setRemark } from './contact-settings.ts';
import { fetchContact, fetchContacts } from './contacts.ts';
import { decode, decodeEntries } from './decode.ts';
import { acceptFriendRequest, addFriend } from './friends.ts';
import { login, probe, stopClient } from './login.ts';
import { revoke } from './revoke.ts';
import { send } from './send.ts';

const defaultTimings: Timings = {
  callMs: 30_000,
  silentMs: 5_000,
  sendMs: 20_000,
  mediaMs: 130_000,
  pollMs: 40_000,
  pauseMs: 2_000,
  longestPauseMs: 30_000,
};

/** What every program can do. */
export const openwxCapabilities = [
  'RECEIVE',
  'SEND_TEXT',
  'SEND_IMAGE',
  'SEND_FILE',
  'SEND_VIDEO',
  'REVOKE',
  'CONTACTS',
  'CHAT_ROOMS',
  'CHAT_ROOM_ADMIN',
  'FRIEND_REQUESTS',
  'ADD_FRIEND',
  'SET_REMARK',
  'PIN',
  'AVATAR',
  'QR_LOGIN',
] as const satisfies readonly Capability[];

/** What the program at a connection can do: only a Controller starts again what was stopped. */
export function openwxCapabilitiesAt(connection: Connection): readonly Capability[] {
  return clientNameOf(connection) === null ? openwxCapabilities : [...openwxCapabilities, 'START_STOP'];
}

export const openwx: DriverFactory = openwxWith(defaultTimings);

/** The driver with times of its own; `settings.timeoutMs` goes before `callMs`. */
export function openwxWith(timings: Timings): DriverFactory {
  return (connection, _secrets, settings) => {
    const client = openwxClient(connection, { ...timings, callMs: settings.timeoutMs ?? timings.callMs });
    const { name } = client;
    const address = connection.baseUrl.replace(/\/+$/, '');
    return {
      kind: 'OPENWX',
      capabilities: openwxCapabilitiesAt(connection),
      decode: (callback) => decode(callback, name),
      send: (sending, signal) => send(client, sending, signal),
      login: (signal) => login(client, signal),
      probe: (signal) => probe(client, signal),
      poll: {
        key: JSON.stringify(['OPENWX', address, name]),
        next: async (self, signal) => {
          const answer = await client.get('check_event', timings.pollMs, signal);
          const refused = refusal(readJson(answer));
          if (refused !== null) throw refused;
          return decodeEntries(answer.text, { self, now: settings.now() });
        },
      },
      fetchContacts: (signal) => fetchContacts(client, signal),
      fetchContact: (wxid, signal) => fetchContact(client, wxid, signal),
      fetchAvatar: (of, signal) => fetchAvatar(client, of, signal),
      revoke: (message, signal) => revoke(client, message, signal),
      setRemark: (wxid, remark, signal) => setRemark(client, wxid, remark, signal),
      pin: (wxid, pinned, signal) => pin(client, wxid, pinned, signal),
      acceptFriendRequest: (request, signal) => acceptFriendRequest(client, request, signal),
      addFriend: ({ wxid }, greeting, signal) => addFriend(client, wxid, greeting, signal),
      chatRooms: chatRoomAdmin(client),
      ...(name !== null && {
        // A Controller posts to one address for all its clients, which its own settings name.
        sharedCallback: {
          key: JSON.stringify(['OPENWX', address]),
          person: () => name,
          personOf: ({ query }) => namedClient(query),
        },
        stopClient: (signal) => stopClient(client, signal),
      }),
    };
  };
}
