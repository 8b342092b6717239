/** msgtype 49: links, files, quotes, mini programs, money; what it is stands in the XML. */
import type { MessageKind } from '../../words.ts';
import { type Held, mediaMessage, notice } from './content.ts';
import { type Fields, messageId } from './fields.ts';
import { type Xml, attributeOf, find, readXml, textAt } from './xml.ts';

/** 74 is a file that is still on its way. */
const files = ['6', '74'];
const miniPrograms = ['33', '36'];

/** What the XML of a message of msgtype 49 holds; null where it cannot be told. */
export function appMessage(element: Fields, xml: Xml | null, canDownload: boolean): Held | null {
  const app = find(xml, 'appmsg');
  const type = textAt(app, 'type') ?? '';
  const title = textAt(app, 'title');
  if (app === null) return null;
  if (files.includes(type)) return mediaMessage('FILE', element, xml, canDownload);
  if (type === '57') return quote(app, title);
  if (type === '2000') return notice('TRANSFER', `[转账] ${moneyOf(app, title)}`.trimEnd());
  if (type === '2001') return notice('RED_PACKET', `[红包] ${redPacketOf(app, title)}`.trimEnd());
  const isMiniProgram = miniPrograms.includes(type);
  if (title === null && textAt(app, 'url') === null && !isMiniProgram) return null;
  return link(isMiniProgram ? 'MINI_PROGRAM' : 'LINK', app, title, xml);
}

function link(kind: MessageKind, app: Xml, title: string | null, xml: Xml | null): Held {
  const description = textAt(app, 'des');
  const url = textAt(app, 'url');
  const label = kind === 'LINK' ? '[链接]' : '[小程序]';
  const lines = [title, description, url].filter((line) => line !== null);
  return {
    kind,
    text: `${label} ${lines.join('\n')}`.trimEnd(),
    content: {
      type: 'Link',
      title,
      description,
      url,
      appName: textAt(app, 'sourcedisplayname') ?? textAt(xml, 'appinfo', 'appname'),
      appId: textAt(app, 'weappinfo', 'appid') ?? attributeOf(app, 'appid'),
      thumbnailUrl: textAt(app, 'thumburl') ?? textAt(app, 'weappinfo', 'weappiconurl'),
    },
    richness: 1,
  };
}

/** What is quoted may be XML itself; then its title is what a person would read. */
function quote(app: Xml, title: string | null): Held {
  const referred = find(app, 'refermsg');
  const content = textAt(referred, 'content');
  const inner = content?.startsWith('<') ? readXml(content) : null;
  const quotedText = inner === null ? content : textAt(inner, 'appmsg', 'title');
  return {
    kind: 'QUOTE',
    text: title ?? '',
    content: {
      type: 'Quote',
      text: title ?? '',
      quotedUpstreamId: messageId(textAt(referred, 'svrid')),
      quotedText,
    },
    richness: 1,
  };
}

function moneyOf(app: Xml, title: string | null): string {
  const told = find(app, 'wcpayinfo');
  const parts = [textAt(told, 'feedesc') ?? title, textAt(told, 'pay_memo')];
  return parts.filter((part) => part !== null).join(' ');
}

function redPacketOf(app: Xml, title: string | null): string {
  return textAt(app, 'wcpayinfo', 'sendertitle') ?? textAt(app, 'wcpayinfo', 'receivertitle') ?? title ?? '';
}
