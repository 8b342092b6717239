/**
 * The events that Mojo-Weixin posts. Names and parameters as documented; what 1.4.6 really sends is said where it differs.
 */
import { DriverError, type DriverEvent, type UpstreamContact } from '../driver.ts';
import { friendOf, memberOf, roomOf, selfOf, sexOf } from './contacts.ts';
import type { Setting } from './decode-message.ts';
import { type Fields, fields, known, knownId, knownName, number, text } from './fields.ts';
import { qrCodeOf, stateOf } from './states.ts';

type Decoder = (params: readonly unknown[], raw: string, setting: Setting) => DriverEvent[];

const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['login', decodeLogin],
  ['stop', () => [{ type: 'state', state: 'STOPPED', reason: 'the program has stopped' }]],
  ['state_change', decodeStateChange],
  ['input_qrcode', decodeQrCode],
  ['new_friend', (params) => [{ type: 'contact', change: 'ADDED', contact: made(friendOf, params[0]) }]],
  ['lose_friend', (params) => [{ type: 'contact', change: 'REMOVED', contact: made(friendOf, params[0]) }]],
  ['new_group', (params) => [{ type: 'contact', change: 'ADDED', contact: made(roomOf, params[0]) }]],
  ['lose_group', (params) => [{ type: 'contact', change: 'REMOVED', contact: made(roomOf, params[0]) }]],
  ['new_group_member', (params) => decodeMember('MEMBER_JOINED', params)],
  ['lose_group_member', (params) => decodeMember('MEMBER_LEFT', params)],
  ['friend_property_change', (params) => decodeProperty(params, made(friendOf, params[0]))],
  ['group_property_change', (params) => decodeProperty(params, made(roomOf, params[0]))],
  ['group_member_property_change', decodeMemberProperty],
  ['user_property_change', (params) => [{ type: 'self', self: made(selfOf, params[0]) }]],
  ['update_user', (params) => [{ type: 'self', self: made(selfOf, params[0]) }]],
  ['update_friend', decodeFriends],
  ['update_group', decodeRooms],
  ['friend_request', decodeFriendRequest],
]);

/** Decodes a body of post_type event. Throws `DriverError` with BAD_INPUT where the objects of a known event are missing. */
export function decodeEvent(body: Fields, raw: string, setting: Setting): DriverEvent[] {
  const name = known(body['event']) ?? '';
  const params: readonly unknown[] = Array.isArray(body['params']) ? body['params'] : [];
  const decoder = decoders.get(name);
  return decoder?.(params, raw, setting) ?? [{ type: 'skipped', what: `event ${name.slice(0, 40)}`, raw }];
}

/** 1 after a QR code, when all ids are new, 0 by cookie, -1 and a text for a login that failed. Contacts are read next. */
function decodeLogin([how, why]: readonly unknown[]): DriverEvent[] {
  const result = number(how);
  if (result !== null && result < 0) {
    return [{ type: 'state', state: 'OFFLINE', reason: `the login failed: ${text(why) ?? 'no reason told'}` }];
  }
  const reason = result === 0 ? 'logged in again without a QR code' : 'logged in by QR code';
  return [{ type: 'state', state: 'UPDATING', reason }];
}

function decodeStateChange([, to]: readonly unknown[], raw: string): DriverEvent[] {
  const word = text(to);
  const state = stateOf(word);
  if (state === null) return [{ type: 'skipped', what: `state ${(word ?? '').slice(0, 40)}`, raw }];
  return [{ type: 'state', state, reason: `the program says ${word}` }];
}

/**
 * A flat list of path and picture; the third parameter, with UploadQRcode, is where the picture was uploaded to, not what
 * it encodes. It comes before the change to scaning, which has no picture, and again at each renewal.
 */
function decodeQrCode([, picture]: readonly unknown[]): DriverEvent[] {
  const qrCode = qrCodeOf(text(picture));
  return [{ type: 'state', state: 'SCANNING', reason: 'a QR code waits for the phone', ...(qrCode && { qrCode }) }];
}

function decodeMember(change: 'MEMBER_JOINED' | 'MEMBER_LEFT', [member, room]: readonly unknown[]): DriverEvent[] {
  return [{ type: 'member', change, room: optional(roomOf, room), member: made(memberOf, member) }];
}

/** 1.4.6 names the member alone, and not the chat room. */
function decodeMemberProperty([member, property, from, to, room]: readonly unknown[]): DriverEvent[] {
  if (isUnchanged(property, from, to)) return [{ type: 'skipped', what: 'property without a change' }];
  return [
    {
      type: 'member',
      change: 'MEMBER_UPDATED',
      room: optional(roomOf, room),
      member: made(memberOf, member),
      ...detail(property, from, to),
    },
  ];
}

function decodeProperty([, property, from, to]: readonly unknown[], contact: UpstreamContact): DriverEvent[] {
  if (isUnchanged(property, from, to)) return [{ type: 'skipped', what: 'property without a change' }];
  return [{ type: 'contact', change: 'UPDATED', contact, ...detail(property, from, to) }];
}

/** Never empty in truth, as filehelper is among the friends; an empty list would take all contacts away. */
function decodeFriends(params: readonly unknown[]): DriverEvent[] {
  const contacts = objects(params, friendOf);
  if (contacts.length === 0) return [{ type: 'skipped', what: 'update_friend without friends' }];
  return [{ type: 'contacts', kinds: ['FRIEND', 'OFFICIAL_ACCOUNT', 'OTHER'], contacts }];
}

function decodeRooms(params: readonly unknown[]): DriverEvent[] {
  const contacts = objects(params, roomOf);
  return [{ type: 'contacts', kinds: ['CHAT_ROOM'], contacts }];
}

/**
 * The conversation is fmessage (朋友推荐消息), where WeChat itself shows requests: all of them in one place, whereas the
 * requester is no contact yet and its id is gone after the next login. The requester is the sender.
 */
function decodeFriendRequest(
  [id, displayName, words, ticket]: readonly unknown[],
  raw: string,
  { now }: Setting,
): DriverEvent[] {
  const wxid = known(id);
  const name = knownName(displayName);
  const greeting = known(words);
  const readable = [name ?? wxid, greeting].filter((part) => part !== null).join('：');
  return [
    {
      type: 'message',
      message: {
        upstreamId: null,
        peer: { wxid: 'fmessage', kind: 'OTHER', name: '朋友推荐消息' },
        sender: { wxid: wxid ?? 'fmessage', name, displayName: null },
        direction: 'INCOMING',
        kind: 'FRIEND_REQUEST',
        text: `[好友请求] ${readable}`,
        content: { type: 'FriendRequest', wxid, name, greeting, ticket: known(ticket) },
        mentions: [],
        mentionsMe: false,
        sentAt: now,
        richness: 1,
        raw,
      },
    },
  ];
}

/** A sync writes male as 1 and an absent uid as 0, and reports that as a change. */
function isUnchanged(property: unknown, from: unknown, to: unknown): boolean {
  if (property === 'sex') return sexOf(from ?? '') === sexOf(to ?? '');
  return property === 'uid' ? knownId(from) === knownId(to) : (text(from) ?? '') === (text(to) ?? '');
}

function detail(
  property: unknown,
  from: unknown,
  to: unknown,
): { property: string; from: string | null; to: string | null } {
  return { property: text(property) ?? '', from: text(from), to: text(to) };
}

/** What a list holds, whether it is flat, as 1.4.6 posts it, or one parameter, as the documentation has it. */
function objects<Thing>(params: readonly unknown[], make: (wire: Fields) => Thing | null): Thing[] {
  return params
    .flat()
    .map((value) => optional(make, value))
    .filter((thing) => thing !== null);
}

function made<Thing>(make: (wire: Fields) => Thing | null, value: unknown): Thing {
  const thing = optional(make, value);
  if (thing !== null) return thing;
  throw new DriverError('BAD_INPUT', 'the event lacks the object that it is about', { certain: true, retry: false });
}

function optional<Thing>(make: (wire: Fields) => Thing | null, value: unknown): Thing | null {
  const wire = fields(value);
  return wire === null ? null : make(wire);
}
