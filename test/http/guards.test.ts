import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, bearer, connect, open, query } from './clients.ts';
import { type Fake, otherToken, startFake, token } from './fake.ts';

let fake: Fake;
beforeEach(async () => {
  fake = await startFake({ env: { WXGRAPH_ALLOW_ORIGINS: 'https://app.example.org' } });
});
afterEach(() => fake.server.close());

const post = (headers: Record<string, string>) =>
  ask(fake, '/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"query":"{ whoAmI }"}',
  });
const withoutId = (text: string) => text.replace(/"requestId":"\w+"/, '');
const session = { cookie: 'wxgraph_session=session' };
const own = () => ({ origin: fake.url });

describe('tokens', () => {
  test.each([
    ['Bearer', { authorization: `Bearer ${token}` }],
    ['bare, as clients of E云 send it', { authorization: token }],
    ['X-API-Key', { 'x-api-key': token }],
  ])('a token is taken in this form: %s', async (_form, headers) => {
    expect((await post(headers)).json()).toEqual({ data: { whoAmI: 'token 1' } });
  });

  test('no token and a wrong one are told in the same words', async () => {
    const none = await post({});
    const wrong = await post({ authorization: 'Bearer wrong' });
    expect([none.status, wrong.status]).toEqual([401, 401]);
    expect(withoutId(wrong.text)).toBe(withoutId(none.text));
  });

  test('a token in the address is refused, so that it ends in no log', async () => {
    expect((await ask(fake, `/events?token=${token}`)).status).toBe(400);
    expect((await ask(fake, `/events?access_token=${token}`)).status).toBe(400);
  });

  test('the eleventh wrong token within a minute is answered 429, a right one never', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 11; i += 1) statuses.push((await post({ authorization: `Bearer wrong${i}` })).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
    const throttled = await post({ authorization: 'Bearer wrong' });
    expect(Number(throttled.headers['retry-after'])).toBeGreaterThan(0);
    expect(throttled.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED', retryable: true } }] });
    expect((await post(bearer)).status).toBe(200);
  });

  test('calls without any token are not held for guessing', async () => {
    for (let i = 0; i < 12; i += 1) expect((await post({})).status).toBe(401);
  });
});

describe('a name that was pointed at the gateway (DNS rebinding)', () => {
  test.each(['evil.example', 'evil.example:4000', 'localhost.evil.example', '127.0.0.1.evil.example'])(
    'Host %j is answered 421',
    async (host) => {
      expect((await ask(fake, '/health', { headers: { host } })).status).toBe(421);
      expect((await ask(fake, '/graphql', { headers: { host, accept: 'text/html' } })).status).toBe(421);
      await expect(connect(fake, { headers: { host } })).rejects.toThrow('HTTP 421');
    },
  );

  test.each(['localhost', 'localhost:4000', 'LOCALHOST', 'wx.localhost', '127.0.0.1', '192.168.1.5:80', '[::1]:4000'])(
    'Host %j is one of its own',
    async (host) => {
      expect((await ask(fake, '/health', { headers: { host } })).status).toBe(200);
    },
  );

  test("the public address's name is known, and a session on it is Secure", async () => {
    const published = await startFake({ env: { WXGRAPH_PUBLIC_URL: 'https://wx.example.org' } });
    try {
      const headers = { host: 'wx.example.org' };
      expect((await ask(published, '/health', { headers })).status).toBe(200);
      const signedIn = await ask(published, '/sign-in/link', { headers });
      expect(String(signedIn.headers['set-cookie'])).toMatch(/; HttpOnly; Secure; SameSite=Strict/);
      // Who can meddle with plain HTTP is not the gateway.
      const plain = { ...headers, ...session, origin: 'http://wx.example.org', 'content-type': 'application/json' };
      expect((await ask(published, '/graphql', { method: 'POST', headers: plain, body: '{}' })).status).toBe(403);
      const secure = { ...plain, origin: 'https://wx.example.org' };
      const body = '{"query":"{ hello }"}';
      expect((await ask(published, '/graphql', { method: 'POST', headers: secure, body })).status).toBe(200);
    } finally {
      await published.server.close();
    }
  });
});

describe('pages of other sites (CSRF)', () => {
  test.each([
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['an origin of another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['an opaque origin', { origin: 'null' }],
    ['a cross-site request without an origin', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    [
      'a frame on a foreign page',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ],
  ])('%s is refused even with a token', async (_case, headers) => {
    const answer = await post({ ...bearer, ...headers });
    expect(answer.status).toBe(403);
    expect(answer.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  });

  test.each([
    ['no proof', {}],
    ['a page of another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['a foreign referer', { referer: 'http://127.0.0.1:1/page' }],
    ['an allowed other origin', { origin: 'https://app.example.org' }],
  ])('a session with %s does not count', async (_case, headers) => {
    expect((await post({ ...session, ...headers })).status).toBe(403);
    expect((await ask(fake, '/events', { headers: { ...session, ...headers } })).status).toBe(403);
  });

  test.each([
    ['its Origin', () => own()],
    ['Sec-Fetch-Site', () => ({ 'sec-fetch-site': 'same-origin' })],
    ['its Referer, where a browser sends nothing else', () => ({ referer: `${fake.url}/graphql` })],
  ])("a session counts when %s proves the gateway's own page", async (_case, headers) => {
    expect((await post({ ...session, ...headers() })).json()).toEqual({ data: { whoAmI: 'token null' } });
    const stream = await open(fake, '/events', { headers: { ...session, ...headers() } });
    expect(stream.statusCode).toBe(200);
    stream.destroy();
  });

  test('an operation in the address is answered 405, a form 415', async () => {
    const get = await ask(fake, '/graphql?query=%7Bhello%7D', { headers: bearer });
    expect([get.status, get.headers.allow]).toEqual([405, 'GET, POST']);
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x', '']) {
      const headers: Record<string, string> = { ...bearer, ...(type ? { 'content-type': type } : {}) };
      const form = await ask(fake, '/graphql', { method: 'POST', headers, body: 'query={hello}' });
      expect([type, form.status]).toEqual([type, 415]);
    }
  });

  test('somebody who follows a link from another site sees the page', async () => {
    const headers = {
      accept: 'text/html',
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect((await ask(fake, '/graphql', { headers })).status).toBe(200);
  });

  test('an allowed origin may ask first and call with a token', async () => {
    const origin = 'https://app.example.org';
    const preflight = await ask(fake, '/graphql', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe(origin);
    expect(preflight.headers['access-control-allow-headers']).toContain('authorization');
    expect(preflight.headers['access-control-allow-credentials']).toBeUndefined();

    const answer = await query(fake, '{ whoAmI }', { headers: { origin, authorization: otherToken } });
    expect(answer.json()).toEqual({ data: { whoAmI: 'token 2' } });
    expect(answer.headers['access-control-allow-origin']).toBe(origin);
    expect(answer.headers.vary).toContain('origin');
  });

  test('a foreign origin that asks first is refused', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const preflight = await ask(fake, '/graphql', { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(403);
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
  });
});
