/** Taking an own message back. */
import type { SentMessage } from '../driver.ts';
import { JsonError, jsonInteger, parseJson } from '../../lossless-json.ts';
import { unsupported } from './client.ts';
import { fields } from './fields.ts';
import type { EcloudSession } from './session.ts';

/**
 * See `Driver.revoke`. E云 wants three numbers back that only the answer to a send tells; of a message that was sent on the
 * phone, or through a version that answered none, there are not all. How late is too late, WeChat says.
 */
export async function revoke(session: EcloudSession, message: SentMessage, signal: AbortSignal): Promise<void> {
  const { msgId, newMsgId, createTime } = message.reference === null ? {} : numbersIn(message.reference);
  const ids = { msgId: jsonInteger(msgId), newMsgId: jsonInteger(newMsgId), createTime: jsonInteger(createTime) };
  if (Object.values(ids).includes(null)) {
    throw unsupported('E云 takes back only what was sent through it, and of this message it told no msgId');
  }
  await session.ask('revokeMsg', { wcId: message.peerWxid, ...ids }, signal);
}

function numbersIn(reference: string): { msgId?: unknown; newMsgId?: unknown; createTime?: unknown } {
  try {
    return fields(parseJson(reference)) ?? {};
  } catch (error) {
    if (error instanceof JsonError) return {};
    throw error;
  }
}
