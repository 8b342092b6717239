/** Media to send: real ones of each type, at an address and as bytes, as the gateway gives them to drivers. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { OutgoingMedia } from '../../../src/drivers/media.ts';
import { avatarPng } from '../../../src/simulator/png.ts';
import type { MediaKind } from '../../../src/simulator/wechat.ts';
import type { Capability, SendType } from '../../../src/words.ts';

export type MediaType = Exclude<SendType, 'TEXT'>;
type Sample = { name: string; mime: string; durationMs: number | null; bytes: Uint8Array; kind: MediaKind };
export type Source = OutgoingMedia['source'];

const silk = Buffer.concat([
  Buffer.from('\u0002#!SILK_V3'),
  ...Array.from({ length: 50 }, () => Buffer.of(2, 0, 1, 2)),
]);
const mp4 = Buffer.concat([Buffer.from('\0\0\0\u0018ftypmp42\0\0\0\0mp42isom'), Buffer.alloc(600, 7)]);

/** Of each type: what it is called, what it holds, and as what it reaches WeChat. */
export const samples = {
  IMAGE: { name: 'picture.png', mime: 'image/png', durationMs: null, bytes: avatarPng('x'), kind: 'image' },
  FILE: { name: '报告 1&2.txt', mime: 'text/plain', durationMs: null, bytes: Buffer.from('a\0ä'), kind: 'file' },
  VIDEO: { name: 'film.mp4', mime: 'video/mp4', durationMs: 3000, bytes: mp4, kind: 'video' },
  VOICE: { name: 'voice.silk', mime: 'audio/silk', durationMs: 1000, bytes: silk, kind: 'voice' },
} as const satisfies Record<MediaType, Sample>;

export const mediaTypes = Object.keys(samples) as MediaType[];

export function capabilityOf(type: MediaType): Capability {
  return `SEND_${type}`;
}

/** Where the gateway would serve them. */
export type MediaServer = AsyncDisposable & {
  url: string;
  /** What a driver is given of a sample. */
  media(type: MediaType, source?: Source): OutgoingMedia;
};

export async function serveMedia(): Promise<MediaServer> {
  const server = createServer(({ url }, response) => {
    const type = mediaTypes.find((one) => url === `/${one}`);
    const sample = type === undefined ? null : samples[type];
    if (url === '/cover') response.writeHead(200, { 'content-type': 'image/jpeg' }).end(Buffer.of(0xff, 0xd8, 0xff));
    else if (sample === null) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': sample.mime }).end(sample.bytes);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    media: (type, given) => {
      const { name, mime, durationMs, bytes } = samples[type];
      const coverUrl = type === 'VIDEO' ? `${url}/cover` : null;
      const source: Source = given ?? { at: 'GATEWAY', url: `${url}/${type}`, read: async () => bytes, coverUrl };
      return { name, mime, durationMs, size: source.at === 'GATEWAY' ? bytes.length : null, source };
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
