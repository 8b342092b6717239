import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Queries, type Store, StoreError } from '../../src/db/store.ts';
import { withGatewayErrors } from '../../src/resolvers/store-errors.ts';
import { type Stack, adminToken, startStack } from '../end-to-end/stack.ts';
import { expectError, makeToken, refusal } from './ask.ts';
import { eventsOf, openStream } from './event-stream.ts';

let stack: Stack;
let store: Store;
beforeAll(async () => {
  stack = await startStack();
  ({ store } = stack.gateway.app);
});
afterAll(() => stack.stop());
afterEach(() => putStore(store));

function putStore(one: Store): void {
  (stack.gateway.app as { store: Store }).store = one;
}

/** From now on these queries of the store fail so. */
function breakQueries(error: Error, ...names: (keyof Queries)[]): void {
  const fail = async () => {
    throw error;
  };
  const broken = Object.fromEntries(names.map((name) => [name, fail]));
  putStore({ ...store, queries: { ...store.queries, ...broken } });
}

function postRaw(body: string, headers: Record<string, string> = {}) {
  return fetch(`${stack.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}`, ...headers },
    body,
  });
}

/** What is wrong with a document, over each transport. */
async function overEach(query: string, variables: Record<string, unknown> = {}): Promise<[string, unknown[]][]> {
  const http = await stack.query(query, variables);
  const socket = await refusal(stack, query, variables);
  const stream = await openStream(stack, query, variables);
  let streamed: unknown;
  if (stream.headers.get('content-type')?.startsWith('text/event-stream')) {
    const events = [];
    for await (const event of eventsOf(stream)) events.push(event);
    streamed = JSON.parse(events[0]!.data).errors;
  } else {
    streamed = ((await stream.json()) as { errors: unknown }).errors;
  }
  return [
    ['http', http.errors as unknown[]],
    ['socket', socket as unknown[]],
    ['stream', streamed as unknown[]],
  ];
}

const badInput = { message: expect.any(String), extensions: { code: 'BAD_INPUT', requestId: expect.any(String) } };

describe('a mistake in the document', () => {
  const mistakes: Record<string, [string, Record<string, unknown>?]> = {
    syntax: ['{ accounts {'],
    empty: ['   '],
    'unknown field': ['{ accounts { nope } }'],
    'unknown argument': ['{ accounts(nope: 1) { totalCount } }'],
    'unknown enum value': ['{ accounts(filter: { states: [NOPE] }) { totalCount } }'],
    'missing variable': ['query ($id: ID!) { account(id: $id) { id } }'],
    'variable of the wrong type': ['query ($first: Int) { accounts(first: $first) { totalCount } }', { first: 'five' }],
    'number beyond Int': ['query ($first: Int) { accounts(first: $first) { totalCount } }', { first: 2 ** 31 }],
    'unknown variable type': ['query ($x: Nope) { accounts(first: $x) { totalCount } }'],
    'no operation': ['fragment F on Account { id }'],
    'fragment cycle': ['{ accounts { nodes { ...F } } } fragment F on Account { ...F }'],
    'too deep': [
      `{ ${'accounts { nodes { groups { nodes { accounts { nodes { groups { nodes '.repeat(2)} { id } ${'} } } } } } } '.repeat(2)} }`,
    ],
    'too many aliases': [`{ ${Array.from({ length: 17 }, (_, i) => `a${i}: viewer { scope }`).join(' ')} }`],
    'too many directives': [`{ viewer ${'@skip(if: false) '.repeat(6)} { scope } }`],
    'too many objects': [
      'query ($n: Int) { accounts(first: $n) { nodes { chats(first: $n) { nodes { messages(last: 3) { nodes { id } } } } } } }',
      { n: 100 },
    ],
    'DateTime without a zone': [
      'query ($t: DateTime) { messages(filter: { since: $t }) { nodes { id } } }',
      { t: '2026-01-01T00:00:00' },
    ],
    'DateTime that is a number': [
      'query ($t: DateTime) { messages(filter: { since: $t }) { nodes { id } } }',
      { t: 1_700_000_000 },
    ],
    'DateTime in the document': ['{ messages(filter: { since: "yesterday" }) { nodes { id } } }'],
    'DateTime of no day': ['{ messages(filter: { since: "2026-02-30T00:00:00Z" }) { nodes { id } } }'],
    'DateTime of no hour': ['{ messages(filter: { since: "2026-02-20T25:00:00Z" }) { nodes { id } } }'],
    'oneOf with nothing': ['mutation { send(input: { targets: ["00001"], content: {} }) { cursor } }'],
    'oneOf with null': [
      'mutation ($c: SendContent!) { send(input: { targets: ["00001"], content: $c }) { cursor } }',
      { c: { text: null } },
    ],
  };

  it.each(Object.entries(mistakes))('(%s) has no code or requestId on some transport', async (_, [text, variables]) => {
    for (const [transport, errors] of await overEach(text, variables)) {
      expect(errors, transport).toContainEqual(expect.objectContaining(badInput));
      for (const error of errors) expect(error, transport).toMatchObject(badInput);
    }
  });

  it('has another status than GraphQL over HTTP gives it', async () => {
    for (const query of ['{ accounts {', '{ nope }']) {
      const body = JSON.stringify({ query });
      for (const [accept, status] of [
        ['application/json', 200],
        ['application/graphql-response+json', 400],
      ] as const) {
        const answer = await postRaw(body, { accept });
        expect([answer.status, answer.headers.get('content-type')]).toEqual([status, expect.stringContaining(accept)]);
        expect(await answer.json()).toMatchObject({ errors: [badInput] });
      }
    }
  });

  it('of the body is answered 200, 500, or not as JSON', async () => {
    for (const body of [
      '{"query": 5}',
      '{}',
      '[]',
      '5',
      'null',
      '{',
      '',
      '"x"',
      '{"query": "{ viewer { scope } }", "variables": [1]}',
    ]) {
      const answer = await postRaw(body, { accept: 'application/graphql-response+json' });
      expect(answer.status, body).toBe(400);
      expect(await answer.json(), body).toMatchObject({ errors: [badInput] });
    }
    const batch = await postRaw('[{"query": "{ viewer { scope } }"}, {"query": "{ viewer { scope } }"}]');
    expect(batch.status).toBe(400);
    expect(
      (await postRaw('query={viewer{scope}}', { 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).toBe(415);
  });

  it('that asks twice for the same thing in one answer is not told of at all', async () => {
    const answer = await postRaw(
      JSON.stringify({ query: 'query A { viewer { scope } } query B { gateway { version } }' }),
    );
    expect(await answer.json()).toMatchObject({ errors: [badInput] });
  });
});

describe('an expected failure', () => {
  it.each([
    ['{ account(id: "x") { id } }', 'NOT_FOUND', {}],
    ['{ accounts(first: 0) { totalCount } }', 'BAD_INPUT', { field: 'first' }],
    ['{ stats(days: 31) { total } }', 'BAD_INPUT', { field: 'days' }],
    ['{ events(types: [CAUGHT_UP]) { nodes { cursor } } }', 'BAD_INPUT', { field: 'types' }],
    ['{ events(types: [MESSAGE_RECEIVED, CHECKPOINT]) { nodes { cursor } } }', 'BAD_INPUT', { field: 'types' }],
    ['{ chats(after: "x") { totalCount } }', 'CURSOR_INVALID', { field: 'after', reason: 'MALFORMED' }],
    ['mutation { send(input: { targets: [], content: { text: "x" } }) { cursor } }', 'BAD_INPUT', { field: 'targets' }],
    [
      'mutation { send(input: { targets: ["00001"], content: { text: "x" }, waitMs: -1 }) { cursor } }',
      'BAD_INPUT',
      { field: 'waitMs' },
    ],
    [
      'mutation { send(input: { targets: ["00001"], content: { text: "x" }, waitMs: 30001 }) { cursor } }',
      'BAD_INPUT',
      { field: 'waitMs' },
    ],
    [
      'mutation { consult(input: { accountId: "00001", to: "a", content: { text: "x" }, timeoutMs: 999 }) { cursor } }',
      'BAD_INPUT',
      { field: 'timeoutMs' },
    ],
    ['mutation { revokeMessage(id: "msg_98765") { cursor } }', 'NOT_FOUND', {}],
    [
      'mutation { createChatRoom(input: { accountId: "00001", members: [] }) { cursor } }',
      'BAD_INPUT',
      { field: 'members' },
    ],
  ])('%s: differs between transports, or lacks what it says', async (text, code, details) => {
    for (const [transport, errors] of await overEach(text)) {
      expect(errors, transport).toHaveLength(1);
      expect(errors[0], transport).toMatchObject({
        message: expect.any(String),
        path: [expect.any(String)],
        extensions: { code, requestId: expect.any(String), ...details },
      });
    }
  });

  it('has another status than 200 where a part was answered', async () => {
    const answer = await postRaw(JSON.stringify({ query: '{ account(id: "x") { id } viewer { scope } }' }));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      data: { account: null, viewer: { scope: 'ADMIN' } },
      errors: [{ path: ['account'] }],
    });
  });
});

describe('a bug', () => {
  it('shows its words, or has no requestId', async () => {
    breakQueries(new TypeError('secret words of the bug'), 'countAccounts', 'accounts');
    for (const [transport, errors] of await overEach('{ accounts { totalCount } }')) {
      expect(errors, transport).toMatchObject([
        {
          message: 'Unexpected error.',
          path: ['accounts'],
          extensions: { code: 'INTERNAL', requestId: expect.any(String) },
        },
      ]);
      expect(JSON.stringify(errors)).not.toMatch(/secret|stack|exception/i);
    }
  });

  it('takes the neighbours of its field along', async () => {
    breakQueries(new Error('bug'), 'accounts');
    const answer = await stack.query('{ accounts { totalCount } viewer { scope } groups { totalCount } }');
    expect(answer.data).toEqual({ accounts: null, viewer: { scope: 'ADMIN' }, groups: { totalCount: 0 } });
    expectError(answer, 'INTERNAL');
  });

  it('within one event ends a subscription, or takes its cursor away', async () => {
    const { secret } = await makeToken(stack, 'READ');
    breakQueries(new Error('bug'), 'accountsById');
    const frames = stack
      .client(secret)
      .iterate({ query: 'subscription { clientStateChanged { cursor account { id } } }' });
    const { value } = await frames.next();
    expect(value).toMatchObject({
      data: { clientStateChanged: { account: null } },
      errors: [
        { path: ['clientStateChanged', 'account'], extensions: { code: 'INTERNAL', requestId: expect.any(String) } },
      ],
      extensions: { cursor: expect.any(String) },
    });
  });

  it('is what a missing object is taken for when the store fails', async () => {
    breakQueries(new Error('bug'), 'messagesById', 'mediaById', 'chatsById', 'contactsById');
    for (const id of ['media_1', 'msg_1', 'chat_1', 'con_1']) {
      expectError(await stack.query('query ($id: ID!) { node(id: $id) { id } }', { id }), 'INTERNAL');
      expectError(await stack.query('query ($id: ID!) { nodes(ids: [$id]) { id } }', { id }), 'INTERNAL');
    }
  });
});

describe('a database that fails', () => {
  it('is taken for a bug, or answers anything but 503 with Retry-After', async () => {
    await using failing = await startStack();
    await failing.gateway.app.store.close();
    const answer = await fetch(`${failing.gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
      body: JSON.stringify({ query: '{ accounts { totalCount } }' }),
    });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    expect(await answer.json()).toMatchObject({
      errors: [{ extensions: { code: 'UNAVAILABLE', requestId: expect.any(String) } }],
    });
  });

  it('in one field takes the others along, or cannot be told from a bug', async () => {
    const broken = {
      ...store,
      queries: { ...store.queries, accounts: () => Promise.reject(new StoreError('UNAVAILABLE', 'full')) },
    };
    putStore(withGatewayErrors(broken));
    const answer = await stack.query('{ accounts { totalCount } viewer { scope } }');
    expectError(answer, 'UNAVAILABLE', { retryable: true });
    expect(answer.data).toEqual({ accounts: null, viewer: { scope: 'ADMIN' } });
  });
});
