/** What one message holds, by its msgtype. */
import type { MessageContent, MessageKind } from '../../words.ts';
import { appMessage } from './app-message.ts';
import { type Fields, known } from './fields.ts';
import type { MediaBytes } from '../media.ts';
import { type MediaKind, isFetchable, mediaFacts, mediaLabels } from './media.ts';
import { bytesIn } from './media-bytes.ts';
import { type Xml, attributeOf, find, readXml, textAt } from './xml.ts';

/** What a message holds, and how much that tells. */
export type Held = {
  kind: MessageKind;
  text: string;
  content: MessageContent;
  richness: number;
  bytes?: MediaBytes | 'FETCHABLE';
};

/** 4 is what the hook calls a video that this computer sends. */
const mediaTypes: ReadonlyMap<string, MediaKind> = new Map([
  ['3', 'IMAGE'],
  ['34', 'VOICE'],
  ['43', 'VIDEO'],
  ['62', 'VIDEO'],
  ['4', 'VIDEO'],
  ['47', 'EMOJI'],
]);

/**
 * What an element of msglist holds. `msg` is its text without the sender that a chat room's text may begin with;
 * `canDownload`: the build serves what it downloads.
 */
export function heldBy(element: Fields, msg: string, canDownload: boolean): Held {
  const type = known(element, 'msgtype') ?? '';
  const revoked = known(element, 'revoke_msg');
  const xml = type !== '1' && msg.includes('<') ? readXml(msg) : null;
  if (revoked !== null || type === '44') return revoke(xml, revoked ?? msg);
  const media = mediaTypes.get(type);
  if (media !== undefined) return mediaMessage(media, element, xml, canDownload);
  switch (type) {
    case '1':
      return { kind: 'TEXT', text: msg, content: { type: 'Text', text: msg }, richness: 1 };
    case '37':
      return friendRequest(xml);
    case '40':
    case '42':
      return card(xml);
    case '48':
      return location(xml);
    case '49':
      // What this computer sends has the file's name in place of XML.
      if (known(element, 'file_path') !== null && find(xml, 'appmsg') === null) return sentFile(element, msg);
      return appMessage(element, xml, canDownload) ?? unknown(type, msg);
    case '50':
    case '52':
    case '53':
      return notice('CALL', textAt(find(xml, 'VoIPBubbleMsg'), 'msg') ?? (xml === null && msg !== '' ? msg : '[通话]'));
    case '9999':
    case '10000':
      return notice('SYSTEM', msg === '' ? '[系统消息]' : msg);
    case '10002':
      return revokeOf(xml) === null ? notice('SYSTEM', systemText(xml, msg)) : revoke(xml, null);
    default:
      return unknown(type, msg);
  }
}

export function mediaMessage(kind: MediaKind, element: Fields, xml: Xml | null, canDownload: boolean): Held {
  const media = mediaFacts(kind, element, xml);
  const text = media.name === null ? mediaLabels[kind] : `${mediaLabels[kind]} ${media.name}`;
  const held = bytesIn(kind, element);
  const bytes = held ?? (isFetchable(kind, xml, canDownload) ? 'FETCHABLE' : null);
  // A voice always comes whole. Other bytes are more than what a post without them may tell later.
  const richness = held !== null && kind !== 'VOICE' ? 4 : media.upstreamPath === null ? 1 : 2;
  return { kind, text, content: { type: 'Media', media }, richness, ...(bytes !== null && { bytes }) };
}

export function notice(kind: MessageKind, words: string): Held {
  return { kind, text: words, content: { type: 'System', notice: words }, richness: 1 };
}

function sentFile(element: Fields, msg: string): Held {
  const media = { ...mediaFacts('FILE', element, null), ...(msg !== '' && { name: msg }) };
  const bytes = bytesIn('FILE', element);
  const content: MessageContent = { type: 'Media', media };
  return { kind: 'FILE', text: `${mediaLabels.FILE} ${msg}`, content, richness: 2, ...(bytes !== null && { bytes }) };
}

function revoke(xml: Xml | null, words: string | null): Held {
  const told = revokeOf(xml);
  const shown = textAt(told, 'replacemsg') ?? words;
  return {
    kind: 'REVOKE',
    text: shown ?? '撤回了一条消息',
    content: { type: 'Revoke', revokedUpstreamId: textAt(told, 'newmsgid'), notice: shown },
    richness: 1,
  };
}

function revokeOf(xml: Xml | null): Xml | null {
  return xml?.name === 'revokemsg' ? xml : find(xml, 'revokemsg');
}

/** The ticket holds all that VerifyFriend wants back: v3, v4 and the way by which they came. */
function friendRequest(xml: Xml | null): Held {
  const wxid = attributeOf(xml, 'fromusername');
  const name = attributeOf(xml, 'fromnickname');
  const greeting = attributeOf(xml, 'content');
  const v3 = attributeOf(xml, 'encryptusername');
  const v4 = attributeOf(xml, 'ticket');
  const ticket = v3 === null && v4 === null ? null : JSON.stringify({ v3, v4, scene: attributeOf(xml, 'scene') });
  const readable = [name ?? wxid, greeting].filter((part) => part !== null).join('：');
  return {
    kind: 'FRIEND_REQUEST',
    text: `[好友请求] ${readable}`,
    content: { type: 'FriendRequest', wxid, name, greeting, ticket },
    richness: 1,
  };
}

function card(xml: Xml | null): Held {
  const wxid = attributeOf(xml, 'username');
  const name = attributeOf(xml, 'nickname');
  const avatarUrl = attributeOf(xml, 'bigheadimgurl', 'smallheadimgurl');
  return {
    kind: 'CARD',
    text: `[名片] ${name ?? wxid ?? ''}`.trimEnd(),
    content: { type: 'Card', wxid, name, avatarUrl },
    richness: 1,
  };
}

function location(xml: Xml | null): Held {
  const place = find(xml, 'location');
  const label = [attributeOf(place, 'poiname'), attributeOf(place, 'label')]
    .filter((part) => part !== null && part !== '[位置]')
    .join(' ');
  return {
    kind: 'LOCATION',
    text: `[位置] ${label}`.trimEnd(),
    content: {
      type: 'Location',
      latitude: degrees(attributeOf(place, 'x')),
      longitude: degrees(attributeOf(place, 'y')),
      label: label === '' ? null : label,
    },
    richness: 1,
  };
}

function degrees(value: string | null): number | null {
  const parsed = Number(value);
  return value === null || !Number.isFinite(parsed) ? null : parsed;
}

/** What a person would read of a notice that is a template with its names elsewhere, or a pat. */
function systemText(xml: Xml | null, msg: string): string {
  const template =
    textAt(xml, 'sysmsgtemplate', 'content_template', 'plain') ??
    textAt(xml, 'sysmsgtemplate', 'content_template', 'template') ??
    textAt(xml, 'pat', 'template');
  return template ?? (xml === null && msg !== '' ? msg : '[系统消息]');
}

function unknown(type: string, msg: string): Held {
  const upstreamType = `msgtype ${type}`.slice(0, 100);
  return {
    kind: 'UNKNOWN',
    text: msg === '' ? `[${upstreamType}]` : msg,
    content: { type: 'Unknown', upstreamType },
    richness: 1,
  };
}
