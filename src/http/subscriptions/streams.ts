/** Answers that go on: event streams, each of one subscription that is followed. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../resolvers/app.ts';
import { type Caller, keyScope } from '../../resolvers/access/caller.ts';
import { GatewayError } from '../../resolvers/errors.ts';
import type { Connections } from '../connections.ts';
import type { FanOut, Follower } from './fan-out.ts';
import type { Shared } from './group.ts';
import { type Credential, addressOf } from '../guards.ts';
import { paceOf } from './link.ts';
import { type Progress, notStalled, stalledMs } from '../progress.ts';
import type { Timing } from '../timing.ts';

/** A stream's place among the connections of its caller and address. */
export type Place = { caller: Caller; credential: Credential; leave(): void };

export type Streams = {
  /** RATE_LIMITED where the caller or the address has too many connections. Leave it when no stream comes of it. */
  enter(request: FastifyRequest, caller: Caller, credential: Credential): Place;
  /** Sends the head at once, then the subscription until the reader, the credential or the server end. */
  follow(reply: FastifyReply, place: Place, subscription: Shared, form: StreamForm): void;
  /** Ends every stream where it stands, and looks after them no more. */
  close(): void;
};

/** How a stream is written. */
export type StreamForm = {
  /** What stands before each event. */
  head: string;
  /** Keeps a quiet stream open; `position` as a cursor, where there is one. */
  beat(position: string | null): string;
  /** What is said last where the subscription could not go on. */
  failed(error: unknown): string;
};

type Stream = {
  place: Place;
  response: ServerResponse;
  socket: Socket;
  follower: Follower;
  beat: StreamForm['beat'];
  progress: Progress;
  beatenMs: number;
};

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Proxies that buffer would hold events back.
  'x-accel-buffering': 'no',
};
/** Some clients tell of a connection only when its first byte is there. */
export const comment = ': \n\n';
const blankLine = Buffer.from('\n\n');

export function createStreams({
  connections,
  app: { config, log },
  fanOut,
  timing,
}: {
  connections: Connections;
  app: Pick<App, 'config' | 'log'>;
  fanOut: FanOut;
  timing: Timing;
}): Streams {
  const open = new Set<Stream>();

  /** Each stream, looked at: does its reader read, has it heard anything lately? */
  function sweep(): void {
    for (const stream of open) {
      const { response, socket, progress, follower } = stream;
      if (stalledMs(progress, socket, timing.sweepMs) >= timing.stallMs) {
        log.warn({ tokenId: stream.place.caller.tokenId }, 'an event stream that does not read was cut off');
        response.destroy();
        continue;
      }
      stream.beatenMs += timing.sweepMs;
      if (stream.beatenMs < timing.heartbeatMs || follower.link.isFull() || response.writableEnded) continue;
      stream.beatenMs = 0;
      response.write(stream.beat(fanOut.position(follower)));
    }
  }
  const timer = setInterval(sweep, timing.sweepMs);
  timer.unref();

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

    follow(reply, place, subscription, { head, beat, failed }) {
      const response = reply.raw;
      const socket = reply.request.raw.socket;
      reply.hijack();
      if (socket.destroyed) return place.leave();
      for (const [name, value] of Object.entries({ ...reply.getHeaders(), ...headers })) {
        if (value !== undefined) response.setHeader(name, value);
      }
      socket.setNoDelay(true);
      response.writeHead(200);
      response.write(comment);
      const end = (last = ''): void => {
        if (!response.writableEnded) response.end(last);
      };
      const before = Buffer.from(head);
      const pace = paceOf(response);
      const follower = fanOut.follow(
        subscription,
        {
          ...pace,
          headOf: () => before,
          write: (_, bodies) => {
            if (response.writableEnded) return true;
            return response.write(eventsOf(before, bodies)) || !pace.isFull();
          },
          failed: (_, error) => end(failed(error)),
        },
        '',
      );
      const unwatch = connections.watch(place.credential, () => end());
      const stream: Stream = { place, response, socket, follower, beat, progress: notStalled(), beatenMs: 0 };
      open.add(stream);
      response.on('error', () => response.destroy());
      // Whatever ends the stream ends its source at once, also one that waits for its next event.
      response.once('close', () => {
        unwatch();
        open.delete(stream);
        place.leave();
        fanOut.stop(follower);
      });
    },

    close() {
      clearInterval(timer);
      for (const { response } of open) if (!response.writableEnded) response.end();
    },
  };
}

function eventsOf(head: Buffer, bodies: readonly Buffer[]): Buffer {
  return Buffer.concat(bodies.flatMap((body) => [head, body, blankLine]));
}

function tooMany(of: string): GatewayError {
  return new GatewayError('RATE_LIMITED', `There are too many open connections of this ${of}.`, { retryable: true });
}
