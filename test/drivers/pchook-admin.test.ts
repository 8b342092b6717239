import { describe, expect, it } from 'vitest';
import type { SentMessage } from '../../src/drivers/driver.ts';
import { heldBy } from '../../src/drivers/pchook/content.ts';
import { dialects, driverAt, hooked, never, outcome } from './pchook-hooked.ts';
import { serveHttp } from './server.ts';

const strangers = { wxid: 'wxid_nobody', room: '1@chatroom' };

describe('a revoke', () => {
  it.each(dialects)('takes the message back by all digits of its id, in the dialect %s', async (dialect) => {
    const { driver, hook, simulator } = await hooked(dialect);
    const { id } = simulator.world.sendFromPhone(hook.wxid, 'filehelper', 'x');
    const told: unknown[] = [];
    simulator.world.on((event) => event.type === 'message' && told.push(event.message.content));
    const message: SentMessage = { upstreamId: id, reference: null, peerWxid: 'filehelper', sentAt: 0 };
    await driver.revoke!(message, never);
    expect(told).toMatchObject([{ type: 'revoke', messageId: id }]);
    // What is gone already is refused, and said in the hook's words.
    const again = await driver.revoke!(message, never).catch((error: unknown) => error);
    expect(again).toMatchObject({ code: 'UPSTREAM_REJECTED', certain: dialect === 'V39', retry: false });
    expect(String(again)).toContain(dialect === 'V39' ? 'the hook refused: 0' : '撤回失败');
  });

  it('tells the id as an integer and as text, as the builds want it', async () => {
    const { url, seen } = await serveHttp((_, response) => response.end('{"RevokeMsg":"已撤回"}'));
    const message = { upstreamId: '18446744073709551615', reference: null, peerWxid: 'wxid_a', sentAt: 0 };
    await driverAt(url, null).revoke!(message, never);
    expect(seen[0]!.body).toBe('{"msg_svrid":18446744073709551615,"to_wxid":"wxid_a","sid":"18446744073709551615"}');
  });

  it('of a message whose id is not known yet may do later', async () => {
    const { url, seen } = await serveHttp((_, response) => response.end('{"success":"1"}'));
    const message = { upstreamId: null, reference: null, peerWxid: 'wxid_a', sentAt: 0 };
    expect(await outcome(driverAt(url).revoke!(message, never))).toBe('NOT_FOUND certain retry');
    expect(seen).toEqual([]);
  });
});

describe.each(dialects)('in the dialect %s', (dialect) => {
  it('remarks of friends and chat rooms are set, and those of others not', async () => {
    const { driver, friend, room, hook, simulator } = await hooked(dialect);
    await driver.setRemark!(friend, '老王', never);
    expect(simulator.world.accounts.get(hook.wxid)!.contacts.get(friend)!.remark).toBe('老王');
    await driver.setRemark!(room.wxid, '项目', never);
    const contacts = (await Array.fromAsync(driver.fetchContacts!(never))).flatMap((page) => page.contacts);
    expect(contacts.find(({ wxid }) => wxid === room.wxid)).toMatchObject({ remark: '项目' });
    expect(await outcome(driver.setRemark!(strangers.wxid, 'x', never))).toBe('NOT_FOUND certain');
    expect(await outcome(driver.setRemark!(strangers.room, 'x', never))).toBe('NOT_FOUND certain');
  });

  it('conversations are kept on top, and no longer', async () => {
    const { driver, friend, room, hook, simulator } = await hooked(dialect);
    const contact = simulator.world.accounts.get(hook.wxid)!.contacts.get(friend)!;
    await driver.pin!(friend, true, never);
    expect(contact.pinned).toBe(true);
    await driver.pin!(friend, false, never);
    expect(contact.pinned).toBe(false);
    await driver.pin!(room.wxid, true, never);
    expect(await outcome(driver.pin!(strangers.wxid, true, never))).toBe('NOT_FOUND certain');
  });

  it('somebody is asked to become a friend, by the way in which they are known', async () => {
    const { driver, room, hook, simulator } = await hooked(dialect);
    const { wxid } = simulator.world.addPerson({ name: '新人' });
    await driver.addFriend!({ wxid, roomWxid: room.wxid }, '你好', never);
    expect(simulator.requests.at(-1)!.params).toEqual({ wxid, desc: '你好', type: '14', role: '8' });
    expect(simulator.world.accounts.get(hook.wxid)!.contacts.has(wxid)).toBe(true);
    const nobody = driver.addFriend!({ wxid: strangers.wxid, roomWxid: null }, null, never);
    expect(await outcome(nobody)).toBe('UPSTREAM_REJECTED certain');
    expect(simulator.requests.at(-1)!.params).toMatchObject({ desc: '', type: '6' });
  });

  it('a request is accepted by what its message told, and only once', async () => {
    const { driver, hook, simulator } = await hooked(dialect);
    const { wxid, ticket } = simulator.world.requestFriend(hook.wxid, '新人', '你好');
    const xml = `<msg fromusername="${wxid}" encryptusername="v3_x@stranger" ticket="${ticket}" scene="14"/>`;
    const { content } = heldBy({ msgtype: '37' }, xml, false);
    if (content.type !== 'FriendRequest') throw new Error(content.type);
    await driver.acceptFriendRequest!(content, never);
    expect(simulator.world.accounts.get(hook.wxid)!.contacts.has(wxid)).toBe(true);
    const params = { v3: 'v3_x@stranger', v4: ticket, role: '8', from: '14' };
    expect(simulator.requests.at(-1)!.params).toEqual(params);
    expect(await outcome(driver.acceptFriendRequest!(content, never))).toBe('UPSTREAM_REJECTED certain');
    for (const unusable of [null, 'v2_x', '{"v3":"x"}']) {
      const work = driver.acceptFriendRequest!({ ...content, ticket: unusable }, never);
      expect(await outcome(work)).toBe('BAD_INPUT certain');
    }
  });

  it('a chat room is made, named, entered, left and renamed', async () => {
    const { driver, hook, simulator } = await hooked(dialect);
    const { world } = simulator;
    const rooms = driver.chatRooms!;
    const friends = [...world.accounts.get(hook.wxid)!.contacts.values()].filter(({ kind }) => kind === 'friend');
    const [a, b, c] = friends.map(({ wxid }) => wxid) as [string, string, string];
    const made = await rooms.create([a, b], '新群', never);
    expect(made).toMatchObject({ kind: 'CHAT_ROOM', name: '新群', ownerWxid: hook.wxid });
    expect(made.members!.map(({ wxid }) => wxid)).toEqual([hook.wxid, a, b]);
    await rooms.invite(made.wxid, [c], never);
    await rooms.remove(made.wxid, [a], never);
    await rooms.rename(made.wxid, '旧群', never);
    const room = world.rooms.get(made.wxid)!;
    expect([room.name, room.members.map(({ wxid }) => wxid)]).toEqual(['旧群', [hook.wxid, b, c]]);
    const nowhere = [
      rooms.invite(strangers.room, [a], never),
      rooms.remove(strangers.room, [a], never),
      rooms.rename(strangers.room, 'x', never),
    ];
    for (const work of nowhere) expect(await outcome(work)).toBe('NOT_FOUND certain');
    expect(await outcome(rooms.create([strangers.wxid, a], null, never))).toBe('UPSTREAM_REJECTED uncertain');
    // Only its owner may send somebody away.
    room.ownerWxid = b;
    expect(await outcome(rooms.remove(made.wxid, [c], never))).toBe('UPSTREAM_REJECTED certain');
  });

  it('a large chat room is entered by invitation', async () => {
    const { driver, room, simulator } = await hooked(dialect, { roomMembers: 39 });
    const people = [1, 2].map((at) => simulator.world.addPerson({ name: `新人${at}` }).wxid);
    const before = room.members.length;
    await driver.chatRooms!.invite(room.wxid, people, never);
    expect(room.members).toHaveLength(before);
    const asked = simulator.requests.filter(({ path }) => path === '/InviteFriendToChatRoom');
    expect(asked.map(({ params }) => params['wxid'])).toEqual(people);
    const half = await driver.chatRooms!.invite(room.wxid, [people[0]!, strangers.wxid], never).catch(String);
    expect(half).toContain('1 of 2 were invited, then: the hook refused');
  });

  it('one contact is told as it is now, with its remark, and an unknown one is NOT_FOUND', async () => {
    const { driver, friend, room, hook, simulator } = await hooked(dialect);
    const { world } = simulator;
    world.setRemark(hook.wxid, friend, '老王');
    const { name, alias, signature, city } = world.people.get(friend)!;
    expect(await driver.fetchContact!(friend, never)).toMatchObject({
      wxid: friend,
      kind: 'FRIEND',
      name,
      remark: '老王',
      alias: alias || null,
      signature: signature || null,
      city: city || null,
    });
    expect(await driver.fetchContact!(room.wxid, never)).toMatchObject({
      wxid: room.wxid,
      kind: 'CHAT_ROOM',
      name: room.name,
      ownerWxid: room.ownerWxid,
      members: room.members.map(({ wxid }) => ({ wxid, name: world.people.get(wxid)!.name })),
    });
    for (const wxid of Object.values(strangers)) {
      expect(await outcome(driver.fetchContact!(wxid, never))).toBe('NOT_FOUND certain');
    }
  });

  it('a client that is stopped is logged out, and the next login shows a code', async () => {
    const { driver, hook, simulator } = await hooked(dialect, { pchook: { scanAfterMs: null } });
    hook.scan();
    await simulator.until(() => hook.status === '3');
    await driver.stopClient!(never);
    expect(hook.status).toBe('0');
    expect((await driver.login!(never).next()).value).toMatchObject({ state: 'SCANNING' });
  });
});

describe('a chat room that was made', () => {
  it('is never made twice because its name was refused or its members were not told', async () => {
    const { driver, friend, simulator } = await hooked('V39');
    const other = simulator.world.addPerson({ name: 'x' }).wxid;
    simulator.fault({ type: 'error', route: 'ChatRoomEditName', times: 1 });
    simulator.fault({ type: 'error', route: 'GetFriendOrChatroomDetailInfo', times: 1 });
    const made = await driver.chatRooms!.create([friend, other], '新群', never);
    expect(made).toEqual({ wxid: expect.stringContaining('@chatroom'), kind: 'CHAT_ROOM' });
  });

  it('may have been made where the answer was lost', async () => {
    const { driver, friend, hook, simulator } = await hooked('V39');
    simulator.fault({ type: 'reset-after-send', times: 1 });
    expect(await outcome(driver.chatRooms!.create([friend, hook.wxid], null, never))).toBe(
      'UPSTREAM_UNREACHABLE uncertain retry',
    );
  });
});

describe('a build without a call', () => {
  it('says so, and nothing has been done', async () => {
    const { url } = await serveHttp((_, response) => response.writeHead(404).end());
    const driver = driverAt(url, 'NEWEST');
    const message = { upstreamId: '1', reference: null, peerWxid: 'wxid_a', sentAt: 0 };
    const calls = [
      driver.revoke!(message, never),
      driver.pin!('wxid_a', true, never),
      driver.setRemark!('wxid_a', 'x', never),
      driver.chatRooms!.rename('1@chatroom', 'x', never),
      driver.stopClient!(never),
    ];
    for (const call of calls) expect(await outcome(call)).toBe('UNSUPPORTED certain');
  });
});
