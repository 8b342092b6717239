/** The HTTP server: what every request passes, the routes of this folder, and those that other faces add. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import cookie from '@fastify/cookie';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { addressOf as shownAddress } from '../config.ts';
import { safeUrl } from '../log.ts';
import { addCallback } from './callback.ts';
import { createConnections } from './connections.ts';
import { addEvents } from './events.ts';
import { createFanOut } from './subscriptions/fan-out.ts';
import { createGraphql } from './graphql/graphql.ts';
import { addGraphql } from './graphql/graphql-route.ts';
import { type Guards, createGuards } from './guards.ts';
import { addHealth } from './health.ts';
import { isLoopback } from './loopback.ts';
import { addMedia } from './media.ts';
import { noteMethods } from './methods.ts';
import { addPanel } from './panel.ts';
import { createPathTokens } from './path-tokens.ts';
import type { Inside, ServerParts } from './parts.ts';
import { HttpError, logProblem, problemBody, problemOf } from './problem.ts';
import { createRawLines } from './raw-lines.ts';
import { refuseClient } from './refuse-client.ts';
import { GatewayError } from '../resolvers/errors.ts';
import type { Interest } from '../resolvers/events/interests.ts';
import { addSignIn } from './sign-in.ts';
import { createStreams } from './subscriptions/streams.ts';
import { defaultTiming } from './timing.ts';
import { addUpload } from './upload.ts';
import { createSockets } from './subscriptions/websocket.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Pages of any origin may call this route; it needs a token of its own, or has its permission in the address. */
    anyOrigin?: boolean;
  }
}

export type GatewayServer = {
  /** `url` is the address that the gateway gives out, `local` the one at which this machine reaches it. */
  /** A GET of this path, query and all, with this token, as it would come from outside but without the network. Answers its status. */
  visit(path: string, token: string): Promise<number>;
  listen(): Promise<{ url: string; local: string; port: number }>;
  /** Not ready at once; sockets closed with 1001; requests under way finished, or cut off after the grace. */
  close(): Promise<void>;
};

const tokenChanges: Interest = {
  types: ['TOKEN_CHANGED'],
  accountIds: null,
  chatIds: null,
  passes: ({ type }) => type === 'TOKEN_CHANGED',
};
const maxBodyBytes = 1024 * 1024;
const corsHeaders = 'authorization, content-type, idempotency-key, last-event-id, x-api-key';

/** A server that does not listen yet. */
export async function createServer({ routes = [], timing: given, ...parts }: ServerParts): Promise<GatewayServer> {
  const { app } = parts;
  const timing = { ...defaultTiming, ...given };
  const guards = createGuards(app, parts.useCases);
  const graphql = createGraphql({ ...parts, executionMs: timing.executionMs });
  const connections = createConnections((credential) => guards.recheck(credential), timing.recheckMs, app.log);
  // A token that was revoked ends its connections at once; what the log does not tell is found out by and by.
  app.liveLog.listen(tokenChanges, () => connections.recheck());
  const fanOut = createFanOut(app);
  const looking = setInterval(() => fanOut.sweep(), timing.sweepMs);
  looking.unref();
  const streams = createStreams({ connections, app, fanOut, timing });
  // Random bytes for each request would cost more than all else that a small one needs.
  const start = app.randomHex(4);
  let requests = 0;
  const pathTokens = createPathTokens(app.config.pathTokens);
  const rawLines = createRawLines();
  let stopping = false;

  const server: FastifyInstance = fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout: 300_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 500 },
    genReqId: () => start + (requests += 1).toString(16).padStart(8, '0'),
    rewriteUrl: (request) => pathTokens.rewrite(request),
    // Fastify's type of the packet is not what Node gives.
    clientErrorHandler: (error: Error, socket) => {
      if (!rawLines.serve(server.server, error, socket)) refuseClient(error, socket, rawLines.isBusy(socket));
    },
    // An address that cannot be read is refused before any hook, and in the same shape.
    frameworkErrors: (error, request, reply) => {
      const problem = problemOf(error);
      void (reply as FastifyReply).code(problem.status).send(problemBody(problem, request.id));
    },
  });
  const inside: Inside = { ...parts, guards, graphql, connections, streams, timing, stopping: () => stopping };
  const methodsOf = noteMethods(server);

  takeRawBodies(server);
  rawLines.watch(server.server);
  server.addHook('onRequest', (request, reply, next) => {
    try {
      admit(request, reply, guards);
      pathTokens.admit(request);
    } catch (error) {
      return next(error as Error);
    }
    if (isPreflight(request) && !answersOptions(request)) return void reply.code(204).send();
    next();
  });
  server.addHook('onResponse', (request, reply, next) => {
    if (app.log.isLevelEnabled('debug')) {
      const { method, id: requestId } = request;
      const ms = Math.round(reply.elapsedTime);
      app.log.debug({ method, url: safeUrl(request.url), status: reply.statusCode, ms, requestId }, 'request');
    }
    // What was still being answered when the stop came leaves a connection open that nobody uses again.
    if (stopping) setImmediate(() => server.server.closeIdleConnections());
    next();
  });
  server.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    logProblem(app.log, error, problem, request.id);
    return reply.code(problem.status).headers(problem.headers).send(problemBody(problem, request.id));
  });
  server.setNotFoundHandler((request) => {
    const methods = methodsOf(request.url.split('?', 1)[0]!);
    if (methods.length === 0) throw new GatewayError('NOT_FOUND', 'There is nothing at this address.');
    throw new HttpError(405, `This address takes ${methods.join(', ')}.`, { allow: methods.join(', ') });
  });

  await server.register(cookie);
  for (const add of [addHealth, addCallback, addSignIn, addGraphql, addEvents, addMedia, addUpload, addPanel])
    add(server, inside);
  for (const add of routes) {
    await server.register((scope, _options, done) => {
      scope.addHook('onRoute', (route) => {
        route.config = { ...route.config, pathToken: true };
      });
      add(scope, app, guards);
      done();
    });
  }
  const sockets = createSockets({ server: server.server, app, graphql, guards, connections, fanOut, timing });

  function leave(): void {
    if (stopping) return;
    stopping = true;
    // Before any source ends: a client must see a gateway that goes away, not a subscription that is complete.
    sockets.close();
    streams.close();
    connections.close();
    clearInterval(looking);
  }
  app.stopping.addEventListener('abort', leave, { once: true });

  return {
    async visit(path, token) {
      const headers = { host: 'localhost', authorization: `Bearer ${token}` };
      return (await server.inject({ method: 'GET', url: path, headers })).statusCode;
    },
    async listen() {
      const { host, port } = app.config;
      await server.listen({ host, port });
      const { address, port: actual } = server.server.address() as AddressInfo;
      if (!isLoopback(address)) app.log.warn({ host: address }, 'the gateway listens beyond this machine');
      const local = shownAddress(host, actual);
      return { url: app.config.publicUrl ?? local, local, port: actual };
    },
    async close() {
      leave();
      const cut = setTimeout(() => cutOff(server.server), timing.graceMs);
      cut.unref();
      await Promise.all([sockets.closed(), server.close()]);
      clearTimeout(cut);
    },
  };
}

/** Every body arrives as it is: each face reads its own content types. */
function takeRawBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/** What every request passes before its route, and what every answer carries. */
function admit(request: FastifyRequest, reply: FastifyReply, guards: Guards): void {
  void reply.headers({
    'x-request-id': request.id,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
  });
  const anyOrigin = request.routeOptions.config.anyOrigin === true;
  guards.admit(anyOrigin ? withoutOrigin(request) : request);
  const origin = anyOrigin ? '*' : guards.rules.allowedOrigin(request.headers);
  if (origin === null) return;
  void reply.headers({
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'x-request-id, retry-after',
  });
  if (origin !== '*') void reply.header('vary', 'origin');
  if (isPreflight(request)) {
    void reply.headers({
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': corsHeaders,
      'access-control-max-age': '600',
    });
  }
}

function withoutOrigin({ method, url, headers, socket }: FastifyRequest) {
  return { method, url, headers: { host: headers.host }, socket };
}

function isPreflight(request: FastifyRequest): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
}

/** Its face has an answer of its own to a question for methods. */
function answersOptions({ routeOptions }: FastifyRequest): boolean {
  return [routeOptions.method].flat().includes('OPTIONS');
}

function cutOff(server: Server): void {
  server.closeAllConnections();
}
