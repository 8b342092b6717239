import { describe, expect, it } from 'vitest';
import { addAccount, message, receive, useWorld, type OpenStore } from './world.ts';

/** Pages of messages. */
export function testMessages(open: OpenStore): void {
  const world = useWorld(open);

  describe('messages of several accounts', () => {
    it('are paged in the order of the log in both directions', async () => {
      const ids = [await addAccount(world), await addAccount(world), await addAccount(world)];
      for (let n = 0; n < 12; n += 1)
        await receive(
          world,
          ids[n % 3] ?? 0,
          message(world, `m${n}`, { sentAt: world.now - n, mentionsMe: n % 2 === 0 }),
        );
      const { queries } = world.store;
      const accountIds = ids.slice(0, 2);
      const { items: all, ...ends } = await queries.messages({ accountIds }, { first: 50 });
      expect(all.map((one) => one.text)).toEqual([0, 1, 3, 4, 6, 7, 9, 10].map((n) => `text of m${n}`));
      expect(ends).toEqual({ hasNext: false, hasPrevious: false });
      const forward = await queries.messages({ accountIds }, { first: 3, after: all[1]?.seq ?? 0 });
      expect(forward).toEqual({ items: all.slice(2, 5), hasNext: true, hasPrevious: true });
      const backward = await queries.messages({ accountIds }, { last: 3, before: all[6]?.seq ?? 0 });
      expect(backward).toEqual({ items: all.slice(3, 6), hasNext: true, hasPrevious: true });
      const upTo = await queries.messages({ accountIds }, { last: 2, upTo: all[4]?.seq ?? 0 });
      expect(upTo).toEqual({ items: all.slice(3, 5), hasNext: false, hasPrevious: true });
      expect((await queries.messages({}, { last: 50 })).items).toHaveLength(12);
      expect((await queries.messages({}, { first: 50, upTo: all[0]?.seq ?? 0 })).items).toEqual([all[0]]);
    });

    it('are found by every filter, and by an empty list not at all', async () => {
      const accountId = await addAccount(world);
      await receive(
        world,
        accountId,
        message(world, '1', { text: '50% off_now', sentAt: world.now - 2 }),
        message(world, '2', { direction: 'OUTGOING', sentAt: world.now - 1, mentionsMe: true }),
        message(world, '3', { kind: 'IMAGE', sender: { wxid: 'wxid_bob', name: null, displayName: null } }),
      );
      const find = async (filter: object) =>
        (await world.store.queries.messages(filter, { first: 10 })).items.map((one) => one.upstreamId);
      const [stored] = await world.store.queries.messagesByUpstreamId([{ accountId, upstreamId: '1' }]);
      const chatIds = [stored?.chatId ?? 0];
      expect(await find({ chatIds, accountIds: [accountId] })).toEqual(['1', '2', '3']);
      expect(await find({ chatIds, accountIds: [99] })).toEqual([]);
      expect(await find({ search: '50% OFF_' })).toEqual(['1']);
      expect(await find({ search: '5_% off' })).toEqual([]);
      expect(await find({ kinds: ['IMAGE'] })).toEqual(['3']);
      expect(await find({ directions: ['OUTGOING'] })).toEqual(['2']);
      expect(await find({ senderWxids: ['wxid_bob'] })).toEqual(['3']);
      expect(await find({ mentionsMe: true })).toEqual(['2']);
      expect(await find({ since: world.now - 1 })).toEqual(['2', '3']);
      expect(await find({ until: world.now - 1 })).toEqual(['1']);
      const lists = ['accountIds', 'chatIds', 'kinds', 'directions', 'senderWxids'];
      for (const name of lists) expect(await find({ [name]: [] })).toEqual([]);
    });
  });
}
