import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, allMessages, follow, openwxText, post, startStack, told } from './stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

/** The recorded callback with its id as it is written here: digits, or a text in quotes. */
function withId(id: string, text: string): string {
  return openwxText('THE ID', text).replace('"THE ID"', id);
}

/** What a query and a subscription say of these bodies, posted in this order. */
async function postAll(bodies: readonly string[]): Promise<{ stored: Told[]; told: Told[] }> {
  const after = await stack.head();
  const following = follow(stack.client(), subscription, { after });
  for (const body of bodies) expect((await post(stack.callbackUrls[0]!, body)).status).toBe(200);
  await post(stack.callbackUrls[0]!, openwxText(`${(last += 1n)}`, 'last'));
  const { data } = await stack.query(
    'query ($after: String) { messages(first: 100, after: $after) { nodes { upstreamId text duplicates } } }',
    { after },
  );
  const stored = (data.messages.nodes as Told[]).filter((one) => one.text !== 'last');
  await following.atLeast(stored.length + 1);
  following.stop();
  return { stored, told: told<Told>(following, 'messageReceived').filter((one) => one.text !== 'last') };
}

type Told = { upstreamId: string; text: string; duplicates?: number };
let last = 5n;
const subscription = 'subscription ($after: String) { messageReceived(after: $after) { upstreamId text } }';

describe('ids beyond what a double can tell apart', () => {
  it('two messages whose ids differ only beyond 2^53 are not taken for one, as numbers or as texts', async () => {
    const ids = ['1497474118261484795', '1497474118261484796', '1497474118261484800'];
    const { stored, told: heard } = await postAll([
      withId(ids[0]!, 'a'),
      withId(ids[1]!, 'b'),
      withId(`"${ids[2]}"`, 'c'),
    ]);
    const expected = ids.map((upstreamId, at) => ({ upstreamId, text: 'abc'[at]! }));
    expect(heard).toEqual(expected);
    expect(stored).toEqual(expected.map((one) => ({ ...one, duplicates: 0 })));
  });

  it('an id above 2^63 keeps every digit, and is the same as a number and as a text', async () => {
    const id = '13430535177462202152';
    const { stored, told: heard } = await postAll([withId(id, 'one'), withId(`"${id}"`, 'one'), withId(id, 'one')]);
    expect(stored).toEqual([{ upstreamId: id, text: 'one', duplicates: 2 }]);
    expect(heard).toEqual([{ upstreamId: id, text: 'one' }]);
  });

  it('the greatest id, and a negative one that is the same 64 bits, are one message', async () => {
    const { stored } = await postAll([withId('18446744073709551615', 'max'), withId('-1', 'max')]);
    expect(stored).toEqual([{ upstreamId: '18446744073709551615', text: 'max', duplicates: 1 }]);
  });

  it('two messages without an id are never dropped as copies of one with an id', async () => {
    const { stored } = await postAll([withId('""', 'x'), withId('"77"', 'x'), withId('""', 'y')]);
    expect(stored.map((one) => [one.upstreamId, one.text])).toEqual([
      [null, 'x'],
      ['77', 'x'],
      [null, 'y'],
    ]);
  });

  it('of any 64 bits are kept apart from their neighbours, and are one message as number, as text and signed', async () => {
    const count = process.env['WXGRAPH_TEST_LONG'] === '1' ? 5_000 : 100;
    const ids = fc.sample(fc.bigInt({ min: 1n << 53n, max: 2n ** 64n - 3n }), count).flatMap((id) => [id, id + 1n]);
    const after = await stack.head();
    const bodies = ids.flatMap((id) => {
      const signed = BigInt.asIntN(64, id);
      return [`${id}`, `"${id}"`, `${signed}`, `"${signed}"`].map((written) => withId(written, `text of ${id}`));
    });
    const mixed = bodies.map((_, at) => bodies[(at * 7_919) % bodies.length]!);
    const lanes = Array.from({ length: 16 }, async (_, lane) => {
      for (let at = lane; at < mixed.length; at += 16)
        expect((await post(stack.callbackUrls[0]!, mixed[at]!)).status).toBe(200);
    });
    await Promise.all(lanes);
    const stored = await allMessages<Told>(stack.gateway.url, 'upstreamId text duplicates', after);
    const expected = [...new Set(ids)].map((id) => ({ upstreamId: `${id}`, text: `text of ${id}` }));
    const byId = (a: { upstreamId: string }, b: { upstreamId: string }) => (a.upstreamId < b.upstreamId ? -1 : 1);
    expect(stored.map(({ upstreamId, text }) => ({ upstreamId, text })).toSorted(byId)).toEqual(
      expected.toSorted(byId),
    );
    expect(stored.every(({ duplicates }) => duplicates! >= 3)).toBe(true);
  }, 120_000);
});
