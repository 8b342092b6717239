/** Openwx's routes over real HTTP, for accounts of every driver. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiToken } from '../../src/resolvers/access/manage-tokens.ts';
import { tinyJpeg } from '../../src/simulator/png.ts';
import type { Scope } from '../../src/words.ts';
import type { Driven } from '../end-to-end/every-driver.ts';
import { pause } from '../end-to-end/sending.ts';
import { adminToken, owner } from '../end-to-end/stack.ts';
import { type Asked, type Known, type OpenwxClients, type Told, startOpenwxClients } from './openwx-client.ts';

let clients: OpenwxClients;
const known = new Map<string, Known>();
let nextText = 0;
const newText = () => `文本 ${(nextText += 1)}`;

beforeAll(async () => {
  clients = await startOpenwxClients();
  for (const driven of clients.driven) known.set(driven.driver, await clients.known(driven));
}, 60_000);
afterAll(() => clients[Symbol.asyncDispose]());

const drivers = ['Openwx', 'E云', 'the hook', 'the newest hook'] as const satisfies Driven['driver'][];
const drivenBy = (driver: Driven['driver']) => clients.driven.find((one) => one.driver === driver)!;
const at = (driver: Driven['driver']) => ({ ...drivenBy(driver), ...known.get(driver)! });
const call = (driver: Driven['driver'], route: string, params: Record<string, string> = {}, asked?: Asked) =>
  clients.call(route, { client: drivenBy(driver).id, ...params }, asked);
const delivered = (text: string) =>
  clients.driven.reduce(
    (found, { simulator }) => found.union(new Set(simulator.delivered.filter((one) => one.text === text))),
    new Set<object>(),
  ).size;
const token = async (scope: Scope, accountIds: string[] | null = null) =>
  (await createApiToken(clients.stack.gateway.app, owner, { name: 'of a test', scope, accountIds })).secret;
const success = (more: object = {}) => ({ code: 0, status: 'success', ...more });

/** Resolves when the send log has a line with this text and status. */
const lineThatIs = (status: string, text: string) =>
  clients.stack.until(async () => {
    const { data } = await clients.stack.query('{ logs(first: 5) { nodes { status content } } }');
    const lines = data.logs.nodes as { status: string; content: string }[];
    return lines.some((line) => line.status === status && line.content === text);
  });

describe.each(drivers)('an account of %s', (driver) => {
  test('tells itself, its friends and its chat rooms as documented', async () => {
    const person = { account: expect.any(String), city: expect.any(String), display: expect.any(String) };
    const more = { displayname: expect.any(String), id: expect.any(String), markname: expect.any(String) };
    const rest = { name: expect.any(String), province: expect.any(String), sex: expect.any(String) };
    const fields = { ...person, ...more, ...rest, signature: expect.any(String), uid: expect.anything() };
    for (const method of ['GET', 'POST']) {
      const { status, headers, json } = await call(driver, 'get_user_info', {}, { method });
      expect([status, headers['content-type'], json]).toEqual([200, 'application/json;charset=UTF-8', fields]);
    }
    const friends = (await call(driver, 'get_friend_info')).json as unknown as Told[];
    for (const friend of friends) {
      expect(friend).toEqual({ ...fields, category: expect.stringMatching(/^(好友|公众号|系统帐号)$/), uid: '' });
    }
    expect(friends.filter(({ id }) => id === 'filehelper')).toHaveLength(1);
    const groups = (await call(driver, 'get_group_info')).json as unknown as (Told & { member: Told[] })[];
    const group = groups.find(({ id }) => id === at(driver).room)!;
    expect(group).toMatchObject({ name: '产品体验群', displayname: '产品体验群', uid: '' });
    for (const member of group.member) expect(member).toEqual(fields);
    expect(group.member.map(({ id }) => id)).toContain(at(driver).self);
    const basic = (await call(driver, 'get_group_basic_info')).json as unknown as Told[];
    expect(basic.find(({ id }) => id === at(driver).room)).not.toHaveProperty('member');
    const { headers, text } = await call(driver, 'get_user_info', {}, { method: 'HEAD' });
    expect([headers['content-type'], text]).toEqual(['application/json;charset=UTF-8', '']);
  });

  test('finds friends and groups by what they have', async () => {
    const { friend, room } = at(driver);
    const [one] = (await call(driver, 'search_friend', { id: friend })).json as unknown as Told[];
    expect(one).toMatchObject({ id: friend });
    const alike = { displayname: String(one!['displayname']), sex: String(one!['sex']), id: friend };
    expect((await call(driver, 'search_friend', alike)).json).toEqual([one]);
    const [group] = (await call(driver, 'search_group', { displayname: '产品体验群' })).json as unknown as Told[];
    expect(group).toMatchObject({ id: room, member: expect.any(Array) });
    const others: Record<string, string>[] = [
      {},
      { id: 'nobody' },
      { id: '' },
      { displayname: one!['displayname'] as string, id: 'x' },
    ];
    for (const params of others) {
      expect((await call(driver, 'search_friend', params)).json).toEqual({ code: 100, status: 'object not found' });
    }
  });

  test('sends to a friend and to a group, and answers both ids as texts', async () => {
    const { friend, room } = at(driver);
    const [text, other] = [newText(), newText()];
    for (const [route, id, content] of [
      ['send_friend_message', friend, text],
      ['send_group_message', room, other],
    ] as const) {
      const { json } = await call(driver, route, { id, content });
      expect(json).toEqual(
        success({ id: expect.stringMatching(`^\\d+:${id}$`), msg_id: expect.stringMatching(/^\d+$/) }),
      );
      expect(delivered(content)).toBe(1);
    }
    const { displayname } = ((await call(driver, 'search_friend', { id: friend })).json as unknown as Told[])[0]!;
    const byName = await call(driver, 'send_message', { displayname: displayname as string, content: `${text}!` });
    expect(byName.json).toMatchObject(success());
    expect(delivered(`${text}!`)).toBe(1);
  });

  test('takes back what it sent, by either id', async () => {
    for (const field of ['id', 'msg_id']) {
      const { json } = await call(driver, 'send_friend_message', { id: at(driver).friend, content: newText() });
      const id = json[field] as string;
      const revoked = await call(driver, 'revoke_message', { id });
      expect(revoked.json).toEqual({ code: 0, id, msg_id: id, status: 'revoke success' });
    }
    const { json } = await call(driver, 'revoke_message', { id: '12345:nobody' });
    expect(json).toMatchObject({ code: 100, status: expect.stringContaining('revoke failure') });
  });

  test('sends media by path, address, bytes and the id that was answered, without a second upload', async () => {
    const { friend, room } = at(driver);
    writeFileSync(join(clients.stack.folder, 'media', 'a.jpg'), tinyJpeg);
    const sent = await call(driver, 'send_friend_message', { id: friend, media_path: 'a.jpg\n' });
    expect(sent.json).toMatchObject(
      success({ media_id: expect.stringMatching(/^media_\d+:3$/), id: expect.any(String) }),
    );
    const again = await call(driver, 'send_group_message', { id: room, media_id: sent.json['media_id'] as string });
    expect(again.json).toMatchObject(success({ media_id: sent.json['media_id'] }));
    const uploaded = await call(driver, 'upload_media', { media_path: 'a.jpg' });
    expect(uploaded.json).toMatchObject({
      media_ext: 'jpg',
      media_id: sent.json['media_id'],
      media_mime: 'image/jpeg',
      media_name: 'a.jpg',
      media_path: 'a.jpg',
      media_size: tinyJpeg.length,
    });
  });

  test('makes, fills, names and empties chat rooms', async () => {
    const { friends, room, members, self } = at(driver);
    const [one, two, three] = friends as [string, string, string];
    const made = await call(driver, 'create_group', { friends: `${one},${two}`, displayname: '新群' });
    expect(made.json).toEqual(success({ group_id: expect.any(String) }));
    const id = made.json['group_id'] as string;
    expect((await call(driver, 'invite_friend', { id, friends: three })).json).toEqual(success());
    expect((await call(driver, 'set_group_displayname', { id, new_displayname: '改名' })).json).toEqual(success());
    expect((await call(driver, 'kick_group_member', { id, members: two })).json).toEqual(success());
    for (const [route, params, code, status] of [
      ['create_group', { friends: '' }, 200, 'friend id empty'],
      ['create_group', { friends: `${one},nobody` }, 100, 'friend id nobody not found'],
      ['invite_friend', { id: room }, 200, 'friend id empty'],
      ['invite_friend', { friends: one }, 100, 'object not found'],
      ['kick_group_member', { id: room }, 200, 'member id empty'],
      [
        'kick_group_member',
        { id: room, members: `${members.find((one_) => one_ !== self)!},nobody` },
        100,
        'member id nobody not found',
      ],
      ['set_group_displayname', { id: room, new_displayname: '' }, -1, 'new_displayname is needed'],
      ['set_group_displayname', { id: room }, -1, 'new_displayname is needed'],
    ] as [string, Record<string, string>, number, string][]) {
      expect((await call(driver, route, params)).json).toEqual({ code, status });
    }
  });

  test('names people, keeps them on top and asks members to be friends', async () => {
    const { friend, self } = at(driver);
    for (const new_markname of ['备注', '']) {
      expect((await call(driver, 'set_markname', { id: friend, new_markname })).json).toEqual(success());
    }
    const marked = await call(driver, 'set_friend_markname', { id: friend, new_markname: '备注二' });
    expect(marked.json).toEqual(success());
    expect((await call(driver, 'set_markname', { markname: '备注二', new_markname: '' })).json).toEqual(success());
    expect((await call(driver, 'set_markname', { id: friend })).json).toMatchObject({ code: -1 });
    for (const op of ['1', '0']) {
      const { json } = await call(driver, 'stick', { id: friend, op });
      expect(json).toEqual(success());
    }
    expect((await call(driver, 'make_friend', { id: friend })).json).toEqual({ code: 101, status: 'already a friend' });
    expect((await call(driver, 'make_friend', { id: self })).json).toEqual({
      code: 101,
      status: 'can not be yourself',
    });
    expect((await call(driver, 'make_friend', { id: 'nobody' })).json).toMatchObject({ code: 100 });
    expect((await call(driver, 'make_friend')).json).toMatchObject({ code: 100 });
  });

  test('accepts a friend request by the ticket that its event told', async () => {
    const { simulator, number, id } = at(driver);
    const name = `新人${newText()}`;
    await call(driver, 'check_event', { consumer: 'requests' });
    const asking = call(driver, 'check_event', { consumer: 'requests' });
    const { wxid } = simulator.driven.find((one) => one.number === number)!;
    simulator.world.requestFriend(wxid, name, '你好');
    const event = ((await asking).json as unknown as { event: string; params: string[] }[]).find(
      (one) => one.event === 'friend_request',
    )!;
    const [from, displayname, greeting, ticket] = event.params as [string, string, string, string];
    expect([displayname, greeting]).toEqual([name, expect.stringContaining('你好')]);
    const wrong = await clients.call('accept_friend_request', { client: id, id: from, displayname, ticket: 'msg_1' });
    expect(wrong.json).toMatchObject({ code: -1, id: from, displayname, ticket: 'msg_1' });
    const accepted = await clients.call('accept_friend_request', { client: id, id: from, displayname, ticket });
    expect(accepted.json).toEqual(success({ id: from, displayname, ticket }));
  });

  test('gives pictures of itself, friends, groups and members', async () => {
    const { friend, self } = at(driver);
    for (const id of [self, friend]) {
      const { status, headers, bytes } = await call(driver, 'get_avatar', { id });
      if (status === 503) expect([headers['content-type'], bytes.length]).toEqual(['text/html;charset=UTF-8', 0]);
      else {
        expect(headers['content-type']).toMatch(/^image\/(png|jpeg)$/);
        expect([headers['cache-control'], bytes.length > 0]).toEqual(['max-age=3600', true]);
      }
    }
    expect((await call(driver, 'get_avatar', { id: 'nobody' })).json).toEqual({
      code: 100,
      id: null,
      status: 'object not found',
    });
  });

  test('waits for an answer of the friend who is asked', async () => {
    const { friend, simulator, number } = at(driver);
    const text = newText();
    const asked = call(driver, 'consult', { id: friend, content: text });
    const sent = await simulator.until(() => simulator.delivered.find((one) => one.text === text));
    const { wxid } = simulator.driven.find((one) => one.number === number)!;
    simulator.world.receive(wxid, sent.to, '哈哈,有什么事情');
    expect((await asked).json).toMatchObject(success({ reply: '哈哈,有什么事情', msg_id: expect.any(String) }));
  });

  test('tells its client, and its state', async () => {
    const { id } = drivenBy(driver);
    const info = { account: id, pid: expect.any(Number), runtime: expect.any(Number), starttime: expect.any(Number) };
    expect((await call(driver, 'get_client_info')).json).toMatchObject(
      success({ ...info, version: expect.any(String) }),
    );
    const checked = (await call(driver, 'check_client')).json;
    expect(checked).toEqual({ code: 0, client: [expect.objectContaining({ account: id, state: 'running' })] });
    const code = await call(driver, 'get_qrcode');
    expect([code.status, code.headers['content-type'], code.text]).toEqual([404, 'text/html;charset=UTF-8', '']);
    const started = await call(driver, 'start_client', { log_level: 'debug' });
    const told = { account: id, client: id, port: expect.any(Number), log_level: 'debug' };
    expect(started.json).toMatchObject({ code: 0, status: 'client already exists', ...told });
  });
});

describe('sends', () => {
  test('to everybody go to friends alone, once each', async () => {
    const text = newText();
    const { json } = await call('the hook', 'send_friend_message', { id: '@all', content: text });
    expect(json).toEqual({ code: 0, id: 0, msg_id: 0, status: 'request already executed' });
    const { friends } = await clients.known(drivenBy('the hook'));
    const { simulator } = at('the hook');
    await simulator.until(() => delivered(text) === friends.length);
    expect(new Set(simulator.delivered.filter((one) => one.text === text).map(({ to }) => to))).toEqual(
      new Set(friends),
    );
    expect((await call('the hook', 'send_group_message', { id: '@all', content: text })).json).toMatchObject({
      code: 100,
    });
  });

  test('that nobody waits for are answered when they are queued', async () => {
    const text = newText();
    const { json } = await call('Openwx', 'send_friend_message', { id: 'filehelper', content: text, async: '1' });
    expect(json).toEqual({ code: 0, status: 'request already in execution' });
    await drivenBy('Openwx').simulator.until(() => delivered(text) === 1);
    const unknown = await call('Openwx', 'send_friend_message', { id: '@nobody', content: text, async: '1' });
    expect(unknown.json).toEqual({ code: 100, id: null, msg_id: null, status: 'object not found' });
    const waited = await call('Openwx', 'send_friend_message', { id: 'filehelper', content: text, async: '0' });
    expect(waited.json).toMatchObject(success({ id: expect.any(String) }));
  });

  test('of a text and a picture are two messages, the text first, and one answer', async () => {
    const { friend, simulator, to } = at('the hook');
    writeFileSync(join(clients.stack.folder, 'media', 'both.jpg'), tinyJpeg);
    const text = newText();
    const before = simulator.delivered.length;
    const { json } = await call('the hook', 'send_friend_message', {
      id: friend,
      content: text,
      media_path: 'both.jpg',
    });
    expect(json).toMatchObject(success({ media_id: expect.stringMatching(/:3$/) }));
    expect(simulator.delivered.slice(before).map((one) => one.text)).toEqual([text, expect.not.stringContaining(text)]);
    expect(to).toBe('filehelper');
  });

  test('whose outcome nobody knows are answered so, with a number, and are not sent again', async () => {
    const { simulator, number, friend } = at('Openwx');
    const unknown = (json: Told) => ({
      code: -1,
      id: expect.stringMatching(/^log_\d+$/),
      msg_id: json['id'],
      status: 'outcome unknown, do not resend',
    });
    for (const type of ['reset-before-send', 'reset-after-send'] as const) {
      const text = newText();
      simulator.fault({ type: 'drop', account: number });
      simulator.fault({ type, account: number, times: 1 });
      const { json } = await call('Openwx', 'send_friend_message', { id: friend, content: text });
      simulator.clearFaults();
      expect(json).toEqual(unknown(json));
      expect(delivered(text)).toBe(type === 'reset-after-send' ? 1 : 0);
    }
  });

  test('that are still queued after half a minute are answered so, too, and go out once', async () => {
    const { id, friend, simulator } = at('the hook');
    await pause(clients.stack, id, true);
    const text = newText();
    const asked = call('the hook', 'send_friend_message', { id: friend, content: text });
    await lineThatIs('QUEUED', text);
    clients.clock.moveOn(30_000);
    expect((await asked).json).toMatchObject({ code: -1, status: 'outcome unknown, do not resend' });
    await pause(clients.stack, id, false);
    await simulator.until(() => delivered(text) === 1);
  });

  test('without an id of the upstream have a number, by which they are taken back once they came back', async () => {
    const { simulator, number, friend } = at('the hook');
    const text = newText();
    const echo = simulator.fault({ type: 'reorder', account: number, size: 100 });
    const asked = call('the hook', 'send_friend_message', { id: friend, content: text });
    await lineThatIs('SENT', text);
    clients.clock.moveOn(5_000);
    const { json } = await asked;
    expect(json).toEqual(success({ id: expect.stringMatching(/^log_\d+$/), msg_id: json['id'] }));
    echo.clear();
    const revoked = await call('the hook', 'revoke_message', { id: json['id'] as string });
    expect(revoked.json).toMatchObject({ code: 0, status: 'revoke success' });
  });

  test('that WeChat refuses, or the driver cannot do, say so', async () => {
    const { simulator, number, friend } = at('Openwx');
    simulator.fault({ type: 'refuse', account: number, times: 1 });
    const refused = await call('Openwx', 'send_friend_message', { id: friend, content: newText() });
    expect(refused.json).toMatchObject({ code: -1, status: expect.stringContaining('操作太频繁') });
    const voice = { id: friend, media_path: 'a.jpg', media_type: 'voice' };
    const { json } = await call('Openwx', 'send_friend_message', voice);
    expect(json).toEqual({ code: 201, id: null, msg_id: null, status: expect.stringContaining('SEND_VOICE') });
  });

  test('of a file that is not there say so, and nothing goes out', async () => {
    const text = newText();
    for (const media_path of [
      'no-such.jpg',
      '/etc/passwd',
      '../wxgraph.db',
      'ftp://x/y',
      'http://10.0.0.1/a.jpg',
      '\u0000',
    ]) {
      const params = { id: at('Openwx').friend, content: text, media_path };
      const { status, json } = await call('Openwx', 'send_friend_message', params);
      expect([status, json]).toEqual([200, expect.objectContaining({ code: -1, id: null, msg_id: null })]);
      const uploaded = await call('Openwx', 'upload_media', { media_path });
      expect(uploaded.json).toMatchObject({ code: -1, media_id: null, media_path: media_path.trim() });
    }
    expect(delivered(text)).toBe(0);
  });

  test('of bytes and files come as multipart', async () => {
    const { friend, id } = at('Openwx');
    const border = 'border-of-the-test';
    const part = (head: string, value: Buffer | string) =>
      Buffer.concat([
        Buffer.from(`--${border}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
        Buffer.from(value),
        Buffer.from('\r\n'),
      ]);
    const bodies = [
      [part('name="media_data"', tinyJpeg), part('name="media_path"', '/tmp/x.jpg'), part('name="id"', friend)],
      [part('name="file"; filename="图.jpg"\r\nContent-Type: image/jpeg', tinyJpeg), part('name="id"', friend)],
    ];
    for (const parts of bodies) {
      const body = Buffer.concat([...parts, Buffer.from(`--${border}--\r\n`)]);
      const headers = { 'content-type': `multipart/form-data; boundary=${border}` };
      const sent = await clients.ask(`send_friend_message?client=${id}`, { method: 'POST', headers, body });
      expect(sent.json).toMatchObject(success({ media_id: expect.stringMatching(/:3$/) }));
      const uploaded = await clients.ask(`upload_media?client=${id}`, { method: 'POST', headers, body });
      expect(uploaded.json).toMatchObject({
        media_mime: 'image/jpeg',
        media_size: tinyJpeg.length,
        media_type: 'image',
      });
      const cut = await clients.ask(`upload_media?client=${id}`, {
        method: 'POST',
        headers,
        body: body.subarray(0, -9),
      });
      expect(cut.json).toMatchObject({ code: -1 });
    }
  });

  test('of an address fetch what is there', async () => {
    const server = createServer((_request, response) => response.end(tinyJpeg));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const media_path = `http://127.0.0.1:${port}/logo.jpg?x=1`;
    const { json } = await call('E云', 'send_friend_message', { id: at('E云').friend, media_path });
    expect(json).toMatchObject(success({ media_id: expect.stringMatching(/:3$/) }));
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('a question', () => {
  const ask = (params: Record<string, string>) => call('Openwx', 'consult', { account: 'ms-xiaoice', ...params });

  test('to 小冰, by her account, is answered with her words', async () => {
    const { simulator, number } = at('Openwx');
    const text = newText();
    const asked = ask({ content: text, timeout: '50' });
    const sent = await simulator.until(() => simulator.delivered.find((one) => one.text === text));
    const { wxid } = simulator.driven.find((one) => one.number === number)!;
    // What somebody else says meanwhile is no answer.
    const { contacts } = simulator.world.accounts.get(wxid)!;
    const other = [...contacts.values()].find(({ kind, wxid: of }) => kind === 'friend' && of !== sent.to)!;
    simulator.world.receive(wxid, other.wxid, '别人');
    simulator.world.receive(wxid, sent.to, '哈哈');
    expect((await asked).json).toMatchObject(success({ reply: '哈哈' }));
  });

  test('that nobody answers says so when its time is up, and was sent', async () => {
    for (const [given, seconds] of [
      [{}, 30],
      [{ timeout: '50' }, 50],
      [{ timeout: '3600' }, 50],
    ] as const) {
      const text = newText();
      const asked = ask({ content: text, ...given });
      await lineThatIs('SENT', text);
      clients.clock.moveOn(seconds * 1000 - 5_000);
      clients.clock.moveOn(5_000);
      const told = { reply: null, reply_status: 'reply timeout', msg_id: expect.stringMatching(/^\d+$/) };
      expect((await asked).json).toMatchObject(success(told));
      expect(delivered(text)).toBe(1);
    }
    expect((await ask({ content: 'x', timeout: '-1' })).json).toMatchObject({ code: -1, id: null });
  });
});

describe('nobody gets what is for somebody else', () => {
  test.each([
    ['an empty account', { account: '' }],
    ['empty texts', { account: '', markname: '', displayname: '' }],
    ['an empty id', { id: '' }],
    ['nobody', {}],
    ['an id and the name of another', { id: 'FRIEND', displayname: '不是他' }],
    ['the account itself', { id: 'SELF' }],
    ['a group on the friends’ route', { id: 'ROOM' }],
  ] as [string, Record<string, string>][])('by %s', async (_what, given) => {
    for (const driver of drivers) {
      const { friend, self, room } = at(driver);
      const ids: Record<string, string> = { FRIEND: friend, SELF: self, ROOM: room };
      const params = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, ids[value] ?? value]));
      const content = newText();
      for (const route of ['send_friend_message', 'consult']) {
        const { json } = await call(driver, route, { ...params, content });
        expect(json).toEqual({ code: 100, id: null, msg_id: null, status: 'object not found' });
      }
      expect(delivered(content)).toBe(0);
    }
  });

  test('by a name that several have, or a parameter that is given twice', async () => {
    const { simulator, number, id } = at('E云');
    const { wxid } = simulator.driven.find((one) => one.number === number)!;
    const content = newText();
    const { friend, friends } = at('E云');
    for (const one of friends.slice(0, 2)) {
      expect((await call('E云', 'set_markname', { id: one, new_markname: '同名' })).json).toEqual(success());
    }
    const twins = await call('E云', 'send_friend_message', { displayname: '同名', content });
    expect(twins.json).toMatchObject({ code: 100, id: null, status: expect.stringContaining('not unique') });
    for (const one of friends.slice(0, 2)) await call('E云', 'set_markname', { id: one, new_markname: '' });
    const twice = await clients.ask(`send_friend_message?client=${id}&id=${friend}&id=${friend}&content=${content}`);
    expect(twice.json).toMatchObject({ code: 100, id: null });
    expect([delivered(content), wxid.length > 0]).toEqual([0, true]);
  });
});

describe('parameters', () => {
  test('of query, form and JSON are one; `+` is a space and percent-encoding may be in small letters', async () => {
    const { id } = drivenBy('Openwx');
    const text = newText();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const encoded = [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
    const sends: [string, Asked][] = [
      [`?client=${id}&id=filehelper`, { method: 'POST', body: new URLSearchParams({ content: text }) }],
      ['', { method: 'POST', body: new URLSearchParams({ client: id, id: 'filehelper', content: text }) }],
      [`?client=${id}&id=filehelper&content=${encoded}`, {}],
      [`?client=${id}&id=filehelper&content=${encoded}%0a`, {}],
      ['', { method: 'POST', headers: form, body: `client=${id}&id=filehelper&content=${text.replace(' ', '+')}` }],
      [
        '',
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ client: id, id: 'filehelper', content: text }),
        },
      ],
      ['', { method: 'POST', headers: form, body: JSON.stringify({ client: id, id: 'filehelper', content: text }) }],
    ];
    for (const [query, asked] of sends) {
      expect((await clients.ask(`send_friend_message${query}`, asked)).json, query).toMatchObject(success());
    }
    expect(delivered(text) + delivered(`${text}\n`)).toBe(sends.length);
  });

  test('of a JSON body keep all digits of their numbers', async () => {
    const headers = { 'content-type': 'application/json' };
    const { id } = drivenBy('Openwx');
    const body = `{"client":"${id}","id":13430535177462202152,"content":"x"}`;
    const { json } = await clients.ask('revoke_message', { method: 'POST', headers, body });
    expect(json).toMatchObject({ code: 100, id: '13430535177462202152' });
  });

  test.each(['get_user_info/', 'get_user_info.json', 'get_user_info%0a'])(
    'a route may be written as %s',
    async (route) => {
      expect((await clients.ask(`${route}?client=00001`)).json).toHaveProperty('displayname');
    },
  );

  test('in raw UTF-8 are served, as of a shell', async () => {
    const text = newText().replace(' ', '');
    const { port } = new URL(clients.stack.gateway.url);
    const socket = connect(Number(port), '127.0.0.1');
    const path = `/t/${adminToken}/openwx/send_friend_message?client=00001&displayname=文件传输助手&content=${text}`;
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    const parts: Buffer[] = [];
    for await (const part of socket) parts.push(part as Buffer);
    expect(Buffer.concat(parts).toString('utf8')).toMatch(/"status":"success"/);
    expect(delivered(text)).toBe(1);
  });

  test.each([
    ['bytes that are no UTF-8', 'id=filehelper&content=%c4%e3'],
    ['two contents', 'id=filehelper&content=a&content=b'],
    ['no content', 'id=filehelper'],
    ['an empty content', 'id=filehelper&content=%20'],
    ['a NUL', 'id=filehelper&content=a%00b'],
    ['an unknown media', 'id=filehelper&media_id=@crypt_1eb0ba44:3'],
    ['media of nobody', 'id=filehelper&media_id=media_999999:3'],
    ['prototype words', '__proto__=x&constructor=y&id=filehelper'],
    ['a wrong media type', 'id=filehelper&media_path=a.jpg&media_type=video'],
  ])('%s are an error, and nothing is sent', async (_what, query) => {
    const before = drivenBy('Openwx').simulator.delivered.length;
    for (const route of ['send_friend_message', 'consult']) {
      const { status, json } = await clients.ask(`${route}?client=00001&${query}`);
      expect([status, json]).toEqual([200, expect.objectContaining({ code: expect.any(Number), id: null })]);
      expect(json['code']).not.toBe(0);
    }
    expect(drivenBy('Openwx').simulator.delivered).toHaveLength(before);
  });

  test('that are missing, wrong or hostile break no route', async () => {
    const routes =
      `get_user_info get_friend_info get_group_info get_group_basic_info get_avatar search_friend search_group create_group
      invite_friend make_friend set_group_displayname kick_group_member set_markname set_friend_markname stick accept_friend_request
      send_friend_message send_group_message send_message upload_media revoke_message consult get_client_info check_client
      get_qrcode`.split(/\s+/);
    const hostile = [
      '',
      'id=&displayname=&friends=&members=&new_displayname=&new_markname=&content=',
      'id=%00&friends=%00&members=%00&content=%00',
      `id=${'x'.repeat(5000)}&friends=${'x,'.repeat(2000)}`,
      "id='%20or%201=1--&account=%25&displayname=%5f",
      'id=@all&group_id=@@x&op=no&timeout=abc&async=2&media_id=:::&ticket=%ff',
      '__proto__=1&toString=1&id=__proto__&type=friend&_check_remote=1',
      'datatype=jsonp&callback=alert(1)//&id=%ed%a0%80',
    ];
    const before = clients.driven.map(({ simulator }) => simulator.delivered.length);
    for (const route of routes) {
      for (const query of hostile) {
        for (const client of query === '' ? ['client=00001', 'client=nobody', ''] : ['client=00001']) {
          const { status, text } = await clients.ask(`${route}?${client}&${query}`);
          expect(status < 500 || (route === 'get_avatar' && status === 503 && text === ''), `${route}?${query}`).toBe(
            true,
          );
        }
      }
    }
    expect(clients.driven.map(({ simulator }) => simulator.delivered.length)).toEqual(before);
  });
});

describe('answers', () => {
  test('of routes and methods that there are not are 403, as text', async () => {
    for (const [method, path] of [
      ['GET', 'no_such_api'],
      ['POST', 'constructor'],
      ['PUT', 'get_user_info'],
      ['DELETE', 'send_friend_message?client=00001&id=filehelper&content=x'],
      ['HEAD', 'send_friend_message?client=00001&id=filehelper&content=x'],
      ['HEAD', 'check_event?client=00001'],
      ['GET', ''],
    ] as const) {
      const { status, headers, text } = await clients.ask(path, { method });
      expect([status, headers['content-type']]).toEqual([403, 'text/html;charset=UTF-8']);
      if (method !== 'HEAD') expect(text).toBe('api not found');
    }
  });

  test('may be read by pages of any origin, with a token', async () => {
    const headers = { origin: 'https://any.example', 'sec-fetch-site': 'cross-site' };
    const { status, headers: told } = await clients.ask('get_user_info?client=00001', { headers });
    expect([status, told['access-control-allow-origin']]).toEqual([200, '*']);
    const asked = { ...headers, 'access-control-request-method': 'POST' };
    for (const more of [headers, asked]) {
      const options = await clients.ask('get_user_info', { method: 'OPTIONS', token: null, headers: more });
      expect([options.status, options.text, options.headers['access-control-allow-methods']]).toEqual([
        200,
        '',
        'OPTIONS, HEAD, GET, POST',
      ]);
    }
  });

  test('are wrapped for JSONP, with a name that is one', async () => {
    const jsonp = async (query: string) =>
      (await clients.ask(`${query}${query.includes('?') ? '&' : '?'}datatype=jsonp`)).text;
    expect(await jsonp('check_client?client=nobody&callback=cb.one')).toBe(
      'cb.one({"code":1,"status":"client not exists"})',
    );
    expect(await jsonp('no_such?callback=cb')).toBe('cb(api not found)');
    expect(await jsonp('search_friend?client=00001&id=filehelper&callback=cb&_=1')).toMatch(/^cb\(\[{.*}\]\)$/);
    expect(await jsonp('check_client?client=nobody&callback=alert(1)')).toMatch(/^jsoncallback\d{10}\({/);
    expect(await jsonp('check_client?client=nobody')).toMatch(/^jsoncallback\d{10}\({/);
  });

  test('are compact, sorted, and escape slashes', async () => {
    const { text } = await call('the hook', 'upload_media', { media_path: 'no/such' });
    expect(text).toContain('"media_path":"no\\/such"');
    const keys = [...text.matchAll(/"(\w+)":/g)].map(([, key]) => key!);
    expect(keys).toEqual(keys.toSorted());
  });
});

describe('who may call', () => {
  test('nobody without a token, by any route, and a browser’s session does not count', async () => {
    for (const headers of [{}, { cookie: 'wxgraph_session=x' }, { authorization: 'wrong' }]) {
      for (const path of ['get_user_info', 'no_such_api', 'send_friend_message?id=filehelper&content=x']) {
        const { status, json } = await clients.ask(path, { token: null, headers });
        expect([status, json]).toEqual([200, { code: -6, status: 'auth failure' }]);
      }
    }
  });

  test('a reader reads and does nothing else', async () => {
    const reader = await token('READ');
    expect((await call('Openwx', 'get_user_info', {}, { token: reader })).json).toHaveProperty('id');
    const { friend, room } = at('Openwx');
    const text = newText();
    for (const [route, params] of [
      ['send_friend_message', { id: friend, content: text }],
      ['consult', { id: friend, content: text }],
      ['upload_media', { media_path: 'a.jpg' }],
      ['set_markname', { id: friend, new_markname: 'x' }],
      ['set_group_displayname', { id: room, new_displayname: 'x' }],
      ['stop_client', {}],
      ['create_group', { friends: friend }],
    ] as [string, Record<string, string>][]) {
      const { json } = await call('Openwx', route, params, { token: reader });
      expect(json).toMatchObject({ code: -6, status: expect.stringContaining('auth failure') });
    }
    expect(delivered(text)).toBe(0);
  });

  test('a token of one account needs no client and reaches no other', async () => {
    const { id } = drivenBy('E云');
    const own = await token('SEND', [id]);
    expect((await clients.ask('get_user_info', { token: own })).json).toMatchObject({ id: at('E云').self });
    const other = await clients.ask('get_user_info?client=00001', { token: own });
    expect(other.json).toEqual({ code: 1, status: 'client not exists' });
    const { client } = (await clients.ask('check_client', { token: own })).json as { client: Told[] };
    expect(client).toHaveLength(1);
    const sent = await clients.ask(`send_friend_message?client=00001&id=filehelper&content=${newText()}`, {
      token: own,
    });
    expect(sent.json).toMatchObject({ code: 1 });
  });

  test('of several accounts one must be named, by its id or its own name', async () => {
    expect((await clients.ask('get_user_info')).json).toEqual({ code: 1, status: 'client not found' });
    expect((await clients.ask('get_user_info?client=zzz')).json).toEqual({ code: 1, status: 'client not exists' });
    const named = await clients.ask(`get_user_info?client=${encodeURIComponent('账号1')}`);
    expect(named.json).toMatchObject({ id: at('Openwx').self });
    const several = await clients.ask('get_user_info?client=driven');
    expect(several.json).toMatchObject({ code: 1, status: expect.stringContaining('not unique') });
  });
});

describe('the Controller’s routes', () => {
  test('stop an account and start it again', async () => {
    const { id } = drivenBy('Openwx');
    const stopped = await clients.ask(`stop_client?client=${id}`);
    expect(stopped.json).toMatchObject(success({ client: id, account: id, pid: expect.any(Number) }));
    const state = async () => (await clients.ask(`check_client?client=${id}`)).json as { client: Told[] };
    expect((await state()).client[0]).toMatchObject({ state: 'stop' });
    expect((await clients.ask(`get_client_info?client=${id}`)).json).toMatchObject({ code: 1 });
    const refused = await clients.ask(`send_friend_message?client=${id}&id=filehelper&content=x`);
    expect(refused.json).toMatchObject({ code: 1, id: null });
    const started = await clients.ask(`start_client?client=${id}`);
    expect(started.json).toMatchObject(success({ client: id, port: expect.any(Number) }));
    await clients.stack.until(async () => (await state()).client[0]!['state'] === 'running');
  });

  test('list all accounts, and make none for whoever may not', async () => {
    const { json } = await clients.ask('check_client');
    expect((json as { client: Told[] }).client).toHaveLength(4);
    const sender = await token('SEND');
    const { json: refused } = await clients.ask('start_client?client=new', { token: sender });
    expect(refused).toEqual({ code: 1, status: 'client not exists' });
    // Without a connection for accounts that are made by name.
    expect((await clients.ask('start_client?client=new')).json).toMatchObject({ code: -1 });
  });
});
