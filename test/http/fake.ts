/** A gateway with a small schema and no database, behind the real HTTP server on a real port. */
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
import type { App } from '../../src/resolvers/app.ts';
import type { Caller } from '../../src/resolvers/caller.ts';
import { GatewayError } from '../../src/resolvers/errors.ts';
import type { ServedFile } from '../../src/resolvers/serve-media.ts';

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
  /** Subscriptions that are open now. */
  sources: Set<Source>;
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
  moveTo(cursor: string): void;
};

type Source = AsyncIterableIterator<Event> & {
  position(): string;
  push(event: Event): void;
  moveTo(cursor: string): void;
};

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
    stopping: stopping.signal,
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
  return {
    server: {
      ...server,
      close: async () => {
        await server.close();
        rmSync(folder, { recursive: true, force: true });
      },
    },
    url,
    port,
    world,
    stop: () => stopping.abort(),
    drafts: () => readdirSync(join(folder, 'drafts')),
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
  const sources = new Set<Source>();
  return {
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
    sources,
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
    publish: (event) => sources.forEach((source) => source.push(event)),
    moveTo: (cursor) => sources.forEach((source) => source.moveTo(cursor)),
  };
}

/** A source that waits: `return` ends it at once, also in the middle of a wait. */
function openSource(world: World): Source {
  const queue: Event[] = [];
  let position = 'start';
  let wake: (() => void) | null = null;
  const state = { over: false };
  const source: Source = {
    [Symbol.asyncIterator]: () => source,
    async next() {
      while (queue.length === 0 && !state.over) await new Promise<void>((resolve) => (wake = resolve));
      const event = queue.shift();
      if (state.over || !event) return { done: true, value: undefined };
      position = event.cursor;
      return { done: false, value: event };
    },
    async return() {
      state.over = true;
      wake?.();
      world.sources.delete(source);
      world.changed();
      return { done: true, value: undefined };
    },
    position: () => position,
    push(event) {
      queue.push(event);
      wake?.();
    },
    moveTo(cursor) {
      position = cursor;
    },
  };
  world.sources.add(source);
  world.changed();
  return source;
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
    subscribe(_: unknown, { after, last }: { after?: string; last?: number }) {
      if (after === 'expired') {
        throw new GatewayError('CURSOR_INVALID', 'Too old.', { reason: 'EXPIRED', oldestCursor: 'oldest' });
      }
      if (after === 'garbage') throw new GatewayError('CURSOR_INVALID', 'No cursor.', { reason: 'MALFORMED' });
      const source = openSource(current);
      if (after) source.push({ cursor: `after-${after}`, text: `after ${after}` });
      if (last) source.push({ cursor: `last-${last}`, text: `last ${last}` });
      return source;
    },
  });
  set('Subscription', 'endless', {
    resolve: (event: Event) => event,
    subscribe() {
      const source = openSource(current);
      let count = 0;
      source.next = async () => {
        // A macrotask between two events, as with a real log.
        await new Promise(setImmediate);
        count += 1;
        return { done: false, value: { cursor: `e${count}`, text: 'x'.repeat(20_000) } };
      };
      return source;
    },
  });
  set('Subscription', 'refused', {
    subscribe() {
      throw new GatewayError('FORBIDDEN', 'Not for you.');
    },
  });
  set('Subscription', 'broken', {
    resolve: (event: Event) => event,
    subscribe() {
      const source = openSource(current);
      let first = true;
      source.next = async () => {
        if (!first) throw new Error('secret words of a bug');
        first = false;
        return { done: false, value: { cursor: 'one', text: 'one' } };
      };
      return source;
    },
  });
}
