import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { openEvents } from './event-stream.ts';
import { postMany } from './posting.ts';
import { type Running, freePort, runGateway } from './process.ts';
import { adminToken, allMessages, follow, query } from './stack.ts';

let simulator: Simulator;
let folder: string;
let gateway: Running;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wxgraph-term-'));
  // In the long form check_event waits longer than the gateway may take to end.
  const pollWaitMs = process.env['WXGRAPH_TEST_LONG'] === '1' ? 60_000 : 3_000;
  simulator = await startSimulator({ openwx: { pollWaitMs, inactivityMs: 60_000 } });
  gateway = await runGateway(folder, await freePort());
});
afterAll(async () => {
  await gateway.end('SIGKILL');
  await simulator.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('SIGTERM under load, with a poll that waits and sockets open: exit code 0 within 20 s, sockets told 1001, nothing acknowledged lost, cursors good at the next start', async () => {
  const { data } = await query(
    gateway.url,
    'mutation ($baseUrl: String!) { createAccount(input: { name: "一", connection: { openwx: { baseUrl: $baseUrl } } }) { account { id callbackUrl } } }',
    { baseUrl: simulator.account().baseUrl },
  );
  const { id, callbackUrl } = data.createAccount.account as { id: string; callbackUrl: string };
  await query(gateway.url, 'mutation ($id: ID!) { startAccount(id: $id) { account { state } } }', { id });
  await simulator.until(() => simulator.requests.some((request) => request.path === '/openwx/check_event'));
  const { head } = (await query(gateway.url, '{ eventLog { head } }')).data.eventLog as { head: string };

  const client = createClient({
    url: `${gateway.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: adminToken },
    retryAttempts: 0,
  });
  const following = follow(client, 'subscription ($after: String) { messageReceived(after: $after) { upstreamId } }', {
    after: head,
  });
  const events = await openEvents(gateway.url, 'types=MESSAGE_RECEIVED', { 'last-event-id': head });
  const stop = new AbortController();
  const posting = postMany(callbackUrl, { from: 1n << 61n, count: 100_000, lanes: 4, paceMs: 5, signal: stop.signal });
  await Promise.all([following.atLeast(50), events.atLeast(50)]);

  const ended = await gateway.end('SIGTERM');
  stop.abort();
  const { acknowledged } = await posting;
  expect(ended).toMatchObject({ code: 0, errors: '' });
  expect(ended.ms).toBeLessThan(20_000);
  expect(await following.ended).toMatchObject({ code: 1001 });
  const heard = following.frames.map((frame) => (frame.data['messageReceived'] as { upstreamId: string }).upstreamId);
  const heardByStream = await events.cut();

  gateway = await runGateway(folder, Number(new URL(gateway.url).port));
  const stored = await allMessages<{ id: string; upstreamId: string }>(gateway.url, 'id upstreamId');
  expect(acknowledged.filter((one) => !stored.some((message) => message.upstreamId === one))).toEqual([]);

  const rest = stored.slice(heard.length);
  expect(heard).toEqual(stored.slice(0, heard.length).map((message) => message.upstreamId));
  const resumed = await openEvents(gateway.url, 'types=MESSAGE_RECEIVED', {
    'last-event-id': following.frames.at(-1)!.extensions.cursor,
  });
  await resumed.atLeast(rest.length + 1);
  expect(resumed.events.flatMap(({ event }) => messageIdOf(event))).toEqual(rest.map((message) => message.id));
  const both = await openEvents(gateway.url, 'types=MESSAGE_RECEIVED', { 'last-event-id': heardByStream.at(-1)!.id });
  const before = heardByStream.flatMap(({ event }) => messageIdOf(event));
  await both.atLeast(stored.length - before.length + 1);
  expect([...before, ...both.events.flatMap(({ event }) => messageIdOf(event))]).toEqual(stored.map((one) => one.id));
  await resumed.cut();
  await both.cut();
  await client.dispose();
}, 60_000);

function messageIdOf(event: { type: string; data: unknown }): string[] {
  return event.type === 'MESSAGE_RECEIVED' ? [(event.data as { message: { id: string } }).message.id] : [];
}
