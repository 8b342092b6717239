/**
 * What a message holds as E云 tells it: the last three digits of its messageType, its `content`, and the fields beside it that
 * clients read. All but text is WeChat's own XML.
 */
import { showId } from '../../resolvers/ids.ts';
import type { Message } from '../../resolvers/messages/read-messages.ts';
import type { MediaFacts, MessageContent, MessageKind } from '../../words.ts';
import { element, textElement } from './xml.ts';

type Of<Type extends MessageContent['type']> = Extract<MessageContent, { type: Type }>;
type Facts = Pick<MediaFacts, 'name' | 'size' | 'width' | 'height' | 'durationMs' | 'upstreamMediaId'> & {
  /** Of the media, once they are known; it stands where WeChat has its own. */
  id?: number;
};

/** Of a message of this kind, behind 60 in private and 80 in a chat room; 999 is E云's own for whatever else there is. */
export const typeOf: Record<MessageKind, string> = {
  TEXT: '001',
  IMAGE: '002',
  VIDEO: '003',
  VOICE: '004',
  CARD: '005',
  EMOJI: '006',
  LINK: '007',
  FILE: '009',
  MINI_PROGRAM: '010',
  CALL: '012',
  QUOTE: '014',
  TRANSFER: '015',
  RED_PACKET: '016',
  REVOKE: '018',
  LOCATION: '020',
  FRIEND_REQUEST: '999',
  SYSTEM: '999',
  UNKNOWN: '999',
};

export type Shown = { content: string; beside?: Readonly<Record<string, unknown>> };

/** `media` is what is known of media by now, `revoked` what stands for a message that was taken back. */
export function showContent(
  { kind, text, content }: Pick<Message, 'kind' | 'text' | 'content'>,
  { media, revoked }: { media: Facts | null; revoked: { msgId: number; newMsgId: bigint } | null },
): Shown {
  switch (content.type) {
    case 'Text':
      return { content: content.text };
    case 'Media':
      return showMedia(kind, media ?? content.media);
    case 'Card':
      return { content: card(content) };
    case 'Location':
      return { content: place(content) };
    case 'Link':
      return showLink(kind, text, content);
    case 'Quote':
      return showQuote(content);
    case 'Revoke':
      return { content: revocation(content, revoked) };
    case 'System':
      return { content: isPayment(kind) ? app(kind, { title: content.notice }) : content.notice };
    case 'FriendRequest':
    case 'Unknown':
      return { content: text };
  }
}

function showMedia(kind: MessageKind, facts: Facts): Shown {
  const { name, size, width, height, durationMs, upstreamMediaId } = facts;
  const id = facts.id === undefined ? '' : showId('media', facts.id);
  const length = size ?? 0;
  switch (kind) {
    case 'VIDEO': {
      const playlength = Math.round((durationMs ?? 0) / 1000);
      return { content: message(element('videomsg', { aeskey: '', cdnvideourl: id, length, playlength })) };
    }
    case 'VOICE': {
      const voicelength = durationMs ?? 0;
      return {
        content: message(element('voicemsg', { endflag: 1, length, voicelength, voiceformat: 4, bufid: 0 })),
        beside: { bufId: '0', length, voiceLength: voicelength },
      };
    }
    case 'EMOJI': {
      const md5 = /^[0-9a-f]{32}$/i.test(upstreamMediaId ?? '') ? upstreamMediaId : '';
      return { content: message(element('emoji', { md5, len: length, width, height })), beside: { md5, length } };
    }
    case 'FILE': {
      const end = name?.includes('.') ? name.slice(name.lastIndexOf('.') + 1) : '';
      const attached = element(
        'appattach',
        {},
        textElement('totallen', length),
        textElement('fileext', end),
        textElement('cdnattachurl', id),
      );
      return { content: app(kind, { title: name, type: 6 }, attached), beside: { title: name ?? '' } };
    }
    default:
      return { content: message(element('img', { aeskey: '', cdnmidimgurl: id, length, md5: '' })) };
  }
}

function card({ wxid, name, avatarUrl }: Of<'Card'>): string {
  return element('msg', { username: wxid, nickname: name, bigheadimgurl: avatarUrl, smallheadimgurl: avatarUrl });
}

function place({ latitude, longitude, label }: Of<'Location'>): string {
  return message(element('location', { x: latitude, y: longitude, scale: 16, label, poiname: label }));
}

function showLink(kind: MessageKind, text: string, link: Of<'Link'>): Shown {
  const { title, description: des, url, thumbnailUrl: thumburl, appName, appId } = link;
  const isMiniProgram = kind === 'MINI_PROGRAM';
  const program = element('weappinfo', {}, textElement('appid', appId), textElement('weappiconurl', thumburl));
  const content = app(
    kind,
    { appId: isMiniProgram ? null : appId, title, des, type: isMiniProgram ? 33 : 5, url, thumburl, appName },
    ...(isMiniProgram ? [program] : []),
  );
  const beside = { title: title ?? '', des: des ?? '', url: url ?? '', thumbUrl: thumburl ?? '', pushContent: text };
  return { content, beside };
}

function showQuote({ text, quotedUpstreamId, quotedText }: Of<'Quote'>): Shown {
  const quoted = element(
    'refermsg',
    {},
    textElement('type', 1),
    textElement('svrid', quotedUpstreamId),
    textElement('content', quotedText),
  );
  return { content: app('QUOTE', { title: text, type: 57 }, quoted), beside: { title: text } };
}

function revocation({ notice }: Of<'Revoke'>, revoked: { msgId: number; newMsgId: bigint } | null): string {
  const told = element(
    'revokemsg',
    {},
    textElement('msgid', revoked?.msgId ?? null),
    textElement('newmsgid', revoked === null ? null : String(revoked.newMsgId)),
    textElement('replacemsg', notice),
  );
  return element('sysmsg', { type: 'revokemsg' }, told);
}

type AppFields = {
  appId?: string | null;
  title: string | null;
  des?: string | null;
  type?: number;
  url?: string | null;
  thumburl?: string | null;
  appName?: string | null;
};

/** Types of appmsg for what is paid. */
const payments: Partial<Record<MessageKind, number>> = { TRANSFER: 2000, RED_PACKET: 2001 };

function isPayment(kind: MessageKind): boolean {
  return kind in payments;
}

function app(kind: MessageKind, fields: AppFields, ...more: readonly string[]): string {
  const { appId = '', title, des = '', type = payments[kind] ?? 5, url = '', thumburl = '', appName } = fields;
  const parts = [
    textElement('title', title),
    textElement('des', des),
    textElement('type', type),
    textElement('url', url),
    textElement('thumburl', thumburl),
    ...more,
  ];
  const made = element('appmsg', { appid: appId, sdkver: 0 }, ...parts);
  const by = appName ? [element('appinfo', {}, textElement('version', 1), textElement('appname', appName))] : [];
  return message(made, ...by);
}

function message(...inside: readonly string[]): string {
  return element('msg', {}, ...inside);
}
