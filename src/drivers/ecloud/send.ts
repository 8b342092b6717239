/**
 * Sending text through E云.
 */
import { DriverError, type OutgoingSend, type SendReceipt } from '../driver.ts';
import { isStale } from './client.ts';
import { isRoomId, membersOf } from './contacts.ts';
import { fields, messageIdOf, text } from './fields.ts';
import type { EcloudSession } from './session.ts';

/** Everybody in a chat room, as a mention. */
const everybody = 'notify@all';
/** What WeChat puts behind a mention. */
const mentionEnd = '\u2005';

/**
 * Gives one text to E云. Throws `DriverError`; a login instance that has ended is certain and may be tried again, as its
 * successor is looked up then.
 */
export async function send(session: EcloudSession, sending: OutgoingSend, signal: AbortSignal): Promise<SendReceipt> {
  const { receiver, content, mentions } = sending;
  const { client } = session;
  if (receiver === '') throw badInput('a send needs a receiver');
  if (content.type !== 'TEXT') {
    throw new DriverError('UNSUPPORTED', 'this driver sends text alone', { certain: true, retry: false });
  }
  if (content.text === '') throw badInput('a text must not be empty');
  if (mentions.length > 0 && !isRoomId(receiver)) throw badInput('only in a chat room can somebody be mentioned');
  const body = {
    wId: await beforeTheSend(session.wId(signal)),
    wcId: receiver,
    content:
      mentions.length === 0 ? content.text : await beforeTheSend(withNames(session, sending, content.text, signal)),
    ...(mentions.length > 0 && { at: mentions.join(',') }),
  };
  try {
    return receiptOf(await client.call('sendText', body, client.timings.sendMs, signal));
  } catch (error) {
    if (isStale(error)) session.forget();
    throw error;
  }
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

/** What is asked before the send: whatever fails there, nothing was sent. */
async function beforeTheSend<Value>(question: Promise<Value>): Promise<Value> {
  try {
    return await question;
  } catch (error) {
    if (!(error instanceof DriverError) || error.certain) throw error;
    throw new DriverError(error.code, error.message, { certain: true, retry: error.retry, cause: error });
  }
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

function badInput(message: string): DriverError {
  return new DriverError('BAD_INPUT', message, { certain: true, retry: false });
}
