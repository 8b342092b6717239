import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { type EventStream, openEvents } from './event-stream.ts';
import { postMany } from './posting.ts';
import { type Running, freePort, runGateway } from './process.ts';
import { allMessages, query } from './stack.ts';

let simulator: Simulator;
let folder: string;
let gateway: Running;
let callbackUrl: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wxgraph-kill-'));
  simulator = await startSimulator();
  gateway = await runGateway(folder, await freePort());
  callbackUrl = await createStarted(gateway.url, simulator.account().baseUrl);
});
afterAll(async () => {
  await gateway.end('SIGKILL');
  await simulator.stop();
  rmSync(folder, { recursive: true, force: true });
});

const isLong = process.env['WXGRAPH_TEST_LONG'] === '1';
const rounds = isLong ? 25 : 5;
const perRound = isLong ? 2_000 : 400;

it(
  `kill -9 under 200 posts a second, ${rounds} times: what was acknowledged is there once, and a subscriber that resumes sees all of it once`,
  async () => {
    const acknowledged: string[] = [];
    const seen: string[] = [];
    let after = (await query(gateway.url, '{ eventLog { head } }')).data.eventLog.head as string;
    let from = 1n << 62n;
    for (let round = 0; round < rounds; round += 1) {
      const events = await openEvents(gateway.url, 'types=MESSAGE_RECEIVED', { 'last-event-id': after });
      const stop = new AbortController();
      const posting = postMany(callbackUrl, { from, count: perRound, lanes: 8, paceMs: 5, signal: stop.signal });
      // The moment differs from round to round; it comes while posts are under way.
      await events.atLeast(1 + Math.floor((perRound / 4) * ((round % 5) / 5 + 0.1)));
      const ended = gateway.end('SIGKILL');
      stop.abort();
      await ended;
      const posted = await posting;
      acknowledged.push(...posted.acknowledged);
      after = take(await events.cut(), seen) ?? after;
      from += BigInt(perRound);
      gateway = await runGateway(folder, Number(new URL(gateway.url).port));
    }
    const stored = await allMessages<{ id: string; upstreamId: string }>(gateway.url, 'id upstreamId');
    const upstreamIds = stored.map((message) => message.upstreamId);
    expect(new Set(upstreamIds).size).toBe(upstreamIds.length);
    expect(acknowledged.filter((id) => !upstreamIds.includes(id))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(rounds);

    const last = await openEvents(gateway.url, 'types=MESSAGE_RECEIVED', { 'last-event-id': after });
    await last.atLeast(1 + stored.length - seen.length);
    take(await last.cut(), seen);
    expect(seen).toEqual(stored.map((message) => message.id));

    const database = new Database(join(folder, 'wxgraph.db'), { readonly: true });
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    database.close();
  },
  isLong ? 300_000 : 60_000,
);

/** Adds the messages; returns the last position. */
function take(events: EventStream['events'], seen: string[]): string | null {
  for (const { event } of events) {
    if (event.type === 'MESSAGE_RECEIVED') seen.push((event.data as { message: { id: string } }).message.id);
  }
  return events.at(-1)?.id ?? null;
}

async function createStarted(url: string, baseUrl: string): Promise<string> {
  const { data } = await query(
    url,
    'mutation ($baseUrl: String!) { createAccount(input: { name: "一", connection: { openwx: { baseUrl: $baseUrl } } }) { account { id callbackUrl } } }',
    { baseUrl },
  );
  const { id, callbackUrl: address } = data.createAccount.account as { id: string; callbackUrl: string };
  await query(url, 'mutation ($id: ID!) { startAccount(id: $id) { account { state } } }', { id });
  return address;
}
