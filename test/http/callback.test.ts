import { request } from 'node:http';
import { type Socket, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isLoopback } from '../../src/http/loopback.ts';
import { GatewayError } from '../../src/resolvers/errors.ts';
import { ask } from './clients.ts';
import { type Fake, startFake } from './fake.ts';

let fake: Fake;
beforeEach(async () => {
  fake = await startFake();
});
afterEach(() => fake.server.close());

const post = (body: string | Buffer, path = '/callback/known', headers: Record<string, string> = {}) =>
  ask(fake, path, { method: 'POST', headers, body });

test('a callback is handed on as it came, whatever its type, and answered in plain text', async () => {
  const body = Buffer.from('{"newMsgId":1497474118261484795,"text":"你好 \\ud83d"}\u0000');
  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', '']) {
    const answer = await post(body, '/callback/known?event=x&n=1', type ? { 'content-type': type } : {});
    expect([answer.status, answer.text]).toEqual([200, 'ok']);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    const callback = fake.world.callbacks.pop()!;
    expect(Buffer.from(callback.body).equals(body)).toBe(true);
    expect(callback).toMatchObject({ secret: 'known', contentType: type || null, query: 'event=x&n=1' });
  }
});

test('an unknown secret is answered with nothing', async () => {
  const answer = await post('{}', '/callback/unknown');
  expect([answer.status, answer.text]).toEqual([404, '']);
});

test("the hook's documented addresses are served to this machine, and not to what a proxy on it passes on", async () => {
  for (const path of ['/api/user/recive_msg', '/api/msg/recive']) {
    expect((await post('{"selfwxid":"me"}', path)).text).toBe('ok');
    expect(fake.world.callbacks.pop()).toMatchObject({ secret: 'PCHOOK' });
    for (const name of ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']) {
      const answer = await post('{"selfwxid":"me"}', path, { [name]: 'for=10.0.0.1' });
      expect([name, answer.status, answer.text]).toEqual([name, 404, '']);
    }
  }
  expect(fake.world.callbacks).toEqual([]);
});

test('an address of this machine is known in every form', () => {
  expect(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'].filter(isLoopback)).toHaveLength(4);
  expect(['10.0.0.1', '::', '::ffff:10.0.0.1', '127.example.org', ''].filter(isLoopback)).toEqual([]);
});

test.each([
  ['an unreadable body', new GatewayError('BAD_INPUT', 'No JSON.'), 400, undefined],
  ["another account's", new GatewayError('FORBIDDEN', 'Not yours.'), 403, undefined],
  ['a full disk', new GatewayError('UNAVAILABLE', 'Nothing was written.', { retryAfterMs: 2000 }), 503, '2'],
  ['a bug', new Error('secret words of a bug'), 500, undefined],
])('%s is answered in plain text and never as well received', async (_case, error, status, retryAfter) => {
  fake.world.callbackError = error;
  const answer = await post('{}');
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(answer.text).not.toContain('secret');
  expect(answer.headers['retry-after']).toBe(retryAfter);
});

test('other methods are answered 405', async () => {
  const answer = await ask(fake, '/callback/known');
  expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
});

test('a body of 20 MB with media in it is taken, one over 64 MiB is not', async () => {
  expect((await post(Buffer.alloc(20_000_000, 'x'))).status).toBe(200);
  expect(fake.world.callbacks.pop()!.body.length).toBe(20_000_000);
  const status = await new Promise((resolve) => {
    const headers = { 'content-length': String(64 * 1024 * 1024 + 1) };
    const sent = request({ port: fake.port, path: '/callback/known', method: 'POST', headers }, (response) => {
      resolve(response.statusCode);
      sent.destroy();
    });
    sent.on('error', () => {});
    sent.write('{');
  });
  expect(status).toBe(413);
});

test('what would be more than 64 MiB at once is refused and comes later', async () => {
  const held = Promise.withResolvers<void>();
  fake.world.hold = held.promise;
  const first = post(Buffer.alloc(40_000_000, 'x'));
  await fake.world.until(() => fake.world.callbacks.length === 1);
  const second = await post(Buffer.alloc(30_000_000, 'x'));
  expect([second.status, second.headers['retry-after']]).toEqual([503, '1']);
  held.resolve();
  expect((await first).status).toBe(200);
  expect((await post(Buffer.alloc(30_000_000, 'x'))).status).toBe(200);
});

/** Posts so many bodies at once, each over a socket of its own; how many were answered with which status, as answers come. */
function postAtOnce(count: number, body: Buffer) {
  const statuses: Record<number, number> = {};
  const sockets: Socket[] = [];
  const head = `POST /callback/known HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n`;
  const answers = Array.from({ length: count }, async () => {
    const socket = connect(fake.port, '127.0.0.1');
    sockets.push(socket);
    socket.write(Buffer.concat([Buffer.from(head), body]));
    const answer = await text(socket);
    const status = Number(answer.slice(9, 12));
    statuses[status] = (statuses[status] ?? 0) + 1;
    fake.world.changed();
    return answer;
  });
  return { statuses, sockets, answers: Promise.all(answers) };
}

describe('in a burst', () => {
  beforeEach(async () => {
    await fake.server.close();
    fake = await startFake({ timing: { callbackBytes: 100_000 } });
  });
  const body = Buffer.alloc(10_000, 'x');

  test('as many wait for their answers as there is room for; the others are told to come again, and counted', async () => {
    const held = Promise.withResolvers<void>();
    fake.world.hold = held.promise;
    const burst = postAtOnce(50, body);
    await fake.world.until(() => burst.statuses[503] === 43);
    expect(fake.world.callbacks).toHaveLength(7);
    expect([burst.statuses, fake.world.refusals.length]).toEqual([{ 503: 43 }, 43]);
    held.resolve();
    const answers = await burst.answers;
    expect(burst.statuses).toEqual({ 200: 7, 503: 43 });
    expect(answers.filter((answer) => /^retry-after: 1\r$/m.test(answer))).toHaveLength(43);
    // All of the room is free again.
    const again = postAtOnce(7, body);
    await again.answers;
    expect(again.statuses).toEqual({ 200: 7 });
    expect(fake.world.callbacks).toHaveLength(14);
  });

  test('who goes away gives no room back before what he posted was stored', async () => {
    const held = Promise.withResolvers<void>();
    fake.world.hold = held.promise;
    const burst = postAtOnce(7, body);
    await fake.world.until(() => fake.world.callbacks.length === 7);
    for (const socket of burst.sockets) socket.resetAndDestroy();
    await Promise.allSettled([burst.answers]);
    expect((await post(body)).status).toBe(503);
    held.resolve();
    await expect.poll(async () => (await post(body)).status, { interval: 10 }).toBe(200);
  });

  test('strangers take no room', async () => {
    const stranger = request({
      port: fake.port,
      path: '/callback/unknown',
      method: 'POST',
      headers: { 'content-length': '99999' },
    });
    stranger.on('error', () => {});
    stranger.write('x');
    expect(await new Promise((resolve) => stranger.on('response', ({ statusCode }) => resolve(statusCode)))).toBe(404);
    expect((await post(Buffer.alloc(90_000))).status).toBe(200);
    stranger.destroy();
    expect(fake.world.refusals).toEqual([]);
  });
});

test('large bodies are read one after the other, small ones pass them, and none is left on the disk', async () => {
  const held = Promise.withResolvers<void>();
  fake.world.hold = held.promise;
  const first = post(Buffer.alloc(2_000_000, 'a'));
  await fake.world.until(() => fake.world.callbacks.length === 1);
  const second = post(Buffer.alloc(2_000_000, 'b'));
  await expect.poll(() => fake.drafts().length, { interval: 10 }).toBe(2);
  const small = post('c');
  await fake.world.until(() => fake.world.callbacks.length === 2);
  held.resolve();
  expect([await first, await second, await small].map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(fake.world.callbacks.map(({ body }) => String.fromCharCode(body[0]!))).toEqual(['a', 'c', 'b']);
  expect(fake.world.callbacks[2]!.body).toHaveLength(2_000_000);
  expect(fake.drafts()).toEqual([]);
});

test('a large body that breaks off leaves nothing on the disk', async () => {
  const headers = { 'content-length': '3000000' };
  const sent = request({ port: fake.port, path: '/callback/known', method: 'POST', headers });
  sent.on('error', () => {});
  sent.write(Buffer.alloc(2_000_000));
  await expect.poll(() => fake.drafts().length, { interval: 10 }).toBe(1);
  sent.destroy();
  await expect.poll(() => fake.drafts().length, { interval: 10 }).toBe(0);
  expect(fake.world.callbacks).toEqual([]);
});

test('its secret is in no line of the log', async () => {
  await post('{}', '/callback/a-secret-of-the-address?key=a-secret-of-the-query');
  await fake.world.until(() => fake.world.lines.some((line) => line.includes('/callback/…')));
  expect(fake.world.lines.join('')).not.toMatch(/a-secret/);
});
