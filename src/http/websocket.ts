/** GraphQL over WebSocket (the protocol of graphql-ws) on the path of GraphQL over HTTP. */
import { type IncomingMessage, STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, GraphQLError } from 'graphql';
import { CloseCode, type Context as Connection, MessageType, handleProtocols, makeServer } from 'graphql-ws';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import type { App } from '../resolvers/app.ts';
import { type Caller, keyScope } from '../resolvers/caller.ts';
import { GatewayError } from '../resolvers/errors.ts';
import type { Connections } from './connections.ts';
import { createFanOut } from './fan-out.ts';
import type { Graphql, TransportContext } from './graphql.ts';
import { showError } from './graphql-errors.ts';
import { type Credential, type Guards, addressOf, bareToken } from './guards.ts';
import { type Link, createLink } from './link.ts';
import { problemOf } from './problem.ts';
import { sharedKey } from './shared-key.ts';
import type { Followed } from './subscribe.ts';
import type { Timing } from './timing.ts';

export type Sockets = {
  /** Closes every socket with 1001 and lets no more in. */
  close(): void;
  /** Resolves when all are gone; those that do not close by themselves are cut off. */
  closed(): Promise<void>;
};

/** One socket's state, beside what graphql-ws keeps. */
type Peer = {
  socket: WebSocket;
  address: string;
  /** The browser's session, where the upgrade came from the gateway's own page. */
  session: Credential | null;
  caller: Caller | null;
  followed: Set<Followed>;
  leave: (() => void)[];
  /** Messages that the client may still send; fills up again by the minute. */
  budget: number;
  link: Link;
  /** Bytes that its reader had taken when it was last looked at. */
  taken: number;
  stalledMs: number;
  pingedMs: number;
  answered: boolean;
  positionMs: number;
};

type Enveloped = ReturnType<Graphql['getEnveloped']>;
type Args = ExecutionArgs & { enveloped: Enveloped };

const path = '/graphql';

export function createSockets({
  server,
  app,
  graphql,
  guards,
  connections,
  timing,
}: {
  server: Server;
  app: App;
  graphql: Graphql;
  guards: Guards;
  connections: Connections;
  timing: Timing;
}): Sockets {
  const peers = new Set<Peer>();
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: timing.maxFrameBytes,
    clientTracking: false,
    handleProtocols,
  });
  const fanOut = createFanOut(app);
  let closing = false;

  const protocol = makeServer<Record<string, unknown>, Peer>({
    connectionInitWaitTimeout: timing.initWaitMs,
    onConnect: (connection) => admitPeer(connection),
    onSubscribe: (connection, id, payload) => prepare(connection, id, payload),
    execute: (args) => (args as Args).enveloped.execute(args),
    subscribe: (args) => {
      const given = { ...(args as Args) };
      // graphql-ws keeps these for as long as the subscription lasts, and needs them no more.
      for (const name of Object.keys(args)) Reflect.deleteProperty(args, name);
      return given.enveloped.subscribe(given);
    },
  });

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    try {
      if (closing) throw new GatewayError('UNAVAILABLE', 'The gateway is stopping.');
      guards.admit(request);
      if (request.url?.split('?', 1)[0] !== path) throw new GatewayError('NOT_FOUND', 'There is no socket here.');
      const address = addressOf(request);
      const leave = enterAddress(address);
      const credential = cookieCredential(request);
      socket.once('close', () => leave.forEach((one) => one()));
      sockets.handleUpgrade(request, socket, head, (opened) =>
        welcome(opened, socket as Socket, address, credential, leave),
      );
    } catch (error) {
      refuse(socket, error);
    }
  }

  function enterAddress(address: string): (() => void)[] {
    const leave = connections.enter(`address:${address}`, app.config.maxSocketsPerAddress);
    if (!leave) throw new GatewayError('RATE_LIMITED', 'There are too many open connections of this address.');
    const leaveStrangers = connections.enter(`stranger:${address}`, timing.unauthenticatedPerAddress);
    if (leaveStrangers) return [leaveStrangers, leave];
    leave();
    throw new GatewayError(
      'RATE_LIMITED',
      'There are too many connections of this address that did not say who they are.',
    );
  }

  /** The credential of the upgrade itself. A cookie of a page that is not the gateway's own is as if it were not there. */
  function cookieCredential(request: IncomingMessage): Credential | null {
    return guards.rules.isSameOrigin(request.headers) || request.headers.authorization !== undefined
      ? guards.credentialOf(request, { cookie: true })
      : null;
  }

  function welcome(
    socket: WebSocket,
    raw: Socket,
    address: string,
    session: Credential | null,
    leave: (() => void)[],
  ): void {
    const peer: Peer = {
      socket,
      address,
      session,
      caller: null,
      followed: new Set(),
      leave,
      budget: timing.messagesPerMinute,
      link: createLink(socket, raw),
      taken: 0,
      stalledMs: 0,
      pingedMs: 0,
      answered: true,
      positionMs: 0,
    };
    peers.add(peer);
    socket.on('error', (error) => app.log.debug({ err: error }, 'a socket failed'));
    socket.on('pong', () => {
      peer.answered = true;
    });
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => send(peer, data),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) => socket.on('message', (data) => void receive(peer, data, handle)),
      },
      peer,
    );
    socket.once('close', (code, reason) => {
      peers.delete(peer);
      leave.forEach((one) => one());
      closed(code, reason.toString()).catch((error: unknown) => {
        app.log.error({ err: error }, 'a subscription did not end well');
      });
    });
    if (closing) socket.close(1001, 'Going away');
  }

  async function receive(peer: Peer, data: RawData, handle: (text: string) => Promise<void>): Promise<void> {
    if (peer.socket.readyState !== WebSocket.OPEN) return;
    peer.budget -= 1;
    if (peer.budget < 0) return peer.socket.close(1008, 'Too many messages');
    try {
      await handle((data as Buffer).toString('utf8'));
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === 'INTERNAL') app.log.error({ err: error }, 'a message could not be handled');
      if (problem.code === 'UNAVAILABLE') peer.socket.close(1013, 'Try again later');
      else peer.socket.close(CloseCode.InternalServerError, 'Internal server error');
    }
  }

  /** `connection_init`: false closes the socket with 4403. */
  async function admitPeer(connection: Connection<Record<string, unknown>, Peer>): Promise<boolean> {
    const peer = connection.extra;
    const credential = tokenIn(connection.connectionParams) ?? peer.session;
    let caller: Caller;
    try {
      caller = await guards.check(credential, peer.address);
    } catch (error) {
      const { code } = problemOf(error);
      if (code === 'UNAUTHENTICATED' || code === 'RATE_LIMITED') return false;
      throw error;
    }
    if (credential === null || peer.socket.readyState !== WebSocket.OPEN) return false;
    const leaveToken = connections.enter(keyScope(caller), app.config.maxSocketsPerToken);
    if (!leaveToken) {
      peer.socket.close(1008, 'Too many connections of this token');
      return false;
    }
    // It is a stranger no more.
    peer.leave.shift()?.();
    peer.leave.push(
      leaveToken,
      connections.watch(credential, () => peer.socket.close(CloseCode.Forbidden, 'Forbidden')),
    );
    peer.caller = caller;
    return true;
  }

  async function prepare(
    connection: Connection<Record<string, unknown>, Peer>,
    id: string,
    payload: { query: string; operationName?: string | null; variables?: Record<string, unknown> | null },
  ): Promise<Args | readonly GraphQLError[]> {
    const peer = connection.extra;
    const requestId = app.randomHex(8);
    try {
      if (Object.keys(connection.subscriptions).length > timing.maxSubscriptionsPerSocket) {
        const most = timing.maxSubscriptionsPerSocket;
        throw new GatewayError('RATE_LIMITED', `A socket carries at most ${most} operations at a time.`);
      }
      const context: TransportContext = {
        operation: { app, caller: peer.caller!, requestId, idempotencyKey: null },
        followed: peer.followed,
        share: (watch, execute) => {
          const key = sharedKey({ ...payload, document }, peer.caller!);
          return fanOut.follow({ key, watch, execute }, id, peer.link);
        },
      };
      const enveloped = graphql.getEnveloped(context);
      const document = enveloped.parse(payload.query);
      const errors = enveloped.validate(enveloped.schema, document);
      if (errors.length > 0) return errors.map((error: unknown) => withoutHttp(showError(error, requestId, app.log)));
      return {
        enveloped,
        schema: enveloped.schema,
        document,
        operationName: payload.operationName,
        variableValues: payload.variables,
        contextValue: await enveloped.contextFactory(),
        rootValue: undefined,
      };
    } catch (error) {
      return [withoutHttp(showError(error, requestId, app.log))];
    }
  }

  /** Each socket, looked at: is it alive, does it read, does it know its position? */
  function sweep(): void {
    fanOut.sweep();
    for (const peer of peers) {
      peer.budget = Math.min(
        timing.messagesPerMinute,
        peer.budget + (timing.messagesPerMinute * timing.sweepMs) / 60_000,
      );
      if (isStalled(peer, timing)) {
        app.log.warn({ tokenId: peer.caller?.tokenId }, 'a socket that does not read was cut off');
        peer.socket.terminate();
        continue;
      }
      if (peer.socket.readyState !== WebSocket.OPEN) continue;
      peer.pingedMs += timing.sweepMs;
      if (peer.pingedMs >= timing.keepAliveMs) {
        if (!peer.answered) {
          peer.socket.terminate();
          continue;
        }
        peer.pingedMs = 0;
        peer.answered = false;
        peer.socket.ping();
      }
      peer.positionMs += timing.sweepMs;
      if (peer.positionMs >= timing.positionMs) tellPosition(peer);
    }
  }

  /** A quiet socket learns how far its subscriptions have seen, where that is one place, so that its cursor does not age. */
  function tellPosition(peer: Peer): void {
    const positions = new Set([...peer.followed].map((one) => one.position()));
    const [position] = positions;
    if (positions.size !== 1 || position === null || position === undefined) return;
    peer.positionMs = 0;
    void send(peer, JSON.stringify({ type: MessageType.Ping, payload: { cursor: position } })).catch(() => {});
  }

  const timer = setInterval(sweep, timing.sweepMs);
  timer.unref();
  server.on('upgrade', upgrade);

  return {
    close() {
      closing = true;
      for (const { socket } of peers) socket.close(1001, 'Going away');
    },
    async closed() {
      const cut = setTimeout(() => peers.forEach(({ socket }) => socket.terminate()), Math.min(2000, timing.graceMs));
      await Promise.all([...peers].map(({ socket }) => new Promise((resolve) => socket.once('close', resolve))));
      clearTimeout(cut);
      clearInterval(timer);
    },
  };
}

/** Resolves when the frame is with the network: a client that does not read holds up its own subscriptions, and no other's. */
function send(peer: Peer, data: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (peer.socket.readyState !== WebSocket.OPEN) return resolve();
    peer.socket.send(data, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

function isStalled(peer: Peer, timing: Timing): boolean {
  const taken = peer.link.taken();
  const moved = peer.link.waiting() === 0 || taken > peer.taken;
  peer.taken = taken;
  peer.stalledMs = moved ? 0 : peer.stalledMs + timing.sweepMs;
  return peer.stalledMs >= timing.stallMs;
}

function tokenIn(params: Readonly<Record<string, unknown>> | undefined): Credential | null {
  for (const [name, value] of Object.entries(params ?? {})) {
    const known = ['authorization', 'x-api-key'].includes(name.toLowerCase());
    if (known && typeof value === 'string' && value !== '') return { kind: 'token', value: bareToken(value) };
  }
  return null;
}

function withoutHttp(error: GraphQLError): GraphQLError {
  const { http, ...extensions } = error.extensions;
  if (http === undefined) return error;
  return new GraphQLError(error.message, { nodes: error.nodes, path: error.path, extensions });
}

/** An answer in plain HTTP in place of the upgrade. */
function refuse(socket: Duplex, error: unknown): void {
  const { status, message, headers } = problemOf(error);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'connection: close',
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(message)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${message}`);
}
