/** A whole gateway over a simulated WeChat: real files, real sockets, real HTTP on both sides. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type Gateway, type Overrides, startGateway } from '../../src/app.ts';
import type { Clock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import type { Caller } from '../../src/resolvers/access/caller.ts';
import { createAccount } from '../../src/resolvers/accounts/create-account.ts';
import { showId } from '../../src/resolvers/ids.ts';
import { readCallbackUrl } from '../../src/resolvers/accounts/read-accounts.ts';
import { startAccount } from '../../src/resolvers/accounts/start-account.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';
import { collect } from './collect.ts';

export const owner: Caller = { scope: 'ADMIN', accountIds: null, tokenId: null, sessionId: 0 };
export const adminToken = 'test-admin-token-0123456789';

export type Answer = {
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are asserted on, not typed
  data: any;
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  errors?: { message: string; path?: (string | number)[]; extensions: Record<string, any> }[];
};

export type Stack = AsyncDisposable & {
  gateway: Gateway;
  simulator: Simulator;
  folder: string;
  /** Of the accounts, such as `00001`; RUNNING when the stack is given. */
  accountIds: string[];
  callbackUrls: string[];
  /** One operation over HTTP, as ADMIN unless a token is given. */
  query(text: string, variables?: object, token?: string): Promise<Answer>;
  /** A `graphql-ws` client, as ADMIN unless a token is given. */
  client(token?: string): Client;
  /** The present end of the event log, as a cursor. */
  head(): Promise<string>;
  /** Stops the gateway in order and starts another one on the same database and port. */
  restart(overrides?: Overrides): Promise<void>;
  /** Resolves when the log has an event later than `after` for which `found` answers something. */
  until<T>(found: () => Promise<T | null | undefined | false>, timeoutMs?: number): Promise<T>;
  stop(): Promise<void>;
};

export type StackOptions = {
  simulator?: SimulatorOptions;
  env?: Record<string, string>;
  overrides?: Overrides;
  /** False: the simulated client has no post_api, so the gateway has to poll. */
  post?: boolean;
  /** Of each account; fast unless given. */
  pacing?: { intervalMs: number; jitterMs: number };
  folder?: string;
  /** False: does not wait until the accounts are RUNNING. */
  wait?: boolean;
};

/** A running stack with one account, or as many as `simulator.accounts` says. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'wxgraph-test-'));
  let gateway = await startGateway(config(folder, options.env), options.overrides ?? {});
  const { app } = gateway;
  const simulator = await startSimulator({
    ...options.simulator,
    // The end of a gateway waits for polls that are under way.
    openwx: { pollWaitMs: 200, ...options.simulator?.openwx },
  });
  const accountIds: string[] = [];
  const callbackUrls: string[] = [];
  for (const simulated of simulator.accounts) {
    const { object: account } = await createAccount(app, owner, {
      name: `账号${simulated.number}`,
      connection: { openwx: { baseUrl: simulated.baseUrl } },
      defaultReceiver: 'filehelper',
      pacing: options.pacing ?? { intervalMs: 0, jitterMs: 0 },
    });
    const callbackUrl = readCallbackUrl(app, owner, account)!;
    if (options.post !== false) simulated.postApi = callbackUrl;
    const id = showId('account', account.id);
    await startAccount(app, owner, id);
    accountIds.push(id);
    callbackUrls.push(callbackUrl);
  }

  const clients: Client[] = [];
  const stack: Stack = {
    get gateway() {
      return gateway;
    },
    simulator,
    folder,
    accountIds,
    callbackUrls,
    query: (text, variables, token) => query(gateway.url, text, variables, token),
    client: (token = adminToken) => {
      const client = createClient({
        url: gateway.url.replace('http', 'ws') + '/graphql',
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${token}` },
        retryAttempts: 0,
      });
      clients.push(client);
      return client;
    },
    until: (found, timeoutMs = 10_000) => until(gateway, found, timeoutMs),
    head: async () => (await stack.query('{ eventLog { head } }')).data.eventLog.head as string,
    restart: async (overrides = options.overrides ?? {}) => {
      const { port } = new URL(gateway.url);
      await gateway.stop();
      gateway = await startGateway(config(folder, { ...options.env, WXGRAPH_PORT: port }), overrides);
    },
    stop: async () => {
      for (const client of clients) await client.dispose();
      await simulator.stop();
      await gateway.stop();
      if (!options.folder) rmSync(folder, { recursive: true, force: true });
    },
    [Symbol.asyncDispose]: () => stack.stop(),
  };
  if (options.wait === false) return stack;
  await stack.until(async () => {
    const { data } = await stack.query(
      '{ accounts(filter: { states: [RUNNING] }) { totalCount nodes { contactSync { state } } } }',
    );
    const { totalCount, nodes } = data.accounts as { totalCount: number; nodes: { contactSync: { state: string } }[] };
    return totalCount === accountIds.length && nodes.every((node) => node.contactSync.state === 'DONE');
  });
  return stack;
}

export type MovableClock = Clock & {
  moveOn(ms: number): void;
  /** Resolves when so many sleep for just this time: who has not gone to sleep yet would not be woken by `moveOn`. */
  asleep(ms: number, count: number): Promise<void>;
  /** Resolves when somebody sleeps until about that time. */
  asleepUntil(at: number): Promise<void>;
};

/** Real time that a test can move on: whoever sleeps until then wakes at once. */
export function movableClock(): MovableClock {
  let ahead = 0;
  const sleepers = new Set<{ ms: number; until: number; wake: () => void }>();
  const watching = new Set<() => void>();
  const now = () => Date.now() + ahead;
  const seen = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = () => {
        if (!isSo()) return;
        watching.delete(look);
        resolve();
      };
      watching.add(look);
      look();
    });
  return {
    now,
    elapsed: () => performance.now() + ahead,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = () => {
          clearTimeout(timer);
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = { ms, until: now() + ms, wake };
        const timer = setTimeout(wake, ms);
        sleepers.add(sleeper);
        for (const look of watching) look();
        signal?.addEventListener('abort', wake, { once: true });
      }),
    moveOn: (ms) => {
      ahead += ms;
      for (const sleeper of sleepers) if (sleeper.until <= now()) sleeper.wake();
    },
    asleep: (ms, count) => seen(() => [...sleepers].filter((sleeper) => sleeper.ms === ms).length >= count),
    asleepUntil: (at) => seen(() => [...sleepers].some((one) => one.until >= at && one.until < at + 4_000)),
  };
}

export function config(folder: string, env: Record<string, string> = {}) {
  return readConfig({
    WXGRAPH_DATABASE: join(folder, 'wxgraph.db'),
    WXGRAPH_MEDIA_ROOTS: join(folder, 'media'),
    WXGRAPH_PORT: '0',
    WXGRAPH_ADMIN_TOKEN: adminToken,
    WXGRAPH_TIMEZONE: 'Asia/Shanghai',
    WXGRAPH_LOG_LEVEL: 'fatal',
    ...env,
  });
}

export async function query(
  url: string,
  text: string,
  variables: object = {},
  token = adminToken,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify({ query: text, variables }),
  });
  return (await response.json()) as Answer;
}

/** Every message of the log, or those later than a position, in its order. */
export async function allMessages<Node = { upstreamId: string }>(
  url: string,
  fields = 'upstreamId',
  from: string | null = null,
): Promise<Node[]> {
  const nodes: Node[] = [];
  for (let after = from; ;) {
    const { data, errors } = await query(
      url,
      `query ($after: String) { messages(first: 100, after: $after) { nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`,
      { after },
    );
    if (errors) throw new Error(JSON.stringify(errors));
    nodes.push(...(data.messages.nodes as Node[]));
    if (!data.messages.pageInfo.hasNextPage) return nodes;
    after = data.messages.pageInfo.endCursor as string;
  }
}

/** Looks again whenever something was appended to the log. */
async function until<T>(
  { app }: Gateway,
  found: () => Promise<T | null | undefined | false>,
  timeoutMs: number,
): Promise<T> {
  const over = AbortSignal.timeout(timeoutMs);
  for (;;) {
    const after = app.tail.latest();
    const value = await found();
    if (value !== null && value !== undefined && value !== false) return value;
    if (over.aborted) throw new Error(`not so within ${timeoutMs} ms: ${String(found)}`);
    await app.tail.wait(after, over);
  }
}

/** A subscription whose frames are collected; `next` waits for one. */
export type Following = {
  frames: { data: Record<string, unknown>; extensions: { cursor: string }; errors?: unknown[] }[];
  /** Resolves with the frames when there are `count`. */
  atLeast(count: number): Promise<Following['frames']>;
  /** Resolves with the frames when they hold what is looked for. */
  until(found: (frames: readonly Following['frames'][number][]) => boolean): Promise<Following['frames']>;
  /** How it ended, once it has. */
  ended: Promise<unknown>;
  stop(): void;
};

/** The values of one field of the frames. */
export function told<Value>(following: Pick<Following, 'frames'>, field: string): Value[] {
  return following.frames.map((frame) => frame.data[field] as Value);
}

export function follow(client: Client, text: string, variables: Record<string, unknown> = {}): Following {
  const frames = collect<Following['frames'][number]>();
  const end = Promise.withResolvers<unknown>();
  const stop = client.subscribe(
    { query: text, variables },
    {
      next: (frame) => frames.add(frame as Following['frames'][number]),
      error: (error) => end.resolve(error),
      complete: () => end.resolve(null),
    },
  );
  return {
    frames: frames.all,
    ended: end.promise,
    stop,
    until: (found) => frames.until(found),
    atLeast: (count) => frames.until((all) => all.length >= count, `${count} frames`),
  };
}

/** A callback of an Openwx client as it was recorded; `id` is its message id. */
export function openwxText(id: string, text: string, more: Record<string, unknown> = {}): string {
  const body = {
    class: 'recv',
    content: text,
    format: 'text',
    id,
    post_type: 'receive_message',
    receiver: '小灰',
    receiver_account: 'xiaohui001',
    receiver_id: '@me0000000000000000000000000000001',
    receiver_markname: '',
    receiver_name: '小灰',
    sender: '小爱',
    sender_account: 'alice_wx',
    sender_category: '好友',
    sender_id: '@f_alice_0001',
    sender_markname: '小爱',
    sender_name: '爱丽丝',
    sender_uid: '',
    time: 1_500_000_001,
    type: 'friend_message',
    ...more,
  };
  return JSON.stringify(body);
}

export async function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
}
