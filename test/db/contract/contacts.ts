import { describe, expect, it } from 'vitest';
import type { Contact, Self } from '../../../src/db/model.ts';
import type { Incoming, NewContact } from '../../../src/db/store.ts';
import {
  accept,
  addAccount,
  alice,
  allMessages,
  eventsAfter,
  line,
  message,
  newest,
  type OpenStore,
  receive,
  useWorld,
} from './world.ts';

const bob: NewContact = { wxid: 'wxid_bob', kind: 'FRIEND', name: 'Bob', remark: 'Robert', alias: 'bob1' };
const room: NewContact = {
  wxid: '1@chatroom',
  kind: 'CHAT_ROOM',
  name: 'Room',
  members: [
    { wxid: 'wxid_me', name: 'Me', isOwner: true },
    { wxid: alice.wxid, name: 'Alice', displayName: 'Ally' },
  ],
};

const many = (prefix: string): NewContact[] =>
  Array.from({ length: 8 }, (_, n) => ({ wxid: `${prefix}${n}`, kind: 'FRIEND', name: `n${n % 3}` }));
const self = (wxid: string): Self => ({ wxid, name: 'Me', alias: null, uid: '7', avatarUrl: null });
const twin = (wxid: string): NewContact => ({ wxid, kind: 'FRIEND', name: 'Twin' });

/** Contacts: compared with what is known, and told where they differ. */
export function testContacts(open: OpenStore): void {
  const world = useWorld(open);
  const contact = async (accountId: number, wxid: string): Promise<Contact> => {
    const [found] = await world.store.queries.contactsByWxid([{ accountId, wxid }]);
    if (found === undefined) throw new Error(`${wxid} is not known`);
    return found;
  };
  const save = (accountId: number, contacts: NewContact[]) =>
    world.store.saveContacts(accountId, contacts, ['FRIEND', 'CHAT_ROOM'], world.now);
  const changesAfter = async (after: number) =>
    (await eventsAfter(world, after))
      .filter((event) => event.type === 'CONTACT_CHANGED')
      .map(({ change, property, from, to }) => [change, property, from, to]);

  describe('contacts', () => {
    it('of the first fetch are told as a whole', async () => {
      const accountId = await addAccount(world);
      await world.store.syncProgress(accountId, { done: 1, total: 3 }, world.now);
      const running = await world.store.queries.accountsById([accountId]);
      expect(running[0]?.sync).toMatchObject({ state: 'RUNNING', done: 1, total: 3 });
      const after = await newest(world);
      const sync = await save(accountId, [alice, bob, room]);
      expect(sync).toMatchObject({ state: 'DONE', friends: 2, chatRooms: 1, officialAccounts: 0, others: 0 });
      expect(await eventsAfter(world, after)).toMatchObject([{ type: 'CONTACTS_SYNCED', accountId, sync }]);
      expect(await contact(accountId, bob.wxid)).toMatchObject({ displayName: 'Robert', alias: 'bob1', listed: true });
      expect(await contact(accountId, room.wxid)).toMatchObject({ memberCount: 2, ownerWxid: 'wxid_me' });
    });

    it('of a later fetch are told one by one where they differ', async () => {
      const accountId = await addAccount(world);
      await save(accountId, [alice, bob, room]);
      const before = await contact(accountId, bob.wxid);
      const after = await newest(world);
      await save(accountId, [
        { ...bob, name: 'Bobby', remark: null, avatarUrl: 'http://x/1.jpg' },
        { wxid: 'wxid_carl', kind: 'FRIEND', name: 'Carl' },
        room,
      ]);
      expect(await changesAfter(after)).toEqual([
        ['UPDATED', 'name', 'Bob', 'Bobby'],
        ['ADDED', null, null, null],
        ['REMOVED', null, null, null],
      ]);
      expect(await contact(accountId, bob.wxid)).toMatchObject({ id: before.id, displayName: 'Bobby', alias: 'bob1' });
      expect((await contact(accountId, alice.wxid)).listed).toBe(false);
      const quiet = await newest(world);
      await save(accountId, [{ wxid: bob.wxid, kind: 'FRIEND' }, { wxid: 'wxid_carl', kind: 'FRIEND' }, room]);
      expect(await changesAfter(quiet)).toEqual([]);
    });

    it('keep what old clients want back of them, told or not the next time', async () => {
      const accountId = await addAccount(world);
      await save(accountId, [{ ...bob, smallAvatarUrl: 'http://x/132', ticket: 'v1_bob' }]);
      await save(accountId, [bob]);
      expect(await contact(accountId, bob.wxid)).toMatchObject({ smallAvatarUrl: 'http://x/132', ticket: 'v1_bob' });
      await save(accountId, [{ ...bob, smallAvatarUrl: null, ticket: null }]);
      expect(await contact(accountId, bob.wxid)).toMatchObject({ smallAvatarUrl: null, ticket: null });
    });

    it('of other kinds than were fetched stay as they are', async () => {
      const accountId = await addAccount(world);
      await save(accountId, [alice, room]);
      await world.store.saveContacts(accountId, [bob], ['FRIEND'], world.now);
      expect((await contact(accountId, room.wxid)).listed).toBe(true);
      expect((await contact(accountId, alice.wxid)).listed).toBe(false);
    });

    it('that could not be fetched are told with the error', async () => {
      const accountId = await addAccount(world);
      const after = await newest(world);
      await world.store.syncProgress(accountId, { error: 'refused' }, world.now);
      expect(await eventsAfter(world, after)).toMatchObject([
        { type: 'CONTACTS_SYNCED', sync: { state: 'FAILED', error: 'refused' } },
      ]);
    });

    it('are shown by remark, else what the upstream shows, else name, else wxid', async () => {
      const accountId = await addAccount(world);
      const base = { kind: 'FRIEND' as const };
      await save(accountId, [
        { ...base, wxid: 'a', name: 'name', displayName: 'shown', remark: 'remark' },
        { ...base, wxid: 'b', name: 'name', displayName: 'shown', remark: '' },
        { ...base, wxid: 'c', name: 'name' },
        { ...base, wxid: 'd', name: '' },
      ]);
      const { items } = await world.store.queries.contacts({}, { first: 10 });
      expect(items.map((one) => one.displayName)).toEqual(['d', 'name', 'remark', 'shown']);
    });

    it('are found by alias first, then by a name that is theirs', async () => {
      const accountId = await addAccount(world);
      const other = await addAccount(world);
      await save(other, [{ wxid: 'x', kind: 'FRIEND', name: 'Bob' }]);
      await save(accountId, [
        alice,
        bob,
        { wxid: 'c', kind: 'FRIEND', name: 'bob1' },
        { wxid: 'd', kind: 'FRIEND', name: 'Bob' },
      ]);
      const named = async (text: string, limit = 5) =>
        (await world.store.queries.contactsNamed([{ accountId, text }], limit))[0]!.map((one) => one.wxid);
      expect(await named('bob1')).toEqual([bob.wxid]);
      expect(await named('Robert')).toEqual([bob.wxid]);
      expect(await named('Bob')).toEqual([bob.wxid, 'd']);
      expect(await named('Bob', 1)).toHaveLength(1);
      expect(await named('bob')).toEqual([]);
    });

    it('are paged by display name over accounts, by every filter', async () => {
      const [first, second] = [await addAccount(world), await addAccount(world)];
      await save(first, [...many('a'), { wxid: 'z', kind: 'FRIEND', name: '张三_', labels: ['vip', 'old'] }]);
      await save(second, [...many('b'), room]);
      const { queries } = world.store;
      const seen: Contact[] = [];
      let after: [string, number] | null = null;
      let hasNext = true;
      while (hasNext) {
        const page: Awaited<ReturnType<typeof queries.contacts>> = await queries.contacts({}, { first: 5, after });
        seen.push(...page.items);
        const last = page.items.at(-1);
        after = last === undefined ? after : [last.displayName, last.id];
        ({ hasNext } = page);
      }
      expect(seen).toHaveLength(18);
      const keys = seen.map((one) => `${one.displayName} ${String(one.id).padStart(9, '0')}`);
      expect(keys).toEqual(keys.toSorted());
      expect(await queries.countContacts({ kinds: ['CHAT_ROOM'] })).toBe(1);
      expect(await queries.countContacts({ accountIds: [first], wxids: ['a1', 'b1'] })).toBe(1);
      expect(await queries.countContacts({ labels: ['vip'] })).toBe(1);
      expect(await queries.countContacts({ search: '张三_' })).toBe(1);
      expect(await queries.countContacts({ search: '_' })).toBe(1);
      expect((await queries.contacts({ search: 'N1', accountIds: [second] }, { first: 9 })).items).toHaveLength(3);
      for (const name of ['accountIds', 'kinds', 'wxids', 'labels']) {
        expect(await queries.countContacts({ [name]: [] })).toBe(0);
        expect((await queries.contacts({ [name]: [] }, { first: 5 })).items).toEqual([]);
      }
    });

    it('told one by one are told on once, however often they are repeated', async () => {
      const accountId = await addAccount(world);
      await save(accountId, [alice]);
      const after = await newest(world);
      const tell = (change: 'ADDED' | 'REMOVED' | 'UPDATED', given: NewContact, property: string | null = null) => {
        const item: Incoming = {
          type: 'contact',
          accountId,
          now: world.now,
          change,
          contact: given,
          property,
          from: null,
          to: null,
        };
        return world.store.receive([item, item]);
      };
      await tell('ADDED', bob);
      await tell('UPDATED', { ...alice, name: 'Alicia' }, 'nickname');
      await tell('REMOVED', alice);
      await tell('REMOVED', { wxid: 'wxid_never', kind: 'FRIEND' });
      expect(await changesAfter(after)).toEqual([
        ['ADDED', null, null, null],
        ['UPDATED', 'nickname', null, null],
        ['REMOVED', null, null, null],
      ]);
      const { items } = await world.store.queries.contacts({}, { first: 5 });
      expect(items.map((one) => one.wxid)).toEqual([bob.wxid]);
    });

    it('whose relation to the account changed are told, though nothing else of them did', async () => {
      const accountId = await addAccount(world);
      await save(accountId, [alice]);
      const after = await newest(world);
      const told = { type: 'contact', change: 'UPDATED', property: 'relation', from: null, to: 'deleted us' } as const;
      await world.store.receive([{ ...told, accountId, now: world.now, contact: alice }]);
      expect(await changesAfter(after)).toEqual([['UPDATED', 'relation', null, 'deleted us']]);
    });

    it('keep their ids, chats and sends when a login gives everybody another wxid', async () => {
      const accountId = await addAccount(world);
      const login = (wxid: string) =>
        world.store.receive([{ type: 'self', accountId, now: world.now, self: self(wxid) }]);
      await login('@me1');
      await save(accountId, [{ ...alice, wxid: '@a1' }, { ...bob, wxid: '@b1' }, twin('@t1'), twin('@t2')]);
      const [known, robert] = [await contact(accountId, '@a1'), await contact(accountId, '@b1')];
      await receive(world, accountId, message(world, '1', { peer: { ...alice, wxid: '@a1' } }));
      await login('@me2');
      await receive(world, accountId, message(world, '2', { peer: { ...alice, wxid: '@a2' } }));
      const stranger = await contact(accountId, '@a2');
      const [send] = await accept(world, line(accountId, 'x', { receiver: '@a2', receiverContactId: stranger.id }));
      const after = await newest(world);
      await save(accountId, [{ ...alice, wxid: '@a2' }, { ...bob, wxid: '@b2' }, twin('@t3'), twin('@t4')]);
      expect((await contact(accountId, '@a2')).id).toBe(known.id);
      expect((await contact(accountId, '@b2')).id).toBe(robert.id);
      const stored = await allMessages(world, accountId);
      expect(new Set(stored.map((one) => one.chatId)).size).toBe(1);
      const [chat] = await world.store.queries.chatsByContact([known.id]);
      expect(chat).toMatchObject({ unreadCount: 2, lastMessageSeq: stored[1]?.seq });
      expect((await world.store.queries.logsById([send?.id ?? 0]))[0]?.receiverContactId).toBe(known.id);
      expect(await world.store.queries.events({ chatIds: [chat?.id ?? 0] }, 0, 10)).toHaveLength(2);
      // Two that look the same cannot be told apart.
      expect((await changesAfter(after)).map(([change]) => change)).toEqual(['ADDED', 'ADDED', 'REMOVED', 'REMOVED']);
    });
  });

  describe('members', () => {
    it('are kept in the order of the upstream, and told where they differ', async () => {
      const accountId = await addAccount(world);
      await save(accountId, [alice, room]);
      const { id: roomId } = await contact(accountId, room.wxid);
      const { queries } = world.store;
      const shown = async () =>
        (await queries.memberPages([roomId], {}, { first: 10 }))[0]!.items.map((one) => one.displayName);
      expect(await shown()).toEqual(['Me', 'Ally']);
      const after = await newest(world);
      await save(accountId, [
        alice,
        {
          ...room,
          members: [
            { wxid: 'wxid_new', name: 'New' },
            { wxid: alice.wxid, name: 'Alice', displayName: 'A' },
          ],
        },
      ]);
      expect(await changesAfter(after)).toEqual([
        ['MEMBER_JOINED', null, null, null],
        ['MEMBER_UPDATED', 'displayName', 'Ally', 'A'],
        ['MEMBER_LEFT', null, null, null],
      ]);
      expect(await shown()).toEqual(['New', 'A']);
      expect((await contact(accountId, room.wxid)).memberCount).toBe(2);
      expect(await queries.memberCounts([roomId], { search: 'ali' })).toEqual([1]);
      const [event] = (await eventsAfter(world, after)).filter((one) => one.type === 'CONTACT_CHANGED');
      expect(event).toMatchObject({ contactId: roomId });
      const page = (await queries.memberPages([roomId], {}, { first: 1 }))[0]!;
      expect(page.hasNext).toBe(true);
      const [first] = page.items;
      const key: [number, number] = [first?.position ?? 0, first?.id ?? 0];
      const next = (await queries.memberPages([roomId], {}, { first: 1, after: key }))[0]!;
      expect(next).toMatchObject({ items: [{ displayName: 'A' }], hasNext: false, hasPrevious: true });
    });

    it('that come back to a room are told as joined, and are the same as before', async () => {
      const accountId = await addAccount(world);
      await save(accountId, [room]);
      const { id: roomId } = await contact(accountId, room.wxid);
      const [, before] = (await world.store.queries.memberPages([roomId], {}, { first: 5 }))[0]!.items;
      await save(accountId, [{ ...room, members: room.members?.slice(0, 1) ?? [] }]);
      const after = await newest(world);
      await save(accountId, [room]);
      expect(await changesAfter(after)).toEqual([['MEMBER_JOINED', null, null, null]]);
      expect(await world.store.queries.membersById([before?.id ?? 0])).toMatchObject([
        { present: true, wxid: alice.wxid },
      ]);
    });

    it('that come and go one by one are counted, and told once', async () => {
      const accountId = await addAccount(world);
      await save(accountId, [room, { ...room, wxid: '2@chatroom' }]);
      const after = await newest(world);
      const tell = (
        change: 'MEMBER_JOINED' | 'MEMBER_LEFT' | 'MEMBER_UPDATED',
        wxid: string,
        where: NewContact | null,
      ) => {
        const member = { wxid, name: wxid };
        const item: Incoming = {
          type: 'member',
          accountId,
          now: world.now,
          change,
          room: where,
          member,
          property: null,
          from: null,
          to: null,
        };
        return world.store.receive([item, item]);
      };
      await tell('MEMBER_JOINED', 'wxid_new', { wxid: room.wxid, kind: 'CHAT_ROOM' });
      expect((await contact(accountId, room.wxid)).memberCount).toBe(3);
      await tell('MEMBER_LEFT', 'wxid_new', { wxid: room.wxid, kind: 'CHAT_ROOM' });
      expect((await contact(accountId, room.wxid)).memberCount).toBe(2);
      await tell('MEMBER_UPDATED', 'wxid_me', null);
      expect((await changesAfter(after)).map(([change]) => change)).toEqual([
        'MEMBER_JOINED',
        'MEMBER_LEFT',
        'MEMBER_UPDATED',
        'MEMBER_UPDATED',
      ]);
      await tell('MEMBER_JOINED', 'wxid_new', { wxid: '3@chatroom', kind: 'CHAT_ROOM' });
      expect(await contact(accountId, '3@chatroom')).toMatchObject({ listed: false, memberCount: null });
    });
  });
}
