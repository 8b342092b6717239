import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { type Running, freePort, runGateway } from './process.ts';
import { query } from './stack.ts';

const isLong = process.env['WXGRAPH_TEST_LONG'] === '1';
const kills = isLong ? 20 : 2;
const accounts = 5;
const perAccount = 100;

let simulator: Simulator;
let folder: string;
let gateway: Running;
let ids: string[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wxgraph-kill-sends-'));
  simulator = await startSimulator({ accounts, friends: 1, rooms: 0, openwx: { pollWaitMs: 200 } });
  gateway = await runGateway(folder, await freePort());
  ids = await Promise.all(simulator.accounts.map((account) => createStarted(account.baseUrl)));
});
afterAll(async () => {
  await gateway.end('SIGKILL');
  await simulator.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function createStarted(baseUrl: string): Promise<string> {
  const { data } = await query(
    gateway.url,
    `mutation ($baseUrl: String!) { createAccount(input: { name: "一", pacing: { intervalMs: 0, jitterMs: 0 },
      connection: { openwx: { baseUrl: $baseUrl } } }) { account { id } } }`,
    { baseUrl },
  );
  const { id } = data.createAccount.account as { id: string };
  await query(gateway.url, 'mutation ($id: ID!) { startAccount(id: $id) { cursor } }', { id });
  return id;
}

async function restart(): Promise<void> {
  gateway = await runGateway(folder, Number(new URL(gateway.url).port));
}

type Row = { id: number; account: number; status: string; text: string };

/** The lines of the sends whose texts begin so, as they lie on the disk. Accounts have the numbers that they have in the simulator. */
function rows(prefix: string): Row[] {
  const database = new Database(join(folder, 'wxgraph.db'), { readonly: true });
  try {
    return database
      .prepare(
        `select id, account_id as account, status, content ->> '$.text' as text from outbox where text like ? order by id`,
      )
      .all(`${prefix}%`) as Row[];
  } finally {
    database.close();
  }
}

const deliveries = ({ account, text }: Pick<Row, 'account' | 'text'>) =>
  simulator.delivered.filter((one) => one.account === account && one.text === text).length;
const inFlight = (prefix: string) => rows(prefix).filter((row) => row.status === 'DISPATCHING');

/** A send from these accounts whose text is its idempotency key: once more is the same job, and waits for its outcomes. */
async function ask(
  targets: readonly string[],
  text: string,
  waitMs: number,
): Promise<{ id: string; pendingCount: number }> {
  const { data, errors } = await query(
    gateway.url,
    'mutation ($input: SendInput!) { send(input: $input) { job { id pendingCount } } }',
    { input: { targets, to: ['filehelper'], content: { text }, idempotencyKey: text, waitMs } },
  );
  if (errors) throw new Error(JSON.stringify(errors));
  return data.send.job;
}

it(
  `kill -9 in the middle of ${accounts * perAccount} sends, ${kills} times, and a SIGTERM: none goes out twice, none is lost, and none stays DISPATCHING`,
  async () => {
    const texts = Array.from({ length: perAccount }, (_, n) => `kill ${n}`);
    const accepted = accounts * perAccount;
    simulator.fault({ type: 'slow', route: 'send_friend_message', ms: 5 });
    await Promise.all(texts.map((text) => ask(ids, text, 0)));
    const share = Math.floor(accepted / (kills + 1) / 1.5);
    for (let kill = 0; kill <= kills; kill += 1) {
      await simulator.until(() => simulator.delivered.length > kill * share, 30_000);
      if (kill < kills) {
        await gateway.end('SIGKILL');
      } else {
        const { code, ms } = await gateway.end('SIGTERM');
        expect(code).toBe(0);
        expect(ms).toBeLessThan(20_000);
        // In order: what was in flight has ended, and nothing waits for the next start to say so.
        expect(inFlight('kill')).toEqual([]);
      }
      const cut = inFlight('kill');
      expect(cut.length).toBeLessThanOrEqual(accounts);
      await restart();
      const settled = new Map(rows('kill').map((row) => [row.id, row.status]));
      for (const { id } of cut) expect(['UNKNOWN', 'SENT']).toContain(settled.get(id));
    }
    simulator.clearFaults();
    const jobs = await Promise.all(texts.map((text) => ask(ids, text, 30_000)));
    expect(jobs.filter((job) => job.pendingCount > 0)).toEqual([]);

    const isUnknown = ({ status }: Row) => status === 'UNKNOWN' || status === 'UNRESOLVED';
    const all = rows('kill');
    expect(all).toHaveLength(accepted);
    // What was under way at a kill may have been delivered or not, and its echo may have met a gateway that was not there.
    const isTrue = (row: Row) =>
      row.status === 'SENT' ? deliveries(row) === 1 : isUnknown(row) && deliveries(row) <= 1;
    expect(all.filter((row) => !isTrue(row))).toEqual([]);
    expect(all.filter(isUnknown).length).toBeLessThanOrEqual(kills * accounts);
  },
  isLong ? 300_000 : 90_000,
);

it('50 calls with one key, and a kill -9 before any is answered: still one job and one message', async () => {
  const rounds = isLong ? 20 : 1;
  for (let round = 0; round < rounds; round += 1) {
    const text = `key ${round}`;
    const asked = () => Promise.allSettled(Array.from({ length: 50 }, () => ask([ids[0]!], text, 3_000)));
    const fault = simulator.fault({ type: 'slow', route: 'send_friend_message', ms: 2_000, times: 1 });
    simulator.fault({ type: 'drop', times: 1 });
    const first = asked();
    await simulator.until(() => deliveries({ account: 1, text }) === 1);
    await gateway.end('SIGKILL');
    expect((await first).every((one) => one.status === 'rejected')).toBe(true);
    fault.clear();
    await restart();
    const again = await asked();
    const jobs = new Set(again.map((one) => (one.status === 'fulfilled' ? one.value.id : one.reason)));
    expect([jobs.size, rows(text).length, deliveries({ account: 1, text })]).toEqual([1, 1, 1]);
  }
}, 120_000);
