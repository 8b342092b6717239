/**
 * Pictures of people and chat rooms.
 */
import { type AvatarOf, DriverError } from '../driver.ts';
import type { MediaBody } from '../media.ts';
import { type OpenwxClient, readJson, refusal, unreadable } from './client.ts';

/**
 * Has the program fetch a picture from WeChat. A member of a chat room who is no friend is found through the room alone,
 * and practically never has one. Throws `DriverError`: NOT_FOUND for nobody, and for somebody without a picture, which the
 * program answers with 503 and nothing after 3 s (observed on Mojo-Weixin 1.4.6).
 */
export async function fetchAvatar(client: OpenwxClient, of: AvatarOf, signal: AbortSignal): Promise<MediaBody> {
  const form = { id: of.wxid, ...(of.roomWxid !== null && { group_id: of.roomWxid }) };
  const answer = await client.post('get_avatar', form, client.timings.callMs, signal);
  if (answer.bytes.length === 0 && (answer.status === 503 || answer.status === 200)) {
    throw new DriverError('NOT_FOUND', 'the upstream has no picture of it', { certain: true, retry: false });
  }
  if (answer.status !== 200 || answer.contentType?.startsWith('image/') !== true) {
    throw refusal(readJson(answer)) ?? unreadable('get_avatar answered no picture');
  }
  return { chunks: [answer.bytes], mime: answer.contentType, name: null };
}
