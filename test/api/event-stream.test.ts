import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../end-to-end/stack.ts';
import { headOf, receive } from './ask.ts';
import { eventsOf, openStream } from './event-stream.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

const messages = 'subscription ($after: String) { messageReceived(after: $after) { text cursor } }';

describe('GraphQL over an event stream', () => {
  it('loses or repeats messages between backfill and live, or has no cursor', async () => {
    const after = await headOf(stack);
    await receive(stack, '先');
    const response = await openStream(stack, messages, { after });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/event-stream')]);
    const events = eventsOf(response);
    const read = async () => {
      const { event, data } = (await events.next()).value!;
      return { event, ...JSON.parse(data) };
    };
    for (const text of ['先', '后', '再后']) {
      if (text !== '先') await receive(stack, text);
      const frame = await read();
      expect(frame).toEqual({
        event: 'next',
        data: { messageReceived: { text, cursor: expect.any(String) } },
        extensions: { cursor: frame.data.messageReceived.cursor },
      });
    }
    await events.return();
  });

  it('goes on for a client that has left', async () => {
    const leaving = new AbortController();
    const response = await openStream(stack, 'subscription { events { cursor } }', {}, undefined, leaving.signal);
    const events = eventsOf(response);
    await events.next();
    leaving.abort();
    await expect(events.next()).rejects.toThrow(/abort/i);
    await receive(stack, '没人听');
  });

  it('answers a query in another way than one frame and the end', async () => {
    const events = [];
    for await (const event of eventsOf(await openStream(stack, '{ viewer { scope } }'))) events.push(event);
    expect(events.map(({ event, data }) => [event, data === '' ? null : JSON.parse(data)])).toEqual([
      ['next', { data: { viewer: { scope: 'ADMIN' } } }],
      ['complete', null],
    ]);
  });

  it('of a subscription is not refused where no stream is accepted', async () => {
    const answer = await stack.query(messages);
    expect(answer.data ?? null).toBeNull();
    expect(answer.errors![0]!.extensions).toMatchObject({ code: expect.any(String), requestId: expect.any(String) });
  });
});
