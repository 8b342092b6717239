/** Methods that change something at WeChat. */
import { describe, expect, it } from 'vitest';
import { DriverError } from '../../../src/drivers/driver.ts';
import { type About, failureOf, never } from './bench.ts';
import { friendRequest, nobody, ownMessage } from './promises.ts';

const refusals = ['NOT_FOUND', 'UPSTREAM_REJECTED', 'BAD_INPUT', 'UNSUPPORTED'];

export function testChanges({ contract, front, bench }: About): void {
  const { vague = false } = contract;
  const account = () => front().simulator.world.accounts.get(front().wxid)!;
  const refused = async (act: () => Promise<unknown>, byWeChat = false): Promise<void> => {
    const failure = await failureOf(act);
    expect(failure).toBeInstanceOf(DriverError);
    expect([failure, refusals.includes((failure as DriverError).code)]).toEqual([failure, true]);
    expect(failure).toMatchObject({ retry: false });
    if (!byWeChat || !vague) expect(failure).toMatchObject({ certain: true });
  };

  it('a revoke takes the message back once, and says where WeChat refuses it', async () => {
    const { driver, simulator } = front();
    const { revoke } = driver();
    if (revoke === undefined) return;
    const sent = await ownMessage(front(), bench);
    const events = await bench.seen(() => revoke(sent, never));
    const messageId = simulator.delivered[0]!.id;
    expect(events).toMatchObject([{ type: 'message', message: { content: { type: 'revoke', messageId } } }]);
    await refused(() => revoke(sent, never), true);
  });

  it('a remark is set and taken away', async () => {
    const { driver, idOf } = front();
    const { setRemark } = driver();
    if (setRemark === undefined) return;
    const { friend } = bench.cast();
    for (const remark of ['老王 & 儿子', '']) {
      await setRemark(idOf(friend), remark, never);
      expect(account().contacts.get(friend)!.remark).toBe(remark);
    }
    await refused(() => setRemark(nobody, 'x', never));
  });

  it('a conversation is pinned, and no longer', async () => {
    const { driver, idOf } = front();
    const { pin } = driver();
    if (pin === undefined) return;
    const { friend } = bench.cast();
    for (const pinned of [true, false]) {
      await pin(idOf(friend), pinned, never);
      expect(account().contacts.get(friend)!.pinned).toBe(pinned);
    }
    await refused(() => pin(nobody, true, never));
  });

  it('who asks to become a friend becomes one', async () => {
    const { driver, simulator } = front();
    const { acceptFriendRequest } = driver();
    if (acceptFriendRequest === undefined) return;
    const request = await friendRequest(front(), bench);
    await acceptFriendRequest(request, never);
    const names = [...account().contacts.keys()].map((wxid) => simulator.world.people.get(wxid)!.name);
    expect(names).toContain('新朋友');
    const failure = await failureOf(() => acceptFriendRequest({ wxid: null, name: null, ticket: null }, never));
    expect(failure).toMatchObject({ certain: true, retry: false });
  });

  it('somebody of a chat room is asked to become a friend', async () => {
    const { driver, idOf } = front();
    const { addFriend } = driver();
    if (addFriend === undefined) return;
    const { room, member } = bench.cast();
    await addFriend({ wxid: idOf(member), roomWxid: idOf(room) }, '你好', never);
    await refused(() => addFriend({ wxid: nobody, roomWxid: idOf(room) }, '你好', never));
  });

  describe('a chat room', () => {
    it('is made, with its people and its name', async () => {
      const { driver, simulator, wxid, idOf } = front();
      const { chatRooms } = driver();
      if (chatRooms === undefined) return;
      const { friend, other } = bench.cast();
      const before = new Set(account().rooms);
      const made = await chatRooms.create([idOf(friend), idOf(other)], '新建的群', never);
      const [room, ...others] = [...account().rooms].filter((id) => !before.has(id));
      expect([made.wxid, made.kind, others]).toEqual([idOf(room!), 'CHAT_ROOM', []]);
      const { name, members } = simulator.world.rooms.get(room!)!;
      expect([name, members.map((one) => one.wxid).toSorted()]).toEqual(['新建的群', [wxid, friend, other].toSorted()]);
      await refused(() => chatRooms.create([nobody, `${nobody}2`], 'x', never), true);
    });

    it('takes people in, loses them and is renamed', async () => {
      const { driver, simulator, idOf } = front();
      const { chatRooms } = driver();
      if (chatRooms === undefined) return;
      const { room, member, other } = bench.cast();
      const present = (): string[] => simulator.world.rooms.get(room)!.members.map(({ wxid }) => wxid);
      await chatRooms.invite(idOf(room), [idOf(other)], never);
      expect(present()).toContain(other);
      await chatRooms.remove(idOf(room), [idOf(member)], never);
      expect(present()).not.toContain(member);
      await chatRooms.rename(idOf(room), '新名字 &', never);
      expect(simulator.world.rooms.get(room)!.name).toBe('新名字 &');
      await refused(() => chatRooms.rename('1@chatroom', 'x', never));
      await refused(() => chatRooms.invite('1@chatroom', [idOf(other)], never));
    });
  });

  it('a client that was stopped comes back by a login', async () => {
    const { driver, simulator, number } = front();
    const at = driver();
    if (at.stopClient === undefined) return;
    await at.stopClient(never);
    const { facts } = simulator.driven.find((one) => one.number === number)!;
    expect(facts).not.toMatchObject({ state: 'running' });
    const steps = await Array.fromAsync(at.login!(never));
    expect(steps.at(-1)).toMatchObject({ state: 'RUNNING', self: { wxid: front().self.wxid } });
  });
}
