/** Answers that go on: event streams, at the pace of their readers. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { type Caller, keyScope } from '../resolvers/caller.ts';
import { GatewayError } from '../resolvers/errors.ts';
import type { Connections } from './connections.ts';
import { type Credential, addressOf } from './guards.ts';
import type { Timing } from './timing.ts';

type Chunk = string | Uint8Array;

/** A stream's place among the connections of its caller and address. */
export type Place = { caller: Caller; credential: Credential; leave(): void };

export type Streams = {
  /** RATE_LIMITED where the caller or the address has too many connections. Leave it when no stream comes of it. */
  enter(request: FastifyRequest, caller: Caller, credential: Credential): Place;
  /** Sends the head at once, then the chunks until they, the reader, the credential or the server end. */
  send(reply: FastifyReply, place: Place, chunks: AsyncIterator<Chunk>, options: SendOptions): Promise<void>;
  /** Ends every stream where it stands. */
  close(): void;
};

export type SendOptions = { status?: number; headers: Record<string, string>; heartbeat: string | null };

export function createStreams(
  connections: Connections,
  config: Pick<Config, 'maxSocketsPerToken' | 'maxSocketsPerAddress'>,
  timing: Timing,
): Streams {
  const open = new Set<() => void>();

  return {
    enter(request, caller, credential) {
      const leaveAddress = connections.enter(`address:${addressOf(request)}`, config.maxSocketsPerAddress);
      if (!leaveAddress) throw tooMany('address');
      const leaveToken = connections.enter(keyScope(caller), config.maxSocketsPerToken);
      if (!leaveToken) {
        leaveAddress();
        throw tooMany('token');
      }
      return {
        caller,
        credential,
        leave() {
          leaveAddress();
          leaveToken();
        },
      };
    },

    async send(reply, place, chunks, { status = 200, headers, heartbeat }) {
      const response = reply.raw;
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) response.setHeader(name, value);
      }
      const end = () => response.destroyed || response.end();
      open.add(end);
      const unwatch = connections.watch(place.credential, end);
      const gone = new AbortController();
      response.on('error', () => gone.abort());
      response.once('close', () => gone.abort());
      // Whatever ends the stream ends its source at once, also one that waits for its next event.
      gone.signal.addEventListener('abort', () => void chunks.return?.(), { once: true });
      if (response.destroyed) gone.abort();
      try {
        response.writeHead(status, headers);
        response.socket?.setNoDelay(true);
        response.flushHeaders();
        await pump(response, chunks, gone.signal, heartbeat, timing);
      } finally {
        unwatch();
        open.delete(end);
        place.leave();
        if (!response.writableEnded) response.end();
        await chunks.return?.();
      }
    },

    close() {
      for (const end of open) end();
    },
  };
}

async function pump(
  response: ServerResponse,
  chunks: AsyncIterator<Chunk>,
  gone: AbortSignal,
  heartbeat: string | null,
  timing: Timing,
): Promise<void> {
  let full = false;
  const beat =
    heartbeat === null
      ? undefined
      : setInterval(() => {
          if (!full && !response.writableEnded) response.write(heartbeat);
        }, timing.heartbeatMs);
  try {
    for (;;) {
      const step = await unlessGone(chunks.next(), gone);
      if (step === null || step.done || response.writableEnded) return;
      if (response.write(step.value)) continue;
      full = true;
      await drained(response, gone, timing);
      full = false;
    }
  } finally {
    clearInterval(beat);
  }
}

/** Resolves when there is room again; destroys a response whose reader takes nothing for too long. */
async function drained(response: ServerResponse, gone: AbortSignal, timing: Timing): Promise<void> {
  let left = response.writableLength;
  let still = 0;
  const watch = setInterval(() => {
    still = response.writableLength < left ? 0 : still + timing.sweepMs;
    left = response.writableLength;
    if (still >= timing.stallMs) response.destroy();
  }, timing.sweepMs);
  const room = new AbortController();
  try {
    await unlessGone(once(response, 'drain', { signal: room.signal }), gone);
  } catch {
    // An error of the response aborts `gone` too; there is nothing to wait for.
  } finally {
    room.abort();
    clearInterval(watch);
  }
}

/** The value, or null once the signal aborts. (Racing with one long-lived promise would keep every loser.) */
async function unlessGone<T>(value: Promise<T>, gone: AbortSignal): Promise<T | null> {
  if (gone.aborted) {
    value.catch(() => {});
    return null;
  }
  let stop: () => void;
  const aborted = new Promise<null>((resolve) => {
    stop = () => resolve(null);
    gone.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([value, aborted]);
  } finally {
    gone.removeEventListener('abort', stop!);
  }
}

function tooMany(of: string): GatewayError {
  return new GatewayError('RATE_LIMITED', `There are too many open connections of this ${of}.`, { retryable: true });
}
