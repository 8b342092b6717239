import { Agent, get } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readJsonBody } from '../../src/http/body.ts';
import type { AddRoutes } from '../../src/http/parts.ts';
import { GatewayError } from '../../src/resolvers/errors.ts';
import { ask, bearer } from './clients.ts';
import { type Fake, startFake } from './fake.ts';

let hold: Promise<void> | null = null;

/** A face as another folder adds it. */
const routes: AddRoutes = (server, _app, guards) => {
  server.post('/api/things', async (request) => {
    const { scope } = await guards.authenticate(request, { cookie: true });
    await hold;
    return { success: true, scope, body: readJsonBody(request.body) };
  });
  server.get('/api/things/:id', async (request) => {
    const { id } = request.params as { id: string };
    if (id === 'taken') throw new GatewayError('CONFLICT', 'Taken.', { reason: 'KEY_REUSED' });
    if (id === 'later') throw new GatewayError('UNAVAILABLE', 'Later.', { retryAfterMs: 1500, retryable: true });
    throw new Error('secret words of a bug');
  });
  server.get('/open/anywhere', { config: { anyOrigin: true } }, async (request) => {
    await guards.authenticate(request);
    return { success: true };
  });
};

let fake: Fake;
beforeEach(async () => {
  hold = null;
  fake = await startFake({ routes: [routes] });
});
afterEach(() => fake.server.close());

describe('faces that other folders add', () => {
  test('a route reads its own body and asks who calls', async () => {
    const body = JSON.stringify({ a: 1 });
    const answer = await ask(fake, '/api/things', { method: 'POST', headers: bearer, body });
    expect(answer.json()).toEqual({ success: true, scope: 'ADMIN', body: { a: 1 } });
    const without = await ask(fake, '/api/things', { method: 'POST', body });
    expect(without.status).toBe(401);
    expect(without.json()).toEqual({
      success: false,
      code: 'UNAUTHENTICATED',
      error: expect.any(String),
      request_id: without.headers['x-request-id'],
    });
  });

  test('the session of the browser counts where a route lets it', async () => {
    const headers = { cookie: 'wxgraph_session=session', origin: fake.url };
    expect((await ask(fake, '/api/things', { method: 'POST', headers, body: '1' })).status).toBe(200);
    const elsewhere = await ask(fake, '/open/anywhere', { headers });
    expect(elsewhere.status).toBe(401);
  });

  test('a route for old web pages may be called from any origin, with a token', async () => {
    const headers = { ...bearer, origin: 'https://anywhere.example' };
    const answer = await ask(fake, '/open/anywhere', { headers });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, '*']);
    expect((await ask(fake, '/api/things', { method: 'POST', headers, body: '1' })).status).toBe(403);
  });

  test('errors have the status of their code, and bugs no words', async () => {
    const taken = await ask(fake, '/api/things/taken');
    expect(taken.status).toBe(422);
    expect(taken.json()).toMatchObject({ success: false, code: 'CONFLICT', error: 'Taken.', reason: 'KEY_REUSED' });
    const later = await ask(fake, '/api/things/later');
    expect([later.status, later.headers['retry-after']]).toEqual([503, '2']);
    const bug = await ask(fake, '/api/things/bug');
    expect(bug.status).toBe(500);
    expect(bug.json()).toMatchObject({ success: false, code: 'INTERNAL', error: 'Unexpected error.' });
    const line = fake.world.lines.find((text) => text.includes('secret words of a bug'));
    expect(JSON.parse(line!)).toMatchObject({ requestId: bug.json()['request_id'] });
  });

  test.each(['', '{', '\u00ff', '['.repeat(33) + ']'.repeat(33)])(
    'a body that is no JSON is BAD_INPUT: %j',
    async (body) => {
      const answer = await ask(fake, '/api/things', {
        method: 'POST',
        headers: bearer,
        body: Buffer.from(body, 'latin1'),
      });
      expect(answer.status).toBe(400);
      expect(answer.json()).toMatchObject({ success: false, code: 'BAD_INPUT' });
    },
  );

  test('a body over a mebibyte is TOO_LARGE', async () => {
    const answer = await ask(fake, '/api/things', {
      method: 'POST',
      headers: bearer,
      body: 'x'.repeat(1024 * 1024 + 1),
    });
    expect(answer.status).toBe(413);
    expect(answer.json()).toMatchObject({ success: false, code: 'TOO_LARGE' });
  });

  test('an address that cannot be read is BAD_INPUT in the same shape', async () => {
    const tooLong = `/api/things/${'x'.repeat(600)}`;
    for (const path of ['/api/things/%zz', tooLong]) {
      const answer = await ask(fake, path, { headers: bearer });
      expect([answer.status >= 400 && answer.status < 500, answer.json()]).toEqual([
        true,
        expect.objectContaining({ success: false, code: 'BAD_INPUT', error: expect.any(String) }),
      ]);
    }
  });

  test('a method that a path does not take is 405, a path that is not there 404', async () => {
    const wrong = await ask(fake, '/api/things/7', { method: 'DELETE' });
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, HEAD']);
    expect(wrong.json()).toMatchObject({ success: false, code: 'BAD_INPUT' });
    const nowhere = await ask(fake, '/nowhere');
    expect(nowhere.status).toBe(404);
    expect(nowhere.json()).toMatchObject({ success: false, code: 'NOT_FOUND' });
  });

  test.each(['/%', '/%ff', '/api/things/%zz', '//', '/..%2f..'])(
    'a garbled path is a client error: %s',
    async (path) => {
      const { status } = await ask(fake, path);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    },
  );
});

describe('health', () => {
  test('is open, and says how many accounts are ready', async () => {
    expect((await ask(fake, '/health')).json()).toEqual({ status: 'ok', accounts: 3, ready_accounts: 2 });
    expect((await ask(fake, '/live')).status).toBe(200);
    expect((await ask(fake, '/ready')).json()).toEqual({ status: 'ok' });
  });
});

describe('a stop', () => {
  test('is seen at once as not ready, while a request under way is finished', async () => {
    const held = Promise.withResolvers<void>();
    hold = held.promise;
    const agent = new Agent({ keepAlive: true });
    const underWay = ask(fake, '/api/things', { method: 'POST', headers: bearer, body: '1' });
    const ready = () =>
      new Promise<number>((resolve, reject) => {
        get({ port: fake.port, path: '/ready', agent }, (response) => {
          response.resume().once('end', () => resolve(response.statusCode!));
        }).on('error', reject);
      });
    expect(await ready()).toBe(200);
    fake.stop();
    expect(await ready()).toBe(503);
    const closed = fake.server.close();
    held.resolve();
    expect((await underWay).status).toBe(200);
    await closed;
    agent.destroy();
  });

  test('cuts off what does not end in the time of grace', async () => {
    hold = new Promise(() => {});
    const underWay = ask(fake, '/api/things', { method: 'POST', headers: bearer, body: '1' });
    const outcome = underWay.then(
      () => 'answered',
      (error: NodeJS.ErrnoException) => error.code,
    );
    await ask(fake, '/health');
    await fake.server.close();
    expect(await outcome).toBe('ECONNRESET');
  });
});
