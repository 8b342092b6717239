/**
 * Sending through E云.
 */
import type { OutgoingSend, SendReceipt } from '../driver.ts';
import { badInput, isStale } from './client.ts';
import { isRoomId, membersOf } from './contacts.ts';
import { type Fields, fields, messageIdOf, text } from './fields.ts';
import { mediaSend } from './send-media.ts';
import { type EcloudSession, beforehand } from './session.ts';

/** Everybody in a chat room, as a mention. */
const everybody = 'notify@all';
/** What WeChat puts behind a mention. */
const mentionEnd = '\u2005';

/**
 * Gives one message to E云. Throws `DriverError`; a login instance that has ended is certain and may be tried again, as its
 * successor is looked up then.
 */
export async function send(session: EcloudSession, sending: OutgoingSend, signal: AbortSignal): Promise<SendReceipt> {
  const { receiver, content, mentions } = sending;
  const { client } = session;
  if (receiver === '') throw badInput('a send needs a receiver');
  if (mentions.length > 0 && !isRoomId(receiver)) throw badInput('only in a chat room can somebody be mentioned');
  if (mentions.length > 0 && content.type !== 'TEXT') throw badInput('only a text can mention somebody');
  const { route, body } =
    content.type === 'TEXT'
      ? await textSend(session, sending, content.text, signal)
      : await mediaSend(content.type, content.media);
  // E云 fetches media before it answers.
  const { sendMs, mediaMs } = client.timings;
  const wId = await session.wId(signal);
  try {
    const limit = content.type === 'TEXT' ? sendMs : mediaMs;
    return receiptOf(await client.call(route, { wId, wcId: receiver, ...body }, limit, signal));
  } catch (error) {
    if (isStale(error)) session.forget();
    throw error;
  }
}

async function textSend(
  session: EcloudSession,
  sending: OutgoingSend,
  words: string,
  signal: AbortSignal,
): Promise<{ route: string; body: Fields }> {
  const { mentions } = sending;
  if (words === '') throw badInput('a text must not be empty');
  if (mentions.length === 0) return { route: 'sendText', body: { content: words } };
  const content = await beforehand(withNames(session, sending, words, signal));
  return { route: 'sendText', body: { content, at: mentions.join(',') } };
}

/** `at` alone mentions nobody: the text must show each name behind an @. What is missing is put before it. */
async function withNames(
  session: EcloudSession,
  { receiver, mentions }: OutgoingSend,
  words: string,
  signal: AbortSignal,
): Promise<string> {
  const asked = mentions.some((wxid) => wxid !== everybody);
  const members = asked ? await membersOf(session, receiver, signal) : [];
  const names = mentions.map((wxid) => {
    if (wxid === everybody) return '所有人';
    const member = members.find((one) => one.wxid === wxid);
    if (member === undefined) throw badInput(`${wxid.slice(0, 60)} is not in the chat room and cannot be mentioned`);
    return member.displayName ?? member.name;
  });
  const missing = names.filter((name) => !words.includes(`@${name}`));
  return missing.map((name) => `@${name}${mentionEnd}`).join('') + words;
}

/** Older versions answer without data; the message is known by its echo then. */
function receiptOf(data: unknown): SendReceipt {
  const told = fields(data);
  if (told === null) return { upstreamId: null, reference: null };
  const { msgId, newMsgId, createTime } = told;
  return {
    upstreamId: messageIdOf(told),
    // Texts, as they came: revokeMsg wants all three, to the digit.
    reference: JSON.stringify({ msgId: text(msgId), newMsgId: text(newMsgId), createTime: text(createTime) }),
  };
}
