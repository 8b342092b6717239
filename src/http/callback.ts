/** Where upstreams post. The answers are what they can stand: plain text, and never JSON. */
import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../resolvers/errors.ts';
import type { Inside } from './parts.ts';
import { logProblem, problemOf } from './problem.ts';

const maxBodyBytes = 64 * 1024 * 1024;
/** Bodies under way together; more wait at their senders. */
const maxQueuedBytes = 64 * 1024 * 1024;
/** What a body of unknown length is counted as. */
const unknownBytes = 1024 * 1024;

export function addCallback(server: FastifyInstance, { app, useCases }: Inside): void {
  let queued = 0;

  void server.register((scope, _options, done) => {
    scope.setErrorHandler((error, request, reply) => {
      const problem = problemOf(error);
      logProblem(app.log, error, problem, request.id);
      // What is there and what is not shall not be told apart by anything but the status.
      const text = problem.code === 'NOT_FOUND' ? '' : problem.message;
      return reply.code(problem.status).headers(problem.headers).type('text/plain; charset=utf-8').send(text);
    });

    scope.addHook('preParsing', (request, reply, payload, next) => {
      const bytes = Number(request.headers['content-length'] ?? unknownBytes) || 0;
      if (queued > 0 && queued + bytes > maxQueuedBytes) {
        app.log.warn({ queued }, 'a callback was refused: too much is under way');
        return next(new GatewayError('UNAVAILABLE', 'Too much at once.', { retryable: true, retryAfterMs: 1000 }));
      }
      queued += bytes;
      let left = false;
      const leave = () => {
        if (!left) queued -= bytes;
        left = true;
      };
      reply.raw.once('close', leave);
      next(null, payload);
    });

    scope.post<{ Params: { secret: string } }>(
      '/callback/:secret',
      { bodyLimit: maxBodyBytes },
      async (request, reply) => {
        await useCases.receiveCallback(app, request.params.secret, {
          body: request.body instanceof Uint8Array ? request.body : new Uint8Array(),
          contentType: request.headers['content-type'] ?? null,
          query: new URLSearchParams(request.url.split('?', 2)[1] ?? ''),
        });
        return reply.type('text/plain; charset=utf-8').send('ok');
      },
    );
    done();
  });
}
