import { DriverError, type SentMessage } from '../driver.ts';
import type { OpenwxClient } from './client.ts';
import { text } from './fields.ts';

/**
 * Takes an own message back. The program wants WeChat's id and the receiver, as the answer to the send told them; for what
 * the phone sent they are put together here. Throws `DriverError`; code 0 is told with a failure, too (observed on
 * Mojo-Weixin 1.4.6), both where WeChat refused, as it does after two minutes, and where its answer was missing.
 */
export async function revoke(client: OpenwxClient, message: SentMessage, signal: AbortSignal): Promise<void> {
  const answer = await client.call('revoke_message', { id: idOf(message) }, client.timings.callMs, signal);
  if (text(answer['status']) !== 'revoke failure') return;
  throw new DriverError('UPSTREAM_REJECTED', 'revoke failure', { certain: false, retry: false });
}

function idOf({ reference, upstreamId, peerWxid }: SentMessage): string {
  if (reference !== null && /^\d+:./.test(reference)) return reference;
  if (upstreamId !== null && peerWxid !== '') return `${upstreamId}:${peerWxid}`;
  throw new DriverError('UNSUPPORTED', 'a message without WeChat’s id cannot be revoked', {
    certain: true,
    retry: false,
  });
}
