/**
 * Sending through Mojo-Weixin.
 */
import { DriverError, type OutgoingSend, type SendReceipt } from '../driver.ts';
import { type OpenwxClient, readJson, refusal, unreadable } from './client.ts';
import { fields, known, text } from './fields.ts';
import type { Form } from './form-body.ts';
import { messageIdOf } from './message-id.ts';
import { mediaForm } from './outgoing-media.ts';
import { isRoomId } from './room-id.ts';

/**
 * Gives one text, or one picture, video or file, to the program and waits until WeChat has taken or refused it.
 *
 * The plugin puts 3 s between sends and closes the connection after 15 s without an answer, after 120 s where it moves
 * media, while the message still goes out (observed on Mojo-Weixin 1.4.6): a missing answer is never a failed send.
 * Throws `DriverError`.
 */
export async function send(client: OpenwxClient, sending: OutgoingSend, signal: AbortSignal): Promise<SendReceipt> {
  const { receiver, receiverKind, content, mentions } = sending;
  if (receiver === '') throw badInput('a send needs a receiver');
  // Web WeChat sends no list of mentioned people: @name would be mere text.
  if (mentions.length > 0) {
    throw new DriverError('UNSUPPORTED', 'Openwx cannot mention', { certain: true, retry: false });
  }
  if (content.type === 'TEXT' && content.text === '') throw badInput('a text must not be empty');
  // @all is a broadcast to every contact on the friends' route, never a receiver.
  if (receiver === '@all') throw badInput('@all is not a receiver');
  const form: Form = content.type === 'TEXT' ? { content: content.text } : await mediaForm(client, content, signal);
  const route = receiverKind === 'CHAT_ROOM' || isRoomId(receiver) ? 'send_group_message' : 'send_friend_message';
  const timeoutMs = content.type === 'TEXT' ? client.timings.sendMs : client.timings.mediaMs;
  // The receiver comes last: the plugin serves a request that was cut at its limit with what came before, and then finds
  // nobody to send half a file to.
  const answer = readJson(await client.post(route, { ...form, id: receiver }, timeoutMs, signal));
  const refused = refusal(answer);
  if (refused !== null) throw refused;
  const receipt = fields(answer);
  // 1.4.6 says `id`, older versions and the documentation `msg_id`.
  const reference = known(receipt?.['id']) ?? known(receipt?.['msg_id']);
  const upstreamId = messageIdOf(reference);
  // A code that was told, as a success is: a reply of something else may have an id, too.
  const succeeded = ['0', ''].includes(text(receipt?.['code']) ?? 'none');
  if (!succeeded || upstreamId === null) throw unreadable('the upstream answered without an id');
  // The answer to a send by id has lost the end of the id, without which it would be sent as a file.
  const mediaId = known(form['media_id']) ?? known(receipt?.['media_id']);
  return { upstreamId, reference, ...(content.type !== 'TEXT' && { mediaId }) };
}

function badInput(message: string): DriverError {
  return new DriverError('BAD_INPUT', message, { certain: true, retry: false });
}
