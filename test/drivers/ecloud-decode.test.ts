import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DriverError, type DriverEvent } from '../../src/drivers/driver.ts';
import { accountOf } from '../../src/drivers/ecloud/decode.ts';
import { readXml, textAt, unescapeXml } from '../../src/drivers/ecloud/xml.ts';
import { bodyOf, callbackOf, decodeText, documented, friend, me, messageOf, now, room } from './ecloud-callbacks.ts';

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof DriverError) return `${error.code}${error.certain ? ' certain' : ''}`;
    throw error;
  }
  return 'no error';
}

describe('the documented callback', () => {
  it('is a mention in a chat room, exact to the digit', () => {
    expect(messageOf(documented)).toEqual({
      upstreamId: '1497474118261484795',
      peer: { wxid: room, kind: 'CHAT_ROOM' },
      sender: { wxid: friend, name: null, displayName: null },
      direction: 'INCOMING',
      kind: 'TEXT',
      text: '消息内容',
      content: { type: 'Text', text: '消息内容' },
      mentions: [me],
      mentionsMe: true,
      sentAt: 1_640_772_092_000,
      richness: 1,
      raw: documented,
    });
  });

  it('is another account’s for everybody else', () => {
    expect(codeOf(() => decodeText(documented, 'wxid_other'))).toBe('FORBIDDEN certain');
    expect(codeOf(() => decodeText(documented, null))).toBe('FORBIDDEN certain');
    expect(accountOf(callbackOf(documented))).toBe(me);
  });
});

describe('ids', () => {
  it.each([
    ['1497474118261484795', '1497474118261484795'],
    ['"1497474118261484795"', '1497474118261484795'],
    ['-8446744073709551616', '10000000000000000000'],
    ['"-1"', '18446744073709551615'],
    ['0', '77'],
    ['null', '77'],
    ['""', '77'],
  ])('newMsgId %s is %s', (wire, id) => {
    const body = bodyOf('60001', { content: 'x' }).replace('"newMsgId":990', `"newMsgId":${wire}`);
    expect(messageOf(body).upstreamId).toBe(id);
  });

  it('a message without any is kept without one', () => {
    expect(messageOf(bodyOf('60001', { content: 'x', newMsgId: 0, msgId: 0 })).upstreamId).toBe(null);
  });
});

describe('whom it is with', () => {
  it.each<[string, object, string, string]>([
    ['a friend', {}, friend, 'INCOMING'],
    ['a null chat room, which is none', { fromGroup: null }, friend, 'INCOMING'],
    ['an empty chat room, which is none', { fromGroup: '' }, friend, 'INCOMING'],
    ['an own message', { self: true, fromUser: me, toUser: friend }, friend, 'OUTGOING'],
    ['an own message by id alone', { self: null, fromUser: me, toUser: 'filehelper' }, 'filehelper', 'OUTGOING'],
    ['an own message with a text for a flag', { self: 'true', toUser: friend }, friend, 'OUTGOING'],
    ['an own message in a chat room', { self: true, fromUser: me, fromGroup: room, toUser: room }, room, 'OUTGOING'],
    ['a chat room that stands as sender', { fromUser: room }, room, 'INCOMING'],
  ])('%s', (_, data, peer, direction) => {
    const message = messageOf(bodyOf('60001', { content: 'x', ...data }));
    expect([message.peer.wxid, message.direction]).toEqual([peer, direction]);
    expect(message.sender.wxid === me).toBe(direction === 'OUTGOING');
  });

  it.each([
    ['friend', 'wxid_a', 'FRIEND'],
    ['official account', 'gh_3dfda90e39d6', 'OFFICIAL_ACCOUNT'],
    ['system account', 'filehelper', 'OTHER'],
  ])('tells a %s by its id', (_, fromUser, kind) => {
    expect(messageOf(bodyOf('60001', { content: 'x', fromUser })).peer.kind).toBe(kind);
  });

  it.each<[string, object, string[], boolean]>([
    ['atList', { atList: [me] }, [me], true],
    ['text with commas', { atlist: `${me},wxid_b` }, [me, 'wxid_b'], true],
    ['somebody else', { atlist: ['wxid_b'] }, ['wxid_b'], false],
    ['everybody by id', { atlist: ['notify@all'] }, ['notify@all'], true],
    ['everybody by name', { atlist: ['wxid_b'], content: '@所有人\u2005在吗' }, ['wxid_b', 'notify@all'], true],
    ['a text that only looks so', { atlist: [], content: '@所有人 在吗' }, [], false],
  ])('mentions: %s', (_, data, mentions, mentionsMe) => {
    expect(messageOf(bodyOf('80001', { content: 'x', ...data }))).toMatchObject({ mentions, mentionsMe });
  });

  it.each([
    [1_640_772_092, 1_640_772_092_000],
    [1_640_772_092_123, 1_640_772_092_123],
    ['1640772092', 1_640_772_092_000],
    [0, now],
    [null, now],
    ['soon', now],
  ])('the time %s', (timestamp, sentAt) => {
    expect(messageOf(bodyOf('60001', { content: 'x', timestamp })).sentAt).toBe(sentAt);
  });
});

const app = (inside: string): string =>
  `<?xml version="1.0"?>\n<msg>\n\t<appmsg appid="wx1" sdkver="0">${inside}</appmsg>\n</msg>`;

/** Every code of a message: what it is to a reader. */
const messages: [string, object, string, string, object?][] = [
  ['001', { content: '你好 <b> & 再见' }, 'TEXT', '你好 <b> & 再见', { type: 'Text' }],
  [
    '002',
    { content: '<msg><img length="10" hdlength="20" /></msg>' },
    'IMAGE',
    '[图片]',
    { media: { size: 20, upstreamMediaId: '77' } },
  ],
  [
    '003',
    { content: '<msg><videomsg playlength="7" length="99"/></msg>' },
    'VIDEO',
    '[视频]',
    { media: { durationMs: 7000, size: 99 } },
  ],
  [
    '004',
    { content: '<msg><voicemsg voicelength="1820" length="5"/></msg>' },
    'VOICE',
    '[语音]',
    { media: { durationMs: 1820 } },
  ],
  ['004', { content: '', voiceLength: 900 }, 'VOICE', '[语音]', { media: { durationMs: 900 } }],
  [
    '005',
    { content: '<msg username="wxid_c" nickname="小&amp;明" bigheadimgurl="http://a/0" />' },
    'CARD',
    '[名片] 小&明',
    { wxid: 'wxid_c', avatarUrl: 'http://a/0' },
  ],
  [
    '006',
    { content: '<msg><emoji fromusername = "a" md5 = "abc" len = "12" width="3"></emoji></msg>' },
    'EMOJI',
    '[表情]',
    { media: { upstreamMediaId: 'abc', size: 12, width: 3 } },
  ],
  [
    '007',
    { content: app('<title>标题</title><des>说明</des><url>http://x/?a=1&amp;b=2</url>') },
    'LINK',
    '[链接] 标题\n说明',
    { url: 'http://x/?a=1&b=2', appId: 'wx1' },
  ],
  [
    '008',
    { content: app('<title>a.pdf</title><appattach><totallen>9</totallen></appattach>') },
    'FILE',
    '[文件] a.pdf',
    { media: { name: 'a.pdf', size: 9 } },
  ],
  ['009', { content: app('<title>a.pdf</title>') }, 'FILE', '[文件] a.pdf'],
  [
    '010',
    { content: app('<title>点餐</title><weappinfo><appid>wxapp</appid></weappinfo>') },
    'MINI_PROGRAM',
    '[小程序] 点餐',
    { appId: 'wxapp' },
  ],
  [
    '011',
    { content: app('<title>群聊的聊天记录</title><des>甲: 好</des>') },
    'LINK',
    '[聊天记录] 群聊的聊天记录\n甲: 好',
  ],
  [
    '012',
    { content: '<voipmsg><VoIPBubbleMsg><msg><![CDATA[通话时长 00:09]]></msg></VoIPBubbleMsg></voipmsg>' },
    'CALL',
    '[语音通话] 通话时长 00:09',
  ],
  ['013', { content: '' }, 'CALL', '[语音通话] 已挂断'],
  [
    '014',
    {
      content: app(
        '<title>同意</title><refermsg><type>1</type><svrid>1497474118261484795</svrid><content>去吗</content></refermsg>',
      ),
    },
    'QUOTE',
    '同意',
    { quotedUpstreamId: '1497474118261484795', quotedText: '去吗' },
  ],
  [
    '014',
    {
      content: app(
        '<title>好</title><refermsg><svrid>0</svrid><content>&lt;msg&gt;&lt;appmsg&gt;&lt;title&gt;合同.pdf&lt;/title&gt;&lt;/appmsg&gt;&lt;/msg&gt;</content></refermsg>',
      ),
    },
    'QUOTE',
    '好',
    { quotedUpstreamId: null, quotedText: '合同.pdf' },
  ],
  [
    '015',
    {
      content: app(
        '<title>微信转账</title><wcpayinfo><feedesc><![CDATA[￥0.10]]></feedesc><pay_memo><![CDATA[饭钱]]></pay_memo></wcpayinfo>',
      ),
    },
    'TRANSFER',
    '[转账] ￥0.10 饭钱',
    { notice: '￥0.10 饭钱' },
  ],
  [
    '016',
    { content: app('<wcpayinfo><sendertitle>恭喜发财</sendertitle></wcpayinfo>') },
    'RED_PACKET',
    '[红包] 恭喜发财',
  ],
  [
    '017',
    { content: app('<title>当前版本不支持</title><finderFeed><nickname>号</nickname><desc>视频</desc></finderFeed>') },
    'LINK',
    '[视频号] 视频\n号',
    { title: '视频' },
  ],
  [
    '018',
    {
      content:
        '<sysmsg type="revokemsg"><revokemsg><msgid>5</msgid><newmsgid>-1</newmsgid><replacemsg><![CDATA["明" 撤回了一条消息]]></replacemsg></revokemsg></sysmsg>',
    },
    'REVOKE',
    '"明" 撤回了一条消息',
    { revokedUpstreamId: '18446744073709551615' },
  ],
  [
    '019',
    { content: '<sysmsg type="pat"><pat><template><![CDATA["${wxid_a}" 拍了拍我]]></template></pat></sysmsg>' },
    'SYSTEM',
    '"wxid_a" 拍了拍我',
    { type: 'System' },
  ],
  [
    '020',
    { content: '<msg><location x="22.5" y="113.9" label="深圳" poiname="腾讯"/></msg>' },
    'LOCATION',
    '[位置] 腾讯 深圳',
    { latitude: 22.5, longitude: 113.9 },
  ],
  [
    '021',
    { content: app('<title>晴天</title><des>周杰伦</des><dataurl>http://m</dataurl>') },
    'LINK',
    '[音乐] 晴天\n周杰伦',
    { url: 'http://m' },
  ],
  ['022', { content: app('<title>邀请你加入群聊</title><url>http://j</url>') }, 'LINK', '[群邀请] 邀请你加入群聊'],
  ['999', { content: '其他' }, 'UNKNOWN', '其他', { type: 'Unknown' }],
];

describe.each(['60', '80'])('a message of %s…', (prefix) => {
  it.each(messages)('%s %j is %s', (suffix, data, kind, text, content = {}) => {
    const body = bodyOf(prefix + suffix, data);
    const message = messageOf(body);
    expect(message).toMatchObject({ kind, text, upstreamId: '990', raw: body });
    expect(message.content).toMatchObject(content);
  });

  it.each(messages.map(([suffix]) => suffix))('%s with any content is the same kind', (suffix) => {
    for (const content of ['', '<', 'x', '<msg', '<msg>'.repeat(1000), '<![CDATA[', null, 5]) {
      const [event] = decodeText(bodyOf(prefix + suffix, { content }));
      expect(event?.type).toBe('message');
    }
  });
});

describe('other messages', () => {
  it('a file that has arrived tells more than one that is announced', () => {
    const richness = ['60008', '60009'].map((code) => messageOf(bodyOf(code, { content: '' })).richness);
    expect(richness).toEqual([1, 2]);
  });

  it('a revocation under the id of what it takes back is no copy of that', () => {
    const content = '<sysmsg><revokemsg><newmsgid>990</newmsgid></revokemsg></sysmsg>';
    expect(messageOf(bodyOf('60018', { content }))).toMatchObject({
      upstreamId: null,
      content: { revokedUpstreamId: '990' },
    });
  });

  it('an article of an official account is a link', () => {
    const content =
      '<msg><appmsg><title>t</title><mmreader><category><item><title>头条</title><digest>摘要</digest><url>http://mp</url><cover>http://c</cover></item></category></mmreader></appmsg></msg>';
    expect(messageOf(bodyOf('90001', { fromUser: 'gh_1', content }))).toMatchObject({
      kind: 'LINK',
      text: '[公众号文章] 头条',
      content: { title: '头条', description: '摘要', url: 'http://mp', thumbnailUrl: 'http://c' },
    });
  });

  it('of a code that nobody knows is kept whole where it is a message, and counted where it is not', () => {
    expect(messageOf(bodyOf('60077', { content: '?' }))).toMatchObject({
      kind: 'UNKNOWN',
      content: { upstreamType: '60077' },
    });
    const body = JSON.stringify({ wcId: me, messageType: '70001', data: { a: 1 } });
    expect(decodeText(body)).toEqual([{ type: 'skipped', what: 'messageType 70001', raw: body }]);
  });

  it('a friend request is a message of fmessage with what acceptUser wants', () => {
    const content =
      '<msg fromusername="wxid_n" encryptusername="v1_x@stranger" fromnickname="新人" content="我是新人" scene="30" ticket="v2_y@stranger" />';
    const [event] = decodeText(bodyOf('30001', { fromUser: 'fmessage', content }));
    expect(event).toMatchObject({
      type: 'message',
      message: {
        kind: 'FRIEND_REQUEST',
        peer: { wxid: 'fmessage' },
        sender: { wxid: 'wxid_n', name: '新人' },
        text: '[好友请求] 新人：我是新人',
        content: {
          wxid: 'wxid_n',
          greeting: '我是新人',
          ticket: '{"v1":"v1_x@stranger","v2":"v2_y@stranger","scene":"30"}',
        },
      },
    });
  });
});

describe('a friend request in fields', () => {
  it('tells the same as one in XML', () => {
    const data = { userName: 'wxid_n', nickName: '新人', v1: 'v1_x', v2: 'v4_y', scene: 30, content: '我是新人' };
    const [event] = decodeText(bodyOf('30001', { ...data, fromUser: 'fmessage' }));
    expect(event).toMatchObject({
      message: { content: { wxid: 'wxid_n', greeting: '我是新人', ticket: '{"v1":"v1_x","v2":"v4_y","scene":"30"}' } },
    });
  });
});

/** A grey line with two people in the place of this name. */
function template(words: string, name: string): string {
  return (
    `<sysmsg type="sysmsgtemplate"><sysmsgtemplate><content_template><plain></plain><template><![CDATA[${words}]]></template><link_list>` +
    `<link name="username"><memberlist><member><username>wxid_u</username><nickname>甲</nickname></member></memberlist></link>` +
    `<link name="${name}"><memberlist><member><username>wxid_x</username><nickname>乙</nickname></member><member><username>wxid_y</username><nickname>丙</nickname></member></memberlist><separator>、</separator></link>` +
    `</link_list></content_template></sysmsgtemplate></sysmsg>`
  );
}

describe('events', () => {
  it('the test of an address is nothing, whoever it is for', () => {
    for (const messageType of ['00000', 0]) expect(decodeText(JSON.stringify({ messageType }), null)).toEqual([]);
  });

  it.each<[string, object]>([
    ['at the top', { wcId: me, data: { reason: '被踢' } }],
    ['in data', { data: { wcId: me, message: '被踢' } }],
    ['as toUser', { data: { toUser: me, content: '被踢' } }],
    ['nowhere', { data: { wId: 'w', reason: '被踢' } }],
  ])('30000 with the account %s is OFFLINE with its reason', (_, body) => {
    const events = decodeText(JSON.stringify({ messageType: '30000', ...body }));
    expect(events).toEqual([{ type: 'state', state: 'OFFLINE', reason: 'E云 says: 被踢' }]);
  });

  it.each(['30002', '30003'])('%s is counted', (code) => {
    expect(decodeText(bodyOf(code))).toEqual([{ type: 'skipped', what: `messageType ${code}` }]);
  });

  it.each<[string, object, object]>([
    [
      '65001',
      { userName: 'wxid_a', nickName: '甲', remark: '' },
      { change: 'UPDATED', contact: { wxid: 'wxid_a', name: '甲', remark: null } },
    ],
    ['65002', { userName: 'wxid_a' }, { change: 'UPDATED', property: 'relation', to: 'deleted us' }],
    ['65003', { userName: 'wxid_a' }, { change: 'UPDATED', property: 'relation', to: 'blocked us' }],
    ['65004', { userName: 'wxid_a' }, { change: 'REMOVED', contact: { wxid: 'wxid_a' } }],
    ['95001', { fromUser: 'gh_1' }, { change: 'REMOVED', contact: { wxid: 'gh_1', kind: 'OFFICIAL_ACCOUNT' } }],
  ])('%s changes a contact', (code, data, event) => {
    expect(decodeText(bodyOf(code, data))).toMatchObject([{ type: 'contact', ...event }]);
  });

  it.each<[string, object, string[]]>([
    ['85001', { userName: room, nickName: '新群名', chatRoomOwner: friend }, ['contact UPDATED']],
    ['85002', { fromGroup: room, content: '你被移出群聊' }, ['contact REMOVED', 'message 你被移出群聊']],
    [
      '85003',
      { fromGroup: room, content: template('你将"$kickoutname$"移出了群聊', 'kickoutname') },
      ['member MEMBER_LEFT wxid_x', 'member MEMBER_LEFT wxid_y', 'message 你将"乙、丙"移出了群聊'],
    ],
    ['85004', { fromGroup: room, content: '群聊已解散' }, ['contact REMOVED', 'message 群聊已解散']],
    [
      '85005',
      { fromGroup: room, content: '甲修改群名为“新名”' },
      ['contact UPDATED 新名', 'message 甲修改群名为“新名”'],
    ],
    ['85006', { fromGroup: room, content: '你成为管理员' }, ['message 你成为管理员']],
    ['85007', { fromGroup: room, content: '' }, ['message [移除群管理员]']],
    [
      '85008',
      { fromGroup: room, content: template('"$username$"邀请"$names$"加入了群聊', 'names') },
      ['member MEMBER_JOINED wxid_x', 'member MEMBER_JOINED wxid_y', 'message "甲"邀请"乙、丙"加入了群聊'],
    ],
    [
      '85009',
      { fromGroup: room, content: template('"$adder$"通过扫码加入', 'adder') },
      ['member MEMBER_JOINED wxid_x', 'member MEMBER_JOINED wxid_y', 'message "乙、丙"通过扫码加入'],
    ],
    ['85010', { fromGroup: room, content: '你已成为新群主' }, ['message 你已成为新群主']],
    ['85011', { fromGroup: room, content: '公告' }, ['message 公告']],
    ['85012', { fromGroup: room, content: '待办' }, ['message 待办']],
    ['85013', { fromGroup: room, content: '想邀请' }, ['message 想邀请']],
    ['85014', { fromGroup: room, content: '已启用' }, ['message 已启用']],
    [
      '85015',
      { fromGroup: room, fromUser: 'wxid_l', nickName: '离', newMsgId: 0, msgId: 0 },
      ['member MEMBER_LEFT wxid_l'],
    ],
  ])('%s of a chat room', (code, data, expected) => {
    const events = decodeText(bodyOf(code, data));
    expect(events.map(shortly)).toEqual(expected);
    expect(events.every((event) => event.type !== 'message' || event.message.kind === 'SYSTEM')).toBe(true);
  });

  it('of a chat room that is not named is kept in quarantine', () => {
    expect(decodeText(bodyOf('85001'))).toMatchObject([{ type: 'skipped', raw: expect.any(String) as string }]);
  });
});

describe('what is refused', () => {
  it.each([
    ['no JSON', 'x'],
    ['an array', '[]'],
    ['no messageType', '{}'],
    ['a strange messageType', '{"messageType":"<script>","wcId":"x"}'],
    ['a message of nobody', '{"messageType":"60001","data":{"fromUser":"a","content":"x"}}'],
    ['too deep', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`],
  ])('%s', (_, body) => {
    expect(codeOf(() => decodeText(body))).toBe('BAD_INPUT certain');
  });

  it('nothing else is ever thrown, whatever the body holds', () => {
    const codes = fc.constantFrom('60001', '80001', '60018', '85008', '65001', '30000', '30001', '90001', '12345');
    fc.assert(
      fc.property(codes, fc.jsonValue(), (messageType, data) => {
        expect(['no error', 'BAD_INPUT certain']).toContain(
          codeOf(() => decodeText(JSON.stringify({ messageType, wcId: me, data }))),
        );
      }),
    );
  });
});

describe('readXml', () => {
  it.each([
    ['<a><b>x</b></a>', 'x'],
    ['wxid_x:\n<a><b>x</b></a>', 'x'],
    ['<a><b><![CDATA[<x> & y]]></b></a>', '<x> & y'],
    ['<a><!-- <b>no</b> --><b>x</b></a>', 'x'],
    ['<a q="1 > 0"><b>x</b></a>', 'x'],
    ['<a></c><b>x', 'x'],
    ['<a><b><c>no</c></b></a>', null],
  ])('%s', (xml, text) => expect(textAt(readXml(xml), 'a', 'b')).toBe(text));

  it('knows XML’s entities and no others', () => {
    expect(unescapeXml('&lt;&amp;&#20320;&#x597d;&#0;&#xd800;&huge;&constructor;')).toBe(
      '<&你好&#0;&#xd800;&huge;&constructor;',
    );
  });

  it('takes a time that grows with the length, whatever is repeated', () => {
    for (const part of ['<a>', '<![CDATA[', '<a b="', '<!--', '</a>', '<a b=c', '&#1', '<', '"', '<a = = =']) {
      const startedAt = performance.now();
      readXml(part.repeat(100_000));
      expect(performance.now() - startedAt).toBeLessThan(1000);
    }
  });
});

function shortly(event: DriverEvent): string {
  switch (event.type) {
    case 'message':
      return `message ${event.message.text}`;
    case 'contact':
      return `contact ${event.change}${event.to === undefined || event.to === null ? '' : ` ${event.to}`}`;
    case 'member':
      return `member ${event.change} ${event.member?.wxid}`;
    default:
      return event.type;
  }
}
