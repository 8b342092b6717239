import { describe, expect, it } from 'vitest';
import {
  addAccount,
  eventsAfter,
  message,
  newest,
  type OpenStore,
  receive,
  receiveOne,
  typesAfter,
  useWorld,
} from './world.ts';

/** Messages that were taken back, whoever tells it and whenever. */
export function testRevokes(open: OpenStore): void {
  const world = useWorld(open);
  const notice = (of: string) =>
    message(world, `notice of ${of}`, {
      kind: 'REVOKE',
      content: { type: 'Revoke', revokedUpstreamId: of, notice: 'Alice recalled a message' },
    });
  const isRevoked = async (seq: number) => (await world.store.queries.messagesById([seq]))[0]?.revoked;

  describe('revokes', () => {
    it('told before the message came mark it when it comes, over a restart', async () => {
      const [accountId, other] = [await addAccount(world), await addAccount(world)];
      await receive(world, accountId, notice('1'), { ...notice('1'), key: 'again' });
      await world.reopen();
      const after = await newest(world);
      const foreign = await receiveOne(world, other, message(world, '1'));
      const seq = await receiveOne(world, accountId, message(world, '1'));
      expect([await isRevoked(foreign), await isRevoked(seq)]).toEqual([false, true]);
      expect(await typesAfter(world, after)).toEqual(['MESSAGE_RECEIVED', 'MESSAGE_RECEIVED']);
      // The notice once more, and the message once more, change nothing.
      await receive(world, accountId, { ...notice('1'), key: 'third' }, message(world, '1'));
      expect((await typesAfter(world, after)).filter((type) => type === 'MESSAGE_UPDATED')).toEqual([]);
    });

    it('told in the same batch, before their message, mark it', async () => {
      const accountId = await addAccount(world);
      const [, stored] = await receive(world, accountId, notice('1'), message(world, '1'));
      expect(await isRevoked(stored!.messageSeq!)).toBe(true);
    });

    it('told before the id of their message mark it with the id, in a richer copy or in a rest', async () => {
      const accountId = await addAccount(world);
      const nameless = (key: string) => message(world, key, { upstreamId: null });
      const rich = await receiveOne(world, accountId, nameless('rich'));
      const half = await receiveOne(world, accountId, {
        ...nameless('half'),
        direction: 'OUTGOING',
        follows: 'ID',
      });
      await receive(world, accountId, notice('71'), notice('72'));
      expect([await isRevoked(rich), await isRevoked(half)]).toEqual([false, false]);
      const after = await newest(world);
      await receive(world, accountId, { ...nameless('rich'), upstreamId: '71', richness: 2 });
      await world.store.receive([
        {
          type: 'rest',
          accountId,
          now: world.now,
          rest: {
            upstreamId: '72',
            peerWxid: null,
            kinds: ['TEXT'],
            sentAt: world.now,
            media: null,
            richness: 1,
            fingerprint: null,
            raw: '{}',
          },
        },
      ]);
      expect([await isRevoked(rich), await isRevoked(half)]).toEqual([true, true]);
      const updates = await eventsAfter(world, after);
      expect(updates.map((event) => [event.type, 'message' in event && event.message.seq])).toEqual([
        ['MESSAGE_UPDATED', rich],
        ['MESSAGE_UPDATED', half],
      ]);
    });

    it('made here are told once, and not again by the notice that follows', async () => {
      const accountId = await addAccount(world);
      const seq = await receiveOne(world, accountId, message(world, '1', { direction: 'OUTGOING' }));
      const after = await newest(world);
      const done = await world.store.markRevoked(seq, world.now);
      expect(done.object).toMatchObject({ seq, revoked: true });
      expect(await eventsAfter(world, after)).toMatchObject([
        { seq: done.seq, type: 'MESSAGE_UPDATED', accountId, message: { seq, revoked: true } },
      ]);
      expect(await world.store.markRevoked(seq, world.now)).toEqual(done);
      await receive(world, accountId, notice('1'));
      expect(await typesAfter(world, done.seq)).toEqual(['MESSAGE_RECEIVED']);
    });

    it('of a message that is not there, or of a deleted account, are NOT_FOUND', async () => {
      const accountId = await addAccount(world);
      const seq = await receiveOne(world, accountId, message(world, '1'));
      await world.store.deleteAccount(accountId, world.now);
      for (const one of [seq, 9999])
        await expect(world.store.markRevoked(one, world.now)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });
}
