/**
 * How fast a full outbox drains: `node bench/sends.ts`, with the number of rounds (3) where another is wanted.
 *
 * 10,000 sends on 100 accounts without pacing, everything durable as always, to an upstream that answers at once. Measured twice: with a
 * driver in memory, which shows the gateway's own part, and with the Openwx driver over HTTP to another process, one connection a send.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startGateway } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { DriverFactory } from '../src/drivers/driver.ts';
import type { App } from '../src/resolvers/app.ts';
import type { Caller } from '../src/resolvers/access/caller.ts';
import { createAccount } from '../src/resolvers/accounts/create-account.ts';
import { showId } from '../src/resolvers/ids.ts';
import { sendMessage } from '../src/resolvers/send/send-message.ts';
import { startAccount } from '../src/resolvers/accounts/start-account.ts';
import { updateAccount } from '../src/resolvers/accounts/update-account.ts';

const accounts = 100;
const perAccount = 100;
const total = accounts * perAccount;
const rounds = Number(process.argv[2] ?? 3);
const owner: Caller = { scope: 'ADMIN', accountIds: null, tokenId: null, sessionId: 0 };

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let upstreamId = 7_000_000_000_000_000_000n;
const inMemory: DriverFactory = () => ({
  kind: 'OPENWX',
  capabilities: ['SEND_TEXT'],
  decode: () => [],
  send: async () => {
    upstreamId += 1n;
    return { upstreamId: String(upstreamId), reference: null };
  },
});

async function measure(name: string, baseUrl: string, drivers?: App['drivers']): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'wxgraph-bench-'));
  const gateway = await startGateway(
    readConfig({
      WXGRAPH_DATABASE: join(folder, 'wxgraph.db'),
      WXGRAPH_MEDIA_ROOTS: join(folder, 'media'),
      WXGRAPH_PORT: '0',
      WXGRAPH_ADMIN_TOKEN: 'bench-token',
      WXGRAPH_LOG_LEVEL: 'error',
      WXGRAPH_TIMEZONE: 'Asia/Shanghai',
    }),
    drivers ? { drivers } : {},
  );
  const { app } = gateway;
  try {
    const ids: string[] = [];
    for (let n = 0; n < accounts; n += 1) {
      const { object } = await createAccount(app, owner, {
        name: `bench ${n}`,
        connection: { openwx: { baseUrl } },
        defaultReceiver: 'filehelper',
        pacing: { intervalMs: 0, jitterMs: 0, paused: true },
      });
      const id = showId('account', object.id);
      await startAccount(app, owner, id);
      ids.push(id);
    }
    await until(
      app,
      async () => (await app.store.queries.countAccounts({ now: app.clock.now(), states: ['RUNNING'] })) === accounts,
    );
    print(`${name}: ${total} sends on ${accounts} accounts`);
    for (let round = 1; round <= rounds; round += 1) await drain(app, ids, round);
  } finally {
    await gateway.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Queues everything while nothing goes, lets it go, and waits until all of it is SENT. */
async function drain(app: App, ids: readonly string[], round: number): Promise<void> {
  const queuedAt = performance.now();
  const jobs: number[] = [];
  for (let n = 0; n < perAccount; n += 1) {
    const { job } = await sendMessage(app, owner, {
      targets: ids,
      content: { type: 'TEXT', text: `${round} ${n}` },
      waitMs: 0,
    });
    jobs.push(job.id);
    // As a server does between two requests: the lanes look, and find that they are paused.
    await setImmediate();
  }
  const queueMs = performance.now() - queuedAt;
  const waiting = await app.store.queries.countLogs({ statuses: ['QUEUED'], jobIds: jobs });
  if (waiting !== total) throw new Error(`only ${waiting} of ${total} wait: what is measured has begun already`);
  const before = rss();
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, rss())), 50);
  const lag = watchLag();
  const from = performance.now();
  const cpu = process.cpuUsage();
  await Promise.all(ids.map((id) => updateAccount(app, owner, { id, pacing: { paused: false } })));
  // Each account sends in order, so that the last job is the last to end.
  const isOver = async () => (await app.store.queries.jobsById(jobs.slice(-1), null))[0]?.success === accounts;
  await until(app, isOver);
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(watch);
  const all = await app.store.queries.jobsById(jobs, null);
  if (!all.every((job) => job.success === accounts)) throw new Error('not all is SENT');
  const settled = await settledAt(app, jobs);
  await Promise.all(ids.map((id) => updateAccount(app, owner, { id, pacing: { paused: true } })));
  collectGarbage();
  const live = Math.round(process.memoryUsage().heapUsed / 1024 / 1024);
  const perSecond = Math.round((total / ms) * 1000);
  print(
    `  round ${round}: queued in ${Math.round(queueMs)} ms; drained in ${Math.round(ms)} ms, ${perSecond} sends/s, ${Math.round((user + system) / 1000)} ms of CPU; ` +
      `accounts ended ${settled.first} to ${settled.last} ms after the first send; memory ${before} MB, at most ${peak} MB, of which ${live} MB are in use afterwards; ` +
      `event loop held up for ${lag()} ms at most`,
  );
}

/** When the first and the last account had sent all of theirs: one that is held up by another ends late. */
async function settledAt(app: App, jobs: readonly number[]): Promise<{ first: number; last: number }> {
  let from = Infinity;
  const ends = new Map<number, number>();
  for (const jobId of jobs) {
    const { items } = await app.store.queries.logsOfJob(jobId, {}, { first: accounts });
    for (const { accountId, dispatchedAt, settledAt: at } of items) {
      from = Math.min(from, dispatchedAt ?? Infinity);
      ends.set(accountId, Math.max(ends.get(accountId) ?? 0, at ?? 0));
    }
  }
  return { first: Math.min(...ends.values()) - from, last: Math.max(...ends.values()) - from };
}

async function until(app: App, isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await app.clock.sleep(50);
}

function watchLag(): () => number {
  let last = performance.now();
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, performance.now() - last - 10);
    last = performance.now();
  }, 10);
  return () => {
    clearInterval(timer);
    return Math.round(most);
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const rss = () => Math.round(process.memoryUsage.rss() / 1024 / 1024);

print(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`);
await measure('driver in memory', 'http://127.0.0.1:9', { OPENWX: { capabilities: ['SEND_TEXT'], create: inMemory } });
const upstream = fork(new URL('upstream.ts', import.meta.url));
const baseUrl = await new Promise<string>((resolve) => upstream.once('message', (url) => resolve(url as string)));
await measure('Openwx over HTTP', baseUrl);
upstream.disconnect();
