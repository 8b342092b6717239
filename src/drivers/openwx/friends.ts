/**
 * Becoming friends through Mojo-Weixin.
 */
import { DriverError, type FriendRequest } from '../driver.ts';
import type { OpenwxClient } from './client.ts';

/**
 * Asks a member of one of the account's chat rooms; the program finds the room itself. Throws `DriverError`: NOT_FOUND for
 * somebody in none of them, UPSTREAM_REJECTED for a friend and for oneself.
 */
export async function addFriend(
  client: OpenwxClient,
  wxid: string,
  greeting: string | null,
  signal: AbortSignal,
): Promise<void> {
  await client.call('make_friend', { id: wxid, verify: greeting ?? '' }, client.timings.callMs, signal);
}

/** Accepts whom friend_request told. Without its three parts the program asks WeChat all the same. Throws `DriverError`. */
export async function acceptFriendRequest(
  client: OpenwxClient,
  { wxid, name, ticket }: FriendRequest,
  signal: AbortSignal,
): Promise<void> {
  if (wxid === null || ticket === null) {
    throw new DriverError('BAD_INPUT', 'the request tells no id or no ticket', { certain: true, retry: false });
  }
  const form = { id: wxid, displayname: name ?? '', ticket };
  await client.call('accept_friend_request', form, client.timings.callMs, signal);
}
