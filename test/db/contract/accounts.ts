import { describe, expect, it } from 'vitest';
import { defaultPacing } from '../../../src/db/model.ts';
import {
  accept,
  addAccount,
  addLane,
  alice,
  eventsAfter,
  line,
  message,
  newest,
  type OpenStore,
  receiveOne,
  startGateway,
  state,
  take,
  useWorld,
} from './world.ts';

/** Accounts, groups, and who runs what. */
export function testAccounts(open: OpenStore): void {
  const world = useWorld(open);
  const account = async (id: number) => {
    const [found] = await world.store.queries.accountsById([id]);
    if (found === undefined) throw new Error(`there is no account ${id}`);
    return found;
  };

  describe('accounts', () => {
    it('show a state that their upstream tells while they are wanted, and stay stopped after a stop', async () => {
      const id = await addAccount(world);
      const told = { type: 'state', change: state(world, 'SCANNING'), accountId: id, now: 5 } as const;
      await world.store.wantAccount(id, true, state(world, 'LOADING'));
      await world.store.receive([told]);
      expect(await account(id)).toMatchObject({ state: 'SCANNING' });
      await world.store.wantAccount(id, false, state(world, 'STOPPED'));
      const after = await newest(world);
      await world.store.receive([told]);
      expect(await account(id)).toMatchObject({ state: 'STOPPED' });
      expect(await eventsAfter(world, after)).toEqual([]);
    });

    it('are made stopped, and told', async () => {
      const id = await addAccount(world, { name: 'Sales', callbackHash: 'abc' });
      expect(await account(id)).toMatchObject({
        name: 'Sales',
        state: 'INIT',
        wanted: false,
        self: null,
        hookDialect: null,
        sentToday: 0,
        sync: { state: 'NEVER' },
        pacing: defaultPacing,
      });
      expect(await eventsAfter(world, 0)).toMatchObject([
        { type: 'ACCOUNT_CHANGED', change: 'CREATED', changedAccountId: id, accountId: id },
      ]);
      expect((await world.store.queries.accountByCallback('abc'))?.id).toBe(id);
      expect(await world.store.queries.accountByCallback('abd')).toBeNull();
    });

    it('change only in what is given, and say nothing where nothing changes', async () => {
      const id = await addAccount(world, { name: 'a', remark: 'r', defaultReceiver: 'filehelper' });
      const changed = await world.store.updateAccount(id, { remark: null }, world.now);
      expect(changed.object).toMatchObject({ name: 'a', remark: null, defaultReceiver: 'filehelper' });
      expect(await eventsAfter(world, changed.seq - 1)).toMatchObject([{ type: 'ACCOUNT_CHANGED', change: 'UPDATED' }]);
      const same = await world.store.updateAccount(id, { name: 'a', remark: null }, world.now);
      expect(same.seq).toBe(changed.seq);
      const connection = { connection: { baseUrl: 'http://127.0.0.1:9', client: 'c' }, sealedSecrets: 's' };
      const moved = await world.store.updateAccount(id, { connection }, world.now);
      expect(moved.object).toMatchObject({ connection: connection.connection, sealedSecrets: 's' });
      const spoken = await world.store.updateAccount(id, { hookDialect: 'NEWEST' }, world.now);
      expect(spoken.object).toMatchObject({ hookDialect: 'NEWEST', remark: null });
      expect((await world.store.updateAccount(id, { hookDialect: null }, world.now)).object.hookDialect).toBeNull();
      await expect(world.store.updateAccount(99, {}, world.now)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('keep the time of their state while only its reason changes, and repeat nothing', async () => {
      const id = await addAccount(world);
      const since = (world.now += 1000);
      const qrCode = { url: 'u', image: 'data:', expiresAt: null };
      const after = await newest(world);
      await world.store.setState(id, state(world, 'SCANNING', { reason: 'scan it', qrCode }));
      world.now += 1000;
      expect(await world.store.setState(id, state(world, 'SCANNING', { reason: 'scan it', qrCode }))).toBe(true);
      await world.store.setState(id, state(world, 'SCANNING', { reason: 'scanned', qrCode: 'keep' }));
      expect(await account(id)).toMatchObject({ state: 'SCANNING', stateReason: 'scanned', stateSince: since, qrCode });
      await world.store.setState(id, state(world, 'RUNNING', { qrCode: 'keep' }));
      expect(await account(id)).toMatchObject({ stateSince: world.now, qrCode: null });
      expect(await eventsAfter(world, after)).toMatchObject([
        { type: 'CLIENT_STATE_CHANGED', from: 'INIT', to: 'SCANNING', reason: 'scan it', qrCode },
        { from: 'SCANNING', to: 'SCANNING', reason: 'scanned', qrCode },
        { from: 'SCANNING', to: 'RUNNING', reason: null, qrCode: null },
      ]);
      expect(await world.store.setState(99, state(world, 'RUNNING'))).toBe(false);
    });

    it('are started and stopped with their state in one step', async () => {
      const id = await addAccount(world);
      const started = await world.store.wantAccount(id, true, state(world, 'LOADING'));
      expect(started.object).toMatchObject({ wanted: true, state: 'LOADING' });
      expect(await eventsAfter(world, started.seq - 1)).toMatchObject([
        { type: 'CLIENT_STATE_CHANGED', to: 'LOADING' },
      ]);
      const stopped = await world.store.wantAccount(id, false, state(world, 'STOPPED', { reason: 'by its user' }));
      expect(stopped.object).toMatchObject({ wanted: false, state: 'STOPPED', stateReason: 'by its user' });
      await world.reopen();
      expect(await account(id)).toMatchObject({ wanted: false, state: 'STOPPED' });
    });

    it('are found by every filter, and by an empty list not at all', async () => {
      const [first, second] = [
        await addAccount(world, { name: 'Sales 100%' }),
        await addAccount(world, { driver: 'ECLOUD' }),
      ];
      await world.store.receive([
        {
          type: 'self',
          accountId: second,
          now: world.now,
          self: { wxid: 'wxid_me', name: null, alias: null, uid: null, avatarUrl: null },
        },
      ]);
      await world.store.wantAccount(second, true, state(world, 'RUNNING'));
      const { object: group } = await world.store.createGroup({ name: 'g', accountIds: [second], now: world.now });
      const find = async (filter: object) =>
        (await world.store.queries.accounts({ ...filter, now: world.now }, { first: 10 })).items.map((one) => one.id);
      expect(await find({})).toEqual([first, second]);
      expect(await find({ ids: [second, 99] })).toEqual([second]);
      expect(await find({ drivers: ['OPENWX'] })).toEqual([first]);
      expect(await find({ states: ['RUNNING'] })).toEqual([second]);
      expect(await find({ groupIds: [group.id] })).toEqual([second]);
      expect(await find({ ready: true })).toEqual([second]);
      expect(await find({ ready: false })).toEqual([first]);
      expect(await find({ wanted: true })).toEqual([second]);
      expect(await find({ search: 'sales 100%' })).toEqual([first]);
      expect(await find({ search: 'WXID_' })).toEqual([second]);
      expect(await find({ search: '_' })).toEqual([second]);
      for (const filter of [{ ids: [] }, { groupIds: [] }, { drivers: [] }, { states: [] }]) {
        expect(await find(filter)).toEqual([]);
        expect(await world.store.queries.countAccounts({ ...filter, now: world.now })).toBe(0);
      }
      const page = await world.store.queries.accounts({ now: world.now }, { first: 1, after: [first] });
      expect(page).toMatchObject({ items: [{ id: second }], hasNext: false, hasPrevious: true });
    });
  });

  describe('a deleted account', () => {
    it('is nowhere, with all that was its own', async () => {
      const lane = await addLane(world, { callbackHash: 'gone' });
      const { accountId } = lane;
      const other = await addAccount(world);
      const room = {
        wxid: 'r@chatroom',
        kind: 'CHAT_ROOM' as const,
        name: 'Room',
        members: [{ wxid: 'm', name: 'M' }],
      };
      await world.store.saveContacts(accountId, [alice, room], ['FRIEND', 'CHAT_ROOM'], world.now);
      const seq = await receiveOne(world, accountId, message(world, '1'));
      const [inFlight, queued] = await accept(world, line(accountId, 'a'), line(accountId, 'b'), line(other, 'c'));
      await take(world, lane);
      const { object: group } = await world.store.createGroup({ name: 'g', accountIds: [accountId, other], now: 1 });
      const { queries } = world.store;
      const [friend] = await queries.contactsByWxid([{ accountId, wxid: alice.wxid }]);
      const [chatRoom] = await queries.contactsByWxid([{ accountId, wxid: room.wxid }]);
      const [chat] = await queries.chatsByContact([friend?.id ?? 0]);
      const members = (await queries.memberPages([chatRoom?.id ?? 0], {}, { first: 5 }))[0]!.items;
      const ids = { accountIds: [accountId] };

      const { seq: deletedAt } = await world.store.deleteAccount(accountId, world.now);

      expect(await queries.accountsById([accountId])).toEqual([]);
      expect(await queries.countAccounts({ now: world.now })).toBe(1);
      expect(await queries.accountByCallback('gone')).toBeNull();
      expect(await queries.accountCounts([accountId], world.now)).toEqual([]);
      expect((await queries.groupsById([group.id]))[0]?.accountIds).toEqual([other]);
      expect((await queries.groups({ accountIds: [accountId] }, { first: 5 })).items).toEqual([]);
      expect(await queries.countContacts({})).toBe(0);
      expect((await queries.contacts(ids, { first: 5 })).items).toEqual([]);
      expect(await queries.contactsById([friend?.id ?? 0])).toEqual([]);
      expect(await queries.contactsByWxid([{ accountId, wxid: alice.wxid }])).toEqual([]);
      expect(await queries.contactsNamed([{ accountId, text: 'Alice' }], 5)).toEqual([[]]);
      expect((await queries.memberPages([chatRoom?.id ?? 0], {}, { first: 5 }))[0]!.items).toEqual([]);
      expect(await queries.memberCounts([chatRoom?.id ?? 0], {})).toEqual([0]);
      expect(await queries.membersById(members.map((one) => one.id))).toEqual([]);
      expect((await queries.chats(ids, { first: 5 })).items).toEqual([]);
      expect((await queries.chats({}, { first: 5 })).items).toEqual([]);
      expect(await queries.countChats({})).toBe(0);
      expect(await queries.chatsById([chat?.id ?? 0])).toEqual([]);
      expect(await queries.chatsByContact([friend?.id ?? 0])).toEqual([]);
      for (const filter of [ids, {}, { chatIds: [chat?.id ?? 0] }])
        expect((await queries.messages(filter, { last: 5 })).items).toEqual([]);
      expect(await queries.messagesById([seq])).toEqual([]);
      expect(await queries.messagesByUpstreamId([{ accountId, upstreamId: '1' }])).toEqual([]);
      expect(await queries.rawBodies([seq])).toEqual([]);
      expect((await queries.logs({}, { first: 5 })).items).toMatchObject([{ accountId: other }]);
      expect((await queries.logs(ids, { first: 5 })).items).toEqual([]);
      expect(await queries.countLogs({})).toBe(1);
      expect(await queries.logsById([queued?.id ?? 0])).toEqual([]);
      expect((await queries.logsOfJob(queued?.jobId ?? 0, {}, { first: 5 })).items).toHaveLength(1);
      expect(await queries.jobsById([queued?.jobId ?? 0], null)).toMatchObject([{ total: 1 }]);
      expect(await queries.positions([queued?.id ?? 0], world.now)).toEqual([]);
      const days = await queries.dayCounts({ accountIds: null, from: '2026', to: '2027' });
      expect(days.map((one) => one.accountId)).toEqual([other]);
      const ofAccount = (events: { accountId: number | null }[]) => events.filter((one) => one.accountId === accountId);
      const lists = [
        await eventsAfter(world, 0),
        await queries.events({}, 0, 100),
        await queries.newestEvents({}, 100, 1e9),
      ];
      for (const events of lists)
        expect(ofAccount(events)).toMatchObject([{ seq: deletedAt, type: 'ACCOUNT_CHANGED', change: 'DELETED' }]);

      await expect(world.store.deleteAccount(accountId, world.now)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(world.store.cancel(queued?.id ?? 0, world.now)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(world.store.markRead(chat?.id ?? 0, null, world.now)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(accept(world, line(accountId, 'd'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await world.store.setState(accountId, state(world, 'RUNNING'))).toBe(false);
      expect(await take(world, lane)).toBeNull();
      const receipt = { now: world.now, responseTimeMs: 1, status: 'SENT', upstreamId: null, reference: null } as const;
      expect(await world.store.settle(inFlight?.id ?? 0, lane, receipt)).toBe(true);
      await world.reopen();
      expect(await startGateway(world)).toEqual([]);
      expect(await addAccount(world)).toBeGreaterThan(other);
    });
  });
}
