import { readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maxUploadBytes } from '../../src/resolvers/media/keep-media.ts';
import { avatarPng } from '../../src/simulator/png.ts';
import { send, trySend, upload } from './sending.ts';
import { type Stack, adminToken, movableClock, startStack } from './stack.ts';

const png = new Uint8Array(avatarPng('an upload'));
const day = 24 * 3600_000;
const clock = movableClock();
let free = 10_000_000_000;
let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ overrides: { clock, freeBytes: async () => free } });
});
afterAll(() => stack.stop());

const statusOf = async (id: string) =>
  (await stack.query('query ($id: ID!) { node(id: $id) { ... on Media { status } } }', { id })).data.node?.status as
    string | undefined;
const urlOf = async (id: string) =>
  (await stack.query('query ($id: ID!) { node(id: $id) { ... on Media { url } } }', { id })).data.node.url as string;
/** Files of the media store, those half written among them. */
const files = () => {
  const found = readdirSync(join(stack.folder, 'media-store'), { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};

describe('an upload', () => {
  it('is there after a restart, and its type is what its bytes say', async () => {
    const media = await upload(stack, png, '图.html');
    expect(media).toEqual({ id: media.id, name: '图.html', mime: 'image/png', size: png.length });
    await stack.restart();
    const answer = await fetch(await urlOf(media.id));
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from(png));
  });

  it('that was sent is kept, and one that was not is gone after seven days, with its file', async () => {
    const [used, unused] = [await upload(stack, png, 'used.png'), await upload(stack, png, 'unused.png')];
    await send(stack, { targets: stack.accountIds, to: ['filehelper'], content: { image: { mediaId: used.id } } });
    const before = files().length;
    clock.moveOn(7 * day - 60_000);
    expect([await statusOf(used.id), await statusOf(unused.id)]).toEqual(['READY', 'READY']);
    clock.moveOn(2 * 60_000);
    await expect.poll(() => statusOf(unused.id), { interval: 20, timeout: 10_000 }).toBeUndefined();
    await expect.poll(() => files().length, { interval: 20, timeout: 10_000 }).toBeLessThan(before);
    expect(await statusOf(used.id)).toBe('READY');
    const gone = await trySend(stack, { targets: stack.accountIds, content: { image: { mediaId: unused.id } } });
    expect(gone.errors![0]!.extensions).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('of nothing is refused', async () => {
    await expect(upload(stack, new Uint8Array(), 'empty.png')).rejects.toThrow('400');
  });

  it('that grows too large is broken off, and leaves nothing on the disk', async () => {
    const before = files();
    const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'video/mp4' };
      const request = httpRequest(`${stack.gateway.url}/media`, { method: 'POST', headers }, (response) => {
        response.setEncoding('utf8').once('data', (text: string) => {
          resolve({ status: response.statusCode!, text });
          request.destroy();
        });
      });
      request.on('error', reject);
      const chunk = Buffer.alloc(4 * 1024 * 1024);
      let sent = 0;
      const more = () => {
        if (sent > maxUploadBytes) return;
        sent += chunk.length;
        request.write(chunk, more);
      };
      more();
    });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      413,
      expect.objectContaining({ success: false, code: 'TOO_LARGE', field: 'file' }),
    ]);
    await expect.poll(files, { interval: 20 }).toEqual(before);
  });
});

it('on a nearly full disk nothing is uploaded and no address is fetched; that is told to come back', async () => {
  free = 199_000_000;
  const before = files();
  const answer = await fetch(`${stack.gateway.url}/media`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}` },
    body: png,
  });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '10']);
  const { errors } = await trySend(stack, {
    targets: stack.accountIds,
    content: { image: { url: 'http://127.0.0.1:1/a.png' } },
  });
  expect(errors![0]!.extensions).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  free = 10_000_000_000;
  expect(files()).toEqual(before);
});

it('a send whose media are gone when its turn comes has FAILED, and says why', async () => {
  const { id } = await upload(stack, png, 'lost.png');
  const { app } = stack.gateway;
  const [media] = await app.store.queries.mediaById([Number(id.slice('media_'.length))]);
  expect(readFileSync(files().find((path) => path.endsWith(media!.stored!.file))!)).toEqual(Buffer.from(png));
  await app.mediaStore.delete(media!.stored!.file);
  const job = await send(stack, {
    targets: stack.accountIds,
    to: ['filehelper'],
    content: { image: { mediaId: id } },
    waitMs: 10_000,
  });
  expect(job.logs.nodes).toMatchObject([{ status: 'FAILED', errorMessage: 'the file could not be read' }]);
});
