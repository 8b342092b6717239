import { afterAll, beforeAll, expect, it } from 'vitest';
import { postMany } from './posting.ts';
import { type Stack, allMessages, follow, startStack, told } from './stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

it('between a list and the stream from the head that was read with it nothing is lost and nothing comes twice', async () => {
  const stop = new AbortController();
  const posting = postMany(stack.callbackUrls[0]!, { from: 1n << 60n, count: 100_000, signal: stop.signal });
  const client = stack.client();
  try {
    for (let i = 0; i < 25; i += 1) {
      const { data } = await stack.query('{ eventLog { head } messages(last: 100) { nodes { upstreamId } } }');
      const list = (data.messages.nodes as { upstreamId: string }[]).map((message) => message.upstreamId);
      const following = follow(
        client,
        'subscription ($after: String) { messageReceived(after: $after) { upstreamId } }',
        { after: data.eventLog.head as string },
      );
      await following.atLeast(5);
      following.stop();
      const streamed = told<{ upstreamId: string }>(following, 'messageReceived').map((message) => message.upstreamId);
      const all = (await allMessages(stack.gateway.url)).map((message) => message.upstreamId);
      const from = all.indexOf(list[0] ?? streamed[0]!);
      expect([...list, ...streamed]).toEqual(all.slice(from, from + list.length + streamed.length));
    }
  } finally {
    stop.abort();
    await posting;
  }
});
