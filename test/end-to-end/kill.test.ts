import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { type Listener, type Wish, listenBy, listenToMessages } from './listeners.ts';
import { postMany } from './posting.ts';
import { type Running, freePort, runGateway } from './process.ts';
import { allMessages, openwxText, post, query } from './stack.ts';

const isLong = process.env['WXGRAPH_TEST_LONG'] === '1';
const kills = isLong ? 200 : 3;
/** Posted between two kills to each account at most, 100 a second. */
const perRound = 200;
const friends = [0, 1, 2].map((n) => ({
  sender_id: `@f_kill_${n}`,
  sender_account: `kill_${n}`,
  sender_name: `友${n}`,
}));

let simulator: Simulator;
let folder: string;
let gateway: Running;
let accounts: { id: string; callbackUrl: string }[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wxgraph-kill-'));
  simulator = await startSimulator({ accounts: 2 });
  gateway = await runGateway(folder, await freePort());
  accounts = await Promise.all(simulator.accounts.map((account) => createStarted(gateway.url, account.baseUrl)));
  for (const { callbackUrl } of accounts)
    for (const [n, friend] of friends.entries()) await post(callbackUrl, openwxText(`${n + 1}`, '你好', friend));
});
afterAll(async () => {
  await gateway.end('SIGKILL');
  await simulator.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Stored = { id: string; upstreamId: string; account: { id: string }; chat: { id: string } };
const stored = () => allMessages<Stored>(gateway.url, 'id upstreamId account { id } chat { id }');

/** Somebody who follows messages, and goes on after each kill from the last position that came. */
type Subscriber = {
  listen(url: string, wish: Wish): Promise<Listener>;
  wish: Wish;
  wants(message: Stored): boolean;
  after: string;
  seen: string[];
};

function subscribersFrom(after: string, chatIds: readonly string[]): Subscriber[] {
  const { 'a WebSocket': socket, 'an event stream of GraphQL': graphqlStream, 'GET /events': eventStream } = listenBy;
  const types = ['MESSAGE_RECEIVED'];
  const one = [accounts[0]!.id];
  const other = [accounts[1]!.id];
  const two = [chatIds[0]!, chatIds.at(-1)!];
  const ways: [Subscriber['listen'], Wish][] = [
    [listenToMessages, {}],
    [listenToMessages, { accountIds: one }],
    [listenToMessages, { chatIds: two }],
    [socket, { types }],
    [socket, { types, chatIds: [chatIds[1]!] }],
    [graphqlStream, {}],
    [graphqlStream, { types, accountIds: other }],
    [eventStream, { types }],
    [eventStream, { types, accountIds: one, chatIds: two }],
    [eventStream, { accountIds: other }],
  ];
  return ways.map(([listen, wish]) => ({
    listen,
    wish,
    wants: ({ account, chat }) =>
      (wish.accountIds ?? [account.id]).includes(account.id) && (wish.chatIds ?? [chat.id]).includes(chat.id),
    after,
    seen: [],
  }));
}

it(
  `kill -9 under 200 posts a second, ${kills} times: what was acknowledged is there once, and each of ten subscribers who resume sees all that it wants once and in order`,
  async () => {
    const known = await stored();
    const start = (await query(gateway.url, '{ eventLog { head } }')).data.eventLog.head as string;
    const subscribers = subscribersFrom(start, [...new Set(known.map((message) => message.chat.id))]);
    const acknowledged: string[] = [];
    let from = 1n << 62n;
    for (let round = 0; round < kills; round += 1) {
      // Everybody is away now and then, so that there is more than one kill to catch up with.
      const present = subscribers.filter((_, n) => n === 0 || (n + round) % 4 > 0);
      const listeners = await Promise.all(
        present.map((one) => one.listen(gateway.url, { ...one.wish, after: one.after })),
      );
      // At an answer, and each time at another one: what was answered is durable then, not soon.
      let left = 10 + ((round * 37) % 80);
      const stop = new AbortController();
      const killed = new Promise<unknown>((resolve) =>
        stop.signal.addEventListener('abort', () => resolve(gateway.end('SIGKILL'))),
      );
      const load = {
        count: perRound,
        lanes: 4,
        paceMs: 10,
        more: (id: string) => friends[Number(BigInt(id) % 3n)]!,
        onAcknowledged: () => (left -= 1) === 0 && stop.abort(),
        signal: stop.signal,
      };
      const posting = accounts.map(({ callbackUrl }, n) =>
        postMany(callbackUrl, { ...load, from: from + BigInt(n * perRound) }),
      );
      await killed;
      for (const posted of await Promise.all(posting)) acknowledged.push(...posted.acknowledged);
      await takeAll(present, listeners);
      from += BigInt(2 * perRound);
      gateway = await runGateway(folder, Number(new URL(gateway.url).port));
      expect(integrity()).toBe('ok');
    }

    const all = (await stored()).slice(known.length);
    const upstreamIds = all.map((message) => message.upstreamId);
    expect(new Set(upstreamIds).size).toBe(upstreamIds.length);
    expect(acknowledged.filter((id) => !upstreamIds.includes(id))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(kills * 10);

    const listeners = await Promise.all(
      subscribers.map((one) => one.listen(gateway.url, { ...one.wish, after: one.after })),
    );
    for (const [n, { wants, seen }] of subscribers.entries()) {
      const missing = all.filter(wants).length - seen.length;
      await listeners[n]!.until((heard) => heard.filter(isMessage).length >= missing, `${missing} messages`);
      await listeners[n]!.leave();
    }
    await takeAll(subscribers, listeners);
    for (const { wants, seen } of subscribers) expect(seen).toEqual(all.filter(wants).map((message) => message.id));
  },
  isLong ? 2_400_000 : 120_000,
);

const isMessage = ({ type }: { type: string }) => type === 'MESSAGE_RECEIVED';

/** What each listener heard until its end, and from where to go on. */
async function takeAll(subscribers: readonly Subscriber[], listeners: readonly Listener[]): Promise<void> {
  for (const [n, { ended, heard }] of listeners.entries()) {
    await ended;
    const one = subscribers[n]!;
    one.seen.push(...heard.filter(isMessage).map(({ id }) => id!));
    one.after = heard.at(-1)?.cursor ?? one.after;
  }
}

function integrity(): unknown {
  const database = new Database(join(folder, 'wxgraph.db'), { readonly: true });
  try {
    return database.pragma('integrity_check', { simple: true });
  } finally {
    database.close();
  }
}

async function createStarted(url: string, baseUrl: string): Promise<{ id: string; callbackUrl: string }> {
  const { data } = await query(
    url,
    'mutation ($baseUrl: String!) { createAccount(input: { name: "一", connection: { openwx: { baseUrl: $baseUrl } } }) { account { id callbackUrl } } }',
    { baseUrl },
  );
  const account = data.createAccount.account as { id: string; callbackUrl: string };
  await query(url, 'mutation ($id: ID!) { startAccount(id: $id) { account { state } } }', { id: account.id });
  return account;
}
