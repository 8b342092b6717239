/**
 * Events as E云 posts them: the bodies of its callback in the "optimised" format.
 *
 * Some clients refuse a field that they do not know, so `data` holds none but those of E云's own bodies; all keep what was posted
 * already by `newMsgId`, so that every body has one and is posted with the same one again.
 */
import type { EncodeEvent } from '../../resolvers/events/event-format.ts';
import { createLoaders } from '../../resolvers/load.ts';
import type { Account } from '../../resolvers/accounts/read-accounts.ts';
import type { ChatRoomMember, Contact } from '../../resolvers/shapes.ts';
import type { Event } from '../../resolvers/events/read-events.ts';
import type { ClientState } from '../../words.ts';
import { wcIdOf } from './account.ts';
import { type Telling, callbackBody } from './callback-body.ts';
import { encodeMessage } from './encode-message.ts';
import { asNumber, newMsgIdOf, showWxid } from './ids.ts';
import { picturesOfContact } from './show-person.ts';
import { element, textElement } from './xml.ts';

/** See `EncodeEvent`; there is nothing to choose of these. */
export const encodeEcloudEvent: EncodeEvent = async (app, caller, event) => {
  if (event.accountId === null) return [];
  const loaders = createLoaders(app, caller);
  const account = await loaders.account.load(event.accountId);
  if (account === null) return [];
  const body = await encode({ app, caller, loaders, account }, event);
  return body === null ? [] : [JSON.stringify(body)];
};

async function encode(telling: Telling, event: Event): Promise<object | null> {
  switch (event.type) {
    // A friend request is a message, too, and told as that. What becomes of a message later is not posted.
    case 'MESSAGE_RECEIVED':
      return encodeMessage(telling, event.message.seq);
    case 'CLIENT_STATE_CHANGED':
      if (!isLoss(event.from, event.to)) return null;
      return own(telling.account, event, '30000', { content: event.reason ?? '' });
    case 'CONTACT_CHANGED':
      return encodeContact(telling, event);
    default:
      return null;
  }
}

const online: readonly ClientState[] = ['RUNNING', 'SUSPECT'];
const gone: readonly ClientState[] = ['OFFLINE', 'STOPPED', 'SCANNING', 'CONFIRMING'];
/** A gateway that was restarted may find an account gone that was there before. */
const coming: readonly ClientState[] = ['LOADING', 'UPDATING'];

function isLoss(from: ClientState | null, to: ClientState): boolean {
  if (from === null) return false;
  return (online.includes(from) && gone.includes(to)) || (coming.includes(from) && to === 'OFFLINE');
}

type ContactEvent = Extract<Event, { type: 'CONTACT_CHANGED' }>;

async function encodeContact(telling: Telling, event: ContactEvent): Promise<object | null> {
  const { loaders, account } = telling;
  const contact = await loaders.contact.load(event.contactId);
  if (contact === null) return null;
  if (contact.kind !== 'CHAT_ROOM') {
    return own(account, event, codeOf(event, contact), await personData(telling, contact));
  }
  if (event.change === 'REMOVED') return own(account, event, '85002', await roomData(telling, contact));
  const member = event.memberId === null ? null : await loaders.member.load(event.memberId);
  if (member !== null && event.change === 'MEMBER_JOINED') return own(account, event, '85008', joined(contact, member));
  if (member !== null && event.change === 'MEMBER_LEFT') return own(account, event, '85015', left(contact, member));
  const isRenamed = event.change === 'UPDATED' && event.property === 'name';
  return own(account, event, isRenamed ? '85005' : '85001', await roomData(telling, contact));
}

/** How a friend stands to the account, where its upstream tells that it does no more. */
const relations: Readonly<Record<string, string>> = { 'deleted us': '65002', 'blocked us': '65003' };

function codeOf({ change, property, to }: ContactEvent, { kind }: Contact): string {
  if (change === 'REMOVED') return kind === 'OFFICIAL_ACCOUNT' ? '95001' : '65004';
  return (property === 'relation' && to !== null ? relations[to] : undefined) ?? '65001';
}

async function personData(telling: Telling, contact: Contact): Promise<Record<string, unknown>> {
  const { big, small } = await picturesOfContact(telling, contact);
  return {
    userName: showWxid(contact.wxid, contact.kind),
    nickName: contact.name,
    remark: contact.remark ?? '',
    alias: contact.alias ?? '',
    bigHeadImgUrl: big,
    smallHeadImgUrl: small,
    labelIdList: contact.labels.join(','),
    v1: contact.ticket ?? '',
  };
}

async function roomData(telling: Telling, room: Contact): Promise<Record<string, unknown>> {
  const { big, small } = await picturesOfContact(telling, room);
  return {
    userName: showWxid(room.wxid, room.kind),
    nickName: room.name,
    chatRoomOwner: room.ownerWxid ?? '',
    bigHeadImgUrl: big,
    smallHeadImgUrl: small,
    ...(room.memberCount !== null && { memberCount: room.memberCount }),
  };
}

/** WeChat's own line about it, which names who joined. */
function joined(room: Contact, { wxid, name }: ChatRoomMember): Record<string, unknown> {
  const id = showWxid(room.wxid, room.kind);
  const member = element('member', {}, textElement('username', wxid), textElement('nickname', name));
  const names = element(
    'link',
    { name: 'names', type: 'link_profile' },
    element('memberlist', {}, member),
    textElement('separator', '、'),
  );
  const template = element(
    'content_template',
    { type: 'tmpl_type_profile' },
    textElement('plain', ''),
    textElement('template', '"$names$"加入了群聊'),
    element('link_list', {}, names),
  );
  const content = element('sysmsg', { type: 'sysmsgtemplate' }, element('sysmsgtemplate', {}, template));
  return { content, fromGroup: id, fromUser: id };
}

function left(room: Contact, { wxid, name }: ChatRoomMember): Record<string, unknown> {
  return { fromGroup: showWxid(room.wxid, room.kind), fromUser: wxid, nickName: name };
}

/** A body that is about no message. */
function own(account: Account, { seq, at }: Extract<Event, { seq: number }>, code: string, data: object): object {
  const newMsgId = newMsgIdOf({ upstreamId: null, sendId: null, seq });
  return callbackBody(account, code, {
    ...data,
    msgId: seq,
    newMsgId: asNumber(newMsgId),
    timestamp: Math.floor(at / 1000),
    toUser: wcIdOf(account),
  });
}
