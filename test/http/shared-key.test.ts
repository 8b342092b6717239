import { parse } from 'graphql';
import { expect, it } from 'vitest';
import { sharedKey } from '../../src/http/subscriptions/shared-key.ts';
import type { Caller } from '../../src/resolvers/access/caller.ts';

const admin: Caller = { scope: 'ADMIN', accountIds: null, tokenId: 1, sessionId: null };
const query = `subscription A($a: String, $n: Int, $f: MessageFilter) { messageReceived(filter: $f, after: $a, last: $n) { id } }
  subscription B($a: String) { messageReceived(after: $a) { chat { messages(after: $a) { nodes { id } } } } }`;
const document = parse(query);
const keyOf = (variables: object, operationName = 'A', caller = admin) =>
  sharedKey({ document, operationName, variableValues: variables as Record<string, unknown> }, caller);

it('where a subscription begins makes no other one of it, and neither does who asks', () => {
  expect(keyOf({ a: 'x', n: null })).toBe(keyOf({ n: 3 }));
  expect(keyOf({}, 'A', { ...admin, tokenId: 2 })).toBe(keyOf({}));
  expect(keyOf({ f: { kinds: ['TEXT'] }, a: 'x' })).toBe(keyOf({ a: 'y', f: { kinds: ['TEXT'] } }));
});

it('what decides what is shown does', () => {
  const keys = [
    keyOf({}),
    keyOf({ f: { kinds: ['TEXT'] } }),
    keyOf({}, 'B'),
    // There the position is used for something else as well.
    keyOf({ a: 'x' }, 'B'),
    keyOf({}, 'A', { ...admin, scope: 'READ' }),
    keyOf({}, 'A', { ...admin, accountIds: [1] }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});
