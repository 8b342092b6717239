import { hashSecret } from '../../secrets.ts';
import type { App } from '../app.ts';
import { GatewayError } from '../errors.ts';
import { leftByPosts } from '../media/keep-media.ts';

/**
 * Asked before the body of a callback is read. `secret` is that of its address; null at an address that is the same for all.
 *
 * NOT_FOUND for an unknown secret; RATE_LIMITED for an account that was posted more than `WXGRAPH_CALLBACKS_PER_MINUTE`; UNAVAILABLE
 * where the disk has less left than what is being stored already may need.
 */
export async function admitCallback(app: App, secret: string | null): Promise<void> {
  if (secret !== null) {
    const addressee = await app.knownAccounts.byCallback(app, hashSecret(secret));
    if (!addressee) throw new GatewayError('NOT_FOUND', 'There is no such callback address.');
    app.limitCallbacks(addressee.account.id);
  }
  if (await isDiskFull(app)) {
    const words = 'The disk of the gateway has less than 50 MB left; nothing is taken until there is more.';
    throw new GatewayError('UNAVAILABLE', words, { retryable: true, retryAfterMs: 10_000 });
  }
}

/** Whether so little is left that nothing new may be taken from upstreams. */
export async function isDiskFull(app: App): Promise<boolean> {
  const free = await app.freeBytes();
  return free !== null && free < leftByPosts;
}
