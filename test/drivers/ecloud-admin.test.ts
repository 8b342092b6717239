import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Driver, DriverEvent, FriendRequest, SentMessage } from '../../src/drivers/driver.ts';
import type { EcloudAccount } from '../../src/simulator/ecloud/account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { type Receiver, startReceiver } from '../simulator/receiver.ts';
import { callbackOf } from './ecloud-callbacks.ts';
import { authorization, bad, bodyOf, cloud, driverAt, good, never, outcome, room as someRoom } from './ecloud-cloud.ts';

let simulator: Simulator;
let receiver: Receiver;
let account: EcloudAccount;
let friends: string[];
let driver: Driver;
beforeAll(async () => {
  receiver = await startReceiver();
  simulator = await startSimulator({ accounts: 0, ecloudAccounts: 1, ecloud: { authorization } });
  account = simulator.ecloudAccounts[0]!;
  account.start();
  simulator.ecloud.callbackUrl = receiver.url;
  friends = [...account.account.contacts.values()].filter((one) => one.kind === 'friend').map(({ wxid }) => wxid);
  driver = driverAt(simulator.ecloud.baseUrl, { wcId: account.wxid });
});
beforeEach(() => {
  simulator.clearFaults();
  simulator.forget();
  receiver.received.length = 0;
});
afterAll(async () => {
  await simulator.stop();
  await receiver[Symbol.asyncDispose]();
});

/** What the first post of this type says. */
async function decoded(messageType: string): Promise<DriverEvent[]> {
  const post = await simulator.until(() => receiver.received.find(({ body }) => body['messageType'] === messageType));
  return driver.decode(callbackOf(post.text));
}

function paths(): string[] {
  return simulator.requests.map(({ path }) => path.slice(1));
}

describe('a message that is taken back', () => {
  async function sent(text: string): Promise<SentMessage> {
    const content = { type: 'TEXT', text } as const;
    const send = { receiver: friends[0]!, receiverKind: 'FRIEND', content, mentions: [] } as const;
    const { upstreamId, reference } = await driver.send(send, never);
    return { upstreamId, reference, peerWxid: friends[0]!, sentAt: 0 };
  }

  it('is gone at WeChat, and the notice names it', async () => {
    const message = await sent('说错了');
    await driver.revoke!(message, never);
    expect(await decoded('60018')).toMatchObject([
      { type: 'message', message: { content: { type: 'Revoke', revokedUpstreamId: message.upstreamId } } },
    ]);
  });

  it('is named by numbers with all their digits, as the answer to its send told them', async () => {
    const { url, seen } = await cloud({ revokeMsg: good(null) });
    const reference = '{"msgId":"697760203","newMsgId":"-4792296942111367533","createTime":"1641456307"}';
    const message = { upstreamId: '13654447131598184083', reference, peerWxid: 'wxid_1', sentAt: 0 };
    await driverAt(url).revoke!(message, never);
    expect(seen.at(-1)?.body).toBe(
      '{"wId":"w1","wcId":"wxid_1","msgId":697760203,"newMsgId":-4792296942111367533,"createTime":1641456307}',
    );
  });

  it('must have been sent through E云: of others it told no msgId', async () => {
    const { url, seen } = await cloud({ revokeMsg: good(null) });
    for (const reference of [null, 'x', '{}', '{"msgId":null,"newMsgId":"5","createTime":"1"}', '{"msgId":"1.5"}']) {
      const message = { upstreamId: '5', reference, peerWxid: 'a', sentAt: 0 };
      const error = await outcome(driverAt(url).revoke!(message, never));
      expect(error).toMatchObject({ code: 'UNSUPPORTED', certain: true, retry: false });
    }
    expect(seen).toEqual([]);
  });

  it('a second time is refused in E云’s words', async () => {
    const message = await sent('两次');
    await driver.revoke!(message, never);
    expect(await outcome(driver.revoke!(message, never))).toMatchObject({ code: 'UPSTREAM_REJECTED', certain: true });
  });
});

describe('a contact', () => {
  it('has its ticket and both pictures, a chat room its members', async () => {
    const [wxid] = friends;
    expect(await driver.fetchContact!(wxid!, never)).toMatchObject({
      wxid,
      kind: 'FRIEND',
      ticket: `v1_${wxid}@stranger`,
      avatarUrl: `${simulator.ecloud.baseUrl}/mmhead/${wxid}/0`,
      smallAvatarUrl: `${simulator.ecloud.baseUrl}/mmhead/${wxid}/132`,
    });
    const [room] = account.account.rooms;
    const { members } = await driver.fetchContact!(room!, never);
    expect(members?.map((member) => member.wxid)).toContain(account.wxid);
  });

  it('that E云 does not know is NOT_FOUND, whichever way it says so', async () => {
    for (const answer of [good([]), good(null), good([{ userName: 'other' }]), bad('用户不存在')]) {
      const { url } = await cloud({ getContact: answer });
      expect(await outcome(driverAt(url).fetchContact!('wxid_x', never))).toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it('is named, and a chat room by another call; an empty remark is none', async () => {
    const [friend] = friends;
    await driver.setRemark!(friend!, '张三', never);
    expect(await decoded('65001')).toMatchObject([{ type: 'contact', contact: { wxid: friend, remark: '张三' } }]);
    await driver.setRemark!(friend!, '', never);
    expect(account.account.contacts.get(friend!)?.remark).toBe('');
    const [room] = account.account.rooms;
    await driver.setRemark!(room!, '家', never);
    expect(simulator.requests.at(-1)).toMatchObject({ path: '/modifyGroupRemark', params: { content: '家' } });
  });

  it('is kept on top, and no longer', async () => {
    const [friend] = friends;
    for (const pinned of [true, false]) {
      await driver.pin!(friend!, pinned, never);
      expect(account.account.contacts.get(friend!)?.pinned).toBe(pinned);
    }
    expect(await outcome(driver.pin!('wxid_nobody', true, never))).toMatchObject({ code: 'UPSTREAM_REJECTED' });
  });
});

describe('friends', () => {
  it.each([
    ['WeChat number', 'someone_else', 3],
    ['phone number', '13800138000', 15],
  ])('are asked by their %s', async (_, alias, type) => {
    const { wxid } = simulator.world.addPerson({ name: '新', alias });
    await driver.addFriend!({ wxid: alias, roomWxid: null }, '你好', never);
    expect(simulator.ecloud.asked.at(-1)).toEqual({ account: account.number, wxid, room: null, type, words: '你好' });
  });

  it('are asked as members of a chat room', async () => {
    const [room] = account.account.rooms;
    const { wxid } = simulator.world.rooms.get(room!)!.members.find((member) => member.wxid !== account.wxid)!;
    await driver.addFriend!({ wxid, roomWxid: room! }, null, never);
    expect(simulator.ecloud.asked.at(-1)).toMatchObject({ wxid, room, words: '' });
  });

  it.each([
    ['a wxid, which cannot be searched', 'wxid_abc', 'UNSUPPORTED'],
    ['nobody', ' ', 'BAD_INPUT'],
    ['a number that nobody has', 'nobody_has_this', 'NOT_FOUND'],
  ])('%s is not asked', async (_, wxid, code) => {
    const error = await outcome(driver.addFriend!({ wxid, roomWxid: null }, null, never));
    expect(error).toMatchObject({ code, certain: true, retry: false });
    expect(paths()).not.toContain('addUser');
  });

  it('who are friends already are not asked', async () => {
    const { wxid } = simulator.world.addPerson({ name: '旧', alias: 'old_friend' });
    simulator.world.addContact(account.wxid, wxid);
    const error = await outcome(driver.addFriend!({ wxid: 'old_friend', roomWxid: null }, null, never));
    expect(error).toMatchObject({ code: 'BAD_INPUT', certain: true });
  });

  it('a search that is not answered is certain: nobody was asked', async () => {
    const { url } = await cloud({ searchUser: 500 });
    const error = await outcome(driverAt(url).addFriend!({ wxid: 'someone', roomWxid: null }, null, never));
    expect(error).toMatchObject({ certain: true });
    const { url: then } = await cloud({ searchUser: good({ v1: 'v1', v2: 'v2' }), addUser: 500 });
    const uncertain = await outcome(driverAt(then).addFriend!({ wxid: 'someone', roomWxid: null }, null, never));
    expect(uncertain).toMatchObject({ certain: false });
  });

  it('whose request was posted are taken with what it told', async () => {
    const { wxid } = simulator.world.requestFriend(account.wxid, '新人', '我是新人');
    const [event] = await decoded('30001');
    if (event?.type !== 'message' || event.message.content.type !== 'FriendRequest') throw new Error('no request');
    const { name, ticket } = event.message.content;
    await driver.acceptFriendRequest!({ wxid, name, ticket }, never);
    expect(account.account.contacts.has(wxid)).toBe(true);
    const again = await outcome(driver.acceptFriendRequest!({ wxid, name, ticket }, never));
    expect(again).toMatchObject({ code: 'UPSTREAM_REJECTED', certain: true });
  });

  it.each([null, 'v2_x@stranger', '{}', '{"v1":"a","v2":"b","scene":null}', '{"v1":"a","v2":null,"scene":"3"}'])(
    'a request with the ticket %s is refused before anything is asked',
    async (ticket) => {
      const request: FriendRequest = { wxid: 'wxid_n', name: null, ticket };
      expect(await outcome(driver.acceptFriendRequest!(request, never))).toMatchObject({
        code: 'UNSUPPORTED',
        certain: true,
      });
      expect(simulator.requests).toEqual([]);
    },
  );

  it('the scene goes out as a number', async () => {
    const { url, seen } = await cloud({ acceptUser: good(null) });
    const ticket = '{"v1":"v1_a@stranger","v2":"v4_b@stranger","scene":"30"}';
    await driverAt(url).acceptFriendRequest!({ wxid: null, name: null, ticket }, never);
    expect(bodyOf(seen.at(-1))).toEqual({ wId: 'w1', v1: 'v1_a@stranger', v2: 'v4_b@stranger', type: 30 });
  });
});

describe('a chat room', () => {
  it('is made, renamed, grows and shrinks', async () => {
    const rooms = driver.chatRooms!;
    const made = await rooms.create(friends.slice(0, 2), '新群', never);
    expect(made).toEqual({ wxid: made.wxid, kind: 'CHAT_ROOM', name: '新群', ownerWxid: account.wxid });
    const world = simulator.world.rooms.get(made.wxid)!;
    const wxids = (): string[] => simulator.world.rooms.get(made.wxid)!.members.map(({ wxid }) => wxid);
    expect(wxids()).toEqual([account.wxid, ...friends.slice(0, 2)]);
    await rooms.invite(made.wxid, friends.slice(2, 4), never);
    expect(paths().at(-1)).toBe('addChatRoomMember');
    expect(wxids()).toEqual([account.wxid, ...friends.slice(0, 4)]);
    await rooms.remove(made.wxid, [friends[0]!], never);
    expect(wxids()).not.toContain(friends[0]);
    await rooms.rename(made.wxid, '旧群', never);
    expect(world.name).toBe('旧群');
  });

  it('of forty is one to which people are invited', async () => {
    const members = Array.from({ length: 39 }, (_, at) => simulator.world.addPerson({ name: `人${at}` }));
    const { wxid } = simulator.world.addRoom({ name: '大群' }, [{ wxid: account.wxid }, ...members]);
    await driver.chatRooms!.invite(wxid, [friends[0]!], never);
    expect(paths()).toEqual(['getChatRoomMember', 'inviteChatRoomMember']);
    expect(simulator.ecloud.asked.at(-1)).toMatchObject({ wxid: friends[0], room: wxid });
  });

  it.each<[string, (driver: Driver) => Promise<unknown>]>([
    ['of one other', ({ chatRooms }) => chatRooms!.create(['wxid_a'], null, never)],
    ['of a list in a name', ({ chatRooms }) => chatRooms!.create(['wxid_a', 'wxid_b,wxid_c'], null, never)],
    ['for nobody', ({ chatRooms }) => chatRooms!.remove(someRoom, [], never)],
    ['without a name', ({ chatRooms }) => chatRooms!.rename(someRoom, '', never)],
  ])('%s is refused before anything is asked', async (_, act) => {
    expect(await outcome(act(driver))).toMatchObject({ code: 'BAD_INPUT', certain: true });
    expect(simulator.requests).toEqual([]);
  });

  it('that was made perhaps is not told to have been refused', async () => {
    for (const answer of [500, good(null), 'x']) {
      const { url } = await cloud({ createChatroom: answer });
      expect(await outcome(driverAt(url).chatRooms!.create(['a', 'b'], null, never))).toMatchObject({ certain: false });
    }
  });
});

describe('every change', () => {
  const changes: [string, (driver: Driver) => Promise<unknown>][] = [
    ['setRemark', (one) => one.setRemark!('wxid_secret', '机密', never)],
    ['pin', (one) => one.pin!('wxid_secret', true, never)],
    ['addFriend', (one) => one.addFriend!({ wxid: 'wxid_secret', roomWxid: someRoom }, '机密', never)],
    ['rename', (one) => one.chatRooms!.rename(someRoom, '机密', never)],
    ['remove', (one) => one.chatRooms!.remove(someRoom, ['wxid_secret'], never)],
  ];

  it.each(changes)('%s is done once more under the new login instance, as the old one did nothing', async (_, act) => {
    let wId = 'w1';
    const stale = bad('wId已注销或二维码失效，请重新登录');
    const changed: unknown[] = [];
    const answer = (body: Record<string, unknown>): object => {
      if (body['wId'] === 'w2') changed.push(body);
      wId = 'w2';
      return body['wId'] === 'w2' ? good(null) : stale;
    };
    const { url } = await cloud({
      queryLoginWx: () => good([{ wcId: 'wxid_me', wId }]),
      ...Object.fromEntries(routes.map((route) => [route, answer])),
    });
    await act(driverAt(url));
    expect(changed).toHaveLength(1);
  });

  it.each(changes)('%s that fails says how certain that is, and neither whom nor what it was about', async (_, act) => {
    for (const [answer, certain] of [
      [500, false],
      [bad('失败'), true],
      [bad('请求超时'), false],
    ] as const) {
      const { url } = await cloud(Object.fromEntries(routes.map((route) => [route, answer])));
      const error = await outcome(act(driverAt(url)));
      expect(error.certain).toBe(certain);
      for (const secret of [authorization, 'wxid_secret', '机密', someRoom])
        expect(error.message).not.toContain(secret);
    }
  });
});

const routes = ['modifyRemark', 'setTop', 'addRoomMemberFriend', 'modifyGroupName', 'deleteChatRoomMember'];
