/** A gateway whose upstream is in the test's hand: it posts messages with or without their bytes, and gives media and pictures. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Gateway, type Overrides, startGateway } from '../../src/app.ts';
import type { Driver, DriverEvent, UpstreamMessage } from '../../src/drivers/driver.ts';
import type { DriverType } from '../../src/resolvers/app.ts';
import { createAccount } from '../../src/resolvers/accounts/create-account.ts';
import { showId } from '../../src/resolvers/ids.ts';
import { readCallbackUrl } from '../../src/resolvers/accounts/read-accounts.ts';
import { startAccount } from '../../src/resolvers/accounts/start-account.ts';
import { type Answer, adminToken, config, owner, query } from './stack.ts';

export type Upstream = Pick<Driver, 'fetchMedia' | 'fetchAvatar'> & { baseUrl?: string };

export type MediaGateway = AsyncDisposable & {
  gateway: Gateway;
  /** What the upstream does; may be changed at any time. */
  upstream: Upstream;
  accountId: string;
  query(text: string, variables?: object, token?: string): Promise<Answer>;
  /** Another account of the same upstream, RUNNING. */
  addAccount(): Promise<{ id: string; callbackUrl: string }>;
  /** Posts what the upstream tells; the answer's status. */
  tell(events: readonly DriverEvent[], callbackUrl?: string): Promise<number>;
  until<T>(found: () => Promise<T | null | undefined | false>): Promise<T>;
  restart(): Promise<void>;
  /** Names of the files in the media store. */
  files(): string[];
};

export async function startMediaGateway(
  upstream: Upstream,
  options: { env?: Record<string, string>; overrides?: Overrides } = {},
): Promise<MediaGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'wxgraph-media-'));
  // Bytes cannot be in JSON: what is posted is the number of what is told.
  const posts: (readonly DriverEvent[])[] = [];
  const world = { upstream };
  const drivers: Record<string, DriverType> = {
    OPENWX: {
      capabilities: ['RECEIVE', 'AVATAR'],
      create: () => ({
        kind: 'OPENWX',
        capabilities: ['RECEIVE', 'AVATAR'],
        decode: ({ body }) => [...posts[Number(new TextDecoder().decode(body).trim())]!],
        send: () => Promise.reject(new Error('nothing is sent here')),
        fetchMedia: (media, signal) => world.upstream.fetchMedia!(media, signal),
        fetchAvatar: (of, signal) => world.upstream.fetchAvatar!(of, signal),
      }),
    },
  };
  const start = (env: Record<string, string> = {}) =>
    startGateway(config(folder, { ...options.env, ...env }), { ...options.overrides, drivers });
  let gateway = await start();
  const until: MediaGateway['until'] = async (found) => {
    const over = AbortSignal.timeout(10_000);
    for (;;) {
      const after = gateway.app.tail.latest();
      const value = await found();
      if (value !== null && value !== undefined && value !== false) return value;
      over.throwIfAborted();
      await gateway.app.tail.wait(after, over);
    }
  };
  const addAccount = async () => {
    const { object: account } = await createAccount(gateway.app, owner, {
      name: '账号',
      connection: { openwx: { baseUrl: upstream.baseUrl ?? 'http://127.0.0.1:9' } },
    });
    const id = showId('account', account.id);
    await startAccount(gateway.app, owner, id);
    const [running] = await until(async () => {
      const accounts = await gateway.app.store.queries.accountsById([account.id]);
      return accounts[0]?.state === 'RUNNING' && accounts;
    });
    return { id, callbackUrl: readCallbackUrl(gateway.app, owner, running!)! };
  };
  const account = await addAccount();
  return {
    get gateway() {
      return gateway;
    },
    get upstream() {
      return world.upstream;
    },
    set upstream(changed) {
      world.upstream = changed;
    },
    accountId: account.id,
    addAccount,
    query: (text, variables, token = adminToken) => query(gateway.url, text, variables, token),
    until,
    tell: async (events, callbackUrl = account.callbackUrl) => {
      posts.push(events);
      const answer = await fetch(callbackUrl, { method: 'POST', body: String(posts.length - 1) });
      await answer.text();
      return answer.status;
    },
    restart: async () => {
      const { port } = new URL(gateway.url);
      await gateway.stop();
      gateway = await start({ WXGRAPH_PORT: port });
    },
    files: () =>
      readdirSync(join(folder, 'media-store'), { recursive: true, withFileTypes: true })
        .filter((one) => one.isFile())
        .map((one) => one.name),
    [Symbol.asyncDispose]: async () => {
      await gateway.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const nothing = {
  name: null,
  mime: null,
  size: null,
  width: null,
  height: null,
  durationMs: null,
  upstreamPath: null,
  upstreamMediaId: null,
};

/** A picture that a friend sent. */
export function picture(id: string, bytes: UpstreamMessage['bytes'], more: Partial<UpstreamMessage> = {}): DriverEvent {
  const wxid = '@alice';
  return {
    type: 'message',
    message: {
      upstreamId: id,
      peer: { wxid, kind: 'FRIEND', name: 'Alice' },
      sender: { wxid, name: 'Alice', displayName: null },
      direction: 'INCOMING',
      kind: 'IMAGE',
      text: '[图片]',
      content: { type: 'Media', media: nothing },
      mentions: [],
      mentionsMe: false,
      sentAt: 1_700_000_000_000,
      richness: 1,
      raw: `{"id":${id}}`,
      ...(bytes !== undefined && { bytes }),
      ...more,
    },
  };
}
