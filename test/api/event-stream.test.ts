import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, adminToken, startStack } from '../end-to-end/stack.ts';
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
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/event-stream'),
    ]);
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
    const answer = await askFor('application/json', messages);
    expect(answer.status).toBe(406);
    expect(await answer.text()).not.toContain('data');
  });

  it('is refused without a GraphQL error', async () => {
    const answer = await askFor('application/json', messages);
    expect(await answer.json()).toMatchObject({
      errors: [{ extensions: { code: 'BAD_INPUT', requestId: expect.any(String) } }],
    });
  });
});

describe('a query of a client that accepts multipart', () => {
  it.each([
    'multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json;q=0.9',
    'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json',
  ])('and JSON (%s) is not answered as JSON', async (accept) => {
    const answer = await askFor(accept, '{ viewer { scope } }');
    expect(await answer.json()).toEqual({ data: { viewer: { scope: 'ADMIN' } } });
  });

  // With a Content-Length and yoga's Transfer-Encoding too, clients refuse to read it.
  it('alone is answered with something that is not HTTP', async () => {
    const answer = await askFor('multipart/mixed', '{ viewer { scope } }');
    await answer.text();
  });
});

function askFor(accept: string, query: string): Promise<Response> {
  return fetch(`${stack.gateway.url}/graphql`, {
    method: 'POST',
    headers: { accept, 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
    body: JSON.stringify({ query }),
  });
}
