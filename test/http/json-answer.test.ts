import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, bearer } from './clients.ts';
import { type Fake, startFake } from './fake.ts';

let fake: Fake;
beforeAll(async () => {
  fake = await startFake({ timing: { executionMs: 150 } });
});
afterAll(() => fake.server.close());

const accepts = [
  undefined,
  'application/json',
  'application/graphql-response+json',
  'application/graphql-response+json, application/json;q=0.9',
  'application/json;charset=latin1, application/graphql-response+json',
  'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
  'text/event-stream, application/*',
  'Application/JSON ; charset=utf-8',
  '*/*',
];

async function answerTo(body: object, accept: string | undefined) {
  const headers = { 'content-type': 'application/json', ...bearer, ...(accept === undefined ? {} : { accept }) };
  const {
    status,
    headers: all,
    text,
  } = await ask(fake, '/graphql', {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const { date: _, 'x-request-id': __, 'content-length': ___, ...said } = all;
  return { status, headers: said, text: text.replaceAll(/"requestId":"\w+"/g, '"requestId":"…"') };
}

/** Whatever has this keyword may be a subscription, and is answered by the GraphQL server's own HTTP. */
const theirs = '\n# subscription';
const ours = '\n# another word';

test.each([
  ['a result', { query: '{ hello }' }],
  ['variables', { query: 'query Q($n: String) { hello(name: $n) }', variables: { n: '"é😀\u2028' } }],
  ['a mutation', { query: 'mutation { send }' }],
  ['an expected error', { query: '{ hello expected }' }],
  ['a bug', { query: '{ unexpected badEnum }' }],
  ['a query that hangs', { query: '{ hangs }' }],
  ['a document that cannot be read', { query: '{ hello(' }],
  ['an empty document', { query: '' }],
  ['unknown fields', { query: '{ nothing at all }' }],
  ['a document that is too large', { query: `{ ${'hello '.repeat(20)} }` }],
  ['a variable of the wrong type', { query: 'query ($n: String) { hello(name: $n) }', variables: { n: 1 } }],
  [
    "a variable that a scalar's own check refuses",
    { query: 'query ($e: Even) { hello(even: $e) }', variables: { e: 3 } },
  ],
  ['a variable that is missing', { query: 'query ($a: Int!) { hello(pair: { a: $a }) }' }],
  ['variables that are a list', { query: '{ hello }', variables: [] }],
  ['extensions that are a text', { query: '{ hello }', extensions: 'x' }],
  ['a parameter that is not known', { query: '{ hello }', more: 1 }],
  ['an operation that is not there', { query: 'query A { hello }', operationName: 'B' }],
  ['no choice between two operations', { query: 'query A { hello } query B { hello }' }],
  ['one of two operations', { query: 'query A { hello } query B { whoAmI }', operationName: 'B' }],
])(
  '%s is answered as the GraphQL server answers it, whatever JSON is accepted',
  async (_case, body: { query: string }) => {
    const answers = await Promise.all(
      accepts.map(async (accept) => ({
        accept,
        own: await answerTo({ ...body, query: body.query + ours }, accept),
        server: await answerTo({ ...body, query: body.query + theirs }, accept),
      })),
    );
    for (const { accept, own, server } of answers) {
      expect(own, accept).toEqual(server);
      expect(own.headers['content-type']).toMatch(/^application\/(graphql-response\+)?json; charset=utf-8$/);
    }
  },
);
