import type { App } from './app.ts';
import { GatewayError } from './errors.ts';

const leastFreeBytes = 200_000_000;

/** Throws UNAVAILABLE where the disk is nearly full: what is left is kept for what comes in and for outcomes. */
export async function requireSpace(app: App): Promise<void> {
  const free = await app.freeBytes();
  if (free === null || free >= leastFreeBytes) return;
  const words = 'The disk of the gateway has less than 200 MB left; nothing new is sent until there is more.';
  throw new GatewayError('UNAVAILABLE', words, { retryable: true, retryAfterMs: 10_000 });
}
