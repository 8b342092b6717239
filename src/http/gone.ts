import type { FastifyReply } from 'fastify';

/** Calls once when the client has left or its answer is over; at once where that is so already, as it may leave before it is served. */
export function onceGone({ raw }: FastifyReply, call: () => void): void {
  if (raw.closed || raw.destroyed) call();
  else raw.once('close', call);
}

/** Aborts when the client has left. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  onceGone(reply, () => gone.abort());
  return gone.signal;
}
