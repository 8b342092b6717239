/** What the hook posts of what happens at WeChat: as its documentation shows it, mistakes included. */
import { createHash } from 'node:crypto';
import type { Content, MediaKind, Message } from '../wechat.ts';
import type { World, WorldEvent } from '../world.ts';
import { isRoomId } from '../wechat.ts';

export type PchookDialect = 'V39' | 'NEWEST';

/** One element of msglist, or the fields of a post without one. */
export type Fields = Readonly<Record<string, string>>;

/** One post, without the envelope that all have. */
export type Post = { sendorrecv: '1' | '2'; elements?: readonly Fields[]; rest?: Fields };

/** How the world knows what a hooked client did. */
export const pchookOrigin = 'pchook';

const mediaTypes: Readonly<Record<MediaKind, string>> = {
  image: '3',
  voice: '34',
  video: '43',
  microvideo: '62',
  emoticon: '47',
  file: '49',
};
const acknowledgements: Readonly<Partial<Record<Content['type'] | MediaKind, readonly [type: string, words: string]>>> =
  {
    text: ['1', 'PC发文本消息成功'],
    image: ['3', 'PC发图片消息成功'],
    file: ['99', 'PC发app/文件消息成功'],
    link: ['99', 'PC发app/文件消息成功'],
    video: ['36', 'PC发视频文件成功'],
    microvideo: ['36', 'PC发视频文件成功'],
  };
const folder = 'C:\\Users\\Administrator\\Documents\\WeChat Files';

export type PostSettings = {
  world: World;
  self: string;
  now: number;
  dialect: PchookDialect;
  /** Local time of the hook's computer. */
  localTime: (at: number) => string;
  /** Where the emoji of a key lies. */
  emojiUrl: (key: string) => string;
  /** Whether pictures, videos, files and emojis are inside. */
  postBase64: boolean;
};

/** The posts of one event, in their order. */
export function postsOf(event: WorldEvent, settings: PostSettings): Post[] {
  const { self, localTime } = settings;
  const now = localTime(settings.now);
  switch (event.type) {
    case 'message':
      if (event.direction === 'incoming') return received(event.message, settings);
      if (event.origin !== pchookOrigin) return fromPhone(event.message, settings);
      return event.message.content.type === 'revoke'
        ? [post('2', ownElement(event.message, settings))]
        : typed(event.message, settings);
    case 'member': {
      if (event.change !== 'joined') return [];
      const notice = { time: now, msgtype: '20001', msg: 'Everything is OK', gid: event.room };
      return [post('2', notice)];
    }
    case 'friend-request': {
      const { wxid, name, greeting, ticket } = event.request;
      const msg =
        `<msg fromusername="${wxid}" encryptusername="v3_${wxid}@stranger" fromnickname="${escape(name)}"` +
        ` content="${escape(greeting)}" ticket="${ticket}" scene="3" sex="0"></msg>`;
      const msgsvrid = String(BigInt(`0x${digest(ticket).slice(0, 16)}`));
      return [
        post('2', {
          time: now,
          msgtype: '37',
          msgsvrid,
          msg,
          fromtype: '1',
          ...from('fmessage', settings),
          toid: self,
        }),
      ];
    }
    case 'contact':
    case 'room':
  }
  return [];
}

/** What the client itself tells of, outside of any conversation. */
export function clientNotice(msg: string, time: string, more: Fields = {}): Post {
  return post('1', { time, msgtype: '10000', msgsvrid: '', msg, ...more });
}

function post(sendorrecv: '1' | '2', element: Fields): Post {
  return { sendorrecv, elements: [element] };
}

function received(message: Message, settings: PostSettings): Post[] {
  const { dialect, self } = settings;
  const base = baseOf(message, settings);
  const room = isRoomId(message.to) ? message.to : null;
  if (room === null) {
    const element = { ...base, fromtype: '1', ...from(message.from, settings), toid: self };
    return withRest('2', element, message, settings);
  }
  // Either the text begins with who wrote it, or a field tells; a notice has nobody.
  const isNotice = isRoomId(message.from);
  const element =
    dialect === 'V39'
      ? {
          ...base,
          msg: isNotice ? base.msg : `${message.from}:\n${base.msg}`,
          fromtype: '2',
          fromgid: room,
          toid: self,
        }
      : { ...base, fromtype: '2', fromgid: room, ...(!isNotice && { fromid: message.from }), toid: self };
  const { content } = message;
  const mentions = content.type === 'text' && content.mentions.length > 0 ? content.mentions.join(',') : null;
  return withRest('2', { ...element, ...(mentions !== null && { atuserlist: mentions }) }, message, settings);
}

/** Typed here: first what it says, without an id; then the id, without what it says. */
function typed(message: Message, settings: PostSettings): Post[] {
  const { self, localTime } = settings;
  const { content, to } = message;
  const time = localTime(message.sentAt);
  const own = { ...from(self, settings), toid: to };
  const base = baseOf(message, settings);
  const kind = content.type === 'media' ? content.media : content.type;
  const path = content.type === 'media' ? sentPath(content.media, content.name) : {};
  const isVideo = kind === 'video' || kind === 'microvideo';
  const msgtype = isVideo ? '4' : base.msgtype;
  const msg = content.type === 'media' ? (kind === 'file' ? content.name : digest(message.id)) : base.msg;
  const first = post('1', { time, msgtype, msgsvrid: '', msg, ...own, ...path });
  const [type, words] = acknowledgements[kind] ?? [msgtype, 'PC发消息成功'];
  // To whom a film went is not told.
  const second = { time, msgtype: type, msgsvrid: message.id, msg: words, ...own, ...(isVideo && { toid: '' }) };
  return [first, post('2', second)];
}

function ownElement(message: Message, settings: PostSettings): Base {
  return { ...baseOf(message, settings), ...from(settings.self, settings), toid: message.to };
}

/** Sent from the phone: it comes with everything, behind the word that the chat was opened there. */
function fromPhone(message: Message, settings: PostSettings): Post[] {
  const element = ownElement(message, settings);
  const msg = `<msg>\n<op id='1'>\n<username>${message.to}</username>\n<name>lastMessage</name>\n</op>\n</msg>`;
  const opened = { ...element, msgtype: '51', msgsvrid: String(BigInt(message.id) ^ (1n << 62n)), msg };
  const [first, ...rests] = withRest('2', element, message, settings);
  return [{ sendorrecv: '2', elements: [opened, ...(first?.elements ?? [])] }, ...rests];
}

/** Pictures and emojis are told once more, when the file is there: without a list, and without names. */
function withRest(sendorrecv: '1' | '2', element: Fields, message: Message, settings: PostSettings): Post[] {
  const { content } = message;
  const first = post(sendorrecv, element);
  if (content.type !== 'media' || !['image', 'emoticon'].includes(content.media)) return [first];
  const { msg, time } = baseOf(message, settings);
  const key = keyOf(message.id);
  const where: Fields =
    content.media === 'image'
      ? { img_path: `${folder}\\${settings.self}\\FileStorage\\MsgAttach\\Image\\${key}.dat` }
      : { gif_url: settings.emojiUrl(key) };
  const inside = settings.postBase64 ? base64(content) : {};
  return [first, { sendorrecv, rest: { msgsvrid: message.id, ...where, ...inside, time, msg } }];
}

type Base = { time: string; msgtype: string; msgsvrid: string; msg: string; [more: string]: string };

function baseOf(message: Message, settings: PostSettings): Base {
  const { content, id, sentAt } = message;
  const base = { time: settings.localTime(sentAt), msgsvrid: id };
  switch (content.type) {
    case 'text':
      return { ...base, msgtype: '1', msg: content.text };
    case 'media':
      return {
        ...base,
        msgtype: mediaTypes[content.media],
        msg: mediaXml(content, id),
        ...mediaFields(content, message, settings),
      };
    case 'link': {
      const { title, description, url, appName, appId } = content;
      const inner = `<title>${escape(title)}</title><des>${escape(description)}</des><type>5</type><url>${escape(url)}</url>`;
      const app = `<appmsg appid="${appId}" sdkver="0">${inner}</appmsg><appinfo><appname>${escape(appName)}</appname></appinfo>`;
      return { ...base, msgtype: '49', msg: `<?xml version="1.0"?>\n<msg>\n\t${app}\n</msg>\n` };
    }
    case 'card': {
      const name = settings.world.people.get(content.wxid)?.name ?? '';
      return { ...base, msgtype: '42', msg: `<msg username="${content.wxid}" nickname="${escape(name)}" sex="0" />` };
    }
    case 'revoke': {
      const revoked = `<newmsgid>${content.messageId}</newmsgid><replacemsg><![CDATA[${content.notice}]]></replacemsg>`;
      const msg = `<sysmsg type="revokemsg"><revokemsg><session>${message.from}</session>${revoked}</revokemsg></sysmsg>`;
      return { ...base, msgtype: '10002', msg };
    }
    case 'payment':
    case 'notice':
  }
  return { ...base, msgtype: '10000', msg: content.text };
}

/** The sender's field has another name in newer builds. */
function from(wxid: string, { dialect }: PostSettings): Fields {
  return dialect === 'V39' ? { fromwxid: wxid } : { fromid: wxid };
}

function mediaXml(content: MediaContent, id: string): string {
  const md5 = keyOf(id);
  // Who knows both can have it.
  const aeskey = digest(md5);
  const fileid = `3057${md5}`;
  const size = content.bytes.length;
  switch (content.media) {
    case 'image':
      return `<?xml version="1.0"?>\n<msg>\n\t<img aeskey="${aeskey}" cdnmidimgurl="${fileid}" length="${size}" md5="${md5}" />\n</msg>\n`;
    case 'voice':
      return `<msg><voicemsg endflag="1" voiceformat="4" voicelength="1980" length="${size}" clientmsgid="${md5}_1" /></msg>`;
    case 'emoticon':
      // The spaces are WeChat's.
      return `<msg><emoji type="2" md5="${md5}" len = "${size}" width= "512" height= "512" ></emoji></msg>`;
    case 'file': {
      const attached = `<appattach><totallen>${size}</totallen><fileext>dat</fileext><aeskey>${aeskey}</aeskey><cdnattachurl>${fileid}</cdnattachurl></appattach>`;
      return `<msg><appmsg appid="" sdkver="0"><title>${escape(content.name)}</title><type>6</type>${attached}<md5>${md5}</md5></appmsg></msg>`;
    }
    case 'video':
    case 'microvideo':
  }
  return `<msg><videomsg aeskey="${aeskey}" cdnvideourl="${fileid}" length="${size}" playlength="9" md5="${md5}" /></msg>`;
}

/** Voices are told along, by the newest build only those of friends. */
function mediaFields(content: MediaContent, { to }: Message, { dialect, postBase64 }: PostSettings): Fields {
  const { media, bytes } = content;
  if (media === 'voice') {
    const hex = Buffer.from(bytes).toString('hex').toUpperCase();
    if (dialect === 'V39') return { voip_data: hex };
    return isRoomId(to) ? {} : { voice_hex: hex };
  }
  return postBase64 && media !== 'image' && media !== 'emoticon' ? base64(content) : {};
}

type MediaContent = Extract<Content, { type: 'media' }>;

function base64({ media, bytes }: MediaContent): Fields {
  const names = { image: 'img', video: 'video', microvideo: 'video', file: 'file', emoticon: 'gif', voice: 'voice' };
  return { [`${names[media]}_base64`]: Buffer.from(bytes).toString('base64') };
}

/** The documentation's own posts escape the backslashes of what is sent twice. */
function sentPath(media: MediaKind, name: string): Fields {
  const fields: Partial<Record<MediaKind, string>> = { image: 'img_path', file: 'file_path', video: 'video_path' };
  const field = fields[media];
  return field === undefined ? {} : { [field]: `C:\\\\Users\\\\Administrator\\\\Desktop\\\\${name}` };
}

/** By which the media of a message are known outside of it. */
export function keyOf(messageId: string): string {
  return digest(messageId);
}

function digest(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
