import { describe, expect, it } from 'vitest';
import type { DriverEvent, OutgoingSend, UpstreamMessage, UpstreamRest } from '../../src/drivers/driver.ts';
import type { IncomingMedia, OutgoingMedia } from '../../src/drivers/media.ts';
import { wechatVoice } from '../../src/drivers/pchook/silk.ts';
import type { PchookDialect } from '../../src/simulator/pchook/posts.ts';
import type { Content, MediaKind } from '../../src/simulator/wechat.ts';
import { type Hooked, bytesOf, dialects, driverAt, hooked, never, outcome } from './pchook-hooked.ts';
import { serveHttp } from './server.ts';

const png = Buffer.from('89504e470d0a1a0a0102', 'hex');
const frame = Buffer.from([3, 0, 1, 2, 3]);
/** Three frames, as WeChat keeps them. */
const voice = Buffer.concat([Buffer.from('\x02#!SILK_V3'), frame, frame, frame]);
/** The same as other programs write it. */
const plainVoice = Buffer.concat([voice.subarray(1), Buffer.from([0xff, 0xff])]);

type Type = Exclude<OutgoingSend['content']['type'], 'TEXT'>;

function sending(type: Type, media: Partial<OutgoingMedia>, receiver = 'filehelper'): OutgoingSend {
  const whole: OutgoingMedia = {
    name: 'a.bin',
    mime: 'application/octet-stream',
    size: null,
    durationMs: null,
    source: { at: 'WECHAT', mediaId: 'x' },
    ...media,
  };
  return { receiver, receiverKind: 'OTHER', content: { type, media: whole }, mentions: [] };
}

/** Media that the gateway has, at a real address. */
async function atGateway(bytes: Buffer): Promise<Pick<OutgoingMedia, 'source' | 'size'> & { asked: () => number }> {
  const { url, seen } = await serveHttp((_, response) => response.end(bytes));
  const source = { at: 'GATEWAY', url: `${url}/m/1`, read: () => Promise.resolve(bytes), coverUrl: null } as const;
  return { source, size: bytes.length, asked: () => seen.length };
}

function deliveredTo({ simulator }: Hooked): unknown[] {
  return simulator.delivered.map(({ content }) => {
    if (content.type !== 'media') throw new Error(content.type);
    return [content.media, content.name, Buffer.from(content.bytes).toString('hex')];
  });
}

describe('sending media', () => {
  it.each<[PchookDialect, Type, MediaKind, string, string, number]>([
    ['V39', 'IMAGE', 'image', 'a.png', 'image/png', 1],
    ['V39', 'FILE', 'file', '合同.pdf', 'application/pdf', 1],
    ['V39', 'VIDEO', 'video', 'a.mp4', 'video/mp4', 1],
    // The call for animations has no place for a name, without which no address is taken.
    ['V39', 'IMAGE', 'image', 'a.gif', 'image/gif', 1],
    ['NEWEST', 'IMAGE', 'image', 'a.png', 'image/png', 0],
    ['NEWEST', 'FILE', 'file', '合同.pdf', 'application/pdf', 0],
    ['NEWEST', 'VIDEO', 'video', 'a.mp4', 'video/mp4', 0],
    ['NEWEST', 'IMAGE', 'emoticon', 'a.gif', 'image/gif', 0],
  ])('in the dialect %s delivers a %s as %s under its name %s', async (dialect, type, kind, name, mime, fetched) => {
    const one = await hooked(dialect);
    const { asked, ...media } = await atGateway(png);
    const receipt = await one.driver.send(sending(type, { name, mime, ...media }), never);
    expect(receipt).toEqual({ upstreamId: null, reference: null });
    expect(deliveredTo(one)).toEqual([[kind, name, png.toString('hex')]]);
    expect(asked()).toBe(fetched);
  });

  it('goes by the address where there is too much for one call, or the dialect is not known', async () => {
    const { url, seen } = await serveHttp((_, response) => response.end('{"success":"1"}'));
    const { source } = await atGateway(png);
    const big = sending('FILE', { name: 'a.zip', source, size: 17 * 1024 * 1024 });
    await driverAt(url, 'NEWEST').send(big, never);
    await driverAt(url, null).send(sending('FILE', { name: 'a.zip', source, size: 1 }), never);
    const told = { filepath: (source as { url: string }).url, diyfilename: 'a.zip' };
    expect(seen.map(({ body }) => JSON.parse(body) as object)).toEqual([
      { toid: 'filehelper', ...told },
      { wxid: 'filehelper', toid: 'filehelper', ...told },
    ]);
  });

  it.each(dialects)('takes a path of the computer of WeChat, in the dialect %s', async (dialect) => {
    const { url, seen } = await serveHttp((_, response) => response.end('{"success":"1"}'));
    const driver = driverAt(url, dialect);
    const source = { at: 'UPSTREAM', path: 'C:\\图片\\a.silk' } as const;
    for (const type of ['IMAGE', 'FILE', 'VIDEO'] as const) await driver.send(sending(type, { source }), never);
    await driver.send(sending('IMAGE', { source, mime: 'image/gif' }), never);
    await driver.send(sending('VOICE', { source, durationMs: 1500.4 }), never);
    const to = dialect === 'V39' ? { wxid: 'filehelper' } : { toid: 'filehelper' };
    expect(seen.map(({ path, body }) => [path, JSON.parse(body)])).toEqual([
      ['/SendPicMsg', { ...to, picpath: source.path }],
      ['/SendFileMsg', { ...to, filepath: source.path }],
      ['/SendVideoMsg', { ...to, videopath: source.path }],
      ['/SendGIFMsg', { ...to, gifpath: source.path }],
      ['/SendVoiceMsg', { ...to, voice_file: source.path, time_ms: 1500 }],
    ]);
  });

  it.each(dialects)('tells the id of a voice at once, whoever wrote its bytes, in the dialect %s', async (dialect) => {
    const one = await hooked(dialect);
    for (const bytes of [voice, plainVoice]) {
      const { asked, ...media } = await atGateway(bytes);
      const receipt = await one.driver.send(sending('VOICE', { name: 'a.silk', ...media }), never);
      const { id } = one.simulator.delivered.at(-1)!;
      expect([receipt, asked()]).toEqual([{ upstreamId: id, reference: id }, 0]);
      expect(one.simulator.requests.at(-1)!.params['time_ms']).toBe('60');
    }
    expect(new Set(deliveredTo(one).map(String))).toEqual(new Set([`voice,a.silk,${voice.toString('hex')}`]));
  });

  it.each<[string, OutgoingSend]>([
    ['by its id', sending('IMAGE', {})],
    ['that is a voice by its id', sending('VOICE', {})],
    [
      'that is a voice in another format on the disk of WeChat',
      sending('VOICE', { source: { at: 'UPSTREAM', path: 'C:\\a.mp3' }, durationMs: 1 }),
    ],
    [
      'that is a voice of unknown length on the disk of WeChat',
      sending('VOICE', { source: { at: 'UPSTREAM', path: 'C:\\a.silk' } }),
    ],
    [
      'with somebody mentioned',
      { ...sending('IMAGE', { source: { at: 'UPSTREAM', path: 'C:\\a.png' } }), mentions: ['wxid_a'] },
    ],
  ])('refuses media %s before anything is sent', async (_, send) => {
    const { url, seen } = await serveHttp((__, response) => response.end('{"success":"1"}'));
    expect(await outcome(driverAt(url).send(send, never))).toBe('UNSUPPORTED certain');
    expect(seen).toEqual([]);
  });

  it('refuses a voice that is no SILK, and has certainly sent nothing where the bytes cannot be read', async () => {
    const { url, seen } = await serveHttp((_, response) => response.end('{"success":"1"}'));
    const { asked: _, ...media } = await atGateway(png);
    expect(await outcome(driverAt(url).send(sending('VOICE', media), never))).toBe('UNSUPPORTED certain');
    const read = () => Promise.reject(new Error('the disk is gone'));
    const source = { at: 'GATEWAY', url: 'http://h/', coverUrl: null, read } as const;
    const driver = driverAt(url, 'NEWEST');
    expect(await outcome(driver.send(sending('IMAGE', { source, size: 1 }), never))).toBe('INTERNAL certain retry');
    expect(seen).toEqual([]);
  });

  it('meets faults as texts do: certain only where nothing can have left', async () => {
    const one = await hooked('NEWEST');
    const { asked: _, ...media } = await atGateway(png);
    const send = () => outcome(one.driver.send(sending('IMAGE', media), never));
    one.simulator.fault({ type: 'refuse', times: 1 });
    expect(await send()).toBe('UPSTREAM_REJECTED certain');
    one.simulator.fault({ type: 'reset-after-send', times: 1 });
    expect(await send()).toBe('UPSTREAM_UNREACHABLE uncertain retry');
    expect(one.simulator.delivered).toHaveLength(1);
  });

  it('knows SILK by its head, and how long it is', () => {
    expect(wechatVoice(voice)).toEqual({ bytes: voice, durationMs: 60 });
    expect(wechatVoice(plainVoice)).toEqual({ bytes: voice, durationMs: 60 });
    expect([wechatVoice(png), wechatVoice(Buffer.alloc(0))]).toEqual([null, null]);
  });
});

/** The events of all posts so far, by the driver itself. */
async function eventsOf({ simulator, hook, driver }: Hooked, count: number): Promise<DriverEvent[]> {
  await simulator.until(() => simulator.posts.length >= count);
  const self = { wxid: hook.wxid, name: null, alias: null, uid: null, avatarUrl: null };
  return simulator.posts.flatMap(({ text }) =>
    driver.decode({
      body: Buffer.from(text),
      contentType: null,
      query: new URLSearchParams(),
      self,
      now: Date.now(),
    }),
  );
}

function messageIn(events: readonly DriverEvent[]): UpstreamMessage {
  const found = events.find((event) => event.type === 'message');
  if (found === undefined) throw new Error('no message');
  return found.message;
}

function restIn(events: readonly DriverEvent[]): UpstreamRest {
  const found = events.find((event) => event.type === 'rest');
  if (found === undefined) throw new Error('no rest');
  return found.rest;
}

/** As the gateway asks for media of a message that it stored. */
function incoming(message: UpstreamMessage): IncomingMedia {
  const { content, kind, upstreamId, peer, sender, sentAt, raw } = message;
  if (content.type !== 'Media') throw new Error(content.type);
  return { kind, facts: content.media, upstreamId, peerWxid: peer.wxid, senderWxid: sender.wxid, sentAt, raw };
}

async function receiving(
  dialect: PchookDialect,
  media: MediaKind,
  bytes: Buffer,
  { inRoom = false, postBase64 = false, posts = 1 } = {},
) {
  const one = await hooked(dialect, { pchook: { postBase64 } });
  const { url } = await serveHttp((_, response) => response.end());
  one.hook.callbackUrl = url;
  const content: Content = { type: 'media', media, name: '合同.pdf', bytes };
  one.simulator.world.receive(one.hook.wxid, one.friend, content, inRoom ? one.room.wxid : undefined);
  return { ...one, events: await eventsOf(one, posts) };
}

describe('received media', () => {
  it.each(dialects)('that are a voice come with it and without its bytes in the raw body: %s', async (dialect) => {
    const { events } = await receiving(dialect, 'voice', voice);
    const message = messageIn(events);
    expect(message.bytes).toEqual({ bytes: voice, mime: 'audio/silk' });
    expect(message.raw).not.toContain(voice.toString('hex').toUpperCase());
    expect(message.raw).toContain(`:${voice.length * 2}`);
  });

  it('that are a voice of a chat room are asked for by its ids, in full digits', async () => {
    const { events, driver, room, simulator } = await receiving('NEWEST', 'voice', voice, { inRoom: true });
    const message = messageIn(events);
    expect(message.bytes).toBe('FETCHABLE');
    expect(await bytesOf(driver.fetchMedia!(incoming(message), never))).toEqual(voice);
    expect(simulator.requests.at(-1)).toMatchObject({
      path: '/DownloadVoice',
      params: { msgsvrid: message.upstreamId, fromgid: room.wxid, length: String(voice.length) },
    });
  });

  it.each<[MediaKind, boolean]>([
    ['image', false],
    ['image', true],
    ['video', false],
    ['file', true],
  ])('that are a %s are downloaded by the newest build (in a chat room: %s)', async (kind, inRoom) => {
    const { events, driver } = await receiving('NEWEST', kind, png, { inRoom });
    const message = messageIn(events);
    expect(message.bytes).toBe('FETCHABLE');
    const media = incoming(message);
    expect(await bytesOf(driver.fetchMedia!(media, never))).toEqual(png);
    // The store keeps all bodies of a message as one list.
    const merged = { ...media, raw: `[[${media.raw},{"msgsvrid":"1"}],${media.raw}]` };
    expect(await bytesOf(driver.fetchMedia!(merged, never))).toEqual(png);
  });

  it.each<MediaKind>(['image', 'video', 'file'])(
    'that are a %s are not to be had from an older build, which is asked nothing',
    async (kind) => {
      const { events, driver, simulator } = await receiving('V39', kind, png);
      const message = messageIn(events);
      expect(message).not.toHaveProperty('bytes');
      expect(await outcome(driver.fetchMedia!(incoming(message), never))).toBe('UNSUPPORTED certain');
      expect(simulator.requests).toEqual([]);
    },
  );

  it.each<[MediaKind, number]>([
    ['image', 2],
    ['emoticon', 2],
    ['video', 1],
    ['file', 1],
  ])('that are a %s come in base64 from some builds, and not in the raw body', async (kind, posts) => {
    const { events } = await receiving('NEWEST', kind, png, { postBase64: true, posts });
    const told = posts === 2 ? restIn(events) : messageIn(events);
    expect(told.bytes).toEqual({ bytes: png, mime: null });
    expect(told.raw).not.toContain(png.toString('base64'));
    expect(told.richness).toBeGreaterThan(posts === 2 ? messageIn(events).richness : 2);
  });

  it.each(dialects)('that are an emoji are fetched from their address, told or asked for: %s', async (dialect) => {
    const { events, driver, simulator } = await receiving(dialect, 'emoticon', png, { posts: 2 });
    const [message, rest] = [messageIn(events), restIn(events)];
    expect([message.bytes, rest.bytes]).toEqual(['FETCHABLE', 'FETCHABLE']);
    const media = incoming(message);
    expect(await bytesOf(driver.fetchMedia!(media, never))).toEqual(png);
    expect(simulator.requests.map(({ path }) => path)).toEqual(['/GetGIFURL']);
    const facts = { ...media.facts, ...rest.media };
    expect(await bytesOf(driver.fetchMedia!({ ...media, facts }, never))).toEqual(png);
    expect(simulator.requests).toHaveLength(1);
  });

  it('that are gone are NOT_FOUND, and what a garbled answer hides is not', async () => {
    const { events, driver, simulator, hook } = await receiving('NEWEST', 'image', png);
    const media = incoming(messageIn(events));
    simulator.fault({ type: 'garbage', route: 'download', times: 1 });
    expect(await outcome(driver.fetchMedia!(media, never))).toBe('UPSTREAM_REJECTED uncertain');
    const raw = media.raw.replaceAll('3057', '3058');
    expect(await outcome(driver.fetchMedia!({ ...media, raw }, never))).toBe('NOT_FOUND certain');
    expect(await outcome(driver.fetchMedia!({ ...media, raw: '{}' }, never))).toBe('NOT_FOUND certain');
    const emoji = { ...media, kind: 'EMOJI' as const, raw: raw.replaceAll('md5', 'md6') };
    expect(await outcome(driver.fetchMedia!(emoji, never))).toBe('NOT_FOUND certain');
    expect(await outcome(driverAt(hook.baseUrl).fetchMedia!(emoji, never))).toBe('UNSUPPORTED certain');
    const voiceless = { ...media, kind: 'VOICE' as const };
    expect(await outcome(driver.fetchMedia!(voiceless, never))).toBe('NOT_FOUND certain');
  });

  it('that the hook has not downloaded yet may be had later', async () => {
    const { url, seen } = await serveHttp(({ path }, response) =>
      response.writeHead(path === '/localfile' ? 404 : 200).end('{"ret":0}'),
    );
    const { events } = await receiving('NEWEST', 'image', png);
    const work = driverAt(url, 'NEWEST').fetchMedia!(incoming(messageIn(events)), never);
    expect(await outcome(work)).toBe('NOT_FOUND certain retry');
    expect(seen.map(({ path }) => path)).toEqual(['/CDN_Init', '/download', ...Array(5).fill('/localfile')]);
  });
});

describe('avatars', () => {
  it.each(dialects)('come from WeChat itself, in the dialect %s', async (dialect) => {
    const { driver, friend, simulator } = await hooked(dialect);
    const of = { wxid: friend, roomWxid: null, avatarUrl: null };
    simulator.world.people.get(friend)!.avatar = 'png';
    expect((await bytesOf(driver.fetchAvatar!(of, never))).subarray(1, 4).toString()).toBe('PNG');
    simulator.world.people.get(friend)!.avatar = 'none';
    expect(await outcome(driver.fetchAvatar!(of, never))).toBe('NOT_FOUND certain');
    const { url } = await serveHttp((_, response) => response.end(png));
    expect(await bytesOf(driver.fetchAvatar!({ ...of, avatarUrl: url }, never))).toEqual(png);
    simulator.fault({ type: 'error', route: 'GetHeadIMG', times: 1 });
    expect(await outcome(driver.fetchAvatar!(of, never))).toBe('UPSTREAM_REJECTED uncertain retry');
  });
});
