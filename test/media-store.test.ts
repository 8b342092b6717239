import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type MediaStore, type MediaStoreOptions, openMediaStore } from '../src/media-store/media-store.ts';
import { sniff } from '../src/media-store/sniff.ts';
import { avatarPng, tinyJpeg } from '../src/simulator/png.ts';

let parent: string;
let folder: string;
let store: MediaStore;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'wxgraph-media-'));
  folder = join(parent, 'media-store');
  store = await open();
});
afterEach(() => rm(parent, { recursive: true }));

const randomHex = (bytes: number) => randomBytes(bytes).toString('hex');
const open = (more: Partial<MediaStoreOptions> = {}) => openMediaStore({ folder, randomHex, ...more });
const limits = { maxBytes: 1000, leaveFree: 0 };
const files = async () =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((one) => one.isFile())
    .map((one) => one.name);
async function* inTwo(bytes: Buffer) {
  yield bytes.subarray(0, 5);
  yield bytes.subarray(5);
}

test('what was put is there after a restart, byte for byte, for its owner alone', async () => {
  const picture = avatarPng('x');
  const stored = await store.put(inTwo(picture), { ...limits, maxBytes: picture.length });
  expect(stored).toMatchObject({ size: picture.length, mime: 'image/png', width: expect.any(Number) });
  const again = await open();
  expect((await buffer(await again.read(stored.file))).equals(picture)).toBe(true);
  expect((await buffer(await again.read(stored.file, { from: 1, to: 3 }))).toString()).toBe('PNG');
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  const path = join(folder, stored.file.slice(0, 2), stored.file.slice(2, 4), stored.file);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('nothing is left of what was too large, empty, or broke off', async () => {
  const broken = new Error('the source broke');
  const breaking = async function* () {
    yield Buffer.from('a');
    throw broken;
  };
  await expect(store.put([Buffer.alloc(600), Buffer.alloc(600)], limits)).rejects.toMatchObject({ code: 'TOO_LARGE' });
  await expect(store.put([], limits)).rejects.toMatchObject({ code: 'EMPTY' });
  await expect(store.put(breaking(), limits)).rejects.toBe(broken);
  expect(await files()).toEqual([]);
});

test('a disk that is nearly full takes nothing, and says that it may later', async () => {
  const full = await open({ freeBytes: () => Promise.resolve(1000) });
  await expect(full.put([Buffer.from('a')], { ...limits, leaveFree: 1000 })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
  expect((await full.put([Buffer.from('a')], { ...limits, leaveFree: 999 })).size).toBe(1);
});

test('a disk that cannot be written is no failure of the caller', async () => {
  await rm(folder, { recursive: true });
  await writeFile(folder, '');
  await expect(store.put([Buffer.from('a')], limits)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test('what a crash left half written is gone at the next start', async () => {
  await store.spool([Buffer.from('half')], 100);
  expect(await files()).toHaveLength(1);
  await open();
  expect(await files()).toEqual([]);
});

test('a file is deleted once, and no name leads out of the folder', async () => {
  const { file } = await store.put([Buffer.from('a')], limits);
  await store.delete(file);
  await store.delete(file);
  for (const name of [file, '../../secret.key', '', '..'.repeat(16)]) {
    await expect(store.read(name)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  expect(await files()).toEqual([]);
});

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));

describe('what a file is', () => {
  test.each([
    ['image/jpeg', tinyJpeg],
    ['image/gif', bytes('GIF89a', [2, 0, 1, 0])],
    ['image/webp', bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8 ')],
    ['image/heic', bytes([0, 0, 0, 24], 'ftypheic')],
    ['video/mp4', bytes([0, 0, 0, 24], 'ftypisom')],
    ['video/quicktime', bytes([0, 0, 0, 20], 'ftypqt  ')],
    ['audio/mp4', bytes([0, 0, 0, 20], 'ftypM4A ')],
    ['video/webm', bytes([0x1a, 0x45, 0xdf, 0xa3], 'xxxxxwebm')],
    ['audio/mpeg', bytes('ID3', [3, 0])],
    ['audio/mpeg', bytes([0xff, 0xfb, 0x90])],
    ['audio/amr', bytes('#!AMR\n')],
    ['audio/silk', bytes('#!SILK_V3')],
    ['audio/silk', bytes([2], '#!SILK_V3')],
    ['audio/ogg', bytes('OggS')],
    ['audio/wav', bytes('RIFF', [0, 0, 0, 0], 'WAVE')],
    ['application/pdf', bytes('%PDF-1.7')],
    ['application/zip', bytes('PK\x03\x04', 'a.txt')],
    [
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      bytes('PK\x03\x04', '[Content_Types].xml', 'xl/workbook.xml'),
    ],
    ['application/octet-stream', bytes('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')],
    ['application/octet-stream', bytes('<!doctype html><script>alert(1)</script>')],
    ['application/octet-stream', bytes('BM is how this text begins, and it goes on')],
    ['application/octet-stream', bytes('hello')],
    ['application/octet-stream', bytes([0xff])],
  ])('is told by its bytes: %s', (mime, file) => {
    expect(sniff(file)).toBe(mime);
  });

  test.each([
    ['gif', bytes('GIF89a', [2, 1, 3, 0]), 258, 3],
    ['bmp', bytes('BM', Array<number>(12).fill(0), [40, 0, 0, 0], [7, 0, 0, 0], [0xf7, 0xff, 0xff, 0xff]), 7, 9],
    ['lossless webp', bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8L', [0, 0, 0, 0, 0x2f], [0x04, 0xc0, 0x01, 0x00]), 5, 8],
    ['large webp', bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8X', [10, 0, 0, 0, 0, 0, 0, 0], [9, 0, 0], [19, 0, 0]), 10, 20],
    ['jpeg', bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc2, 0, 11, 8, 0, 3, 1, 0, 1]), 256, 3],
    ['jpeg that is cut off', bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc2, 0]), null, null],
  ])('and how large: %s', async (_name, picture, width, height) => {
    expect(await store.put([picture], limits)).toMatchObject({ width, height });
  });
});
