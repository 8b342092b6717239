import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { maxUploadBytes } from '../../src/resolvers/media/keep-media.ts';
import { type Fake, startFake, token } from './fake.ts';

const png = Buffer.from('89504e470d0a1a0a00', 'hex');
let fake: Fake;
beforeAll(async () => {
  fake = await startFake();
});
afterAll(() => fake.server.close());

const headers = { authorization: `Bearer ${token}` };
const upload = (body: NonNullable<RequestInit['body']>, more: Record<string, string> = {}, query = '') =>
  fetch(`${fake.url}/media${query}`, { method: 'POST', headers: { ...headers, ...more }, body });
const form = (...fields: [name: string, value: string | Blob, file?: string][]): FormData => {
  const made = new FormData();
  for (const [name, value, file] of fields)
    if (typeof value === 'string') made.append(name, value);
    else made.append(name, value, file);
  return made;
};
const last = () => fake.world.uploads.at(-1);

test('the field `file` of a form is taken, with its name', async () => {
  const answer = await upload(
    form(['note', 'x'], ['other', new Blob(['y']), 'y'], ['file', new Blob([png]), '报告 1.png']),
  );
  expect(answer.status).toBe(201);
  expect(await answer.json()).toEqual({
    success: true,
    media: { id: 'media_1', name: '报告 1.png', mime: 'image/png', size: png.length },
  });
  expect(last()).toEqual({ tokenId: 1, name: '报告 1.png', bytes: png });
});

test.each([
  ['application/octet-stream', '?name=%E5%9B%BE.png', '图.png'],
  ['application/x-www-form-urlencoded', '', null],
  ['image/png', '?name=a.png', 'a.png'],
])('a body as it is is taken, whatever its type: %s', async (type, query, name) => {
  const answer = await upload(png, { 'content-type': type }, query);
  expect(answer.status).toBe(201);
  expect(last()).toEqual({ tokenId: 1, name, bytes: png });
});

test('a form without a file, one with the file elsewhere, and no body are refused', async () => {
  const before = fake.world.uploads.length;
  for (const body of [form(['file', 'a text']), form(['picture', new Blob([png]), 'a.png'])]) {
    const answer = await upload(body);
    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'BAD_INPUT', field: 'file' }),
    ]);
  }
  const none = await fetch(`${fake.url}/media`, { method: 'POST', headers });
  expect(none.status).toBe(400);
  const nonsense = await upload('nonsense', { 'content-type': 'multipart/form-data' });
  expect(nonsense.status).toBe(400);
  expect(fake.world.uploads.length).toBe(before);
});

/** The head of an upload that says how much is to come, of which nothing does. */
function announce(more: Record<string, string | number>): Promise<{ status: number; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${fake.url}/media`,
      { method: 'POST', headers: { ...headers, ...more } },
      (response) => {
        resolve({ status: response.statusCode!, connection: response.headers.connection });
        request.destroy();
      },
    );
    request.on('error', reject);
    request.flushHeaders();
  });
}

test('what says that it is too large is refused before anything of it is read', async () => {
  const bytes = { 'content-length': maxUploadBytes + 1, 'content-type': 'image/png' };
  expect(await announce(bytes)).toEqual({ status: 413, connection: 'close' });
  const inForm = { 'content-length': 2 * maxUploadBytes, 'content-type': 'multipart/form-data; boundary=x' };
  expect(await announce(inForm)).toEqual({ status: 413, connection: 'close' });
});

test('strangers upload nothing', async () => {
  const wrong = { authorization: 'Bearer no', 'content-length': 1000, 'content-type': 'image/png' };
  expect(await announce(wrong)).toEqual({ status: 401, connection: 'close' });
});

test.each([
  ['a body', 'content-type: image/png\r\ncontent-length: 100\r\n\r\nonly this'],
  [
    'a form',
    'content-type: multipart/form-data; boundary=x\r\ncontent-length: 500\r\n\r\n--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nonly this',
  ],
])('%s that breaks off is no file', async (_what, rest) => {
  const before = fake.world.uploads.length;
  const broken = fake.world.brokenUploads.length;
  const socket = connect(fake.port, '127.0.0.1');
  socket.write(`POST /media HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n${rest}`);
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.end();
  await fake.world.until(() => fake.world.brokenUploads.length > broken);
  expect(fake.world.brokenUploads.at(-1)).toMatchObject({ code: 'BAD_INPUT' });
  expect(fake.world.uploads.length).toBe(before);
});

test('a form whose end is missing is no file', async () => {
  const before = fake.world.uploads.length;
  const body = '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nonly this';
  const answer = await upload(body, { 'content-type': 'multipart/form-data; boundary=x' });
  expect(answer.status).toBe(400);
  expect(fake.world.uploads.length).toBe(before);
});

test('it is a route for POST', async () => {
  const answer = await fetch(`${fake.url}/media`, { headers });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
});
