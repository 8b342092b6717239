import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Stack, startStack } from '../end-to-end/stack.ts';
import { dataOf, headOf, makeToken, receive } from './ask.ts';
import { openStream } from './event-stream.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  await receive(stack, '给管理员看');
});
afterAll(() => stack.stop());

const refused = {
  errors: [
    {
      message: expect.any(String),
      extensions: { code: 'UNAUTHENTICATED', requestId: expect.any(String) },
    },
  ],
};

function ask(headers: Record<string, string>, query = '{ viewer { scope } }') {
  return fetch(`${stack.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
}

/** How a socket that says `params` is closed. */
function closed(params: object | null): Promise<number> {
  const socket = new WebSocket(`${stack.gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', ...(params && { payload: params }) })));
  return new Promise((resolve, reject) => {
    socket.on('close', (code) => resolve(code));
    socket.on('message', (data) => reject(new Error((data as Buffer).toString('utf8'))));
  });
}

describe('without a valid token', () => {
  it('a query is answered, or refused with anything but a GraphQL error', async () => {
    const cases: Record<string, string>[] = [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: '' },
      { 'x-api-key': 'wrong' },
    ];
    const answers = await Promise.all(cases.map((headers) => ask(headers)));
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toContain('application/json');
      expect(await answer.json()).toEqual(refused);
    }
  });

  it('anything of the schema is told', async () => {
    for (const query of ['{ __schema { types { name } } }', '{ nonsense }', '{', '{ __typename }']) {
      const answer = await ask({}, query);
      expect([answer.status, await answer.json()]).toEqual([401, refused]);
    }
  });

  it('an event stream is opened', async () => {
    const opened = await openStream(stack, 'subscription { events { cursor } }', {}, null);
    expect(opened.status).toBe(401);
    expect(JSON.parse(await opened.text())).toEqual(refused);
  });

  it('a socket is kept', async () => {
    expect(await Promise.all([closed(null), closed({}), closed({ authorization: 'Bearer wrong' })])).toEqual([
      4403, 4403, 4403,
    ]);
  });
});

describe('a token', () => {
  it('counts in one way of saying it and not in another', async () => {
    const { secret } = await makeToken(stack, 'READ');
    const ways: Record<string, string>[] = [
      { authorization: `Bearer ${secret}` },
      { authorization: secret },
      { 'x-api-key': secret },
    ];
    for (const headers of ways) {
      expect(await (await ask(headers)).json()).toEqual({
        data: { viewer: { scope: 'READ' } },
      });
    }
  });
});

describe('what is for ADMIN alone', () => {
  const fields = '{ accounts { nodes { callbackUrl } } messages { nodes { raw } } }';

  it('is kept from ADMIN', async () => {
    const data = dataOf(await stack.query(fields));
    expect(data.accounts.nodes[0].callbackUrl).toBe(stack.callbackUrls[0]);
    expect(data.messages.nodes[0].raw).toMatchObject({ content: '给管理员看', post_type: 'receive_message' });
  });

  it.each(['READ', 'SEND'] as const)('is shown to %s', async (scope) => {
    const { secret } = await makeToken(stack, scope);
    const data = dataOf(await stack.query(fields, {}, secret));
    expect(data.accounts.nodes).toEqual([{ callbackUrl: null }]);
    expect(data.messages.nodes).toContainEqual({ raw: null });
    expect(JSON.stringify(data)).not.toMatch(/callback\/|post_type/);
    const events = await stack.query(
      '{ events { nodes { account { callbackUrl } ... on MessageReceived { message { raw } } } } }',
      {},
      secret,
    );
    expect(JSON.stringify(dataOf(events))).not.toMatch(/callback\/|post_type/);
    const head = await headOf(stack);
    expect((await stack.query('{ apiTokens { nodes { id } } }', {}, secret)).errors![0]!.extensions['code']).toBe(
      'FORBIDDEN',
    );
    const live = stack.client(secret).iterate<{ messageReceived: unknown }>({
      query: 'subscription ($after: String) { messageReceived(after: $after) { raw account { callbackUrl } } }',
      variables: { after: head },
    });
    await receive(stack, '现在');
    const { value } = await live.next();
    expect(value.data.messageReceived).toEqual({ raw: null, account: { callbackUrl: null } });
  });
});
