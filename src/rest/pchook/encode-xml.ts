/** What stands in `msg`: a text as it is, anything else as the XML that WeChat makes of it, as far as its content is known. */
import { showId } from '../../resolvers/ids.ts';
import type { Loaders } from '../../resolvers/load.ts';
import type { Message } from '../../resolvers/messages/read-messages.ts';
import type { MediaFacts, MessageContent } from '../../words.ts';

type Content<Type extends MessageContent['type']> = Extract<MessageContent, { type: Type }>;

/** `peer` is the conversation, as it is shown. */
export async function encodeXml(loaders: Loaders, message: Message, peer: string): Promise<string> {
  const { content } = message;
  switch (content.type) {
    case 'Media':
      return mediaXml(message, await factsOf(loaders, message, content.media));
    case 'Card':
      return tag('msg', { username: content.wxid, nickname: content.name, bigheadimgurl: content.avatarUrl, sex: '0' });
    case 'Location':
      return locationXml(content);
    case 'Link':
      return linkXml(message, content);
    case 'Quote':
      return quoteXml(content);
    case 'FriendRequest':
      return friendRequestXml(message, content);
    case 'Revoke':
      return revokeXml(content, message.text, peer);
    case 'System':
      return noticeXml(message, content.notice);
    default:
      return message.text;
  }
}

/** Facts of the file where the gateway has it, else as the upstream told them. */
async function factsOf(loaders: Loaders, { seq }: Message, told: MediaFacts): Promise<MediaFacts> {
  const media = await loaders.mediaOfMessage.load(seq);
  return media === null ? told : { ...told, size: media.size, durationMs: media.durationMs, name: media.name };
}

function mediaXml(message: Message, { name, size, durationMs, width, height }: MediaFacts): string {
  const length = size ?? '';
  const md5 = digestOf(message.seq);
  const seconds = durationMs === null ? '' : Math.ceil(durationMs / 1000);
  switch (message.kind) {
    case 'IMAGE':
      return `<?xml version="1.0"?>\n<msg>\n\t${tag('img', { length, md5 })}\n</msg>\n`;
    case 'VOICE':
      return `<msg>${tag('voicemsg', { endflag: '1', voiceformat: '4', voicelength: durationMs ?? '', length, clientmsgid: md5 })}</msg>`;
    case 'VIDEO':
      return `<?xml version="1.0"?>\n<msg>\n\t${tag('videomsg', { length, playlength: seconds, md5 })}\n</msg>\n`;
    case 'EMOJI':
      return `<msg>${tag('emoji', { type: '2', md5, len: length, width: width ?? '', height: height ?? '' })}</msg>`;
    default:
      return appXml('6', name, `<appattach>${element('totallen', String(length))}</appattach>${element('md5', md5)}`);
  }
}

/** What looks like the digest of a file, and is this message's alone. */
export function digestOf(seq: Message['seq']): string {
  return seq.toString(16).padStart(32, '0');
}

function locationXml({ latitude, longitude, label }: Content<'Location'>): string {
  return `<?xml version="1.0"?>\n<msg>\n\t${tag('location', { x: latitude, y: longitude, label, poiname: '' })}\n</msg>\n`;
}

function linkXml({ kind }: Message, content: Content<'Link'>): string {
  const { title, description, url, appName, appId, thumbnailUrl } = content;
  const inside = element('des', description) + element('url', url) + element('thumburl', thumbnailUrl);
  const isMiniProgram = kind === 'MINI_PROGRAM';
  const program = isMiniProgram ? `<weappinfo>${element('appid', appId)}</weappinfo>` : '';
  const info = `<appinfo>${element('appname', appName)}</appinfo>`;
  return appXml(isMiniProgram ? '33' : '5', title, inside + program, info, appId);
}

function quoteXml({ text, quotedUpstreamId, quotedText }: Content<'Quote'>): string {
  const referred = `<type>1</type>${element('svrid', quotedUpstreamId)}${element('content', quotedText)}`;
  return appXml('57', text, `<refermsg>${referred}</refermsg>`);
}

/** The number of the message is what VerifyFriend has to give back. */
function friendRequestXml({ seq }: Message, { wxid, name, greeting }: Content<'FriendRequest'>): string {
  const ticket = showId('message', seq);
  const request = { fromusername: wxid, encryptusername: wxid, fromnickname: name, content: greeting, ticket };
  return tag('msg', { ...request, scene: '3', sex: '0' });
}

function revokeXml({ revokedUpstreamId, notice }: Content<'Revoke'>, text: string, session: string): string {
  const id = element('msgid', revokedUpstreamId) + element('newmsgid', revokedUpstreamId);
  const words = `<replacemsg><![CDATA[${(notice ?? text).replaceAll(']]>', ']] >')}]]></replacemsg>`;
  return `<sysmsg type="revokemsg"><revokemsg>${element('session', session)}${id}${words}</revokemsg></sysmsg>`;
}

/** Money is told as a message of an app, everything else in plain words. */
function noticeXml({ kind }: Message, notice: string): string {
  if (kind !== 'TRANSFER' && kind !== 'RED_PACKET') return notice;
  return appXml(kind === 'TRANSFER' ? '2000' : '2001', notice.replace(/^\[[^\]]*\]\s*/, ''), '');
}

function appXml(type: string, title: string | null, inside: string, behind = '', appId: string | null = ''): string {
  const open = `<appmsg appid="${escape(appId ?? '')}" sdkver="0">`;
  const app = `${open}${element('title', title)}${element('type', type)}${inside}</appmsg>${behind}`;
  return `<?xml version="1.0"?>\n<msg>\n\t${app}\n</msg>\n`;
}

function tag(name: string, attributes: Readonly<Record<string, string | number | null>>): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(String(value ?? ''))}"`);
  return `<${name}${written.join('')} />`;
}

function element(name: string, text: string | null): string {
  return `<${name}>${escape(text ?? '')}</${name}>`;
}

/** Control characters that no XML may have are left out. */
function escape(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
