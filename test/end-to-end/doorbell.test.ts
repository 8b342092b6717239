import { afterAll, beforeAll, expect, it } from 'vitest';
import { send } from './sending.ts';
import { type Stack, follow, openwxText, post, startStack, told } from './stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ overrides: { doorbell: false } });
});
afterAll(() => stack.stop());

it('with nobody to ring it everything still arrives, by polling: accounts run, subscribers hear, sends go out', async () => {
  const after = await stack.head();
  const following = follow(
    stack.client(),
    'subscription ($after: String) { messageReceived(after: $after) { text } }',
    { after },
  );
  for (let i = 0; i < 20; i += 1) await post(stack.callbackUrls[0]!, openwxText(String(100 + i), `m${i}`));
  const job = await send(stack, { targets: stack.accountIds, to: ['filehelper'], text: 'without a bell' });
  expect(job.successCount).toBe(1);
  await following.atLeast(21);
  expect(told<{ text: string }>(following, 'messageReceived').map((one) => one.text)).toEqual([
    ...Array.from({ length: 20 }, (_, i) => `m${i}`),
    'without a bell',
  ]);
  expect(stack.simulator.delivered.length).toBe(1);
});
