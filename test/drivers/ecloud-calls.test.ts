import { describe, expect, it } from 'vitest';
import type { DriverError, OutgoingSend } from '../../src/drivers/driver.ts';
import { ecloudWith } from '../../src/drivers/ecloud/ecloud.ts';
import {
  type Answer,
  authorization,
  bad,
  bodyOf,
  cloud,
  driverAt,
  good,
  me,
  never,
  outcome,
  room,
  timings,
} from './ecloud-cloud.ts';
import { closedAddress, serveHttp, serveTcp } from './server.ts';

const hello: OutgoingSend = {
  receiver: 'azhichao',
  receiverKind: 'FRIEND',
  content: { type: 'TEXT', text: '天行健,君子以自强不息' },
  mentions: [],
};

const documentedReceipt = `{
    "code": "1000",
    "message": "处理成功",
    "data": { "type": 1, "msgId": 2562652205, "newMsgId": 4482117376572170921, "createTime": 1641457769, "wcId": "azhichao" }
}`;

describe('send', () => {
  it('sends what the documentation shows, with the Authorization as it is, and keeps every digit', async () => {
    let header: string | undefined;
    const { url, seen } = await serveHttp((one, response, request) => {
      header = request.headers.authorization;
      response.end(one.path === '/sendText' ? documentedReceipt : JSON.stringify(good([{ wcId: me, wId: 'w1' }])));
    });
    expect(await driverAt(`${url}/`).send(hello, never)).toEqual({
      upstreamId: '4482117376572170921',
      reference: '{"msgId":"2562652205","newMsgId":"4482117376572170921","createTime":"1641457769"}',
    });
    expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /queryLoginWx', 'POST /sendText']);
    expect(bodyOf(seen[1])).toEqual({ wId: 'w1', wcId: 'azhichao', content: '天行健,君子以自强不息' });
    expect(header).toBe(authorization);
  });

  it.each([
    ['{"code":1000,"data":{"newMsgId":-1}}', '18446744073709551615'],
    ['{"code":"1000","data":{"newMsgId":"5","msgId":6}}', '5'],
    ['{"code":"1000","data":{"newMsgId":0,"msgId":6}}', '6'],
    ['{"code":"1000","data":null}', null],
    ['{"code":"1000"}', null],
  ])('reads the receipt %s', async (body, upstreamId) => {
    const { url } = await cloud({ sendText: body });
    expect(await driverAt(url).send(hello, never)).toMatchObject({ upstreamId });
  });

  it.each<[string, Answer, Partial<DriverError>]>([
    ['a refusal', bad('失败'), { code: 'UPSTREAM_REJECTED', certain: true, retry: false, message: '失败 (code 1001)' }],
    ['words in msg', { code: 1001, msg: '非好友' }, { certain: true, message: '非好友 (code 1001)' }],
    ['a refusal without a word', { code: '1001' }, { certain: true }],
    ['a time that was up at E云', bad('请求超时'), { certain: false }],
    ['a code that nobody knows', { code: '1500', message: '?' }, { code: 'UPSTREAM_REJECTED', certain: false }],
    ['an ended login', bad('wId已注销或二维码失效，请重新登录'), { certain: true, retry: true }],
    ['no code', {}, { certain: false }],
    ['an array', [], { certain: false }],
    ['no JSON', '<html>ok</html>', { certain: false }],
    ['HTTP 401', 401, { code: 'FORBIDDEN', certain: true, retry: false }],
    ['HTTP 403', 403, { certain: false }],
    ['HTTP 404', 404, { certain: false }],
    ['HTTP 500', 500, { certain: false }],
    ['HTTP 502', 502, { certain: false }],
    ['a redirect', 302, { certain: false }],
  ])('classifies %s', async (_, answer, expected) => {
    const { url, seen } = await cloud({ sendText: answer });
    expect(await outcome(driverAt(url).send(hello, never))).toMatchObject(expected);
    expect(seen.filter(({ path }) => path === '/sendText')).toHaveLength(1);
  });

  it('is certain that nothing left while it only asks where the account is', async () => {
    for (const answer of [500, 'x', { code: '7' }]) {
      const { url } = await cloud({ queryLoginWx: answer });
      expect(await outcome(driverAt(url).send(hello, never))).toMatchObject({ certain: true });
    }
    const { url } = await cloud({ queryLoginWx: bad('失败') });
    const offline = { code: 'UPSTREAM_UNREACHABLE', certain: true, retry: true };
    expect(await outcome(driverAt(url).send(hello, never))).toMatchObject(offline);
    expect(await outcome(driverAt(await closedAddress()).send(hello, never))).toMatchObject(offline);
  });

  it('is uncertain of a send that is not answered', async () => {
    const silent = await cloud({ sendText: null });
    const error = await outcome(driverAt(silent.url, { quick: { sendMs: 50 } }).send(hello, never));
    expect(error).toMatchObject({ code: 'UPSTREAM_TIMEOUT', certain: false });
    const tcp = await serveTcp((socket) => socket.once('data', () => socket.destroy()));
    // The look before it is cut off: nothing was sent.
    expect(await outcome(driverAt(tcp.url).send(hello, never))).toMatchObject({ certain: true });
  });

  it('finds the login again after it has ended', async () => {
    let wId = 'w1';
    const { url, seen } = await cloud({
      queryLoginWx: () => good([{ wcId: me, wId }]),
      sendText: (body) => (body['wId'] === 'w2' ? good({ newMsgId: 9 }) : bad('wId已注销或二维码失效，请重新登录')),
    });
    const driver = driverAt(url);
    expect(await outcome(driver.send(hello, never))).toMatchObject({ certain: true, retry: true });
    wId = 'w2';
    expect(await driver.send(hello, never)).toMatchObject({ upstreamId: '9' });
    expect(seen.filter(({ path }) => path === '/queryLoginWx')).toHaveLength(2);
  });

  it('never tells the Authorization, though E云 may quote it', async () => {
    const { url } = await cloud({ sendText: bad(`bad token ${authorization}`) });
    expect((await outcome(driverAt(url).send(hello, never))).message).not.toContain(authorization);
  });
});

function mentioning(text: string, mentions: string[], receiver = room): OutgoingSend {
  return {
    receiver,
    receiverKind: 'CHAT_ROOM',
    content: { type: 'TEXT', text },
    mentions,
  };
}

describe('mentions', () => {
  const members = good([
    { userName: 'wxid_a', nickName: 'E云Team_Mr Li', displayName: '' },
    { userName: 'wxid_b', nickName: '美', displayName: '你微笑时真美' },
  ]);

  it.each([
    ['测试', ['wxid_a', 'wxid_b'], '@E云Team_Mr Li\u2005@你微笑时真美\u2005测试'],
    ['@E云Team_Mr Li@你微笑时真美 测试', ['wxid_a', 'wxid_b'], '@E云Team_Mr Li@你微笑时真美 测试'],
    ['在吗', ['notify@all'], '@所有人\u2005在吗'],
  ])('%s for %j', async (text, mentions, content) => {
    const { url, seen } = await cloud({ getChatRoomMember: members, sendText: good({ newMsgId: 1 }) });
    await driverAt(url).send(mentioning(text, mentions), never);
    expect(bodyOf(seen.at(-1))).toEqual({ wId: 'w1', wcId: room, at: mentions.join(','), content });
  });

  it.each([
    ['outside a chat room', mentioning('x', ['wxid_a'], 'wxid_a'), 'BAD_INPUT'],
    ['of somebody who is not there', mentioning('x', ['wxid_z']), 'BAD_INPUT'],
  ])('%s are refused before anything is sent', async (_, send, code) => {
    const { url, seen } = await cloud({ getChatRoomMember: members });
    expect(await outcome(driverAt(url).send(send, never))).toMatchObject({ code, certain: true, retry: false });
    expect(seen.some(({ path }) => path === '/sendText')).toBe(false);
  });
});

describe('the shared callback', () => {
  it('is told in the format that is read, and its key tells developer accounts apart without their secret', async () => {
    const { url, seen } = await cloud({ setHttpCallbackUrl: good(null) });
    const shared = driverAt(url).sharedCallback!;
    await shared.set!('https://wx.example.org/callback/1', never);
    expect(bodyOf(seen[0])).toEqual({ httpUrl: 'https://wx.example.org/callback/1', type: 2 });
    expect(shared.key).toBe(driverAt(`${url}/`, { wcId: 'wxid_b' }).sharedCallback!.key);
    expect(shared.key).not.toContain(authorization);
    const other = ecloudWith(timings)({ baseUrl: url }, { authorization: 'another' }, { now: () => 0 });
    expect(other.sharedCallback!.key).not.toBe(shared.key);
  });
});
