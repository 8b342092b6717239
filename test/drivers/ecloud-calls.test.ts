import { describe, expect, it } from 'vitest';
import { type Driver, DriverError, type LoginStep, type OutgoingSend, type Self } from '../../src/drivers/driver.ts';
import { ecloudWith } from '../../src/drivers/ecloud/ecloud.ts';
import { type Seen, closedAddress, serveHttp, serveTcp } from './server.ts';

const never = new AbortController().signal;
const timings = {
  callMs: 2_000,
  sendMs: 2_000,
  mediaMs: 2_000,
  videoMs: 20,
  videoLookMs: 1,
  loginMs: 2_000,
  pauseMs: 1,
  longestPauseMs: 4,
  addressListMs: 1,
  betweenCallsMs: [0, 0],
} as const;
const authorization = 'eyJhbGciOi.the-secret';
const me = 'wxid_me';
const room = '22270365143@chatroom';
const png = Buffer.from('89504e470d0a1a0a', 'hex');

function driverAt(
  baseUrl: string,
  {
    wcId = me,
    wId = null,
    self = null,
    quick = {},
  }: { wcId?: string | null; wId?: string | null; self?: Self | null; quick?: object } = {},
): Driver {
  const create = ecloudWith({ ...timings, ...quick });
  return create({ baseUrl, wcId, wId }, { authorization }, { now: () => 0, self });
}

const hello: OutgoingSend = {
  receiver: 'azhichao',
  receiverKind: 'FRIEND',
  content: { type: 'TEXT', text: '天行健,君子以自强不息' },
  mentions: [],
};

type Answer = object | string | number | null;
const good = (data: unknown): object => ({ code: '1000', message: '成功', data });
const bad = (message: string): object => ({ code: '1001', message, data: null });

/** E云 that answers these routes: an object as JSON, text as it is, a number as a status, null never. */
async function cloud(
  routes: Record<string, Answer | ((body: Record<string, unknown>) => Answer)>,
): ReturnType<typeof serveHttp> {
  const all = { queryLoginWx: good([{ wcId: me, wId: 'w1' }]), ...routes };
  return serveHttp((seen, response) => {
    const route = (all as typeof routes)[seen.path.slice(1)];
    const answer = typeof route === 'function' ? route(bodyOf(seen)) : route;
    if (answer === null) return;
    if (typeof answer === 'object') response.end(JSON.stringify(answer));
    else if (typeof answer === 'number') response.writeHead(answer).end('<html>');
    else if (answer === undefined) response.writeHead(404).end();
    else response.end(answer);
  });
}

function bodyOf(seen: Seen | undefined): Record<string, unknown> {
  return JSON.parse(seen?.body || '{}') as Record<string, unknown>;
}

async function outcome(work: Promise<unknown>): Promise<DriverError> {
  const error = await work.then(
    (value) => value,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DriverError);
  return error as DriverError;
}

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

describe('login', () => {
  it('is RUNNING at once where the wcId is online, and asks for no code', async () => {
    const { url, seen } = await cloud({ getContact: good([{ userName: me, nickName: '我', aliasName: 'me1' }]) });
    expect(await Array.fromAsync(driverAt(url).login!(never))).toMatchObject([
      { state: 'RUNNING', self: { wxid: me, name: '我', alias: 'me1' } },
    ]);
    expect(seen.map(({ path }) => path)).toEqual(['/queryLoginWx', '/getContact']);
  });

  it('is found by its login instance where the wcId is not known, and by the login before it', async () => {
    const { url } = await cloud({ queryLoginWx: good([{ wcId: 'wxid_x', wId: 'w9' }]), getContact: bad('失败') });
    const [step] = await Array.fromAsync(driverAt(url, { wcId: null, wId: 'w9' }).login!(never));
    expect(step).toMatchObject({ state: 'RUNNING', self: { wxid: 'wxid_x', name: null } });
    const self = { wxid: 'wxid_x', name: '旧', alias: null, uid: null, avatarUrl: null };
    expect(await Array.fromAsync(driverAt(url, { wcId: null, self }).login!(never))).toMatchObject([{ self }]);
  });

  it('asks the phone once, then shows codes: one that expires, one with a verification, one that is scanned', async () => {
    const infos: Answer[] = [
      bad('二维码已过期'),
      bad('请在ipad上输入验证码'),
      good({ status: 1 }),
      good({ wcId: me, wId: 'w3', nickName: '我' }),
    ];
    const pictures = await serveHttp((_, response) => response.end(png));
    const { url, seen } = await cloud({
      queryLoginWx: bad('失败'),
      offlineReason: good([{ wcId: me, reason: '被踢下线' }]),
      secondLogin: bad('失败'),
      iPadLogin: good({ wId: 'w2', qrCodeUrl: `${pictures.url}/qr.png` }),
      getIPadLoginInfo: () => infos.shift() ?? bad('x'),
    });
    const steps = await Array.fromAsync(driverAt(url).login!(never));
    expect(steps.map(({ state, qrCode }) => [state, Boolean(qrCode)])).toEqual([
      ['CONFIRMING', false],
      ['SCANNING', true],
      ['SCANNING', false],
      ['CONFIRMING', false],
      ['RUNNING', false],
    ]);
    expect(steps[0]?.reason).toContain('被踢下线');
    expect(steps[1]?.qrCode?.image).toBe(`data:image/png;base64,${png.toString('base64')}`);
    expect(steps[2]?.reason).toContain('请在ipad上输入验证码');
    expect(steps.at(-1)?.self).toMatchObject({ wxid: me, name: '我' });
    const paths = seen.map(({ path }) => path);
    expect(paths.filter((path) => path === '/secondLogin')).toHaveLength(1);
    expect(paths.filter((path) => path === '/iPadLogin')).toHaveLength(2);
    expect(bodyOf(seen.find(({ path }) => path === '/iPadLogin'))).toMatchObject({ wcId: me });
    expect(pictures.seen.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('does not take the account of somebody else who scans', async () => {
    const pictures = await serveHttp((_, response) => response.end(png));
    const abort = new AbortController();
    const { url } = await cloud({
      queryLoginWx: bad('失败'),
      secondLogin: bad('失败'),
      iPadLogin: good({ wId: 'w2', qrCodeUrl: pictures.url }),
      getIPadLoginInfo: good({ wcId: 'wxid_other', wId: 'w2' }),
    });
    const steps: LoginStep[] = [];
    for await (const step of driverAt(url).login!(abort.signal)) {
      steps.push(step);
      if (step.state === 'OFFLINE') abort.abort();
    }
    expect(steps.map(({ state }) => state)).toEqual(['CONFIRMING', 'SCANNING', 'OFFLINE']);
    expect(steps.at(-1)?.reason).toContain('wxid_other');
  });

  it('asks for no login while E云 cannot tell who is online', async () => {
    const abort = new AbortController();
    const { url, seen } = await cloud({ queryLoginWx: 500 });
    const steps = driverAt(url).login!(abort.signal);
    expect((await steps.next()).value).toMatchObject({ state: 'OFFLINE' });
    const next = steps.next();
    abort.abort();
    expect((await next).done).toBe(true);
    expect(new Set(seen.map(({ path }) => path))).toEqual(new Set(['/queryLoginWx']));
  });

  it('a probe says why an account is offline', async () => {
    const { url } = await cloud({ queryLoginWx: bad('失败'), offlineReason: good({ wcId: me, reason: '冻结' }) });
    expect(await driverAt(url).probe!(never)).toEqual({ state: 'OFFLINE', reason: 'offline: 冻结' });
  });
});

describe('fetchContacts', () => {
  it('asks for twenty at a time, in order, and describes what E云 leaves out by its id', async () => {
    const friends = Array.from({ length: 41 }, (_, index) => `wxid_${index}`);
    const { url, seen } = await cloud({
      initAddressList: good(null),
      getAddressList: good({ chatrooms: [room, ''], friends: [...friends, ''], ghs: ['gh_1'], others: [''] }),
      getContact: ({ wcId }) =>
        good(
          String(wcId)
            .split(',')
            .filter((wxid) => wxid !== 'wxid_7')
            .map((userName) => ({
              userName,
              nickName: `名${userName}`,
              remark: '',
              sex: 1,
              labelList: '3,5',
              bigHead: 'http://b',
              smallHead: 'http://s',
            })),
        ),
      getChatRoomInfo: good([{ chatRoomId: room, nickName: '群', chatRoomOwner: 'wxid_1' }]),
      getChatRoomMember: good([
        { userName: 'wxid_1', nickName: '一', displayName: '群里的一' },
        { userName: 'wxid_2', nickName: '二' },
      ]),
    });
    const pages = await Array.fromAsync(driverAt(url).fetchContacts!(never));
    expect(pages.map(({ contacts, total }) => [contacts.length, total])).toEqual([
      [20, 43],
      [20, 43],
      [2, 43],
      [1, 43],
    ]);
    const byId = new Map(pages.flatMap(({ contacts }) => contacts).map((contact) => [contact.wxid, contact]));
    expect(byId.get('wxid_7')).toEqual({ wxid: 'wxid_7', kind: 'FRIEND' });
    expect(byId.get('wxid_8')).toEqual({
      wxid: 'wxid_8',
      kind: 'FRIEND',
      name: '名wxid_8',
      remark: null,
      sex: 'MALE',
      labels: ['3', '5'],
      avatarUrl: 'http://b',
      smallAvatarUrl: 'http://s',
    });
    expect(byId.get('gh_1')?.kind).toBe('OFFICIAL_ACCOUNT');
    expect(byId.get(room)).toMatchObject({
      kind: 'CHAT_ROOM',
      name: '群',
      ownerWxid: 'wxid_1',
      members: [
        { wxid: 'wxid_1', name: '一', displayName: '群里的一', isOwner: true },
        { wxid: 'wxid_2', name: '二' },
      ],
    });
    const order = seen.map(({ path }) => path).filter((path) => path.endsWith('AddressList'));
    expect(order).toEqual(['/initAddressList', '/getAddressList']);
  });

  it('lists a chat room that is refused without members, and fails for everything else', async () => {
    const routes = {
      initAddressList: good(null),
      getAddressList: good({ chatrooms: [room], friends: [], ghs: [], others: [] }),
      getContact: good([{ userName: room, nickName: '群' }]),
      getChatRoomInfo: bad('失败'),
      getChatRoomMember: bad('失败'),
    };
    const { url } = await cloud(routes);
    const [page] = await Array.fromAsync(driverAt(url).fetchContacts!(never));
    expect(page?.contacts).toEqual([{ wxid: room, kind: 'CHAT_ROOM', name: '群' }]);
    const broken = await cloud({ ...routes, getChatRoomMember: 500 });
    expect(await outcome(Array.fromAsync(driverAt(broken.url).fetchContacts!(never)))).toMatchObject({
      code: 'UPSTREAM_REJECTED',
    });
    const refused = await cloud({ ...routes, getContact: bad('频繁') });
    expect((await outcome(Array.fromAsync(driverAt(refused.url).fetchContacts!(never)))).message).toContain('频繁');
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
