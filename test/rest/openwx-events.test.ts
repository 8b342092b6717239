/** What Openwx's clients are told: check_event, and the bodies that are posted. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FormatOptions } from '../../src/resolvers/events/event-format.ts';
import { createApiToken } from '../../src/resolvers/access/manage-tokens.ts';
import { type Event, readEvents } from '../../src/resolvers/events/read-events.ts';
import { encodeOpenwxEvent } from '../../src/rest/openwx/encode-event.ts';
import { tinyJpeg } from '../../src/simulator/png.ts';
import type { EventType } from '../../src/words.ts';
import { adminToken, owner } from '../end-to-end/stack.ts';
import { openwxText, post } from '../end-to-end/stack.ts';
import { type Known, type OpenwxClients, type Told, startOpenwxClients } from './openwx-client.ts';

let clients: OpenwxClients;
let known: Known;
/** Of the account at E云: bodies are Openwx's whatever drives it. */
let id: string;
let wxid: string;

beforeAll(async () => {
  clients = await startOpenwxClients();
  const ecloud = clients.driven.find((one) => one.driver === 'E云')!;
  ({ id } = ecloud);
  known = await clients.known(ecloud);
  ({ wxid } = ecloud.simulator.driven.find(({ number }) => number === ecloud.number)!);
}, 60_000);
afterAll(() => clients[Symbol.asyncDispose]());

const world = () => clients.stack.simulator.world;
const app = () => clients.stack.gateway.app;
let consumers = 0;
const newConsumer = () => `consumer ${(consumers += 1)}`;
type Body = Told & { params: unknown[] };

async function poll(consumer: string, more: Record<string, string> = {}): Promise<Body[]> {
  const { status, headers, json } = await clients.call('check_event', { client: id, consumer, ...more });
  expect([status, headers['content-type']]).toEqual([200, 'application/json;charset=UTF-8']);
  return json as unknown as Body[];
}

/** A consumer that has had everything so far. */
async function caughtUp(of = { id, wxid, friend: known.friend }): Promise<string> {
  const consumer = newConsumer();
  const mark = `zzz ${consumer}`;
  world().receive(of.wxid, of.friend, mark);
  for (;;) if ((await poll(consumer, { client: of.id })).some((one) => one['content'] === mark)) return consumer;
}

/** The account of the hook, which tells notices and rooms as they are. */
async function ofHook(): Promise<Known & { id: string; wxid: string }> {
  const hook = clients.driven.find((one) => one.driver === 'the hook')!;
  const { wxid: own } = hook.simulator.driven.find(({ number }) => number === hook.number)!;
  return { ...(await clients.known(hook)), id: hook.id, wxid: own };
}

/** Resolves when so many polls wait, beside the accounts, which are looked at as often. */
const arePolling = (count: number) => clients.clock.asleep(30_000, clients.driven.length + count);

/** Polls until it has had so many bodies. */
async function collect(consumer: string, count: number, more: Record<string, string> = {}): Promise<Body[]> {
  const bodies: Body[] = [];
  while (bodies.length < count) bodies.push(...(await poll(consumer, more)));
  return bodies;
}

/** The newest events of these types as they would be posted. */
async function posted(types: EventType[], options: Partial<FormatOptions> = {}): Promise<Body[]> {
  const events: Event[] = [];
  for (let after: string | null = null; ;) {
    const page = await readEvents(app(), owner, { types, accountIds: [id], first: 100, after });
    events.push(...page.nodes);
    if (!page.hasNextPage) break;
    after = page.cursorAt(page.nodes.length - 1);
  }
  const bodies = await Promise.all(
    events.map((event) => encodeOpenwxEvent(app(), owner, event, { events: null, mediaData: false, ...options })),
  );
  return bodies.flat().map((text) => JSON.parse(text) as Body);
}

const text = expect.any(String);
const friendMessage = {
  class: 'recv',
  content: '测试一下',
  format: 'text',
  id: expect.stringMatching(/^\d+$/),
  post_type: 'receive_message',
  receiver: text,
  receiver_account: text,
  receiver_id: text,
  receiver_markname: text,
  receiver_name: text,
  receiver_uid: '',
  sender: text,
  sender_account: text,
  sender_category: '好友',
  sender_id: text,
  sender_markname: text,
  sender_name: text,
  sender_uid: '',
  time: expect.stringMatching(/^\d{10}$/),
  type: 'friend_message',
  uid: '',
};
const inGroup = { group: '产品体验群', group_id: text, group_name: '产品体验群', group_uid: '' };

describe('messages', () => {
  test('of a friend and of a group have the documented fields', async () => {
    const consumer = await caughtUp();
    world().receive(wxid, known.friend, '测试一下');
    world().receive(wxid, known.friend, '大家好', known.room);
    const [one, two] = await collect(consumer, 2);
    expect(one).toEqual({ ...friendMessage, sender_id: known.friend, receiver_id: known.self });
    const { sender_category: _, ...fields } = friendMessage;
    expect(two).toEqual({
      ...fields,
      ...inGroup,
      content: '大家好',
      group_id: known.room,
      sender_id: known.friend,
      receiver_id: known.self,
      type: 'group_message',
    });
  });

  test('that the account sent say whence, and notices have no sender', async () => {
    const consumer = await caughtUp();
    world().sendFromPhone(wxid, known.friend, '手机发的');
    const [own] = await collect(consumer, 1);
    const sent = { class: 'send', post_type: 'send_message', msg: '发送成功', code: '' };
    expect(own).toMatchObject({
      ...sent,
      sender_id: known.self,
      receiver_id: known.friend,
      source: 'outer',
      from: 'none',
    });
    await clients.call('send_friend_message', { client: id, id: known.friend, content: '接口发的' });
    expect((await collect(consumer, 1))[0]).toMatchObject({
      ...sent,
      content: '接口发的',
      source: 'local',
      from: 'api',
    });
    await clients.call('send_group_message', { client: id, id: known.room, content: '群里' });
    expect((await collect(consumer, 1))[0]).toMatchObject({
      ...sent,
      ...inGroup,
      type: 'group_message',
      receiver_id: '',
    });
    const hook = await ofHook();
    const ofNotices = await caughtUp(hook);
    world().notice(hook.wxid, hook.room, '你邀请灰太狼加入了群聊');
    const [notice] = await collect(ofNotices, 1, { client: hook.id });
    expect(notice).toMatchObject({
      ...inGroup,
      type: 'group_notice',
      format: 'text',
      content: '你邀请灰太狼加入了群聊',
    });
    expect(notice).not.toHaveProperty('sender_id');
  });

  test('with media carry them in lines of 76 characters, and an id to send them again', async () => {
    const consumer = await caughtUp();
    world().receive(wxid, known.friend, { type: 'media', media: 'image', name: 'a.jpg', bytes: tinyJpeg });
    const [one] = await collect(consumer, 1);
    expect(one).toMatchObject({
      format: 'media',
      content: expect.stringMatching(/^\[图片\]\(http.*\)$/),
      media_code: 3,
      media_ext: 'jpg',
      media_id: expect.stringMatching(/^media_\d+:3$/),
      media_mime: 'image/jpeg',
      media_path: expect.stringMatching(/^http/),
      media_size: String(tinyJpeg.length),
      media_type: 'image',
      media_mtime: expect.stringMatching(/^\d{10}$/),
    });
    const data = one!['media_data'] as string;
    expect(
      data
        .split('\n')
        .slice(0, -2)
        .every((line) => line.length === 76),
    ).toBe(true);
    expect([data.endsWith('\n'), Buffer.from(data, 'base64').equals(tinyJpeg)]).toEqual([true, true]);
    const fetched = await fetch(one!['media_path'] as string);
    expect(Buffer.from(await fetched.arrayBuffer()).equals(tinyJpeg)).toBe(true);
    const again = await clients.call('send_friend_message', {
      client: id,
      id: known.friend,
      media_id: one!['media_id'] as string,
    });
    expect(again.json).toMatchObject({ code: 0, media_id: one!['media_id'] });
    const [own] = await collect(consumer, 1, { post_media_data: '0' });
    expect(own).toMatchObject({ format: 'media', post_type: 'send_message' });
    expect(own).not.toHaveProperty('media_data');
  });

  test('of links, cards and revokes have formats of their own', async () => {
    const consumer = await caughtUp();
    const link = {
      title: '饿了么给你发红包',
      description: '第2份半价！',
      url: 'https://h.ele.me/a?b=1&c=2',
      appName: '饿了么',
      appId: 'wx123456',
    };
    world().receive(wxid, known.friend, { type: 'link', ...link });
    world().receive(wxid, known.friend, { type: 'card', wxid: known.friends[1]! });
    const { id: told } = world().sendFromPhone(wxid, known.friend, '说错了');
    world().revoke(wxid, told);
    const bodies = await collect(consumer, 4);
    const of = (format: string) => bodies.find((one) => one['format'] === format);
    expect(of('app')).toMatchObject({ app_title: link.title, app_desc: link.description, app_url: link.url });
    expect(of('app')!['content']).toContain(`[应用分享]标题：${link.title}\n[应用分享]描述：${link.description}`);
    expect(of('card')).toMatchObject({
      card_id: known.friends[1],
      card_name: text,
      card_account: text,
      card_avatar: text,
    });
    expect(of('revoke')).toMatchObject({ content: expect.stringMatching(/^\[撤回消息\]\(.*\)$/s), revoke_id: text });
  });

  test('that are made of everything an upstream posts are written for every format', async () => {
    const account = clients.driven.find((one) => one.driver === 'Openwx')!;
    const body = openwxText('7257313700000000777', '"引号"\\/<b>😀</b>\n行');
    await post(clients.stack.callbackUrls[0]!, body);
    const { json } = await clients.call('check_event', { client: account.id, consumer: newConsumer() });
    const told = (json as unknown as Body[]).find((one) => one['id'] === '7257313700000000777')!;
    expect(told).toMatchObject({ content: '"引号"\\/<b>😀</b>\n行', receiver_uid: 1_000_001, sender_category: '好友' });
  });
});

describe('a poll', () => {
  test('of a new client begins twenty events back, and the next one goes on where it ended', async () => {
    for (let n = 0; n < 25; n += 1) world().receive(wxid, known.friend, `旧 ${n}`);
    await clients.stack.until(async () => {
      const { data } = await clients.stack.query('{ messages(last: 1) { nodes { text } } }');
      return data.messages.nodes[0].text === '旧 24';
    });
    const consumer = newConsumer();
    const first = await poll(consumer);
    expect(first.map((one) => one['content'])).toEqual(Array.from({ length: 20 }, (_, n) => `旧 ${n + 5}`));
    world().receive(wxid, known.friend, '新的');
    expect((await poll(consumer)).map((one) => one['content'])).toEqual(['新的']);
    await clients.stack.restart();
    world().receive(wxid, known.friend, '重启之后');
    expect((await collect(consumer, 1)).map((one) => one['content'])).toEqual(['重启之后']);
  });

  test('tells all at once to a client that is behind, by POST as well', async () => {
    const consumer = await caughtUp();
    for (let n = 0; n < 5; n += 1) world().receive(wxid, known.friend, `落后 ${n}`);
    await clients.stack.until(async () => {
      const { data } = await clients.stack.query('{ messages(last: 1) { nodes { text } } }');
      return data.messages.nodes[0].text === '落后 4';
    });
    const { json } = await clients.ask('check_event', {
      method: 'POST',
      body: new URLSearchParams({ client: id, consumer }),
    });
    expect((json as unknown as Body[]).map((one) => one['content'])).toEqual([0, 1, 2, 3, 4].map((n) => `落后 ${n}`));
  });

  test('that nothing comes to ends with an empty list after thirty seconds', async () => {
    const consumer = await caughtUp();
    const waiting = poll(consumer);
    await arePolling(1);
    clients.clock.moveOn(30_000);
    expect(await waiting).toEqual([]);
  });

  test('that is abandoned, or whose answer is cut off, loses nothing', async () => {
    const consumer = await caughtUp();
    const path = `/openwx/check_event?${new URLSearchParams({ client: id, consumer })}`;
    const headers = { authorization: `Bearer ${adminToken}` };
    const abandoned = request(`${clients.stack.gateway.url}${path}`, { headers, agent: false });
    abandoned.on('error', () => undefined);
    abandoned.end();
    await new Promise((resolve) => abandoned.once('socket', (socket) => socket.once('connect', resolve)));
    await arePolling(1);
    abandoned.destroy();
    world().receive(wxid, known.friend, '一个');
    expect((await collect(consumer, 1)).map((one) => one['content'])).toEqual(['一个']);
    // Much more than a socket takes at once: the client leaves before it has read all of it.
    world().receive(wxid, known.friend, {
      type: 'media',
      media: 'file',
      name: 'b.bin',
      bytes: Buffer.alloc(6_000_000, 7),
    });
    const cut = request(`${clients.stack.gateway.url}${path}`, { headers, agent: false });
    cut.on('error', () => undefined);
    cut.end();
    await new Promise<void>((resolve) => {
      cut.once('response', (response) =>
        response.on('error', () => undefined).once('readable', () => (cut.destroy(), resolve())),
      );
    });
    const [again] = await collect(consumer, 1);
    expect(again).toMatchObject({ format: 'media', media_name: 'b.bin' });
    expect(Buffer.from(again!['media_data'] as string, 'base64')).toHaveLength(6_000_000);
  });

  test('waits while another of the same client is answered: nobody is told twice', async () => {
    const consumer = await caughtUp();
    const both = [poll(consumer), poll(consumer)];
    await arePolling(2);
    world().receive(wxid, known.friend, '只一次');
    const first = await Promise.race(both);
    clients.clock.moveOn(30_000);
    const bodies = (await Promise.all(both)).flat();
    expect([first.length, bodies.map((one) => one['content'])]).toEqual([1, ['只一次']]);
  });

  test('of one client takes nothing from another, of another token, account or name', async () => {
    const { secret } = await createApiToken(app(), owner, { name: 'other', scope: 'READ', accountIds: [id] });
    const two = await caughtUp();
    const one = await caughtUp();
    await poll(two);
    const ask = async () =>
      (await clients.ask(`check_event?consumer=${encodeURIComponent(one)}`, { token: secret }))
        .json as unknown as Body[];
    world().receive(wxid, known.friend, '人人有份');
    const polls = { one: () => poll(one), two: () => poll(two), other: ask };
    for (const [name, next] of Object.entries(polls)) {
      const bodies: Body[] = [];
      while (!bodies.some((body) => body['content'] === '人人有份')) bodies.push(...(await next()));
      expect(
        bodies.filter((body) => body['content'] === '人人有份'),
        name,
      ).toHaveLength(1);
    }
    const openwx = await clients.call('check_event', { client: '00001', consumer: one });
    expect(openwx.text).not.toContain('人人有份');
  });

  test('tells no changes of states or lists, and of properties where it asks so', async () => {
    const consumer = newConsumer();
    const events = { post_event_list: 'friend_property_change,state_change,update_friend' };
    world().receive(wxid, known.friend, '先');
    await poll(consumer, events);
    world().setRemark(wxid, known.friend, '改备注');
    await clients.call('set_markname', { client: id, id: known.friend, new_markname: '改过' });
    let changed: Body | undefined;
    while (changed === undefined) changed = (await poll(consumer, events)).find((one) => one.params?.at(-1) === '改过');
    expect(changed).toMatchObject({ event: 'friend_property_change', post_type: 'event' });
    expect(changed.params).toEqual([
      expect.objectContaining({ id: known.friend }),
      'markname',
      expect.any(String),
      '改过',
    ]);
  });
});

describe('events', () => {
  test('of groups and their members name both', async () => {
    const { id: client, ...hook } = await ofHook();
    const [friend] = hook.friends;
    const consumer = await caughtUp({ id: client, ...hook });
    const { json: made } = await clients.call('create_group', {
      client,
      friends: hook.friends.slice(0, 2).join(','),
      displayname: '事件群',
    });
    const room = made['group_id'] as string;
    await clients.call('kick_group_member', { client, id: room, members: friend! });
    const bodies: Body[] = [];
    const find = (name: string) =>
      bodies.find(({ event, params }) => event === name && JSON.stringify(params).includes(room));
    while (!find('new_group') || !find('lose_group_member')) bodies.push(...(await poll(consumer, { client })));
    expect(find('new_group')).toMatchObject({ post_type: 'event', params: [{ id: room, displayname: '事件群' }] });
    expect(find('lose_group_member')).toMatchObject({ post_type: 'event', params: [{ id: friend }, { id: room }] });
  });

  test('of states, codes and logins are posted, by default and in their order', async () => {
    const qrCode = { url: null, image: 'data:image/jpeg;base64,/9j/4AAQ', expiresAt: null };
    const event = (from: string | null, to: string, code: object | null = null) =>
      ({
        type: 'CLIENT_STATE_CHANGED',
        seq: 1,
        at: 0,
        cursor: '',
        accountId: 1,
        chatId: null,
        from,
        to,
        reason: null,
        qrCode: code,
      }) as Event;
    const told = async (one: Event, events: string[] | null = null) =>
      (await encodeOpenwxEvent(app(), owner, one, { events, mediaData: false })).map(
        (body) => JSON.parse(body) as Body,
      );
    expect(await told(event('LOADING', 'SCANNING', qrCode))).toEqual([
      { post_type: 'event', event: 'input_qrcode', params: ['', '/9j/4AAQ\n'] },
      { post_type: 'event', event: 'state_change', params: ['loading', 'scaning'] },
    ]);
    expect((await told(event('SCANNING', 'SCANNING', qrCode))).map((one) => one['event'])).toEqual(['input_qrcode']);
    expect((await told(event('UPDATING', 'RUNNING'))).map((one) => [one['event'], one.params])).toEqual([
      ['state_change', ['updating', 'running']],
      ['login', [1]],
    ]);
    expect(await told(event('RUNNING', 'SUSPECT'))).toEqual([]);
    expect((await told(event('LOADING', 'RUNNING'), ['login'])).map((one) => one.params)).toEqual([[0]]);
    expect((await told(event('RUNNING', 'STOPPED'))).map((one) => one['event'])).toEqual(['state_change', 'stop']);
  });

  test('of lists are posted where they are asked for, whole', async () => {
    expect(await posted(['CONTACTS_SYNCED'])).toEqual([]);
    const lists = await posted(['CONTACTS_SYNCED'], { events: ['update_friend', 'update_group'] });
    const friends = lists.findLast((one) => one['event'] === 'update_friend')!;
    expect(friends.params).toContainEqual(expect.objectContaining({ id: known.friend, category: '好友' }));
    const groups = lists.findLast((one) => one['event'] === 'update_group')!;
    expect(groups.params).toContainEqual(expect.objectContaining({ id: known.room, member: expect.any(Array) }));
    const users = await posted(['ACCOUNT_CHANGED'], { events: ['update_user'] });
    expect(users.at(-1)).toMatchObject({ event: 'update_user', params: [{ id: known.self }] });
  });

  test('and sends that have no words there are posted to nobody', async () => {
    expect(await posted(['SEND_UPDATED', 'CHAT_UPDATED', 'MESSAGE_UPDATED', 'GROUP_CHANGED'])).toEqual([]);
  });
});
