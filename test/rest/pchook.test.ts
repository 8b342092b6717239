/** The hook's calls, each to accounts of every driver. */
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiToken } from '../../src/resolvers/access/manage-tokens.ts';
import { tinyJpeg } from '../../src/simulator/png.ts';
import type { Driven } from '../end-to-end/every-driver.ts';
import { adminToken, owner } from '../end-to-end/stack.ts';
import { type HookClients, type Known, type Reply, type Told, startHookClients } from './hook-client.ts';

let clients: HookClients;
const known = new Map<string, Known>();

beforeAll(async () => {
  clients = await startHookClients();
  for (const { id } of clients.driven) known.set(id, await clients.known(id));
}, 60_000);
afterAll(() => clients[Symbol.asyncDispose]());

const drivers = ['Openwx', 'E云', 'the hook', 'the newest hook'] as const satisfies Driven['driver'][];

/** The account of a driver, whom it knows, and its calls. */
function of(driver: Driven['driver']) {
  const driven = clients.driven.find((one) => one.driver === driver)!;
  const { id, simulator } = driven;
  return {
    id,
    simulator,
    ...known.get(id)!,
    ask: async (name: string, params?: object | string | null) => (await clients.call(id, name, params)).told,
    call: (name: string, params?: object | string | null, more?: RequestInit): Promise<Reply> =>
      clients.call(id, name, params, more),
    /** What the account has sent since the simulator forgot. */
    sent: () => simulator.delivered.filter(({ account }) => account === driven.number).map(({ text }) => text),
  };
}

/** How many sends any account has ever made. */
async function sends(): Promise<number> {
  return (await clients.stack.query('{ logs { totalCount } }')).data.logs.totalCount as number;
}

const file = tinyJpeg.toString('hex').toUpperCase();
const silk = Buffer.concat([Buffer.from('\x02#!SILK_V3'), Buffer.from([2, 0, 1, 2])]).toString('hex');

describe.each(drivers)('an account of %s', (driver) => {
  it('tells that it is logged in, and who it is, by the names of both dialects', async () => {
    const { ask, self } = of(driver);
    expect(await ask('IsLoginStatus')).toMatchObject({ onlinestatus: '3', login_loading: '0', selfwxid: self });
    const profile = await ask('GetSelfProfile');
    expect(profile).toEqual(await ask('GetSelfLoginInfo', null));
    expect(profile).toMatchObject({ wxid: self, nickname: expect.stringMatching(/./) as string });
  });

  it('lists its contacts, chat rooms by ids that end as theirs do', async () => {
    const { ask } = of(driver);
    const { friend, chatroom, gh, openim } = (await ask('GetFriendAndChatRoomList')) as Record<string, Told[]>;
    expect(friend!.length).toBeGreaterThanOrEqual(5);
    for (const field of ['index', 'wxid', 'account', 'markname', 'nickname', 'headimg', 'v3', 'sex', 'starrole', 'lag'])
      expect(typeof friend![0]![field], field).toBe('string');
    for (const { gid } of chatroom!) expect(gid).toMatch(/@chatroom$/);
    expect(gh!.length).toBeGreaterThan(0);
    expect(openim).toEqual([]);
  });

  it('tells of a friend, of itself, of a member and of a chat room, and nothing of a stranger', async () => {
    const { ask, self, friend, room, members } = of(driver);
    const member = members.find((wxid) => wxid !== self && !known.get(of(driver).id)!.friends.includes(wxid))!;
    for (const wxid of [friend, self, member]) {
      const details = await ask('GetFriendOrChatroomDetailInfo', { wxidorgid: wxid });
      expect(details).toMatchObject({ type: '1', wxid, nickname: expect.stringMatching(/./) as string });
    }
    expect(await ask('GetFriendOrChatroomDetailInfo', { wxidorgid: room })).toMatchObject({
      type: '2',
      gid: room,
      gname: '产品体验群',
      chatroom_master: self,
      member_count: '5',
      member: members.map((wxid) => expect.objectContaining({ wxid }) as object),
    });
    expect(await ask('GetFriendOrChatroomDetailInfo', { wxidorgid: 'wxid_nobody' })).toEqual({});
    const brief = await ask('BatchGetContactBriefInfo', { wxidlist: `${friend},${self},wxid_nobody` });
    expect(brief).toMatchObject({ count: '2', info: [{ wxid: friend }, { wxid: self }] });
    expect(await ask('GetContact', { wxids: [self, friend] })).toMatchObject({
      contacts: [{ wxid: self }, { wxid: friend }],
    });
  });

  it('tells the members of a chat room, and of none that it does not have', async () => {
    const { ask, self, room, members } = of(driver);
    expect(await ask('GetChatrooMmemberDetail', { gid: room })).toMatchObject({
      member_count: '5',
      master_wxid: self,
      chatroom_name: '产品体验群',
      member: members.map((wxid) => expect.objectContaining({ wxid, inviter_wxid: '' }) as object),
    });
    expect(await ask('GetChatrooMmemberDetail', { gid: '1@chatroom' })).toEqual({ member_count: '0', member: [] });
    expect(await ask('BatchGetChatRoomMemberWxid', { gid: '1@chatroom' })).toEqual({ data: [] });
  });

  it('gives pictures of people, chat rooms and itself, and nothing where there is none', async () => {
    const { ask, self, friend } = of(driver);
    for (const wxid of [friend, self]) {
      expect(await ask('GetHeadIMG', { wxid })).toEqual({ img_hex: expect.stringMatching(/^(89504E47|FFD8FF)/) });
    }
    expect(await ask('GetHeadIMG', { wxid: 'wxid_nobody' })).toEqual({ img_hex: '' });
  });

  it('sends a text to whom any of the names tells, and says so under the call and under success', async () => {
    const { ask, friend, room, sent, simulator } = of(driver);
    simulator.forget();
    for (const [name, to] of [
      ['wxid', friend],
      ['toid', room],
      ['wxidorgid', friend],
    ] as const) {
      const answer = await ask('SendTextMsg', { [name]: to, msg: `到${name}` });
      expect(answer).toMatchObject({ SendTextMsg: '1', success: '1', send_id: expect.stringMatching(/^log_\d+$/) });
    }
    expect(await ask('SendTextMsg', { wxid: friend, toid: friend, msg: '两个名字' })).toMatchObject({ success: '1' });
    expect(await ask('SendTextMsg_NoSrc', { wxidorgid: friend, msg: '无源' })).toMatchObject({
      SendTextMsg_NoSrc: '1',
    });
    expect(sent()).toEqual(['到wxid', '到toid', '到wxidorgid', '两个名字', '无源']);
  });

  it('sends to nobody by a name', async () => {
    const { ask, sent, simulator, friend } = of(driver);
    simulator.forget();
    const { nickname } = await ask('GetFriendOrChatroomDetailInfo', { wxidorgid: friend });
    expect(await ask('SendTextMsg', { wxid: nickname, msg: '叫名字' })).toMatchObject({ SendTextMsg: '0' });
    expect(sent()).toEqual([]);
  });

  it('sends what comes with line breaks as they are, which JSON forbids', async () => {
    const { call, friend, sent, simulator } = of(driver);
    simulator.forget();
    const { told } = await call('SendTextMsg', `{"wxid": "${friend}", "msg": "第一行\n第二行\t完"}`);
    expect(told).toMatchObject({ SendTextMsg: '1' });
    expect(sent()).toEqual(['第一行\n第二行\t完']);
  });

  it('sends pictures, files, videos and animations that come in hexadecimal', async () => {
    const { ask, friend, sent, simulator } = of(driver);
    simulator.forget();
    const gif = Buffer.from('GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,', 'latin1').toString('hex');
    const mp4 = Buffer.from('\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom', 'latin1').toString('hex');
    const answers = [
      await ask('SendPicMsg', { toid: friend, picpath: 'a.jpg', fileData: file }),
      await ask('SendImgMsg_NoSrc', { toid: friend, picpath: 'b.jpg', fileData: `${file}FFD9` }),
      await ask('SendFileMsg', { toid: friend, filepath: 'C:\\报表.txt', diyfilename: '报表.txt', fileData: '414243' }),
      await ask('SendVideoMsg', { toid: friend, videopath: 'a.mp4', fileData: mp4 }),
      await ask('SendGIFMsg', { toid: friend, gifpath: 'a.gif', fileData: gif }),
    ];
    expect(answers.map(({ success, error }) => error ?? success)).toEqual(['1', '1', '1', '1', '1']);
    expect(sent()).toHaveLength(5);
  });

  it('sends a picture from an address and a file from the media folders', async () => {
    const { ask, friend, sent, simulator, id } = of(driver);
    simulator.forget();
    await writeFile(`${clients.stack.folder}/media/${id}.txt`, '内容');
    const { data } = await clients.stack.query('query ($id: ID!) { account(id: $id) { avatarUrl } }', { id });
    const { avatarUrl } = data.account as { avatarUrl: string };
    expect(await ask('SendPicMsg', { wxid: friend, picpath: avatarUrl, diyfilename: '1.jpg' })).toMatchObject({
      SendPicMsg: '1',
    });
    const path = `${clients.stack.folder}/media/${id}.txt`;
    expect(await ask('SendFileMsg', { wxid: friend, filepath: path })).toMatchObject({ SendFileMsg: '1' });
    expect(await ask('SendFileMsg', { wxid: friend, filepath: '/etc/passwd' })).toMatchObject({
      SendFileMsg: '0',
      code: 'PATH_NOT_ALLOWED',
    });
    expect(sent()).toHaveLength(2);
  });

  it('sends a voice and answers with the id of its message, or says why not', async () => {
    const { ask, friend } = of(driver);
    const answer = await ask('SendVoiceMsg', { toid: friend, voice_file: 'a.silk', fileData: silk, time_ms: 20 });
    if (driver === 'Openwx') {
      expect(answer).toMatchObject({ SendVoiceMsg: '0', success: '0', code: 'UNSUPPORTED' });
    } else {
      expect(answer).toMatchObject({ MsgSvrID: expect.stringMatching(/^\d{15,20}$/) as string, SendVoiceMsg: '1' });
    }
  });

  it('mentions people and everybody in a chat room, or says that its driver cannot', async () => {
    const { ask, room, members, self, sent, simulator } = of(driver);
    simulator.forget();
    const wxid = members.find((one) => one !== self)!;
    const answers = [
      await ask('SendAtMsg', { gid: room, wxidlist: wxid, nicknamelist: '某人', msg: '看这里' }),
      await ask('SendAtMsg', { gid: room, wxid, msg: '再看', desc: '' }),
      await ask('SendAtAllMsg', { gid: room, msg: '大家' }),
    ];
    if (driver === 'Openwx') {
      for (const answer of answers) expect(answer).toMatchObject({ success: '0', code: 'UNSUPPORTED' });
      expect(sent()).toEqual([]);
      return;
    }
    // The documented answers name one another.
    for (const answer of answers) expect(answer).toMatchObject({ SendAtMsg: '1', SendAtAllMsg: '1', success: '1' });
    expect(sent()).toEqual([
      expect.stringMatching(/^@.+看这里$/) as string,
      expect.stringMatching(/^@.+再看$/) as string,
      expect.stringMatching(/大家$/) as string,
    ]);
    const source = `<msgsource>\n\t<atuserlist>${wxid}</atuserlist>\n</msgsource>`;
    expect(await ask('SendTextMsg_NoSrc', { wxidorgid: room, msg: '经来源', atlist: source })).toMatchObject({
      SendTextMsg_NoSrc: '1',
    });
    expect(await ask('SendAtMsg_NoSrc', { gid: room, wxidlist: wxid, msg: '有号' })).toMatchObject({
      MsgSvrID: expect.stringMatching(/^\d{15,20}$/) as string,
    });
    expect(sent()).toHaveLength(5);
  });

  it('revokes a message by its id as an integer of 19 digits, and only its own', async () => {
    const { id, ask, call, friend, simulator } = of(driver);
    const words = `撤回我${driver}`;
    await ask('SendTextMsg', { wxid: friend, msg: words });
    const mine = await clients.stack.until(async () => {
      const filter = { accountIds: [id], search: words };
      const text = 'query ($filter: MessageFilter) { messages(filter: $filter, last: 1) { nodes { upstreamId } } }';
      const [node] = (await clients.stack.query(text, { filter })).data.messages.nodes as { upstreamId: string }[];
      return node?.upstreamId ?? null;
    });
    expect(mine).toMatch(/^\d{15,20}$/);
    const { told } = await call('RevokeMsg', `{"msg_svrid": ${mine}, "to_wxid": "${friend}"}`);
    expect(told).toMatchObject({ RevokeMsg: '已撤回', success: '1' });
    const { id: theirs } = simulator.world.receive(worldWxid(driver), friendInWorld(driver), '别人的');
    await clients.stack.until(async () => (await ask('RevokeMsg', { sid: theirs }))['code'] === 'BAD_INPUT');
    expect(await ask('RevokeMsg', { msg_svrid: '1234567890123456789' })).toMatchObject({
      RevokeMsg: '0',
      success: '0',
      code: 'NOT_FOUND',
    });
  });

  it('names and pins its contacts, or says that its driver cannot', async () => {
    const { ask, friend, room } = of(driver);
    expect(await ask('EditFriendMark', { wxid: friend, mark: '备注名' })).toMatchObject({ EditFriendMark: '1' });
    expect(await ask('GetFriendOrChatroomDetailInfo', { wxidorgid: friend })).toMatchObject({ markname: '备注名' });
    expect(await ask('EditFriendMark', { wxid: friend, mark: '' })).toMatchObject({ EditFriendMark: '1' });
    expect(await ask('StickyChat', { gidorwxid: room })).toMatchObject({ StickyChat: '1' });
    expect(await ask('UnpinChat', { gidorwxid: room })).toMatchObject({ UnpinChat: '1' });
    expect(await ask('EditFriendMark', { wxid: 'wxid_nobody', mark: 'x' })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('makes chat rooms, adds to them, takes out of them and names them', async () => {
    const { ask, friends } = of(driver);
    const [a, b, c] = friends;
    const made = await ask('CreateChatRoom', { wxidlist: `${a},${b}` });
    expect(made).toMatchObject({ retstr: 'Everything is OK', gid: expect.stringMatching(/@chatroom$/) as string });
    const { gid } = made;
    expect(await ask('AddFriendToChatRoom', { gid, wxidlist: c })).toMatchObject({ AddFriendToChatRoom: '1' });
    expect(await ask('ChatRoomEditName', { gid, gname: '新名字' })).toMatchObject({ ChatRoomEditName: '1' });
    expect(await ask('ChatRoomMemberBatchDelete', { gid, wxidlist: a })).toMatchObject({ success: '1' });
    const details = await ask('GetFriendOrChatroomDetailInfo', { wxidorgid: gid });
    expect(details).toMatchObject({ gname: '新名字' });
    const wxids = (details['member'] as { wxid: string }[]).map(({ wxid }) => wxid);
    expect(wxids).toEqual(expect.arrayContaining([b, c]));
    expect(wxids).not.toContain(a);
  });

  it('answers what no driver can do with words, and what the hook does not have with 404', async () => {
    const { call } = of(driver);
    for (const name of ['QuitChatRoom', 'SendCardMsg', 'FowardXMLMsg', 'DecodePic', 'DeleteFriend', 'StartWechat']) {
      const { status, told } = await call(name, { wxid: 'x', gid: 'x' });
      expect([name, status, told[name], typeof told['msg']]).toEqual([name, 200, '0', 'string']);
    }
    const { status, told } = await call('constructor');
    expect([status, told['success']]).toEqual([404, '0']);
  });
});

/** The account's own wxid in the simulated world; Openwx names it otherwise. */
function worldWxid(driver: Driven['driver']): string {
  const { simulator, number } = clients.driven.find((one) => one.driver === driver)!;
  if (driver === 'Openwx') return simulator.accounts.find((one) => one.number === number)!.wxid;
  if (driver === 'E云') return simulator.ecloud.accounts.find((one) => one.number === number)!.wxid;
  return simulator.hooks.find((one) => one.number === number)!.wxid;
}

function friendInWorld(driver: Driven['driver']): string {
  const { contacts } = of(driver).simulator.world.accounts.get(worldWxid(driver))!;
  return [...contacts.values()].find((contact) => contact.kind === 'friend')!.wxid;
}

describe('what clients rely on', () => {
  it('bodies of `null` and none at all, of calls that need nothing', async () => {
    const { call } = of('E云');
    for (const params of [null, '', '  ', '{}', '\uFEFF{}']) {
      expect((await call('IsLoginStatus', params)).told).toMatchObject({ onlinestatus: '3' });
    }
    const { told } = await call('RefreshLoginQRCode', '', { method: 'GET', body: null });
    expect(told).toMatchObject({ RefreshLoginQRCode: '0' });
  });

  it('a list as the answer of SendTextMsg, where the account is served as newer builds and the receiver is a wxid', async () => {
    const { id, call, friend } = of('E云');
    await clients.speak(id, 'NEWEST');
    const list = await call('SendTextMsg', { wxid: friend, msg: '列表' });
    expect(JSON.parse(list.text)).toEqual([{ code: '0', message: 'success', send_id: expect.any(String) as string }]);
    expect((await call('SendTextMsg', { toid: friend, msg: '对象' })).told).toMatchObject({ success: '1' });
    await clients.speak(id, null);
    expect((await call('SendTextMsg', { wxid: friend, msg: '旧的' })).told).toMatchObject({ SendTextMsg: '1' });
  });

  it('the dialect of an account: as it is set, else as its own hook speaks', async () => {
    const { id } = of('the newest hook');
    const dialect = async () =>
      (await clients.stack.query('query ($id: ID!) { account(id: $id) { hookDialect } }', { id })).data.account
        .hookDialect as string;
    expect(await dialect()).toBe('V39');
    const baseUrl = of('the newest hook').simulator.hooks[0]!.baseUrl;
    const connection = { pchook: { baseUrl, timezone: 'Asia/Shanghai', dialect: 'NEWEST' } };
    const change =
      'mutation ($id: ID!, $connection: ConnectionInput) { updateAccount(input: { id: $id, connection: $connection }) { account { id } } }';
    await clients.stack.query(change, { id, connection });
    expect(await dialect()).toBe('NEWEST');
    await clients.speak(id, 'V39');
    expect(await dialect()).toBe('V39');
    await clients.speak(id, null);
    expect(await dialect()).toBe('NEWEST');
  });
});

describe('what is refused', () => {
  it('no token, a wrong one, a cookie and a foreign account, in the hook’s shape and before anything is done', async () => {
    const { id, friend } = of('E云');
    const { url } = clients.stack.gateway;
    const before = await sends();
    const body = JSON.stringify({ wxid: friend, msg: 'x' });
    const post = async (path: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body });
      return [answer.status, ((await answer.json()) as Told)['SendTextMsg']];
    };
    const read = await createApiToken(clients.stack.gateway.app, owner, { name: 'r', scope: 'READ', accountIds: null });
    const other = await createApiToken(clients.stack.gateway.app, owner, {
      name: 'o',
      scope: 'SEND',
      accountIds: [of('the hook').id],
    });
    expect(await post(`/pchook/${id}/SendTextMsg`)).toEqual([401, '0']);
    expect(await post(`/pchook/${id}/SendTextMsg`, { authorization: 'Bearer nonsense' })).toEqual([401, '0']);
    expect(await post(`/pchook/${id}/SendTextMsg`, { cookie: 'wxgraph_session=x' })).toEqual([401, '0']);
    expect(await post(`/pchook/${id}/SendTextMsg`, { 'x-api-key': read.secret })).toEqual([403, '0']);
    expect(await post(`/pchook/${id}/SendPicMsg`, { 'x-api-key': read.secret })).toEqual([403, undefined]);
    expect(await post(`/pchook/${id}/SendTextMsg`, { authorization: other.secret })).toEqual([404, '0']);
    expect(await post('/pchook/99999/SendTextMsg', { authorization: adminToken })).toEqual([404, '0']);
    expect(await post('/pchook/x/SendTextMsg', { authorization: adminToken })).toEqual([404, '0']);
    expect(await sends()).toBe(before);
  });

  it.each([
    ['no JSON', '{"wxid": '],
    ['a list', '[1]'],
    ['a text', '"x"'],
    ['nesting', '['.repeat(100)],
    ['no UTF-8', '\xff'],
    ['no receiver', { msg: 'x' }],
    ['an empty receiver', { wxid: '', toid: '  ', msg: 'x' }],
    ['two receivers', { wxid: 'filehelper', toid: 'wxid_other', msg: 'x' }],
    ['a receiver that is a list', { wxid: ['filehelper'], msg: 'x' }],
    ['a receiver that is an object', { wxid: { $ne: null }, msg: 'x' }],
    ['no text', { wxid: 'filehelper' }],
    ['an empty text', { wxid: 'filehelper', msg: '' }],
    ['a blank text', { wxid: 'filehelper', msg: ' \n ' }],
    ['a text with NUL', { wxid: 'filehelper', msg: 'a\u0000b' }],
    ['too long a text', { wxid: 'filehelper', msg: 'x'.repeat(16_385) }],
    ['a prototype', '{"__proto__": {"wxid": "filehelper", "msg": "x"}}'],
  ])('SendTextMsg with %s, and nothing is sent', async (_, params) => {
    const { call } = of('E云');
    const before = await sends();
    const body = params === '\xff' ? { body: Buffer.from([0xff]) } : {};
    const { status, told } = await call('SendTextMsg', params, body);
    expect([status, told['SendTextMsg'], told['success'], told['code']]).toEqual([200, '0', '0', 'BAD_INPUT']);
    expect(await sends()).toBe(before);
  });

  const nothing = [
    {},
    { wxid: 5, gid: true, wxidlist: [{}], msg: [], fileData: 'xyz' },
    { gid: '../x', wxid: "' or 1=1" },
  ];
  it.each([
    'SendTextMsg_NoSrc',
    'SendPicMsg',
    'SendImgMsg_NoSrc',
    'SendFileMsg',
    'SendFileMsg_NoSrc',
    'SendVideoMsg',
    'SendGIFMsg',
    'SendVoiceMsg',
    'SendAtMsg',
    'SendAtMsg_NoSrc',
    'SendAtAllMsg',
    'RevokeMsg',
    'DownloadVoice',
    'BatchGetContactBriefInfo',
    'GetContact',
    'GetFriendOrChatroomDetailInfo',
    'GetChatrooMmemberDetail',
    'BatchGetChatRoomMemberWxid',
    'GetHeadIMG',
    'CreateChatRoom',
    'AddFriendToChatRoom',
    'InviteFriendToChatRoom',
    'ChatRoomMemberBatchDelete',
    'ChatRoomEditName',
    'ChatRoomEditMark',
    'EditFriendMark',
    'StickyChat',
    'UnpinChat',
    'AddNewFriend',
    'VerifyFriend',
    'ConfigureMsgRecive',
    'ConfigureMsgReciveFullURL',
  ])('%s with parameters that are missing, wrong or hostile, without a 5xx, and nothing is sent', async (name) => {
    const { call } = of('the hook');
    const before = await sends();
    for (const params of nothing) {
      const { status, told } = await call(name, params);
      expect(status).toBe(200);
      // What only tells may have nothing to tell.
      if (name in told) expect(told[name]).toBe('0');
    }
    expect(await sends()).toBe(before);
  });

  it('addresses of private hosts that nobody allowed, and paths outside of the media folders', async () => {
    const { ask, friend } = of('E云');
    for (const picpath of [
      'http://10.0.0.1/a.png',
      'http://[::ffff:169.254.169.254]/',
      'http://localhost.evil.invalid/',
    ]) {
      const { success, code } = await ask('SendPicMsg', { wxid: friend, picpath, diyfilename: 'a.png' });
      expect([picpath, success]).toEqual([picpath, '0']);
      expect(['URL_NOT_ALLOWED', 'UPSTREAM_UNREACHABLE']).toContain(code);
    }
    expect(await ask('SendPicMsg', { wxid: friend, picpath: '../../wxgraph.db' })).toMatchObject({
      code: 'PATH_NOT_ALLOWED',
    });
  });

  it('files of more than 16 MiB, and long bodies of calls that take none', async () => {
    const { call, friend } = of('E云');
    const long = JSON.stringify({ wxid: friend, msg: 'x'.repeat(1024 * 1024) });
    expect((await call('SendTextMsg', long)).status).toBe(413);
    const huge = `{"toid": "${friend}", "fileData": "${'00'.repeat(17 * 1024 * 1024)}"}`;
    expect((await call('SendPicMsg', huge)).status).toBe(413);
  });
});
