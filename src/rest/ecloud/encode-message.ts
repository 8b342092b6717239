/** One message as E云 posts it, the account's own too. */
import { showId } from '../../resolvers/ids.ts';
import { type Message, readMessage } from '../../resolvers/messages/read-messages.ts';
import { waitUntil } from '../../resolvers/events/wait-until.ts';
import { wcIdOf } from './account.ts';
import { type Telling, callbackBody } from './callback-body.ts';
import { ticketsOf } from './friends.ts';
import { asNumber, longOf, newMsgIdOf, showWxid } from './ids.ts';
import { showContent, typeOf } from './message-content.ts';
import { element } from './xml.ts';

/** Some upstreams tell an own message's id a moment after the message; it must be posted with no other. */
const idMs = 5_000;

/** Null for a message that is gone. */
export async function encodeMessage(telling: Telling, seq: number): Promise<object | null> {
  const { account, loaders } = telling;
  // As it is by now: the log's own copy may be older.
  const present = await loaders.message.load(seq);
  if (present === null) return null;
  const message = await withId(telling, present);
  const chat = await loaders.chat.load(message.chatId);
  const peer = chat && (await loaders.contact.load(chat.contactId));
  if (peer === null) return null;
  if (message.kind === 'FRIEND_REQUEST') return encodeRequest(telling, message);
  const isRoom = peer.kind === 'CHAT_ROOM';
  const isOwn = message.direction === 'OUTGOING';
  const wcId = wcIdOf(account);
  const other = showWxid(peer.wxid, peer.kind);
  const shown = showContent(message, {
    media: message.content.type === 'Media' ? await loaders.mediaOfMessage.load(message.seq) : null,
    revoked: await revokedBy(telling, message),
  });
  return callbackBody(account, isArticle() ? '90001' : `${isRoom ? '80' : '60'}${typeOf[message.kind]}`, {
    content: shown.content,
    // Absent in private, never null.
    ...(isRoom && { fromGroup: other }),
    fromUser: isOwn ? wcId : fromUser(),
    ...(isRoom && peer.memberCount !== null && { memberCount: peer.memberCount }),
    msgId: message.seq,
    ...(isRoom && { atlist: message.mentions }),
    newMsgId: asNumber(newMsgIdOf(message)),
    self: isOwn,
    timestamp: Math.floor(message.sentAt / 1000),
    toUser: isOwn && !isRoom ? other : wcId,
    ...shown.beside,
  });

  function isArticle(): boolean {
    return peer!.kind === 'OFFICIAL_ACCOUNT' && message.kind === 'LINK' && !isOwn;
  }
  /** A line that WeChat itself wrote into a room comes from the room. */
  function fromUser(): string {
    return message.senderWxid === peer!.wxid ? other : message.senderWxid;
  }
}

async function withId({ app, caller }: Telling, message: Message): Promise<Message> {
  const isYoung = app.clock.now() - message.receivedAt < idMs;
  if (message.direction === 'INCOMING' || message.upstreamId !== null || !isYoung) return message;
  const read = () => readMessage(app, caller, showId('message', message.seq));
  const known = await waitUntil(app, message.accountId, idMs, async () => {
    const now = await read();
    return now.upstreamId === null ? null : now;
  });
  return known ?? message;
}

/** The numbers under which the message that this one takes back was posted. */
async function revokedBy(
  { loaders }: Telling,
  { accountId, content }: Message,
): Promise<{ msgId: number; newMsgId: bigint } | null> {
  if (content.type !== 'Revoke' || content.revokedUpstreamId === null) return null;
  const upstreamId = content.revokedUpstreamId;
  const revoked = await loaders.messageByUpstreamId.load({ accountId, upstreamId });
  if (revoked !== null) return { msgId: revoked.seq, newMsgId: newMsgIdOf(revoked) };
  const newMsgId = longOf(upstreamId);
  return newMsgId === null ? null : { msgId: 0, newMsgId };
}

/** How the request was found out is not known: 3, by name, as WeChat has it for most. */
const scene = 3;

function encodeRequest({ account }: Telling, message: Message): object | null {
  const { content } = message;
  if (content.type !== 'FriendRequest') return null;
  const { v1, v2 } = ticketsOf(showId('message', message.seq));
  const { wxid, name, greeting } = content;
  const asked = element('msg', {
    fromusername: wxid,
    encryptusername: v1,
    fromnickname: name,
    content: greeting,
    scene,
    ticket: v2,
  });
  return callbackBody(account, '30001', {
    content: asked,
    fromUser: 'fmessage',
    msgId: message.seq,
    newMsgId: asNumber(newMsgIdOf(message)),
    self: false,
    timestamp: Math.floor(message.sentAt / 1000),
    toUser: wcIdOf(account),
    userName: wxid ?? '',
    nickName: name ?? '',
    v1,
  });
}
