/**
 * The driver for E云 (wkteam), a cloud that speaks WeChat's iPad protocol.
 *
 * The connection is `{ baseUrl, wcId, wId }`, the secret `authorization` is the developer account's. `wcId` is the account's
 * WeChat id, null until it is known by a login; `wId` is needed only where neither is.
 */
import type { Capability } from '../../words.ts';
import type { DriverFactory } from '../driver.ts';
import { fetchAvatar } from './avatar.ts';
import { chatRooms } from './chat-rooms.ts';
import { type Timings, ecloudClient } from './client.ts';
import { fetchContact, fetchContacts } from './contacts.ts';
import { accountOf, decode } from './decode.ts';
import { fetchMedia } from './fetch-media.ts';
import { acceptFriendRequest, addFriend, pin, searchPerson, setRemark } from './friends.ts';
import { login, probe } from './login.ts';
import { revoke } from './revoke.ts';
import { send } from './send.ts';
import { ecloudSession } from './session.ts';

const defaultTimings: Timings = {
  callMs: 30_000,
  sendMs: 30_000,
  mediaMs: 120_000,
  videoMs: 300_000,
  videoLookMs: 2_000,
  loginMs: 260_000,
  pauseMs: 2_000,
  longestPauseMs: 600_000,
  addressListMs: 4_000,
  betweenCallsMs: [300, 800],
};

export const ecloudCapabilities = [
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
] as const satisfies readonly Capability[];

export const ecloud: DriverFactory = ecloudWith(defaultTimings);

/** The driver with times of its own; `settings.timeoutMs` goes before `callMs`. */
export function ecloudWith(timings: Timings): DriverFactory {
  return (connection, secrets, settings) => {
    const client = ecloudClient(connection, secrets['authorization'] ?? '', {
      ...timings,
      callMs: settings.timeoutMs ?? timings.callMs,
    });
    const session = ecloudSession(client, connection, settings);
    return {
      kind: 'ECLOUD',
      capabilities: ecloudCapabilities,
      decode: (callback) => decode(callback, session.person()),
      send: (sending, signal) => send(session, sending, signal),
      login: (signal) => login(session, signal),
      probe: (signal) => probe(session, signal),
      sharedCallback: {
        key: client.key,
        person: () => session.person(),
        personOf: accountOf,
        set: async (url, signal) => {
          // 2 is the format that `decode` reads.
          await client.call('setHttpCallbackUrl', { httpUrl: url, type: 2 }, client.timings.callMs, signal);
        },
      },
      enterCode: async (code) => session.codes.enter(code),
      fetchContacts: (signal) => fetchContacts(session, signal),
      fetchContact: (wxid, signal) => fetchContact(session, wxid, signal),
      fetchMedia: (media, signal) => fetchMedia(session, media, signal),
      fetchAvatar: (of, signal) => fetchAvatar(session, of, signal),
      revoke: (message, signal) => revoke(session, message, signal),
      setRemark: (wxid, remark, signal) => setRemark(session, wxid, remark, signal),
      pin: (wxid, pinned, signal) => pin(session, wxid, pinned, signal),
      acceptFriendRequest: (request, signal) => acceptFriendRequest(session, request, signal),
      addFriend: (person, greeting, signal) => addFriend(session, person, greeting, signal),
      searchPerson: (number, signal) => searchPerson(session, number, signal),
      chatRooms: chatRooms(session),
    };
  };
}
