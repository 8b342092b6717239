/**
 * The driver for a WeChat of Windows with the hook inside: one port, one account.
 *
 * The connection is `{ baseUrl, dialect, timezone }`. `dialect` null is found out; `timezone` is the zone of the times that
 * it posts, null the gateway's. The hook asks for no secret: it must be reached over loopback or a private network.
 */
import type { Capability } from '../../words.ts';
import type { DriverFactory } from '../driver.ts';
import { type Port, type Timings, pchookClient } from './client.ts';
import { chatRooms } from './chat-rooms.ts';
import { fetchContact, fetchContacts } from './contacts.ts';
import { decode } from './decode.ts';
import { fetchAvatar, fetchMedia } from './fetch-media.ts';
import { acceptFriendRequest, addFriend, pin, setRemark } from './friends.ts';
import { login, probe, setCallback, stopClient } from './login.ts';
import { revoke } from './revoke.ts';
import { send } from './send.ts';

const defaultTimings: Timings = {
  callMs: 15_000,
  sendMs: 30_000,
  mediaMs: 180_000,
  contactsMs: 90_000,
  pauseMs: 2_000,
  longestPauseMs: 30_000,
};

export const pchookCapabilities = [
  'RECEIVE',
  'SEND_TEXT',
  'SEND_IMAGE',
  'SEND_FILE',
  'SEND_VIDEO',
  'SEND_VOICE',
  'MENTION',
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
  'START_STOP',
] as const satisfies readonly Capability[];

export const pchook: DriverFactory = pchookWith();

/** The driver with some times of its own; `settings.timeoutMs` goes before `callMs`. */
export function pchookWith(given: Partial<Timings> = {}): DriverFactory {
  const timings = { ...defaultTimings, ...given };
  // By address: every driver of a port shares its turn.
  const ports = new Map<string, Port>();
  return (connection, _secrets, settings) => {
    const port = ports.get(connection.baseUrl) ?? { last: Promise.resolve(), dialect: null };
    ports.set(connection.baseUrl, port);
    const client = pchookClient(connection, { ...timings, callMs: settings.timeoutMs ?? timings.callMs }, port);
    return {
      kind: 'PCHOOK',
      capabilities: pchookCapabilities,
      decode: (callback) =>
        decode(callback, {
          timezone: connection['timezone'] ?? settings.timezone ?? 'UTC',
          canDownload: client.dialect() !== 'V39',
        }),
      send: (sending, signal) => send(client, sending, signal),
      login: (signal) => login(client, signal),
      probe: (signal) => probe(client, signal),
      setCallback: (url, signal) => setCallback(client, url, signal),
      stopClient: (signal) => stopClient(client, signal),
      fetchContacts: (signal) => fetchContacts(client, signal),
      fetchContact: (wxid, signal) => fetchContact(client, wxid, signal),
      fetchMedia: (media, signal) => fetchMedia(client, media, settings.download, signal),
      fetchAvatar: (of, signal) => fetchAvatar(client, of, settings.download, signal),
      revoke: (message, signal) => revoke(client, message, signal),
      setRemark: (wxid, remark, signal) => setRemark(client, wxid, remark, signal),
      pin: (wxid, pinned, signal) => pin(client, wxid, pinned, signal),
      acceptFriendRequest: (request, signal) => acceptFriendRequest(client, request, signal),
      addFriend: (person, greeting, signal) => addFriend(client, person, greeting, signal),
      chatRooms: chatRooms(client),
    };
  };
}
