import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Driver, DriverError, type OutgoingSend, type UpstreamMessage } from '../../src/drivers/driver.ts';
import type { IncomingMedia, MediaBody, OutgoingContent, OutgoingMedia } from '../../src/drivers/media.ts';
import type { EcloudAccount } from '../../src/simulator/ecloud/account.ts';
import { tinyJpeg } from '../../src/simulator/png.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import type { MediaKind } from '../../src/simulator/wechat.ts';
import { type Receiver, startReceiver } from '../simulator/receiver.ts';
import { callbackOf } from './ecloud-callbacks.ts';
import { authorization, bad, bodyOf, cloud, driverAt, good, me, never, outcome } from './ecloud-cloud.ts';
import { serveHttp } from './server.ts';

let simulator: Simulator;
let receiver: Receiver;
let account: EcloudAccount;
let friend: string;
let driver: Driver;
beforeAll(async () => {
  receiver = await startReceiver();
  simulator = await startSimulator({ accounts: 0, ecloudAccounts: 1, ecloud: { authorization } });
  account = simulator.ecloudAccounts[0]!;
  account.start();
  simulator.ecloud.callbackUrl = receiver.url;
  friend = [...account.account.contacts.values()].find((one) => one.kind === 'friend')!.wxid;
  driver = driverAt(simulator.ecloud.baseUrl, { wcId: account.wxid, download });
});
beforeEach(() => {
  simulator.clearFaults();
  simulator.forget();
  receiver.received.length = 0;
});
afterAll(async () => {
  await simulator.stop();
  await receiver[Symbol.asyncDispose]();
});

async function download(url: string): Promise<MediaBody> {
  const response = await fetch(url);
  if (response.status === 404) throw new DriverError('NOT_FOUND', 'not there', { certain: true, retry: false });
  return { chunks: [await response.bytes()], mime: response.headers.get('content-type'), name: null };
}

async function bytesOf(body: MediaBody): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(body.chunks));
}

/** Media that lie at the gateway. */
async function outgoing(change: Partial<OutgoingMedia> = {}, bytes: Uint8Array = tinyJpeg): Promise<OutgoingMedia> {
  const { url } = await serveHttp((_, response) => {
    response.setHeader('content-type', change.mime ?? 'image/jpeg');
    response.end(bytes);
  });
  const source = {
    at: 'GATEWAY',
    url: `${url}/signed/a.jpg`,
    read: async () => bytes,
    coverUrl: `${url}/cover`,
  } as const;
  return { name: 'a.jpg', mime: 'image/jpeg', size: bytes.length, durationMs: null, source, ...change };
}

const sendOf = (content: OutgoingContent, to = friend): OutgoingSend => ({
  receiver: to,
  receiverKind: 'FRIEND',
  content,
  mentions: [],
});

describe('media that are sent', () => {
  it.each<[Exclude<OutgoingContent['type'], 'TEXT'>, MediaKind, string, Partial<OutgoingMedia>]>([
    ['IMAGE', 'image', 'sendImage2', {}],
    ['FILE', 'file', 'sendFileBase64', { name: '合同.pdf', mime: 'application/pdf' }],
    ['VIDEO', 'video', 'sendVideo', { name: 'a.mp4', mime: 'video/mp4' }],
    ['VOICE', 'voice', 'sendVoice', { name: 'a.silk', mime: 'audio/silk', durationMs: 1234.4 }],
    ['VOICE', 'voice', 'sendVoice', { name: 'a.amr', mime: 'audio/amr', durationMs: 900 }],
  ])(
    '%s reaches WeChat as %s through %s, and its echo has the id of the receipt',
    async (type, kind, route, change) => {
      const media = await outgoing(change);
      const receipt = await driver.send(sendOf({ type, media }), never);
      const [sent, ...others] = simulator.delivered;
      expect(others).toEqual([]);
      expect(sent!.content).toMatchObject({ type: 'media', media: kind, mime: media.mime });
      expect(sent!.content).toMatchObject(type === 'FILE' ? { name: media.name } : {});
      expect(Buffer.from((sent!.content as { bytes: Uint8Array }).bytes).equals(tinyJpeg)).toBe(true);
      expect(receipt).toMatchObject({ upstreamId: sent!.id, reference: expect.stringContaining('msgId') as string });
      expect(simulator.requests.map(({ path }) => path)).toContain(`/${route}`);
      const [echo, ...more] = await messages(1);
      expect(more).toEqual([]);
      expect(echo).toMatchObject({ upstreamId: sent!.id, direction: 'OUTGOING', kind: type });
    },
  );

  it('a voice’s length is in milliseconds and whole', async () => {
    await driver.send(
      sendOf({ type: 'VOICE', media: await outgoing({ mime: 'audio/silk', durationMs: 1234.4 }) }),
      never,
    );
    expect(simulator.requests.at(-1)?.params['length']).toBe('1234');
  });

  it('a file too large for a body goes by its address', async () => {
    const bytes = Buffer.alloc(750_001, 'x');
    await driver.send(sendOf({ type: 'FILE', media: await outgoing({ name: 'groß.bin' }, bytes) }), never);
    expect(simulator.requests.at(-1)?.path).toBe('/sendFile');
    expect(simulator.delivered[0]?.content).toMatchObject({ name: 'groß.bin', bytes: { length: 750_001 } });
  });

  it.each<[string, OutgoingContent['type'], Partial<OutgoingMedia>]>([
    ['a video without a cover', 'VIDEO', { source: { at: 'GATEWAY', url: 'http://x', read: unread, coverUrl: null } }],
    ['a voice that is MP3', 'VOICE', { mime: 'audio/mpeg', durationMs: 1 }],
    ['a voice of unknown length', 'VOICE', { mime: 'audio/silk', durationMs: null }],
    ['a path of the upstream', 'IMAGE', { source: { at: 'UPSTREAM', path: 'C:\\a.jpg' } }],
    ['an id of WeChat', 'FILE', { source: { at: 'WECHAT', mediaId: 'm' } }],
  ])('%s is refused before anything leaves', async (_, type, change) => {
    const content = { type, media: await outgoing(change) } as OutgoingContent;
    expect(await outcome(driver.send(sendOf(content), never))).toMatchObject({
      code: 'UNSUPPORTED',
      certain: true,
      retry: false,
    });
    expect(simulator.requests).toEqual([]);
  });

  it('mentions nobody, and says so before anything leaves', async () => {
    const [room] = account.account.rooms;
    const content: OutgoingContent = { type: 'IMAGE', media: await outgoing() };
    const error = await outcome(driver.send({ ...sendOf(content, room), mentions: ['notify@all'] }, never));
    expect(error).toMatchObject({ code: 'BAD_INPUT', certain: true });
    expect(simulator.requests).toEqual([]);
  });

  it('a file that cannot be read is certainly not sent', async () => {
    const read = (): Promise<Uint8Array> => Promise.reject(new Error('ENOENT /secret/path'));
    const media = await outgoing({ source: { at: 'GATEWAY', url: 'http://x', read, coverUrl: null } });
    const error = await outcome(driver.send(sendOf({ type: 'FILE', media }), never));
    expect(error).toMatchObject({ code: 'INTERNAL', certain: true, message: 'the file could not be read' });
  });

  it.each<[string, Parameters<Simulator['fault']>[0], boolean, number]>([
    ['is refused', { type: 'refuse' }, true, 0],
    ['is not answered though it is out', { type: 'reset-after-send' }, false, 1],
    ['is not answered and not out', { type: 'reset-before-send' }, false, 0],
    ['is answered with a page', { type: 'garbage', route: 'sendImage2' }, false, 1],
  ])('that %s is as certain as a text', async (_, fault, certain, delivered) => {
    simulator.fault(fault);
    const media = await outgoing();
    expect(await outcome(driver.send(sendOf({ type: 'IMAGE', media }), never))).toMatchObject({ certain });
    expect(simulator.delivered).toHaveLength(delivered);
  });

  it('E云 that cannot reach the gateway refuses, certainly', async () => {
    const media = await outgoing({
      source: { at: 'GATEWAY', url: 'http://127.0.0.1:1/x', read: unread, coverUrl: null },
    });
    const error = await outcome(driver.send(sendOf({ type: 'IMAGE', media }), never));
    expect(error).toMatchObject({ code: 'UPSTREAM_REJECTED', certain: true });
    expect(simulator.delivered).toEqual([]);
  });
});

describe('media that are received', () => {
  it.each<[MediaKind, string, string]>([
    ['image', 'IMAGE', 'getMsgImg'],
    ['voice', 'VOICE', 'getMsgVoice'],
    ['video', 'VIDEO', 'getMsgVideoRes'],
    ['emoticon', 'EMOJI', 'getMsgEmoji'],
    ['file', 'FILE', 'getMsgFile'],
  ])('%s: one message, whose bytes are fetched with what it holds', async (media, kind, route) => {
    const [room] = account.account.rooms;
    for (const where of [undefined, room]) {
      const name = '图 <1>.bin';
      const { id } = simulator.world.receive(
        account.wxid,
        friend,
        { type: 'media', media, name, bytes: tinyJpeg },
        where,
      );
      const told = await messages(media === 'file' ? 2 : 1);
      const message = told.at(-1);
      // A file is announced first, under an id that the whole one names.
      expect(told.slice(0, -1).map(({ upstreamId, richness }) => [upstreamId, richness])).toEqual(
        media === 'file' ? [[message?.announcedAs, 0]] : [],
      );
      expect(message).toMatchObject({ kind, upstreamId: id, bytes: 'FETCHABLE' });
      const body = await driver.fetchMedia!(incoming(message!), never);
      expect((await bytesOf(body)).equals(tinyJpeg)).toBe(true);
      expect(body.name).toBe(kind === 'FILE' ? name : null);
      expect(simulator.requests.map(({ path }) => path)).toContain(`/${route}`);
      receiver.received.length = 0;
    }
  });

  it('are gone when WeChat says so, and may be asked for again when it only failed', async () => {
    simulator.world.receive(account.wxid, friend, { type: 'media', media: 'image', name: 'a', bytes: tinyJpeg });
    const [message] = await messages(1);
    simulator.ecloud.expireMedia();
    expect(await outcome(driver.fetchMedia!(incoming(message!), never))).toMatchObject({
      code: 'NOT_FOUND',
      retry: false,
    });
    simulator.fault({ type: 'error', route: 'getMsgImg' });
    expect(await outcome(driver.fetchMedia!(incoming(message!), never))).toMatchObject({
      code: 'UPSTREAM_REJECTED',
      retry: true,
    });
  });

  it('a picture that there is in one size alone is asked for in the other one, whichever is first', async () => {
    for (const [content, types] of [
      ['<msg><img length="5" hdlength="9" /></msg>', [1, 0]],
      ['<msg><img length="5" /></msg>', [0, 1]],
    ] as const) {
      const { url, seen } = await cloud({
        getMsgImg: ({ type }) =>
          type === types[1] ? good({ url: `${simulator.ecloud.baseUrl}/mmhead/${friend}/0` }) : bad(),
      });
      await driverAt(url, { download }).fetchMedia!(bare('IMAGE', { msgId: 1102684156, content }), never);
      const asked = seen.filter(({ path }) => path === '/getMsgImg');
      expect(asked.map((one) => bodyOf(one)['type'])).toEqual(types);
      expect(asked[0]?.body).toContain('"msgId":1102684156,');
    }
  });

  it('a video that never comes, or fails, is not waited for without end', async () => {
    const video = bare('VIDEO', { msgId: 5, content: '<msg><videomsg /></msg>' });
    const slow = await cloud({ asynGetMsgVideo: good({ id: 'v' }), getMsgVideoRes: good({ type: 0, url: null }) });
    expect(await outcome(driverAt(slow.url, { download }).fetchMedia!(video, never))).toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
      retry: true,
    });
    const broken = await cloud({
      asynGetMsgVideo: good({ id: 'v' }),
      getMsgVideoRes: good({ type: 2, des: '文件已过期' }),
    });
    expect(await outcome(driverAt(broken.url, { download }).fetchMedia!(video, never))).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it.each<[string, string, object, boolean]>([
    ['a picture', '002', { content: '<msg><img /></msg>' }, true],
    ['a picture without a msgId', '002', { content: '<msg><img /></msg>', msgId: 0 }, false],
    ['a picture without its XML', '002', { content: '' }, false],
    ['a voice by its fields', '004', { content: '', length: 5, bufId: '289139440622895483' }, true],
    ['a voice by its XML', '004', { content: '<msg><voicemsg length="5" bufid="0" /></msg>' }, true],
    ['a voice without its length', '004', { content: '<msg><voicemsg bufid="0" /></msg>' }, false],
    [
      'a file that is announced',
      '008',
      { content: '<msg><appmsg><title>a</title><type>6</type></appmsg></msg>' },
      false,
    ],
    [
      'a file that has been sent',
      '009',
      { content: '<msg><appmsg><title>a</title><type>6</type></appmsg></msg>' },
      true,
    ],
    ['a card', '005', { content: '<msg username="a" />' }, false],
  ])('%s (%s) can be fetched only with what the call wants', (_, code, data, fetchable) => {
    const raw = callback(`60${code}`, data);
    const [event] = driver.decode({ ...callbackOf(raw), self: null });
    expect(event).toMatchObject({ type: 'message' });
    expect((event as { message: UpstreamMessage }).message.bytes).toBe(fetchable ? 'FETCHABLE' : undefined);
  });

  it('a file is one message, whichever way it was announced', () => {
    const file = (type: number): object => ({
      content: `<msg><appmsg><title>a.pdf</title><type>${type}</type></appmsg></msg>`,
    });
    const [first] = driver.decode(callbackOf(callback('60008', file(74))));
    expect(first).toMatchObject({ message: { kind: 'FILE', upstreamId: '990', richness: 0 } });
    const whole = `<msg><appmsg><title>a.pdf</title><type>6</type><appattach><overwrite_newmsgid>990</overwrite_newmsgid></appattach></appmsg></msg>`;
    const [second] = driver.decode(callbackOf(callback('60009', { content: whole, newMsgId: 991 })));
    expect(second).toMatchObject({ message: { kind: 'FILE', upstreamId: '991', richness: 2, announcedAs: '990' } });
    const merged = ['60008', '60009'].flatMap((code) => driver.decode(callbackOf(callback(code, file(6)))));
    expect(
      merged.map((event) => event.type === 'message' && [event.message.upstreamId, event.message.richness]),
    ).toEqual([
      ['990', 1],
      ['990', 2],
    ]);
  });

  it('nothing is asked for where nothing could be fetched, or the body does not tell enough', async () => {
    const { url, seen } = await cloud({});
    const image = bare('IMAGE', { msgId: 5, content: '<msg><img /></msg>' });
    expect(await outcome(driverAt(url).fetchMedia!(image, never))).toMatchObject({ code: 'UNSUPPORTED' });
    for (const raw of ['', '{', '{}', '{"data":{"msgId":"x","content":"<msg/>"}}']) {
      const told = { ...image, raw };
      expect(await outcome(driverAt(url, { download }).fetchMedia!(told, never))).toMatchObject({
        code: 'UNSUPPORTED',
      });
    }
    expect(seen).toEqual([]);
  });
});

describe('pictures of people', () => {
  it('come from the address that is known, and from a new one when that is old', async () => {
    for (const avatarUrl of [
      `${simulator.ecloud.baseUrl}/mmhead/${friend}/0`,
      `${simulator.ecloud.baseUrl}/mmhead/nobody/0`,
      null,
    ]) {
      const body = await driver.fetchAvatar!({ wxid: friend, roomWxid: null, avatarUrl }, never);
      expect((await bytesOf(body)).subarray(1, 4).toString()).toBe('PNG');
    }
    expect(simulator.requests.filter(({ path }) => path === '/getContact')).toHaveLength(2);
  });

  it('of a member who is no contact are asked for in the chat room; of nobody there are none', async () => {
    const [roomWxid] = account.account.rooms;
    const members = simulator.world.rooms.get(roomWxid!)!.members.map(({ wxid }) => wxid);
    const stranger = members.find((wxid) => !account.account.contacts.has(wxid)) ?? members[0]!;
    await driver.fetchAvatar!({ wxid: stranger, roomWxid: roomWxid!, avatarUrl: null }, never);
    expect(simulator.requests.at(-1)).toMatchObject({ path: '/getChatRoomMemberInfo', params: { userList: stranger } });
    const nobody = { wxid: 'wxid_nobody', roomWxid: null, avatarUrl: null };
    expect(await outcome(driver.fetchAvatar!(nobody, never))).toMatchObject({ code: 'NOT_FOUND' });
  });
});

/** The messages that the next so many posts hold. */
async function messages(posts: number): Promise<UpstreamMessage[]> {
  const texts = await simulator.until(
    () => receiver.received.length >= posts && receiver.received.map(({ text }) => text),
  );
  const events = texts.flatMap((text) => driver.decode(callbackOf(text)));
  return events.flatMap((event) => (event.type === 'message' ? [event.message] : []));
}

function incoming(message: UpstreamMessage): IncomingMedia {
  if (message.content.type !== 'Media') throw new Error('no media');
  const { kind, content, upstreamId, peer, sender, sentAt, raw } = message;
  return { kind, facts: content.media, upstreamId, peerWxid: peer.wxid, senderWxid: sender.wxid, sentAt, raw };
}

/** Media of which only the body tells something. */
function bare(kind: IncomingMedia['kind'], data: object): IncomingMedia {
  const none = { name: null, mime: null, size: null, width: null, height: null, durationMs: null };
  const facts = { ...none, upstreamPath: null, upstreamMediaId: null };
  return { kind, facts, upstreamId: '1', peerWxid: 'a', senderWxid: 'a', sentAt: 0, raw: JSON.stringify({ data }) };
}

function callback(messageType: string, data: object): string {
  const whole = { msgId: 77, newMsgId: 990, fromUser: me, toUser: account.wxid, timestamp: 1_640_772_092, ...data };
  return JSON.stringify({ messageType, wcId: account.wxid, data: whole });
}

function unread(): Promise<Uint8Array> {
  return Promise.reject(new Error('not to be read'));
}
