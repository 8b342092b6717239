/** Sending through the hook: text, in a chat room with people mentioned, and media. */
import { DriverError, type OutgoingSend, type SendReceipt } from '../driver.ts';
import { type PchookClient, readDone } from './client.ts';
import { fields, known, list, messageId } from './fields.ts';
import { mediaCall } from './send-media.ts';

/** What a send may mention everybody by. */
const everybody = ['notify@all', '@all'];

/**
 * Gives one message to WeChat. "1" means that the hook took it: the message's id comes with a later post. Throws
 * `DriverError`.
 */
export async function send(client: PchookClient, sending: OutgoingSend, signal: AbortSignal): Promise<SendReceipt> {
  const { receiver, receiverKind, content, mentions } = sending;
  const { sendMs, mediaMs } = client.timings;
  if (receiver === '') throw refused('BAD_INPUT', 'a send needs a receiver');
  if (content.type !== 'TEXT') {
    if (mentions.length > 0) throw refused('UNSUPPORTED', 'only a text can mention somebody');
    const { endpoint, body } = await mediaCall(client.dialect(), content, signal);
    return receiptOf(endpoint, await client.ask(endpoint, { ...to(client, receiver), ...body }, mediaMs, signal));
  }
  if (content.text === '') throw refused('BAD_INPUT', 'a text must not be empty');
  const isRoom = receiverKind === 'CHAT_ROOM' || receiver.endsWith('@chatroom');
  if (mentions.length > 0 && !isRoom) throw refused('UNSUPPORTED', 'only in a chat room can somebody be mentioned');
  const { endpoint, body, otherNames } =
    mentions.length === 0
      ? { endpoint: 'SendTextMsg', body: { ...to(client, receiver), msg: content.text }, otherNames: [] }
      : await mention(client, receiver, mentions, content.text, signal);
  return receiptOf(endpoint, await client.ask(endpoint, body, sendMs, signal), ...otherNames);
}

function receiptOf(endpoint: string, answer: unknown, ...otherNames: readonly string[]): SendReceipt {
  const upstreamId = messageId(readDone(endpoint, answer, ...otherNames).id);
  return { upstreamId, reference: upstreamId };
}

/** The builds call the receiver by different names; where the build is not known both are given. */
function to(client: PchookClient, receiver: string): Record<string, string> {
  const dialect = client.dialect();
  return { ...(dialect !== 'NEWEST' && { wxid: receiver }), ...(dialect !== 'V39' && { toid: receiver }) };
}

type Mention = { endpoint: string; body: Record<string, string>; otherNames: readonly string[] };

async function mention(
  client: PchookClient,
  gid: string,
  mentions: readonly string[],
  msg: string,
  signal: AbortSignal,
): Promise<Mention> {
  // The documented answer of SendAtMsg is that of SendAtAllMsg.
  if (mentions.some((wxid) => everybody.includes(wxid))) {
    return { endpoint: 'SendAtAllMsg', body: { gid, msg }, otherNames: ['SendAtMsg'] };
  }
  const wxidlist = mentions.join(',');
  const names = client.dialect() === 'V39' ? null : await nicknames(client, mentions, signal);
  const body = { gid, wxidlist, ...(names !== null && { nicknamelist: names }), msg };
  return { endpoint: 'SendAtMsg', body, otherNames: ['SendAtAllMsg'] };
}

/** The newest build wants the names as well. A failure here is certain: nothing has been sent. */
async function nicknames(
  client: PchookClient,
  mentions: readonly string[],
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const wxidlist = mentions.join(',');
    const answer = await client.ask('BatchGetContactBriefInfo', { wxidlist }, client.timings.callMs, signal);
    const told = list(fields(answer)?.['info']);
    const names = new Map(told.map((one) => [known(one, 'wxid'), known(one, 'nickname')]));
    return mentions.map((wxid) => names.get(wxid) ?? wxid).join(',');
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    if (error.code === 'UNSUPPORTED' || error.code === 'UPSTREAM_REJECTED') return null;
    throw new DriverError(error.code, error.message, { certain: true, retry: error.retry, cause: error });
  }
}

function refused(code: 'BAD_INPUT' | 'UNSUPPORTED', message: string): DriverError {
  return new DriverError(code, message, { certain: true, retry: false });
}
