/** What each kind of cursor is answered, on every transport that takes one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Heard, type Wish, listenBy } from '../end-to-end/listeners.ts';
import { postMany } from '../end-to-end/posting.ts';
import { type Stack, allMessages, startStack } from '../end-to-end/stack.ts';
import { forge, headOf, receive } from './ask.ts';

type Stored = { id: string; text: string; cursor: string };

let stack: Stack;
let tooOld: string;
let oldest: string;
/** Those that the log still has the events of. */
let kept: Stored[];
const stored = () => allMessages<Stored>(stack.gateway.url, 'id text cursor');
beforeAll(async () => {
  stack = await startStack();
  for (const text of ['旧一', '旧二', '旧三']) await receive(stack, text);
  tooOld = forge(await headOf(stack), { seq: 1 });
  const { app } = stack.gateway;
  while ((await app.store.trim(app.clock.now() + 1, 1000)) > 0);
  oldest = (await stack.query('{ eventLog { oldest } }')).data.eventLog.oldest;
  for (let n = 0; n < 6; n += 1) await receive(stack, `新${n}`);
  kept = (await stored()).filter(({ text }) => text.startsWith('新'));
});
afterAll(() => stack.stop());

const changeOvers = process.env['WXGRAPH_TEST_LONG'] === '1' ? 500 : 20;
const types = ['MESSAGE_RECEIVED'];
const idsOf = (heard: readonly Heard[]) => heard.flatMap(({ type, id }) => (type === 'MESSAGE_RECEIVED' ? [id] : []));
let nextId = 1n << 59n;

const transports = Object.keys(listenBy) as (keyof typeof listenBy)[];

describe.each(transports)('over %s', (transport) => {
  const listen = (wish: Wish = {}) => listenBy[transport](stack.gateway.url, { types, ...wish });

  it('no cursor begins with something that was there before', async () => {
    const listener = await listen();
    await listener.until((heard) => heard.length === 1, 'the mark');
    await receive(stack, '之后');
    await listener.until((heard) => heard.length === 2, 'a message');
    const [message] = (await stored()).slice(-1);
    expect(listener.heard.map(({ type, id }) => [type, id])).toEqual([
      ['CAUGHT_UP', null],
      ['MESSAGE_RECEIVED', message!.id],
    ]);
    await listener.leave();
  });

  it('a cursor in the middle, or the oldest one, skips or repeats what is later', async () => {
    for (const [after, first] of [
      [kept[2]!.cursor, kept[3]!],
      [oldest, kept[0]!],
    ] as const) {
      const listener = await listen({ after });
      await listener.until((heard) => heard.some(({ type }) => type === 'CAUGHT_UP'), 'the mark');
      await receive(stack, '现在');
      await listener.until((heard) => heard.at(-1)!.type === 'MESSAGE_RECEIVED', 'what is live');
      const all = (await stored()).map(({ id }) => id);
      const expected = all.slice(all.indexOf(first.id));
      expect(listener.heard.map(({ type, id }) => id ?? type)).toEqual([
        ...expected.slice(0, -1),
        'CAUGHT_UP',
        ...expected.slice(-1),
      ]);
      await listener.leave();
    }
  });

  it.each([
    ['that is older than the log', 'EXPIRED', () => tooOld],
    ['of the future', 'FUTURE', async () => forge(await headOf(stack), { seq: 999_999_999 })],
    ['of another database', 'FOREIGN', async () => forge(await headOf(stack), { epoch: 'abcdef' })],
    ['that is garbage', 'MALFORMED', () => 'not a cursor'],
  ])('a cursor %s is answered with anything but its refusal, which names the oldest one', async (_, reason, cursor) => {
    const listener = await listen({ after: await cursor() });
    expect(await listener.ended).toMatchObject({ refused: { code: 'CURSOR_INVALID', reason, oldestCursor: oldest } });
    expect(listener.heard).toEqual([]);
    await listener.leave();
  });
});

describe.each(transports)('over %s, under load', (transport) => {
  const listen = (wish: Wish) => listenBy[transport](stack.gateway.url, { types, ...wish });

  it(
    `what arrives while a replay becomes live is lost, repeated or out of order, in one of ${changeOvers} times`,
    async () => {
      const count = 1_000_000;
      const stop = new AbortController();
      const posting = postMany(stack.callbackUrls[0]!, { from: nextId, count, paceMs: 2, signal: stop.signal });
      nextId += BigInt(count);
      const heard: (string | null)[][] = [];
      const firsts: string[] = [];
      for (let round = 0; round < changeOvers; round += 1) {
        const after = await headOf(stack);
        const listener = await listen({ after });
        await listener.until((all) => idsOf(all).length > 4 + (round % 3), 'messages');
        await listener.leave();
        heard.push(idsOf(listener.heard));
        const text = 'query ($after: String) { messages(first: 1, after: $after) { nodes { id } } }';
        firsts.push((await stack.query(text, { after })).data.messages.nodes[0].id);
      }
      stop.abort();
      await posting;
      const all = (await stored()).map(({ id }) => id);
      for (const [round, ids] of heard.entries()) {
        const from = all.indexOf(firsts[round]!);
        expect(ids).toEqual(all.slice(from, from + ids.length));
      }
    },
    changeOvers * 1_000,
  );
});
