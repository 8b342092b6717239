/** One message that E云 posts: whom it is with, who wrote it, whom it mentions. */
import type { Direction } from '../../words.ts';
import type { Self, UpstreamContact, UpstreamMessage } from '../driver.ts';
import { decimalId } from '../../lossless-json.ts';
import { isRoomId, kindOf } from './contacts.ts';
import { type Held, heldBy } from './content.ts';
import { decodeArticle } from './content-article.ts';
import type { Body } from './decode.ts';
import { type Fields, known, messageIdOf, text, texts, timeOf } from './fields.ts';
import { mediaCallOf } from './media-call.ts';
import { readXml, textAt } from './xml.ts';

/** Everybody in a chat room, as a mention. */
const everybody = 'notify@all';

/** Whether a body tells who wrote something to whom. */
export function isMessage({ data, wcId }: Body): boolean {
  if (known(data['fromUser'], data['fromGroup']) === null || peerOf(data, wcId) === null) return false;
  return messageIdOf(data) !== null || known(data['content']) !== null;
}

/** A file whose sending has begun. */
const announced = /^[68]0008$/;
/** The type of WeChat's own placeholder for a file that is being sent. */
const placeholder = '74';

/**
 * A file that WeChat announces is whole in a later message with an id of its own, which names the announced one. Both are
 * told, so that nothing is missing where the second never comes; they are joined by that name.
 */
function announcementOf(
  code: string,
  { content }: Held,
  data: Fields,
): Pick<UpstreamMessage, 'richness' | 'announcedAs'> {
  if (content.type !== 'Media') return { richness: 1 };
  const xml = readXml(text(data['content']) ?? '');
  if (announced.test(code) && textAt(xml, 'appmsg', 'type') === placeholder) return { richness: 0 };
  const announcedAs = decimalId(textAt(xml, 'appattach', 'overwrite_newmsgid'));
  return { richness: 1, ...(announcedAs !== null && announcedAs !== '0' && { announcedAs }) };
}

/** Decodes a body of which `isMessage` says that it is one. */
export function decodeMessage(body: Body, self: Self | null): UpstreamMessage {
  const { code, data, wcId, raw, now } = body;
  const peer = peerOf(data, wcId) ?? { wxid: wcId, kind: kindOf(wcId) };
  const direction = directionOf(data, wcId);
  const held = code === '90001' ? decodeArticle(data) : heldBy(code, data);
  const told = announcementOf(code, held, data);
  return {
    upstreamId: idOf(data, held),
    peer,
    sender: senderOf(data, wcId, direction, peer, self),
    direction,
    kind: held.kind,
    text: held.text,
    content: held.content,
    ...mentionsOf(data, peer, direction, wcId),
    sentAt: timeOf(data['timestamp'], data['createTime']) ?? now,
    ...told,
    richness: told.richness === 0 ? 0 : (held.richness ?? 1),
    raw,
    ...(isFetchable(code, held, data) && { bytes: 'FETCHABLE' }),
  };
}

/** A file can be fetched only when it has been sent. */
function isFetchable(code: string, held: Held, data: Fields): boolean {
  return held.content.type === 'Media' && !announced.test(code) && mediaCallOf(held.kind, data) !== null;
}

/** A notice that says under the id of the message that it takes back is no second copy of that message. */
function idOf(data: Fields, { content }: Held): string | null {
  const id = messageIdOf(data);
  return content.type === 'Revoke' && content.revokedUpstreamId === id ? null : id;
}

export function directionOf(data: Fields, wcId: string): Direction {
  const { self, fromUser } = data;
  const isOwn = self === true || self === 1 || self === 'true' || self === '1' || fromUser === wcId;
  return isOwn ? 'OUTGOING' : 'INCOMING';
}

/** The chat room, wherever it stands; else the other person. */
export function peerOf(data: Fields, wcId: string): UpstreamContact | null {
  const [group, from, to] = [data['fromGroup'], data['fromUser'], data['toUser']].map((value) => known(value));
  const room = group ?? [from, to].find((one) => one !== null && one !== undefined && isRoomId(one));
  const other = room ?? (directionOf(data, wcId) === 'OUTGOING' ? to : from);
  return other === null || other === undefined ? null : { wxid: other, kind: kindOf(other) };
}

function senderOf(
  data: Fields,
  wcId: string,
  direction: Direction,
  peer: UpstreamContact,
  self: Self | null,
): UpstreamMessage['sender'] {
  if (direction === 'OUTGOING') return { wxid: wcId, name: self?.name ?? null, displayName: null };
  const name = known(data['nickName']);
  return { wxid: known(data['fromUser']) ?? peer.wxid, name, displayName: null };
}

function mentionsOf(
  data: Fields,
  peer: UpstreamContact,
  direction: Direction,
  wcId: string,
): Pick<UpstreamMessage, 'mentions' | 'mentionsMe'> {
  const listed = peer.kind === 'CHAT_ROOM' ? texts(data['atlist'] ?? data['atList']) : [];
  // A phone writes everybody as 所有人, with a list of all members.
  const all = listed.length > 0 && /@所有人(?:\u2005|\s|$)/.test(text(data['content']) ?? '');
  const mentions = [...new Set(all ? [...listed, everybody] : listed)];
  const mentionsMe = direction === 'INCOMING' && (mentions.includes(wcId) || mentions.includes(everybody));
  return { mentions, mentionsMe };
}
