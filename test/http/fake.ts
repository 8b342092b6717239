/** A gateway with a small schema and no database, behind the real HTTP server on a real port. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { pino } from 'pino';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import type { AddRoutes, EventJson } from '../../src/http/parts.ts';
import { type GatewayServer, createServer } from '../../src/http/server.ts';
import { openMediaStore } from '../../src/media-store/media-store.ts';
import type { Timing } from '../../src/http/timing.ts';
import type { StoredEvent } from '../../src/db/model.ts';
import type { Store } from '../../src/db/store.ts';
import type { App } from '../../src/resolvers/app.ts';
import type { Caller } from '../../src/resolvers/access/caller.ts';
import { GatewayError } from '../../src/resolvers/errors.ts';
import { startLiveLog } from '../../src/resolvers/events/live-log.ts';
import type { ServedFile } from '../../src/resolvers/media/serve-media.ts';
import { startTail } from '../../src/resolvers/events/tail-events.ts';
import { type Stream, stream } from '../../src/resolvers/events/watch.ts';

export const token = 'token-of-the-tests';
export const otherToken = 'another-token-of-the-tests';

export type Event = { cursor: string; type?: string; text?: string; fails?: boolean; slowMs?: number };

/** What the fake remembers, for tests to steer and look at. */
export type World = {
  tokens: Map<string, Caller>;
  sessions: Map<string, Caller>;
  links: Set<string>;
  callbacks: { secret: string; body: Uint8Array; contentType: string | null; query: string }[];
  /** Of what callbacks are answered; null: well. */
  callbackError: Error | null;
  /** Callbacks are answered after this. */
  hold: Promise<void> | null;
  /** Why callbacks were refused. */
  refusals: unknown[];
  /** The event log. */
  log: Logged[];
  /** Subscriptions that were begun so far. */
  opened: number;
  /** Whether events cannot be read any more. */
  breaks: boolean;
  /** Different subscriptions that are followed now; those that want the same are one. */
  groups: number;
  /** What came to `/media`. */
  uploads: { tokenId: number | null; name: string | null; bytes: Buffer }[];
  /** Why others did not. */
  brokenUploads: unknown[];
  /** What lies at `/media/<id>`. */
  files: Map<string, ServedFile>;
  /** What was logged, a JSON line each. */
  lines: string[];
  changed(): void;
  /** Resolves once `wanted` holds; looked at whenever something was noted here. */
  until(wanted: () => boolean): Promise<void>;
  publish(event: Event): void;
  /** Something happens that nobody is told of. */
  moveOn(): void;
  /** The token is no longer one, which the log tells. */
  revoke(token: string): void;
};

type Logged = StoredEvent & { event: Event };

const schema = buildSchema(`
  enum EventType { MESSAGE_RECEIVED SEND_UPDATED }
  scalar Even
  type Event { cursor: String! type: EventType text: String strict: String! }
  type Deep { deep: Deep name: String }
  input Pair { a: Int! b: Int }
  type Query {
    hello(name: String, even: Even, pair: Pair): String
    whoAmI: String
    deep: Deep
    expected: String
    unexpected: String
    hangs: String
    badEnum: EventType
  }
  type Mutation { send(text: String): String hangs: String }
  type Subscription {
    events(types: [EventType!], accountIds: [ID!], chatIds: [ID!], after: String, last: Int): Event!
    endless: Event!
    refused: Event!
    broken: Event!
  }
`);

export type Fake = {
  server: GatewayServer;
  url: string;
  port: number;
  world: World;
  stop: () => void;
  /** Files with bodies that are under way. */
  drafts(): string[];
  /** Bytes that the gateway keeps for readers which do not take them. */
  waiting(): number;
};

export type FakeOptions = { env?: Record<string, string>; timing?: Partial<Timing>; routes?: AddRoutes[] };

/** Listens on a port of its own. Close it with `server.close()`; its files are gone then. */
export async function startFake({ env = {}, timing = {}, routes = [] }: FakeOptions = {}): Promise<Fake> {
  const world = createWorld();
  const stopping = new AbortController();
  const folder = mkdtempSync(join(tmpdir(), 'wxgraph-http-'));
  let random = 0;
  const randomHex = (bytes: number) => (random += 1).toString(16).padStart(bytes * 2, '0');
  const app = {
    config: readConfig({ WXGRAPH_PORT: '0', WXGRAPH_LOG_LEVEL: 'debug', ...env }),
    clock: systemClock,
    log: pino(
      { level: 'debug' },
      {
        write(line: string) {
          world.lines.push(line);
          world.changed();
        },
      },
    ),
    randomHex,
    refusals: {
      note: (error) => void world.refusals.push(error),
      total: () => world.refusals.length,
    } satisfies App['refusals'],
    mediaStore: await openMediaStore({ folder, randomHex }),
    publicUrl: () => 'https://gateway.example',
    stopping: stopping.signal,
    ...(await logOf(world, stopping.signal)),
  } as unknown as App;

  resolvers(world);
  const server = await createServer({
    app,
    schema,
    timing: { graceMs: 300, ...timing },
    routes,
    createContext: (operation) => ({ ...operation }),
    eventsDocument: `subscription ($types: [EventType!], $accountIds: [ID!], $chatIds: [ID!], $after: String, $last: Int) {
      events(types: $types, accountIds: $accountIds, chatIds: $chatIds, after: $after, last: $last) { cursor type text strict }
    }`,
    eventJson: (event: Event): EventJson => ({
      type: event.type ?? 'MESSAGE_RECEIVED',
      timestamp: '2026-01-01T00:00:00.000Z',
      cursor: event.cursor,
      accountId: null,
      data: { text: event.text },
    }),
    useCases: {
      authenticateToken: async (_app, given) => found(world.tokens, given),
      authenticateSession: async (_app, given) => found(world.sessions, given),
      async openSession(_app, link) {
        if (!world.links.delete(link)) throw unauthenticated();
        const session = `session-of-${link}`;
        world.sessions.set(session, caller(null));
        return { session, expiresAt: Date.now() + 3600_000 };
      },
      async admitCallback(_app, secret) {
        if (secret !== null && secret !== 'known' && !secret.startsWith('a-secret'))
          throw new GatewayError('NOT_FOUND', 'There is no such callback address.');
      },
      async openTokenSession(_app, given) {
        const session = `session-of-${given}`;
        world.sessions.set(session, found(world.tokens, given));
        return { session, expiresAt: Date.now() + 3600_000 };
      },
      async closeSession(_app, session) {
        world.sessions.delete(session);
      },
      async receiveCallback(_app, secret, { body, contentType, query }) {
        if (secret !== 'known') throw new GatewayError('NOT_FOUND', 'There is no such callback address.');
        if (world.callbackError) throw world.callbackError;
        world.callbacks.push({ secret, body, contentType, query: String(query) });
        world.changed();
        await world.hold;
      },
      async receiveUnaddressed(_app, kind, { body, contentType, query }) {
        world.callbacks.push({ secret: kind, body, contentType, query: String(query) });
      },
      async serveMedia(_app, { id }) {
        const file = world.files.get(id);
        if (!file) throw new GatewayError('NOT_FOUND', 'There is no such media.');
        return file;
      },
      async uploadMedia(_app, { tokenId }, { chunks, name }) {
        const bytes = await Array.fromAsync(chunks).then(Buffer.concat, (error: unknown) => {
          world.brokenUploads.push(error);
          world.changed();
          throw error;
        });
        world.uploads.push({ tokenId, name, bytes });
        return { id: `media_${world.uploads.length}`, name, mime: 'image/png', size: bytes.length };
      },
      checkHealth: async () => ({ accounts: 3, readyAccounts: 2 }),
    },
  });
  const { local: url, port } = await server.listen();
  const sockets = new Set<Socket>();
  const noteSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    if (socket.localPort === port) sockets.add(socket);
  };
  subscribe('net.server.socket', noteSocket);
  return {
    server: {
      ...server,
      close: async () => {
        unsubscribe('net.server.socket', noteSocket);
        await server.close();
        stopping.abort();
        rmSync(folder, { recursive: true, force: true });
      },
    },
    url,
    port,
    world,
    stop: () => stopping.abort(),
    drafts: () => readdirSync(join(folder, 'drafts')),
    waiting: () =>
      sockets.values().reduce((bytes, socket) => bytes + (socket.destroyed ? 0 : socket.writableLength), 0),
  };
}

export function caller(tokenId: number | null): Caller {
  return { scope: 'ADMIN', accountIds: null, tokenId, sessionId: tokenId === null ? 1 : null };
}

function found(callers: Map<string, Caller>, given: string | null | undefined): Caller {
  const known = given ? callers.get(given) : undefined;
  if (!known) throw unauthenticated();
  return known;
}

function unauthenticated(): GatewayError {
  return new GatewayError('UNAUTHENTICATED', 'A valid token is needed.');
}

function createWorld(): World {
  const waiting = new Set<() => void>();
  const log: Logged[] = [];
  const append = (event: Event, type: string) => {
    const stored = { seq: log.length + 1, at: 0, accountId: null, chatId: null, type, event };
    log.push(stored as unknown as Logged);
    world.changed();
  };
  const world: World = {
    tokens: new Map([
      [token, caller(1)],
      [otherToken, caller(2)],
    ]),
    sessions: new Map([['session', caller(null)]]),
    links: new Set(['link']),
    callbacks: [],
    callbackError: null,
    hold: null,
    refusals: [],
    log,
    opened: 0,
    breaks: false,
    groups: 0,
    uploads: [],
    brokenUploads: [],
    files: new Map(),
    lines: [],
    changed: () => waiting.forEach((look) => look()),
    until: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          if (!wanted()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    publish: (event) => append(event, event.type ?? 'MESSAGE_RECEIVED'),
    revoke: (revoked) => {
      world.tokens.delete(revoked);
      append({ cursor: 'nobody' }, 'TOKEN_CHANGED');
    },
    moveOn: () => append({ cursor: 'nobody' }, 'CHAT_UPDATED'),
  };
  return world;
}

/** The real tail and the real live log, over an event log in memory. */
async function logOf(world: World, signal: AbortSignal): Promise<Pick<App, 'tail' | 'liveLog'>> {
  const store = {
    bounds: async () => ({ epoch: 'fake', oldest: 0, newest: world.log.length }),
    read: async (after: number, limit: number) => world.log.slice(after, after + limit),
    async *rung() {
      for (let seen = world.log.length; ; seen = world.log.length) {
        const stopped = new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve(), { once: true }),
        );
        await Promise.race([world.until(() => world.log.length > seen), stopped]);
        if (signal.aborted) return;
        yield;
      }
    },
  };
  const tail = await startTail(store as unknown as Store, signal, () => {});
  const liveLog = startLiveLog(tail, signal);
  return {
    tail,
    liveLog: {
      ...liveLog,
      listen: (interest, hear) => {
        liveLog.listen(interest, hear);
        if (interest.types.includes('TOKEN_CHANGED')) return;
        world.groups += 1;
        world.changed();
      },
      ignore: (interest, hear) => {
        liveLog.ignore(interest, hear);
        world.groups -= 1;
        world.changed();
      },
    },
  };
}

type EventArgs = { types?: string[] | null; after?: string | null; last?: number | null };

function watchLog(world: World, { types, after, last }: EventArgs = {}): Stream<Event> {
  const wanted = types ?? ['MESSAGE_RECEIVED', 'SEND_UPDATED'];
  const passes = ({ type }: StoredEvent) => wanted.includes(type);
  const show = (events: readonly StoredEvent[]) => {
    if (world.breaks) throw new Error('secret words of a bug');
    return events.filter(passes).map((stored) => ({ seq: stored.seq, value: (stored as Logged).event }));
  };
  const from = world.log.length;
  const first: Event[] = [
    ...(after ? [{ cursor: `after-${after}`, text: `after ${after}` }] : []),
    ...(last ? [{ cursor: `last-${last}`, text: `last ${last}` }] : []),
  ];
  world.opened += 1;
  world.changed();
  return stream({
    from,
    acceptedAt: from,
    first: async () => first,
    page: async (start, until) => ({ told: show(world.log.slice(start, until)), upTo: until }),
    interest: { types: wanted as StoredEvent['type'][], accountIds: null, chatIds: null, passes },
    show,
    cursorOf: (seq) => `position ${seq}`,
  });
}

let current: World;

function resolvers(world: World): void {
  current = world;
  const set = (type: string, field: string, part: object) => {
    Object.assign((schema.getType(type) as { getFields(): Record<string, object> }).getFields()[field]!, part);
  };
  type Ctx = { caller: Caller; world?: World };
  set('Query', 'hello', { resolve: (_: unknown, { name }: { name?: string }) => `Hello ${name ?? 'you'}` });
  set('Query', 'whoAmI', { resolve: (_: unknown, _args: unknown, ctx: Ctx) => `token ${ctx.caller.tokenId}` });
  set('Query', 'deep', { resolve: () => ({}) });
  set('Query', 'expected', {
    resolve() {
      throw new GatewayError('NOT_READY', 'Not now.', { retryable: true, retryAfterMs: 1500, field: 'expected' });
    },
  });
  set('Query', 'unexpected', {
    resolve() {
      throw new Error('secret words of a bug');
    },
  });
  set('Query', 'hangs', { resolve: () => new Promise(() => {}) });
  set('Query', 'badEnum', { resolve: () => 'NO_SUCH_VALUE' });
  set('Mutation', 'send', { resolve: (_: unknown, { text }: { text?: string }) => `sent ${text}` });
  set('Mutation', 'hangs', { resolve: () => new Promise(() => {}) });
  const even = schema.getType('Even') as unknown as { parseValue: (value: unknown) => unknown };
  even.parseValue = (value) => {
    if (typeof value !== 'number' || value % 2) throw new TypeError('This is not even.');
    return value;
  };
  set('Event', 'text', {
    async resolve({ text, slowMs = 0 }: Event) {
      if (slowMs > 0) await setTimeout(slowMs);
      return text;
    },
  });
  set('Event', 'strict', {
    resolve(event: Event) {
      if (event.fails) throw new Error('secret words of a bug');
      return 'fine';
    },
  });
  set('Subscription', 'events', {
    resolve: (event: Event) => event,
    subscribe(_: unknown, args: EventArgs) {
      if (args.after === 'expired') {
        throw new GatewayError('CURSOR_INVALID', 'Too old.', { reason: 'EXPIRED', oldestCursor: 'oldest' });
      }
      if (args.after === 'garbage') throw new GatewayError('CURSOR_INVALID', 'No cursor.', { reason: 'MALFORMED' });
      return watchLog(current, args);
    },
  });
  set('Subscription', 'endless', {
    resolve: (event: Event) => event,
    subscribe: (): Stream<Event> => ({
      ...watchLog(current),
      from: 0,
      acceptedAt: Number.MAX_SAFE_INTEGER,
      page: async (after) => ({
        told: [1, 2, 3].map((n) => ({
          seq: after + n,
          value: { cursor: `e${after + n}`, text: 'x'.repeat(20_000) },
        })),
        upTo: after + 3,
      }),
    }),
  });
  set('Subscription', 'refused', {
    subscribe() {
      throw new GatewayError('FORBIDDEN', 'Not for you.');
    },
  });
  set('Subscription', 'broken', {
    resolve: (event: Event) => event,
    subscribe: (): Stream<Event> => ({
      ...watchLog(current),
      acceptedAt: current.log.length + 1,
      first: async () => [{ cursor: 'one', text: 'one' }],
      page: () => Promise.reject(new Error('secret words of a bug')),
    }),
  });
}
