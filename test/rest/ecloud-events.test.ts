/** What E云 would post of what happens: read as its own clients read it, by the driver that speaks with the real one. */
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DriverEvent, UpstreamMessage } from '../../src/drivers/driver.ts';
import { parseJson } from '../../src/lossless-json.ts';
import type { MediaFacts, MessageContent, MessageKind } from '../../src/words.ts';
import { decodeText, documented } from '../drivers/ecloud-callbacks.ts';
import { type MediaGateway, startMediaGateway } from '../end-to-end/media-upstream.ts';
import { movableClock } from '../end-to-end/stack.ts';
import { type EcloudAsk, ecloudClient } from './ecloud-client.ts';

const me = 'wxid_phyyedw9xap22';
const friend = 'wxid_ynu1tgjz156j22';
const room = '25411981800@chatroom';
const sentAt = 1_640_772_092_000;

const clock = movableClock();
let upstream: MediaGateway;
let ask: EcloudAsk;
let receiver: Server;
let url: string;
/** As they came. */
const posts: string[] = [];
const waiting = new Set<() => void>();

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      posts.push(Buffer.concat(parts).toString('utf8'));
      response.end('{"code":200}');
      for (const look of waiting) look();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/callback?secret=1`;
  upstream = await startMediaGateway({}, { env: { WXGRAPH_ALLOW_HOSTS: '127.0.0.1' }, overrides: { clock } });
  ask = ecloudClient(() => upstream.gateway.url);
  await upstream.tell([{ type: 'self', self: { wxid: me, name: '我', alias: null, uid: null, avatarUrl: null } }]);
  const members = [me, friend, 'b', 'c', 'd', 'e', 'f', 'g'].map((wxid) => ({ wxid, name: `名字 ${wxid}` }));
  const contacts = [
    { wxid: room, kind: 'CHAT_ROOM', name: '一个群', ownerWxid: friend, members },
    { wxid: '@@room', kind: 'CHAT_ROOM', name: '网页群' },
    { wxid: '@official', kind: 'OFFICIAL_ACCOUNT', name: '公众号' },
    { wxid: friend, kind: 'FRIEND', name: '朋友' },
  ] as const;
  const kinds = ['CHAT_ROOM', 'OFFICIAL_ACCOUNT', 'FRIEND'] as const;
  await upstream.tell([{ type: 'contacts', kinds, contacts: [...contacts] }]);
  await ask('setHttpCallbackUrl', { httpUrl: url, type: 2 });
});
afterAll(async () => {
  await upstream[Symbol.asyncDispose]();
  receiver.closeAllConnections();
  receiver.close();
});

type Body = { account: string; messageType: string; wcId: string; data: Record<string, unknown> };

/** What is posted of what the upstream tells. */
async function postedOf(events: readonly DriverEvent[], count = 1): Promise<string[]> {
  const before = posts.length;
  await upstream.tell(events);
  return later(before, count);
}

async function later(before: number, count: number): Promise<string[]> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${posts.length - before} posts, not ${count}`)), 10_000);
    const look = (): void => {
      if (posts.length < before + count) return;
      clearTimeout(timer);
      waiting.delete(look);
      resolve();
    };
    waiting.add(look);
    look();
  });
  const all = posts.slice(before);
  expect(all).toHaveLength(count);
  return all;
}

const read = (text: string): Body => parseJson(text) as Body;

let nextId = 1_497_474_118_261_484_700n;
const newId = (): string => String((nextId += 1n));

function message(more: Partial<UpstreamMessage>): UpstreamMessage {
  const text = more.text ?? '你好';
  return {
    upstreamId: newId(),
    peer: { wxid: friend, kind: 'FRIEND' },
    sender: { wxid: friend, name: null, displayName: null },
    direction: 'INCOMING',
    kind: 'TEXT',
    text,
    content: { type: 'Text', text },
    mentions: [],
    mentionsMe: false,
    sentAt,
    richness: 1,
    raw: '{}',
    ...more,
  };
}

const told = (more: Partial<UpstreamMessage>): DriverEvent => ({ type: 'message', message: message(more) });
const inRoom: Partial<UpstreamMessage> = { peer: { wxid: room, kind: 'CHAT_ROOM' } };
const own: Partial<UpstreamMessage> = { direction: 'OUTGOING', sender: { wxid: me, name: null, displayName: null } };

/** Those that the strictest client knows: it refuses a body with any other. */
const knownFields = new Set(
  `wId asynId addContactScene atlist atList bigHeadImgUrl smallHeadImgUrl thumbUrl bitMask chatRoomNotify chatRoomOwner
  chatRoomStatus des content timestamp createTime encryptUserName fromGroup bufId fromUser id img labelIdList length md5 memberCount
  msgId msgType newMsgId nickName objectDesc self title toUser type url userName voiceLength remark pushContent alias remarkName
  sourceUser v1`.split(/\s+/),
);

function check(body: Body): void {
  expect(Object.keys(body.data).filter((name) => !knownFields.has(name))).toEqual([]);
  expect(Object.values(body.data)).not.toContain(null);
  expect(body).toMatchObject({ wcId: me, account: expect.any(String), data: { wId: upstream.accountId } });
}

/** The one message in a body, as the driver for the real E云 reads it. */
function decoded(text: string): UpstreamMessage {
  const events = decodeText(text, me);
  const [event] = events;
  if (events.length !== 1 || event?.type !== 'message') throw new Error(`no message: ${JSON.stringify(events)}`);
  return event.message;
}

const media = (facts: Partial<MediaFacts>): MessageContent => ({
  type: 'Media',
  media: {
    name: null,
    mime: null,
    size: null,
    width: null,
    height: null,
    durationMs: null,
    upstreamPath: null,
    upstreamMediaId: null,
    ...facts,
  },
});

const awkward = '标题 <b>&amp;"\'\n第二行\u0000\u2005😀]]>';
const link = {
  type: 'Link',
  title: awkward.replaceAll('\u0000', ''),
  description: '说明',
  url: 'https://x.example/?a=1&b=2',
  appName: '应用',
  appId: 'wx1',
  thumbnailUrl: 'https://x.example/t.png',
} as const;

/** Every kind of message: the end of its code, and what of it the client reads again. */
const kinds: [MessageKind, string, MessageContent, string][] = [
  ['TEXT', '001', { type: 'Text', text: awkward }, awkward],
  ['IMAGE', '002', media({ size: 20 }), '[图片]'],
  ['VIDEO', '003', media({ size: 99, durationMs: 7000 }), '[视频]'],
  ['VOICE', '004', media({ size: 5, durationMs: 1820 }), '[语音]'],
  ['CARD', '005', { type: 'Card', wxid: 'wxid_c', name: '小&明', avatarUrl: 'http://a/0' }, '[名片] 小&明'],
  ['EMOJI', '006', media({ size: 12, width: 3, height: 4, upstreamMediaId: 'a'.repeat(32) }), '[表情]'],
  ['LINK', '007', link, `[链接] ${link.title}\n说明`],
  ['FILE', '009', media({ name: '报价 & 单.pdf', size: 9 }), '[文件] 报价 & 单.pdf'],
  ['MINI_PROGRAM', '010', { ...link, appId: 'wxapp' }, `[小程序] ${link.title}\n说明`],
  ['CALL', '012', { type: 'System', notice: '通话时长 00:09' }, '[语音通话] 通话时长 00:09'],
  [
    'QUOTE',
    '014',
    { type: 'Quote', text: '同意', quotedUpstreamId: '1497474118261484795', quotedText: '去吗 <b>' },
    '同意',
  ],
  ['TRANSFER', '015', { type: 'System', notice: '¥1.00 午饭' }, '[转账] ¥1.00 午饭'],
  ['RED_PACKET', '016', { type: 'System', notice: '恭喜发财' }, '[红包] 恭喜发财'],
  ['LOCATION', '020', { type: 'Location', latitude: 31.2, longitude: 121.5, label: '人民广场' }, '[位置] 人民广场'],
  ['SYSTEM', '999', { type: 'System', notice: '你已添加了朋友' }, '你已添加了朋友'],
  ['UNKNOWN', '999', { type: 'Unknown', upstreamType: '49' }, '不认识的消息'],
];

describe('messages', () => {
  it('the documented example comes out as it is documented, field by field and digit by digit', async () => {
    const [text] = await postedOf(decodeText(documented, me));
    const example = JSON.parse(documented) as Body;
    const { account: _, ...body } = JSON.parse(text!) as Body;
    expect(text).toContain('"newMsgId":1497474118261484795,');
    const { account: __, ...wanted } = example;
    const mine = { wId: upstream.accountId, msgId: body.data['msgId'] };
    expect(body).toEqual({ ...wanted, data: { ...wanted.data, ...mine } });
    expect(Object.keys(body.data)).toEqual(Object.keys(example.data));
  });

  it.each(kinds)(
    '%s is …%s, in private and in a chat room, and is read as what it is',
    async (kind, code, content, text) => {
      const given = { kind, content, text: kind === 'TEXT' || kind === 'UNKNOWN' ? text : '' };
      for (const [prefix, where] of [
        ['60', {}],
        ['80', inRoom],
      ] as const) {
        const sent = message({ ...given, ...where });
        const [posted] = await postedOf([{ type: 'message', message: sent }]);
        const body = read(posted!);
        check(body);
        expect(body.messageType).toBe(prefix + code);
        expect('fromGroup' in body.data).toBe(prefix === '80');
        const again = decoded(posted!);
        expect({ ...again, raw: '', content: null, kind: '', bytes: null, richness: 1 }).toEqual({
          ...sent,
          raw: '',
          content: null,
          kind: '',
          bytes: null,
          text,
          peer: { wxid: sent.peer.wxid, kind: sent.peer.kind },
        });
        // What E云 itself calls other is no system notice to its clients.
        expect(again.kind).toBe(kind === 'SYSTEM' ? 'UNKNOWN' : kind);
        if (content.type === 'Media') {
          const facts = { ...(again.content as { media: MediaFacts }).media, upstreamMediaId: null };
          expect(facts).toEqual({ ...content.media, upstreamMediaId: null });
          expect(again.bytes).toBe('FETCHABLE');
        } else if (code !== '999') expect(again.content).toEqual(content);
      }
    },
  );

  it('own messages say so, in private and in a chat room', async () => {
    const [inPrivate] = await postedOf([told(own)]);
    const shown = read(inPrivate!).data;
    expect(shown).toMatchObject({ self: true, fromUser: me, toUser: friend });
    expect('fromGroup' in shown).toBe(false);
    const [together] = await postedOf([told({ ...own, ...inRoom })]);
    expect(read(together!).data).toMatchObject({ self: true, fromUser: me, fromGroup: room });
    for (const text of [inPrivate!, together!]) expect(decoded(text).direction).toBe('OUTGOING');
  });

  it('ids of web WeChat have the form by which clients know a chat room and an official account', async () => {
    const [together] = await postedOf([told({ peer: { wxid: '@@room', kind: 'CHAT_ROOM' } })]);
    expect(read(together!).data['fromGroup']).toBe('@@room@chatroom');
    const from = { wxid: '@official', kind: 'OFFICIAL_ACCOUNT' } as const;
    const sender = { wxid: '@official', name: null, displayName: null };
    const [article] = await postedOf([told({ peer: from, sender, kind: 'LINK', content: link, text: '文章' })]);
    const { messageType, data } = read(article!);
    expect([messageType, data['fromUser']]).toEqual(['90001', 'gh_@official']);
    expect(data).toMatchObject({ title: link.title, url: link.url, pushContent: '文章' });
  });

  it('mentions everybody and some', async () => {
    const [text] = await postedOf([told({ ...inRoom, mentions: [me, 'notify@all'], mentionsMe: true })]);
    expect(decoded(text!)).toMatchObject({ mentions: [me, 'notify@all'], mentionsMe: true });
  });

  it.each([
    ['18446744073709551615', '-1'],
    ['9223372036854775808', '-9223372036854775808'],
    ['9223372036854775807', '9223372036854775807'],
    ['9007199254740993', '9007199254740993'],
  ])('the id %s is the long %s', async (upstreamId, long) => {
    const [text] = await postedOf([told({ upstreamId })]);
    expect(text).toContain(`"newMsgId":${long},`);
    expect(decoded(text!).upstreamId).toBe(upstreamId);
  });

  it.each([null, 'not a number', '99999999999999999999'])(
    'a message with the id %j has one of the gateway’s own, that no other has',
    async (upstreamId) => {
      const ids = new Set<unknown>();
      for (const text of ['甲', '乙']) {
        const [posted] = await postedOf([told({ upstreamId: upstreamId && `${upstreamId}${text}`, text })]);
        ids.add(read(posted!).data['newMsgId']);
      }
      expect([...ids].every((id) => Number(id) > 10 ** 15)).toBe(true);
      expect(ids.size).toBe(2);
    },
  );

  it('an own message is posted with the id that its upstream tells a moment later', async () => {
    const before = posts.length;
    const without = message({ ...own, upstreamId: null, follows: 'ID', text: '先没有 id' });
    await upstream.tell([{ type: 'message', message: without }]);
    const rest = {
      peerWxid: friend,
      kinds: ['TEXT'],
      sentAt,
      media: null,
      richness: 0,
      fingerprint: null,
      raw: '{}',
    } as const;
    await upstream.tell([{ type: 'rest', rest: { ...rest, upstreamId: '1497474118261489999' } }]);
    const [text] = await later(before, 1);
    expect(text).toContain('"newMsgId":1497474118261489999,');
  });

  it('what is taken back is named by the number under which it was posted', async () => {
    const upstreamId = newId();
    const [original] = await postedOf([told({ upstreamId })]);
    const content = { type: 'Revoke', revokedUpstreamId: upstreamId, notice: '"朋友" 撤回了一条消息' } as const;
    const [text] = await postedOf([told({ kind: 'REVOKE', content, text: content.notice })]);
    expect(read(text!).messageType).toBe('60018');
    expect(read(text!).data['content']).toContain(`<newmsgid>${String(read(original!).data['newMsgId'])}</newmsgid>`);
    expect(decoded(text!).content).toEqual(content);
  });

  it('a friend request is one body, with the texts that accept it', async () => {
    const content = {
      type: 'FriendRequest',
      wxid: 'wxid_new',
      name: '新人',
      greeting: '你好<我>',
      ticket: 't',
    } as const;
    const peer = { wxid: 'fmessage', kind: 'OTHER' } as const;
    const sender = { wxid: 'wxid_new', name: '新人', displayName: null };
    const [text] = await postedOf([told({ kind: 'FRIEND_REQUEST', content, peer, sender, text: '[好友请求]' })]);
    const body = read(text!);
    check(body);
    expect(body.messageType).toBe('30001');
    const again = decoded(text!).content;
    expect(again).toMatchObject({ ...content, ticket: expect.any(String) });
    const ticket = JSON.parse((again as { ticket: string }).ticket) as Record<string, string>;
    const id = `msg_${String(body.data['msgId'])}`;
    expect(ticket).toEqual({ v1: `v1_${id}@stranger`, v2: `v2_${id}@stranger`, scene: '3' });
  });
});

describe('what else happens', () => {
  const person = { wxid: friend, kind: 'FRIEND', name: '新名字' } as const;
  const changed = (change: 'ADDED' | 'REMOVED' | 'UPDATED', contact: object, more: object = {}): DriverEvent =>
    ({ type: 'contact', change, contact, ...more }) as DriverEvent;
  const joined = { type: 'member', change: 'MEMBER_JOINED', room: { wxid: room, kind: 'CHAT_ROOM' } } as const;

  it.each<[string, DriverEvent, string, object]>([
    ['a friend has another name', changed('UPDATED', person), '65001', { userName: friend, nickName: '新名字' }],
    [
      'a friend has deleted us',
      changed('UPDATED', { ...person, remark: '删' }, { property: 'relation', from: null, to: 'deleted us' }),
      '65002',
      { userName: friend },
    ],
    [
      'a friend has blocked us',
      changed('UPDATED', { ...person, remark: '黑' }, { property: 'relation', from: null, to: 'blocked us' }),
      '65003',
      { userName: friend },
    ],
    ['a chat room has changed', changed('UPDATED', { wxid: room, kind: 'CHAT_ROOM', ownerWxid: 'b' }), '85001', {}],
    [
      'a chat room has another name',
      changed('UPDATED', { wxid: room, kind: 'CHAT_ROOM', name: '改名' }, { property: 'name', from: null, to: '改名' }),
      '85005',
      { userName: room, nickName: '改名' },
    ],
    ['somebody came', { ...joined, member: { wxid: 'wxid_x', name: '新来的' } }, '85008', { fromGroup: room }],
    [
      'somebody left',
      { ...joined, change: 'MEMBER_LEFT', member: { wxid: 'wxid_x', name: '新来的' } },
      '85015',
      { fromGroup: room, fromUser: 'wxid_x', nickName: '新来的' },
    ],
    ['a friend is gone', changed('REMOVED', person), '65004', { userName: friend }],
    ['we are out of a chat room', changed('REMOVED', { wxid: '@@room', kind: 'CHAT_ROOM' }), '85002', {}],
    ['an official account is gone', changed('REMOVED', { wxid: '@official', kind: 'OFFICIAL_ACCOUNT' }), '95001', {}],
  ])('%s', async (_, event, code, data) => {
    const [text] = await postedOf([event]);
    const body = read(text!);
    check(body);
    expect(body).toMatchObject({ messageType: code, data });
    // By which a client knows that it has it already: never the same for two.
    expect(posts.filter((post) => post.includes(`"newMsgId":${String(body.data['newMsgId'])},`))).toHaveLength(1);
    const again = decodeText(text!, me).filter((one) => one.type !== 'message');
    if (event.type === 'contact') expect(again).toMatchObject([{ type: 'contact', change: event.change }]);
    if (event.type === 'member') expect(again).toMatchObject([{ type: 'member', member: { wxid: 'wxid_x' } }]);
  });

  it('that the account is offline, with whose and why where clients look for it; and no other change of its state', async () => {
    const state = (to: 'OFFLINE' | 'RUNNING' | 'SUSPECT', reason: string): DriverEvent => ({
      type: 'state',
      state: to,
      reason,
    });
    const [text] = await postedOf([
      state('SUSPECT', '有点奇怪'),
      state('OFFLINE', '账号在其他设备登录'),
      state('OFFLINE', '还是离线'),
      state('RUNNING', '回来了'),
    ]);
    const body = read(text!);
    check(body);
    expect(body).toMatchObject({ messageType: '30000', data: { toUser: me, content: '账号在其他设备登录' } });
    expect(decodeText(text!, me)).toMatchObject([{ type: 'state', state: 'OFFLINE' }]);
  });
});

it('a second push repeats all that clients key by', async () => {
  const keyOf = (text: string): unknown[] => {
    const { wcId, messageType, data } = read(text);
    return [wcId, messageType, data['wId'], data['fromUser'], data['toUser'], data['msgId'], data['newMsgId']];
  };
  clock.moveOn(60_000);
  const before = posts.length;
  const seen = new Map(posts.map((text) => [JSON.stringify(keyOf(text)), text]));
  const { data } = await upstream.query('{ webhooks { nodes { id } } eventLog { oldest } }');
  const { errors } = await upstream.query(
    'mutation ($id: ID!, $after: String!) { replayWebhook(input: { id: $id, after: $after }) { webhook { id } } }',
    { id: data.webhooks.nodes[0].id, after: data.eventLog.oldest },
  );
  expect(errors).toBeUndefined();
  const last = keyOf(posts.at(-1)!);
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (posts.length > before && JSON.stringify(keyOf(posts.at(-1)!)) === JSON.stringify(last)) resolve();
    };
    waiting.add(look);
    look();
  });
  const again = posts.slice(before).map((text) => JSON.stringify(keyOf(text)));
  expect([...seen.keys()].filter((key) => !again.includes(key))).toEqual([]);
});

it('nothing is posted any more once the address is cancelled', async () => {
  expect((await ask('getHttpCallbackUrl')).data).toEqual({ url });
  expect(await ask('cancelHttpCallbackUrl')).toMatchObject({ code: '1000', data: null });
  expect((await ask('getHttpCallbackUrl')).data).toEqual({ url: '' });
  const { data } = await upstream.query('{ webhooks { totalCount } }');
  expect(data.webhooks.totalCount).toBe(0);
});
