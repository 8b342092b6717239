import { describe, expect, it } from 'vitest';
import {
  accept,
  addAccount,
  addLane,
  echo,
  hour,
  line,
  message,
  minute,
  type OpenStore,
  receiveOne,
  startGateway,
  state,
  takeNext,
  useWorld,
} from './world.ts';

/** What shows whether an upstream still tells what happens, and whether accounts are as they were. */
export function testEvidence(open: OpenStore): void {
  const world = useWorld(open);

  describe('hours with messages', () => {
    it('are known by account, each once, for two weeks', async () => {
      const [id, other] = [await addAccount(world), await addAccount(world)];
      const first = world.now;
      for (const ms of [0, minute, 3 * hour, 14 * 24 * hour]) {
        world.now = first + ms;
        await receiveOne(world, id, message(world, `at ${ms}`));
      }
      expect(await world.store.queries.heardHours(id)).toEqual([first, first + 3 * hour, first + 14 * 24 * hour]);
      world.now = first + 16 * 24 * hour;
      await receiveOne(world, id, message(world, 'later'));
      expect(await world.store.queries.heardHours(id)).toEqual([first + 14 * 24 * hour, world.now]);
      expect(await world.store.queries.heardHours(other)).toEqual([]);
    });
  });

  describe('a send that did not come back', () => {
    it('is told where such sends came back before, and only while it has not', async () => {
      const lane = await addLane(world);
      const { accountId } = lane;
      const sendOne = async (upstreamId: string) => {
        await accept(world, line(accountId, `text ${upstreamId}`));
        const sent = await takeNext(world, lane);
        const outcome = { status: 'SENT', upstreamId, reference: null, now: world.now, responseTimeMs: 1 } as const;
        await world.store.settle(sent.id, lane, outcome);
        return sent;
      };
      const asked = () =>
        world.store.queries.unechoedSince(accountId, { after: world.now - hour, before: world.now + hour });
      const comeBack = (id: string) => receiveOne(world, accountId, echo(world, id, `text ${id}`));

      const first = await sendOne('1');
      expect(await asked()).toBeNull();
      await comeBack('1');
      expect(await asked()).toBeNull();
      world.now = first.dispatchedAt! + 10 * minute;
      const second = await sendOne('2');
      world.now += minute;
      await sendOne('3');
      expect(await asked()).toBe(second.dispatchedAt);
      const { queries } = world.store;
      const at = second.dispatchedAt!;
      expect(await queries.unechoedSince(accountId, { after: at, before: at })).toBeNull();
      expect(await queries.unechoedSince(accountId, { after: at - 1, before: at })).toBe(at);
      await comeBack('2');
      await comeBack('3');
      expect(await asked()).toBeNull();
    });
  });

  describe('a change of any account', () => {
    it('is told by one number, and nothing else is one', async () => {
      const changed = () => world.store.queries.accountsChanged();
      let before = await changed();
      const isNews = async () => {
        const now = await changed();
        const isOther = now !== before;
        before = now;
        return isOther;
      };
      const id = await addAccount(world);
      expect(await isNews()).toBe(true);
      await world.store.updateAccount(id, { name: 'other' }, world.now);
      expect(await isNews()).toBe(true);
      await world.store.wantAccount(id, true, state(world, 'RUNNING'));
      const self = { wxid: 'wxid_me', name: 'me', alias: null, uid: null, avatarUrl: null };
      await world.store.receive([{ accountId: id, now: world.now, type: 'self', self }]);
      expect(await isNews()).toBe(true);
      await world.store.receive([{ accountId: id, now: world.now, type: 'self', self }]);
      await receiveOne(world, id, message(world, '1'));
      await world.store.setState(id, state(world, 'OFFLINE'));
      await startGateway(world);
      expect(await isNews()).toBe(false);
      await world.store.deleteAccount(id, world.now);
      expect(await isNews()).toBe(true);
      await world.reopen();
      expect(await isNews()).toBe(false);
    });
  });
}
