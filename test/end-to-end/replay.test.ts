import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Real, restart, shown, startReal } from './model/account.ts';
import { type Upstream, bodyOf, upstreamType } from './model/upstream.ts';
import { type Stack, allMessages, post, startStack } from './stack.ts';

const isLong = process.env['WXGRAPH_TEST_LONG'] === '1';
const count = isLong ? 10_000 : 1_000;
const replays = 5;
const connections = 16;

let stack: Stack;
let real: Real;
beforeAll(async () => {
  const upstreams = new Map<string, Upstream>();
  const drivers = { OPENWX: upstreamType(upstreams, Date.now) };
  stack = await startStack({ simulator: { accounts: 0 }, overrides: { drivers } });
  real = await startReal(stack, upstreams);
});
afterAll(() => stack.stop());

const ids = Array.from({ length: count }, (_, n) => String((1n << 63n) - BigInt(count / 2) + BigInt(n)));
/** Every fifth tells more from the third replay on. */
const isRicher = (id: string) => BigInt(id) % 5n === 0n;

/** The same list in another order; the same one for the same seed. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  const all = [...list];
  let state = seed;
  for (let at = all.length - 1; at > 0; at -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = state % (at + 1);
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return all;
}

/** Posts all, one to four in a body, each body until it is answered 200, as an upstream that repeats. */
async function postAll(list: readonly string[], richness: (id: string) => number): Promise<void> {
  let next = 0;
  async function lane(): Promise<void> {
    while (next < list.length) {
      const some = list.slice(next, (next += 1 + (next % 4)));
      const body = bodyOf(
        some.map((id) => {
          const told = richness(id);
          return { type: 'message', upstreamId: id, richness: told, text: `${id} ${told}`, from: 'alice' };
        }),
      );
      for (let isTaken = false; !isTaken;) {
        const answer = await post(real.callbackUrl, body).catch(() => null);
        await answer?.text().catch(() => {});
        isTaken = answer?.status === 200;
        // The pace of somebody who tries again.
        if (!isTaken) await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  }
  await Promise.all(Array.from({ length: connections }, lane));
}

it(
  `${count} messages, posted ${replays} times more in other orders over ${connections} connections and restarts: one row each, received once, updated once where a copy tells more`,
  async () => {
    await postAll(ids, () => 1);
    for (let replay = 1; replay <= replays; replay += 1) {
      const posting = postAll(shuffled(ids, replay), (id) => (replay >= 3 && isRicher(id) ? 2 : 1));
      // The second and the fourth time in the middle of it.
      if (replay % 2 === 0) await restart(real);
      await posting;
      if (replay % 2 === 1) await restart(real);
    }
    await postAll(['1'], () => 1);

    type Stored = { upstreamId: string; text: string; duplicates: number };
    const stored = await allMessages<Stored>(stack.gateway.url, 'upstreamId text duplicates');
    expect(stored.map(({ upstreamId }) => upstreamId).toSorted()).toEqual([...ids, '1'].toSorted());
    for (const { upstreamId, text, duplicates } of stored.slice(0, -1)) {
      expect(text).toBe(`${upstreamId} ${isRicher(upstreamId) ? 2 : 1}`);
      // A restart cuts answers off: then the same copy comes once more.
      expect(duplicates).toBeGreaterThanOrEqual(replays);
    }

    const received = stored.map(({ upstreamId }) => `+${upstreamId}`);
    for (const subscriber of real.subscribers) {
      const isLast = ({ upstreamId }: { upstreamId: string | null }) => upstreamId === '1';
      await subscriber.listener!.until((heard) => heard.some(isLast), 'the last message');
      const heard = shown(real, subscriber);
      expect(heard.filter((one) => one.startsWith('+'))).toEqual(received);
      if (subscriber.signs === '+') continue;
      const updated = ids.filter(isRicher).map((id) => `~${id}`);
      expect(heard.filter((one) => one.startsWith('~')).toSorted()).toEqual(updated.toSorted());
    }
  },
  isLong ? 1_200_000 : 120_000,
);
