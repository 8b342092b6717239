import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { postMany } from './posting.ts';
import { type Running, freePort, runGateway } from './process.ts';
import { type Receiver, isSigned, startReceiver } from './receiving-webhooks.ts';
import { allMessages, query } from './stack.ts';

const kills = process.env['WXGRAPH_TEST_LONG'] === '1' ? 25 : 3;
const perRound = 300;
const env = { WXGRAPH_ALLOW_HOSTS: '127.0.0.1' };

let simulator: Simulator;
let folder: string;
let gateway: Running;
let receiver: Receiver;
let callbackUrl: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wxgraph-kill-webhooks-'));
  simulator = await startSimulator();
  receiver = await startReceiver();
  gateway = await runGateway(folder, await freePort(), env);
  callbackUrl = await createStarted(simulator.account().baseUrl);
});
afterAll(async () => {
  await gateway.end('SIGKILL');
  await receiver.close();
  await simulator.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function createStarted(baseUrl: string): Promise<string> {
  const { data } = await query(
    gateway.url,
    `mutation ($baseUrl: String!) { createAccount(input: { name: "一", connection: { openwx: { baseUrl: $baseUrl } } }) {
      account { id callbackUrl } } }`,
    { baseUrl },
  );
  const { id, callbackUrl: url } = data.createAccount.account as { id: string; callbackUrl: string };
  await query(gateway.url, 'mutation ($id: ID!) { startAccount(id: $id) { cursor } }', { id });
  return url;
}

it(`kill -9 in the middle of posting, ${kills} times: the receiver is told of every message, in their order, and of a second time by the same id and body`, async () => {
  const { data } = await query(
    gateway.url,
    'mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { secret } }',
    { input: { url: receiver.url, types: ['MESSAGE_RECEIVED'] } },
  );
  const { secret } = data.createWebhook as { secret: string };
  let from = 1n << 62n;
  for (let kill = 0; kill < kills; kill += 1) {
    const stop = new AbortController();
    const posting = postMany(callbackUrl, { from, count: perRound, lanes: 4, paceMs: 5, signal: stop.signal });
    await receiver.atLeast(receiver.heard.length + 10 + kill * 7);
    const ended = gateway.end('SIGKILL');
    stop.abort();
    await ended;
    await posting;
    from += BigInt(perRound);
    gateway = await runGateway(folder, Number(new URL(gateway.url).port), env);
  }
  const stored = (await allMessages<{ id: string }>(gateway.url, 'id')).map(({ id }) => id);
  const told = () => [...new Set(receiver.heard.map(({ json }) => json.data.message.id as string))];
  while (told().length < stored.length) await receiver.atLeast(receiver.heard.length + 1);
  expect(told()).toEqual(stored);
  const bodies = Map.groupBy(receiver.heard, ({ headers }) => headers['webhook-id']);
  for (const [, same] of bodies) expect(new Set(same.map(({ text }) => text)).size).toBe(1);
  expect(bodies.size).toBe(stored.length);
  expect(receiver.heard.length - stored.length).toBeLessThanOrEqual(kills);
  expect(receiver.heard.every((heard) => isSigned(heard, secret))).toBe(true);
}, 60_000);
