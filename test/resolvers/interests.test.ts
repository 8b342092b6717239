import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StoredEvent } from '../../src/db/model.ts';
import { type Interest, createInterests } from '../../src/resolvers/events/interests.ts';
import { interestIn } from '../../src/resolvers/events/read-events.ts';

const types = ['SEND_UPDATED', 'GROUP_CHANGED', 'CHAT_UPDATED', 'TOKEN_CHANGED'] as const;
const id = fc.integer({ min: 1, max: 4 });
const ids = fc.option(fc.uniqueArray(id, { maxLength: 3 }));
const interest = fc
  .record({ types: fc.option(fc.uniqueArray(fc.constantFrom(...types))), accountIds: ids, chatIds: ids })
  .map((filter): Interest => interestIn(filter));
const event = fc
  .record({
    type: fc.constantFrom(...types),
    accountId: fc.option(id),
    chatId: fc.option(id),
    groupAccountIds: fc.array(id, { maxLength: 3 }),
  })
  .map((some) => ({ seq: 1, at: 0, ...some }) as unknown as StoredEvent);

it('offers an event to all that want it, each once, and to nobody else', () => {
  fc.assert(
    fc.property(fc.array(interest, { maxLength: 20 }), fc.array(event, { maxLength: 10 }), (wanted, events) => {
      const interests = createInterests<number>();
      wanted.forEach((one, at) => interests.add(one, at));
      for (const one of events) {
        const expected = wanted.flatMap(({ passes }, at) => (passes(one) ? [at] : []));
        expect(interests.of(one).toSorted((a, b) => a - b)).toEqual(expected);
      }
    }),
  );
});

it('asks nobody who has left, and nobody who wants another account or chat', () => {
  const interests = createInterests<string>();
  const asked: string[] = [];
  const wants = (name: string, accountIds: number[] | null, chatIds: number[] | null): Interest => {
    const one: Interest = { types: ['CHAT_UPDATED'], accountIds, chatIds, passes: () => asked.push(name) > 0 };
    interests.add(one, name);
    return one;
  };
  wants('another account', [2], null);
  wants('another chat', [1], [9]);
  wants('this chat', null, [5]);
  interests.remove(wants('gone', [1], null), 'gone');
  interests.remove(wants('gone, of many', null, [4, 5, 5]), 'gone, of many');
  const changed = { seq: 1, at: 0, type: 'CHAT_UPDATED', accountId: 1, chatId: 5, chatIdChanged: 5 } as StoredEvent;
  expect(interests.of(changed)).toEqual(['this chat']);
  expect(asked).toEqual(['this chat']);
});
