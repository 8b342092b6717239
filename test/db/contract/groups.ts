import { describe, expect, it } from 'vitest';
import { addAccount, eventsAfter, newest, useWorld, typesAfter, type OpenStore } from './world.ts';

/** Groups and their accounts. */
export function testGroups(open: OpenStore): void {
  const world = useWorld(open);

  describe('groups', () => {
    it('hold accounts in the order in which they were added, each once', async () => {
      const [a, b, c] = [await addAccount(world), await addAccount(world), await addAccount(world)];
      const { object } = await world.store.createGroup({ name: 'g', accountIds: [c, a, c], now: world.now });
      expect(object.accountIds).toEqual([c, a]);
      const { id } = object;
      const added = await world.store.changeGroupMembers(id, { add: [b, a] }, world.now);
      expect(added.object.accountIds).toEqual([c, a, b]);
      const removed = await world.store.changeGroupMembers(id, { remove: [c, 99] }, world.now);
      expect(removed.object.accountIds).toEqual([a, b]);
      const renamed = await world.store.updateGroup(id, { name: 'h', accountIds: [b] }, world.now);
      expect(renamed.object).toMatchObject({ name: 'h', accountIds: [b] });
      expect(await eventsAfter(world, renamed.seq - 1)).toMatchObject([
        { type: 'GROUP_CHANGED', change: 'UPDATED', groupId: id, groupAccountIds: [a, b] },
      ]);
      const same = await world.store.updateGroup(id, { name: 'h' }, world.now);
      expect(same.seq).toBe(renamed.seq);
    });

    it('are refused whole with an account that is not there', async () => {
      const a = await addAccount(world);
      const after = await newest(world);
      await expect(world.store.createGroup({ name: 'g', accountIds: [a, 99], now: world.now })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
      expect(await world.store.queries.countGroups({})).toBe(0);
      const { object } = await world.store.createGroup({ name: 'g', accountIds: [], now: world.now });
      await expect(world.store.updateGroup(object.id, { accountIds: [99] }, world.now)).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
      expect(await typesAfter(world, after)).toEqual(['GROUP_CHANGED']);
    });

    it('that are deleted are told with their accounts, and their ids are not used again', async () => {
      const a = await addAccount(world);
      const { object } = await world.store.createGroup({ name: 'g', accountIds: [a], now: world.now });
      const { seq } = await world.store.deleteGroup(object.id, world.now);
      expect(await eventsAfter(world, seq - 1)).toMatchObject([{ change: 'DELETED', groupAccountIds: [a] }]);
      await expect(world.store.deleteGroup(object.id, world.now)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      const again = await world.store.createGroup({ name: 'g', accountIds: [], now: world.now });
      expect(again.object.id).toBeGreaterThan(object.id);
    });

    it('are listed by id, and by the accounts that they hold', async () => {
      const [a, b] = [await addAccount(world), await addAccount(world)];
      const made: number[] = [];
      for (const accountIds of [[a], [b], [a, b], []])
        made.push((await world.store.createGroup({ name: 'g', accountIds, now: world.now })).object.id);
      const find = async (filter: object) =>
        (await world.store.queries.groups(filter, { first: 10 })).items.map((one) => one.id);
      expect(await find({})).toEqual(made);
      expect(await find({ accountIds: [a] })).toEqual([made[0], made[2]]);
      expect(await find({ ids: [made[1] ?? 0] })).toEqual([made[1]]);
      expect(await find({ accountIds: [] })).toEqual([]);
      expect(await world.store.queries.countGroups({ accountIds: [a, b] })).toBe(3);
      const page = await world.store.queries.groups({}, { first: 2, after: [made[0] ?? 0] });
      expect(page).toMatchObject({ items: [{ id: made[1] }, { id: made[2] }], hasNext: true, hasPrevious: true });
    });
  });
}
