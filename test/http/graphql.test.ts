import { getIntrospectionQuery } from 'graphql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, ask, bearer, eventsOf, join, open, query, subscribe } from './clients.ts';
import { type Fake, startFake } from './fake.ts';

let fake: Fake;
beforeEach(async () => {
  fake = await startFake({ timing: { executionMs: 150 } });
});
afterEach(() => fake.server.close());

type Result = {
  data?: unknown;
  errors?: { message: string; extensions: Record<string, unknown> }[];
  extensions?: unknown;
};

/** The first result of an operation over each transport. */
const transports: Record<string, (text: string, variables?: object) => Promise<Result>> = {
  async HTTP(text, variables) {
    return (await query(fake, text, variables ? { variables } : {})).json();
  },
  async SSE(text, variables) {
    const stream = await open(fake, '/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...bearer },
      body: JSON.stringify({ query: text, variables }),
    });
    for await (const event of eventsOf(stream)) {
      if (event['event'] !== 'next') continue;
      stream.destroy();
      return JSON.parse(event['data']!) as Result;
    }
    throw new Error('no result');
  },
  async WebSocket(text, variables) {
    const peer = await join(fake);
    subscribe(peer, '1', text, variables);
    const message = await Promise.race([peer.next('next'), peer.next('error')]);
    peer.socket.terminate();
    return message.type === 'next'
      ? message.payload
      : { errors: message.payload as unknown as Result['errors'] & object };
  },
};
const all = Object.keys(transports);
const subscriptionTransports = ['SSE', 'WebSocket'];

const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ');
const deep = (levels: number) => `{ ${'deep { '.repeat(levels - 1)} name ${'} '.repeat(levels - 1)} }`;

describe.each(all)('over %s', (transport) => {
  const run = (text: string, variables?: object) => transports[transport]!(text, variables);
  test.each([
    ['13 levels', deep(13)],
    [
      '13 levels, by fragments',
      `{ deep { ...a } } fragment a on Deep ${deep(6).replace('name', '...b')} fragment b on Deep ${deep(7)}`,
    ],
    ['16 aliases', `{ ${repeat(16, (i) => `a${i}: hello`)} }`],
    ['16 aliases of __typename', `{ ${repeat(16, (i) => `a${i}: __typename`)} }`],
    [
      '16 aliases, by a fragment that is spread twice',
      `{ ...a deep { deep { name } } ...a } fragment a on Query { ${repeat(8, (i) => `a${i}: hello`)} }`,
    ],
    ['one field 500 times', `{ ${repeat(500, () => 'hello')} }`],
    ['6 directives', `{ hello ${repeat(6, () => '@include(if: true)')} }`],
    ['10 unknown directives', `{ hello ${repeat(10, () => '@aa')} }`],
    ['1001 tokens', `{ hello ${'{ a }'.repeat(400)} }`],
    [
      'a circle of introspection',
      `{ __schema { types { ${'fields { type { '.repeat(4)} name ${'} } '.repeat(4)} } } }`,
    ],
    ['a circle of fragments', '{ ...a } fragment a on Query { hello ...b } fragment b on Query { ...a }'],
  ])('%s are refused before anything runs, with one kind of error', async (_case, text) => {
    const result = await run(text);
    expect(result.data).toBeUndefined();
    for (const error of result.errors!) {
      expect(error.extensions).toEqual({ code: 'BAD_INPUT', requestId: expect.stringMatching(/^\w+$/) });
    }
  });

  test.each([
    ['12 levels', deep(12), 'deep'],
    ['15 aliases', `{ ${repeat(15, (i) => `a${i}: hello`)} }`, 'a14'],
    ['5 directives', `{ hello ${repeat(5, (i) => `...@include(if: true) { deep${i}: deep { name } }`)} }`, 'deep4'],
    ['the levels of an introspection, which has a rule of its own', getIntrospectionQuery(), '__schema'],
  ])('%s are not too many', async (_case, text, field) => {
    expect((await run(text)).data).toHaveProperty(field);
  });

  test.each([
    ['a document that cannot be read', '{ hello(', undefined],
    ['an unknown field', '{ nothing }', undefined],
    ['a variable of the wrong type', 'query ($n: String) { hello(name: $n) }', { n: 1 }],
    ["a variable that a scalar's own check refuses", 'query ($e: Even) { hello(even: $e) }', { e: 3 }],
    ['an input object without a required field', 'query ($p: Pair) { hello(pair: $p) }', { p: { b: 1 } }],
    ['a variable that is missing', 'query ($a: Int!) { hello(pair: { a: $a }) }', {}],
  ])('%s is BAD_INPUT', async (_case, text, variables) => {
    const { errors } = await run(text, variables);
    expect(errors![0]!.extensions).toEqual({ code: 'BAD_INPUT', requestId: expect.any(String) });
  });

  test('an expected error shows its code and details', async () => {
    const { errors, data } = await run('{ hello expected }');
    expect(data).toEqual({ hello: 'Hello you', expected: null });
    expect(errors).toMatchObject([{ message: 'Not now.' }]);
    expect(errors![0]!.extensions).toEqual({
      code: 'NOT_READY',
      requestId: expect.any(String),
      retryable: true,
      retryAfterMs: 1500,
      field: 'expected',
    });
  });

  test.each(['unexpected', 'badEnum'])(
    'a bug is masked and logged with the id that the client sees: %s',
    async (field) => {
      const { errors } = await run(`{ ${field} }`);
      expect(errors).toMatchObject([{ message: 'Unexpected error.', path: [field], extensions: { code: 'INTERNAL' } }]);
      expect(JSON.stringify(errors)).not.toMatch(/secret|stack|NO_SUCH/);
      const line = fake.world.lines.find((text) => text.includes('unexpected error'))!;
      expect(JSON.parse(line)).toMatchObject({ level: 50, requestId: errors![0]!.extensions['requestId'] });
      expect(line).toMatch(/secret words of a bug|NO_SUCH_VALUE/);
    },
  );

  test('a query that hangs is given up, a mutation that waits for WeChat is not', async () => {
    const { errors } = await run('{ hangs }');
    expect(errors![0]!.extensions).toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
      requestId: expect.any(String),
    });
    expect((await run('mutation { hangs }')).errors![0]!.extensions['code']).toBe('UNAVAILABLE');

    let settled = false;
    void run('mutation { send hangs }').then(
      () => (settled = true),
      () => {},
    );
    // Started later and given up: by then the other one would have been too.
    await run('{ hangs }');
    await run('{ hangs }');
    expect(settled).toBe(false);
  });
});

describe.each(subscriptionTransports)('subscriptions over %s', (transport) => {
  const run = (text: string, variables?: object) => transports[transport]!(text, variables);

  test('every frame carries its position, also when a field failed and nothing else is left', async () => {
    const first = run('subscription { events { text strict } }');
    await fake.world.until(() => fake.world.groups === 1);
    fake.world.publish({ cursor: 'c1', text: 'one', fails: true });
    expect(await first).toMatchObject({
      data: null,
      errors: [{ message: 'Unexpected error.', path: ['events', 'strict'], extensions: { code: 'INTERNAL' } }],
      extensions: { cursor: 'c1' },
    });
    await fake.world.until(() => fake.world.groups === 0);

    const second = run('subscription { events { text } }');
    await fake.world.until(() => fake.world.groups === 1);
    fake.world.publish({ cursor: 'c2', text: 'two' });
    expect(await second).toEqual({ data: { events: { text: 'two' } }, extensions: { cursor: 'c2' } });
  });

  test('a client that leaves ends its source while that waits', async () => {
    const left = run('subscription { events { text } }');
    await fake.world.until(() => fake.world.groups === 1);
    fake.world.publish({ cursor: 'c1' });
    await left;
    await fake.world.until(() => fake.world.groups === 0);
    expect(fake.world.groups).toBe(0);
  });
});

test('a refused subscription is an error with its code, over WebSocket as over HTTP', async () => {
  const expected = [{ message: 'Not for you.', extensions: { code: 'FORBIDDEN', requestId: expect.any(String) } }];
  expect(await transports['HTTP']!('subscription { refused { text } }')).toMatchObject({ errors: expected });
  expect(await transports['WebSocket']!('subscription { refused { text } }')).toMatchObject({ errors: expected });
});

test('a source that breaks ends its subscription with a masked error and no frame after it', async () => {
  const peer = await join(fake);
  subscribe(peer, '1', 'subscription { broken { text } }');
  const message = await peer.next('error');
  expect(message.payload).toMatchObject([{ message: 'Unexpected error.', extensions: { code: 'INTERNAL' } }]);
  expect(peer.received.map(({ type }) => type)).toEqual(['connection_ack', 'next', 'error']);
  peer.socket.terminate();
});

describe('without a token', () => {
  const body = '{"query":"{ __schema { types { name } } }"}';

  test('an operation is not even read', async () => {
    const headers = { 'content-type': 'application/json' };
    const introspection = await ask(fake, '/graphql', { method: 'POST', headers, body });
    expect(introspection.status).toBe(401);
    expect(introspection.json()).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED', requestId: expect.any(String) } }],
    });
    const broken = await ask(fake, '/graphql', { method: 'POST', headers, body: '{"query":"{ helo }"}' });
    expect(broken.status).toBe(401);
    expect(broken.text).not.toMatch(/helo|Did you mean/);
  });

  test('a browser is told how to sign in, and shown no editor', async () => {
    const page = await ask(fake, '/graphql', { headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.text).toContain('open the link that the gateway printed');
    expect(page.text).not.toContain('GraphiQL');
  });
});

const post = (body: string | Buffer): Promise<Answer> =>
  ask(fake, '/graphql', { method: 'POST', headers: { 'content-type': 'application/json', ...bearer }, body });
const codes = (answer: Answer) => (answer.json() as Result).errors!.map(({ extensions }) => extensions['code']);

describe('bodies', () => {
  test('one over a mebibyte is answered 413', async () => {
    const answer = await post(JSON.stringify({ query: '{ hello }', variables: { text: 'x'.repeat(1024 * 1024) } }));
    expect(answer.status).toBe(413);
    expect(codes(answer)).toEqual(['TOO_LARGE']);
  });

  test('one that is nested to exhaust the parser is refused before it is parsed', async () => {
    const answer = await post(`{"query":"{ hello }","variables":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect(answer.status).toBe(400);
    expect(codes(answer)).toEqual(['BAD_INPUT']);
    expect((await post('{"query":"{ hello(name: \\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\") }"}')).status).toBe(
      200,
    );
  });

  test('a batch is refused', async () => {
    const answer = await post(JSON.stringify(Array.from({ length: 10 }, () => ({ query: '{ hello }' }))));
    expect(answer.status).toBe(400);
    expect(codes(answer)).toEqual(['BAD_INPUT']);
  });

  test.each([
    '',
    'null',
    '{',
    '"text"',
    '{"query":1}',
    '{"query":"{hello}","variables":[]}',
    '{"query":"{hello}","more":1}',
  ])('nonsense is BAD_INPUT and nothing worse: %j', async (body) => {
    const answer = await post(body);
    // Where nothing could be read, GraphQL over HTTP answers 200 to a client that knows plain JSON only.
    expect([200, 400]).toContain(answer.status);
    expect(codes(answer)).toEqual(['BAD_INPUT']);
  });

  test('bad UTF-8 is BAD_INPUT', async () => {
    const answer = await post(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]));
    expect(codes(answer)).toEqual(['BAD_INPUT']);
  });
});
