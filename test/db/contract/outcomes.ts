/** How attempts end. */
import type { Lane, Outcome } from '../../../src/db/store.ts';
import type { SendLog } from '../../../src/db/model.ts';
import { accept, line, takeNext, type World } from './world.ts';

/** The upstream took it. */
export const sent = (world: World, upstreamId: string | null = null): Outcome => ({
  now: world.now,
  responseTimeMs: 12,
  status: 'SENT',
  upstreamId,
  reference: 'reference',
});
/** It was refused, or nobody knows. */
export const failed = (world: World, status: 'FAILED' | 'UNKNOWN'): Outcome => ({
  now: world.now,
  responseTimeMs: 12,
  status,
  code: status === 'FAILED' ? 'UPSTREAM_REJECTED' : 'UPSTREAM_TIMEOUT',
  message: 'why',
});
/** Certain that nothing left. */
export const requeued = (world: World, notBefore: number): Outcome => ({
  now: world.now,
  responseTimeMs: 12,
  status: 'QUEUED',
  code: 'UPSTREAM_UNREACHABLE',
  message: 'refused',
  notBefore,
});

/** A line that is in flight. */
export async function dispatched(world: World, lane: Lane, text = 'hello'): Promise<SendLog> {
  await accept(world, line(lane.accountId, text));
  return takeNext(world, lane);
}

/** A line whose outcome is not known. */
export async function unknown(world: World, lane: Lane, text = 'hello'): Promise<SendLog> {
  const send = await dispatched(world, lane, text);
  await world.store.settle(send.id, lane, failed(world, 'UNKNOWN'));
  return send;
}
