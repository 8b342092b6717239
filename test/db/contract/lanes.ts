import { describe, expect, it } from 'vitest';
import type { Lane } from '../../../src/db/store.ts';
import { accept, addAccount, addLane, line, startGateway, state, take, useWorld, type OpenStore } from './world.ts';

/** Who runs which account. */
export function testLanes(open: OpenStore): void {
  const world = useWorld(open);

  describe('lanes', () => {
    it('are those of wanted accounts, each with a new epoch at every claim', async () => {
      const [a, b] = [await addAccount(world), await addAccount(world)];
      await world.store.wantAccount(a, true, state(world, 'LOADING'));
      const node = await world.store.join({ name: 'n', now: world.now });
      const [lane] = await world.store.claim(node, 10);
      expect(lane).toMatchObject({ accountId: a, node });
      expect(await world.store.claim(node, 10)).toEqual([]);
      await world.store.wantAccount(b, true, state(world, 'LOADING'));
      expect(await world.store.claim(node, 10)).toMatchObject([{ accountId: b }]);
      await world.store.release([lane as Lane]);
      const [again] = await world.store.claim(node, 10);
      expect(again?.accountId).toBe(a);
      expect(again?.epoch).toBeGreaterThan(lane?.epoch ?? 0);
    });

    it('are given as many as are wanted', async () => {
      for (let n = 0; n < 3; n += 1)
        await world.store.wantAccount(await addAccount(world), true, state(world, 'LOADING'));
      const node = await world.store.join({ name: 'n', now: world.now });
      expect(await world.store.claim(node, 2)).toHaveLength(2);
      expect(await world.store.claim(node, 2)).toHaveLength(1);
    });

    it('go to the newer start, and the older one may do nothing more', async () => {
      const id = await addAccount(world);
      await world.store.wantAccount(id, true, state(world, 'RUNNING'));
      const older = await world.store.join({ name: 'n', now: world.now });
      const [lost] = await world.store.claim(older, 10);
      expect(await world.store.renew(older)).toBe(true);
      await world.reopen();
      const newer = await world.store.join({ name: 'n', now: world.now });
      expect(newer.incarnation).toBeGreaterThan(older.incarnation);
      const [held] = await world.store.claim(newer, 10);
      expect(await world.store.renew(older)).toBe(false);
      expect(await world.store.claim(older, 10)).toEqual([]);
      expect(await world.store.setState(id, state(world, 'OFFLINE'), lost)).toBe(false);
      await world.store.release([lost as Lane]);
      expect(await world.store.setState(id, state(world, 'SUSPECT'), held)).toBe(true);
      expect((await world.store.queries.accountsById([id]))[0]?.state).toBe('SUSPECT');
    });

    it('say nothing of an account any more that was stopped a moment ago', async () => {
      const lane = await addLane(world);
      await world.store.wantAccount(lane.accountId, false, state(world, 'STOPPED'));
      expect(await world.store.setState(lane.accountId, state(world, 'SUSPECT'), lane)).toBe(false);
      expect((await world.store.queries.accountsById([lane.accountId]))[0]?.state).toBe('STOPPED');
    });

    it('leave nothing in flight, not even of an account that was stopped meanwhile', async () => {
      const lane = await addLane(world);
      const [send] = await accept(world, line(lane.accountId, 'a'));
      await take(world, lane);
      await world.store.wantAccount(lane.accountId, false, state(world, 'STOPPED'));
      expect(await startGateway(world)).toEqual([]);
      expect((await world.store.queries.logsById([send?.id ?? 0]))[0]?.status).toBe('UNKNOWN');
    });
  });
}
