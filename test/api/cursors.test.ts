import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, adminToken, follow, startStack } from '../end-to-end/stack.ts';
import { dataOf, expectError, forge, headOf, receive, refusal } from './ask.ts';
import { eventsOf, openStream } from './event-stream.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

const subscriptions = {
  messageReceived: 'subscription ($after: String) { messageReceived(after: $after) { id text cursor } }',
  clientStateChanged: 'subscription ($after: String) { clientStateChanged(after: $after) { cursor to } }',
  sendUpdated: 'subscription ($after: String) { sendUpdated(after: $after) { id cursor } }',
  events: 'subscription ($after: String) { events(after: $after) { __typename cursor } }',
};
const queries = {
  messages: 'query ($after: String) { messages(first: 5, after: $after) { nodes { id text } } }',
  before: 'query ($after: String) { messages(last: 5, before: $after) { nodes { id text } } }',
  events: 'query ($after: String) { events(first: 5, after: $after) { nodes { __typename cursor } } }',
};

/** What is wrong with a cursor, as every place that takes one says it. */
async function expectRefused(after: string, reason: string): Promise<void> {
  for (const text of Object.values(queries)) {
    const answer = await stack.query(text, { after });
    expectError(answer, 'CURSOR_INVALID', { reason, oldestCursor: expect.any(String) });
  }
  for (const text of Object.values(subscriptions)) {
    expect(await refusal(stack, text, { after })).toMatchObject([
      {
        extensions: { code: 'CURSOR_INVALID', reason, oldestCursor: expect.any(String), requestId: expect.any(String) },
      },
    ]);
  }
}

/** The same over event streams: of GraphQL, where it is an answer, and `GET /events`, where it is an error of HTTP. */
async function expectRefusedStream(after: string, reason: string): Promise<void> {
  const expected = { code: 'CURSOR_INVALID', reason, oldestCursor: expect.any(String) };
  for (const text of Object.values(subscriptions)) {
    const told = await Array.fromAsync(eventsOf(await openStream(stack, text, { after })));
    expect(told.map(({ event }) => event)).toEqual(['next', 'complete']);
    expect(JSON.parse(told[0]!.data)).toMatchObject({ errors: [{ extensions: expected }] });
  }
  const response = await fetch(`${stack.gateway.url}/events`, {
    headers: { authorization: `Bearer ${adminToken}`, 'last-event-id': after },
  });
  expect(response.status).toBe(reason === 'EXPIRED' ? 410 : 400);
  expect(await response.json()).toMatchObject(expected);
}

describe('a position in the log', () => {
  it('that is garbage is passed over in silence', async () => {
    for (const after of ['x', 'not a cursor', '0', Buffer.from('e.x').toString('base64url')]) {
      await expectRefused(after, 'MALFORMED');
    }
    await expectRefusedStream('not a cursor', 'MALFORMED');
  });

  it('that is empty is taken for none, so that a client that lost its cursor misses events', async () => {
    await expectRefused('', 'MALFORMED');
  });

  it('of another database is taken for one of this', async () => {
    const foreign = forge(await headOf(stack), { epoch: 'abcdef' });
    await expectRefused(foreign, 'FOREIGN');
    await expectRefusedStream(foreign, 'FOREIGN');
  });

  it('of the future waits for events that never come', async () => {
    const head = await headOf(stack);
    const future = forge(head, { seq: 999_999_999 });
    await expectRefused(future, 'FUTURE');
    await expectRefusedStream(future, 'FUTURE');
  });

  it('that is the present is refused', async () => {
    const head = await headOf(stack);
    for (const text of Object.values(queries)) dataOf(await stack.query(text, { after: head }));
    const following = follow(stack.client(), subscriptions.events, { after: head });
    const [first] = await following.atLeast(1);
    expect(first).toMatchObject({ data: { events: { __typename: 'CaughtUp' } }, extensions: { cursor: head } });
  });
});

describe('when the log was trimmed', () => {
  let before: string;
  let oldest: string;

  beforeAll(async () => {
    await receive(stack, '一');
    before = forge(await headOf(stack), { seq: 1 });
    await receive(stack, '二');
    await receive(stack, '三');
    const { app } = stack.gateway;
    while ((await app.store.trim(app.clock.now() + 1, 1000)) > 0);
    await receive(stack, '四');
    oldest = dataOf(await stack.query('{ eventLog { oldest } }')).eventLog.oldest;
  });

  it('an expired cursor skips events in silence', async () => {
    const answer = await stack.query(queries.events, { after: before });
    expectError(answer, 'CURSOR_INVALID', { reason: 'EXPIRED', oldestCursor: oldest });
    for (const field of ['clientStateChanged', 'sendUpdated', 'events'] as const) {
      expect(await refusal(stack, subscriptions[field], { after: before })).toMatchObject([
        { extensions: { code: 'CURSOR_INVALID', reason: 'EXPIRED', oldestCursor: oldest } },
      ]);
    }
    const response = await fetch(`${stack.gateway.url}/events?after=${before}`, {
      headers: { authorization: `Bearer ${adminToken}` },
    });
    expect(response.status).toBe(410);
    expect(await response.json()).toMatchObject({ code: 'CURSOR_INVALID', reason: 'EXPIRED', oldestCursor: oldest });
  });

  it('the oldest cursor that the error names is refused itself', async () => {
    const data = dataOf(
      await stack.query(
        'query ($after: String) { events(after: $after) { nodes { __typename ... on MessageReceived { message { text } } } } }',
        { after: oldest },
      ),
    );
    expect(data.events.nodes).toEqual([{ __typename: 'MessageReceived', message: { text: '四' } }]);
    const following = follow(stack.client(), subscriptions.events, { after: oldest });
    expect(
      (await following.atLeast(2)).map((frame) => (frame.data['events'] as { __typename: string }).__typename),
    ).toEqual(['MessageReceived', 'CaughtUp']);
  });

  it('messages cannot be read on from an older cursor', async () => {
    const texts = ['一', '二', '三', '四'];
    const data = dataOf(await stack.query(queries.messages, { after: before }));
    expect(data.messages.nodes.map((node: { text: string }) => node.text)).toEqual(texts);
    const following = follow(stack.client(), subscriptions.messageReceived, { after: before });
    await following.atLeast(4);
    await receive(stack, '五');
    const frames = await following.atLeast(5);
    expect(frames.map((frame) => (frame.data['messageReceived'] as { text: string }).text)).toEqual([...texts, '五']);
  });
});
