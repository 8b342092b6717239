/**
 * One message that Mojo-Weixin posts. Fields as observed on Mojo-Weixin 1.4.6.
 */
import type { Direction, Millis } from '../../words.ts';
import { DriverError, type Self, type UpstreamContact, type UpstreamMessage } from '../driver.ts';
import { friendKind } from './contacts.ts';
import { type Fields, known, knownName, number, text } from './fields.ts';
import { type Held, decodeMedia } from './media.ts';
import { mentionsIn } from './mentions.ts';
import { messageIdOf } from './message-id.ts';

/** What is known besides the body. */
export type Setting = { self: Self | null; now: Millis };

/**
 * Decodes a message that goes this way. `unknown` says that its post_type is none we know. Throws `DriverError` with
 * BAD_INPUT if it does not tell whom it is with.
 */
export function decodeMessage(
  body: Fields,
  direction: Direction,
  raw: string,
  { self, now }: Setting,
  unknown = false,
): UpstreamMessage {
  const type = known(body['type']);
  const room = type?.startsWith('group_') || (type !== 'friend_message' && known(body['group_id']) !== null);
  const peer = room ? roomPeer(body) : friendPeer(body, direction === 'OUTGOING' ? 'receiver' : 'sender');
  const sender = senderOf(body, direction, peer, self?.wxid ?? null);
  const held = unknown ? unknownHeld(body, known(body['post_type']) ?? '') : heldBy(body, type);
  const { mentions, mentionsMe } =
    room && held.kind === 'TEXT' ? mentionsIn(held.text, body, direction, self) : { mentions: [], mentionsMe: false };
  return {
    upstreamId: messageIdOf(body['id']),
    peer,
    sender,
    direction,
    kind: held.kind,
    text: held.text,
    content: held.content,
    mentions,
    mentionsMe,
    sentAt: timeOf(body['time']) ?? now,
    richness: held.richness ?? 1,
    raw,
  };
}

function roomPeer(body: Fields): UpstreamContact {
  const wxid = known(body['group_id']);
  if (wxid === null) throw nobody();
  const name = text(body['group_name']);
  const displayName = knownName(body['group']);
  return {
    wxid,
    kind: 'CHAT_ROOM',
    ...(name !== null && { name }),
    ...(displayName !== null && { displayName }),
  };
}

/** The other person. Only a received message tells the category; otherwise the kind is told by the id's look. */
function friendPeer(body: Fields, side: 'sender' | 'receiver'): UpstreamContact {
  const wxid = known(body[`${side}_id`]);
  if (wxid === null) throw nobody();
  const name = knownName(body[`${side}_name`]);
  const displayName = knownName(body[side]);
  const remark = text(body[`${side}_markname`]);
  const alias = text(body[`${side}_account`]);
  return {
    wxid,
    kind: friendKind(wxid, side === 'sender' ? body['sender_category'] : undefined),
    ...(name !== null && { name }),
    ...(displayName !== null && { displayName }),
    ...(remark !== null && { remark: known(remark) }),
    ...(alias !== null && { alias: known(alias) }),
  };
}

/**
 * Who wrote it. In a chat room the name is usually empty and the nickname in markname. A notice has no sender: it is the
 * room's.
 */
function senderOf(
  body: Fields,
  direction: Direction,
  peer: UpstreamContact,
  own: string | null,
): UpstreamMessage['sender'] {
  const wxid = known(body['sender_id']) ?? (direction === 'OUTGOING' ? own : null);
  if (wxid === null) {
    if (direction === 'OUTGOING') throw nobody();
    return { wxid: peer.wxid, name: known(peer.name), displayName: peer.displayName ?? null };
  }
  const nickname = peer.kind === 'CHAT_ROOM' ? knownName(body['sender_markname']) : null;
  return { wxid, name: knownName(body['sender_name']) ?? nickname, displayName: knownName(body['sender']) };
}

function heldBy(body: Fields, type: string | null): Held {
  const content = text(body['content']) ?? '';
  if (type === 'group_notice') return { kind: 'SYSTEM', text: content, content: { type: 'System', notice: content } };
  if (type !== null && type !== 'friend_message' && type !== 'group_message') return unknownHeld(body, type);
  const format = known(body['format']) ?? guessFormat(body);
  switch (format) {
    case 'text':
      return { kind: 'TEXT', text: content, content: { type: 'Text', text: content } };
    case 'media':
      return decodeMedia(body, content);
    case 'app':
      return decodeApp(body, content);
    case 'card':
      return decodeCard(body, content);
    case 'revoke': {
      const notice = inner(content);
      const revokedUpstreamId = messageIdOf(body['revoke_id']);
      return { kind: 'REVOKE', text: notice, content: { type: 'Revoke', revokedUpstreamId, notice } };
    }
    case 'payment':
      return { kind: 'TRANSFER', text: content, content: { type: 'System', notice: inner(content) } };
    default:
      return unknownHeld(body, format);
  }
}

/** Older versions post no format. */
function guessFormat(body: Fields): string {
  const has = (...names: string[]): boolean => names.some((name) => known(body[name]) !== null);
  if (has('revoke_id')) return 'revoke';
  if (has('media_id', 'media_path')) return 'media';
  if (has('card_id', 'card_name')) return 'card';
  return has('app_url', 'app_title') ? 'app' : 'text';
}

function decodeApp(body: Fields, content: string): Held {
  const title = known(body['app_title']);
  const description = known(body['app_desc']);
  const url = known(body['app_url']);
  const readable = [title, description, url].filter((line) => line !== null).join('\n');
  return {
    kind: 'LINK',
    text: readable === '' ? content : `[链接] ${readable}`,
    content: {
      type: 'Link',
      title,
      description,
      url,
      appName: known(body['app_name']),
      appId: known(body['app_id']),
      thumbnailUrl: null,
    },
  };
}

function decodeCard(body: Fields, content: string): Held {
  const name = knownName(body['card_name']);
  return {
    kind: 'CARD',
    text: name === null ? content : `[名片] ${name}`,
    content: { type: 'Card', wxid: known(body['card_id']), name, avatarUrl: known(body['card_avatar']) },
  };
}

function unknownHeld(body: Fields, upstreamType: string): Held {
  const content = text(body['content']) ?? '';
  return {
    kind: 'UNKNOWN',
    text: content === '' ? `[${upstreamType.slice(0, 100)}]` : content,
    content: { type: 'Unknown', upstreamType: upstreamType.slice(0, 100) },
  };
}

/** What stands in the brackets of `[撤回消息](…)`; all of it where there are none. */
function inner(content: string): string {
  return /^\[[^\]\n]{1,20}\]\(([^]*)\)$/.exec(content)?.[1] ?? content;
}

/** Seconds since 1970, as a number or as text. */
function timeOf(value: unknown): number | null {
  const seconds = number(value);
  return seconds !== null && seconds > 0 && seconds < 1e11 ? Math.round(seconds * 1000) : null;
}

function nobody(): DriverError {
  return new DriverError('BAD_INPUT', 'the message does not tell whom it is with', { certain: true, retry: false });
}
