/** Messages as the Openwx client posts them. */
import { groupName, personName, strangerFriend, strangerMember } from './contacts.ts';
import type { LocalGroup, LocalPerson } from './contacts.ts';
import type { PostBody } from './poster.ts';
import { findFriend, findGroup } from './session.ts';
import type { Session } from './session.ts';
import { throughClient, wrappedBase64 } from './text.ts';
import type { Json } from './text.ts';
import { isRoomId } from '../wechat.ts';
import type { Content, MediaKind, Message } from '../wechat.ts';

type Fields = Record<string, Json>;

export const mediaCodes: Readonly<Record<MediaKind, number>> = {
  image: 3,
  voice: 34,
  video: 43,
  microvideo: 62,
  emoticon: 47,
  file: 6,
};
export const mediaWords: Readonly<Record<MediaKind, string>> = {
  image: '[图片]',
  voice: '[语音]',
  video: '[视频]',
  microvideo: '[小视频]',
  emoticon: '[表情]',
  file: '[文件]',
};
const downloaded: Readonly<Record<MediaKind, { ext: string; mime: string }>> = {
  image: { ext: 'jpg', mime: 'image/jpeg' },
  voice: { ext: 'mp3', mime: 'audio/mp3' },
  video: { ext: 'mp4', mime: 'video/mp4' },
  microvideo: { ext: 'mp4', mime: 'video/mp4' },
  emoticon: { ext: 'gif', mime: 'image/gif' },
  file: { ext: 'dat', mime: 'application/octet-stream' },
};

function isFalse(value: Json): boolean {
  return value === null || value === false || value === 0 || value === '' || value === '0';
}

/** The client writes "" for every false value of a message's own fields. */
function falseAsEmpty(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, isFalse(value) ? '' : value]));
}

/** Somebody's fields in a message, which keep their nulls. */
function side(role: 'sender' | 'receiver', person: LocalPerson): Fields {
  const { fields } = person;
  // Asking a member for a name makes it an empty one, and from then on the member's JSON has it.
  if (person.what === 'member') fields['name'] ??= '';
  const json: Fields = {
    [role]: personName(person),
    [`${role}_account`]: fields['account'] ?? null,
    [`${role}_markname`]: fields['markname'] ?? null,
    [`${role}_name`]: fields['name'] ?? null,
    [`${role}_uid`]: fields['uid'] ?? '',
  };
  if (role === 'sender' && person.what === 'friend') json['sender_category'] = fields['category'] ?? '';
  return json;
}

function groupFields(session: Session, group: LocalGroup | undefined): Fields {
  if (group === undefined) return { group: '群名未知', group_name: '', group_uid: '' };
  return {
    group: groupName(group, session.contacts.user),
    group_name: group.fields['name'] ?? '',
    group_uid: group.fields['uid'] ?? '',
  };
}

function stamp(time: number): string {
  return new Date(time).toISOString().replace(/\D/g, '').slice(0, 14);
}

function mediaFields(session: Session, message: Message, content: Content & { type: 'media' }): Fields {
  const { media, bytes, name } = content;
  const file = media === 'file';
  const { ext, mime } = downloaded[media];
  const path = file ? `/tmp/${name}` : `/tmp/mojo_weixin_media_${stamp(message.sentAt)}_${message.id.slice(-4)}.${ext}`;
  return {
    format: 'media',
    content: `${mediaWords[media]}(${path})`,
    media_code: mediaCodes[media],
    media_type: media,
    media_id: file ? `@crypt_${message.id}:6` : `${message.id}:${mediaCodes[media]}`,
    media_ext: file ? (/\.([^.]+)$/.exec(name)?.[1] ?? 'dat') : ext,
    media_mime: mime,
    media_mtime: Math.floor(message.sentAt / 1000),
    media_path: path,
    media_size: bytes.length,
    ...(file ? { media_name: name } : {}),
    ...(session.options.postMediaData ? { media_data: wrappedBase64(bytes) } : {}),
  };
}

function cardFields(session: Session, wxid: string): Fields {
  const person = session.world.people.get(wxid);
  const avatar = `http://wx.qlogo.cn/mmhead/ver_1/${wxid}/0`;
  const sex = person?.sex === 1 ? 'male' : person?.sex === 2 ? 'female' : '';
  return {
    format: 'card',
    card_id: session.ids.idOf(wxid),
    card_name: person?.name ?? '',
    card_account: person?.alias ?? '',
    card_province: person?.province ?? '',
    card_city: person?.city ?? '',
    card_sex: sex,
    card_avatar: avatar,
    content:
      `[名片]昵称：${person?.name || '未知'}\n[名片]性别：${sex || '未知'}\n` +
      `[名片]位置：${person?.province || '未知'} ${person?.city || '未知'}\n[名片]头像：${avatar}`,
  };
}

function contentFields(session: Session, message: Message, own: boolean): Fields {
  const { content } = message;
  switch (content.type) {
    case 'text':
    case 'notice':
      return { format: 'text', content: throughClient(content.text, 'incoming') };
    case 'media':
      return mediaFields(session, message, content);
    case 'link':
      return {
        format: 'app',
        app_id: content.appId,
        app_name: content.appName,
        app_title: content.title,
        app_desc: content.description,
        app_url: content.url,
        content:
          `[应用分享]标题：${content.title || '未知'}\n[应用分享]描述：${content.description || '未知'}\n` +
          `[应用分享]应用：${content.appName || '未知'}\n[应用分享]链接：${content.url || '未知'}`,
      };
    case 'card':
      return cardFields(session, content.wxid);
    case 'payment':
      return { format: 'payment', content: `[转账](${content.text})` };
    case 'revoke':
  }
  const notice = own ? '你撤回了一条消息' : content.notice;
  return { format: 'revoke', content: `[撤回消息](${notice})`, revoke_id: content.messageId };
}

function ownFields(session: Session, message: Message, own: boolean): Fields {
  return falseAsEmpty({
    ...contentFields(session, message, own),
    id: message.id,
    class: own ? 'send' : 'recv',
    time: Math.floor(message.sentAt / 1000),
  });
}

function friendMessage(session: Session, message: Message): PostBody {
  const id = session.ids.idOf(message.from);
  return {
    ...ownFields(session, message, false),
    ...side('sender', findFriend(session, message.from) ?? strangerFriend(id)),
    ...side('receiver', session.contacts.user),
    sender_id: id,
    receiver_id: session.contacts.user.fields['id'] ?? '',
    type: 'friend_message',
    post_type: 'receive_message',
  };
}

/** Null where the client dies over a message: its list of the chat room's members lacks the account. */
function groupMessage(session: Session, message: Message): PostBody | null {
  const { user } = session.contacts;
  const group = findGroup(session, message.to);
  const myId = String(user.fields['id']);
  const me = group === undefined ? strangerMember(myId) : group.members.find((member) => member.wxid === user.wxid);
  if (me === undefined) return null;
  const body = {
    ...ownFields(session, message, false),
    ...groupFields(session, group),
    ...side('receiver', me),
    receiver_id: myId,
    group_id: session.ids.idOf(message.to),
    post_type: 'receive_message',
  };
  if (message.content.type === 'notice') return { ...body, type: 'group_notice' };
  const senderId = session.ids.idOf(message.from);
  const sender = group?.members.find((member) => member.wxid === message.from) ?? strangerMember(senderId);
  return { ...body, ...side('sender', sender), sender_id: senderId, type: 'group_message' };
}

/** A message that somebody sent to the account. */
export function receivedBody(session: Session, message: Message): PostBody | null {
  return isRoomId(message.to) ? groupMessage(session, message) : friendMessage(session, message);
}

/** Who sends and who receives, for a message that the account sends. */
function sendingSides(session: Session, to: string): Fields | null {
  const { user } = session.contacts;
  const senderId = user.fields['id'] ?? '';
  if (!isRoomId(to)) {
    const id = session.ids.idOf(to);
    return {
      ...side('sender', user),
      ...side('receiver', findFriend(session, to) ?? strangerFriend(id)),
      sender_id: senderId,
      receiver_id: id,
      type: 'friend_message',
    };
  }
  const group = findGroup(session, to);
  const me =
    group === undefined ? strangerMember(String(senderId)) : group.members.find((member) => member.wxid === user.wxid);
  if (me === undefined) return null;
  return {
    ...side('sender', me),
    ...groupFields(session, group),
    sender_id: senderId,
    group_id: session.ids.idOf(to),
    type: 'group_message',
  };
}

/** A message that the account sent from another device. */
export function outerBody(session: Session, message: Message): PostBody | null {
  const sides = sendingSides(session, message.to);
  if (sides === null) return null;
  return {
    ...ownFields(session, message, true),
    ...sides,
    code: '',
    msg: '发送成功',
    info: '来自其他设备',
    source: 'outer',
    post_type: 'send_message',
  };
}

/** What is told of a send of the client itself, done or failed. */
export type SentMessage = {
  to: string;
  id: string;
  uid: string;
  from: 'api' | 'code';
  ttl: number;
  code: number;
  info: string;
  time: number;
  fields: Fields;
};

/** A message that the client itself sent, or could not send. */
export function sentBody(session: Session, sent: SentMessage): PostBody | null {
  const sides = sendingSides(session, sent.to);
  if (sides === null) return null;
  const room = isRoomId(sent.to);
  return {
    ...falseAsEmpty({
      ...sent.fields,
      id: sent.id,
      uid: sent.uid,
      from: sent.from,
      ttl: sent.ttl,
      code: sent.code,
      msg: sent.code === 0 ? '发送成功' : '发送失败',
      info: sent.info,
      time: Math.floor(sent.time / 1000),
    }),
    ...(room ? { receiver_id: '' } : { group_id: '' }),
    ...sides,
    class: 'send',
    source: 'local',
    post_type: 'send_message',
  };
}
