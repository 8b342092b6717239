import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type DriverEvent, DriverError, type Self } from '../../src/drivers/driver.ts';
import { decode } from '../../src/drivers/pchook/decode.ts';

/** The posts of the hook's documentation, word for word and in its order. */
const documented = readFileSync('test/fixtures/pchook-posts.txt', 'utf8')
  .split(/^(?=\{)/m)
  .slice(1)
  .map((text) => text.slice(0, text.search(/^\}$/m) + 1));
const now = Date.UTC(2026, 0, 1);

function person(wxid: string): Self {
  return { wxid, name: null, alias: null, uid: null, avatarUrl: null };
}

function decodeText(body: string, self: Self | null = person('themid'), canDownload = true): DriverEvent[] {
  const callback = { body: Buffer.from(body), contentType: null, query: new URLSearchParams(), self, now };
  return decode(callback, { timezone: 'Asia/Shanghai', canDownload });
}

/** The only event of a documented post, the first being 1; its own person is whoever it says. */
function documentedEvent(number: number, at = 0): DriverEvent {
  const body = documented[number - 1] ?? '';
  const [, self] = /"selfwxid":"([^"]+)"/.exec(body) ?? [];
  return decodeText(body, person(self ?? ''))[at]!;
}

function element(fields: Record<string, unknown>): DriverEvent {
  const whole = { time: '2023-03-05 13:07:54', msgsvrid: '1', fromid: 'wxid_a', toid: 'themid', ...fields };
  const envelope = { ServerPort: '30001', selfwxid: 'themid', sendorrecv: '2', msgnumber: '1', msglist: [whole] };
  return decodeText(JSON.stringify(envelope))[0]!;
}

function message(event: DriverEvent) {
  if (event.type !== 'message') throw new Error(`a ${event.type}: ${JSON.stringify(event)}`);
  return event.message;
}

function xml(msgtype: string, msg: string, more: Record<string, unknown> = {}) {
  return message(element({ msgtype, msg, ...more }));
}

const app = (inner: string) => `<?xml version="1.0"?>\n<msg><appmsg appid="wx1" sdkver="0">${inner}</appmsg></msg>`;

describe('the documented posts', () => {
  it('are all there', () => {
    expect(documented).toHaveLength(19);
  });

  it('of raw protobuf are kept as they came, with the comma too many', () => {
    expect(documentedEvent(1)).toEqual({
      type: 'skipped',
      what: 'pb_data',
      raw: expect.stringContaining('0A058C6EA2'),
    });
  });

  it.each([
    [2, 'TEXT', '大佬666~', null, '2023-03-05T05:07:54.000Z'],
    [
      4,
      'IMAGE',
      '[图片]',
      'C:\\Users\\Administrator\\Documents\\WeChat Files\\thexed\\FileStorage\\Temp\\1677992958058.jpg',
      '2023-03-05T05:09:19.000Z',
    ],
    [6, 'FILE', '[文件] version.dll', 'C:\\Users\\Administrator\\Desktop\\version.dll', '2023-03-05T05:11:27.000Z'],
    [
      8,
      'VIDEO',
      '[视频]',
      'C:\\Windows\\SystemApps\\Microsoft.Windows.CloudExperienceHost_cw5n1h2txyewy\\media\\oobe-intro.mp4',
      '2023-03-05T05:14:07.000Z',
    ],
  ])('of what this computer sends, number %i, are messages whose id follows', (number, kind, text, path, sentAt) => {
    const sent = message(documentedEvent(number));
    expect(sent).toMatchObject({ kind, text, upstreamId: null, follows: 'ID', direction: 'OUTGOING' });
    expect([sent.peer.wxid, sent.sender.wxid]).toEqual(['filehelper', 'themid']);
    expect(new Date(sent.sentAt).toISOString()).toBe(sentAt);
    expect(sent.content).toMatchObject(path === null ? { type: 'Text' } : { media: { upstreamPath: path } });
  });

  it.each([
    [3, '7029814402633277009', 'TEXT', 'filehelper'],
    [5, '8676825236427018921', 'IMAGE', 'filehelper'],
    [7, '476728224034532762', 'FILE', 'filehelper'],
    // It does not say to whom.
    [9, '3847230082234559699', 'VIDEO', null],
  ])('of their acknowledgements, number %i, tell the id alone', (number, upstreamId, kind, peerWxid) => {
    const event = documentedEvent(number);
    expect(event).toMatchObject({ type: 'rest', rest: { upstreamId, peerWxid, media: null } });
    expect(event.type === 'rest' && event.rest.kinds).toContain(kind);
  });

  it('of another chat that was opened are counted', () => {
    expect(documentedEvent(10)).toEqual({ type: 'skipped', what: 'another chat was opened' });
  });

  it.each([
    [11, '2936072064472736442', '438191..@chatroom', 'wxid_kqi...'],
    [12, '13430535177462202152', '438..@chatroom', 'wxid_k..'],
  ])('of a chat room, number %i, tell the text and who wrote it', (number, upstreamId, room, sender) => {
    expect(message(documentedEvent(number))).toMatchObject({
      upstreamId,
      kind: 'TEXT',
      text: '111',
      peer: { wxid: room, kind: 'CHAT_ROOM' },
      sender: { wxid: sender },
      direction: 'INCOMING',
    });
  });

  it('of a picture from the phone go by the sender, whatever sendorrecv says', () => {
    expect(documentedEvent(13)).toEqual({ type: 'skipped', what: 'msgtype 51' });
    expect(message(documentedEvent(13, 1))).toMatchObject({
      upstreamId: '1205604146658880283',
      kind: 'IMAGE',
      direction: 'OUTGOING',
      peer: { wxid: 'wxid_kq..' },
      content: {
        media: { size: 273129, upstreamPath: expect.stringMatching(/^C:\\Users.*e0f480bb\.\.bfdd1e634\.dat$/) },
      },
      follows: 'MEDIA',
    });
  });

  it('without a list are the rest of a message', () => {
    expect(documentedEvent(14)).toMatchObject({
      type: 'rest',
      rest: {
        upstreamId: '1957754625548008208',
        kinds: ['IMAGE'],
        media: { upstreamPath: expect.stringContaining('ba649..df2.dat') },
        richness: 3,
      },
    });
    const [first, rest] = [message(documentedEvent(15)), documentedEvent(16)];
    expect(rest).toMatchObject({
      rest: {
        upstreamId: '10116766129219189887',
        kinds: ['EMOJI'],
        fingerprint: '97365663bee2eb41ea0b3ad50cbe9dd2',
        media: { upstreamMediaId: expect.stringContaining('http://vweixinf.tc.qq.com/110/20401/') },
      },
    });
    expect(rest.type === 'rest' && [rest.rest.sentAt, first.raw.includes(rest.rest.fingerprint!)]).toEqual([
      first.sentAt,
      true,
    ]);
  });

  it('of an emoji tell its size in spite of the spaces in its XML', () => {
    expect(message(documentedEvent(15))).toMatchObject({
      kind: 'EMOJI',
      content: { media: { size: 439919, width: 512, height: 512 } },
    });
  });

  it('of a voice tell how long it is, and keep its bytes', () => {
    const voice = message(documentedEvent(17));
    expect(voice).toMatchObject({
      kind: 'VOICE',
      content: { media: { mime: 'audio/silk', size: 2972, durationMs: 1980 } },
    });
    expect(voice.raw).toContain('02232153494C4B5F56331200A738B8AACFF7B149A2093860..');
  });

  it('of a logout make the account OFFLINE, and of somebody who joined change the chat room', () => {
    expect(documentedEvent(18)).toMatchObject({ type: 'state', state: 'OFFLINE' });
    expect(documentedEvent(19)).toEqual({
      type: 'member',
      change: 'MEMBER_JOINED',
      room: { wxid: '43202784070@chatroom', kind: 'CHAT_ROOM' },
      member: null,
    });
  });
});

describe('messages', () => {
  it('keep every digit of their ids, as numbers as well', () => {
    const body = `{"selfwxid":"themid","msglist":[{"msgtype":1,"msgsvrid":18446744073709551615,"msg":"x","fromid":"a"}]}`;
    const [event] = decodeText(body);
    expect(message(event!)).toMatchObject({ upstreamId: '18446744073709551615' });
    expect(message(event!).raw).toContain('18446744073709551615');
  });

  it('are read with control characters inside their texts', () => {
    const body = `{"selfwxid":"themid","msglist":[{"msgtype":"1","msgsvrid":"1","msg":"a\nb\tc\u0001","fromid":"a"}]}`;
    expect(message(decodeText(body)[0]!).text).toBe('a\nb\tc\u0001');
  });

  it('go by the sender where sendorrecv says otherwise', () => {
    for (const sendorrecv of ['1', '2']) {
      expect(xml('1', 'x', { sendorrecv }).direction).toBe('INCOMING');
      expect(xml('1', 'x', { sendorrecv, fromid: 'themid', toid: 'wxid_b' })).toMatchObject({
        direction: 'OUTGOING',
        peer: { wxid: 'wxid_b' },
      });
    }
  });

  it('of a chat room keep a text that only looks as if it began with its sender', () => {
    const room = { fromgid: '1@chatroom' };
    expect(xml('1', 'wxid_a:\nx', room).text).toBe('x');
    expect(xml('1', 'list:\nx', room).text).toBe('list:\nx');
    expect(xml('1', 'wxid_a:\nx').text).toBe('wxid_a:\nx');
  });

  it('of a chat room, written by the account at its phone, are outgoing', () => {
    const own = { fromid: undefined, fromgid: '1@chatroom', msg: 'themid:\nx', msgtype: '1' };
    expect(message(element(own))).toMatchObject({ direction: 'OUTGOING', peer: { wxid: '1@chatroom' }, text: 'x' });
    expect(xml('1', 'x', { fromid: 'themid', toid: '1@chatroom' })).toMatchObject({
      direction: 'OUTGOING',
      peer: { wxid: '1@chatroom', kind: 'CHAT_ROOM' },
    });
  });

  it.each([
    [{ msgsource: '<msgsource><atuserlist><![CDATA[themid,wxid_b]]></atuserlist></msgsource>' }],
    [{ atuserlist: 'themid,wxid_b' }],
    [{ atuserlist: ['themid', 'wxid_b'] }],
  ])('tell whom they mention: %o', (more) => {
    expect(xml('1', '@x', { fromgid: '1@chatroom', ...more })).toMatchObject({
      mentions: ['themid', 'wxid_b'],
      mentionsMe: true,
    });
  });

  it('have the time of arrival where they have none that can be read', () => {
    expect([xml('1', 'x', { time: '' }).sentAt, xml('1', 'x', { time: '1677992874' }).sentAt]).toEqual([
      now,
      1_677_992_874_000,
    ]);
  });

  it('that were taken back name the message that they were', () => {
    const told =
      '<revokemsg><newmsgid>7029814402633277009</newmsgid><replacemsg><![CDATA["x" 撤回了一条消息]]></replacemsg></revokemsg>';
    const content = { type: 'Revoke', revokedUpstreamId: '7029814402633277009', notice: '"x" 撤回了一条消息' };
    expect(xml('10002', `<sysmsg type="revokemsg">${told}</sysmsg>`)).toMatchObject({ kind: 'REVOKE', content });
    expect(xml('10002', `<sysmsg type="revokemsg">${told}</sysmsg>`, { revoke_msg: '原文' }).content).toEqual(content);
    expect(xml('1', '', { revoke_msg: '原文' })).toMatchObject({ kind: 'REVOKE', content: { notice: '原文' } });
    expect(xml('44', '').kind).toBe('REVOKE');
  });

  it('of a request hold all that accepting it needs', () => {
    const msg =
      '<msg fromusername="wxid_n" encryptusername="v3_x@stranger" fromnickname="小&amp;明" content="你好" ticket="v4_y@stranger" scene="30"/>';
    expect(xml('37', msg, { fromid: 'fmessage' })).toMatchObject({
      kind: 'FRIEND_REQUEST',
      peer: { wxid: 'fmessage' },
      sender: { wxid: 'wxid_n' },
      content: {
        wxid: 'wxid_n',
        name: '小&明',
        greeting: '你好',
        ticket: JSON.stringify({ v3: 'v3_x@stranger', v4: 'v4_y@stranger', scene: '30' }),
      },
    });
  });

  it('of cards, recommended or shared', () => {
    for (const type of ['40', '42']) {
      expect(xml(type, '<msg username="wxid_c" nickname="名" bigheadimgurl="http://h/1"/>')).toMatchObject({
        kind: 'CARD',
        content: { wxid: 'wxid_c', name: '名', avatarUrl: 'http://h/1' },
      });
    }
  });

  it('of a place', () => {
    expect(xml('48', '<msg><location x="22.5" y="114.05" label="深圳市" poiname="市民中心"/></msg>')).toMatchObject({
      kind: 'LOCATION',
      content: { latitude: 22.5, longitude: 114.05, label: '市民中心 深圳市' },
    });
  });

  it.each(['50', '52', '53'])('of msgtype %s are calls', (type) => {
    const msg = '<voipmsg type="VoIPBubbleMsg"><VoIPBubbleMsg><msg><![CDATA[已取消]]></msg></VoIPBubbleMsg></voipmsg>';
    expect(xml(type, msg)).toMatchObject({ kind: 'CALL', text: '已取消' });
    expect(xml(type, '<voipinvitemsg/>').text).toBe('[通话]');
  });

  it.each([
    [
      '<title>t</title><des>d</des><type>5</type><url>http://u/?a=1&amp;b=2</url>',
      'LINK',
      { url: 'http://u/?a=1&b=2' },
    ],
    [
      '<title>程序</title><type>33</type><weappinfo><appid>wxapp</appid><type>2</type></weappinfo>',
      'MINI_PROGRAM',
      { appId: 'wxapp' },
    ],
    [
      '<title>答</title><type>57</type><refermsg><type>1</type><svrid>12830016187412345678</svrid><content>问</content></refermsg>',
      'QUOTE',
      { text: '答', quotedUpstreamId: '12830016187412345678', quotedText: '问' },
    ],
    [
      '<title>a.pdf</title><type>6</type><appattach><totallen>99</totallen></appattach>',
      'FILE',
      { media: { name: 'a.pdf', size: 99 } },
    ],
    [
      '<title>转账</title><type>2000</type><wcpayinfo><feedesc>￥1.00</feedesc></wcpayinfo>',
      'TRANSFER',
      { notice: '[转账] ￥1.00' },
    ],
    [
      '<title>红包</title><type>2001</type><wcpayinfo><sendertitle>恭喜发财</sendertitle></wcpayinfo>',
      'RED_PACKET',
      { notice: '[红包] 恭喜发财' },
    ],
  ])('of msgtype 49 with %s are of the kind %s', (inner, kind, content) => {
    expect(xml('49', app(inner))).toMatchObject({ kind, content });
  });

  it('of a kind that is not known are kept with their text', () => {
    expect(xml('777', 'something')).toMatchObject({
      kind: 'UNKNOWN',
      text: 'something',
      content: { upstreamType: 'msgtype 777' },
    });
    expect([xml('9999', '通知').kind, xml('10000', '你已添加了对方').kind, xml('49', 'broken <msg').kind]).toEqual([
      'SYSTEM',
      'SYSTEM',
      'UNKNOWN',
    ]);
  });

  it('of the newest builds are no commands because they name the command that brought them', () => {
    expect(xml('1', 'x', { cmdId: 5 })).toMatchObject({ kind: 'TEXT', upstreamId: '1' });
    expect(xml('3', '<msg><img md5="0123456789"/></msg>', { cmdId: '5' }).kind).toBe('IMAGE');
    expect(xml('1', 'x', { cmdId: 2 }).kind).toBe('TEXT');
    expect(element({ msgtype: '3', msg: 'x', cmdId: 2 })).toEqual({ type: 'skipped', what: 'cmdId 2' });
  });

  it.each([
    ['9994', 'x', 'msgtype 9994'],
    ['1', 'System message revoke/voice call', 'system message revoke/voice call'],
  ])('of msgtype %s that say only %s are counted', (msgtype, msg, what) => {
    expect(element({ msgtype, msg })).toEqual({ type: 'skipped', what });
  });

  it('of what this computer sent are acknowledged without PC too, but for texts, which somebody may write', () => {
    const own = { fromid: 'themid', toid: 'wxid_b' };
    expect(element({ msgtype: '3', msg: '发图片消息成功', ...own })).toMatchObject({ type: 'rest' });
    expect(xml('1', '发货成功', own)).toMatchObject({ text: '发货成功', direction: 'OUTGOING' });
  });

  it('leave media out of their raw body, and keep there what cannot be read', () => {
    const base64 = Buffer.from('picture').toString('base64');
    const picture = xml('3', '<msg><img md5="0123456789"/></msg>', { img_base64: base64, path: 'C:\\a.jpg' });
    expect(picture.raw).toContain(`"img_base64":${base64.length}`);
    expect(picture.content).toMatchObject({ media: { upstreamPath: 'C:\\a.jpg' } });
    expect(picture.bytes).toEqual({ bytes: Buffer.from('picture'), mime: null });
    const whole = xml('3', '<msg><img md5="0123456789"/></msg>', { img_base64: `data:image/png;base64,${base64}` });
    expect(whole.bytes).toEqual(picture.bytes);
    const broken = xml('3', '<msg><img md5="0123456789"/></msg>', { img_base64: '~~~' });
    expect([broken.raw.includes('"~~~"'), broken.bytes]).toEqual([true, undefined]);
  });

  it.each([
    ['voip_data', '0223', '0223'],
    ['voice_hex', '0223aF', '0223af'],
    ['voice_data', 'AiMh', '022321'],
  ])('of a voice hold its bytes, as %s of %s', (field, told, hex) => {
    const voice = xml('34', '<msg><voicemsg length="2" /></msg>', { [field]: told });
    expect(voice.bytes).toEqual({ bytes: Buffer.from(hex, 'hex'), mime: 'audio/silk' });
  });

  it('tell what can be fetched: emojis, voices by their id, the rest from builds that download', () => {
    const picture = '<msg><img aeskey="k" cdnmidimgurl="f"/></msg>';
    const body = (msgtype: string, msg: string) =>
      JSON.stringify({ selfwxid: 'themid', msglist: [{ msgtype, msgsvrid: '1', msg, fromid: 'a' }] });
    const bytes = (msgtype: string, msg: string, canDownload: boolean) =>
      message(decodeText(body(msgtype, msg), undefined, canDownload)[0]!).bytes;
    expect([bytes('3', picture, true), bytes('3', picture, false)]).toEqual(['FETCHABLE', undefined]);
    expect(bytes('3', '<msg><img aeskey="k"/></msg>', true)).toBeUndefined();
    expect(bytes('47', '<msg><emoji md5="x"/></msg>', false)).toBe('FETCHABLE');
    expect(bytes('34', '<msg><voicemsg clientmsgid="x"/></msg>', false)).toBe('FETCHABLE');
    expect(bytes('34', '<msg><voicemsg/></msg>', true)).toBeUndefined();
  });
});

describe('a post', () => {
  it('of several messages is as many, and one that cannot be read does not spoil the others', () => {
    const good = { msgtype: '1', msgsvrid: '1', msg: 'x', fromid: 'wxid_a', toid: 'themid' };
    const events = decodeText(JSON.stringify({ selfwxid: 'themid', msglist: [{ msgtype: '1', msg: 'nobody' }, good] }));
    expect(events).toMatchObject([
      { type: 'skipped', raw: expect.stringContaining('nobody') },
      { type: 'message', message: { text: 'x' } },
    ]);
    expect(message(events[1]!).raw).not.toContain('nobody');
  });

  it('tells before the first login who the account is', () => {
    const body = JSON.stringify({ selfwxid: 'themid', msglist: [] });
    expect(decodeText(body, null)).toMatchObject([{ type: 'self', self: { wxid: 'themid' } }, { type: 'skipped' }]);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'msg=1'],
    ['no object', '[]'],
    ['nothing of a hook', '{"id":1}'],
    ['nesting without end', `{"msglist":${'['.repeat(100)}${']'.repeat(100)}}`],
  ])('that is %s cannot be read', (_, body) => {
    expect(() => decodeText(body)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }) as DriverError);
  });

  it('of another person is refused', () => {
    expect(() => decodeText('{"selfwxid":"other","msglist":[]}')).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN' }) as DriverError,
    );
  });

  it('with hostile XML is read in a moment', () => {
    const began = performance.now();
    for (const bad of ['<a b="', '<', '<a ', '<a>', '</a>', '<![CDATA[', '&#1;', '<a b=', '<a b=\'x"']) {
      xml('49', bad.repeat(Math.floor(1_000_000 / bad.length)));
    }
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
