import { describe, expect, it } from 'vitest';
import type { Chat } from '../../../src/db/model.ts';
import {
  addAccount,
  eventsAfter,
  message,
  newest,
  receive,
  receiveOne,
  allMessages,
  alice,
  type OpenStore,
  useWorld,
} from './world.ts';

/** Conversations and what of them is read. */
export function testChats(open: OpenStore): void {
  const world = useWorld(open);
  const chat = async (accountId: number): Promise<Chat> => {
    const { items } = await world.store.queries.chats({ accountIds: [accountId] }, { first: 1 });
    const [only] = items;
    if (only === undefined) throw new Error('there is no chat');
    return only;
  };

  describe('chats', () => {
    it('count what is unread: incoming, and no notices', async () => {
      const accountId = await addAccount(world);
      await receive(
        world,
        accountId,
        message(world, '1'),
        message(world, '2', { mentionsMe: true }),
        message(world, '3', { kind: 'SYSTEM', content: { type: 'System', notice: 'n' } }),
        message(world, '4', { kind: 'REVOKE', content: { type: 'Revoke', revokedUpstreamId: '1', notice: null } }),
        message(world, '5', { direction: 'OUTGOING' }),
        message(world, '1'),
      );
      const [last] = (await allMessages(world, accountId)).slice(-1);
      expect(await chat(accountId)).toMatchObject({ unreadCount: 2, unreadMentions: 1, lastMessageSeq: last?.seq });
      expect(await world.store.queries.accountCounts([accountId], world.now)).toMatchObject([{ unread: 2 }]);
      const other = { ...alice, wxid: 'unmentioning' };
      await receive(world, accountId, message(world, '6', { peer: other }));
      const { items: mentioned } = await world.store.queries.chats({ mentionedOnly: true }, { first: 50 });
      expect(mentioned).toMatchObject([{ unreadMentions: 1 }]);
    });

    it('count each message once where a list of contacts comes in the same batch', async () => {
      const accountId = await addAccount(world);
      const base = { accountId, now: world.now };
      await world.store.receive([
        { ...base, type: 'message', message: message(world, '1') },
        { ...base, type: 'contacts', kinds: ['FRIEND'], contacts: [alice] },
        { ...base, type: 'message', message: message(world, '2') },
      ]);
      expect(await chat(accountId)).toMatchObject({ unreadCount: 2 });
      const [day] = await world.store.queries.dayCounts({ accountIds: null, from: '2026', to: '2027' });
      expect(day?.received).toBe(2);
    });

    it('are read up to a message and including it', async () => {
      const accountId = await addAccount(world);
      const seqs: number[] = [];
      for (const key of ['1', '2', '3']) {
        seqs.push(await receiveOne(world, accountId, message(world, key, { mentionsMe: true })));
      }
      const { id } = await chat(accountId);
      const marked = await world.store.markRead(id, seqs[1] ?? 0, world.now);
      expect(marked.object).toMatchObject({ unreadCount: 1, unreadMentions: 1 });
      const [event] = await eventsAfter(world, marked.seq - 1);
      expect(event).toMatchObject({ type: 'CHAT_UPDATED', chatIdChanged: id, chatId: id, accountId });
    });

    it('are not made unread again by marking an earlier message, and say nothing', async () => {
      const accountId = await addAccount(world);
      const first = await receiveOne(world, accountId, message(world, '1'));
      await receiveOne(world, accountId, message(world, '2'));
      const { id } = await chat(accountId);
      await world.store.markRead(id, null, world.now);
      const before = await newest(world);
      const marked = await world.store.markRead(id, first, world.now);
      expect(marked).toMatchObject({ seq: before, object: { unreadCount: 0 } });
      expect(await newest(world)).toBe(before);
      await receive(world, accountId, message(world, '3'));
      expect(await chat(accountId)).toMatchObject({ unreadCount: 1 });
    });

    it('that are not there cannot be marked', async () => {
      await expect(world.store.markRead(99, null, world.now)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('come with the newest message first, page by page, of several accounts too', async () => {
      const [first, second] = [await addAccount(world), await addAccount(world)];
      for (let n = 0; n < 9; n += 1) {
        await receive(
          world,
          n % 2 ? first : second,
          message(world, `m${n}`, { peer: { ...alice, wxid: `p${n % 7}` } }),
        );
      }
      const order: number[] = [];
      let after: [number, number] | null = null;
      let hasNext = true;
      while (hasNext) {
        const page: { items: { id: number; lastMessageSeq: number | null }[]; hasNext: boolean } =
          await world.store.queries.chats({ accountIds: [first, second] }, { first: 2, after });
        order.push(...page.items.map((one) => one.lastMessageSeq ?? 0));
        const last = page.items.at(-1);
        after = last === undefined ? after : [last.lastMessageSeq ?? 0, last.id];
        ({ hasNext } = page);
      }
      expect(order).toEqual(order.toSorted((a, b) => b - a));
      expect(order).toHaveLength(await world.store.queries.countChats({}));
      const { items: found } = await world.store.queries.chats({ search: 'ALIC', unreadOnly: true }, { first: 50 });
      expect(found).toHaveLength(order.length);
      expect(await world.store.queries.countChats({ kinds: ['CHAT_ROOM'] })).toBe(0);
    });
  });
}
