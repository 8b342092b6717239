/** E云's documented API on a whole gateway, over accounts of every driver. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createApiToken } from '../../src/resolvers/access/manage-tokens.ts';
import { avatarPng } from '../../src/simulator/png.ts';
import { showContent } from '../../src/rest/ecloud/message-content.ts';
import type { Scope } from '../../src/words.ts';
import { samples } from '../drivers/contract/media.ts';
import { type Driven, type EveryDriver, startEveryDriver } from '../end-to-end/every-driver.ts';
import { adminToken, owner } from '../end-to-end/stack.ts';
import { type EcloudAsk, ecloudClient } from './ecloud-client.ts';

/** Where media lie that are to be sent. */
const web = createServer(({ url }, response) => {
  const sample = [samples.VIDEO, samples.VOICE].find(({ name }) => url === `/${encodeURIComponent(name)}`);
  response.writeHead(sample ? 200 : 404).end(sample?.bytes);
});
let mediaUrl: string;
let every: EveryDriver;
let ask: EcloudAsk;
beforeAll(async () => {
  await new Promise<void>((resolve) => void web.listen(0, '127.0.0.1', resolve));
  mediaUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  const env = { WXGRAPH_ALLOW_HOSTS: '127.0.0.1', WXGRAPH_PATH_TOKENS: 'on' };
  every = await startEveryDriver(1, env, { friends: 3, rooms: 1, roomMembers: 4 });
  ask = ecloudClient(() => every.stack.gateway.url);
}, 60_000);
afterAll(async () => {
  await every[Symbol.asyncDispose]();
  web.closeAllConnections();
  web.close();
});

const drivers: Driven['driver'][] = ['Openwx', 'E云', 'the hook', 'the newest hook'];
const of = (driver: Driven['driver']): Driven => every.driven.find((one) => one.driver === driver)!;
const notLoggedIn = 'wId已注销或二维码失效，请重新登录';

async function token(scope: Scope, accountIds: string[] | null = null): Promise<string> {
  const { app } = every.stack.gateway;
  return (await createApiToken(app, owner, { name: 'of a test', scope, accountIds })).secret;
}

type Lists = { chatrooms: string[]; friends: string[]; ghs: string[]; others: string[] };

async function addressList(wId: string): Promise<Lists> {
  const { code, data } = await ask('getAddressList', { wId });
  expect(code).toBe('1000');
  return data as Lists;
}

const delivered = (driven: Driven) => driven.simulator.delivered.filter((one) => one.account === driven.number);

/** The kinds of the values, nested: what a client's types see. */
function typesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(typesOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, typesOf(one)]));
}

/** The message of an account that came in last. */
async function latest(accountId: string): Promise<{ id: string; upstreamId: string; kind: string }> {
  const { data } = await every.stack.query(
    'query ($id: ID!) { account(id: $id) { messages(last: 1) { nodes { id upstreamId kind } } } }',
    { id: accountId },
  );
  return data.account.messages.nodes[0] as { id: string; upstreamId: string; kind: string };
}

/** What a callback holds as `content` of a message with media. */
async function callbackContent(messageId: string): Promise<string> {
  const { queries } = every.stack.gateway.app.store;
  const seq = Number(messageId.slice('msg_'.length));
  const [message] = await queries.messagesById([seq]);
  const [media] = await queries.mediaOfMessages([seq]);
  return showContent(message!, { media: media ?? null, revoked: null }).content;
}

describe.each(drivers)('over an account of %s', (driver) => {
  it('is listed as online by its own id, and its login answers who it is', async () => {
    const { id: wId } = of(driver);
    const { data } = await ask('queryLoginWx');
    const own = (data as { wcId: string; wId: string }[]).find((one) => one.wId === wId)!;
    expect(own).toEqual({ wcId: expect.stringMatching(/./), wId });
    expect(await ask('isOnline', { wId })).toMatchObject({ code: '1000', data: { isOnline: true } });
    expect(await ask('offlineReason', { wcId: own.wcId })).toMatchObject({ data: { wcId: own.wcId, reason: null } });
    const profile = { wcId: own.wcId, wId, nickName: expect.any(String), headUrl: expect.any(String), status: 3 };
    expect((await ask('getIPadLoginInfo', { wId, autoCheck: false })).data).toMatchObject(profile);
    expect((await ask('secondLogin', { wcId: own.wcId })).data).toMatchObject(profile);
    expect((await ask('iPadLogin', { wcId: own.wcId, deviceType: 'ipad', proxy: 3 })).data).toEqual({
      wId,
      qrCodeUrl: '',
    });
  });

  it('lists its contacts by what they are, as their ids say', async () => {
    const { id: wId } = of(driver);
    expect(await ask('initAddressList', { wId })).toEqual({
      status: 200,
      text: expect.any(String),
      code: '1000',
      message: '成功',
      data: null,
    });
    const lists = await addressList(wId);
    expect(Object.keys(lists)).toEqual(['chatrooms', 'friends', 'ghs', 'others']);
    expect(lists.chatrooms.every((wcId) => wcId.endsWith('@chatroom'))).toBe(true);
    expect(lists.ghs.every((wcId) => wcId === 'weixin' || wcId.startsWith('gh_'))).toBe(true);
    expect([lists.chatrooms.length > 0, lists.friends.length, lists.ghs.length > 0]).toEqual([true, 3, true]);
    expect(lists.others).toContain('filehelper');
  });

  it('describes friends, chat rooms, members and itself with the documented fields, and leaves out whom nobody knows', async () => {
    const { id: wId } = of(driver);
    const { chatrooms, friends, ghs } = await addressList(wId);
    const online = (await ask('queryLoginWx')).data as { wcId: string; wId: string }[];
    const self = online.find((one) => one.wId === wId)!.wcId;
    const asked = [friends[0]!, chatrooms[0]!, ghs[0]!, self];
    const { data } = await ask('getContact', { wId, wcId: [...asked, 'wxid_nobody'].join(',') });
    const contacts = data as Record<string, unknown>[];
    expect(contacts.map((one) => one['userName'])).toEqual(asked);
    for (const contact of contacts)
      expect(typesOf(contact)).toEqual({
        userName: 'string',
        nickName: 'string',
        remark: 'string',
        signature: 'string',
        sex: 'number',
        aliasName: 'string',
        country: 'string',
        bigHead: 'string',
        smallHead: 'string',
        labelList: 'string',
        v1: 'string',
      });
    const picture = await fetch(contacts[0]!['bigHead'] as string);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png']);

    const room = chatrooms[0]!;
    const info = await ask('getChatRoomInfo', { wId, chatRoomId: room });
    const members = await ask('getChatRoomMember', { wId, chatRoomId: room });
    expect(info.data).toMatchObject([{ chatRoomId: room, userName: room, memberCount: members.data.length }]);
    const [first] = members.data as { userName: string; nickName: string }[];
    expect(first).toMatchObject({ chatRoomId: room, nickName: expect.any(String), displayName: expect.any(String) });
    for (const route of ['getChatRoomMemberInfo', 'getContact'])
      expect(
        (await ask(route, { wId, chatRoomId: room, userList: first!.userName, wcId: first!.userName })).data,
      ).toMatchObject([{ userName: first!.userName, nickName: first!.nickName }]);
  });

  it('sends a text once, and answers the id under which it comes back, with all its digits', async () => {
    const driven = of(driver);
    const { id: wId, to } = driven;
    const before = delivered(driven).length;
    const content = `天行健,君子以自强不息 ${driver}`;
    const answer = await ask('sendText', { wId, wcId: to, content });
    expect(answer).toMatchObject({ status: 200, code: '1000', message: '处理成功' });
    expect(typesOf({ ...answer.data, newMsgId: 0 })).toEqual({
      type: 'number',
      msgId: 'number',
      newMsgId: 'number',
      createTime: 'number',
      wcId: 'string',
    });
    expect(answer.data).toMatchObject({ type: 1, wcId: to });
    const sent = delivered(driven).slice(before);
    expect(sent.map(({ text }) => text)).toEqual([content]);
    expect(answer.text).toContain(`"newMsgId":${BigInt.asIntN(64, BigInt(sent[0]!.id))},`);
  });

  it('takes back what it sent, by the numbers of its answer', async () => {
    const driven = of(driver);
    const { id: wId, to } = driven;
    const { text, data } = await ask('sendText', { wId, wcId: to, content: `撤回 ${driver}` });
    // As clients with longs give it back.
    const [newMsgId] = /(?<="newMsgId":)-?\d+/.exec(text)!;
    const body = `{"wId":"${wId}","wcId":"${to}","msgId":${data.msgId},"newMsgId":${newMsgId},"createTime":${data.createTime}}`;
    expect(await ask('revokeMsg', body)).toMatchObject({ code: '1000', data: null });
    const upstreamId = String(BigInt.asUintN(64, BigInt(newMsgId)));
    await every.stack.until(async () => {
      const messages = await every.stack.query(
        'query ($id: ID!) { account(id: $id) { messages(last: 20) { nodes { upstreamId revoked } } } }',
        { id: wId },
      );
      const nodes = messages.data.account.messages.nodes as { upstreamId: string; revoked: boolean }[];
      return nodes.some((one) => one.upstreamId === upstreamId && one.revoked);
    });
  });

  it('mentions members of a chat room; where its WeChat cannot, nothing is sent as if it had', async () => {
    const driven = of(driver);
    const { id: wId } = driven;
    const { chatrooms } = await addressList(wId);
    const members = (await ask('getChatRoomMember', { wId, chatRoomId: chatrooms[0] })).data as {
      userName: string;
      nickName: string;
      displayName: string;
    }[];
    const { userName, nickName, displayName } = members.at(-1)!;
    const content = `@${displayName || nickName}\u2005测试`;
    const before = delivered(driven).length;
    const answer = await ask('sendText', { wId, wcId: chatrooms[0], content, at: userName });
    if (driver === 'Openwx') {
      expect(answer).toMatchObject({ code: '1001', message: expect.stringMatching(/^此账号不支持该操作.*MENTION/) });
      expect(delivered(driven)).toHaveLength(before);
      // What is left to its client: the text alone.
      expect(await ask('sendText', { wId, wcId: chatrooms[0], content })).toMatchObject({ code: '1000' });
      return;
    }
    expect(answer).toMatchObject({ code: '1000', data: { wcId: chatrooms[0] } });
    const last = delivered(driven).at(-1)!;
    expect(last.text).toContain(content);
    expect(last.content).toMatchObject({ type: 'text', mentions: [userName] });
  });

  it('sends pictures and files by their address, and files in base64', async () => {
    const driven = of(driver);
    const { id: wId, to } = driven;
    const bytes = avatarPng('sent');
    const at = `http://127.0.0.1:${new URL(every.stack.simulator.ecloud.baseUrl).port}/mmhead/${
      every.stack.simulator.ecloud.accounts[0]!.wxid
    }/0`;
    const before = delivered(driven).length;
    expect(await ask('sendImage2', { wId, wcId: to, content: at })).toMatchObject({ code: '1000', data: { type: 3 } });
    const file = { wId, wcId: to, path: at, fileName: '报价单.png' };
    expect(await ask('sendFile', file)).toMatchObject({ code: '1000', data: { type: 6 } });
    const base64 = `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;
    expect(await ask('sendFileBase64', { wId, wcId: to, fileName: 'a.png', base64 })).toMatchObject({ code: '1000' });
    const sent = delivered(driven).slice(before);
    expect(sent.map((one) => (one.content.type === 'media' ? one.content.bytes.length > 0 : null))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('sends voices and videos as far as its WeChat can', async () => {
    const driven = of(driver);
    const { id: wId, to } = driven;
    const before = delivered(driven).length;
    const [video, voice] = [samples.VIDEO, samples.VOICE].map(({ name }) => `${mediaUrl}/${encodeURIComponent(name)}`);
    expect(await ask('sendVideo', { wId, wcId: to, path: video, thumbPath: video })).toMatchObject({
      code: '1000',
      data: { type: 43 },
    });
    const answer = await ask('sendVoice', { wId, wcId: to, content: voice, length: 1000 });
    const sent = delivered(driven)
      .slice(before)
      .map(({ content }) => content.type === 'media' && content.media);
    if (driver === 'Openwx') {
      expect(answer).toMatchObject({ status: 200, code: '1001', message: expect.stringContaining('不支持') });
      expect(sent).toEqual(['video']);
      return;
    }
    expect(answer).toMatchObject({ code: '1000', data: { type: 34 } });
    expect(sent).toEqual(['video', 'voice']);
  });

  it('names contacts, keeps them on top, and says no to whom it does not know', async () => {
    const { id: wId } = of(driver);
    const [friend] = (await addressList(wId)).friends;
    expect(await ask('modifyRemark', { wId, wcId: friend, remark: '老王' })).toMatchObject({ code: '1000' });
    expect((await ask('getContact', { wId, wcId: friend })).data).toMatchObject([{ remark: '老王' }]);
    expect(await ask('setTop', { wId, wcId: friend, operType: 1 })).toMatchObject({ code: '1000' });
    for (const route of ['modifyRemark', 'setTop'])
      expect(await ask(route, { wId, wcId: 'wxid_nobody', remark: 'x', operType: 0 })).toMatchObject({
        status: 200,
        code: '1001',
        message: expect.stringContaining('不存在'),
      });
  });

  it('makes a chat room, names it, and changes who is in it', async () => {
    const { id: wId } = of(driver);
    const { friends } = await addressList(wId);
    const made = await ask('createChatroom', { wId, userList: friends.slice(0, 2).join(','), topic: '测试群' });
    expect(made).toMatchObject({ code: '1000', data: { chatRoomID: expect.stringMatching(/@chatroom$/) } });
    const chatRoomId = made.data.chatRoomID as string;
    expect(await ask('addChatRoomMember', { wId, chatRoomId, userList: friends[2] })).toMatchObject({ code: '1000' });
    expect(await ask('deleteChatRoomMember', { wId, chatRoomId, userList: friends[0] })).toMatchObject({
      code: '1000',
    });
    expect(await ask('modifyGroupName', { wId, chatRoomId, content: '新名字' })).toMatchObject({ code: '1000' });
    expect((await ask('getChatRoomInfo', { wId, chatRoomId })).data).toMatchObject([{ nickName: '新名字' }]);
    const members = (await ask('getChatRoomMember', { wId, chatRoomId })).data as { userName: string }[];
    const present = members.map((one) => one.userName);
    expect(present).toContain(friends[2]);
    expect(present).not.toContain(friends[0]);
  });

  it('accepts a friend request by the texts of its callback', async () => {
    const driven = of(driver);
    const { id: wId, simulator, number } = driven;
    const { wxid } = simulator.driven.find((one) => one.number === number)!;
    simulator.world.requestFriend(wxid, '新人', '你好');
    const request = await every.stack.until(async () => {
      const message = await latest(wId);
      return message.kind === 'FRIEND_REQUEST' && message;
    });
    const before = (await addressList(wId)).friends.length;
    const v = (number_: 1 | 2): string => `v${number_}_${request.id}@stranger`;
    expect(await ask('acceptUser', { wId, v1: v(1), v2: v(2), type: 3 })).toMatchObject({ code: '1000', data: null });
    expect((await addressList(wId)).friends.length).toBe(before + 1);
  });

  it('gives the bytes of a received picture at an address', async () => {
    const driven = of(driver);
    const { id: wId, simulator, number } = driven;
    const { wxid } = simulator.driven.find((one) => one.number === number)!;
    const [friend] = [...simulator.world.accounts.get(wxid)!.contacts.values()].filter((one) => one.kind === 'friend');
    const bytes = avatarPng(`received ${driver}`);
    simulator.world.receive(wxid, friend!.wxid, { type: 'media', media: 'image', name: 'a.png', bytes });
    const picture = await every.stack.until(async () => {
      const message = await latest(wId);
      return message.kind === 'IMAGE' && message;
    });
    const msgId = Number(picture.id.slice('msg_'.length));
    const { code, data, message } = await ask('getMsgImg', { wId, msgId, content: '<msg><img /></msg>', type: 0 });
    if (driver === 'the hook') {
      expect([code, message]).toEqual(['1001', '此账号的上游不提供该消息的文件']);
      return;
    }
    expect(code).toBe('1000');
    const got = await fetch(data.url as string);
    expect(Buffer.from(await got.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('sends a received picture on by the XML of its callback, and gives its bytes by the address in there', async () => {
    const driven = of(driver);
    const { id: wId, simulator, number, to } = driven;
    const { wxid } = simulator.driven.find((one) => one.number === number)!;
    const [friend] = [...simulator.world.accounts.get(wxid)!.contacts.values()].filter((one) => one.kind === 'friend');
    const bytes = avatarPng(`sent on ${driver}`);
    const { id: upstreamId } = simulator.world.receive(wxid, friend!.wxid, {
      type: 'media',
      media: 'image',
      name: 'b.png',
      bytes,
    });
    const picture = await every.stack.until(async () => {
      const message = await latest(wId);
      return message.upstreamId === upstreamId && message;
    });
    const content = await callbackContent(picture.id);
    const [, cdnUrl] = /cdnmidimgurl="([^"]+)"/.exec(content)!;
    const before = delivered(driven).length;
    const sent = await ask('sendRecvImage', { wId, wcId: to, content });
    const given = await ask('cdnDownFile', { wId, cdnUrl, aeskey: '', fileType: 2 });
    const other = of(driver === 'Openwx' ? 'E云' : 'Openwx');
    expect(await ask('sendRecvImage', { wId: other.id, wcId: other.to, content })).toMatchObject({ code: '1001' });
    expect(await ask('sendRecvImage', { wId, wcId: to, content: '<msg><img aeskey="0f" /></msg>' })).toMatchObject({
      code: '1001',
      message: expect.stringContaining('参数错误'),
    });
    if (driver === 'the hook') {
      expect([sent.message, given.message]).toEqual(Array(2).fill('此账号的上游不提供该消息的文件'));
      return;
    }
    expect(sent).toMatchObject({ code: '1000', data: { type: 3, wcId: to } });
    const [one, ...more] = delivered(driven).slice(before);
    expect([more, one!.content.type === 'media' && Buffer.from(one!.content.bytes).equals(bytes)]).toEqual([[], true]);
    const got = await fetch(given.data.url as string);
    expect(Buffer.from(await got.arrayBuffer()).equals(bytes)).toBe(true);
  });
});

describe('who may call', () => {
  test('nobody without a token, with a wrong one, or with a cookie alone: HTTP 401 in E云’s shape', async () => {
    for (const options of [
      { token: null },
      { token: 'wrong' },
      { token: null, headers: { cookie: 'wxgraph_session=x' } },
    ])
      expect(await ask('sendText', 'no JSON', options)).toEqual({
        status: 401,
        text: '{"code":"1001","message":"Authorization无效","data":null}',
        code: '1001',
        message: 'Authorization无效',
        data: null,
      });
  });

  test('Bearer and X-API-Key are as good as the bare token', async () => {
    const headersOf: Record<string, string>[] = [
      { authorization: `Bearer ${adminToken}` },
      { 'x-api-key': adminToken },
    ];
    for (const headers of headersOf)
      expect(await ask('queryLoginWx', {}, { token: null, headers })).toMatchObject({ code: '1000' });
  });

  test('a token in the address is as good where that is switched on', async () => {
    expect(await ask(`t/${adminToken}/queryLoginWx`, {}, { token: null })).toMatchObject({ code: '1000' });
    expect(await ask('t/wrong/queryLoginWx', {}, { token: null })).toMatchObject({ status: 401, code: '1001' });
  });

  test('a login with a token as the password answers it as the Authorization; another one is refused', async () => {
    const login = (password: string) => ask('member/login', { account: '17200000000', password }, { token: null });
    expect(await login(adminToken)).toMatchObject({
      code: '1000',
      data: { Authorization: adminToken, callbackUrl: expect.any(String), status: 0 },
    });
    expect(await login('wrong')).toMatchObject({ status: 200, code: '1001', message: '账号或密码错误', data: null });
  });

  test('a token of one account sees and reaches no other, and one that may only read sends nothing', async () => {
    const [own, other] = every.driven as [Driven, Driven];
    const narrow = await token('SEND', [own.id]);
    expect((await ask('queryLoginWx', {}, { token: narrow })).data).toEqual([
      { wcId: expect.any(String), wId: own.id },
    ]);
    const body = { wId: other.id, wcId: other.to, content: '不该发出' };
    expect(await ask('sendText', body, { token: narrow })).toMatchObject({ code: '1001', message: notLoggedIn });
    const reader = await token('READ');
    for (const route of ['sendText', 'modifyRemark', 'createChatroom', 'initAddressList'])
      expect(await ask(route, { ...body, remark: 'x', userList: other.to }, { token: reader }), route).toMatchObject({
        status: 200,
        code: '1001',
        message: expect.stringContaining('没有权限'),
      });
    expect(every.driven.flatMap(delivered).some(({ text }) => text === '不该发出')).toBe(false);
  });
});

describe('what real clients rely on', () => {
  const ecloud = () => of('E云');
  const simulated = () => every.stack.simulator.ecloud.accounts[0]!;
  const send = (content: string) => ask('sendText', { wId: ecloud().id, wcId: ecloud().to, content });

  it('a send of which nobody knows what became of it says so to the letter, and is not sent again', async () => {
    const { simulator, number } = ecloud();
    simulator.fault({ type: 'error', route: 'sendText', account: number, times: 1 });
    expect(await send('不知下落')).toMatchObject({
      status: 200,
      code: '1001',
      message: '发送结果未知,请勿重发',
      data: null,
    });
  });

  it('a refusal is told in WeChat’s words', async () => {
    const { simulator, number } = ecloud();
    simulator.fault({ type: 'refuse', account: number, times: 1 });
    const { code, message } = await send('被拒绝');
    expect([code, message]).toEqual(['1001', expect.stringContaining('操作太频繁，请稍后再试')]);
  });

  it('the same Idempotency-Key is the same send', async () => {
    const body = { wId: ecloud().id, wcId: ecloud().to, content: '只发一次' };
    const headers = { 'idempotency-key': 'once' };
    const [one, two] = [await ask('sendText', body, { headers }), await ask('sendText', body, { headers })];
    expect(two).toEqual(one);
    expect(delivered(ecloud()).filter(({ text }) => text === '只发一次')).toHaveLength(1);
  });

  it('a name is no id: nobody is sent to who is only called so', async () => {
    const { data } = await ask('getContact', { wId: ecloud().id, wcId: ecloud().to });
    const body = { wId: ecloud().id, wcId: data[0].nickName as string, content: '发给名字' };
    expect(await ask('sendText', body)).toMatchObject({ code: '1001', message: expect.stringContaining('参数错误') });
    expect(delivered(ecloud()).some(({ text }) => text === '发给名字')).toBe(false);
  });

  it('a stranger is searched by number, and asked with the texts that the search told', async () => {
    const { simulator, id: wId, number } = ecloud();
    const stranger = simulator.world.addPerson({ name: '陌生人', alias: 'stranger_001' });
    const found = await ask('searchUser', { wId, wcId: 'stranger_001' });
    expect(found).toMatchObject({
      code: '1000',
      data: {
        nickName: '陌生人',
        v1: expect.stringMatching(/^v1_/),
        v2: expect.stringMatching(/^v2_/),
        smallHead: expect.stringMatching(/^http.*132$/),
      },
    });
    expect(found.data.userName).toBe(found.data.v1);
    const { v1, v2 } = found.data as { v1: string; v2: string };
    expect(await ask('addUser', { wId, v1, v2, type: 3, verify: '你好' })).toMatchObject({ code: '1000', data: null });
    expect(simulator.ecloud.asked.at(-1)).toMatchObject({ account: number, wxid: stranger.wxid, words: '你好' });
    const friend = await ask('searchUser', { wId, wcId: ecloud().to });
    expect(friend.data).toMatchObject({ v1: ecloud().to, v2: '' });
    // A friend by the number that WeChat finds them by.
    const numbered = simulator.world.addPerson({ name: '有号', alias: 'number_001' });
    simulator.world.addContact(simulated().wxid, numbered.wxid);
    expect((await ask('searchUser', { wId, wcId: 'number_001' })).data).toMatchObject({ v1: numbered.wxid, v2: '' });
  });

  it('who searches a number that nobody has is told so, and nobody is found by a wxid', async () => {
    const { id: wId } = ecloud();
    for (const wcId of ['nobody_has_it', 'wxid_nobody']) {
      expect(await ask('searchUser', { wId, wcId })).toMatchObject({ code: '1001', message: '用户不存在', data: null });
    }
  });

  it('an upstream that cannot search: the texts alone, by which addUser asks', async () => {
    const found = await ask('searchUser', { wId: of('the hook').id, wcId: 'anybody_1' });
    const data = { nickName: '', v1: expect.stringMatching(/^v1_/), v2: expect.stringMatching(/^v2_/) };
    expect(found).toMatchObject({ code: '1000', data });
  });

  it('a login that is over: offline with its reason, sends refused to the letter, then a code, and who came in', async () => {
    const { id: wId } = ecloud();
    const { data: before } = await ask('queryLoginWx');
    const { wcId } = (before as { wcId: string; wId: string }[]).find((one) => one.wId === wId)!;
    simulated().logout({ reason: '账号在其他设备登录', forgotten: true });
    await every.stack.until(async () => (await ask('isOnline', { wId })).code === '1001');
    expect(await ask('isOnline', { wId })).toMatchObject({ code: '1001', message: '离线', data: null });
    expect((await ask('offlineReason', { wcId })).data).toMatchObject({ wcId, reason: expect.stringMatching(/./) });
    expect(await send('离线时')).toMatchObject({ status: 200, code: '1001', message: notLoggedIn, data: null });
    const alone = await ask('queryLoginWx', {}, { token: await token('READ', [wId]) });
    expect([alone.status, alone.text]).toEqual([200, '{"code":"1001","message":"失败"}']);
    const { data: online } = await ask('queryLoginWx');
    expect((online as { wId: string }[]).map((one) => one.wId)).not.toContain(wId);

    const login = await ask('iPadLogin', { wcId, deviceType: 'ipad', proxy: 3 });
    expect(login.data).toEqual({ wId, qrCodeUrl: expect.stringMatching(/^data:image\/png;base64,/) });
    // Somebody who has waited for long enough asks again.
    const waiting = [ask('getIPadLoginInfo', { wId }), ask('getIPadLoginInfo', { wId, autoCheck: false })];
    simulated().expireQrCode();
    for (const answer of await Promise.all(waiting))
      expect(answer).toMatchObject({ status: 200, code: '1001', message: '二维码已过期', data: null });

    await ask('iPadLogin', { wcId });
    const again = [ask('getIPadLoginInfo', { wId }), ask('getIPadLoginInfo', { wId })];
    simulated().scan();
    simulated().confirm();
    for (const answer of await Promise.all(again))
      expect(answer).toMatchObject({ code: '1000', data: { wcId, wId, status: 3 } });
    expect(await send('又在线')).toMatchObject({ code: '1000' });
    expect(delivered(ecloud()).map(({ text }) => text)).not.toContain('离线时');
  });
});

describe('missing, wrong and hostile parameters', () => {
  const named =
    `queryLoginWx isOnline offlineReason iPadLogin getIPadLoginInfo secondLogin initAddressList getAddressList getContact
    modifyRemark setTop searchUser addUser acceptUser addRoomMemberFriend getChatRoomInfo getChatRoomMember getChatRoomMemberInfo
    createChatroom addChatRoomMember inviteChatRoomMember deleteChatRoomMember modifyGroupName modifyGroupRemark sendText sendImage
    sendImage2 sendFile sendFileBase64 sendVideo sendVoice revokeMsg getMsgImg getMsgFile getMsgVoice getMsgEmoji asynGetMsgVideo
    getMsgVideoRes setHttpCallbackUrl member/login sendUrl sendNameCard sendEmoji logout member/offline delContact
    sendRecvImage sendRecvVideo sendRecvFile cdnDownFile localIPadLogin`.split(/\s+/);
  /** They have no parameters that could be wrong, or none but the wId; or leave out whom nobody knows. */
  const harmless = ['getContact', 'queryLoginWx', 'isOnline', 'initAddressList', 'getAddressList', 'getIPadLoginInfo'];
  const values: [string, unknown][] = [
    ['an object', { $gt: '' }],
    ['a list of lists', [[], {}]],
    ['true', true],
    ['a path', '../../etc/passwd'],
    ['a script', '<script>alert(1)</script>'],
    ['a statement', "' or 1=1 --"],
    ['NUL and half a character', 'a\u0000\ud800'],
    ['far too long a text', 'x'.repeat(30_000)],
    ['somebody who is not there', 'wxid_nobody_at_all'],
    ['a huge number', 1e300],
  ];
  const fields =
    'wcId content at path fileName base64 thumbPath length msgId newMsgId createTime userList chatRoomId topic remark operType v1 v2 type verify memberWcId wcIds cdnUrl id httpUrl account password bufId fromUser'.split(
      ' ',
    );

  test.each(named)('%s: E云’s own failure, never HTTP 5xx, and nothing is sent', async (route) => {
    // One that could be logged out would be, by its wId alone.
    const { id: wId } = of(route === 'logout' ? 'E云' : 'the hook');
    const before = every.driven.flatMap(delivered).length;
    const bodies: unknown[] = [
      '',
      'no JSON',
      '[]',
      '"text"',
      `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`,
      '{"__proto__":{"wId":"00001"}}',
      {},
      { wId: '' },
      { wId: 'nobody' },
      { wId: { id: wId } },
      { wId },
      ...values.map(([, value]) => ({ ...Object.fromEntries(fields.map((name) => [name, value])), wId })),
    ];
    for (const body of bodies) {
      const answer = await ask(route, body);
      const shown = `${route} ${JSON.stringify(body).slice(0, 80)} → ${answer.text.slice(0, 200)}`;
      expect(answer.status, shown).toBe(200);
      expect(answer.message, shown).toMatch(/./);
      if (answer.code !== '1001') expect(harmless, shown).toContain(route);
      else if (route !== 'queryLoginWx') expect(answer.data, shown).toBe(null);
    }
    expect(every.driven.flatMap(delivered)).toHaveLength(before);
  });

  test('a login instance that never was is one that has ended', async () => {
    for (const wId of ['349be9b5-8734-45ce-811d-4e10ca568c67', '99999'])
      for (const route of ['sendText', 'getContact', 'initAddressList'])
        expect(await ask(route, { wId, wcId: 'azhichao', content: '天行健,君子以自强不息' })).toMatchObject({
          status: 200,
          code: '1001',
          message: notLoggedIn,
          data: null,
        });
  });

  test('more than twenty contacts at once are refused, and a private address is not fetched', async () => {
    const { id: wId, to } = of('E云');
    const many = Array.from({ length: 21 }, (_, at) => `wxid_${at}`).join(',');
    expect(await ask('getContact', { wId, wcId: many })).toMatchObject({ code: '1001' });
    for (const content of ['http://169.254.169.254/latest/meta-data', 'file:///etc/passwd', 'not an address'])
      expect(await ask('sendImage2', { wId, wcId: to, content })).toMatchObject({
        status: 200,
        code: '1001',
        data: null,
      });
  });

  test('bodies above the limit are HTTP 413 in E云’s shape; a file in base64 may be larger', async () => {
    const { id: wId, to } = of('E云');
    const base64 = Buffer.alloc(2_000_000, 1).toString('base64');
    expect(await ask('sendText', { wId, wcId: to, content: base64 })).toMatchObject({ status: 413, code: '1001' });
    expect(await ask('sendFileBase64', { wId, wcId: to, fileName: 'a.bin', base64 })).toMatchObject({ code: '1000' });
  });
});

describe('logging out', () => {
  const asked = (): number =>
    of('the newest hook').simulator.requests.filter(({ path }) => path.endsWith('/Logout')).length;

  it('an account whose driver cannot is refused, and runs on; so are several with it', async () => {
    const online = (await ask('queryLoginWx')).data as { wcId: string; wId: string }[];
    const wcIdOf = (driver: Driven['driver']) => online.find(({ wId }) => wId === of(driver).id)!.wcId;
    const unsupported = { code: '1001', message: expect.stringContaining('此账号不支持该操作') };
    expect(await ask('logout', { wId: of('E云').id })).toMatchObject(unsupported);
    const wcIds = [wcIdOf('the newest hook'), wcIdOf('E云')];
    expect(await ask('member/offline', { account: 'a', wcIds })).toMatchObject(unsupported);
    for (const driver of ['E云', 'the newest hook'] as const) {
      expect(await ask('isOnline', { wId: of(driver).id })).toMatchObject({ code: '1000' });
    }
    expect(asked()).toBe(0);
  });

  it('one whose driver can is logged out in its WeChat, and not logged in again by itself', async () => {
    const { id: wId } = of('the newest hook');
    const secret = await token('READ');
    expect(await ask('logout', { wId }, { token: secret })).toMatchObject({ code: '1001' });
    expect(asked()).toBe(0);
    expect(await ask('logout', { wId })).toMatchObject({ code: '1000', data: null });
    expect(asked()).toBe(1);
    expect(await ask('isOnline', { wId })).toMatchObject({ code: '1001', message: '离线' });
  });
});
