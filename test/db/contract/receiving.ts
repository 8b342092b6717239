import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Incoming, Received } from '../../../src/db/store.ts';
import {
  addAccount,
  allMessages,
  eventsAfter,
  hour,
  message,
  newest,
  type OpenStore,
  receive,
  receiveOne,
  typesAfter,
  useWorld,
} from './world.ts';

const results = (received: readonly Received[]): string[] => received.map((one) => one.result);

/** Messages: once, whole, and never in silence. */
export function testReceiving(open: OpenStore): void {
  const world = useWorld(open);

  describe('messages', () => {
    it('are stored whole, with the position of their event as id', async () => {
      const accountId = await addAccount(world);
      const seq = await receiveOne(
        world,
        accountId,
        message(world, '18446744073709551615', {
          mentions: ['wxid_me', 'notify@all'],
          mentionsMe: true,
          sender: { wxid: 'wxid_bob', name: 'Bob', displayName: 'Bobby' },
          raw: '{"newMsgId":18446744073709551615}',
        }),
      );
      const [event] = (await eventsAfter(world, 0)).filter((one) => one.type === 'MESSAGE_RECEIVED');
      const [stored] = await world.store.queries.messagesById([seq]);
      expect(stored).toMatchObject({
        seq,
        accountId,
        upstreamId: '18446744073709551615',
        senderWxid: 'wxid_bob',
        senderName: 'Bob',
        senderDisplayName: 'Bobby',
        mentions: ['wxid_me', 'notify@all'],
        mentionsMe: true,
        content: { type: 'Text', text: 'text of 18446744073709551615' },
        duplicates: 0,
        revoked: false,
        sendId: null,
        sentAt: world.now,
        receivedAt: world.now,
      });
      expect(event).toMatchObject({ seq, accountId, chatId: stored?.chatId, message: stored });
      expect(await world.store.queries.rawBodies([seq])).toEqual([{ seq, raw: '{"newMsgId":18446744073709551615}' }]);
    });

    it('of the same batch run twice are stored once', async () => {
      const accountId = await addAccount(world);
      const batch = ['1', '2', '3'].map((key) => message(world, key));
      const first = await receive(world, accountId, ...batch);
      const after = await newest(world);
      const second = await receive(world, accountId, ...batch);
      expect(results(first)).toEqual(['NEW', 'NEW', 'NEW']);
      expect(results(second)).toEqual(['REPEATED', 'REPEATED', 'REPEATED']);
      expect(second.map((one) => one.messageSeq)).toEqual(first.map((one) => one.messageSeq));
      expect(await typesAfter(world, after)).toEqual([]);
      expect((await allMessages(world, accountId)).map((one) => one.duplicates)).toEqual([1, 1, 1]);
    });

    it('that repeat inside one batch are stored once', async () => {
      const accountId = await addAccount(world);
      const received = await receive(
        world,
        accountId,
        message(world, '1'),
        message(world, '2'),
        message(world, '1'),
        message(world, '1', { richness: 2, text: 'richer' }),
      );
      expect(results(received)).toEqual(['NEW', 'NEW', 'REPEATED', 'MERGED']);
      const stored = await allMessages(world, accountId);
      expect(stored.map((one) => [one.text, one.duplicates])).toEqual([
        ['richer', 2],
        ['text of 2', 0],
      ]);
    });

    it('whose ids differ only beyond 2^53 stay two', async () => {
      const accountId = await addAccount(world);
      const ids = ['1497474118261484795', '1497474118261484796', '13430535177462202152', '13430535177462202153'];
      await receive(world, accountId, ...ids.map((id) => message(world, id)));
      expect((await allMessages(world, accountId)).map((one) => one.upstreamId)).toEqual(ids);
    });

    it('of two accounts with one id stay two', async () => {
      const [first, second] = [await addAccount(world), await addAccount(world)];
      await receive(world, first, message(world, '1'));
      expect(results(await receive(world, second, message(world, '1')))).toEqual(['NEW']);
    });

    it('that come again richer are merged, and told as updated', async () => {
      const accountId = await addAccount(world);
      const media = { name: null, mime: null, size: null, width: null, height: null, durationMs: null };
      const poor = { ...media, upstreamPath: null, upstreamMediaId: null };
      const first = message(world, 'hash', {
        kind: 'IMAGE',
        upstreamId: null,
        content: { type: 'Media', media: poor },
      });
      const seq = await receiveOne(world, accountId, first);
      const after = await newest(world);
      const received = await receive(world, accountId, {
        ...first,
        upstreamId: '77',
        richness: 2,
        content: { type: 'Media', media: { ...poor, upstreamPath: 'C:\\a.jpg' } },
        raw: 'richer',
      });
      expect(received).toEqual([{ result: 'MERGED', messageSeq: seq }]);
      const [event] = await eventsAfter(world, after);
      expect(event).toMatchObject({
        type: 'MESSAGE_UPDATED',
        message: { seq, upstreamId: '77', duplicates: 1, content: { media: { upstreamPath: 'C:\\a.jpg' } } },
      });
      expect(await world.store.queries.rawBodies([seq])).toEqual([{ seq, raw: 'richer' }]);
      expect(await world.store.queries.messagesByUpstreamId([{ accountId, upstreamId: '77' }])).toHaveLength(1);
    });

    it('that come again with less are only counted, and keep what is known', async () => {
      const accountId = await addAccount(world);
      const seq = await receiveOne(world, accountId, message(world, '1', { richness: 5, text: 'whole' }));
      const after = await newest(world);
      expect(results(await receive(world, accountId, message(world, '1', { richness: 1, text: 'less' })))).toEqual([
        'REPEATED',
      ]);
      const [stored] = await world.store.queries.messagesById([seq]);
      expect(stored).toMatchObject({ text: 'whole', duplicates: 1 });
      expect(await typesAfter(world, after)).toEqual([]);
    });

    it('that were revoked are marked, and told once', async () => {
      const accountId = await addAccount(world);
      const seq = await receiveOne(world, accountId, message(world, '1'));
      const after = await newest(world);
      const revoke = message(world, '2', {
        kind: 'REVOKE',
        content: { type: 'Revoke', revokedUpstreamId: '1', notice: 'Alice recalled a message' },
      });
      await receive(world, accountId, revoke);
      await receive(world, accountId, revoke, { ...revoke, key: '3', upstreamId: '3' });
      expect(await typesAfter(world, after)).toEqual(['MESSAGE_RECEIVED', 'MESSAGE_UPDATED', 'MESSAGE_RECEIVED']);
      expect((await world.store.queries.messagesById([seq]))[0]?.revoked).toBe(true);
    });

    it('that ask for friendship are told as that too', async () => {
      const accountId = await addAccount(world);
      const after = await newest(world);
      const seq = await receiveOne(
        world,
        accountId,
        message(world, '1', {
          kind: 'FRIEND_REQUEST',
          content: { type: 'FriendRequest', wxid: 'wxid_new', name: 'New', greeting: 'hi', ticket: 't' },
        }),
      );
      const events = await eventsAfter(world, after);
      expect(events.map((event) => event.type)).toEqual(['MESSAGE_RECEIVED', 'FRIEND_REQUESTED']);
      expect(events[1]).toMatchObject({ message: { seq } });
    });

    it('of an account that is not there do not hold up the batch', async () => {
      const accountId = await addAccount(world);
      const items = [999, accountId].map((id): Incoming => ({
        type: 'message',
        accountId: id,
        now: world.now,
        message: message(world, '1'),
      }));
      const received = await world.store.receive(items);
      expect(received).toMatchObject([{ result: 'APPLIED', messageSeq: null }, { result: 'NEW' }]);
    });

    it('make the contact and the chat that are not known, unlisted, and fill only what is empty', async () => {
      const accountId = await addAccount(world);
      await receive(world, accountId, message(world, '1', { peer: { wxid: 'wxid_x', kind: 'FRIEND' } }));
      await receive(world, accountId, message(world, '2', { peer: { wxid: 'wxid_x', kind: 'OTHER', name: 'X' } }));
      await receive(world, accountId, message(world, '3', { peer: { wxid: 'wxid_x', kind: 'FRIEND', name: 'Y' } }));
      const [contact] = await world.store.queries.contactsByWxid([{ accountId, wxid: 'wxid_x' }]);
      expect(contact).toMatchObject({ kind: 'FRIEND', name: 'X', displayName: 'X', listed: false });
      const chats = await world.store.queries.chatsByContact([contact?.id ?? 0]);
      expect(chats).toHaveLength(1);
      expect(await world.store.queries.countContacts({})).toBe(0);
    });

    it('are counted by day, and set when the account was heard last', async () => {
      const accountId = await addAccount(world);
      await receive(world, accountId, message(world, '1'), message(world, '2', { direction: 'OUTGOING' }));
      world.now += 24 * hour;
      await receive(world, accountId, message(world, '1'), message(world, '3'));
      const days = await world.store.queries.dayCounts({ accountIds: null, from: '2026-03-14', to: '2026-03-15' });
      expect(days.map((one) => [one.day, one.received])).toEqual([
        ['2026-03-14', 1],
        ['2026-03-15', 1],
      ]);
      expect((await world.store.queries.accountsById([accountId]))[0]?.lastMessageAt).toBe(world.now);
    });

    it('in any order, repeated, over restarts are exactly the distinct ones, at their richest', async () => {
      const delivery = fc.record({
        id: fc.integer({ min: 0, max: 12 }),
        richness: fc.integer({ min: 1, max: 3 }),
        restart: fc.integer({ min: 0, max: 15 }).map((n) => n === 0),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(delivery, { maxLength: 6 }), { maxLength: 10 }), async (batches) => {
          const accountId = await addAccount(world);
          const after = await newest(world);
          const expected = new Map<string, { richness: number; deliveries: number }>();
          for (const batch of batches) {
            for (const { id, richness } of batch) {
              const known = expected.get(`id ${id}`) ?? { richness: 0, deliveries: 0 };
              const richest = Math.max(known.richness, richness);
              expected.set(`id ${id}`, { richness: richest, deliveries: known.deliveries + 1 });
            }
            const messages = batch.map(({ id, richness }) =>
              message(world, `id ${id}`, { richness, text: `richness ${richness}` }),
            );
            await receive(world, accountId, ...messages);
            if (batch.some((one) => one.restart)) await world.reopen();
          }
          const stored = (await allMessages(world, accountId)).map((one) => [one.upstreamId, one.text, one.duplicates]);
          const wanted = [...expected].map(([id, one]) => [id, `richness ${one.richness}`, one.deliveries - 1]);
          expect(stored).toEqual(wanted);
          const events = await eventsAfter(world, after);
          expect(events.filter((event) => event.type === 'MESSAGE_RECEIVED')).toHaveLength(expected.size);
          expect(events.map((event) => event.seq)).toEqual(events.map((event) => event.seq).toSorted((a, b) => a - b));
        }),
        { numRuns: 25 },
      );
    });
  });

  describe('what is no message', () => {
    it('is counted or kept without an event', async () => {
      const accountId = await addAccount(world);
      const after = await newest(world);
      const base = { accountId, now: world.now };
      const received = await world.store.receive([
        { ...base, type: 'skipped', what: 'heartbeat' },
        { ...base, type: 'skipped', what: 'heartbeat' },
        { ...base, type: 'quarantine', body: '好'.repeat(50_000), reason: 'not JSON' },
      ]);
      expect(results(received)).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
      expect(await newest(world)).toBe(after);
    });

    it('sets who the account is, and keeps of the same person what is not told again', async () => {
      const accountId = await addAccount(world);
      const self = { wxid: 'wxid_me', name: 'Me', alias: 'me', uid: null, avatarUrl: null };
      const tell = (told: typeof self | { wxid: string; name: null; alias: null; uid: null; avatarUrl: null }) =>
        world.store.receive([{ type: 'self', accountId, now: world.now, self: told }]);
      await tell(self);
      const after = await newest(world);
      await tell(self);
      await tell({ ...self, name: null, alias: null });
      expect(await newest(world)).toBe(after);
      expect((await world.store.queries.accountsById([accountId]))[0]?.self).toEqual(self);
      await tell({ ...self, wxid: '@other', name: null, alias: null });
      const [account] = await world.store.queries.accountsById([accountId]);
      expect(account?.self).toMatchObject({ wxid: '@other', name: null });
    });
  });
}
