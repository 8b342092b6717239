/**
 * Sending text through Mojo-Weixin.
 */
import { DriverError, type OutgoingSend, type SendReceipt } from '../driver.ts';
import { type OpenwxClient, readJson, refusal, unreadable } from './client.ts';
import { fields, known, text } from './fields.ts';
import { messageIdOf } from './message-id.ts';

/**
 * Gives one text to the program and waits until WeChat has taken or refused it.
 *
 * The plugin puts 3 s between sends and closes the connection after 15 s without an answer, while the message still
 * goes out (observed on Mojo-Weixin 1.4.6): a missing answer is never a failed send. Throws `DriverError`.
 */
export async function send(client: OpenwxClient, sending: OutgoingSend, signal: AbortSignal): Promise<SendReceipt> {
  const { receiver, receiverKind, content, mentions } = sending;
  if (receiver === '') throw badInput('a send needs a receiver');
  // Web WeChat sends no list of mentioned people: @name would be mere text.
  if (mentions.length > 0) {
    throw new DriverError('UNSUPPORTED', 'Openwx cannot mention', { certain: true, retry: false });
  }
  if (content.type !== 'TEXT') {
    throw new DriverError('UNSUPPORTED', 'this driver sends text alone', { certain: true, retry: false });
  }
  if (content.text === '') throw badInput('a text must not be empty');
  // @all is a broadcast to every contact on the friends' route, never a receiver.
  if (receiver === '@all') throw badInput('@all is not a receiver');
  const room = receiverKind === 'CHAT_ROOM' || receiver.startsWith('@@');
  const route = room ? 'send_group_message' : 'send_friend_message';
  const answer = readJson(await client.post(route, { id: receiver, content: content.text }, signal));
  const refused = refusal(answer);
  if (refused !== null) throw refused;
  const receipt = fields(answer);
  // 1.4.6 says `id`, older versions and the documentation `msg_id`.
  const reference = known(receipt?.['id']) ?? known(receipt?.['msg_id']);
  const upstreamId = messageIdOf(reference);
  // A code that was told, as a success is: a reply of something else may have an id, too.
  const succeeded = ['0', ''].includes(text(receipt?.['code']) ?? 'none');
  if (!succeeded || upstreamId === null) throw unreadable('the upstream answered without an id');
  return { upstreamId, reference };
}

function badInput(message: string): DriverError {
  return new DriverError('BAD_INPUT', message, { certain: true, retry: false });
}
