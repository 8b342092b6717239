import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRange } from '../../src/http/range.ts';
import { ask } from './clients.ts';
import { type Fake, startFake } from './fake.ts';

const bytes = Buffer.from('0123456789');
let fake: Fake;
beforeAll(async () => {
  fake = await startFake();
  fake.world.files.set('media_1', {
    sha256: 'abc',
    size: bytes.length,
    mime: 'image/png',
    name: '报告 "1".png',
    expiresAt: Date.now() + 60_000,
    read: (range) => Promise.resolve(Readable.from([range ? bytes.subarray(range.from, range.to + 1) : bytes])),
  });
});
afterAll(() => fake.server.close());

const get = (headers: Record<string, string> = {}, method = 'GET') => ask(fake, '/media/media_1', { method, headers });

test('a file is given to save, under its whole name, and runs nowhere', async () => {
  const answer = await get();
  expect([answer.status, answer.text]).toEqual([200, '0123456789']);
  expect(answer.headers).toMatchObject({
    'content-type': 'image/png',
    'content-length': '10',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringMatching(/default-src 'none'.*sandbox/),
    'content-disposition': `attachment; filename="__ _1_.png"; filename*=UTF-8''%E6%8A%A5%E5%91%8A%20%221%22.png`,
    'cache-control': expect.stringMatching(/^private, max-age=(59|60)$/),
    'accept-ranges': 'bytes',
    etag: '"abc"',
  });
});

test('a page of any origin may show it', async () => {
  const answer = await get({
    origin: 'https://crm.example',
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'no-cors',
  });
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
  });
});

test('its head is that of the whole file', async () => {
  const answer = await get({}, 'HEAD');
  expect([answer.status, answer.text, answer.headers['content-length']]).toEqual([200, '', '10']);
});

test.each([
  ['bytes=2-4', '234', 'bytes 2-4/10'],
  ['bytes=8-', '89', 'bytes 8-9/10'],
  ['bytes=-3', '789', 'bytes 7-9/10'],
  ['bytes=5-999', '56789', 'bytes 5-9/10'],
])('a part of it is given alone: %s', async (range, text, told) => {
  const answer = await get({ range });
  expect([answer.status, answer.text, answer.headers['content-range']]).toEqual([206, text, told]);
  expect(answer.headers['content-length']).toBe(String(text.length));
});

test('a part beyond its end is refused, and what is no part is the whole', async () => {
  const beyond = await get({ range: 'bytes=10-' });
  expect([beyond.status, beyond.headers['content-range']]).toEqual([416, 'bytes */10']);
  for (const range of ['bytes=4-2', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=-']) {
    expect((await get({ range })).text).toBe('0123456789');
  }
  expect((await get({ range: 'bytes=1-2', 'if-range': '"older"' })).status).toBe(200);
  expect(readRange('bytes=-0', 10)).toBe('NONE');
});

test('who has it already is told so', async () => {
  const answer = await get({ 'if-none-match': 'W/"x", "abc"' });
  expect([answer.status, answer.text]).toEqual([304, '']);
});

test('what is not there is the same for everybody', async () => {
  const answer = await ask(fake, '/media/media_2?expires=1&signature=x');
  expect(answer.status).toBe(404);
});
