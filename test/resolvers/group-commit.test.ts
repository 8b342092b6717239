import { expect, test } from 'vitest';
import type { Incoming, Received } from '../../src/db/store.ts';
import { groupCommit } from '../../src/resolvers/receive/group-commit.ts';

const told = (n: number): Incoming => ({ type: 'skipped', what: String(n), accountId: 1, now: n });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Commits whose duration the test says. */
function open() {
  const batches: string[][] = [];
  let elapsed = 0;
  const store = {
    tookMs: 0,
    fails: false,
    receive: async (batch: readonly Incoming[]): Promise<Received[]> => {
      elapsed += store.tookMs;
      batches.push(batch.map((one) => (one.type === 'skipped' ? one.what : '')));
      if (store.fails) throw new Error('the disk is full');
      return batch.map((one) => ({ result: 'APPLIED', messageSeq: one.now }));
    },
  };
  return { batches, store, commit: groupCommit(store, { elapsed: () => elapsed }) };
}

test('who comes in one turn shares a commit, and each is told of his own', async () => {
  const { batches, commit } = open();
  const answers = await Promise.all([commit([told(1), told(2)]), commit([]), commit([told(3)])]);
  expect(answers.map((received) => received.map(({ messageSeq }) => messageSeq))).toEqual([[1, 2], [], [3]]);
  expect(batches).toEqual([['1', '2', '3']]);
});

test('who posts alone never waits for others', async () => {
  const { batches, store, commit } = open();
  store.tookMs = 1000;
  for (const n of [1, 2, 3]) {
    const answer = commit([told(n)]);
    await turn();
    await turn();
    expect(batches).toHaveLength(n);
    await answer;
  }
});

/** As many as are a burst. */
const many = [1, 2, 3, 4, 5, 6, 7, 8];

test('a few that came together are no burst: the next one does not wait', async () => {
  const { batches, store, commit } = open();
  store.tookMs = 1000;
  await Promise.all([1, 2, 3].map((n) => commit([told(n)])));
  const answer = commit([told(4)]);
  await turn();
  await turn();
  expect(batches).toEqual([['1', '2', '3'], ['4']]);
  await answer;
});

test('in a burst a commit waits for as many as the last one had, though they come in several turns', async () => {
  const { batches, store, commit } = open();
  store.tookMs = 1000;
  await Promise.all(many.map((n) => commit([told(n)])));
  const answers = many.slice(1).map((n) => commit([told(n)]));
  await turn();
  await turn();
  expect(batches).toHaveLength(1);
  answers.push(commit([told(9)]));
  await Promise.all(answers);
  expect(batches).toEqual([many.map(String), [...many.slice(1), 9].map(String)]);
});

test('in a burst a state waits for nobody, and takes along who came before it', async () => {
  const { batches, store, commit } = open();
  store.tookMs = 1000;
  await Promise.all(many.map((n) => commit([told(n)])));
  const change = { state: 'OFFLINE', reason: 'gone', qrCode: null, now: 0 } as const;
  const answers = [commit([told(9)]), commit([{ type: 'state', accountId: 1, now: 0, change }])];
  await turn();
  await turn();
  expect(batches.at(-1)).toEqual(['9', '']);
  await Promise.all(answers);
});

test('when the others do not come it waits no longer than a commit takes, and the next one not at all', async () => {
  const { batches, store, commit } = open();
  store.tookMs = 2;
  await Promise.all(many.map((n) => commit([told(n)])));
  await commit([told(9)]);
  store.tookMs = 1000;
  const last = commit([told(10)]);
  await turn();
  await turn();
  expect(batches).toEqual([many.map(String), ['9'], ['10']]);
  await last;
});

test('a commit that fails is told to all of it, and the next one goes on', async () => {
  const { store, commit } = open();
  store.fails = true;
  const results = await Promise.allSettled([commit([told(1)]), commit([told(2)])]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  store.fails = false;
  expect(await commit([told(3)])).toHaveLength(1);
});

test('more than a commit takes are taken by the next ones, in their order', async () => {
  const { batches, commit } = open();
  await Promise.all(Array.from({ length: 700 }, (_, n) => commit([told(2 * n), told(2 * n + 1)])));
  expect(batches.map((batch) => batch.length)).toEqual([500, 500, 400]);
  expect(batches.flat()).toEqual(Array.from({ length: 1400 }, (_, n) => String(n)));
});
