import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DriverEvent, OutgoingSend, SendReceipt, UpstreamMessage } from '../../src/drivers/driver.ts';
import type { OutgoingContent, OutgoingMedia } from '../../src/drivers/media.ts';
import { decode, decodeEntries } from '../../src/drivers/openwx/decode.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { type Receiver, startReceiver } from '../simulator/receiver.ts';
import { driverAt, outcome } from './openwx-program.ts';
import { callback, now, postsOf } from './recorded.ts';
import { serveTcp } from './server.ts';

type MediaType = Exclude<OutgoingContent['type'], 'TEXT'>;

const never = new AbortController().signal;
/** Every byte there is, so that nothing passes that takes them for text. */
const bytes = Uint8Array.from({ length: 5_000 }, (_, at) => at % 256);
const unreachable = 'http://gateway.example/media/1';
let folder: string;
let receiver: Receiver;
let simulator: Simulator;
/** What the program finds at an address; it waits for ever for the rest. */
const web = new Map<string, Uint8Array>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wxgraph-test-'));
  receiver = await startReceiver();
  simulator = await startSimulator({
    postApi: receiver.url,
    openwx: {
      readMedia: async (path) => {
        const found = web.get(path);
        return found && { bytes: found, mtime: 0, mime: 'application/octet-stream', size: found.length };
      },
    },
  });
});
afterAll(async () => {
  await simulator.stop();
  await receiver[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  simulator.clearFaults();
  simulator.forget();
  web.clear();
});

function mediaOf(change: Partial<OutgoingMedia> = {}): OutgoingMedia {
  const source: OutgoingMedia['source'] = {
    at: 'GATEWAY',
    url: unreachable,
    read: async () => bytes,
    coverUrl: null,
  };
  return { name: '图 片.png', mime: 'image/png', size: bytes.length, durationMs: null, source, ...change };
}

function sendOf(type: MediaType, media: OutgoingMedia, receiver_ = friend()): OutgoingSend {
  return { receiver: receiver_, receiverKind: null, content: { type, media }, mentions: [] };
}

function friend(): string {
  const account = simulator.account();
  const { contacts } = simulator.world.accounts.get(account.wxid)!;
  return account.idOf([...contacts.values()].find(({ kind }) => kind === 'friend')!.wxid);
}

function room(): string {
  const account = simulator.account();
  return account.idOf([...simulator.world.accounts.get(account.wxid)!.rooms][0]!);
}

function driver(quick: Parameters<typeof driverAt>[2] = {}): ReturnType<typeof driverAt> {
  return driverAt(simulator.account().baseUrl, null, quick);
}

/** What reached WeChat: kind, name and bytes. */
function delivered(): [string, string, number[]][] {
  return simulator.delivered.map(({ content }) => {
    if (content.type !== 'media') throw new Error(`no media but ${content.type}`);
    return [content.media, content.name, [...content.bytes]];
  });
}

const sends = () => simulator.requests.filter(({ path }) => path.includes('send_'));

describe('media that go out', () => {
  it.each<[string, MediaType, Partial<OutgoingMedia>, [string, string]]>([
    ['a picture', 'IMAGE', {}, ['image', '图 片.png']],
    ['a picture that moves', 'IMAGE', { name: 'a.gif', mime: 'image/gif' }, ['emoticon', 'a.gif']],
    ['a video', 'VIDEO', { name: 'a.mp4', mime: 'video/mp4' }, ['video', 'a.mp4']],
    ['a picture as a file, with a name that is no XML', 'FILE', { name: 'R&D <1>.png' }, ['file', 'R&D <1>.png']],
    ['a file with a path for a name', 'FILE', { name: '../a"b.txt', mime: 'text/plain' }, ['file', '.._a_b.txt']],
  ])('%s arrives once, byte for byte, though the program cannot reach the gateway', async (_, type, change, seen) => {
    const receipt = await driver().send(sendOf(type, mediaOf(change)), never);
    expect(delivered()).toEqual([[...seen, [...bytes]]]);
    expect(sends()).toHaveLength(1);
    const { id } = simulator.delivered[0]!;
    expect(receipt).toEqual({
      upstreamId: id,
      reference: `${id}:${friend()}`,
      mediaId: expect.stringMatching(/^@crypt_\w+:\d+$/) as string,
    });
  });

  it('a chat room gets media, too, and its client is named', async () => {
    await driverAt(simulator.account().baseUrl, 'wx1').send(sendOf('IMAGE', mediaOf(), room()), never);
    expect(delivered()).toHaveLength(1);
    expect(sends()).toMatchObject([{ path: '/openwx/send_group_message', params: { client: 'wx1' } }]);
  });

  it('the echo is known by the receipt, holds the bytes, and shows neither our address nor the XML', async () => {
    const receipt = await driver().send(sendOf('FILE', mediaOf({ name: 'R&D.png' })), never);
    const echo = await posted(receipt.upstreamId!);
    expect(echo).toMatchObject({
      upstreamId: receipt.upstreamId,
      direction: 'OUTGOING',
      kind: 'FILE',
      text: '[文件] R&D.png',
      content: { media: { name: 'R&D.png', upstreamPath: null } },
    });
    expect(echo.bytes).toEqual({ bytes: Buffer.from(bytes), mime: 'image/png' });
    expect(echo.raw).not.toContain('media_data":"');
  });

  it.each<[MediaType, string, string]>([
    ['IMAGE', 'a.png', 'image'],
    ['FILE', 'a.txt', 'file'],
  ])('%s is sent again by its media id, without a new upload', async (type, name, kind) => {
    const first = await driver().send(sendOf(type, mediaOf({ name })), never);
    const again = mediaOf({ name, source: { at: 'WECHAT', mediaId: first.mediaId! } });
    const second = await driver().send(sendOf(type, again), never);
    expect(second.mediaId).toBe(first.mediaId);
    expect(delivered()[1]).toEqual([kind, kind === 'file' ? name : expect.any(String), [...bytes]]);
    expect(simulator.requests[1]?.params).not.toHaveProperty('media_path');
  });

  it('a media id without its end is sent as what it is said to be', async () => {
    const first = await driver().send(sendOf('IMAGE', mediaOf()), never);
    const mediaId = first.mediaId!.replace(/:.*/, '');
    await driver().send(sendOf('IMAGE', mediaOf({ source: { at: 'WECHAT', mediaId } })), never);
    expect(delivered().map(([kind]) => kind)).toEqual(['image', 'image']);
  });
});

describe('media that are too long for one request', () => {
  const long = { name: 'long.mp4', mime: 'video/mp4', size: 17_000_000 };
  const source: OutgoingMedia['source'] = {
    at: 'GATEWAY',
    url: unreachable,
    read: () => Promise.reject(new Error('must not be read')),
    coverUrl: null,
  };

  it('are fetched by the program first and sent by their id', async () => {
    web.set(unreachable, bytes);
    const receipt = await driver().send(sendOf('VIDEO', mediaOf({ ...long, source })), never);
    expect(simulator.requests.map(({ path }) => path)).toEqual(['/openwx/upload_media', '/openwx/send_friend_message']);
    expect(delivered()).toEqual([['video', 'long.mp4', [...bytes]]]);
    expect(receipt.mediaId).toMatch(/:43$/);
  });

  it('fail for certain where the program cannot fetch them, as nothing was sent', async () => {
    const sent = driver({ mediaMs: 100 }).send(sendOf('VIDEO', mediaOf({ ...long, source })), never);
    expect(await outcome(sent)).toMatchObject({ code: 'UPSTREAM_TIMEOUT', certain: true });
    expect(sends()).toEqual([]);
  });

  it('never arrive cut: where the program reads less than was written, nobody gets half a file', async () => {
    await using small = await startSimulator({ openwx: { maxRequestBytes: 3_000 } });
    const account = small.account();
    const [to] = small.world.accounts.get(account.wxid)!.contacts.keys();
    const sent = driverAt(account.baseUrl).send(sendOf('FILE', mediaOf(), account.idOf(to!)), never);
    expect(await outcome(sent)).toMatchObject({ code: 'NOT_FOUND', certain: true });
    expect(small.delivered).toEqual([]);
  });
});

describe('a send of media that fails', () => {
  it('is certain for a path where nothing is; a file on the program’s own disk is sent', async () => {
    await using plain = await startSimulator();
    const account = plain.account();
    const [to] = plain.world.accounts.get(account.wxid)!.contacts.keys();
    const sendAt = (path: string) =>
      driverAt(account.baseUrl).send(
        sendOf('FILE', mediaOf({ name: 'there.txt', size: null, source: { at: 'UPSTREAM', path } }), account.idOf(to!)),
        never,
      );
    const path = join(folder, 'there.txt');
    writeFileSync(path, '在');
    await sendAt(path);
    expect(plain.delivered).toMatchObject([
      { content: { media: 'file', name: 'there.txt', bytes: Buffer.from('在') } },
    ]);
    const error = await outcome(sendAt(join(folder, 'no.jpg')));
    expect(error).toMatchObject({ code: 'UPSTREAM_REJECTED', certain: true, message: 'invaild media_path (code -1)' });
  });

  it('is certain where WeChat refuses it', async () => {
    simulator.fault({ type: 'refuse', ret: 1201, text: '操作太频繁', times: 1 });
    const error = await outcome(driver().send(sendOf('IMAGE', mediaOf()), never));
    expect(error).toMatchObject({ code: 'UPSTREAM_REJECTED', certain: true });
    expect(delivered()).toEqual([]);
  });

  it('is unknown where the answer is missing, since it arrived', async () => {
    simulator.fault({ type: 'timeout-after-send', times: 1 });
    expect((await outcome(driver().send(sendOf('IMAGE', mediaOf()), never))).certain).toBe(false);
    expect(delivered()).toHaveLength(1);
  });

  it('is told as what the program says of it', async () => {
    const answers: [string, object][] = [
      ['media size exceed, maximum size is 20971520 bytes', { code: 'TOO_LARGE', certain: true }],
      ['media file read error: Can’t open /home/me/a.png', { code: 'UPSTREAM_REJECTED', certain: true }],
      ['media upload failure 0/1', { code: 'UPSTREAM_REJECTED', certain: true }],
      ['unknown data', { code: 'UPSTREAM_REJECTED', certain: false }],
    ];
    for (const [status, expected] of answers) {
      const { url } = await serveTcp((socket) =>
        socket.once('data', () => {
          const body = JSON.stringify({ code: -1, id: '1', media_id: '', status });
          socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${body}`);
        }),
      );
      const error = await outcome(driverAt(url).send(sendOf('IMAGE', mediaOf()), never));
      expect(error).toMatchObject(expected);
      expect(error.message).not.toContain('/home');
    }
  });

  const at = (source: OutgoingMedia['source']): Partial<OutgoingMedia> => ({ source });
  it.each<[string, MediaType, Partial<OutgoingMedia>, string]>([
    ['a voice, which would be a file', 'VOICE', {}, 'UNSUPPORTED'],
    ['nothing, which is uploaded for ever', 'FILE', sourceOf(async () => new Uint8Array()), 'BAD_INPUT'],
    ['what cannot be read', 'FILE', sourceOf(() => Promise.reject(new Error('gone'))), 'INTERNAL'],
    ['an address for a path, which may hang', 'IMAGE', at({ at: 'UPSTREAM', path: 'HTTP://a/b.png' }), 'BAD_INPUT'],
    ['the id of a received picture', 'IMAGE', at({ at: 'WECHAT', mediaId: '7257313700000000507:3' }), 'UNSUPPORTED'],
    ['an empty media id', 'IMAGE', at({ at: 'WECHAT', mediaId: '' }), 'BAD_INPUT'],
  ])('is refused before anything is sent for %s', async (_, type, change, code) => {
    const { url, connections } = await serveTcp((socket) => socket.destroy());
    const sent = driverAt(url).send(sendOf(type, mediaOf(change), '@a'), never);
    expect(await outcome(sent)).toMatchObject({ code, certain: true, retry: false });
    expect(connections).toHaveLength(0);
  });
});

function sourceOf(read: () => Promise<Uint8Array>): Partial<OutgoingMedia> {
  return { source: { at: 'GATEWAY', url: unreachable, read, coverUrl: null } };
}

/** The decoded message that was posted with this id. */
async function posted(id: string): Promise<UpstreamMessage> {
  const text = await simulator.until(() => simulator.posts.find((post) => post.text.includes(`"id":"${id}`))?.text);
  return only(decode(callback(text, { self: null }), null));
}

function only(events: DriverEvent[]): UpstreamMessage {
  const found = events.find((event) => event.type === 'message');
  if (!found) throw new Error('no message');
  return found.message;
}

describe('media that come in', () => {
  it('have the bytes that were posted, in chats and in answers to check_event', async () => {
    const account = simulator.account();
    const [from] = simulator.world.accounts.get(account.wxid)!.contacts.keys();
    const content = { type: 'media', media: 'image', name: '', bytes } as const;
    const { id } = simulator.world.receive(account.wxid, from!, content);
    expect((await posted(id)).bytes).toEqual({ bytes: Buffer.from(bytes), mime: 'image/jpeg' });
    const { text } = simulator.posts.find((post) => post.text.includes(id))!;
    const polled = decodeEntries(`[${text}]`, { self: null, now });
    expect(only(polled).bytes).toEqual({ bytes: Buffer.from(bytes), mime: 'image/jpeg' });
  });

  const picture = postsOf('friend image')[0]!.body;
  const decoded = (change: object): UpstreamMessage =>
    only(decode(callback(JSON.stringify({ ...picture, ...change })), null));

  it.each<[string, unknown, string | undefined]>([
    ['one line', 'aGk=', 'hi'],
    ['lines that end with CRLF', 'aGVsbG8s\r\nIHdvcmxk\r\n', 'hello, world'],
    ['nothing', '', undefined],
    ['null', null, undefined],
    ['no base64', 'a picture!', undefined],
    ['base64 that was cut', 'aGVsbG8', undefined],
    ['an end in the middle', 'aGk=aGk=', undefined],
  ])('are read from %s', (_, media_data, text) => {
    const message = decoded({ media_data });
    expect(message.kind).toBe('IMAGE');
    expect(
      message.bytes === undefined ? undefined : Buffer.from((message.bytes as { bytes: Uint8Array }).bytes).toString(),
    ).toBe(text);
  });

  it('are absent where the program posts none, and in what is no media', () => {
    const { media_data: _, ...bare } = picture;
    expect(only(decode(callback(JSON.stringify(bare)), null))).not.toHaveProperty('bytes');
    expect(decoded({ format: 'text', media_data: 'aGk=' })).not.toHaveProperty('bytes');
  });
});

it('a receipt of text has no media id', async () => {
  const content: OutgoingContent = { type: 'TEXT', text: '文字' };
  const receipt: SendReceipt = await driver().send({ ...sendOf('FILE', mediaOf()), content }, never);
  expect(receipt).not.toHaveProperty('mediaId');
});
