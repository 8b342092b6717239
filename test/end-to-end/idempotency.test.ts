import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Job, send, trySend } from './sending.ts';
import { type Stack, startStack } from './stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());
beforeEach(() => stack.simulator.forget());

const texts = () => stack.simulator.delivered.map((one) => one.text);

it('50 sends at once with one key are one job, one call upstream and 50 equal answers', async () => {
  const sending = { targets: stack.accountIds, to: ['filehelper'], text: 'fifty', idempotencyKey: 'fifty' };
  const jobs = await Promise.all(Array.from({ length: 50 }, () => send(stack, sending)));
  expect(new Set(jobs.map((job) => job.id)).size).toBe(1);
  expect(jobs.every((job) => job.successCount === 1)).toBe(true);
  expect(texts()).toEqual(['fifty']);
});

it('the same key with another input is CONFLICT, and nothing of it goes out', async () => {
  const sending = { targets: stack.accountIds, to: ['filehelper'], text: 'one', idempotencyKey: 'key' };
  const first = await send(stack, sending);
  const answer = await trySend(stack, { ...sending, text: 'two' });
  expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', reason: 'KEY_REUSED' });
  expect((await send(stack, { ...sending, waitMs: 0 })).id).toBe(first.id);
  expect(texts()).toEqual(['one']);
});

it('the header Idempotency-Key is the same as the key of the input, also after a restart', async () => {
  const sending = { targets: stack.accountIds, to: ['filehelper'], text: 'header' };
  const first = await send(stack, sending, { 'idempotency-key': 'header' });
  const both = await trySend(stack, { ...sending, idempotencyKey: 'unlike' }, { 'idempotency-key': 'header' });
  expect(both.errors?.[0]?.extensions['code']).toBe('BAD_INPUT');
  await stack.restart();
  const again: Job = await send(stack, { ...sending, idempotencyKey: 'header' });
  expect([again.id, again.successCount]).toEqual([first.id, 1]);
  expect(texts()).toEqual(['header']);
});

it('without a key two sends are two messages', async () => {
  const sending = { targets: stack.accountIds, to: ['filehelper'], text: 'twice' };
  await send(stack, sending);
  await send(stack, sending);
  expect(texts()).toEqual(['twice', 'twice']);
});
