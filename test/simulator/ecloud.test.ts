import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseJson } from '../../src/lossless-json.ts';
import type { EcloudAccount } from '../../src/simulator/ecloud/account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { type Receiver, startReceiver } from './receiver.ts';

let simulator: Simulator;
let receiver: Receiver;
let one: EcloudAccount;
let two: EcloudAccount;
beforeEach(async () => {
  receiver = await startReceiver();
  simulator = await startSimulator({
    accounts: 1,
    ecloudAccounts: 2,
    friends: 25,
    rooms: 2,
    ecloud: { scanAfterMs: null, confirmAfterMs: null },
  });
  [one, two] = simulator.ecloud.accounts as [EcloudAccount, EcloudAccount];
});
afterEach(async () => {
  await simulator.stop();
  await receiver[Symbol.asyncDispose]();
});

type Answer = { code: string; message: string; data: never };

async function call(route: string, body: object = {}, authorization = simulator.ecloud.authorization) {
  const response = await fetch(`${simulator.ecloud.baseUrl}/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, ...(parseJson(text) as Answer) };
}

const gone = 'wId已注销或二维码失效，请重新登录';

function friendOf(account: EcloudAccount): string {
  return [...account.account.contacts.values()].find((contact) => contact.kind === 'friend')!.wxid;
}

describe('calls', () => {
  it('want the Authorization, and know only what is served', async () => {
    expect((await call('queryLoginWx', {}, 'Bearer x')).status).toBe(401);
    expect((await call('sendRocket')).status).toBe(404);
  });

  it('a login by code: who scans gets in, under another wId each time', async () => {
    expect(await call('queryLoginWx')).toMatchObject({ code: '1001' });
    const first = (await call('iPadLogin', { wcId: '', deviceType: 'ipad' })).data as {
      wId: string;
      qrCodeUrl: string;
    };
    const picture = await fetch(first.qrCodeUrl);
    expect([picture.headers.get('content-type'), Buffer.from(await picture.arrayBuffer())]).toEqual([
      'image/png',
      two.qrCode,
    ]);
    // Clients with short timeouts ask again while their first call still waits.
    const infos = [call('getIPadLoginInfo', { wId: first.wId }), call('getIPadLoginInfo', { wId: first.wId })];
    two.scan();
    two.confirm();
    for (const info of await Promise.all(infos))
      expect(info).toMatchObject({ code: '1000', data: { wcId: two.wxid, wId: first.wId } });
    expect((await call('queryLoginWx')).data).toEqual([{ wcId: two.wxid, wId: first.wId }]);

    two.logout();
    expect(await call('isOnline', { wId: first.wId })).toMatchObject({ code: '1001' });
    expect((await call('offlineReason', { wcId: two.wxid })).data).toMatchObject({ reason: '账号在其他设备登录' });
    expect(await call('secondLogin', { wcId: two.wxid })).toMatchObject({ code: '1000' });
    expect(two.wId).not.toBe(first.wId);
    expect(await call('sendText', { wId: first.wId, wcId: friendOf(two), content: 'x' })).toMatchObject({
      code: '1001',
      message: gone,
    });
    expect(await call('secondLogin', { wcId: one.wxid })).toMatchObject({ code: '1001' });
  });

  it('a code that expires says so', async () => {
    const { wId } = (await call('iPadLogin', { wcId: one.wxid })).data as { wId: string };
    const info = call('getIPadLoginInfo', { wId });
    one.expireQrCode();
    expect(await info).toMatchObject({ code: '1001', message: '二维码已过期' });
    expect(() => one.scan()).toThrow('no QR code');
  });

  it('lists contacts only after they were made, at most twenty at once', async () => {
    one.start();
    const { wId } = one;
    expect(await call('getAddressList', { wId })).toMatchObject({ code: '1001' });
    await call('initAddressList', { wId });
    const lists = (await call('getAddressList', { wId })).data as Record<string, string[]>;
    expect(Object.values(lists).flat().toSorted()).toEqual(
      [...one.account.contacts.keys(), ...one.account.rooms].toSorted(),
    );
    const wcIds = lists['friends']!;
    expect(await call('getContact', { wId, wcId: wcIds.slice(0, 21).join(',') })).toMatchObject({ code: '1001' });
    const contacts = (await call('getContact', { wId, wcId: wcIds.slice(0, 20).join(',') })).data as object[];
    expect(contacts).toHaveLength(20);
    const [chatRoomId] = lists['chatrooms']!;
    const members = (await call('getChatRoomMember', { wId, chatRoomId })).data as { userName: string }[];
    expect(members.map(({ userName }) => userName)).toContain(one.wxid);
    expect((await call('getChatRoomInfo', { wId, chatRoomId })).data).toMatchObject([
      { userName: chatRoomId, memberCount: members.length },
    ]);
    expect(await call('getChatRoomInfo', { wId: one.wId, chatRoomId: 'x@chatroom' })).toMatchObject({ code: '1001' });
  });

  it('a send reaches WeChat, with a mention only where the text shows one', async () => {
    one.start();
    const [room] = one.account.rooms;
    const send = (body: object) => call('sendText', { wId: one.wId, ...body });
    const sent = await send({ wcId: room, content: '@甲 你好', at: 'wxid_a,wxid_b' });
    expect(sent.data).toMatchObject({ newMsgId: simulator.delivered[0]!.id, wcId: room });
    await send({ wcId: room, content: '你好', at: 'wxid_a' });
    expect(simulator.delivered.map(({ content }) => content)).toEqual([
      { type: 'text', text: '@甲 你好', mentions: ['wxid_a', 'wxid_b'] },
      { type: 'text', text: '你好', mentions: [] },
    ]);
    for (const body of [
      { wcId: friendOf(one), content: '' },
      { wcId: 'wxid_stranger', content: 'x' },
    ]) {
      expect(await send(body)).toMatchObject({ code: '1001' });
    }
  });
});

function posted(messageType: string): Promise<Receiver['received'][number]> {
  return simulator.until(() => receiver.received.find(({ body }) => body['messageType'] === messageType));
}

describe('callbacks', () => {
  beforeEach(async () => {
    one.start();
    two.start();
    await call('setHttpCallbackUrl', { httpUrl: receiver.url, type: 2 });
    await simulator.until(() => simulator.posts.find((post) => post.status === 204)?.body['messageType'] === '00000');
    simulator.forget();
    receiver.received.length = 0;
  });

  it('go to one address for both accounts, exact to the digit, without a chat room in private', async () => {
    for (const account of [one, two]) {
      const { id } = simulator.world.receive(account.wxid, friendOf(account), '在吗');
      const { text, body } = await simulator.until(() =>
        receiver.received.find((post) => post.body['wcId'] === account.wxid),
      );
      expect(text).toContain(`"newMsgId":${BigInt.asIntN(64, BigInt(id))}`);
      expect(body).toMatchObject({ messageType: '60001', data: { content: '在吗', self: false, wId: account.wId } });
      expect(body['data']).not.toHaveProperty('fromGroup');
    }
  });

  it('are repeated on command, the same to the byte', async () => {
    simulator.fault({ type: 'repeat', copies: 2, account: one.number, times: 1 });
    simulator.world.receive(one.wxid, friendOf(one), '再说一遍');
    const texts = await simulator.until(
      () => receiver.received.length === 3 && receiver.received.map(({ text }) => text),
    );
    expect(new Set(texts).size).toBe(1);
  });

  it('tell own sends, the phone’s too, chat rooms with mentions, and what is revoked', async () => {
    const [room] = one.account.rooms;
    await call('sendText', { wId: one.wId, wcId: friendOf(one), content: '自己发的' });
    expect((await posted('60001')).body).toMatchObject({ data: { self: true, toUser: friendOf(one) } });
    const said = simulator.world.receive(
      one.wxid,
      friendOf(one),
      { type: 'text', text: '@我', mentions: [one.wxid] },
      room,
    );
    expect((await posted('80001')).body).toMatchObject({ data: { fromGroup: room, atlist: [one.wxid] } });
    simulator.world.revoke(friendOf(one), said.id);
    expect((await posted('80018')).text).toContain(said.id);
  });

  it('tell contacts, chat rooms, requests and logouts', async () => {
    const friend = friendOf(one);
    const [room] = one.account.rooms;
    simulator.world.setRemark(one.wxid, friend, '新备注');
    expect((await posted('65001')).body).toMatchObject({ data: { userName: friend, remark: '新备注' } });
    simulator.world.renameRoom(room!, '新群名');
    expect((await posted('85001')).body).toMatchObject({ data: { userName: room, nickName: '新群名' } });
    simulator.world.requestFriend(one.wxid, '新人', '你好');
    expect((await posted('30001')).text).toContain('新人');
    const { wId } = one;
    one.logout({ reason: '被踢' });
    expect((await posted('30000')).body).toMatchObject({ wcId: one.wxid, data: { wId, reason: '被踢' } });
    simulator.forget();
    simulator.world.receive(one.wxid, friend, '没人听');
    expect(simulator.posts).toEqual([]);
  });
});
