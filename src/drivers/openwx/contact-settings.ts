/**
 * What an account sets for itself: remarks, and conversations on top. The program does not note them in its own lists; they
 * come back by a sync (observed on Mojo-Weixin 1.4.6).
 */
import type { OpenwxClient } from './client.ts';

/** Names a friend. Empty takes the name away, as leaving it out would. Throws `DriverError`. */
export async function setRemark(
  client: OpenwxClient,
  wxid: string,
  remark: string,
  signal: AbortSignal,
): Promise<void> {
  await client.call('set_markname', { id: wxid, new_markname: remark }, client.timings.callMs, signal);
}

/** Keeps the conversation with a friend or chat room on top, or no longer. Throws `DriverError`. */
export async function pin(client: OpenwxClient, wxid: string, pinned: boolean, signal: AbortSignal): Promise<void> {
  await client.call('stick', { id: wxid, op: pinned ? '1' : '0' }, client.timings.callMs, signal);
}
