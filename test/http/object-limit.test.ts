import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { mostObjects, tooManyObjects } from '../../src/http/graphql/object-limit.ts';
import { schema } from '../../src/schema/schema.ts';

/** How many objects the words of a refusal name; 0: it is not refused. */
function refused(text: string, variableValues: Record<string, unknown> = {}): number {
  const error = tooManyObjects({ schema, document: parse(text), variableValues });
  if (error) expect(error.extensions).toEqual({ code: 'BAD_INPUT' });
  return Number(/up to (\d+)/.exec(error?.message ?? '')?.[1] ?? 0);
}

const messages = (args: string, inner = 'id') => `messages(${args}) { nodes { ${inner} } }`;
const nested = (inner: string) => `{ accounts(first: 100) { nodes { chats(first: 100) { nodes { ${inner} } } } } }`;

describe('an operation that asks for too many objects', () => {
  test.each<[string, string, Record<string, unknown>?]>([
    ['by sizes', nested(messages('first: 2'))],
    ['by edges', nested('messages(first: 2) { edges { cursor node { id } } }')],
    ['by sizes in variables', `query ($n: Int!) ${nested(messages('last: $n'))}`, { n: 2 }],
    ['by variables that are left out', `query ($n: Int = 2) ${nested(messages('last: $n'))}`],
    ['by sizes that are left out', '{ accounts { nodes { chats { nodes { messages { nodes { id } } } } } } }'],
    ['by aliases', nested('a: contact { id } b: lastMessage { sender { displayName } }')],
    [
      'by fragments',
      `${nested('...One')} fragment One on Chat { ...Two } fragment Two on Chat { ${messages('last: 2')} }`,
    ],
    [
      'by a fragment that is spread in several places',
      `${nested('lastMessage { ...M } contact { chat { lastMessage { ...M } } }')}
      fragment M on Message { account { id } }`,
    ],
    ['by inline fragments', nested(`... on Chat { ...@include(if: true) { ${messages('last: 2')} } }`)],
    [
      'by what an interface has',
      `{ nodes(ids: [${Array.from({ length: 100 }, () => '"00001"').join()}])
      { ... on Account { chats(first: 100) { nodes { contact { id } lastMessage { id } } } } } }`,
    ],
    [
      'within one event of a subscription',
      `subscription { messageReceived { account { chats(first: 100) { nodes {
      ${messages('first: 100', 'chat { contact { id } }')} } } } } }`,
    ],
    [
      'in the answer to a mutation',
      `mutation { createGroup(input: { name: "x", accountIds: [] }) { group { accounts(first: 100)
      { nodes { chats(first: 100) { nodes { ${messages('last: 2')} } } } } } } }`,
    ],
  ])('(%s) is let through', (_, text, variables) => {
    expect(refused(text, variables)).toBeGreaterThan(mostObjects);
  });

  test.each<[string, string, Record<string, unknown>?]>([
    ['two full pages, one inside the other', nested('unreadCount')],
    [
      'two pages whose sizes are variables',
      `query ($n: Int) { accounts(first: $n) { nodes { chats(first: $n) { nodes { id } } } } }`,
      { n: 100 },
    ],
    ['what is left out', nested(messages('last: 2').replace(' {', ' @include(if: false) {'))],
    [
      'what is skipped by a variable',
      `query ($s: Boolean!) ${nested(`... @skip(if: $s) { ${messages('last: 2')} }`)}`,
      { s: true },
    ],
    ['counts and places of pages', nested('messages(last: 100) { pageInfo { endCursor } }')],
    [
      'an object that is of one type',
      `{ events(first: 100) { nodes {
      ${['MessageReceived', 'MessageUpdated', 'FriendRequested'].map((type) => `... on ${type} { message { chat { messages(last: 50) { nodes { account { id } } } } } }`).join(' ')} } } }`,
    ],
    ['another operation of the document', `query A { viewer { scope } } query B ${nested(messages('last: 2'))}`],
    ['what each list refuses in its own words', '{ accounts(first: 1000000) { nodes { id } } }'],
  ])('is taken for one: %s', (_, text, variables) => {
    const document = parse(text);
    expect(
      tooManyObjects({
        schema,
        document,
        operationName: text.startsWith('query A') ? 'A' : null,
        variableValues: variables ?? {},
      }),
    ).toBeNull();
  });

  test('is counted by walking a fragment again for each spread', () => {
    const levels = 24;
    const fragments = Array.from(
      { length: levels },
      (_, i) => `fragment F${i} on Account { ...F${i + 1} ...F${i + 1} }`,
    );
    const text = `{ account(id: "00001") { ...F0 } } ${fragments.join(' ')} fragment F${levels} on Account { stats { queued } }`;
    const begun = performance.now();
    expect(refused(text)).toBe(1 + 2 ** levels);
    expect(performance.now() - begun).toBeLessThan(500);
  });
});
