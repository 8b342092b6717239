/** What the gateway posts in the hook's format, to the address that ConfigureMsgRecive has set. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decode } from '../../src/drivers/pchook/decode.ts';
import { createAccount } from '../../src/resolvers/accounts/create-account.ts';
import { showId } from '../../src/resolvers/ids.ts';
import { readCallbackUrl } from '../../src/resolvers/accounts/read-accounts.ts';
import { startAccount } from '../../src/resolvers/accounts/start-account.ts';
import type { PchookFront } from '../../src/simulator/pchook/front.ts';
import type { Driven } from '../end-to-end/every-driver.ts';
import { type Stack, adminToken, owner, post, startStack } from '../end-to-end/stack.ts';
import { type Receiver, startReceiver } from '../simulator/receiver.ts';
import { type HookClients, type Told, startHookClients } from './hook-client.ts';

/** The posts of the hook's documentation, word for word and in its order. */
const documented = readFileSync('test/fixtures/pchook-posts.txt', 'utf8')
  .split(/^(?=\{)/m)
  .slice(1)
  .map((text) => text.slice(0, text.search(/^\}$/m) + 1));

type Posted = Told & { msglist?: Record<string, string>[] };

/** A bot: what was posted to it. */
type Bot = {
  receiver: Receiver;
  /** The first post, from now or before, that is so. */
  told(isSo: (post: Posted, element: Readonly<Record<string, string>>) => boolean): Promise<Posted>;
};

async function startBot(): Promise<Bot> {
  const receiver = await startReceiver();
  const waiting = new Set<() => void>();
  receiver.answer = () => {
    for (const look of waiting) look();
    return {};
  };
  return {
    receiver,
    told: (isSo) =>
      new Promise((resolve, reject) => {
        const bodies = () => receiver.received.map(({ body }) => body as Posted);
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`none is so: ${String(isSo)} ${JSON.stringify(bodies())}`));
        }, 10_000);
        const look = () => {
          const found = bodies().find((body) => isSo(body, body.msglist?.[0] ?? {}));
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

async function call(url: string, name: string, params: object): Promise<Told> {
  const answer = await fetch(`${url}/${name}`, { method: 'POST', body: JSON.stringify(params) });
  return (await answer.json()) as Told;
}

describe('what the documentation shows of posts', () => {
  let stack: Stack;
  let bot: Bot;
  let hook: PchookFront;
  let callback: string;

  beforeAll(async () => {
    bot = await startBot();
    stack = await startStack({
      env: { WXGRAPH_PATH_TOKENS: 'on', WXGRAPH_ALLOW_HOSTS: '127.0.0.1' },
      simulator: {
        hooks: 1,
        build(world) {
          world.addPerson({ wxid: 'themid', name: '我' });
          world.addPerson({ wxid: 'filehelper', name: '文件传输助手', avatar: 'none' });
          world.addAccount('themid');
          world.addContact('themid', 'filehelper', { kind: 'system' });
          return ['themid'];
        },
      },
    });
    [hook] = stack.simulator.hooks as [PchookFront];
    const { app, url } = stack.gateway;
    const connection = { pchook: { baseUrl: hook.baseUrl, timezone: 'Asia/Shanghai' } };
    const { object } = await createAccount(app, owner, { name: 'hook', connection });
    const id = showId('account', object.id);
    callback = readCallbackUrl(app, owner, object)!;
    await startAccount(app, owner, id);
    await stack.until(
      async () => (await stack.query(`{ account(id: "${id}") { state } }`)).data.account.state === 'RUNNING',
    );
    const told = { isEnable: '1', url: bot.receiver.url };
    const base = `${url}/t/${adminToken}/pchook/${id}`;
    await call(base, 'ConfigureMsgRecive', told);
  });
  beforeEach(() => void (bot.receiver.received.length = 0));
  afterAll(async () => {
    await stack.stop();
    await bot.receiver[Symbol.asyncDispose]();
  });

  /** Fields of the last element of a documented post but some, and the envelope. */
  function shownIn(number: number, ...but: string[]): { envelope: Told; element: Told } {
    const { msglist, ...envelope } = JSON.parse(documented[number - 1]!.replaceAll(/\\n/g, '\\\\n')) as Posted;
    const element = (msglist ?? [envelope]).at(-1)!;
    const kept = Object.entries(element).filter(
      ([name]) => !['index', 'ServerPort', 'selfwxid', ...but].includes(name),
    );
    return { envelope, element: Object.fromEntries(kept) };
  }

  /** Posts a documented post as the hook does, and finds what comes of it. */
  async function passed(number: number, isSo: Parameters<Bot['told']>[0]): Promise<Posted> {
    const body = documented[number - 1]!.replaceAll('..', '').replace(/wxid_kqis\./, 'themid');
    expect((await post(callback, body)).status).toBe(200);
    return bot.told(isSo);
  }

  // What the gateway does not know again: the digest of a picture, the time of an acknowledgement, to whom a film went.
  it.each([
    ['a text', 2, 3, []],
    ['a picture', 4, 5, ['msg', 'img_path']],
    ['a file', 6, 7, ['file_path']],
    ['a film', 8, 9, ['msg', 'video_path', 'toid']],
  ] as const)('%s that is sent here: what was sent without an id, then the id', async (_, first, then, unlike) => {
    const typed = shownIn(first, ...unlike);
    const echo = await passed(first, (body) => body['sendorrecv'] === '1');
    expect(echo).toMatchObject({ ...typed.envelope, msglist: [{ index: '1', ...typed.element }] });
    for (const name of unlike.filter((one) => one.endsWith('_path')))
      expect(echo.msglist![0]![name]).toMatch(/^C:\\\w/);
    const { envelope, element } = shownIn(then, 'time', ...unlike.filter((name) => name === 'toid'));
    const acknowledged = await passed(then, (_body, one) => one['msgsvrid'] === element['msgsvrid']);
    expect(acknowledged).toMatchObject({ ...envelope, msglist: [{ index: '1', ...element, fromid: 'themid' }] });
  });

  it('texts of a chat room, with who wrote them as a field', async () => {
    for (const [number, fromid, fromgid] of [
      [11, 'wxid_kqi.', '438191@chatroom'],
      [12, 'wxid_k', '438@chatroom'],
    ] as const) {
      const { envelope, element } = shownIn(number, 'msg', 'fromgid', 'fromid');
      const told = await passed(number, (_, one) => one['msgsvrid'] === element['msgsvrid']);
      const whole = { index: '1', ...element, msg: '111', fromgid, fromid, fromwxid: fromid };
      expect(told).toMatchObject({ ...envelope, msglist: [whole] });
    }
  });

  it('a picture that was sent by phone, and in a post without a list where it lies', async () => {
    const { element } = shownIn(13, 'msg', 'img_path', 'toid');
    const first = await passed(13, (_, one) => one['msgsvrid'] === element['msgsvrid']);
    expect(first).toMatchObject({ sendorrecv: '2', msgnumber: '1', msglist: [{ ...element, toid: 'wxid_kq' }] });
    const { msgsvrid, time } = element;
    // The two documented posts are of two pictures.
    const second = documented[13]!.replace('1957754625548008208', msgsvrid as string);
    expect((await post(callback, second)).status).toBe(200);
    const rest = await bot.told(({ msglist }) => msglist === undefined);
    expect(rest).toMatchObject({ ServerPort: '30001', selfwxid: 'themid', sendorrecv: '2', msgsvrid, time });
    expect(rest['img_path']).toMatch(/^C:\\Users.+\.dat$/);
  });

  it('an emoji with its address', async () => {
    const { element } = shownIn(15, 'msg', 'tonickname', 'toname', 'tohead');
    const told = await passed(15, (_, one) => one['msgtype'] === '47');
    expect(told.msglist).toMatchObject([element]);
  });

  it('a voice with its bytes in hexadecimal, under both of their names', async () => {
    const { element } = shownIn(17, 'msg', 'fromwxid', 'voip_data');
    const told = await passed(17, (_, one) => one['msgtype'] === '34');
    const voice = '02232153494C4B5F56331200A738B8AACFF7B149A2093860';
    expect(told.msglist).toMatchObject([{ ...element, voip_data: voice, voice_hex: voice }]);
  });

  it('that somebody has joined a chat room, and that WeChat has logged out, but no other chat that was opened', async () => {
    const joined = await passed(19, (_, one) => one['msgtype'] === '20001');
    expect(joined.msglist).toMatchObject([{ index: '1', ...shownIn(19, 'time').element, msgsvrid: '' }]);
    await post(callback, documented[9]!);
    const logout = await passed(18, (_, one) => one['msg'] === '退出登录微信');
    const { envelope, element } = shownIn(18, 'time');
    expect(logout).toMatchObject({ ...envelope, msglist: [{ index: '1', ...element, toid: 'themid' }] });
    const opened = bot.receiver.received.filter(({ text }) => text.includes('切换聊天对象'));
    expect(opened).toEqual([]);
  });
});

const drivers = ['Openwx', 'E云', 'the hook', 'the newest hook'] as const satisfies Driven['driver'][];

describe('posts of accounts of every driver', () => {
  let clients: HookClients;
  let bot: Bot;

  beforeAll(async () => {
    [clients, bot] = await Promise.all([startHookClients(), startBot()]);
    for (const { id } of clients.driven) {
      const told = { RecvType: '1', CallBackURL: bot.receiver.url };
      await clients.call(id, 'ConfigureMsgReciveFullURL', told);
    }
  }, 60_000);
  afterAll(async () => {
    await clients[Symbol.asyncDispose]();
    await bot.receiver[Symbol.asyncDispose]();
  });

  describe.each(drivers)('%s', (driver) => {
    beforeEach(() => void (bot.receiver.received.length = 0));

    const place = () => {
      const driven = clients.driven.find((one) => one.driver === driver)!;
      const { simulator, id, number } = driven;
      const fronts = { Openwx: simulator.accounts, E云: simulator.ecloudAccounts, hook: simulator.hooks };
      const all: readonly { number: number; wxid: string }[] =
        fronts[driver === 'Openwx' || driver === 'E云' ? driver : 'hook'];
      const { wxid } = all.find((one) => one.number === number)!;
      const { contacts, rooms } = simulator.world.accounts.get(wxid)!;
      const friend = [...contacts.values()].find(({ kind }) => kind === 'friend')!.wxid;
      const room = [...rooms].find((one) => simulator.world.rooms.get(one)!.name === '产品体验群')!;
      return { id, wxid, friend, room, world: simulator.world };
    };
    /** What a hook's driver makes of a post. */
    const read = (body: Posted) =>
      decode(
        {
          body: Buffer.from(JSON.stringify(body)),
          contentType: null,
          query: new URLSearchParams(),
          self: { wxid: body['selfwxid'] as string, name: null, alias: null, uid: null, avatarUrl: null },
          now: 0,
        },
        { timezone: 'Asia/Shanghai', canDownload: false },
      );

    it('a text with the names that receivers look for, all of them texts, at the gateway’s local time', async () => {
      const { id, wxid, friend, world } = place();
      const { id: msgsvrid } = world.receive(wxid, friend, '你好，<世界> & "大家"');
      const told = await bot.told((_, one) => one['msgsvrid'] === msgsvrid);
      const { self } = await clients.known(id);
      expect(told).toEqual({
        ServerPort: String(30_000 + Number(id)),
        selfwxid: self,
        sendorrecv: '2',
        msgnumber: '1',
        msglist: [
          {
            index: '1',
            time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string,
            msgtype: '1',
            msgsvrid,
            msg: '你好，<世界> & "大家"',
            fromtype: '1',
            fromid: expect.any(String) as string,
            fromwxid: told.msglist![0]!['fromid'],
            fromname: expect.any(String) as string,
            toid: self,
          },
        ],
      });
      const local = Date.parse(`${told.msglist![0]!['time']!.replace(' ', 'T')}+08:00`);
      expect(Math.abs(local - Date.now())).toBeLessThan(60_000);
    });

    it('what it has sent twice: first without an id, then the id', async () => {
      const { id } = place();
      const { friend, self } = await clients.known(id);
      await clients.call(id, 'SendTextMsg', { wxid: friend, msg: '发出去的' });
      const echo = await bot.told((_, one) => one['msg'] === '发出去的');
      const acknowledged = await bot.told((_, one) => one['msg'] === 'PC发文本消息成功');
      const parties = { fromid: self, fromwxid: self, toid: friend };
      expect(echo).toMatchObject({
        sendorrecv: '1',
        msgnumber: '1',
        msglist: [{ index: '1', msgtype: '1', msgsvrid: '', msg: '发出去的', ...parties }],
      });
      expect(acknowledged).toMatchObject({
        sendorrecv: '2',
        msglist: [
          { msgtype: '1', msgsvrid: expect.stringMatching(/^\d{15,20}$/), msg: 'PC发文本消息成功', ...parties },
        ],
      });
    });

    it('links, cards, notices and revoked messages in XML that a receiver of the hook reads', async () => {
      const { wxid, friend, room, world } = place();
      const link = {
        type: 'link',
        title: '标题 <1> & "2"',
        description: '描述',
        url: 'https://example.org/?a=1&b=2',
        appName: '应用',
        appId: 'wx1',
      } as const;
      world.receive(wxid, friend, link);
      const told = await bot.told((_, one) => one['msgtype'] === '49');
      expect(read(told)).toMatchObject([
        { type: 'message', message: { kind: 'LINK', content: { type: 'Link', title: link.title, url: link.url } } },
      ]);
      expect(told.msglist).toMatchObject([{ msgtype: '49', msg: expect.stringContaining('<appmsg') as string }]);
      world.receive(wxid, friend, { type: 'card', wxid: friend });
      const card = await bot.told((_, one) => one['msgtype'] === '42');
      expect(read(card)).toMatchObject([{ message: { kind: 'CARD', content: { type: 'Card' } } }]);
      world.notice(wxid, room, '"某人"修改群名为“新”');
      const notice = await bot.told((_, one) => one['msgtype'] === '10000');
      expect(notice.msglist).toMatchObject([
        { msgtype: '10000', msg: '"某人"修改群名为“新”', fromtype: '2', fromgid: expect.stringMatching(/@chatroom$/) },
      ]);
      const message = world.receive(wxid, friend, '要撤回的');
      await bot.told((_, one) => one['msg'] === '要撤回的');
      world.revoke(friend, message.id);
      const revoked = await bot.told((_, one) => one['msgtype'] === '10002');
      expect(revoked.msglist![0]).toMatchObject({ msgtype: '10002', revoke_msg: expect.stringMatching(/撤回/) });
      const isTold = driver !== 'Openwx';
      expect(read(revoked)).toMatchObject([
        { message: { kind: 'REVOKE', ...(isTold && { content: { revokedUpstreamId: message.id } }) } },
      ]);
    });

    it('a voice, and gives its bytes when it is asked for them', async () => {
      const { id, wxid, friend, world } = place();
      const bytes = Buffer.from('\x02#!SILK_V3\x02\x00\x01\x02', 'latin1');
      world.receive(wxid, friend, { type: 'media', media: 'voice', name: 'a.silk', bytes });
      const told = await bot.told((_, one) => one['msgtype'] === '34');
      expect(told.msglist).toMatchObject([{ msgtype: '34', msg: expect.stringContaining('<voicemsg') as string }]);
      const { msgsvrid } = told.msglist![0]!;
      const given = await clients.stack.until(async () => {
        const answer = (await clients.call(id, 'DownloadVoice', { msgsvrid })).told;
        return answer['voice_hex'] !== '' && answer;
      });
      const hex = bytes.toString('hex').toUpperCase();
      expect(given).toEqual({ voice_data_hex: hex, voice_hex: hex });
    });

    it('a friend request with what accepts it', async () => {
      const { id, wxid, world } = place();
      world.requestFriend(wxid, '新朋友', '我是<新>朋友');
      const request = await bot.told((_, one) => one['msgtype'] === '37');
      expect(request.msglist![0]).toMatchObject({ fromid: 'fmessage', fromwxid: 'fmessage' });
      const [event] = read(request);
      expect(event).toMatchObject({ message: { kind: 'FRIEND_REQUEST', content: { greeting: '我是<新>朋友' } } });
      const [, v3] = / encryptusername="([^"]+)"/.exec(request.msglist![0]!['msg']!) ?? [];
      const [, v4] = / ticket="([^"]+)"/.exec(request.msglist![0]!['msg']!) ?? [];
      const answer = (await clients.call(id, 'VerifyFriend', { v3, v4, role: '8', from: '3' })).told;
      expect(answer).toMatchObject({ VerifyFriend: '1' });
      const names = [...world.accounts.get(wxid)!.contacts.keys()].map((one) => world.people.get(one)!.name);
      expect(names).toContain('新朋友');
    });
  });

  it('go on when a receiver fails, and end when it is switched off', async () => {
    const { id, simulator } = clients.driven.find(({ driver }) => driver === 'the hook')!;
    const [front] = simulator.hooks as [PchookFront];
    const { contacts } = simulator.world.accounts.get(front.wxid)!;
    const friend = [...contacts.values()].find(({ kind }) => kind === 'friend')!.wxid;
    bot.receiver.received.length = 0;
    const answer = bot.receiver.answer;
    bot.receiver.answer = async (received) => ({ ...(await answer(received)), status: 500 });
    simulator.world.receive(front.wxid, friend, '一');
    simulator.world.receive(front.wxid, friend, '二');
    await bot.told((_, one) => one['msg'] === '二');
    const texts = bot.receiver.received.map(({ body }) => (body as Posted).msglist![0]!['msg']);
    expect(texts).toEqual(['一', '二']);
    for (const off of [{ isEnable: '0' }, { isEnable: '0' }]) {
      expect((await clients.call(id, 'ConfigureMsgRecive', off)).told).toMatchObject({ ConfigureMsgRecive: '1' });
    }
    const { data } = await clients.stack.query('{ webhooks { nodes { accountIds } } }');
    expect(data.webhooks.nodes).not.toContainEqual({ accountIds: [id] });
    expect((await clients.call(id, 'ConfigureMsgRecive', { isEnable: '2', url: 'http://x/' })).told).toMatchObject({
      ConfigureMsgRecive: '0',
    });
    expect(
      (await clients.call(id, 'ConfigureMsgRecive', { isEnable: '1', url: 'http://10.0.0.1/' })).told,
    ).toMatchObject({
      ConfigureMsgRecive: '0',
      code: 'URL_NOT_ALLOWED',
    });
  });
});
