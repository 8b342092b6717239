import { describe, expect, it } from 'vitest';
import type { Changed, NewContact } from '../../../src/db/store.ts';
import type { Contact } from '../../../src/db/model.ts';
import { addAccount, alice, eventsAfter, message, newest, type OpenStore, receive, useWorld } from './world.ts';

const room: NewContact = {
  wxid: '1@chatroom',
  kind: 'CHAT_ROOM',
  name: 'Room',
  displayName: 'Room',
  members: [
    { wxid: 'wxid_me', name: 'Me', isOwner: true },
    { wxid: alice.wxid, name: 'Alice', displayName: 'Ally' },
    { wxid: 'wxid_bob', name: 'Ally' },
  ],
};

/** What the account itself does to its contacts. */
export function testContactChanges(open: OpenStore): void {
  const world = useWorld(open);
  const setUp = async (...contacts: NewContact[]) => {
    const accountId = await addAccount(world);
    await world.store.saveContacts(accountId, contacts, ['FRIEND', 'CHAT_ROOM'], world.now);
    const ids = await Promise.all(contacts.map((one) => idOf(accountId, one.wxid)));
    return { accountId, ids, after: await newest(world) };
  };
  const idOf = async (accountId: number, wxid: string) =>
    (await world.store.queries.contactsByWxid([{ accountId, wxid }]))[0]!.id;
  const changesAfter = async (after: number) =>
    (await eventsAfter(world, after)).map((event) =>
      event.type === 'CONTACT_CHANGED' ? [event.change, event.property, event.from, event.to] : event.type,
    );
  /** That the answer's position is that of the last event. */
  const expectTold = async ({ seq }: Changed<Contact>, after: number) =>
    expect((await eventsAfter(world, after)).at(-1)?.seq).toBe(seq);

  describe('a contact that its account changes', () => {
    it('is told with what it was, once, and not again by the notice that follows', async () => {
      const { accountId, ids, after } = await setUp({ ...alice, displayName: 'Alice' });
      const named = await world.store.changeContact(ids[0]!, { remark: 'Al' }, world.now);
      expect(named.object).toMatchObject({ remark: 'Al', displayName: 'Al' });
      await expectTold(named, after);
      const pinned = await world.store.changeContact(ids[0]!, { pinned: true }, world.now);
      expect(pinned.object.pinned).toBe(true);
      await world.store.receive([
        {
          type: 'contact',
          accountId,
          now: world.now,
          change: 'UPDATED',
          contact: { ...alice, remark: 'Al' },
          property: 'remark',
          from: null,
          to: 'Al',
        },
      ]);
      const again = await world.store.changeContact(ids[0]!, { remark: 'Al' }, world.now);
      expect(again.seq).toBe(pinned.seq);
      expect(await changesAfter(after)).toEqual([
        ['UPDATED', 'remark', null, 'Al'],
        ['UPDATED', 'pinned', null, 'true'],
      ]);
    });

    it('shows nothing of a remark that was taken away, or of a name that a chat room had', async () => {
      const friend = { ...alice, remark: 'Old', displayName: 'Old' };
      const { ids } = await setUp(friend, room);
      const cleared = await world.store.changeContact(ids[0]!, { remark: null }, world.now);
      expect(cleared.object).toMatchObject({ remark: null, displayName: 'Alice' });
      const renamed = await world.store.changeContact(ids[1]!, { name: 'New' }, world.now);
      expect(renamed.object).toMatchObject({ name: 'New', displayName: 'New' });
    });

    it('comes into the list by that', async () => {
      const accountId = await addAccount(world);
      await receive(world, accountId, message(world, '1'));
      const id = await idOf(accountId, alice.wxid);
      const { object } = await world.store.changeContact(id, { remark: 'Al' }, world.now);
      expect(object).toMatchObject({ remark: 'Al', listed: false });
      expect(await world.store.queries.countContacts({})).toBe(0);
    });

    it('of a deleted account is there', async () => {
      const { accountId, ids } = await setUp(room);
      await world.store.deleteAccount(accountId, world.now);
      const { store } = world;
      for (const change of [
        () => store.changeContact(ids[0]!, { name: 'x' }, world.now),
        () => store.removeMembers(ids[0]!, ['wxid_bob'], world.now),
        () => store.addContact(accountId, alice, world.now),
      ])
        await expect(change()).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await store.queries.membersNamed(ids[0]!, ['wxid_bob'])).toEqual([]);
      expect(await store.queries.roomsOfMember(accountId, 'wxid_bob')).toEqual([]);
    });
  });

  describe('a contact that its account made', () => {
    it('is told as ADDED once, also where messages made it known before', async () => {
      const accountId = await addAccount(world);
      await receive(world, accountId, message(world, '1'));
      const after = await newest(world);
      const friend = await world.store.addContact(accountId, alice, world.now);
      expect(friend.object).toMatchObject({ id: await idOf(accountId, alice.wxid), name: 'Alice', listed: true });
      await expectTold(friend, after);
      const made = await world.store.addContact(accountId, room, world.now);
      expect(made.object).toMatchObject({ kind: 'CHAT_ROOM', memberCount: 3, ownerWxid: 'wxid_me', listed: true });
      expect((await world.store.addContact(accountId, room, world.now)).seq).toBe(made.seq);
      expect(await changesAfter(after)).toEqual([
        ['ADDED', null, null, null],
        ['ADDED', null, null, null],
      ]);
    });
  });

  describe('members', () => {
    it('that are looked at again are told one by one, those that were removed too', async () => {
      const { ids, after } = await setUp(room);
      const members = [...room.members!, { wxid: 'wxid_carl', name: 'Carl' }];
      const joined = await world.store.changeContact(ids[0]!, { members }, world.now);
      expect(joined.object.memberCount).toBe(4);
      await expectTold(joined, after);
      const left = await world.store.removeMembers(ids[0]!, ['wxid_bob', alice.wxid], world.now);
      expect(left.object.memberCount).toBe(2);
      await expectTold(left, after);
      const same = await world.store.removeMembers(ids[0]!, ['wxid_bob'], world.now);
      expect([same.seq, same.object.memberCount]).toEqual([left.seq, 2]);
      expect((await changesAfter(after)).map((change) => change[0])).toEqual([
        'MEMBER_JOINED',
        'MEMBER_LEFT',
        'MEMBER_LEFT',
      ]);
    });

    it('are found by wxid and names while they are there, and know their rooms', async () => {
      const { accountId, ids } = await setUp(room, { ...room, wxid: '2@chatroom' });
      const other = await setUp(room);
      const named = async (...texts: string[]) =>
        (await world.store.queries.membersNamed(ids[0]!, texts)).map((member) => member.wxid);
      expect(await named('Ally')).toEqual([alice.wxid, 'wxid_bob']);
      expect(await named('wxid_me', 'Alice', 'nobody')).toEqual(['wxid_me', alice.wxid]);
      expect(await named()).toEqual([]);
      const roomsOf = async (wxid: string) =>
        (await world.store.queries.roomsOfMember(accountId, wxid)).map((one) => one.id);
      expect(await roomsOf('wxid_bob')).toEqual(ids);
      await world.store.removeMembers(ids[0]!, ['wxid_bob'], world.now);
      expect(await roomsOf('wxid_bob')).toEqual([ids[1]]);
      expect(await named('Ally')).toEqual([alice.wxid]);
      expect(await world.store.queries.roomsOfMember(other.accountId, 'wxid_bob')).toHaveLength(1);
    });
  });
}
