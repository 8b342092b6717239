import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DriverEvent, DriverError, type Self, type UpstreamMessage } from '../../src/drivers/driver.ts';
import { decode as decodeFor, decodeEntries } from '../../src/drivers/openwx/decode.ts';
import { plainText } from '../../src/drivers/openwx/plain-text.ts';
import { answerOf, callback, me, now, postsOf, recorded } from './recorded.ts';

function decode(
  body: unknown,
  options: { query?: string; self?: Self | null; client?: string | null } = {},
): DriverEvent[] {
  return decodeFor(callback(typeof body === 'string' ? body : JSON.stringify(body), options), options.client ?? null);
}

function messageOf(body: unknown, self: Self | null = me): UpstreamMessage {
  const [event, ...others] = decode(body, { self });
  expect(others).toEqual([]);
  if (event?.type !== 'message') throw new Error(`no message but ${JSON.stringify(event)}`);
  return event.message;
}

function only(name: string): UpstreamMessage {
  return messageOf(postsOf(name)[0]?.rawBody);
}

/** The events, or none where the body is refused as it may be; any other failure is thrown on. */
function unlessRefused(act: () => DriverEvent[]): DriverEvent[] {
  try {
    return act();
  } catch (error) {
    if (error instanceof DriverError && ['BAD_INPUT', 'FORBIDDEN'].includes(error.code)) return [];
    throw error;
  }
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof DriverError) return `${error.code}${error.certain ? ' certain' : ''}`;
    throw error;
  }
  return 'no error';
}

type Post = { rawBody: string; query: string; body: Record<string, unknown> };

const posts: [string, Post][] = recorded.events.flatMap((event) =>
  event.posts.map(({ rawBody, query }, index): [string, Post] => [
    `${event.name} #${index + 1}`,
    { rawBody, query, body: JSON.parse(rawBody) as Record<string, unknown> },
  ]),
);
const eventPosts = posts.filter(([, { body }]) => body['post_type'] === 'event');
const failedPosts = posts.filter(([, { body }]) => body['msg'] === '发送失败');
const messagePosts = posts.filter((post) => !eventPosts.includes(post) && !failedPosts.includes(post));
const friendText = postsOf('friend text message')[0]?.body ?? {};
const roomText = postsOf('group text message')[0]?.body ?? {};

function decodePost({ rawBody, query }: Post): DriverEvent[] {
  return decode(rawBody, { query, client: new URLSearchParams(query).get('client') });
}

function eventOf(name: string, ...params: unknown[]): DriverEvent[] {
  return decode({ post_type: 'event', event: name, params });
}

describe('every post of the real program', () => {
  it('is looked at', () => {
    expect([messagePosts.length, eventPosts.length, failedPosts.length]).toEqual([51, 45, 1]);
  });

  it.each(messagePosts)('%s is one message, exact to the digit', (_, post) => {
    const { rawBody, body } = post;
    const [decoded, ...others] = decodePost(post);
    expect(others).toEqual([]);
    const other = body['class'] === 'send' ? body['receiver_id'] : body['sender_id'];
    expect(decoded).toMatchObject({
      type: 'message',
      message: {
        // Taken from the text, since a parser would round it.
        upstreamId: /"id":"(\d+)/.exec(rawBody)?.[1],
        sentAt: Number(body['time']) * 1000,
        direction: body['class'] === 'send' ? 'OUTGOING' : 'INCOMING',
        peer: { wxid: (body['type'] as string).startsWith('group') ? body['group_id'] : other },
        kind: expect.not.stringMatching('UNKNOWN') as string,
        ...(body['format'] === 'text' && { text: body['content'] }),
        ...(body['media_data'] === undefined && { raw: rawBody }),
      },
    });
  });

  it.each(messagePosts.filter(([, { body }]) => body['media_data'] !== undefined))(
    '%s keeps all of its body but the media',
    (_, { rawBody, body }) => {
      const raw = JSON.parse(messageOf(rawBody).raw) as unknown;
      expect(raw).toEqual({ ...body, media_data: (body['media_data'] as string).length });
    },
  );

  it.each(eventPosts)('%s is an event that is known', (_, post) => {
    expect(decodePost(post).map(({ type }) => type)).toEqual([expect.not.stringMatching('skipped')]);
  });

  it.each(failedPosts)('%s is a send that failed, and no message', (_, post) => {
    expect(decodePost(post)).toEqual([{ type: 'skipped', what: 'failed send' }]);
  });
});

describe('messages', () => {
  it('takes the id of an API send before its receiver, so that the echo meets the receipt', () => {
    expect(only('post for API send_group_message')).toMatchObject({
      upstreamId: '2683625013724701095',
      direction: 'OUTGOING',
      peer: { wxid: '@@g_perl_0001', kind: 'CHAT_ROOM', name: 'PERL学习交流' },
      sender: { wxid: me.wxid },
    });
    expect(only('post for API async send').peer).toEqual({
      wxid: 'filehelper',
      kind: 'OTHER',
      name: '文件传输助手',
      displayName: '文件传输助手',
    });
  });

  it('names friends by name, remark and account, and strangers not by a placeholder', () => {
    expect(only('friend text message').peer).toEqual({
      wxid: '@f_alice_0001',
      kind: 'FRIEND',
      name: '爱丽丝',
      displayName: '小爱',
      remark: '小爱',
      alias: 'alice_wx',
    });
    const stranger = only('text from an id that is in no contact list (batchgetcontact empty)');
    expect(stranger.peer).toEqual({ wxid: '@stranger_x', kind: 'FRIEND' });
    expect(stranger.sender).toEqual({ wxid: '@stranger_x', name: null, displayName: null });
    expect(only('text from system account').peer.kind).toBe('OTHER');
  });

  it('takes a member’s nickname from markname, as name is empty in chat rooms', () => {
    expect(only('group text message').sender).toEqual({ wxid: '@m_hui_0001', name: '灰灰', displayName: '灰灰' });
    expect(only('group text in unnamed group').peer).toEqual({
      wxid: '@@g_noname_0002',
      kind: 'CHAT_ROOM',
      name: '',
      displayName: '甲、乙',
    });
  });

  it('leaves a text that arrives empty empty', () => {
    expect(only("text content '0'")).toMatchObject({ kind: 'TEXT', text: '', content: { type: 'Text', text: '' } });
  });

  it.each([
    ['friend image', 'IMAGE', '[图片]'],
    ['group image', 'IMAGE', '[图片]'],
    ['friend voice', 'VOICE', '[语音]'],
    ['friend video', 'VIDEO', '[视频]'],
    ['friend file', 'FILE', '[文件] 报告.txt'],
  ])('decodes %s', (name, kind, text) => {
    expect(only(name)).toMatchObject({ kind, text, richness: 2, content: { type: 'Media' } });
  });

  it('tells all that is known of a file', () => {
    expect(only('friend file').content).toEqual({
      type: 'Media',
      media: {
        name: '报告.txt',
        mime: 'application/octet-stream',
        size: 13,
        width: null,
        height: null,
        durationMs: null,
        upstreamPath: '/var/openwx/tmp/报告.txt',
        upstreamMediaId: '@crypt_file01:6',
      },
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['media_type alone', { media_type: 'emoticon' }, 'EMOJI'],
    ['media_code as number', { media_code: 62 }, 'VIDEO'],
    ['media_code as text', { media_code: '34' }, 'VOICE'],
    ['the end of media_id', { media_id: '@crypt_1:43' }, 'VIDEO'],
    ['the word in content', { content: '[表情](/tmp/a.gif)', media_mime: 'image/gif' }, 'EMOJI'],
    ['the mime type alone', { content: '[media](/tmp/a.jpg)', media_mime: 'image/jpg' }, 'IMAGE'],
    ['nothing at all', { media_type: '', media_code: null }, 'FILE'],
  ])('finds the kind of media by %s', (_, hints, kind) => {
    expect(messageOf({ ...friendText, format: 'media', content: '', ...hints }).kind).toBe(kind);
  });

  it('keeps the ids of a raw body exact when it leaves media_data out', () => {
    const body = JSON.stringify({ ...friendText, format: 'media', media_data: 'AAAA\n' }).replace(
      '"id":"7257313700000000001"',
      '"id":7257313700000000001',
    );
    const message = messageOf(body);
    expect(message.upstreamId).toBe('7257313700000000001');
    expect(message.raw).toContain('"id":7257313700000000001');
    expect(message.raw).toContain('"media_data":5');
  });

  it('decodes app shares, revokes, payments and notices', () => {
    expect(only('friend app share')).toMatchObject({
      kind: 'LINK',
      text: '[链接] 饿了么给你发红包\n撩拨你的深夜味蕾，第2份半价！\nhttps://h.ele.me/hongbao?a=1&b=2',
      content: {
        title: '饿了么给你发红包',
        appName: '饿了么',
        appId: 'wx123456',
        url: 'https://h.ele.me/hongbao?a=1&b=2',
      },
    });
    expect(only('group member revokes')).toMatchObject({
      kind: 'REVOKE',
      upstreamId: '7257313700000000029',
      content: { type: 'Revoke', revokedUpstreamId: '2513410439052032973', notice: '"灰灰" 撤回了一条消息' },
    });
    expect(messageOf({ ...friendText, format: 'payment', content: '[转账](收到转账0.01元)' })).toMatchObject({
      kind: 'TRANSFER',
      content: { type: 'System', notice: '收到转账0.01元' },
    });
    expect(only('post_api reply: reply to group_notice is ignored')).toMatchObject({
      kind: 'SYSTEM',
      direction: 'INCOMING',
      content: { type: 'System', notice: '通知' },
      sender: { wxid: '@@g_perl_0001' },
    });
  });

  it('decodes the documented card, which has no post_type and a time in text', () => {
    const card = {
      card_avatar: 'http://wx.qlogo.cn/mmhead/0',
      card_id: '@bc9b',
      card_name: 'xxx',
      sender_id: me.wxid,
      receiver_id: 'filehelper',
      id: '5604497552796809997',
      format: 'card',
      type: 'friend_message',
      class: 'send',
      time: '1482985638',
    };
    expect(messageOf(card)).toMatchObject({
      kind: 'CARD',
      direction: 'OUTGOING',
      sentAt: 1_482_985_638_000,
      content: { type: 'Card', wxid: '@bc9b', name: 'xxx', avatarUrl: 'http://wx.qlogo.cn/mmhead/0' },
    });
  });

  it('keeps formats, types and post_types that it does not know', () => {
    for (const unknown of [
      { format: 'hologram' },
      { type: 'discuss_message' },
      { post_type: 'whisper_message', class: '' },
    ]) {
      const body = { ...friendText, ...unknown };
      expect(messageOf(body)).toMatchObject({
        kind: 'UNKNOWN',
        content: { type: 'Unknown', upstreamType: Object.values(unknown)[0] },
        text: '测试一下',
        raw: JSON.stringify(body),
      });
    }
    expect(decode({ post_type: 'weather', sky: 'blue' })).toMatchObject([
      { type: 'skipped', what: 'post_type weather' },
    ]);
  });

  it.each(['[]', 'null', '1', '"x"', '', '{', '{}', '{"a":1}', '{"post_type":"receive_message"}'])(
    'refuses %s as bad input, so that it is quarantined',
    (body) => {
      expect(codeOf(() => decode(body))).toBe('BAD_INPUT certain');
    },
  );

  it('takes the time of arrival where none is told', () => {
    for (const time of ['', null, undefined, 'soon', 0, -5, 1e300]) {
      expect(messageOf({ ...friendText, time }).sentAt).toBe(now);
    }
  });
});

describe('mentions', () => {
  it.each<[string, string, boolean, string[]]>([
    ['@小灰\u2005在吗', '', true, [me.wxid]],
    ['在吗 @小灰 你好', '', true, [me.wxid]],
    ['@小灰', '', true, [me.wxid]],
    ['@小灰灰\u2005在吗', '', false, []],
    ['@小灰灰 @小灰\u2005', '', true, [me.wxid]],
    ['@群里的我\u2005', '群里的我', true, [me.wxid]],
    ['@所有人\u2005开会', '', false, ['notify@all']],
    ['@all @小灰 ', '', true, ['notify@all', me.wxid]],
    ['a@allb.example', '', false, []],
  ])('%j', (content, receiver, mentionsMe, mentions) => {
    const body = { ...roomText, content, ...(receiver && { receiver }) };
    expect(messageOf(body)).toMatchObject({ mentionsMe, mentions });
  });

  it('finds none in a friend’s chat and does not mention oneself', () => {
    expect(messageOf({ ...friendText, content: '@小灰 hi' })).toMatchObject({ mentionsMe: false, mentions: [] });
    const [own] = postsOf('post for API send_group_message');
    expect(messageOf({ ...own?.body, content: '@小灰 @所有人 ' })).toMatchObject({
      mentionsMe: false,
      mentions: ['notify@all'],
    });
  });
});

describe('whose post it is', () => {
  it('refuses the posts of another client of the Controller', () => {
    const body = JSON.stringify(friendText);
    expect(codeOf(() => decode(body, { query: 'client=c2', client: 'c1' }))).toBe('FORBIDDEN certain');
    expect(codeOf(() => decode(body, { query: 'client=c2', client: null }))).toBe('FORBIDDEN certain');
    expect(decode(body, { query: 'client=c1', client: 'c1' })).toHaveLength(1);
    expect(decode(body, { client: 'c1' })).toHaveLength(1);
  });

  it('knows a name beyond ASCII, which arrives encoded as UTF-8 twice', () => {
    const twice = encodeURIComponent(Buffer.from('帐号2', 'utf8').toString('latin1'));
    expect(decode(friendText, { query: `client=${twice}`, client: '帐号2' })).toHaveLength(1);
    expect(codeOf(() => decode(friendText, { query: `client=${twice}`, client: '帐号3' }))).toBe('FORBIDDEN certain');
  });

  it('refuses the posts of another person, told by the uid on either side', () => {
    expect(codeOf(() => decode({ ...friendText, receiver_uid: 654_321 }))).toBe('FORBIDDEN certain');
    expect(codeOf(() => decode({ ...friendText, receiver_uid: '654321' }))).toBe('FORBIDDEN certain');
    const own = postsOf('text sent by me from phone to friend')[0]?.body;
    expect(codeOf(() => decode({ ...own, sender_uid: 654_321 }))).toBe('FORBIDDEN certain');
    const [update] = postsOf('startup posts with every event listed (update_user, update_friend, update_group)').filter(
      ({ body }) => body['event'] === 'update_user',
    );
    expect(codeOf(() => decode(update?.rawBody, { self: { ...me, uid: '654321' } }))).toBe('FORBIDDEN certain');
  });

  it('takes an unknown uid for no proof', () => {
    for (const uid of ['', 0, null, undefined]) {
      expect(decode({ ...friendText, receiver_uid: uid })).toHaveLength(1);
      expect(
        decode(friendText, { self: { ...me, uid: uid === undefined ? null : uid === null ? '' : String(uid) } }),
      ).toHaveLength(1);
    }
  });

  it('tells a new own id, which every QR login brings, before the message', () => {
    const [first, second] = decode({ ...roomText, receiver_id: '@me_new' });
    expect(first).toEqual({ type: 'self', self: { ...me, wxid: '@me_new' } });
    expect(second?.type).toBe('message');
    expect(decode(friendText, { self: null })[0]).toEqual({ type: 'self', self: me });
  });
});

describe('events', () => {
  it('follows a login in the wire’s own spelling, and shows the code as a picture', () => {
    const startup = postsOf('startup posts with every event listed (update_user, update_friend, update_group)');
    const events = startup.flatMap(({ rawBody }) => decode(rawBody));
    expect(events.flatMap((one) => (one.type === 'state' ? [one.state] : []))).toEqual([
      'SCANNING',
      'SCANNING',
      'CONFIRMING',
      'UPDATING',
      'UPDATING',
      'RUNNING',
    ]);
    const [code] = events;
    expect(code).toMatchObject({
      qrCode: { image: expect.stringMatching(/^data:image\/jpeg;base64,\/9j\/[A-Za-z0-9+/]+=$/) as string },
    });
    expect(events.find((one) => one.type === 'self')).toEqual({ type: 'self', self: me });
    const lists = events.filter((one) => one.type === 'contacts');
    expect(lists.map(({ kinds, contacts }) => [kinds, contacts.length])).toEqual([
      [['FRIEND', 'OFFICIAL_ACCOUNT', 'OTHER'], 16],
      [['CHAT_ROOM'], 6],
    ]);
  });

  it('reads stop, a failed login and states that it does not know', () => {
    expect(eventOf('stop')).toMatchObject([{ state: 'STOPPED' }]);
    expect(eventOf('state_change', 'running', 'stop')).toMatchObject([{ state: 'STOPPED' }]);
    expect(eventOf('login', '-1', '二维码过期')).toMatchObject([
      { state: 'OFFLINE', reason: 'the login failed: 二维码过期' },
    ]);
    expect(eventOf('state_change', 'running', 'dancing')).toMatchObject([{ type: 'skipped', what: 'state dancing' }]);
    expect(eventOf('earthquake', 7)).toMatchObject([{ type: 'skipped', what: 'event earthquake' }]);
  });

  it('shows no picture where there is none', () => {
    for (const picture of ['', null, '<script>', '/9j/"><script>', undefined]) {
      expect(eventOf('input_qrcode', '/tmp/qr.jpg', picture)).toEqual([
        { type: 'state', state: 'SCANNING', reason: 'a QR code waits for the phone' },
      ]);
    }
  });

  it('tells who came and went', () => {
    expect(decode(postsOf('new_friend (ModContact of unknown id)')[0]?.rawBody)).toEqual([
      {
        type: 'contact',
        change: 'ADDED',
        contact: {
          wxid: '@f_new_0100',
          kind: 'FRIEND',
          name: '新朋友',
          displayName: '新朋友',
          remark: null,
          alias: 'newbie',
          sex: 'MALE',
          signature: 's',
          province: '北京',
          city: '海淀',
        },
      },
    ]);
    expect(eventOf('lose_friend', { id: '@f', sex: 2 })).toEqual([
      { type: 'contact', change: 'REMOVED', contact: { wxid: '@f', kind: 'FRIEND', sex: 'FEMALE' } },
    ]);
    expect(decode(postsOf('lose_group')[0]?.rawBody)).toMatchObject([
      { change: 'REMOVED', contact: { kind: 'CHAT_ROOM' } },
    ]);
    const [left] = decode(postsOf('events posted by API kick_group_member')[0]?.rawBody);
    expect(left).toMatchObject({
      change: 'MEMBER_LEFT',
      member: { wxid: '@m_lang_0002', name: '灰太狼', displayName: '群里的狼' },
      room: {
        wxid: '@@g_perl_0001',
        ownerWxid: me.wxid,
        members: [{ wxid: me.wxid, name: '小灰', isOwner: true }, { name: '灰灰' }, { name: '爱丽丝' }],
      },
    });
  });

  it('tells property changes, and skips those that a sync makes up', () => {
    expect(decode(postsOf('group_member_property_change display')[0]?.rawBody)).toEqual([
      {
        type: 'member',
        change: 'MEMBER_UPDATED',
        room: null,
        member: { wxid: '@m_z1', name: '子', displayName: '群名片' },
        property: 'display',
        from: '',
        to: '群名片',
      },
    ]);
    const friend = { id: '@f', name: 'Bob' };
    expect(eventOf('friend_property_change', friend, 'markname', '', '鲍勃')).toMatchObject([
      { change: 'UPDATED', property: 'markname', from: '', to: '鲍勃' },
    ]);
    expect(eventOf('friend_property_change', friend, 'sex', 'male', 1)).toMatchObject([{ type: 'skipped' }]);
    expect(eventOf('friend_property_change', friend, 'uid', '', 0)).toMatchObject([{ type: 'skipped' }]);
    expect(eventOf('group_property_change', { id: '@@g' }, 'name', 'a', 'b')).toMatchObject([
      { contact: { kind: 'CHAT_ROOM' } },
    ]);
    expect(
      eventOf('user_property_change', { id: me.wxid, name: '新名', uid: 123_456 }, 'name', '小灰', '新名'),
    ).toMatchObject([{ type: 'self', self: { name: '新名' } }]);
  });

  it('takes an empty list of friends for no reason to forget them all', () => {
    expect(eventOf('update_friend')).toMatchObject([{ type: 'skipped' }]);
    expect(eventOf('update_friend', [{ id: '@f' }])).toMatchObject([{ contacts: [{ wxid: '@f' }] }]);
    expect(eventOf('update_group')).toMatchObject([{ type: 'contacts', contacts: [] }]);
  });

  it('makes a friend request a message among 朋友推荐消息, with what accepting needs', () => {
    const [request] = decode(postsOf('friend_request')[0]?.rawBody);
    expect(request).toMatchObject({
      message: {
        upstreamId: null,
        kind: 'FRIEND_REQUEST',
        peer: { wxid: 'fmessage' },
        sender: { wxid: '@75ab55c416dbe3a', name: '小灰' },
        text: '[好友请求] 小灰：小灰请求加你为好友',
        content: {
          wxid: '@75ab55c416dbe3a',
          greeting: '小灰请求加你为好友',
          ticket: 'v2_85c00f264eed801fee7@stranger',
        },
      },
    });
  });

  it('refuses an event without the object that it is about', () => {
    for (const name of ['new_friend', 'lose_group', 'new_group_member', 'update_user', 'friend_property_change']) {
      expect(codeOf(() => eventOf(name))).toBe('BAD_INPUT certain');
      expect(codeOf(() => eventOf(name, null, null))).toBe('BAD_INPUT certain');
      expect(codeOf(() => eventOf(name, { name: 'nobody' }, {}))).toBe('BAD_INPUT certain');
    }
  });
});

describe('check_event', () => {
  const setting = { self: me, now };

  it('decodes the recorded answers whole and in order', () => {
    const answers = recorded.requests.filter(
      ({ request, response }) =>
        request.path === '/openwx/check_event' && response.body !== null && response.status === 200,
    );
    expect(answers.length).toBeGreaterThan(8);
    for (const { response } of answers) {
      const entries = (JSON.parse(response.body ?? '') as ({ id?: string } | null)[]).filter((entry) => entry !== null);
      const events = decodeEntries(response.body ?? '', setting);
      expect(events).toHaveLength(entries.length);
      expect(events.map((event) => (event.type === 'message' ? event.message.upstreamId : event.type))).toEqual(
        entries.map(({ id }) => id?.split(':')[0] ?? 'contact'),
      );
    }
  });

  it('takes the [null] of a second waiter, and nulls among entries, for nothing', () => {
    expect(decodeEntries(answerOf('check_event two waiters, second').body ?? '', setting)).toEqual([]);
    expect(decodeEntries('[]', setting)).toEqual([]);
    expect(decodeEntries('null', setting)).toEqual([]);
    expect(decodeEntries(`[null,${JSON.stringify(friendText)}]`, setting)).toHaveLength(1);
  });

  it('loses no entry beside one that cannot be read or is another person’s', () => {
    const foreign = JSON.stringify({ ...friendText, receiver_uid: 1 });
    const events = decodeEntries(`[{"id":7257313700000000001},${foreign},7,${JSON.stringify(friendText)}]`, setting);
    expect(events).toMatchObject([
      { type: 'skipped', what: 'unreadable entry of check_event', raw: '{"id":7257313700000000001}' },
      { type: 'skipped', what: 'foreign entry of check_event', raw: foreign },
      { type: 'skipped', what: 'unreadable entry of check_event', raw: '7' },
      { type: 'message' },
    ]);
  });

  it('tells a new own id once', () => {
    const entry = JSON.stringify({ ...friendText, receiver_id: '@me_new' });
    expect(decodeEntries(`[${entry},${entry}]`, setting).map(({ type }) => type)).toEqual([
      'self',
      'message',
      'message',
    ]);
  });

  it('keeps each entry’s own JSON with its integers', () => {
    const entry = JSON.stringify(friendText).replace('"7257313700000000001"', '7257313700000000001');
    expect(decodeEntries(`[${entry}]`, setting)).toMatchObject([
      { message: { upstreamId: '7257313700000000001', raw: entry } },
    ]);
  });

  it('refuses what is no array', () => {
    expect(codeOf(() => decodeEntries('{"a":1}', setting))).toBe('BAD_INPUT certain');
    expect(codeOf(() => decodeEntries('<html>', setting))).toBe('BAD_INPUT certain');
  });
});

describe('bodies out of shape', () => {
  const odd = fc.oneof(
    fc.constantFrom<unknown>(null, '', 0, -1, '0', true, 1e300, '@@x', '7257313700000000001:@x', '\u0000', [], {}, [
      null,
    ]),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const mutated = fc
    .tuple(
      fc.constantFrom(...posts.map(([, { body }]) => body)),
      fc.dictionary(fc.nat(40).map(String), odd, { maxKeys: 5 }),
    )
    .map(([body, changes]) => {
      const keys = Object.keys(body);
      const entries = Object.entries(changes).map(([index, value]) => [
        keys[Number(index) % keys.length] ?? 'x',
        value,
      ]);
      return JSON.stringify({ ...body, ...(Object.fromEntries(entries) as object) });
    });
  const cut = fc.tuple(mutated, fc.nat(3_000)).map(([body, length]) => body.slice(0, length));

  it('throw nothing but a DriverError, and every message is whole', () => {
    fc.assert(
      fc.property(fc.oneof(mutated, cut), (body) => {
        const events = unlessRefused(() => decode(body));
        for (const { message } of events.filter((one) => one.type === 'message')) {
          expect([message.peer.wxid, message.sender.wxid, message.upstreamId]).not.toContain('');
          expect(typeof message.text).toBe('string');
          expect(Number.isSafeInteger(message.sentAt)).toBe(true);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('lose no digit of any 64-bit id, as number, text, signed number or with a receiver', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), fc.nat(3), (id, form) => {
        const written = [`${id}`, `"${id}"`, `${BigInt.asIntN(64, id)}`, `"${id}:@f_alice_0001"`][form] ?? '';
        const body = JSON.stringify({ ...friendText, id: 'ID' }).replace('"ID"', written);
        expect(messageOf(body).upstreamId).toBe(String(id));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('plain text', () => {
  it.each([
    ['你好 "世界" / <b>&amp;</b>', '你好 "世界" / &'],
    ['<span class="emoji emoji1f338"></span>春', '🌸春'],
    ['<span class="emoji emoji1f1e81f1f3"></span>', '🇨🇳'],
    ['<span class="emoji emojifffff1"></span>x', 'x'],
    ['a&lt;b&gt;<br/>c &#39;&#x41;&nope; 1 < 2', "a<b>\nc 'A&nope; 1 < 2"],
    ['&#0;&#1114112;&#xd800;', '&#0;&#1114112;&#xd800;'],
  ])('%j is read as %j', (html, read) => {
    expect(plainText(html)).toBe(read);
  });
});
