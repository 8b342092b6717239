/** Tokens in the address, for old clients that can send no header. */
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { readText } from '../../src/http/body.ts';
import type { AddRoutes } from '../../src/http/parts.ts';
import { ask, open } from './clients.ts';
import { type Fake, otherToken, startFake, token } from './fake.ts';

/** A face that old clients call. */
const routes: AddRoutes = (server, _app, guards) => {
  server.addHook('onRequest', async (request) => {
    await guards.authenticate(request, { cookie: true });
  });
  server.route({
    method: ['GET', 'POST'],
    url: '/openwx/*',
    handler: async (request) => ({ url: request.url, body: readText(request.body), ...request.headers }),
  });
};

let fake: Fake;
afterEach(() => fake.server.close());
const start = async (env: Record<string, string> = { WXGRAPH_PATH_TOKENS: 'on' }) => {
  fake = await startFake({ env, routes: [routes] });
};

describe('where they are switched on', () => {
  test('a token in the address is as good as one in a header, and goes before it', async () => {
    await start();
    const answer = await ask(fake, `/t/${token}/openwx/send?content=%e4%bd%a0`, {
      method: 'POST',
      headers: { authorization: 'wrong', 'x-api-key': 'wrong' },
      body: 'id=1',
    });
    expect(answer.status).toBe(200);
    const authorization = `Bearer ${token}`;
    expect(answer.json()).toMatchObject({ url: '/openwx/send?content=%e4%bd%a0', body: 'id=1', authorization });
    expect(answer.json()).not.toHaveProperty('x-api-key');
  });

  test('a wrong one is 401, and the eleventh within a minute 429', async () => {
    await start();
    const statuses: number[] = [];
    for (let i = 0; i < 11; i += 1) statuses.push((await ask(fake, `/t/wrong${i}/openwx/x`)).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
    expect((await ask(fake, `/t/${token}/openwx/x`)).status).toBe(200);
  });

  test('a wrong one is not mended by the session of a browser', async () => {
    await start();
    const headers = { cookie: 'wxgraph_session=session', origin: fake.url };
    expect((await ask(fake, '/t/wrong/openwx/x', { headers })).status).toBe(401);
  });

  test.each([
    '/graphql',
    '/events',
    '/media',
    '/health',
    '/callback/known',
    '/sign-in/link',
    '/nowhere',
    '/t/x/openwx/x',
  ])('nothing else is served so: %s', async (path) => {
    await start();
    for (const method of ['GET', 'POST', 'PUT']) {
      const answer = await ask(fake, `/t/${token}${path}`, { method });
      expect(answer.status).toBe(404);
    }
    expect(fake.world.callbacks).toEqual([]);
    expect(fake.world.links.size).toBe(1);
  });

  test.each(['', '/', '//openwx/x', '/%zz', '?x=1'])(
    'a garbled address is a client error: /t/<token>%s',
    async (rest) => {
      await start();
      const { status } = await ask(fake, `/t/${token}${rest}`);
      expect([status >= 400, status < 500]).toEqual([true, true]);
      expect((await ask(fake, `/t/%zz/openwx/x`)).status).toBe(401);
    },
  );

  test('a subscription is not opened so', async () => {
    await start();
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'a',
    };
    const answer = await open(fake, `/t/${token}/graphql`, { headers }).catch((error: unknown) => error);
    expect(answer).not.toMatchObject({ statusCode: 101 });
  });

  test('a raw UTF-8 request line is served with it, once and whole', async () => {
    await start();
    const body = '群';
    const packet = `POST /t/${token}/openwx/send?to=群 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n${body}`;
    expect(await say(packet)).toMatch(/^HTTP\/1\.1 200 [^]*"url":"\/openwx\/send\?to=%E7%BE%A4","body":"群"/);
    expect(await say(packet.slice(0, -1))).toMatch(/^HTTP\/1\.1 400 /);
    expect(await say(packet.replace(`/t/${token}/openwx`, '/graphql'))).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('no token is in the log, whatever comes of a request', async () => {
    await start();
    await ask(fake, `/t/${otherToken}/openwx/x`);
    await ask(fake, `/t/${otherToken}/graphql`);
    await ask(fake, `/t/${otherToken}x/openwx/x`);
    await ask(fake, `/t/${otherToken}/%zz`);
    await say(`GET /t/${otherToken}/openwx/x?y=群 HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await say(`GET /t/${otherToken}/graphql?y=群 HTTP/1.1\r\n`);
    await fake.world.until(() => fake.world.lines.filter((line) => line.includes('"request"')).length >= 4);
    expect(fake.world.lines.join('\n')).not.toContain(otherToken);
  });
});

describe('where they are off, as they are unless asked for', () => {
  test('such an address is one that is not there', async () => {
    await start({});
    const elsewhere = await ask(fake, '/nowhere');
    const answer = await ask(fake, `/t/${token}/openwx/x`);
    expect([answer.status, answer.json()['code']]).toEqual([404, elsewhere.json()['code']]);
    expect(await say(`GET /t/${token}/openwx/x?y=群 HTTP/1.1\r\nHost: localhost\r\n\r\n`)).toMatch(/^HTTP\/1\.1 404 /);
    expect(fake.world.lines.join('\n')).not.toContain(token);
  });
});

/** What is answered to a packet, until the connection is closed. */
async function say(packet: string): Promise<string> {
  const socket = connect(fake.port, '127.0.0.1');
  socket.write(packet);
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
