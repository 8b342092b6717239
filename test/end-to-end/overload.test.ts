/** More than the gateway or its disk can take: refused and counted, never acknowledged and lost. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/resolvers/app.ts';
import { GatewayError } from '../../src/resolvers/errors.ts';
import { postMany } from './posting.ts';
import { type Running, freePort, runGateway } from './process.ts';
import { type Stack, allMessages, movableClock, openwxText, post, query, startStack } from './stack.ts';

const megabyte = 1_000_000;
const plenty = 10_000 * megabyte;

const refusedSoFar = async (url: string) =>
  (await query(url, '{ gateway { refusedCallbacks } }')).data.gateway.refusedCallbacks as number;

describe('with an account’s share and a disk that runs full', () => {
  // However long the tests take, an account's share does not grow meanwhile.
  let elapsed = 0;
  const clock = { ...movableClock(), elapsed: () => elapsed };
  let free: number;
  let stack: Stack;
  beforeAll(async () => {
    free = plenty;
    stack = await startStack({
      overrides: { clock, freeBytes: async () => free },
      env: { WXGRAPH_CALLBACKS_PER_MINUTE: '20' },
      simulator: { accounts: 2 },
    });
  });
  afterAll(() => stack.stop());
  beforeEach(() => {
    free = plenty;
    elapsed += 60_000;
  });

  it('below 50 MB callbacks are 503 before anything is written, and are taken again as soon as there is more', async () => {
    const url = stack.callbackUrls[0]!;
    const database = new Database(join(stack.folder, 'wxgraph.db'), { readonly: true });
    const version = () => database.pragma('data_version', { simple: true });
    const before = await refusedSoFar(stack.gateway.url);
    free = 49 * megabyte;
    const from = version();
    for (const body of [openwxText('101', 'on a full disk'), 'no message']) {
      const answer = await post(url, body);
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '10']);
    }
    expect(version()).toBe(from);
    database.close();
    expect(await refusedSoFar(stack.gateway.url)).toBe(before + 2);
    expect((await allMessages(stack.gateway.url)).map((one) => one.upstreamId)).not.toContain('101');

    free = 51 * megabyte;
    expect((await post(url, openwxText('101', 'again'))).status).toBe(200);
    expect((await allMessages(stack.gateway.url)).map((one) => one.upstreamId)).toContain('101');
  });

  it('what one account is posted beyond its share is 429 and counted, and others are not touched', async () => {
    const [one, other] = stack.callbackUrls as [string, string];
    const before = await refusedSoFar(stack.gateway.url);
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => post(one, openwxText(String(200 + n), `m${n}`))),
    );
    const counts = Map.groupBy(answers, ({ status }) => status);
    expect([counts.get(200)?.length, counts.get(429)?.length]).toEqual([20, 10]);
    // One becomes free each three seconds.
    expect(counts.get(429)![0]!.headers.get('retry-after')).toBe('3');
    expect(await refusedSoFar(stack.gateway.url)).toBe(before + 10);
    expect((await post(other, openwxText('300', 'of another account'))).status).toBe(200);
    elapsed += 3000;
    const later = [await post(one, openwxText('230', 'in time')), await post(one, openwxText('231', 'too early'))];
    expect(later.map(({ status }) => status)).toEqual([200, 429]);
    expect(await allMessages(stack.gateway.url)).toHaveLength(1 + 20 + 1 + 1);
  });
});

it('what was polled is stored when the database takes it again, and nothing is polled while the disk is full', async () => {
  const clock = movableClock();
  let free = plenty;
  let asked = 0;
  await using stack = await startStack({
    post: false,
    simulator: { openwx: { pollWaitMs: 50 } },
    overrides: {
      clock,
      freeBytes: async () => {
        asked += 1;
        return free;
      },
    },
  });
  /** Time goes on until it was looked again how full the disk is. */
  const lookedAgain = async () => {
    const before = asked;
    await expect.poll(() => (clock.moveOn(5000), asked), { interval: 5 }).toBeGreaterThan(before);
  };
  const { app } = stack.gateway as { app: { -readonly [Name in keyof App]: App[Name] } };
  const { commit } = app;
  const failed = Promise.withResolvers<void>();
  app.commit = (incoming) => {
    // States and contacts are stored beside it.
    if (!incoming.some(({ type }) => type === 'message')) return commit(incoming);
    failed.resolve();
    return Promise.reject(new GatewayError('UNAVAILABLE', 'the database cannot be used now'));
  };
  const { world } = stack.simulator;
  const { account, wxid } = stack.simulator.account();
  const friend = [...account.contacts.values()].find((contact) => contact.kind === 'friend')!;
  world.receive(wxid, friend.wxid, 'polled once');
  await failed.promise;
  app.commit = commit;
  free = 1;
  await lookedAgain();
  const texts = async () => (await allMessages<{ text: string }>(stack.gateway.url, 'text')).map((one) => one.text);
  expect(await texts()).toEqual(['polled once']);
  const polls = () => stack.simulator.requests.filter((request) => request.path === '/openwx/check_event').length;
  const before = polls();
  world.receive(wxid, friend.wxid, 'waits upstream');
  await lookedAgain();
  await lookedAgain();
  expect(polls()).toBe(before);
  free = plenty;
  await lookedAgain();
  await stack.until(async () => (await texts()).length === 2);
  expect(await texts()).toEqual(['polled once', 'waits upstream']);
});

/** Sets how large a file the process may write: as with a full disk, a write beyond that fails. */
function limitFiles({ child }: Running, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:unlimited`]);
}

it.runIf(process.platform === 'linux')(
  'a write that fails under load is 503, never 200; the same process goes on, and what was acknowledged is there',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wxgraph-full-'));
    const gateway = await runGateway(folder, await freePort());
    try {
      const { data } = await query(
        gateway.url,
        'mutation { createAccount(input: { name: "一", connection: { openwx: { baseUrl: "http://127.0.0.1:9" } } }) { account { callbackUrl } } }',
      );
      const { callbackUrl } = data.createAccount.account as { callbackUrl: string };
      const before = await postMany(callbackUrl, { from: 1000n, count: 40, lanes: 8 });
      expect(before.acknowledged).toHaveLength(40);

      // Room for some commits more, so that it fails in the middle of what comes.
      limitFiles(gateway, statSync(join(folder, 'wxgraph.db-wal')).size + 200_000);
      const full = await postMany(callbackUrl, { from: 2000n, count: 200, lanes: 16 });
      expect(full.tried).toHaveLength(200);
      expect(full.acknowledged.length).toBeGreaterThan(0);
      expect(full.acknowledged.length).toBeLessThan(200);
      const refused = await post(callbackUrl, openwxText('2999', 'still full'));
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await refusedSoFar(gateway.url)).toBe(full.tried.length - full.acknowledged.length + 1);
      const stored = async () => (await allMessages(gateway.url)).map((one) => one.upstreamId).toSorted();
      expect(await stored()).toEqual([...before.acknowledged, ...full.acknowledged].toSorted());

      limitFiles(gateway, 'unlimited');
      const after = await postMany(callbackUrl, { from: 2000n, count: 200, lanes: 16 });
      expect(after.acknowledged).toHaveLength(200);
      expect(await stored()).toEqual([...before.acknowledged, ...after.acknowledged].toSorted());
      expect((await gateway.end('SIGTERM')).code).toBe(0);
      const database = new Database(join(folder, 'wxgraph.db'), { readonly: true });
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      database.close();
    } finally {
      await gateway.end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
