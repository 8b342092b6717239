/** Every method that a driver has, called with what it can do something with; and how methods and capabilities agree. */
import type { Driver, SentMessage } from '../../../src/drivers/driver.ts';
import type { IncomingMedia } from '../../../src/drivers/media.ts';
import type { Capability } from '../../../src/words.ts';
import type { Bench, Front } from './bench.ts';
import { type MediaServer, capabilityOf, mediaTypes } from './media.ts';

/** Which method each capability announces, and the other way round. */
export const methodOf = {
  CONTACTS: 'fetchContacts',
  QR_LOGIN: 'login',
  REVOKE: 'revoke',
  SET_REMARK: 'setRemark',
  PIN: 'pin',
  FRIEND_REQUESTS: 'acceptFriendRequest',
  ADD_FRIEND: 'addFriend',
  CHAT_ROOM_ADMIN: 'chatRooms',
  AVATAR: 'fetchAvatar',
  START_STOP: 'stopClient',
} as const satisfies Partial<Record<Capability, keyof Driver>>;

export type Call = (driver: Driver, signal: AbortSignal) => Promise<unknown>;

/** What some methods need that has happened before. */
export type Past = {
  /** An own message that can be taken back. */
  sent: SentMessage;
  /** A received message whose media can be fetched; null where none can. */
  media: IncomingMedia | null;
  /** A friend request's ticket. */
  ticket: string;
};

/** Words of a call that must stay between the gateway and its upstream. */
export const confidential = { text: '机密内容', remark: '机密备注', greeting: '机密问候', name: '机密群名' };

/** The methods of `driver` by name, a send for each type that it announces. */
export function callsOf(driver: Driver, front: Front, bench: Bench, media: MediaServer, past: Past): Map<string, Call> {
  const { friend, other, room, member } = bench.cast();
  const id = (wxid: string): string => front.idOf(wxid);
  const { text, remark, greeting, name } = confidential;
  const calls: [name: string, has: boolean, call: Call][] = [
    ['send', true, (d, signal) => d.send(bench.text(text), signal)],
    ...mediaTypes.map((type): [string, boolean, Call] => [
      `send ${type}`,
      driver.capabilities.includes(capabilityOf(type)),
      (d, signal) => d.send({ ...bench.text(''), content: { type, media: media.media(type) } }, signal),
    ]),
    ['probe', 'probe' in driver, (d, signal) => d.probe!(signal)],
    ['login', 'login' in driver, (d, signal) => Array.fromAsync(d.login!(signal))],
    ['setCallback', 'setCallback' in driver, (d, signal) => d.setCallback!(`${media.url}/机密地址`, signal)],
    [
      'sharedCallback.set',
      driver.sharedCallback?.set !== undefined,
      (d, signal) => d.sharedCallback!.set!(`${media.url}/机密地址`, signal),
    ],
    ['poll', 'poll' in driver, (d, signal) => d.poll!.next(front.self, signal)],
    ['stopClient', 'stopClient' in driver, (d, signal) => d.stopClient!(signal)],
    ['fetchContacts', 'fetchContacts' in driver, (d, signal) => Array.fromAsync(d.fetchContacts!(signal))],
    ['fetchContact', 'fetchContact' in driver, (d, signal) => d.fetchContact!(id(friend), signal)],
    ['fetchMedia', past.media !== null && 'fetchMedia' in driver, (d, signal) => d.fetchMedia!(past.media!, signal)],
    ['fetchAvatar', 'fetchAvatar' in driver, (d, signal) => d.fetchAvatar!(bench.avatarOf(friend, null, null), signal)],
    ['revoke', 'revoke' in driver, (d, signal) => d.revoke!(past.sent, signal)],
    ['setRemark', 'setRemark' in driver, (d, signal) => d.setRemark!(id(friend), remark, signal)],
    ['pin', 'pin' in driver, (d, signal) => d.pin!(id(friend), true, signal)],
    [
      'acceptFriendRequest',
      'acceptFriendRequest' in driver,
      (d, signal) => d.acceptFriendRequest!({ wxid: id(other), name, ticket: past.ticket }, signal),
    ],
    [
      'addFriend',
      'addFriend' in driver,
      (d, signal) => d.addFriend!({ wxid: id(member), roomWxid: id(room) }, greeting, signal),
    ],
    [
      'chatRooms.create',
      'chatRooms' in driver,
      (d, signal) => d.chatRooms!.create([id(friend), id(other)], name, signal),
    ],
    ['chatRooms.invite', 'chatRooms' in driver, (d, signal) => d.chatRooms!.invite(id(room), [id(other)], signal)],
    ['chatRooms.remove', 'chatRooms' in driver, (d, signal) => d.chatRooms!.remove(id(room), [id(member)], signal)],
    ['chatRooms.rename', 'chatRooms' in driver, (d, signal) => d.chatRooms!.rename(id(room), name, signal)],
  ];
  return new Map(calls.filter(([, has]) => has).map(([what, , call]) => [what, call]));
}
