/** One message as the hook tells it. */
import { localTime } from '../../days.ts';
import type { App } from '../../resolvers/app.ts';
import { describeSender } from '../../resolvers/messages/describe-sender.ts';
import type { Loaders } from '../../resolvers/load.ts';
import type { Contact } from '../../resolvers/contacts/read-contacts.ts';
import type { Message } from '../../resolvers/messages/read-messages.ts';
import type { MessageKind, PchookDialect } from '../../words.ts';
import { type MediaKind, isMediaKind, readMediaFields } from './encode-media.ts';
import { digestOf, encodeXml } from './encode-xml.ts';
import type { Post } from './encode-event.ts';
import { showWxid } from './wxids.ts';

export type Fields = Readonly<Record<string, string>>;

/** For whom it is told. */
export type Shown = {
  app: App;
  loaders: Loaders;
  /** The account's own wxid. */
  self: string;
  timezone: string;
  dialect: PchookDialect;
  /** Whether bytes of media are told. */
  mediaData: boolean;
};

const msgtypes: Record<MessageKind, string> = {
  TEXT: '1',
  IMAGE: '3',
  VOICE: '34',
  FRIEND_REQUEST: '37',
  CARD: '42',
  VIDEO: '43',
  EMOJI: '47',
  LOCATION: '48',
  LINK: '49',
  FILE: '49',
  MINI_PROGRAM: '49',
  QUOTE: '49',
  TRANSFER: '49',
  RED_PACKET: '49',
  CALL: '50',
  SYSTEM: '10000',
  UNKNOWN: '10000',
  REVOKE: '10002',
};

/** The msgtype of the hook's second post about what this account has sent, and its words. */
const acknowledgements: Partial<Record<MessageKind, readonly [msgtype: string, words: string]>> = {
  TEXT: ['1', 'PC发文本消息成功'],
  IMAGE: ['3', 'PC发图片消息成功'],
  FILE: ['99', 'PC发app/文件消息成功'],
  LINK: ['99', 'PC发app/文件消息成功'],
  VIDEO: ['36', 'PC发视频文件成功'],
};

/**
 * The posts of a message that was received: one; of what was sent from here two, first what was sent, without an id, then the id, if it
 * is known yet.
 */
export async function encodeMessage(shown: Shown, message: Message): Promise<Post[]> {
  const parties = await partiesOf(shown, message);
  if (parties === null) return [];
  if (isSentHere(message)) {
    const echo: Post = { sendorrecv: '1', elements: [await echoOf(shown, message, parties)] };
    return message.upstreamId === null ? [echo] : [echo, acknowledgementOf(shown, message, parties)];
  }
  const media = isMediaKind(message.kind) ? await readMediaFields(shown, message, message.kind) : {};
  const element = {
    time: localTime(message.sentAt, shown.timezone),
    msgtype: msgtypes[message.kind],
    msgsvrid: idOf(message),
    msg: await wordsOf(shown, message, parties),
    ...media,
    ...(message.content.type === 'Revoke' && { revoke_msg: message.text }),
    ...mentionsOf(message),
    ...namesOf(parties),
  };
  return [{ sendorrecv: '2', elements: [element] }];
}

/**
 * What became known later: the id of what was sent from here, or where the media of a message lie, which have no list of messages so
 * that nobody takes them for another one.
 */
export async function encodeRest(shown: Shown, message: Message): Promise<Post[]> {
  const parties = await partiesOf(shown, message);
  if (parties === null || message.revoked) return [];
  const { direction, kind, sendId, upstreamId } = message;
  const isOwn = direction === 'OUTGOING' && upstreamId !== null;
  const posts: Post[] = isOwn ? [acknowledgementOf(shown, message, parties)] : [];
  const media = sendId === null && isMediaKind(kind) ? await readMediaFields(shown, message, kind) : {};
  if (Object.keys(media).length > 0) {
    const time = localTime(message.sentAt, shown.timezone);
    const msg = await wordsOf(shown, message, parties);
    posts.push({ sendorrecv: '2', rest: { msgsvrid: idOf(message), ...media, time, msg } });
  }
  return posts;
}

/** By this gateway, or at the computer of its upstream, which tells the id later; what was sent by phone has it at once. */
function isSentHere({ direction, sendId, upstreamId }: Message): boolean {
  return direction === 'OUTGOING' && (sendId !== null || upstreamId === null);
}

type Parties = {
  peer: Contact;
  /** Who said it; the chat room itself of what nobody said. */
  from: string;
  fromName: string;
  /** The account, or whom it wrote to. */
  to: string;
};

/** Null where the conversation is gone. */
async function partiesOf({ loaders, self }: Shown, message: Message): Promise<Parties | null> {
  const chat = await loaders.chat.load(message.chatId);
  const peer = chat && (await loaders.contact.load(chat.contactId));
  if (!peer) return null;
  if (message.direction === 'OUTGOING') return { peer, from: self, fromName: '', to: showWxid(peer) };
  const sender = await describeSender(loaders, message);
  // Requests come from one place, where WeChat shows them; who asks stands in their XML.
  if (message.kind === 'FRIEND_REQUEST') return { peer, from: 'fmessage', fromName: '', to: self };
  const from = sender.wxid === peer.wxid ? showWxid(peer) : sender.wxid;
  return { peer, from, fromName: sender.name === sender.wxid ? '' : sender.name, to: self };
}

/** Receivers look for the sender under the one name or the other. */
function namesOf({ peer, from, fromName, to }: Parties): Fields {
  const isRoom = peer.kind === 'CHAT_ROOM';
  return {
    fromtype: isRoom ? '2' : '1',
    ...(isRoom && { fromgid: showWxid(peer), fromgname: peer.name }),
    fromid: from,
    fromwxid: from,
    fromname: fromName,
    toid: to,
  };
}

function mentionsOf({ mentions }: Message): Fields {
  if (mentions.length === 0) return {};
  const atuserlist = mentions.join(',');
  return { atuserlist, msgsource: `<msgsource>\n\t<atuserlist>${atuserlist}</atuserlist>\n</msgsource>\n` };
}

/** The upstream's id; the gateway's own number of a message that has none, which no other message of the account has. */
function idOf({ upstreamId, seq }: Message): string {
  return upstreamId ?? String(seq);
}

function wordsOf({ loaders }: Shown, message: Message, { peer }: Parties): Promise<string> {
  return encodeXml(loaders, message, showWxid(peer));
}

/** As it was typed at the hook's computer: no id yet, and a file's name or a digest in the place of XML. */
async function echoOf(shown: Shown, message: Message, parties: Parties): Promise<Fields> {
  const { kind } = message;
  const media = isMediaKind(kind) ? await readMediaFields({ ...shown, mediaData: false }, message, kind) : {};
  const words = isMediaKind(kind) ? typedWords(kind, message) : await wordsOf(shown, message, parties);
  return {
    time: localTime(message.sentAt, shown.timezone),
    msgtype: kind === 'VIDEO' ? '4' : msgtypes[kind],
    msgsvrid: '',
    msg: words,
    ...media,
    ...namesOf(parties),
  };
}

function typedWords(kind: MediaKind, { content, seq }: Message): string {
  return (kind === 'FILE' && content.type === 'Media' ? content.media.name : null) ?? digestOf(seq);
}

/** To whom a video went is not told by the hook; here it is, as receivers read it. */
function acknowledgementOf({ timezone }: Shown, message: Message, parties: Parties): Post {
  const [msgtype, msg] = acknowledgements[message.kind] ?? [msgtypes[message.kind], 'PC发消息成功'];
  const time = localTime(message.sentAt, timezone);
  return { sendorrecv: '2', elements: [{ time, msgtype, msgsvrid: idOf(message), msg, ...namesOf(parties) }] };
}
