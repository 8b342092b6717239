import { describe, expect, it } from 'vitest';
import { DriverError, type LoginStep, type OutgoingSend, type SendReceipt } from '../../src/drivers/driver.ts';
import { driverAt, outcome, program, replay } from './openwx-program.ts';
import { answerOf, me, recorded } from './recorded.ts';
import { closedAddress, serveHttp, serveTcp } from './server.ts';

const never = new AbortController().signal;
const hello: OutgoingSend = {
  receiver: '@f_alice_0001',
  receiverKind: 'FRIEND',
  content: { type: 'TEXT', text: '你好 & 再见' },
  mentions: [],
};

function key(baseUrl: string, client: string | null): string | undefined {
  return driverAt(baseUrl, client).poll?.key;
}

function classOf(error: unknown): string {
  if (!(error instanceof DriverError)) throw error;
  return `${error.code} ${error.certain ? 'certain' : 'uncertain'}`;
}

/** What a recorded answer to a send says, told without the driver. */
function expectedOf({ status, body }: ReturnType<typeof answerOf>): SendReceipt | string {
  if (status === null) return 'UPSTREAM_UNREACHABLE uncertain';
  const { code, id } = JSON.parse(body ?? '') as { code: number; id?: string };
  if (code === 0)
    return id === undefined ? 'UPSTREAM_REJECTED uncertain' : { upstreamId: id.split(':')[0] ?? '', reference: id };
  return code === 100 ? 'NOT_FOUND certain' : 'UPSTREAM_REJECTED certain';
}

describe('send', () => {
  const sends = recorded.requests.filter(({ request }) => /send_(?:friend|group)_message$/.test(request.path));

  it.each(sends.map((entry): [string, (typeof sends)[number]] => [entry.name, entry]))(
    'tells the outcome of %s',
    async (_, { response }) => {
      const { url } = await serveHttp((__, reply) => replay(reply, response));
      const result = await driverAt(url).send(hello, never).catch(classOf);
      expect(result).toEqual(expectedOf(response));
    },
  );

  it('writes the receiver, the text and the client into a form, by friend or by chat room', async () => {
    const { url, seen } = await program({
      send_friend_message: 'send_friend_message filehelper',
      send_group_message: 'send_group_message text by id GET',
    });
    const driver = driverAt(`${url}/`, '帐号2');
    await driver.send(hello, never);
    await driver.send({ ...hello, receiver: '@@g', receiverKind: null }, never);
    await driver.send({ ...hello, receiver: 'room', receiverKind: 'CHAT_ROOM' }, never);
    expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /openwx/send_friend_message',
      'POST /openwx/send_group_message',
      'POST /openwx/send_group_message',
    ]);
    expect(Object.fromEntries(new URLSearchParams(seen[0]?.body))).toEqual({
      id: '@f_alice_0001',
      content: '你好 & 再见',
      client: '帐号2',
    });
  });

  it.each<[string, Partial<OutgoingSend>, string]>([
    ['an empty text, which would hang', { content: { type: 'TEXT', text: '' } }, 'BAD_INPUT'],
    ['no receiver', { receiver: '' }, 'BAD_INPUT'],
    ['@all, which writes to every contact', { receiver: '@all' }, 'BAD_INPUT'],
    ['mentions, which web WeChat does not have', { mentions: ['@m'] }, 'UNSUPPORTED'],
  ])('refuses %s before anything is sent', async (_, change, code) => {
    const { url, connections } = await serveTcp((socket) => socket.destroy());
    const error = await outcome(driverAt(url).send({ ...hello, ...change }, never));
    expect(error).toMatchObject({ code, certain: true, retry: false });
    expect(connections).toHaveLength(0);
  });

  it.each([
    ['{"status":"发送成功","msg_id":23910327,"code":0}', { upstreamId: '23910327', reference: '23910327' }],
    ['{"code":"0","id":2683625013724701001}', { upstreamId: '2683625013724701001', reference: '2683625013724701001' }],
  ])('reads the receipt %s of another version', async (body, receipt) => {
    const { url } = await serveHttp((_, response) => response.end(body));
    expect(await driverAt(url).send(hello, never)).toEqual(receipt);
  });

  it.each<[string, number, string, Partial<DriverError>]>([
    [
      'a client that the Controller does not have',
      200,
      '{"code":1,"status":"client not exists"}',
      { code: 'UPSTREAM_UNREACHABLE', certain: true, retry: true },
    ],
    [
      'WeChat’s own code 1',
      200,
      '{"code":1,"id":"1795","status":"unknown error"}',
      { code: 'UPSTREAM_REJECTED', certain: true, retry: false },
    ],
    ['a refused caller', 200, '{"code":-6,"status":"auth failure"}', { code: 'FORBIDDEN', certain: true }],
    ['a message that aged in the queue', 200, '{"code":-5,"id":"1795","status":"TTL失效"}', { certain: false }],
    [
      'an answer of WeChat that was unreadable',
      200,
      '{"code":-1,"id":"1795","status":"unknown data"}',
      { certain: false },
    ],
    ['the answer to a broadcast', 200, '{"code":0,"id":0,"status":"request already executed"}', { certain: false }],
    ['an unreadable answer', 200, '<html>ok</html>', { certain: false }],
    ['an answer that is no object', 200, '[]', { certain: false }],
    ['a route that does not exist', 403, 'api not found', { code: 'UNSUPPORTED', certain: true }],
    [
      'the Controller’s unknown route',
      403,
      '{"code":-1,"status":"api not found"}',
      { code: 'UNSUPPORTED', certain: true },
    ],
    ['the Controller’s refused caller', 403, 'auth failure', { code: 'FORBIDDEN', certain: true }],
    ['another 403', 403, 'no', { certain: false }],
    ['a broken program', 500, 'Server error', { certain: false }],
    ['a proxy without its program', 502, '', { certain: false }],
    ['a redirect', 302, '', { certain: false }],
  ])('classifies %s', async (_, status, body, expected) => {
    const { url } = await serveHttp((__, response) => response.writeHead(status).end(body));
    const sent = driverAt(url).send(hello, never);
    expect(await outcome(sent)).toMatchObject(expected);
  });

  it('is certain only of a refused connection', async () => {
    expect(await outcome(driverAt(await closedAddress()).send(hello, never))).toMatchObject({
      code: 'UPSTREAM_UNREACHABLE',
      certain: true,
    });
    const silent = await serveTcp(() => undefined);
    expect(await outcome(driverAt(silent.url, null, { sendMs: 50 }).send(hello, never))).toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
      certain: false,
    });
    const closing = await serveTcp((socket) => socket.once('data', () => socket.end()));
    expect((await outcome(driverAt(closing.url).send(hello, never))).certain).toBe(false);
    expect(closing.connections).toHaveLength(1);
  });
});

describe('poll', () => {
  it('takes away what happened, with the client’s name, and tells a quiet time', async () => {
    const answers = ['check_event 25 queued', 'check_event time-out (quiet)', 'check_event two waiters, second'];
    const { url, seen } = await program({ check_event: () => answers.shift() ?? null });
    const { poll } = driverAt(url, 'c1');
    expect(await poll?.next(me, never)).toHaveLength(20);
    expect(await poll?.next(me, never)).toEqual([]);
    expect(await poll?.next(me, never)).toEqual([]);
    expect(seen[0]?.query.get('client')).toBe('c1');
  });

  it.each<[string, string, Partial<DriverError>]>([
    ['an unknown client', 'controller proxied route unknown client', { code: 'UPSTREAM_UNREACHABLE', retry: true }],
    ['a refused caller', 'auth wrong token', { code: 'FORBIDDEN' }],
    ['a missing route', 'unknown top-level route', { code: 'UNSUPPORTED' }],
    ['a closed connection', 'consult time-out default 30s', { code: 'UPSTREAM_UNREACHABLE', certain: false }],
  ])('fails for %s', async (_, name, expected) => {
    const { url } = await program({ check_event: name });
    expect(await outcome(driverAt(url).poll?.next(me, never))).toMatchObject(expected);
  });

  it('is shared by accounts of the same program alone', () => {
    expect(key('http://a:3000/', null)).toBe(key('http://a:3000', null));
    expect(new Set([key('http://a:2000', 'c1'), key('http://a:2000', 'c2'), key('http://b:2000', 'c1')]).size).toBe(3);
  });
});

describe('fetchContacts', () => {
  it('lists friends, official and system accounts and chat rooms with members and owner', async () => {
    const { url } = await program({ get_friend_info: 'get_friend_info GET', get_group_info: 'get_group_info GET' });
    const pages = await Array.fromAsync(driverAt(url).fetchContacts?.(never) ?? []);
    expect(pages.map(({ contacts, total }) => [contacts.length, total])).toEqual([[22, 22]]);
    const byId = new Map(pages.flatMap(({ contacts }) => contacts).map((contact) => [contact.wxid, contact]));
    const kinds = [...byId.values()].map(({ kind }) => kind);
    expect(
      ['FRIEND', 'OFFICIAL_ACCOUNT', 'OTHER', 'CHAT_ROOM'].map((kind) => kinds.filter((one) => one === kind).length),
    ).toEqual([11, 3, 2, 6]);
    expect(byId.get('@f_alice_0001')).toMatchObject({ remark: '小爱', sex: 'FEMALE', signature: '你好 "世界" / &' });
    expect(byId.get('filehelper')).toEqual({
      wxid: 'filehelper',
      kind: 'OTHER',
      name: '文件传输助手',
      displayName: '文件传输助手',
    });
    expect(byId.get('@@g_noname_0002')).toMatchObject({ name: '', displayName: '甲、乙、丙' });
    expect(byId.get('@@g_perl_0001')).toMatchObject({
      ownerWxid: me.wxid,
      members: [
        { wxid: me.wxid, name: '小灰', isOwner: true },
        { wxid: '@m_hui_0001', name: '灰灰' },
        { wxid: '@m_lang_0002', name: '灰太狼', displayName: '群里的狼' },
        { wxid: '@f_alice_0001', name: '爱丽丝' },
      ],
    });
    expect(byId.get('@@g_dup_a_0003')).not.toHaveProperty('ownerWxid');
  });

  it('goes on in pages of 200', async () => {
    const friends = JSON.stringify(Array.from({ length: 401 }, (_, index) => ({ id: `@f${index}` })));
    const { url } = await serveHttp(({ path }, response) =>
      response.end(path.endsWith('friend_info') ? friends : '[]'),
    );
    const pages = await Array.fromAsync(driverAt(url).fetchContacts?.(never) ?? []);
    expect(pages.map(({ contacts }) => contacts.length)).toEqual([200, 200, 1]);
  });

  it('fails whole, and lists nothing, if a list is refused', async () => {
    const { url } = await program({ get_friend_info: 'get_friend_info GET', get_group_info: 'auth wrong token' });
    const pages = driverAt(url).fetchContacts?.(never);
    expect(await outcome(pages?.next())).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('login', () => {
  const running = { get_client_info: 'get_client_info GET', get_user_info: 'get_user_info GET' };

  it('ends with RUNNING and the account’s own person', async () => {
    const { url } = await program(running);
    expect(await Array.fromAsync(driverAt(url).login?.(never) ?? [])).toMatchObject([{ state: 'RUNNING', self: me }]);
    expect(await driverAt(url).probe?.(never)).toMatchObject({ state: 'RUNNING', self: me });
  });

  it('waits for a program that is away, then silent, then there, and tells each once', async () => {
    let asked = 0;
    const { url } = await serveHttp(({ path }, response) => {
      asked += 1;
      if (asked <= 3) response.destroy();
      else if (asked <= 5) return;
      else replay(response, answerOf(path.endsWith('user_info') ? running.get_user_info : running.get_client_info));
    });
    const steps = await Array.fromAsync(driverAt(url).login?.(never) ?? []);
    expect(steps.map(({ state }) => state)).toEqual(['OFFLINE', 'LOADING', 'RUNNING']);
  });

  it('says why a program is away, and goes on trying until it is told to stop', async () => {
    const abort = new AbortController();
    const steps = driverAt(await closedAddress()).login?.(abort.signal);
    const first = await steps?.next();
    expect(first?.value).toMatchObject({ state: 'OFFLINE', reason: expect.stringContaining('ECONNREFUSED') as string });
    const second = steps?.next();
    const start = performance.now();
    abort.abort();
    expect(await second).toEqual({ done: true, value: undefined });
    expect(performance.now() - start).toBeLessThan(100);
  });

  it('starts a client that the Controller does not have, and shows its code while it is scanned', async () => {
    const qr = Buffer.from('/9j/4AAQSkZJRgABAQEASABIAAD/2w==', 'base64');
    let started = false;
    let looks = 0;
    const { url, seen } = await serveHttp(({ path }, response) => {
      if (path.endsWith('start_client')) {
        started = true;
        replay(response, answerOf('controller start_client'));
      } else if (path.endsWith('check_client')) {
        if (started) looks += 1;
        const told = answerOf(started ? 'controller check_client one (scaning)' : 'controller check_client unknown');
        const word = looks > 3 ? 'running' : looks > 2 ? 'confirming' : 'scaning';
        replay(response, { ...told, body: told.body?.replace('"state":"scaning"', `"state":"${word}"`) ?? null });
      } else if (path.endsWith('get_qrcode')) {
        if (looks === 1) replay(response, answerOf('controller get_qrcode after login (file removed)'));
        else response.writeHead(200, { 'content-type': 'image/jpg' }).end(qr);
      } else replay(response, answerOf(path.endsWith('user_info') ? running.get_user_info : running.get_client_info));
    });
    const steps: LoginStep[] = await Array.fromAsync(driverAt(url, 'c1').login?.(never) ?? []);
    expect(steps.map(({ state, qrCode }) => [state, qrCode?.image.slice(0, 22) ?? null])).toEqual([
      ['INIT', null],
      ['SCANNING', null],
      ['SCANNING', 'data:image/jpeg;base64'],
      ['CONFIRMING', null],
      ['RUNNING', null],
    ]);
    expect(seen.filter(({ path }) => path.endsWith('start_client'))).toHaveLength(1);
    expect(new Set(seen.map(({ query }) => query.get('client')))).toEqual(new Set(['c1']));
  });

  it('starts no client when it only looks', async () => {
    const { url, seen } = await program({ check_client: 'controller check_client unknown' });
    expect(await driverAt(url, 'c1').probe?.(never)).toMatchObject({ state: 'OFFLINE' });
    expect(seen).toHaveLength(1);
  });

  it.each<[string, Record<string, string>, string | null, string]>([
    ['a refused caller', { get_client_info: 'auth wrong token' }, null, 'OFFLINE'],
    ['something else at the address', { get_client_info: 'unknown top-level route' }, null, 'OFFLINE'],
    [
      'no person',
      { get_client_info: running.get_client_info, get_user_info: running.get_client_info },
      null,
      'LOADING',
    ],
    [
      'a full Controller',
      {
        check_client: 'controller check_client unknown',
        start_client: 'controller start fourth client (max_clients=2)',
      },
      'c4',
      'OFFLINE',
    ],
    ['a Controller that cannot tell', { check_client: 'controller check_client unknown', ...running }, null, 'RUNNING'],
  ])('finds %s', async (_, routes, client, state) => {
    const { url } = await program(routes);
    const steps = driverAt(url, client).login?.(never);
    expect((await steps?.next())?.value).toMatchObject({ state });
    await steps?.return();
  });

  it('asks the client itself where the Controller’s state cannot be read', async () => {
    const { url } = await serveHttp(({ path }, response) => {
      if (path.endsWith('check_client')) response.end('{"code":1,"status":"client state file read error"}');
      else replay(response, answerOf(path.endsWith('user_info') ? running.get_user_info : running.get_client_info));
    });
    expect(await driverAt(url, 'c1').probe?.(never)).toMatchObject({ state: 'RUNNING' });
  });

  it('keeps the path and the token of the base address', async () => {
    const { url, seen } = await program(running);
    await driverAt(`${url}/openwx/..//?token=t`).probe?.(never);
    expect(seen[0]).toMatchObject({ path: '/openwx/get_client_info' });
    expect(seen[0]?.query.get('token')).toBe('t');
  });
});
