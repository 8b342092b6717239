/** What E云 posts about contacts: changed, gone, blocked, and requests of strangers. */
import type { DriverEvent, UpstreamContact } from '../driver.ts';
import { contactOf, kindOf } from './contacts.ts';
import type { Body } from './decode.ts';
import { type Fields, known, messageIdOf, text, timeOf } from './fields.ts';
import { attribute, find, readXml } from './xml.ts';

/** 65001 to 65004 and 95001; without a contact, or of another number, skipped with its body. */
export function decodeContactChange({ code, data, wcId, raw }: Body): DriverEvent[] {
  const contact = personIn(data, wcId);
  if (contact === null) return [{ type: 'skipped', what: `messageType ${code} without a contact`, raw }];
  switch (code) {
    case '65001':
      return [{ type: 'contact', change: 'UPDATED', contact }];
    // They stay in the address book; only nothing arrives there any more.
    case '65002':
      return [{ type: 'contact', change: 'UPDATED', contact, property: 'relation', from: null, to: 'deleted us' }];
    case '65003':
      return [{ type: 'contact', change: 'UPDATED', contact, property: 'relation', from: null, to: 'blocked us' }];
    case '65004':
    case '95001':
      return [{ type: 'contact', change: 'REMOVED', contact }];
    default:
      return [{ type: 'skipped', what: `messageType ${code}`, raw }];
  }
}

function personIn(data: Fields, wcId: string): UpstreamContact | null {
  const told = contactOf(data);
  if (told !== null) return told;
  const wxid = [data['fromUser'], data['toUser']]
    .map((value) => known(value))
    .find((one) => one !== null && one !== wcId);
  return wxid === null || wxid === undefined ? null : { wxid, kind: kindOf(wxid) };
}

/**
 * 30001. As with the other upstreams it is a message of fmessage (朋友推荐消息), where WeChat shows requests. acceptUser
 * wants v1, v2 and the scene back.
 */
export function decodeFriendRequest({ data, raw, now }: Body): DriverEvent {
  const content = text(data['content']) ?? '';
  const xml = readXml(content);
  const msg = find(xml, 'msg');
  const from = known(data['fromUser']);
  const wxid = known(attribute(msg, 'fromusername'), data['userName'], from === 'fmessage' ? null : from);
  const name = known(attribute(msg, 'fromnickname'), data['nickName']);
  const greeting = known(attribute(msg, 'content'), msg === null ? content : null);
  const v1 = known(data['v1'], attribute(msg, 'encryptusername'), data['encryptUserName']);
  const v2 = known(data['v2'], attribute(msg, 'ticket'));
  const scene = known(data['scene'], data['addContactScene'], attribute(msg, 'scene'));
  const readable = [name ?? wxid, greeting].filter((part) => part !== null).join('：');
  return {
    type: 'message',
    message: {
      upstreamId: messageIdOf(data),
      peer: { wxid: 'fmessage', kind: 'OTHER', name: '朋友推荐消息' },
      sender: { wxid: wxid ?? 'fmessage', name, displayName: null },
      direction: 'INCOMING',
      kind: 'FRIEND_REQUEST',
      text: `[好友请求] ${readable}`,
      content: {
        type: 'FriendRequest',
        wxid,
        name,
        greeting,
        ticket: v1 === null && v2 === null ? null : JSON.stringify({ v1, v2, scene }),
      },
      mentions: [],
      mentionsMe: false,
      sentAt: timeOf(data['timestamp'], data['createTime']) ?? now,
      richness: 1,
      raw,
    },
  };
}
