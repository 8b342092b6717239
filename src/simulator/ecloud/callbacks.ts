/** What E云 posts of what happens in the world: bodies by messageType. */
import { type Json, shortId, signedId } from './json.ts';
import type { EcloudAccount } from './account.ts';
import type { Content, MediaKind, Message, Room } from '../wechat.ts';
import type { World, WorldEvent } from '../world.ts';
import { isRoomId } from '../wechat.ts';

export type CallbackBody = { readonly [key: string]: Json };

/** The last three digits of messageType, behind 60 in private and 80 in a chat room. */
const mediaTypes: Readonly<Record<MediaKind, string>> = {
  image: '002',
  video: '003',
  microvideo: '003',
  voice: '004',
  emoticon: '006',
  file: '009',
};

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function mediaXml(content: Extract<Content, { type: 'media' }>, id: string): string {
  const length = content.bytes.length;
  switch (content.media) {
    case 'image':
      return `<?xml version="1.0"?>\n<msg>\n\t<img aeskey="00" cdnmidimgurl="00" length="${length}" md5="00" />\n</msg>\n`;
    case 'voice':
      return `<msg><voicemsg endflag="1" length="${length}" voicelength="1000" voiceformat="4" bufid="0" /></msg>`;
    case 'emoticon':
      return `<msg><emoji fromusername = "" md5="d41d8cd98f00b204e9800998ecf8427e" len = "${length}" ></emoji></msg>`;
    case 'file':
      return (
        `<msg><appmsg appid="" sdkver="0"><title>${escaped(content.name)}</title><type>6</type>` +
        `<appattach><totallen>${length}</totallen><overwrite_newmsgid>${announcedId(id)}</overwrite_newmsgid></appattach>` +
        `</appmsg></msg>`
      );
    case 'video':
    case 'microvideo':
  }
  return `<?xml version="1.0"?>\n<msg>\n\t<videomsg length="${length}" playlength="3" cdnvideourl="00" />\n</msg>\n`;
}

function typed(world: World, { id, content }: Message): { type: string; content: string } {
  switch (content.type) {
    case 'text':
      return { type: '001', content: content.text };
    case 'media':
      return { type: mediaTypes[content.media], content: mediaXml(content, id) };
    case 'link':
      return {
        type: '007',
        content:
          `<msg><appmsg appid="${escaped(content.appId)}" sdkver="0"><title>${escaped(content.title)}</title>` +
          `<des>${escaped(content.description)}</des><type>5</type><url>${escaped(content.url)}</url></appmsg>` +
          `<appinfo><version>1</version><appname>${escaped(content.appName)}</appname></appinfo></msg>`,
      };
    case 'card': {
      const name = world.people.get(content.wxid)?.name ?? '';
      return { type: '005', content: `<msg username="${content.wxid}" nickname="${escaped(name)}" />` };
    }
    case 'payment':
      return {
        type: '015',
        content: `<msg><appmsg><title><![CDATA[微信转账]]></title><wcpayinfo><feedesc><![CDATA[${content.text}]]></feedesc></wcpayinfo></appmsg></msg>`,
      };
    case 'revoke':
      return {
        type: '018',
        content:
          `<sysmsg type="revokemsg"><revokemsg><msgid>${shortId(content.messageId)}</msgid>` +
          `<newmsgid>${content.messageId}</newmsgid><replacemsg><![CDATA[${content.notice}]]></replacemsg></revokemsg></sysmsg>`,
      };
    case 'notice':
  }
  return { type: '999', content: content.text };
}

function wrap(
  account: EcloudAccount,
  messageType: string,
  data: { readonly [key: string]: Json | undefined },
): CallbackBody {
  return { account: '17200000000', data: { ...data, wId: account.wId }, messageType, wcId: account.wxid };
}

/** A message, received or the account's own. */
export function messageBody(world: World, account: EcloudAccount, message: Message, own: boolean): CallbackBody {
  const { from, to } = message;
  const room = isRoomId(to);
  const { type, content } = typed(world, message);
  const mentions = message.content.type === 'text' ? message.content.mentions : [];
  const voice = message.content.type === 'media' && message.content.media === 'voice' ? message.content.bytes : null;
  return wrap(account, `${room ? '80' : '60'}${type}`, {
    content,
    ...(voice !== null && { bufId: '0', length: voice.length, voiceLength: 1000 }),
    // Absent in private, never null.
    ...(room && { fromGroup: to, memberCount: world.rooms.get(to)?.members.length ?? 0, atlist: mentions }),
    fromUser: from,
    msgId: shortId(message.id),
    newMsgId: signedId(message.id),
    self: own,
    timestamp: Math.floor(message.sentAt / 1000),
    toUser: room ? account.wxid : to,
  });
}

/**
 * WeChat's placeholder for a file that somebody sends: a message with an id of its own, which the one that follows it when
 * the file has been sent names.
 */
function announcement(world: World, account: EcloudAccount, message: Message, own: boolean): CallbackBody | null {
  if (message.content.type !== 'media' || message.content.media !== 'file') return null;
  const { messageType, data } = messageBody(world, account, message, own) as {
    messageType: string;
    data: { readonly [key: string]: Json };
  };
  const id = announcedId(message.id);
  return wrap(account, `${messageType.slice(0, 2)}008`, {
    ...data,
    content: mediaXml(message.content, message.id).replace('<type>6</type>', '<type>74</type>'),
    msgId: shortId(id),
    newMsgId: signedId(id),
  });
}

/** All ids of the world lie far from these. */
function announcedId(id: string): string {
  return String(BigInt.asUintN(64, ~BigInt(id)));
}

/** What E云 posts of an event, in its order; mostly one body. A file that comes through E云 itself is not announced. */
export function eventBodies(world: World, account: EcloudAccount, event: WorldEvent): CallbackBody[] {
  const announced =
    event.type === 'message' && event.origin === null
      ? announcement(world, account, event.message, event.direction === 'outgoing')
      : null;
  return [announced, eventBody(world, account, event)].filter((body) => body !== null);
}

function eventBody(world: World, account: EcloudAccount, event: WorldEvent): CallbackBody | null {
  switch (event.type) {
    case 'message':
      return messageBody(world, account, event.message, event.direction === 'outgoing');
    case 'contact':
      return contactBody(world, account, event.wxid, event.change);
    case 'room': {
      const room = world.rooms.get(event.room);
      if (room === undefined) return null;
      return event.change === 'removed'
        ? wrap(account, '85002', roomData(room))
        : wrap(account, '85001', roomData(room));
    }
    case 'member': {
      if (event.change === 'updated') return null;
      const name = world.people.get(event.wxid)?.name ?? '';
      const room = { fromGroup: event.room, toUser: account.wxid };
      if (event.change === 'left') return wrap(account, '85015', { ...room, fromUser: event.wxid, nickName: name });
      return wrap(account, '85008', { ...room, fromUser: event.room, content: joinedXml(event.wxid, name) });
    }
    case 'friend-request':
  }
  const { wxid, name, greeting, ticket } = event.request;
  const content = `<msg fromusername="${wxid}" encryptusername="v1_${wxid}@stranger" fromnickname="${escaped(name)}" content="${escaped(greeting)}" scene="3" ticket="${ticket}" />`;
  return wrap(account, '30001', { fromUser: 'fmessage', toUser: account.wxid, content });
}

/** That an account is online no more. Its wId is that of the login which has ended. */
export function offlineBody(account: EcloudAccount, wId: string, reason: string): CallbackBody {
  return { account: '17200000000', data: { wId, reason }, messageType: '30000', wcId: account.wxid };
}

function contactBody(
  world: World,
  account: EcloudAccount,
  wxid: string,
  change: 'added' | 'removed' | 'updated',
): CallbackBody {
  const person = world.people.get(wxid);
  const remark = account.account.contacts.get(wxid)?.remark ?? '';
  return wrap(account, change === 'removed' ? '65004' : '65001', {
    userName: wxid,
    nickName: person?.name ?? '',
    remark,
    sex: person?.sex ?? 0,
    alias: person?.alias ?? '',
  });
}

function roomData(room: Room): { readonly [key: string]: Json } {
  return { userName: room.wxid, nickName: room.name, chatRoomOwner: room.ownerWxid ?? '' };
}

function joinedXml(wxid: string, name: string): string {
  return (
    '<sysmsg type="sysmsgtemplate"><sysmsgtemplate><content_template type="tmpl_type_profile">' +
    '<plain><![CDATA[]]></plain><template><![CDATA["$names$"加入了群聊]]></template><link_list>' +
    `<link name="names" type="link_profile"><memberlist><member><username><![CDATA[${wxid}]]></username>` +
    `<nickname><![CDATA[${name}]]></nickname></member></memberlist><separator><![CDATA[、]]></separator></link>` +
    '</link_list></content_template></sysmsgtemplate></sysmsg>'
  );
}
