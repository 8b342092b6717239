import { afterEach, describe, expect, it } from 'vitest';
import type { PchookDialect } from '../../src/simulator/pchook/posts.ts';
import type { RecordedPost } from '../../src/simulator/openwx/poster.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';
import type { Content } from '../../src/simulator/wechat.ts';
import { serveHttp } from '../drivers/server.ts';

let simulator: Simulator;
afterEach(() => simulator.stop());

/** A hooked client that posts to somebody who answers. */
async function hooked(dialect: PchookDialect = 'V39', more: SimulatorOptions = {}) {
  const pchook = { dialect, ...more.pchook };
  simulator = await startSimulator({ accounts: 0, hooks: 1, friends: 2, rooms: 1, ...more, pchook });
  const hook = simulator.hooks[0]!;
  const { url } = await serveHttp((_, response) => response.end('1'));
  const call = async (endpoint: string, body: object = {}): Promise<unknown> => {
    const answer = await fetch(`${hook.baseUrl}/${endpoint}`, { method: 'POST', body: JSON.stringify(body) });
    return answer.status === 200 ? answer.json() : answer.status;
  };
  const configured =
    dialect === 'V39'
      ? await call('ConfigureMsgRecive', { isEnable: '1', url })
      : await call('ConfigureMsgReciveFullURL', { RecvType: '1', CallBackURL: url });
  expect(configured).toEqual({ ConfigureMsgRecive: '1' });
  const account = simulator.world.accounts.get(hook.wxid)!;
  const friend = [...account.contacts.values()].find((contact) => contact.kind === 'friend')!.wxid;
  const [room] = account.rooms;
  return { hook, call, friend, room: room! };
}

async function posts(count: number): Promise<RecordedPost[]> {
  await simulator.until(() => simulator.posts.filter((post) => post.outcome !== 'waiting').length >= count);
  return [...simulator.posts];
}

function elements({ body }: RecordedPost): Record<string, string>[] {
  return (body['msglist'] ?? []) as Record<string, string>[];
}

function media(kind: 'voice' | 'video' | 'file'): Content {
  return { type: 'media', media: kind, name: 'a', bytes: Buffer.from('x') };
}

describe('what is received', () => {
  it('is posted as text, with its line breaks as they are and local times', async () => {
    const { hook, friend } = await hooked();
    const message = simulator.world.receive(hook.wxid, friend, '在吗\n"引号"\\n');
    const [post] = await posts(1);
    expect(post!.text).toContain('在吗\n\\"引号\\"\\\\n');
    expect(post!.body).toMatchObject({
      ServerPort: String(hook.port),
      selfwxid: hook.wxid,
      sendorrecv: '2',
      msgnumber: '1',
      msglist: [{ index: '1', msgtype: '1', msgsvrid: message.id, fromwxid: friend, toid: hook.wxid, fromtype: '1' }],
    });
    const time = Date.parse(`${elements(post!)[0]!['time']!.replace(' ', 'T')}+08:00`);
    expect(time).toBe(Math.floor(message.sentAt / 1000) * 1000);
  });

  it.each<[PchookDialect, object]>([
    ['V39', { msg: expect.stringMatching(/^wxid_\w+:\nx$/) }],
    ['NEWEST', { msg: 'x', fromid: expect.stringMatching(/^wxid_/) }],
  ])('in a chat room tells who wrote it as the dialect %s does', async (dialect, told) => {
    const { hook, friend, room } = await hooked(dialect);
    simulator.world.receive(hook.wxid, friend, 'x', room);
    expect(elements((await posts(1))[0]!)).toMatchObject([{ ...told, fromtype: '2', fromgid: room, toid: hook.wxid }]);
  });

  it('as a picture or an emoji is posted twice, the second time without a list', async () => {
    const { hook, friend } = await hooked();
    for (const kind of ['image', 'emoticon'] as const) {
      const content: Content = { type: 'media', media: kind, name: 'x', bytes: Buffer.from('x') };
      simulator.world.receive(hook.wxid, friend, content);
    }
    const [, image, , emoji] = await posts(4);
    expect(image!.body).toMatchObject({
      img_path: expect.stringContaining('.dat'),
      msg: expect.stringContaining('<img'),
    });
    expect(emoji!.body).toMatchObject({ gif_url: expect.stringContaining('http://') });
    for (const post of [image!, emoji!]) expect(post.body).not.toHaveProperty('msglist');
    const { gif_url: url } = emoji!.body as { gif_url: string };
    const there = await fetch(url);
    expect([there.status, await there.text()]).toEqual([200, 'x']);
    expect((await fetch(`${url}0`)).status).toBe(404);
  });

  it('carries its media inside where it is told to, but for voices of chat rooms in the newest build', async () => {
    const { hook, friend, room } = await hooked('NEWEST', { pchook: { postBase64: true } });
    const { world } = simulator;
    for (const kind of ['voice', 'video', 'file'] as const) world.receive(hook.wxid, friend, media(kind), room);
    world.receive(hook.wxid, friend, { type: 'media', media: 'image', name: 'a', bytes: Buffer.from('x') });
    const [voice, video, file, , image] = await posts(5);
    expect(elements(voice!)[0]).not.toHaveProperty('voice_hex');
    expect(elements(video!)[0]).toMatchObject({ video_base64: 'eA==' });
    expect(elements(file!)[0]).toMatchObject({ file_base64: 'eA==' });
    expect(image!.body).toMatchObject({ img_base64: 'eA==' });
  });

  it('of every other kind has the XML of WeChat', async () => {
    const { hook, friend, room } = await hooked();
    const { world } = simulator;
    for (const kind of ['voice', 'video', 'file'] as const) world.receive(hook.wxid, friend, media(kind));
    world.receive(hook.wxid, friend, {
      type: 'link',
      title: 'a<b',
      description: '',
      url: 'http://u/',
      appName: '',
      appId: '',
    });
    world.receive(hook.wxid, friend, { type: 'card', wxid: friend });
    const taken = world.receive(hook.wxid, friend, 'x');
    world.revoke(friend, taken.id);
    world.notice(hook.wxid, room, '有人进来了');
    world.join(room, world.addPerson({ name: '新人' }).wxid);
    world.requestFriend(hook.wxid, '某人', '你好');
    const told = (await posts(10)).flatMap(elements);
    expect(told.map(({ msgtype }) => msgtype)).toEqual([
      '34',
      '43',
      '49',
      '49',
      '42',
      '1',
      '10002',
      '10000',
      '20001',
      '37',
    ]);
    expect(told[0]).toHaveProperty('voip_data');
    expect(told[3]!['msg']).toContain('<title>a&lt;b</title>');
    expect(told[6]!['msg']).toContain(`<newmsgid>${taken.id}</newmsgid>`);
  });
});

describe('what the account sends', () => {
  it.each<PchookDialect>(['V39', 'NEWEST'])(
    'comes back twice: without its id, then without its text, in the dialect %s',
    async (dialect) => {
      const { hook, call } = await hooked(dialect);
      const to = dialect === 'V39' ? { wxid: 'filehelper' } : { toid: 'filehelper' };
      const answer = await call('SendTextMsg', { ...to, msg: '大佬666~' });
      expect(answer).toEqual(dialect === 'V39' ? { SendTextMsg: '1' } : { success: '1' });
      const [first, second] = await posts(2);
      const own = { [dialect === 'V39' ? 'fromwxid' : 'fromid']: hook.wxid, toid: 'filehelper', msgtype: '1' };
      expect(first!.body).toMatchObject({ sendorrecv: '1', msglist: [{ msgsvrid: '', msg: '大佬666~', ...own }] });
      const { id } = simulator.delivered[0]!;
      expect(second!.body).toMatchObject({
        sendorrecv: '2',
        msglist: [{ msgsvrid: id, msg: 'PC发文本消息成功', ...own }],
      });
    },
  );

  it('from its phone comes with everything, behind a word that the chat was opened', async () => {
    const { hook } = await hooked();
    const { id } = simulator.world.sendFromPhone(hook.wxid, 'filehelper', 'x');
    const [post] = await posts(1);
    expect(elements(post!)).toMatchObject([
      { msgtype: '51' },
      { msgtype: '1', msgsvrid: id, msg: 'x', fromwxid: hook.wxid },
    ]);
  });

  it('as a picture is taken from an address with a name beside it, and told with its path', async () => {
    const { call } = await hooked();
    const { url } = await serveHttp((_, response) => response.end('picture'));
    const send = { wxid: 'filehelper', picpath: url };
    expect(await call('SendPicMsg', send)).toEqual({ SendPicMsg: '0' });
    expect(await call('SendPicMsg', { ...send, diyfilename: 'a.png' })).toEqual({ SendPicMsg: '1' });
    expect(simulator.delivered).toMatchObject([
      { content: { name: 'a.png', bytes: new Uint8Array(Buffer.from('picture')) } },
    ]);
    const [first, second] = await posts(2);
    expect(elements(first!)[0]).toMatchObject({ msgtype: '3', img_path: expect.stringContaining('a.png') });
    expect(elements(second!)[0]).toMatchObject({ msgtype: '3', msg: 'PC发图片消息成功' });
  });

  it('is taken back once, by an id of which no digit is lost', async () => {
    const { hook, call } = await hooked('NEWEST');
    const { id } = simulator.world.sendFromPhone(hook.wxid, 'filehelper', 'x');
    const revoke = async (): Promise<unknown> => {
      const body = `{"msg_svrid":${id},"to_wxid":"filehelper"}`;
      return (await fetch(`${hook.baseUrl}/RevokeMsg`, { method: 'POST', body })).json();
    };
    expect([await revoke(), await revoke()]).toEqual([{ RevokeMsg: '已撤回' }, { RevokeMsg: '撤回失败' }]);
    const [, told] = await posts(2);
    expect(elements(told!)).toMatchObject([{ msgtype: '10002', msg: expect.stringContaining(id), fromid: hook.wxid }]);
    expect(await call('DownloadVoice')).toEqual({ voice_hex: '' });
  });

  it('with the field of the other dialect is refused', async () => {
    const { call } = await hooked();
    expect(await call('SendTextMsg', { toid: 'filehelper', msg: 'x' })).toEqual({ SendTextMsg: '0' });
    expect(simulator.delivered).toEqual([]);
  });

  it('is struck by faults as with the other fronts', async () => {
    const { call } = await hooked();
    const send = () => call('SendTextMsg', { wxid: 'filehelper', msg: 'x' }).catch(() => 'no answer');
    for (const [type, delivered] of [
      ['timeout-before-send', 0],
      ['reset-before-send', 0],
      ['timeout-after-send', 1],
      ['reset-after-send', 2],
    ] as const) {
      simulator.fault({ type, times: 1 });
      expect([type, await send(), simulator.delivered.length]).toEqual([type, 'no answer', delivered]);
    }
    simulator.fault({ type: 'refuse', times: 1 });
    expect(await send()).toEqual({ SendTextMsg: '0' });
    simulator.fault({ type: 'error', times: 1 });
    expect(await send()).toBe(500);
  });
});

describe('a hooked client', () => {
  it('has the calls of its dialect alone, and forgets where to post with its process', async () => {
    const { hook, call } = await hooked('NEWEST');
    expect([await call('GetSelfLoginInfo'), await call('ConfigureMsgRecive'), await call('Nothing')]).toEqual([
      404, 404, 404,
    ]);
    await hook.die();
    await expect(call('IsLoginStatus')).rejects.toThrow('fetch failed');
    await hook.start();
    await simulator.until(() => hook.status === '3');
    expect(hook.callbackUrl).toBeNull();
  });

  it('tells of its logout, and that another chat was opened', async () => {
    const { hook } = await hooked();
    hook.switchChat('filehelper');
    simulator.fault({ type: 'logout' });
    const told = (await posts(2)).flatMap(elements);
    expect(told).toMatchObject([
      { msgtype: '10000', msg: '切换聊天对象', current_wxid: 'filehelper', name: '文件传输助手' },
      { msgtype: '10000', msg: '退出登录微信', msgsvrid: '' },
    ]);
  });

  it('loses, repeats, delays and reorders posts on command', async () => {
    const { hook, friend } = await hooked();
    const say = (text: string) => simulator.world.receive(hook.wxid, friend, text);
    simulator.fault({ type: 'drop', times: 1 });
    say('lost');
    simulator.fault({ type: 'repeat', times: 1 });
    say('twice');
    simulator.fault({ type: 'reorder', times: 1 });
    say('second');
    say('first');
    const silence = simulator.fault({ type: 'silence' });
    say('later');
    silence.clear();
    const told = await posts(6);
    expect(told.map((post) => [elements(post)[0]!['msg'], post.outcome])).toEqual([
      ['lost', 'dropped'],
      ['twice', 'answered'],
      ['twice', 'answered'],
      ['first', 'answered'],
      ['second', 'answered'],
      ['later', 'answered'],
    ]);
  });

  it('lives beside an Openwx client in the same world', async () => {
    simulator = await startSimulator({ accounts: 1, hooks: 1, pchook: { dialect: 'V39' } });
    expect([simulator.account().number, simulator.hooks[0]!.number]).toEqual([1, 2]);
    expect(simulator.account().state).toBe('running');
  });
});
