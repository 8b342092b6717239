import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { watchDisk } from '../../src/disk.ts';
import { send, tryResend, trySend } from './sending.ts';
import { type Stack, adminToken, movableClock, query, startStack } from './stack.ts';

const clock = movableClock();
let free = 10_000_000_000;
let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    overrides: { clock, freeBytes: async () => free },
    env: { WXGRAPH_SEND_PER_MINUTE: '5' },
  });
});
afterAll(() => stack.stop());
beforeEach(() => {
  clock.moveOn(60_000);
  stack.simulator.forget();
});

const texts = () => stack.simulator.delivered.map((one) => one.text);
const queued = async () => (await stack.query('{ logs { totalCount } }')).data.logs.totalCount as number;
const panelSend = (message: string, to: string[]) =>
  fetch(`${stack.gateway.url}/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
    body: JSON.stringify({ targets: stack.accountIds, to, message }),
  });

it('more sends than a token may queue a minute are RATE_LIMITED before anything is queued, on every way in', async () => {
  const sending = { targets: stack.accountIds, to: ['filehelper', 'weixin'], text: 'limited' };
  await send(stack, sending);
  await send(stack, sending);
  const before = await queued();
  const refused = await trySend(stack, sending);
  expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
  const { retryAfterMs } = refused.errors![0]!.extensions as { retryAfterMs: number };
  expect(retryAfterMs).toBeGreaterThan(50_000);
  expect(retryAfterMs).toBeLessThanOrEqual(60_000);

  const rest = await panelSend('limited', ['filehelper', 'weixin']);
  expect([rest.status, Number(rest.headers.get('retry-after'))]).toEqual([429, Math.ceil(retryAfterMs / 1000)]);
  expect(await rest.json()).toMatchObject({ success: false, code: 'RATE_LIMITED' });
  expect([await queued(), texts()]).toEqual([before, Array(4).fill('limited')]);

  // One is left; and another token has a minute of its own.
  await send(stack, { ...sending, to: ['weixin'] });
  const made = await stack.query('mutation { createApiToken(input: { name: "another", scope: SEND }) { secret } }');
  const other = await query(
    stack.gateway.url,
    'mutation ($input: SendInput!) { send(input: $input) { job { successCount } } }',
    { input: { targets: stack.accountIds, to: ['weixin'], content: { text: 'of another' } } },
    made.data.createApiToken.secret as string,
  );
  expect(other.data.send.job.successCount).toBe(1);
  const [log] = (await stack.query('{ logs(first: 1) { nodes { id } } }')).data.logs.nodes as { id: string }[];
  const resent = await tryResend(stack, { logId: log!.id, acknowledgeDuplicateRisk: true });
  expect(resent.errors?.[0]?.extensions['code']).toBe('RATE_LIMITED');

  clock.moveOn(retryAfterMs);
  await send(stack, sending);
});

it('a job that a key stands for is answered though there is no room, and the same request at once takes room once', async () => {
  const sending = {
    targets: stack.accountIds,
    to: ['filehelper', 'weixin', 'fmessage'],
    text: 'keyed',
    idempotencyKey: 'k',
  };
  const jobs = await Promise.all(Array.from({ length: 20 }, () => send(stack, sending)));
  expect(new Set(jobs.map((job) => job.id)).size).toBe(1);
  expect(texts()).toHaveLength(3);
  await send(stack, { targets: stack.accountIds, to: ['filehelper', 'weixin'], text: 'the rest' });
  expect((await send(stack, sending)).id).toBe(jobs[0]!.id);
});

it('a refused send takes no room', async () => {
  const nobody = { targets: ['00099'], to: ['filehelper'], text: 'nobody' };
  for (let n = 0; n < 6; n += 1)
    expect((await trySend(stack, nobody)).errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
  await send(stack, { targets: stack.accountIds, to: ['filehelper'], text: 'somebody' });
});

it('on a nearly full disk a new send is UNAVAILABLE, what was accepted before is still answered, and it recovers by itself', async () => {
  const sending = { targets: stack.accountIds, to: ['filehelper'], text: 'disk', idempotencyKey: 'disk' };
  const { id } = await send(stack, sending);
  const before = await queued();
  free = 199_000_000;
  const refused = await trySend(stack, { ...sending, idempotencyKey: 'full' });
  expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  const rest = await panelSend('disk', ['filehelper']);
  expect([rest.status, rest.headers.get('retry-after')]).toEqual([503, '10']);
  expect((await send(stack, sending)).id).toBe(id);
  expect(await queued()).toBe(before);
  free = 200_000_000;
  await send(stack, { ...sending, idempotencyKey: 'full' });
  expect(texts()).toEqual(['disk', 'disk']);
});

it('what is left on a disk is asked anew after five seconds, and a disk that cannot be asked refuses nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wxgraph-disk-'));
  const ask = watchDisk(folder, clock);
  expect(await ask()).toBeGreaterThan(0);
  rmSync(folder, { recursive: true });
  expect(await ask()).toBeGreaterThan(0);
  clock.moveOn(5_000);
  expect(await ask()).toBeNull();
});
