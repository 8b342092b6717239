/** Where upstreams post. The answers are what they can stand: plain text, and never JSON. */
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatewayError } from '../resolvers/errors.ts';
import type { ReceivedCallback } from '../resolvers/receive/receive-callback.ts';
import type { ErrorCode } from '../words.ts';
import { type CallbackBody, createBodyReader, readCallbackBody } from './callback-body.ts';
import { isLoopback } from './loopback.ts';
import type { Inside } from './parts.ts';
import { logProblem, problemOf } from './problem.ts';
import { createRoom } from './room.ts';

/** Where the PC hook posts to unless it is told otherwise, and in its documentation's own example. */
const hookAddresses = ['/api/user/recive_msg', '/api/msg/recive'];
/** What a body of unknown length is counted as. */
const unknownBytes = 1024 * 1024;
/** What a callback takes beside its body. */
const ownBytes = 4096;
/** What is answered so was not taken, through no fault of the body's. */
const refusals: readonly ErrorCode[] = ['UNAVAILABLE', 'RATE_LIMITED', 'TOO_LARGE', 'INTERNAL'];

export function addCallback(server: FastifyInstance, { app, useCases, timing }: Inside): void {
  const readBody = createBodyReader();
  const room = createRoom(timing.callbackBytes);
  /** Callbacks that are under way, and how each gives its room back. */
  const leaving = new WeakMap<FastifyRequest, () => void>();

  void server.register((scope, _options, done) => {
    scope.setErrorHandler((error, request, reply) => {
      const problem = problemOf(error);
      if (refusals.includes(problem.code)) app.refusals.note(error);
      if (problem.code === 'INTERNAL') logProblem(app.log, error, problem, request.id);
      // What is there and what is not shall not be told apart by anything but the status.
      const text = problem.code === 'NOT_FOUND' ? '' : problem.message;
      return reply.code(problem.status).headers(problem.headers).type('text/plain; charset=utf-8').send(text);
    });

    scope.addHook('preParsing', async (request, reply) => {
      await useCases.admitCallback(app, (request.params as { secret?: string }).secret ?? null);
      const bytes = Number(request.headers['content-length'] ?? unknownBytes) || 0;
      const leave = room.take(bytes + ownBytes);
      if (!leave) throw new GatewayError('UNAVAILABLE', 'Too much at once.', { retryable: true, retryAfterMs: 1000 });
      leaving.set(request, leave);
      // Who has gone away gives back nothing while his callback is being stored.
      reply.raw.once('close', () => leaving.get(request)?.());
    });

    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (request: FastifyRequest, payload: Readable) => {
      const length = request.headers['content-length'];
      return readCallbackBody(app, payload, length === undefined ? null : Number(length));
    });

    const receive = async (request: FastifyRequest, use: (callback: ReceivedCallback) => Promise<void>) => {
      const leave = leaving.get(request);
      leaving.delete(request);
      try {
        await readBody((request.body ?? new Uint8Array()) as CallbackBody, (body) => use(callbackIn(request, body)));
      } finally {
        leave?.();
      }
    };
    scope.post<{ Params: { secret: string } }>('/callback/:secret', async (request, reply) => {
      await receive(request, (callback) => useCases.receiveCallback(app, request.params.secret, callback));
      return reply.type('text/plain; charset=utf-8').send('ok');
    });
    for (const address of hookAddresses) {
      scope.post(address, { onRequest: refuseStrangers }, async (request, reply) => {
        await receive(request, (callback) => useCases.receiveUnaddressed(app, 'PCHOOK', callback));
        return reply.type('text/plain; charset=utf-8').send('ok');
      });
    }
    done();
  });
}

function callbackIn(request: FastifyRequest, body: Uint8Array): ReceivedCallback {
  return {
    body,
    contentType: request.headers['content-type'] ?? null,
    query: new URLSearchParams(request.url.split('?', 2)[1] ?? ''),
  };
}

/** An address that everybody knows is for this machine alone, and not for what a proxy on it passes on. */
function refuseStrangers(request: FastifyRequest, _reply: unknown, next: (error?: Error) => void): void {
  const isForwarded = Object.keys(request.headers).some(
    (name) => name === 'forwarded' || name.startsWith('x-forwarded'),
  );
  const isHere = isLoopback(request.socket.remoteAddress ?? '');
  next(isHere && !isForwarded ? undefined : new GatewayError('NOT_FOUND', 'There is nothing at this address.'));
}
