/** The driver of docs/drivers.md, run as it stands there. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { pigeon, pigeonCapabilities } from '../../examples/pigeon.ts';
import { startGateway } from '../../src/app.ts';
import { DriverError } from '../../src/drivers/driver.ts';
import { createAccount } from '../../src/resolvers/accounts/create-account.ts';
import { showId } from '../../src/resolvers/ids.ts';
import { startAccount } from '../../src/resolvers/accounts/start-account.ts';
import { config, owner, post, query } from '../end-to-end/stack.ts';
import { failureOf, never, now } from './contract/bench.ts';
import { serveHttp } from './server.ts';

it('is the one that the documentation shows', () => {
  const shown = /```ts\n([^]*?)```/.exec(readFileSync('docs/drivers.md', 'utf8'))?.[1];
  expect(shown).toBe(readFileSync('examples/pigeon.ts', 'utf8'));
});

it('receives a message and sends one through a whole gateway', async () => {
  const told = Promise.withResolvers<string>();
  const sent: unknown[] = [];
  const upstream = await serveHttp(({ path, body }, response) => {
    if (path === '/callback') told.resolve((JSON.parse(body) as { url: string }).url);
    if (path === '/send') sent.push(JSON.parse(body));
    response.end(path === '/me' ? '{"ok":true,"id":"me","name":"我"}' : '{"ok":true,"id":1497474118261484795}');
  });
  const folder = mkdtempSync(join(tmpdir(), 'wxgraph-test-'));
  const drivers = { OPENWX: { capabilities: pigeonCapabilities, create: pigeon } };
  const gateway = await startGateway(config(folder), { drivers });
  onTestFinished(async () => {
    await gateway.stop();
    rmSync(folder, { recursive: true });
  });
  const connection = { openwx: { baseUrl: upstream.url } };
  const { object: account } = await createAccount(gateway.app, owner, { name: '鸽子', connection });
  const id = showId('account', account.id);
  await startAccount(gateway.app, owner, id);

  const message = { me: 'me', id: '7', peer: 'wxid_a', name: '爱丽丝', mine: false, text: '在吗', at: now };
  const callbackUrl = await told.promise;
  expect((await post(callbackUrl, JSON.stringify(message))).status).toBe(200);
  // The same once more is no second message.
  expect((await post(callbackUrl, JSON.stringify(message))).status).toBe(200);
  expect((await post(callbackUrl, JSON.stringify({ ...message, me: 'somebody else' }))).status).toBe(403);
  const { data } = await query(gateway.url, '{ messages { nodes { upstreamId text direction } } }');
  expect(data.messages.nodes).toMatchObject([{ upstreamId: '7', text: '在吗', direction: 'INCOMING' }]);

  const answer = await query(
    gateway.url,
    `mutation ($input: SendInput!) { send(input: $input) { job { logs { nodes { status message { upstreamId } } } } } }`,
    { input: { targets: [id], to: ['wxid_a'], content: { text: '在' }, waitMs: 10_000 } },
  );
  expect(answer.data.send.job.logs.nodes).toMatchObject([{ status: 'SENT' }]);
  expect(sent).toEqual([{ to: 'wxid_a', text: '在' }]);
  // Its echo, by the id that the receipt told to the digit.
  const echo = { ...message, id: '1497474118261484795', mine: true, text: '在' };
  expect((await post(callbackUrl, JSON.stringify(echo))).status).toBe(200);
  const after = await query(gateway.url, '{ messages { nodes { direction sendLog { status } } } }');
  expect(after.data.messages.nodes).toMatchObject([
    { direction: 'INCOMING', sendLog: null },
    { direction: 'OUTGOING', sendLog: { status: 'SENT' } },
  ]);
});

it.each([
  ['{"ok":false,"why":"too often"}', { code: 'UPSTREAM_REJECTED', certain: true }],
  ['<html>', { code: 'UPSTREAM_REJECTED', certain: false }],
  ['{}', { code: 'UPSTREAM_REJECTED', certain: false }],
])('an answer %s is what it is', async (text, expected) => {
  const upstream = await serveHttp((_, response) => response.end(text));
  const driver = pigeon({ baseUrl: upstream.url }, {}, { now: () => now });
  const send = { receiver: 'a', receiverKind: null, content: { type: 'TEXT', text: 'x' }, mentions: [] } as const;
  const failure = await failureOf(() => driver.send(send, never));
  expect(failure).toBeInstanceOf(DriverError);
  expect(failure).toMatchObject(expected);
});
