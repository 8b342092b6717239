/** Taking an own message back. */
import { DriverError, type SentMessage } from '../driver.ts';
import { parseJsonVerbatim } from '../../lossless-json.ts';
import type { PchookClient } from './client.ts';

/**
 * Takes a message back for everybody, which WeChat allows for two minutes. Builds want its id as an integer with all its
 * digits or as text, under different names. Throws `DriverError`: NOT_FOUND for a message whose id is not known, for a
 * while with `retry`; UPSTREAM_REJECTED with the hook's words.
 */
export async function revoke(client: PchookClient, message: SentMessage, signal: AbortSignal): Promise<void> {
  const id = message.upstreamId ?? message.reference;
  if (id === null || !/^[1-9]\d{0,19}$/.test(id)) {
    throw new DriverError('NOT_FOUND', 'the hook has not told the id of this message', { certain: true, retry: true });
  }
  const body = { msg_svrid: parseJsonVerbatim(id), to_wxid: message.peerWxid, sid: id };
  await client.command('RevokeMsg', body, signal);
}
