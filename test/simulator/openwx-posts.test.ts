import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator, SimulatorOptions } from '../../src/simulator/simulator.ts';
import { tinyJpeg } from '../../src/simulator/png.ts';
import type { Content } from '../../src/simulator/wechat.ts';
import type { World } from '../../src/simulator/world.ts';
import { startReceiver } from './receiver.ts';
import type { Receiver } from './receiver.ts';
import { me, recordedEvents, recordedOpenwx, recordedWorld, withEmoji } from './recorded.ts';
import type { RecordedEvent } from './recorded.ts';

let receiver: Receiver;
let simulator: Simulator;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await simulator.stop();
  await receiver[Symbol.asyncDispose]();
});

async function start(options: SimulatorOptions = {}): Promise<void> {
  simulator = await startSimulator({
    build: recordedWorld,
    postApi: receiver.url,
    ...options,
    openwx: { ...recordedOpenwx, ...options.openwx },
  });
  await simulator.until(() => simulator.posts.every((post) => post.outcome !== 'waiting'));
}

function recordedEvent(name: string, profile = 'default'): RecordedEvent {
  const found = recordedEvents.find((event) => event.name === name && event.profile === profile);
  if (found === undefined) throw new Error(`not recorded: ${name}`);
  return found;
}

/** Hides what differs from run to run and keeps the shape. */
function masked(text: string): string {
  return text
    .replace(/"(revoke_)?id":"\d{16,20}(?=[:"])/g, '"$1id":"N')
    .replace(/"uid":"\d{14,17}"/g, '"uid":"N"')
    .replace(/"time":\d+/g, '"time":0')
    .replace(/"media_mtime":\d+/g, '"media_mtime":0')
    .replace(/"media_id":"(\d{16,20}|@crypt_\w+)(:\d+)"/g, '"media_id":"N$2"')
    .replace(/(\\\/\w+)+\\\/(mojo_weixin_\w+|报告)\./g, 'PATH.');
}

/** The text of the last post. */
function last(): string {
  return receiver.received.at(-1)?.text ?? '';
}

/** The text of the first post of a recorded event. */
function recordedText(name: string, profile?: string): string {
  return recordedEvent(name, profile).posts[0]?.rawBody ?? '';
}

type Injected = NonNullable<NonNullable<RecordedEvent['injected']>['AddMsgList']>[number];

const bytes: Readonly<Record<number, Uint8Array>> = {
  3: tinyJpeg,
  34: Buffer.from('SUQzZmFrZXZvaWNl', 'base64'),
  43: Buffer.from('AAAAGGZ0eXBtcDQyZmFrZXZpZGVv', 'base64'),
  6: Buffer.from('文件内容\n'),
};

function contentOf(message: Injected, text: string): Content {
  const media = { 3: 'image', 34: 'voice', 43: 'video' } as const;
  switch (message.MsgType) {
    case 3:
    case 34:
    case 43:
      return { type: 'media', media: media[message.MsgType], name: '', bytes: bytes[message.MsgType] ?? tinyJpeg };
    case 49:
      if (message.AppMsgType === 6)
        return { type: 'media', media: 'file', name: '报告.txt', bytes: bytes[6] ?? tinyJpeg };
      return {
        type: 'link',
        title: '饿了么给你发红包',
        description: '撩拨你的深夜味蕾，第2份半价！',
        url: 'https://h.ele.me/hongbao?a=1&b=2',
        appName: '饿了么',
        appId: 'wx123456',
      };
    case 10002: {
      const notice = /CDATA\[(.*?)\]\]/.exec(message.Content)?.[1] ?? '';
      return { type: 'revoke', messageId: '2513410439052032973', notice };
    }
    case 10000:
      return { type: 'notice', text };
    default:
      return { type: 'text', text: withEmoji(text), mentions: [] };
  }
}

/** Makes happen in the world what was injected into the recording's WeChat. */
function inject(world: World, message: Injected): void {
  const inRoom = message.FromUserName.startsWith('@@');
  const [, member, rest] = /^(@.+?):<br\/>(.*)$/s.exec(message.Content) ?? [];
  const content = contentOf(message, rest ?? message.Content);
  if (content.type === 'notice') world.notice(me, message.FromUserName, content.text);
  else if (message.FromUserName === me) world.sendFromPhone(me, message.ToUserName, message.Content);
  else if (inRoom) world.receive(me, member ?? me, content, message.FromUserName);
  else world.receive(me, message.FromUserName, content);
}

describe('posts messages as the real client does', () => {
  const names = [
    'friend text message',
    'friend text: emoji code not in the map',
    'text from system account',
    'text from an id that is in no contact list (batchgetcontact empty)',
    'empty text',
    "text content '0'",
    'group text message',
    'group text in group whose member list lacks me',
    'system notice in a friend chat (type 10000)',
    'friend image',
    'group image',
    'friend voice',
    'friend video',
    'friend file',
    'friend app share',
    'friend revokes',
    'group member revokes',
    'text sent by me from phone to friend',
    'post_api reply: reply to group_notice is ignored',
  ];
  test.each(names)('%s', async (name) => {
    const { injected, posts } = recordedEvent(name);
    await start();
    receiver.received.length = 0;
    simulator.forget();
    const [message] = injected?.AddMsgList ?? [];
    if (message === undefined) throw new Error('nothing injected');
    inject(simulator.world, message);
    await simulator.until(() => simulator.posts.filter((post) => post.outcome === 'answered').length === posts.length);
    expect(receiver.received.map(({ text }) => masked(text))).toEqual(posts.map(({ rawBody }) => masked(rawBody)));
  });

  test('a revoke by the account itself, in a chat room', async () => {
    await start();
    receiver.received.length = 0;
    const { id } = simulator.world.sendFromPhone(me, '@@g_perl_0001', 'oops');
    simulator.world.revoke(me, id);
    await simulator.until(() => simulator.posts.filter((post) => post.body['format'] === 'revoke').length === 1);
    const text = await simulator.until(() => receiver.received.find(({ body }) => body['format'] === 'revoke')?.text);
    const recorded = recordedEvent('I revoke in group (arrives as from group)').posts[0];
    expect(masked(text)).toBe(masked(recorded?.rawBody ?? ''));
  });

  test.each([
    ['post for API send_group_message', 'send_group_message?id=@@g_perl_0001&content=hello'],
    ['post for API async send', 'send_friend_message?id=filehelper&content=hello&async=1'],
    ['post for API send media missing file', 'send_friend_message?id=@f_alice_0001&media_path=/no.jpg'],
  ])('%s', async (name, request) => {
    await start();
    receiver.received.length = 0;
    await fetch(`${simulator.account().baseUrl}/openwx/${request}`);
    await simulator.until(() => receiver.received.length === 1);
    expect(masked(receiver.received[0]?.text ?? '')).toBe(masked(recordedEvent(name).posts[0]?.rawBody ?? ''));
  });
});

describe('posts events as the real client does', () => {
  test('login: the code before the state, login before its contacts, running last', async () => {
    const events = [
      'update_user',
      'update_friend',
      'update_group',
      'new_friend',
      'login',
      'state_change',
      'input_qrcode',
    ];
    await start({ openwx: { postEventList: events } });
    const blocking = receiver.received.filter(({ body }) =>
      /login|state_change|input_qrcode/.test(String(body['event'])),
    );
    const recorded = recordedEvent(
      'startup posts with every event listed (update_user, update_friend, update_group)',
      'all events in post_event_list',
    ).posts;
    const order = recorded.filter(({ body }) => /login|state_change/.test(String(body['event'])));
    expect(blocking[0]?.body['event']).toBe('input_qrcode');
    expect(blocking.slice(1).map(({ text }) => text)).toEqual(order.map(({ rawBody: text }) => text));
    for (const event of ['update_user', 'update_friend', 'update_group', 'new_friend']) {
      const text = recorded.find(({ body }) => body['event'] === event)?.rawBody;
      expect(receiver.received.find(({ body }) => body['event'] === event)?.text).toBe(text);
    }
    expect(blocking.at(-1)?.body['params']).toEqual(['updating', 'running']);
  });

  test('a login by cookie asks for no scan, says 0 and keeps the ids', async () => {
    await start();
    simulator.account().die();
    receiver.received.length = 0;
    await simulator.account().start({ cookie: true });
    await simulator.until(() => simulator.account().state === 'running' && receiver.received.length === 4);
    const recorded = recordedEvent(
      'startup posts when the cookie is still valid (no QR): login params [0]',
      'cookie login',
    );
    expect(receiver.received.map(({ text }) => text).toSorted()).toEqual(
      recorded.posts.map(({ rawBody: text }) => text).toSorted(),
    );
  });

  test('friends and chat rooms come with numbers for words', async () => {
    await start();
    const { world } = simulator;
    const person = {
      wxid: '@f_new_0100',
      name: '新朋友',
      alias: 'newbie',
      sex: 1 as const,
      signature: 's',
      province: '北京',
      city: '海淀',
    };
    receiver.received.length = 0;
    world.addPerson(person);
    world.addContact(me, person.wxid);
    await simulator.until(() => receiver.received.length === 1);
    expect(last()).toBe(recordedText('new_friend (ModContact of unknown id)'));

    world.addPerson({ wxid: '@m_z1', name: '子' });
    world.addPerson({ wxid: '@m_z2', name: '丑' });
    const sexOfMe = world.people.get(me);
    if (sexOfMe !== undefined) sexOfMe.sex = 0;
    world.addRoom({ wxid: '@@g_mod_0100', name: '新加入的群' }, [{ wxid: me }, { wxid: '@m_z1' }]);
    await simulator.until(() => receiver.received.length === 2);
    expect(last()).toBe(recordedText('new_group'));

    world.join('@@g_mod_0100', '@m_z2');
    await simulator.until(() => receiver.received.length === 3);
    world.leave('@@g_mod_0100', '@m_z2');
    await simulator.until(() => receiver.received.length === 4);
    expect(last()).toBe(recordedText('lose_group_member'));

    world.leave('@@g_mod_0100', me);
    await simulator.until(() => receiver.received.length === 5);
    expect(last()).toBe(recordedText('lose_group'));
  });

  test('a request to be friends, which can be accepted once', async () => {
    await start();
    receiver.received.length = 0;
    const { wxid, ticket } = simulator.world.requestFriend(me, '小灰', '小灰请求加你为好友');
    const id = simulator.account().idOf(wxid);
    await simulator.until(() => receiver.received.length === 1);
    expect(receiver.received[0]?.body).toEqual({
      post_type: 'event',
      event: 'friend_request',
      params: [id, '小灰', '小灰请求加你为好友', ticket],
    });
    const accept = (): Promise<string> =>
      fetch(`${simulator.account().baseUrl}/openwx/accept_friend_request?id=${id}&ticket=${ticket}`).then((answer) =>
        answer.text(),
      );
    expect(await accept()).toBe(`{"code":0,"displayname":null,"id":"${id}","status":"success","ticket":"${ticket}"}`);
    expect(await accept()).toContain('"code":-1');
    await simulator.until(() => receiver.received.some(({ body }) => body['event'] === 'new_friend'));
    await simulator.until(() =>
      receiver.received.some(({ body }) => String(body['content']).startsWith('你已添加了小灰')),
    );
  });

  test('a kick by the client itself tells of the member with words', async () => {
    await start();
    receiver.received.length = 0;
    await fetch(`${simulator.account().baseUrl}/openwx/kick_group_member?id=@@g_perl_0001&members=@m_lang_0002`);
    await simulator.until(() => receiver.received.length === 1);
    // In the recording some members had spoken before, which gives them an empty name.
    expect(last()).toBe(recordedText('events posted by API kick_group_member').replaceAll('"name":"",', ''));
  });

  test('a sync of somebody unchanged tells of changes that are none', async () => {
    await start({ openwx: { postEventList: ['friend_property_change'] } });
    simulator.world.setRemark(me, '@f_bob_0002', '鲍勃');
    const changes = await simulator.until(() => receiver.received.length === 3 && receiver.received);
    expect(changes.map(({ body }) => (body['params'] as unknown[]).slice(1))).toEqual(
      expect.arrayContaining([
        ['markname', '', '鲍勃'],
        ['sex', 'male', 1],
        ['uid', '', 0],
      ]),
    );
  });

  test('stop: state, then stop, then the port is closed', async () => {
    await start({ openwx: { stopAfterMs: 10 } });
    receiver.received.length = 0;
    const { baseUrl } = simulator.account();
    await fetch(`${baseUrl}/openwx/stop_client`);
    await simulator.until(() => simulator.account().session === null);
    const recorded = recordedEvent('stop via stop_client: posted events').posts;
    expect(receiver.received.map(({ text }) => text)).toEqual(recorded.map(({ rawBody: text }) => text));
    await expect(fetch(baseUrl)).rejects.toThrow('fetch failed');
  });

  test('without post_event only messages are posted', async () => {
    await start({ openwx: { postEvent: false, postMediaData: false } });
    expect(receiver.received).toEqual([]);
    inject(simulator.world, recordedEvent('friend image').injected?.AddMsgList?.[0] as Injected);
    await simulator.until(() => receiver.received.length === 1);
    const recorded = recordedText('friend image with post_media_data=0', 'post_event=0 post_media_data=0');
    expect(masked(last())).toBe(masked(recorded));
  });
});

/** Has one message posted, which is answered so. */
async function trigger(answer: ReturnType<Receiver['answer']>): Promise<void> {
  await start();
  simulator.forget();
  let answered = false;
  receiver.answer = () => {
    if (answered) return {};
    answered = true;
    return answer;
  };
  simulator.world.receive(me, '@f_alice_0001', '触发');
  await simulator.until(() => simulator.posts.some((post) => post.outcome === 'answered'));
}

describe('takes the answer to a post as the real client does', () => {
  test.each([
    ['application/json;charset=UTF-8', '{"reply":"你好"}'],
    ['text/json', '{"reply":"你好"}'],
    ['application/json', '{"reply":"\\u4f60\\u597d"}'],
  ])('a reply in %s is sent', async (contentType, body) => {
    await trigger({ status: 200, contentType, body });
    await simulator.until(() => simulator.delivered.length === 1);
    expect(simulator.delivered[0]).toMatchObject({ to: '@f_alice_0001', text: '你好' });
    await simulator.until(() => receiver.received.at(-1)?.body['from'] === 'code');
  });

  test.each([
    [200, 'text/plain', '{"reply":"x"}'],
    [200, 'text/html', '{"reply":"x"}'],
    [500, 'application/json', '{"reply":"x"}'],
    [200, 'application/json', '{"code":0}'],
    [200, 'application/json', '[]'],
    [200, 'application/json', '{"reply":{"a":1}}'],
  ])('nothing comes of %i %s %s', async (status, contentType, body) => {
    await trigger({ status, contentType, body });
    expect(simulator.delivered).toEqual([]);
    expect(simulator.account().state).toBe('running');
  });

  test.each(['', 'null', '"ok"', '1', '{"reply":'])('JSON that is %j ends the client', async (body) => {
    await trigger({ status: 200, contentType: 'application/json', body });
    await simulator.until(() => simulator.account().session === null);
    await expect(fetch(simulator.account().baseUrl)).rejects.toThrow('fetch failed');
  });
});
