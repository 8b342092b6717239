import { describe, expect, it } from 'vitest';
import {
  addAccount,
  allMessages,
  eventsAfter,
  hour,
  message,
  newest,
  noon,
  type OpenStore,
  receive,
  receiveOne,
  startGateway,
  typesAfter,
  useWorld,
} from './world.ts';

/** The event log: positions, retention and the doorbell. */
export function testLog(open: OpenStore): void {
  const world = useWorld(open);

  describe('readers', () => {
    const reader = { tokenId: 1, accountId: 2, name: '' };
    const places = (...readers: (typeof reader)[]) =>
      Promise.all(readers.map((one) => world.store.queries.readerPlace(one)));

    it('are told apart by token, account and name, and never go back', async () => {
      const others = [{ tokenId: 3 }, { accountId: 3 }, { name: 'b' }].map((more) => ({ ...reader, ...more }));
      await world.store.moveReader(reader, 7, world.now);
      await world.store.moveReader(reader, 5, world.now);
      expect(await places(reader, ...others)).toEqual([7, null, null, null]);
      await world.store.moveReader(others[2]!, 4, world.now);
      await world.reopen();
      expect(await places(reader, ...others)).toEqual([7, null, null, 4]);
    });

    it('of one token and account are kept up to twenty, those that moved last', async () => {
      const other = { ...reader, tokenId: 9 };
      await world.store.moveReader(other, 1, world.now);
      for (let n = 0; n <= 20; n += 1) await world.store.moveReader({ ...reader, name: `${n}` }, n, world.now + n);
      const all = ['0', '1', '20'].map((name) => ({ ...reader, name }));
      expect(await places(other, ...all)).toEqual([1, null, 1, 20]);
    });
  });

  describe('the event log', () => {
    it('of a new database is empty, and each database has an epoch of its own', async () => {
      const bounds = await world.store.bounds();
      expect(bounds).toMatchObject({ oldest: 0, newest: 0 });
      expect((await (await world.other()).bounds()).epoch).not.toBe(bounds.epoch);
      await world.reopen();
      expect(await world.store.bounds()).toEqual(bounds);
    });

    it('is read by position, page by page, without gap or repetition', async () => {
      const accountId = await addAccount(world);
      await receive(world, accountId, ...Array.from({ length: 20 }, (_, n) => message(world, `${n}`)));
      const all = await eventsAfter(world, 0);
      const paged: number[] = [];
      for (let page = await world.store.read(0, 3); page.length > 0;) {
        paged.push(...page.map((event) => event.seq));
        page = await world.store.read(page.at(-1)?.seq ?? 0, 3);
      }
      expect(paged).toEqual(all.map((event) => event.seq));
      expect(paged).toHaveLength(21);
    });

    it('shows objects as they are now, and not as they were', async () => {
      const accountId = await addAccount(world);
      const seq = await receiveOne(world, accountId, message(world, '1'));
      await receive(world, accountId, message(world, '1', { richness: 2, text: 'richer' }));
      const [received, updated] = await eventsAfter(world, seq - 1);
      expect(received).toMatchObject({ type: 'MESSAGE_RECEIVED', message: { text: 'richer' } });
      expect(updated).toMatchObject({ type: 'MESSAGE_UPDATED', message: { seq } });
    });

    it('forgets only its old beginning, and keeps messages and keys', async () => {
      const accountId = await addAccount(world);
      await receive(world, accountId, message(world, '1'), message(world, '2'));
      world.now += hour;
      const kept = await receiveOne(world, accountId, message(world, '3'));
      expect(await world.store.trim(noon + 1, 2)).toBe(2);
      expect(await world.store.trim(noon + 1, 100)).toBe(1);
      expect(await world.store.trim(noon + 1, 100)).toBe(0);
      const bounds = await world.store.bounds();
      expect(await eventsAfter(world, bounds.oldest)).toMatchObject([{ seq: kept }]);
      expect(await allMessages(world, accountId)).toHaveLength(3);
      expect(await receive(world, accountId, message(world, '1'))).toMatchObject([{ result: 'REPEATED' }]);
    });

    it('that was forgotten whole still knows its end, and never gives a position again', async () => {
      const accountId = await addAccount(world);
      await receive(world, accountId, message(world, '1'));
      const { newest: end } = await world.store.bounds();
      await world.store.trim(noon + 1, 100);
      await world.reopen();
      expect(await world.store.bounds()).toMatchObject({ oldest: end, newest: end });
      expect(await receiveOne(world, accountId, message(world, '2'))).toBeGreaterThan(end);
    });

    it('stops forgetting at the first young event where the clock was set back', async () => {
      const accountId = await addAccount(world);
      world.now += 2 * hour;
      await receive(world, accountId, message(world, '1'));
      world.now -= 3 * hour;
      await receive(world, accountId, message(world, '2'));
      expect(await world.store.trim(noon + 1, 100)).toBe(1);
      expect(await typesAfter(world, 0)).toEqual(['MESSAGE_RECEIVED', 'MESSAGE_RECEIVED']);
    });

    it('keeps what the gateway tells itself out of what is shown', async () => {
      const token = await world.store.createToken({
        name: 'ci',
        hash: 'h',
        scope: 'READ',
        accountIds: null,
        expiresAt: null,
        now: world.now,
      });
      const { seq } = await world.store.revokeToken(token.id, world.now);
      expect(await eventsAfter(world, seq - 1)).toMatchObject([{ type: 'TOKEN_CHANGED', tokenId: token.id }]);
      expect(await world.store.queries.events({}, 0, 100)).toEqual([]);
      expect(await world.store.queries.newestEvents({}, 100, seq)).toEqual([]);
    });

    it('is filtered by type, account and chat; an empty list matches nothing', async () => {
      const [first, second] = [await addAccount(world), await addAccount(world)];
      await receive(world, first, message(world, '1'));
      await receive(world, second, message(world, '1'));
      const { object: group } = await world.store.createGroup({ name: 'g', accountIds: [second], now: world.now });
      const [stored] = await allMessages(world, first);
      const { queries } = world.store;
      const types = async (...args: Parameters<typeof queries.events>) =>
        (await queries.events(...args)).map((event) => event.type);
      expect(await types({ accountIds: [first] }, 0, 100)).toEqual(['ACCOUNT_CHANGED', 'MESSAGE_RECEIVED']);
      expect(await types({ accountIds: [second], types: ['GROUP_CHANGED'] }, 0, 100)).toEqual(['GROUP_CHANGED']);
      expect(await types({ chatIds: [stored?.chatId ?? 0] }, 0, 100)).toEqual(['MESSAGE_RECEIVED']);
      expect(await types({ types: ['MESSAGE_RECEIVED'] }, stored?.seq ?? 0, 100)).toEqual(['MESSAGE_RECEIVED']);
      for (const filter of [{ types: [] }, { accountIds: [] }, { chatIds: [] }]) {
        expect(await queries.events(filter, 0, 100)).toEqual([]);
        expect(await queries.newestEvents(filter, 100, 1000)).toEqual([]);
      }
      const end = await newest(world);
      expect(await queries.newestEvents({}, 2, end - 1)).toMatchObject([{ seq: end - 2 }, { seq: end - 1 }]);
      expect(group.accountIds).toEqual([second]);
    });
  });

  describe('the doorbell', () => {
    it('yields after something was appended', async () => {
      const stop = new AbortController();
      const rings = world.store.rung(stop.signal)[Symbol.asyncIterator]();
      const rung = rings.next();
      await addAccount(world);
      expect(await rung).toEqual({ done: false, value: undefined });
      stop.abort();
    });

    it('does not lose what is rung before the reader waits', async () => {
      const stop = new AbortController();
      const rings = world.store.rung(stop.signal)[Symbol.asyncIterator]();
      await addAccount(world);
      await addAccount(world);
      expect(await rings.next()).toEqual({ done: false, value: undefined });
      stop.abort();
    });

    it('ends without an error when it is told to, also while somebody waits', async () => {
      const stop = new AbortController();
      const rings = world.store.rung(stop.signal)[Symbol.asyncIterator]();
      const waiting = rings.next();
      stop.abort();
      expect((await waiting).done).toBe(true);
      expect((await rings.next()).done).toBe(true);
      expect((await world.store.rung(stop.signal)[Symbol.asyncIterator]().next()).done).toBe(true);
    });

    it('lets a reader that leaves go, and ends when the store is closed', async () => {
      const stop = new AbortController();
      const rung = world.store.rung(stop.signal);
      await addAccount(world);
      for await (const _ of rung) break;
      const rings = world.store.rung(stop.signal)[Symbol.asyncIterator]();
      const waiting = rings.next();
      await world.store.close();
      expect((await waiting).done).toBe(true);
    });
  });

  describe('a closed store', () => {
    it('fails with UNAVAILABLE and may be closed again', async () => {
      await world.store.close();
      await world.store.close();
      await expect(world.store.bounds()).rejects.toMatchObject({ name: 'StoreError', code: 'UNAVAILABLE' });
      await expect(addAccount(world)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await expect(startGateway(world)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await expect(world.store.queries.countTokens()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    });
  });
}
