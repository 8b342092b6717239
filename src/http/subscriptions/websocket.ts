/** GraphQL over WebSocket (the protocol of graphql-ws) on the path of GraphQL over HTTP. */
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  CloseCode,
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  MessageType,
  type SubscribePayload,
  handleProtocols,
} from 'graphql-ws';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import type { App } from '../../resolvers/app.ts';
import { type Caller, keyScope } from '../../resolvers/access/caller.ts';
import { GatewayError } from '../../resolvers/errors.ts';
import type { Connections } from '../connections.ts';
import type { FanOut, Follower } from './fan-out.ts';
import type { Graphql } from '../graphql/graphql.ts';
import { showError } from '../graphql/graphql-errors.ts';
import { type Credential, type Guards, addressOf, bareToken } from '../guards.ts';
import { type Link, paceOf } from './link.ts';
import { operate } from './operate.ts';
import { problemOf } from '../problem.ts';
import { type Progress, notStalled, stalledMs } from '../progress.ts';
import { type Outcome, type Protocol, speak } from './protocol.ts';
import { textFrames } from './text-frames.ts';
import type { Timing } from '../timing.ts';
import { admitUpgrade, credentialOfUpgrade, refuseUpgrade, takePlaces } from './upgrade.ts';

export type Sockets = {
  /** Closes every socket with 1001 and lets no more in. */
  close(): void;
  /** Resolves when all are gone; those that do not close by themselves are cut off. */
  closed(): Promise<void>;
};

/** One socket's state. */
type Peer = {
  socket: WebSocket;
  raw: Socket;
  address: string;
  /** The browser's session, where the upgrade came from the gateway's own page. */
  session: Credential | null;
  caller: Caller | null;
  protocol: Protocol<Follower>;
  leave: (() => void)[];
  /** Messages that the client may still send; fills up again by the minute. */
  budget: number;
  progress: Progress;
  pingedMs: number;
  answered: boolean;
  positionMs: number;
};

/** The reader took nothing for too long: it may come back, and read on from its cursor. */
const tooSlow = 4013;

export function createSockets({
  server,
  app,
  graphql,
  guards,
  connections,
  fanOut,
  timing,
}: {
  server: Server;
  app: App;
  graphql: Graphql;
  guards: Guards;
  connections: Connections;
  fanOut: FanOut;
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
  const limits = { ofAddress: app.config.maxSocketsPerAddress, ofStrangers: timing.unauthenticatedPerAddress };
  let closing = false;

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    try {
      if (closing) throw new GatewayError('UNAVAILABLE', 'The gateway is stopping.');
      admitUpgrade(request, guards);
      const leave = takePlaces(request, connections, limits);
      socket.once('close', () => leave.forEach((one) => one()));
      const session = credentialOfUpgrade(request, guards);
      const address = addressOf(request);
      sockets.handleUpgrade(request, socket, head, (opened) =>
        welcome(opened, socket as Socket, address, session, leave),
      );
    } catch (error) {
      refuseUpgrade(socket, error);
    }
  }

  function welcome(
    socket: WebSocket,
    raw: Socket,
    address: string,
    session: Credential | null,
    leave: (() => void)[],
  ): void {
    const protocol = speak<Follower>({
      send: (text) => send(socket, text),
      close: (code, reason) => shut(peer, code, reason),
      admit: (params) => admitPeer(peer, params),
      begin: (payload, open) => begin(peer, link, payload, open),
      stop: (follower) => fanOut.stop(follower),
    });
    const link = linkTo(socket, raw, (id, error) => protocol.fail(id, [showError(error, app.randomHex(8), app.log)]));
    const peer: Peer = {
      socket,
      raw,
      address,
      session,
      caller: null,
      protocol,
      leave,
      budget: timing.messagesPerMinute,
      progress: notStalled(),
      pingedMs: 0,
      answered: true,
      positionMs: 0,
    };
    peers.add(peer);
    socket.on('error', (error) => app.log.debug({ err: error }, 'a socket failed'));
    socket.on('pong', () => {
      peer.answered = true;
    });
    socket.on('message', (data) => void receive(peer, data));
    socket.once('close', () => {
      clearTimeout(waiting);
      peers.delete(peer);
      leave.forEach((one) => one());
      protocol.end();
    });
    const waiting = setTimeout(() => {
      if (!protocol.isGreeted()) shut(peer, CloseCode.ConnectionInitialisationTimeout, 'Say who you are');
    }, timing.initWaitMs);
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      shut(peer, CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable');
    }
    if (closing) shut(peer, 1001, 'Going away');
  }

  async function receive(peer: Peer, data: RawData): Promise<void> {
    if (peer.socket.readyState !== WebSocket.OPEN) return;
    peer.budget -= 1;
    if (peer.budget < 0) return shut(peer, 1008, 'Too many messages');
    try {
      await peer.protocol.hear((data as Buffer).toString('utf8'));
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === 'INTERNAL') app.log.error({ err: error }, 'a message could not be handled');
      if (problem.code === 'UNAVAILABLE') shut(peer, 1013, 'Try again later');
      else shut(peer, CloseCode.InternalServerError, 'Internal server error');
    }
  }

  async function admitPeer(peer: Peer, params: Readonly<Record<string, unknown>>): Promise<boolean> {
    const credential = tokenIn(params) ?? peer.session;
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
      shut(peer, 1008, 'Too many connections of this token');
      return false;
    }
    // It is a stranger no more.
    peer.leave.shift()?.();
    peer.leave.push(
      leaveToken,
      connections.watch(credential, () => shut(peer, CloseCode.Forbidden, 'Forbidden')),
    );
    peer.caller = caller;
    return true;
  }

  async function begin(peer: Peer, link: Link, payload: SubscribePayload, open: number): Promise<Outcome<Follower>> {
    const most = timing.maxSubscriptionsPerSocket;
    if (open > most) {
      const error = new GatewayError('RATE_LIMITED', `A socket carries at most ${most} operations at a time.`);
      return { errors: [showError(error, app.randomHex(8), app.log)] };
    }
    const operated = await operate(app, graphql, peer.caller!, payload);
    if (!('subscription' in operated)) return operated;
    return { follow: (id) => fanOut.follow(operated.subscription, link, id) };
  }

  /** Each socket, looked at: is it alive, does it read, does it know its position? */
  function sweep(): void {
    for (const peer of peers) {
      peer.budget = Math.min(
        timing.messagesPerMinute,
        peer.budget + (timing.messagesPerMinute * timing.sweepMs) / 60_000,
      );
      const stalled = stalledMs(peer.progress, peer.raw, timing.sweepMs);
      // The close frame stands behind all that waits: a reader that takes nothing of that either is cut off.
      if (stalled >= timing.stallMs + timing.closeWaitMs) peer.socket.terminate();
      if (peer.socket.readyState !== WebSocket.OPEN) continue;
      if (stalled >= timing.stallMs) {
        app.log.warn({ tokenId: peer.caller?.tokenId }, 'a socket that does not read was cut off');
        shut(peer, tooSlow, 'Too slow');
        continue;
      }
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
    const positions = new Set(
      peer.protocol.operations().map((follower) => (follower ? fanOut.position(follower) : null)),
    );
    const [position] = positions;
    if (positions.size !== 1 || position === null || position === undefined) return;
    peer.positionMs = 0;
    send(peer.socket, JSON.stringify({ type: MessageType.Ping, payload: { cursor: position } }));
  }

  const timer = setInterval(sweep, timing.sweepMs);
  timer.unref();
  server.on('upgrade', upgrade);

  return {
    close() {
      closing = true;
      for (const peer of peers) shut(peer, 1001, 'Going away');
    },
    async closed() {
      const cut = setTimeout(
        () => peers.forEach(({ socket }) => socket.terminate()),
        Math.min(timing.closeWaitMs, timing.graceMs),
      );
      await Promise.all([...peers].map(({ socket }) => new Promise((resolve) => socket.once('close', resolve))));
      clearTimeout(cut);
      clearInterval(timer);
    },
  };
}

/** Nothing is sent behind the close frame. */
function shut({ socket, protocol }: Peer, code: number, reason: string): void {
  protocol.end();
  socket.close(code, reason);
}

function send(socket: WebSocket, text: string): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(text);
}

function linkTo(socket: WebSocket, raw: Socket, failed: Link['failed']): Link {
  const pace = paceOf(raw);
  return {
    ...pace,
    headOf: (id) => Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`),
    write: (head, bodies) => {
      if (socket.readyState !== WebSocket.OPEN) return true;
      return raw.write(textFrames(head, bodies)) || !pace.isFull();
    },
    failed,
  };
}

function tokenIn(params: Readonly<Record<string, unknown>>): Credential | null {
  for (const [name, value] of Object.entries(params)) {
    const known = ['authorization', 'x-api-key'].includes(name.toLowerCase());
    if (known && typeof value === 'string' && value !== '') return { kind: 'token', value: bareToken(value) };
  }
  return null;
}
