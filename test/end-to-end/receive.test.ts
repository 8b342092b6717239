import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, follow, openwxText, post, startStack } from './stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ simulator: { accounts: 1 } });
});
afterAll(() => stack.stop());

const messages = 'subscription ($after: String) { messageReceived(after: $after) { id upstreamId text } }';

describe('a message that an upstream posts', () => {
  it('five times is one message, duplicates: 4, one event at each of three subscribers', async () => {
    const [callback] = stack.callbackUrls;
    const following = [1, 2, 3].map(() => follow(stack.client(), messages));
    const head = (await stack.query('{ eventLog { head } }')).data.eventLog.head as string;
    // A subscription over the socket is live once another one, begun after it, has answered.
    await Promise.all(following.map(() => follow(stack.client(), 'subscription { events { __typename } }').atLeast(1)));
    const body = openwxText('7257313700000000001', '测试一下');
    for (let i = 0; i < 5; i += 1) {
      const answer = await post(callback!, body);
      expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
        200,
        expect.stringContaining('text/plain'),
        'ok',
      ]);
    }
    await post(callback!, openwxText('7257313700000000002', '完'));
    for (const one of following) {
      const frames = await one.atLeast(2);
      expect(frames.map((frame) => (frame.data['messageReceived'] as { text: string }).text)).toEqual([
        '测试一下',
        '完',
      ]);
    }
    const { data } = await stack.query(
      'query ($after: String) { messages(first: 10, after: $after) { nodes { upstreamId duplicates } } }',
      { after: head },
    );
    expect(data.messages.nodes).toEqual([
      { upstreamId: '7257313700000000001', duplicates: 4 },
      { upstreamId: '7257313700000000002', duplicates: 0 },
    ]);
  });
});
