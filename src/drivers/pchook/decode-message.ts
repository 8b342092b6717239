/** One element of msglist: who wrote to whom, and what. */
import { readLocalTime } from '../../days.ts';
import type { ContactKind, Direction, MessageKind, Millis } from '../../words.ts';
import { DriverError, type DriverEvent, type UpstreamContact, type UpstreamMessage } from '../driver.ts';
import { heldBy } from './content.ts';
import { type Fields, known, messageId, text } from './fields.ts';
import { readXml, textAt } from './xml.ts';

/** What is known besides the element. */
export type Setting = {
  /** The account's own wxid. */
  self: string | null;
  now: Millis;
  /** IANA name of the zone of the hook's times. */
  timezone: string;
  /** The build serves pictures, videos and files that it is asked to download. */
  canDownload: boolean;
};

/** What the server's answer to a send of this computer says in place of what was sent; for media some builds leave PC out. */
const acknowledged = /^PC发[^\n]{1,20}成功$/;
const mediaAcknowledged = /^发[^\n]{1,20}成功$/;
/** The command of WeChat's own protocol that adds a message, which newer builds tell with each. */
const addsMessage = '5';
/** Kinds of elements, and a text, that the newest builds put beside messages. */
const besideMessages = ['51', '9994'];
const placeholder = 'system message revoke/voice call';
const appKinds: readonly MessageKind[] = ['FILE', 'LINK', 'QUOTE', 'MINI_PROGRAM', 'TRANSFER', 'RED_PACKET', 'UNKNOWN'];
/** By the msgtype of the acknowledgement, which is not that of the message. */
const acknowledgedKinds: ReadonlyMap<string, readonly MessageKind[]> = new Map<string, readonly MessageKind[]>([
  ['1', ['TEXT']],
  ['3', ['IMAGE']],
  ['99', appKinds],
  ['49', appKinds],
  ['36', ['VIDEO']],
  ['4', ['VIDEO']],
  ['43', ['VIDEO']],
  ['47', ['EMOJI']],
  ['34', ['VOICE']],
  ['42', ['CARD']],
  ['48', ['LOCATION']],
]);
const mediaKinds: readonly MessageKind[] = ['IMAGE', 'VOICE', 'VIDEO', 'FILE', 'EMOJI'];
const systemIds = ['filehelper', 'fmessage', 'medianote', 'floatbottle', 'qqmail', 'qmessage', 'newsapp', 'tmessage'];

/** The events of one element. Throws `DriverError` with BAD_INPUT where it does not tell whom it is with. */
export function decodeElement(element: Fields, raw: string, setting: Setting): DriverEvent[] {
  const type = known(element, 'msgtype') ?? '';
  const msg = text(element['msg']) ?? '';
  const upstreamId = messageId(element['msgsvrid']);
  const command = known(element, 'cmdId') ?? addsMessage;
  // Clients take texts and voices for messages whatever the command is.
  if (command !== addsMessage && type !== '1' && type !== '34') {
    return [{ type: 'skipped', what: `cmdId ${command.slice(0, 20)}` }];
  }
  if (besideMessages.includes(type)) return [{ type: 'skipped', what: `msgtype ${type}` }];
  if (type === '1' && msg.toLowerCase() === placeholder) return [{ type: 'skipped', what: placeholder }];
  if (type === '20001') return [memberJoined(element)];
  if (type === '10000' && upstreamId === null) {
    if (msg === '切换聊天对象') return [{ type: 'skipped', what: 'another chat was opened' }];
    if (/^退出登[录陆]微信$/.test(msg)) return [{ type: 'state', state: 'OFFLINE', reason: 'WeChat has logged out' }];
  }
  const sentAt = timeOf(element, setting);
  const { peer, sender, direction, body } = partiesOf(element, msg, setting.self);
  const isAcknowledgement =
    acknowledged.test(msg) || (type !== '1' && acknowledgedKinds.has(type) && mediaAcknowledged.test(msg));
  if (direction === 'OUTGOING' && upstreamId !== null && isAcknowledgement) {
    const kinds = acknowledgedKinds.get(type) ?? [];
    const rest = { upstreamId, peerWxid: peer?.wxid ?? null, kinds, sentAt, media: null, richness: 1, raw };
    return [{ type: 'rest', rest: { ...rest, fingerprint: null } }];
  }
  if (peer === null) throw nobody();
  const held = heldBy(element, body, setting.canDownload);
  const follows =
    upstreamId === null && direction === 'OUTGOING' ? 'ID' : mediaKinds.includes(held.kind) ? 'MEDIA' : null;
  const message: UpstreamMessage = {
    upstreamId,
    // All requests are in one place, where WeChat shows them: who asks is no contact yet.
    peer: held.kind === 'FRIEND_REQUEST' ? { wxid: 'fmessage', kind: 'OTHER', name: '朋友推荐消息' } : peer,
    sender: senderOf(held.content, sender, peer, element),
    direction,
    kind: held.kind,
    text: held.text,
    content: held.content,
    ...mentionsOf(element, direction, setting.self),
    sentAt,
    richness: held.richness,
    raw,
    ...(follows !== null && { follows }),
    ...(held.bytes !== undefined && { bytes: held.bytes }),
  };
  return [{ type: 'message', message }];
}

type Parties = { peer: UpstreamContact | null; sender: string | null; direction: Direction; body: string };

/**
 * Whom it is with and which way it went. `sendorrecv` says the opposite of its own documentation, and "2" for own messages
 * as well: the sender decides, and only where none is told, sendorrecv 1, which is what was typed at this computer.
 */
function partiesOf(element: Fields, msg: string, self: string | null): Parties {
  const from = known(element, 'fromid', 'fromwxid');
  const to = known(element, 'toid', 'towxid');
  const room = [known(element, 'fromgid', 'gid'), from, to].find((id) => id?.endsWith('@chatroom')) ?? null;
  let sender = from === room ? null : from;
  let body = msg;
  // A chat room's text may begin with who wrote it, and may do so although that is told apart.
  const [prefix, written] = room === null ? [] : (/^([^\s:<]{1,100}):\r?\n/.exec(msg) ?? []);
  if (prefix !== undefined && written !== undefined && (sender === null || sender === written)) {
    sender = written;
    body = msg.slice(prefix.length);
  }
  const typedHere = sender === null && room === null && known(element, 'sendorrecv') === '1';
  const direction = typedHere || (sender !== null && sender === self) ? 'OUTGOING' : 'INCOMING';
  const other = room ?? (direction === 'OUTGOING' ? to : sender);
  if (other === null) return { peer: null, sender, direction, body };
  const side = room !== null || direction === 'OUTGOING' ? 'to' : 'from';
  const name = room === null || to === room ? known(element, `${side}nickname`, `${side}name`) : null;
  return { peer: { wxid: other, kind: kindOf(other), ...(name !== null && { name }) }, sender, direction, body };
}

/** The kind of a contact, by the look of its id. */
export function kindOf(wxid: string): ContactKind {
  if (wxid.endsWith('@chatroom')) return 'CHAT_ROOM';
  if (wxid.startsWith('gh_') || wxid === 'weixin') return 'OFFICIAL_ACCOUNT';
  return systemIds.includes(wxid) ? 'OTHER' : 'FRIEND';
}

/** A notice has no sender: it is the conversation's. A friend request is sent by who asks. */
function senderOf(
  content: UpstreamMessage['content'],
  sender: string | null,
  peer: UpstreamContact,
  element: Fields,
): UpstreamMessage['sender'] {
  if (content.type === 'FriendRequest') {
    return { wxid: content.wxid ?? peer.wxid, name: content.name, displayName: null };
  }
  return { wxid: sender ?? peer.wxid, name: known(element, 'fromnickname', 'fromname'), displayName: null };
}

/** Newer builds tell who is mentioned, as a list or inside msgsource. */
function mentionsOf(
  element: Fields,
  direction: Direction,
  self: string | null,
): Pick<UpstreamMessage, 'mentions' | 'mentionsMe'> {
  const listed = element['atuserlist'];
  const told = Array.isArray(listed)
    ? listed.map(text).join(',')
    : (known(element, 'atuserlist') ?? textAt(readXml(known(element, 'msgsource') ?? ''), 'atuserlist') ?? '');
  const mentions = [...new Set(told.split(/[,;\s]+/).filter((wxid) => wxid !== ''))];
  return { mentions, mentionsMe: direction === 'INCOMING' && self !== null && mentions.includes(self) };
}

/** Local time of the hook's computer, or seconds since 1970; the time of arrival where there is none. */
export function timeOf(from: Fields, { now, timezone }: Setting): Millis {
  const told = known(from, 'time')?.trim() ?? '';
  if (/^\d{9,10}$/.test(told)) return Number(told) * 1000;
  return readLocalTime(told, timezone) ?? now;
}

/** The notice says which chat room, and in the documented form not who. */
function memberJoined(element: Fields): DriverEvent {
  const room = known(element, 'gid', 'fromgid');
  if (room === null) throw nobody();
  const wxid = known(element, 'memberwxid', 'wxid');
  const name = known(element, 'nickname', 'name') ?? '';
  return {
    type: 'member',
    change: 'MEMBER_JOINED',
    room: { wxid: room, kind: 'CHAT_ROOM' },
    member: wxid === null ? null : { wxid, name },
  };
}

function nobody(): DriverError {
  return new DriverError('BAD_INPUT', 'the message does not tell whom it is with', { certain: true, retry: false });
}
