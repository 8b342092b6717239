/**
 * What a message holds, by the last three digits of its messageType; they mean the same with 60 (private) and 80 (chat
 * room) before them. All but text is WeChat's own XML in `content`.
 */
import type { MediaFacts, MessageContent, MessageKind } from '../../words.ts';
import { type AppText, decodeApp } from './content-app.ts';
import { type Fields, known, messageIdOf, number, text } from './fields.ts';
import { decimalId } from '../../lossless-json.ts';
import { type Element, attribute, find, readXml, textAt } from './xml.ts';

/** What a message holds, and how much that tells. */
export type Held = { kind: MessageKind; text: string; content: MessageContent; richness?: number };

type Decoder = (data: Fields, xml: Element, content: string) => Held;

const app =
  (label: string, kind?: MessageKind): Decoder =>
  (_, xml, content) =>
    decodeApp(xml, content, { label, ...(kind && { kind }) } satisfies AppText);

const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['001', (_data, _xml, content) => ({ kind: 'TEXT', text: content, content: { type: 'Text', text: content } })],
  ['002', decodeImage],
  ['003', decodeVideo],
  ['004', decodeVoice],
  ['005', decodeCard],
  ['006', decodeEmoji],
  ['007', app('[链接]')],
  // The file is only announced; it can be fetched after 009.
  ['008', (data, xml) => decodeFile(data, xml, 1)],
  ['009', (data, xml) => decodeFile(data, xml, 2)],
  ['010', app('[小程序]', 'MINI_PROGRAM')],
  ['011', app('[聊天记录]')],
  ['012', (_, xml, content) => noticed('CALL', '[语音通话]', callWords(xml, content))],
  ['013', (_, xml, content) => noticed('CALL', '[语音通话]', callWords(xml, content) ?? '已挂断')],
  ['014', decodeQuote],
  ['015', (_, xml) => noticed('TRANSFER', '[转账]', paymentWords(xml))],
  ['016', (_, xml) => noticed('RED_PACKET', '[红包]', paymentWords(xml))],
  ['017', app('[视频号]')],
  ['018', decodeRevoke],
  ['019', decodePat],
  ['020', decodeLocation],
  ['021', app('[音乐]')],
  ['022', app('[群邀请]')],
]);

/** Decodes what a message of this type holds; what is not known is kept as UNKNOWN. */
export function heldBy(code: string, data: Fields): Held {
  const content = text(data['content']) ?? '';
  const decoder = /^[68]0/.test(code) ? decoders.get(code.slice(2)) : undefined;
  return decoder?.(data, readXml(content), content) ?? unknownHeld(code, content);
}

function unknownHeld(code: string, content: string): Held {
  const readable = content.trimStart().startsWith('<') ? (textAt(readXml(content), 'title') ?? '') : content;
  return {
    kind: 'UNKNOWN',
    text: readable === '' ? `[${code}]` : readable,
    content: { type: 'Unknown', upstreamType: code },
  };
}

/** A grey line, or a kind that has no content of its own. */
export function noticed(kind: MessageKind, label: string, words: string | null): Held {
  const notice = words ?? label;
  return {
    kind,
    text: words === null || kind === 'SYSTEM' ? notice : `${label} ${words}`,
    content: { type: 'System', notice },
  };
}

function media(kind: MessageKind, label: string, facts: Partial<MediaFacts>, richness?: number): Held {
  const whole: MediaFacts = {
    name: null,
    mime: null,
    size: null,
    width: null,
    height: null,
    durationMs: null,
    upstreamPath: null,
    upstreamMediaId: null,
    ...facts,
  };
  return {
    kind,
    text: whole.name === null ? label : `${label} ${whole.name}`,
    content: { type: 'Media', media: whole },
    ...(richness !== undefined && { richness }),
  };
}

/** E云 fetches media by the message's short id (and its XML, which `raw` keeps). */
function fetchId(data: Fields): string | null {
  return known(data['msgId']) ?? messageIdOf(data);
}

function decodeImage(data: Fields, xml: Element): Held {
  const img = find(xml, 'img');
  return media('IMAGE', '[图片]', {
    size: number(attribute(img, 'hdlength'), attribute(img, 'length'), data['length']),
    upstreamMediaId: fetchId(data),
  });
}

function decodeVideo(data: Fields, xml: Element): Held {
  const video = find(xml, 'videomsg');
  const seconds = number(attribute(video, 'playlength'));
  return media('VIDEO', '[视频]', {
    size: number(attribute(video, 'length'), data['length']),
    durationMs: seconds === null ? null : seconds * 1000,
    upstreamMediaId: fetchId(data),
  });
}

function decodeVoice(data: Fields, xml: Element): Held {
  const voice = find(xml, 'voicemsg');
  return media('VOICE', '[语音]', {
    size: number(attribute(voice, 'length'), data['length']),
    durationMs: number(attribute(voice, 'voicelength'), data['voiceLength']),
    upstreamMediaId: fetchId(data),
  });
}

/** sendEmoji wants the md5 and the size. */
function decodeEmoji(data: Fields, xml: Element): Held {
  const emoji = find(xml, 'emoji');
  return media('EMOJI', '[表情]', {
    size: number(attribute(emoji, 'len'), data['length']),
    width: number(attribute(emoji, 'width')),
    height: number(attribute(emoji, 'height')),
    upstreamMediaId: known(attribute(emoji, 'md5'), data['md5']) ?? fetchId(data),
  });
}

function decodeFile(data: Fields, xml: Element, richness: number): Held {
  const name = known(textAt(xml, 'appmsg', 'title'), data['title']);
  const size = number(textAt(xml, 'appattach', 'totallen'), data['length']);
  return media('FILE', '[文件]', { name, size, upstreamMediaId: fetchId(data) }, richness);
}

function decodeCard(_: Fields, xml: Element): Held {
  const card = find(xml, 'msg');
  const name = attribute(card, 'nickname');
  const avatarUrl = attribute(card, 'bigheadimgurl') ?? attribute(card, 'smallheadimgurl');
  return {
    kind: 'CARD',
    text: name === null ? '[名片]' : `[名片] ${name}`,
    content: { type: 'Card', wxid: attribute(card, 'username'), name, avatarUrl },
  };
}

function decodeLocation(_: Fields, xml: Element): Held {
  const place = find(xml, 'location');
  const names = [attribute(place, 'poiname'), attribute(place, 'label')].filter((name) => name !== null);
  const label = names.length === 0 ? null : [...new Set(names)].join(' ');
  return {
    kind: 'LOCATION',
    text: label === null ? '[位置]' : `[位置] ${label}`,
    content: {
      type: 'Location',
      latitude: number(attribute(place, 'x')),
      longitude: number(attribute(place, 'y')),
      label,
    },
  };
}

function decodeQuote(_: Fields, xml: Element, content: string): Held {
  const words = textAt(xml, 'appmsg', 'title') ?? content;
  const quoted = find(xml, 'refermsg');
  const quotedUpstreamId = quoted === null ? null : decimalId(textAt(quoted, 'svrid'));
  return {
    kind: 'QUOTE',
    text: words,
    content: {
      type: 'Quote',
      text: words,
      quotedUpstreamId: quotedUpstreamId === '0' ? null : quotedUpstreamId,
      quotedText: quoted === null ? null : quotedTextOf(quoted),
    },
  };
}

/** What is quoted stands inside as text: words, or the XML of another message. */
function quotedTextOf(quoted: Element): string | null {
  const content = textAt(quoted, 'content');
  if (content === null || !content.startsWith('<')) return content;
  return textAt(readXml(content), 'title');
}

function decodeRevoke(data: Fields, xml: Element, content: string): Held {
  const revoked = find(xml, 'revokemsg', 'newmsgid') ?? find(xml, 'newmsgid');
  const words = textAt(xml, 'replacemsg') ?? (xml.children.length === 0 ? known(content, data['title']) : null);
  const revokedUpstreamId = decimalId(revoked?.text) ?? decimalId(textAt(xml, 'revokemsg', 'msgid'));
  return {
    kind: 'REVOKE',
    text: words ?? '[撤回消息]',
    content: { type: 'Revoke', revokedUpstreamId, notice: words },
  };
}

/** `"${wxid_…}" 拍了拍我`: ids stand where WeChat shows names, which are not told. */
function decodePat(_: Fields, xml: Element, content: string): Held {
  const template = textAt(xml, 'pat', 'template') ?? textAt(xml, 'template') ?? textAt(xml, 'title');
  const words = template ?? (xml.children.length === 0 ? known(content) : null);
  return noticed('SYSTEM', '[拍一拍]', words === null ? null : words.replaceAll(/\$\{([^{}$]{1,80})\}/g, '$1'));
}

function paymentWords(xml: Element): string | null {
  const parts = [
    textAt(xml, 'wcpayinfo', 'feedesc') ?? textAt(xml, 'wcpayinfo', 'sendertitle'),
    textAt(xml, 'wcpayinfo', 'pay_memo') ?? textAt(xml, 'wcpayinfo', 'receivertitle'),
  ];
  const words = [...new Set(parts.filter((part) => part !== null))].join(' ');
  return words === '' ? textAt(xml, 'appmsg', 'title') : words;
}

function callWords(xml: Element, content: string): string | null {
  return (
    textAt(xml, 'VoIPBubbleMsg', 'msg') ?? textAt(xml, 'wording') ?? (xml.children.length === 0 ? known(content) : null)
  );
}
