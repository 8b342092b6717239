/** A message as Openwx posts it: the documented fields, and those that 1.4.6 adds. */
import type { App } from '../../resolvers/app.ts';
import { describeSender } from '../../resolvers/messages/describe-sender.ts';
import { showId } from '../../resolvers/ids.ts';
import type { Loaders } from '../../resolvers/load.ts';
import type { Account, Contact, Message } from '../../resolvers/shapes.ts';
import { mediaFields } from './encode-media.ts';
import { type Json, type JsonObject, textOf } from './json.ts';
import { friendJson, uidOf } from './objects.ts';

type Side = {
  wxid: string;
  displayName: string;
  name: string;
  account?: string | null;
  markname?: string | null;
  uid?: Json;
};

/** Null where the account or the chat is gone. */
export async function messageJson(
  app: App,
  loaders: Loaders,
  message: Message,
  withData: boolean,
): Promise<JsonObject | null> {
  const account = await loaders.account.load(message.accountId);
  const chat = await loaders.chat.load(message.chatId);
  const peer = chat && (await loaders.contact.load(chat.contactId));
  if (!account || !peer) return null;
  const isOwn = message.direction === 'OUTGOING';
  return {
    id: message.upstreamId ?? showId('message', message.seq),
    uid: '',
    time: String(Math.floor(message.sentAt / 1000)),
    class: isOwn ? 'send' : 'recv',
    post_type: isOwn ? 'send_message' : 'receive_message',
    ...(await held(app, loaders, message, withData)),
    ...(peer.kind === 'CHAT_ROOM'
      ? await groupSides(loaders, account, peer, message)
      : friendSides(account, peer, message)),
    ...(isOwn && sentFields(message)),
  };
}

function friendSides(account: Account, peer: Contact, { direction }: Message): JsonObject {
  const own = selfSide(account, false);
  const other: Side = { ...peer, account: peer.alias, markname: peer.remark };
  if (direction === 'OUTGOING') {
    return { type: 'friend_message', ...side('sender', own), ...side('receiver', other) };
  }
  const category = friendJson(peer)['category'] ?? '';
  return {
    type: 'friend_message',
    ...side('sender', other),
    ...side('receiver', own),
    sender_category: category,
  };
}

async function groupSides(loaders: Loaders, account: Account, room: Contact, message: Message): Promise<JsonObject> {
  const isOwn = message.direction === 'OUTGOING';
  const group = { group: room.displayName || '群名未知', group_id: room.wxid, group_name: room.name, group_uid: '' };
  const own = selfSide(account, true);
  // What WeChat itself says in a chat room has no sender.
  if (message.kind === 'SYSTEM') return { type: 'group_notice', ...group, ...side('receiver', own) };
  const { wxid, name, displayName } = await describeSender(loaders, message);
  const sender = isOwn ? own : { wxid, name, displayName: message.senderDisplayName ?? displayName, markname: name };
  const receiver = isOwn ? { wxid: '', name: '', displayName: '' } : own;
  return { type: 'group_message', ...group, ...side('sender', sender), ...side('receiver', receiver) };
}

/** In a chat room the nickname stands in `markname`, too. */
function selfSide({ self }: Account, inRoom: boolean): Side {
  const name = self?.name ?? '';
  const who = { wxid: self?.wxid ?? '', name, displayName: name, uid: self ? uidOf(self) : '' };
  return inRoom ? { ...who, markname: name } : { ...who, account: self?.alias ?? '' };
}

function side(role: 'sender' | 'receiver', of: Side): JsonObject {
  return {
    [role]: of.displayName,
    [`${role}_account`]: of.account ?? '',
    [`${role}_id`]: of.wxid,
    [`${role}_markname`]: of.markname ?? '',
    [`${role}_name`]: of.name,
    [`${role}_uid`]: of.uid ?? '',
  };
}

function sentFields({ sendId }: Message): JsonObject {
  return sendId === null
    ? { code: '', from: 'none', info: '来自其他设备', msg: '发送成功', source: 'outer' }
    : { code: '', from: 'api', info: 'success', msg: '发送成功', source: 'local' };
}

/** What it holds. Kinds that Openwx has no format for are texts. */
async function held(app: App, loaders: Loaders, message: Message, withData: boolean): Promise<JsonObject> {
  const { content, text } = message;
  switch (content.type) {
    case 'Media':
      return mediaFields(app, loaders, message, content.media, withData);
    case 'Link': {
      const { title, description, url, appName, appId } = content;
      const lines = { 标题: title, 描述: description, 应用: appName, 链接: url };
      return {
        format: 'app',
        content: Object.entries(lines)
          .map(([name, value]) => `[应用分享]${name}：${value ?? '未知'}`)
          .join('\n'),
        app_desc: description ?? '',
        app_id: appId ?? '',
        app_name: appName ?? '',
        app_title: title ?? '',
        app_url: url ?? '',
      };
    }
    case 'Card':
      return cardFields(loaders, message, content);
    case 'Revoke': {
      const notice = content.notice ?? text;
      return { format: 'revoke', content: `[撤回消息](${notice})`, revoke_id: content.revokedUpstreamId ?? '' };
    }
    default:
      if (message.kind !== 'TRANSFER') return { format: 'text', content: text };
      return { format: 'payment', content: text.startsWith('[') ? text : `[转账](${text})` };
  }
}

async function cardFields(
  loaders: Loaders,
  { accountId }: Message,
  { wxid, name, avatarUrl }: { wxid: string | null; name: string | null; avatarUrl: string | null },
): Promise<JsonObject> {
  const contact = wxid === null ? null : await loaders.contactByWxid.load({ accountId, wxid });
  const known = contact && friendJson(contact);
  const of = (field: string) => textOf(known?.[field]);
  const lines = {
    昵称: name,
    性别: of('sex'),
    位置: `${of('province') || '未知'} ${of('city') || '未知'}`,
    头像: avatarUrl,
  };
  return {
    format: 'card',
    content: Object.entries(lines)
      .map(([label, value]) => `[名片]${label}：${value || '未知'}`)
      .join('\n'),
    card_account: of('account'),
    card_avatar: avatarUrl ?? '',
    card_city: of('city'),
    card_id: wxid ?? '',
    card_name: name ?? '',
    card_province: of('province'),
    card_sex: of('sex'),
  };
}
