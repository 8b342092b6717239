import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, bearer, eventsOf, open } from './clients.ts';
import { type Fake, otherToken, startFake, token } from './fake.ts';

let fake: Fake;
beforeEach(async () => {
  fake = await startFake({ timing: { heartbeatMs: 30, recheckMs: 20, stallMs: 150, sweepMs: 50 } });
});
afterEach(() => fake.server.close());

/** The next event that is no comment. */
async function nextEvent(events: AsyncGenerator<Record<string, string>>) {
  for (;;) {
    const { value, done } = await events.next();
    if (done) return null;
    if (!('comment' in value)) return value;
  }
}

describe('what a reader gets', () => {
  test('the head arrives before any event, then id and data of each, and no event name', async () => {
    const stream = await open(fake, '/events', { headers: bearer });
    expect(stream.statusCode).toBe(200);
    expect(stream.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const events = eventsOf(stream);
    expect((await events.next()).value).toEqual({ comment: '' });
    fake.world.publish({ cursor: 'c1', text: 'line one\nline two' });
    expect(await nextEvent(events)).toEqual({
      id: 'c1',
      data: JSON.stringify({
        type: 'MESSAGE_RECEIVED',
        timestamp: '2026-01-01T00:00:00.000Z',
        cursor: 'c1',
        accountId: null,
        data: { text: 'line one\nline two' },
      }),
    });
    stream.destroy();
  });

  test('comments keep a quiet stream open', async () => {
    const stream = await open(fake, '/events', { headers: bearer });
    const events = eventsOf(stream);
    for (let i = 0; i < 4; i += 1) expect((await events.next()).value).toEqual({ comment: '' });
    stream.destroy();
  });

  test('an event that cannot be shown is told, not passed over', async () => {
    const stream = await open(fake, '/events', { headers: bearer });
    await fake.world.until(() => fake.world.groups === 1);
    fake.world.publish({ cursor: 'c1', fails: true });
    fake.world.publish({ cursor: 'c2', text: 'two' });
    const events = eventsOf(stream);
    const failed = await nextEvent(events);
    expect(failed!['id']).toBe('c1');
    expect(JSON.parse(failed!['data']!)).toMatchObject({ type: 'ERROR', cursor: 'c1', data: { code: 'INTERNAL' } });
    expect(failed!['data']).not.toContain('secret');
    expect((await nextEvent(events))!['id']).toBe('c2');
    stream.destroy();
  });
});

describe('where a stream begins', () => {
  test.each([
    ['?after=', '/events?after=c7', {}, 'after-c7'],
    ['?last=', '/events?last=3', {}, 'last-3'],
    ['Last-Event-ID', '/events', { 'last-event-id': 'c8' }, 'after-c8'],
    [
      'Last-Event-ID before ?after=, which a browser repeats',
      '/events?after=c7',
      { 'last-event-id': 'c8' },
      'after-c8',
    ],
    ['Last-Event-ID before ?last=', '/events?last=3', { 'last-event-id': 'c8' }, 'after-c8'],
  ])('%s', async (_case, path, headers, id) => {
    const stream = await open(fake, path, { headers: { ...bearer, ...headers } });
    expect((await nextEvent(eventsOf(stream)))!['id']).toBe(id);
    stream.destroy();
  });

  test.each([
    ['a garbled cursor', '/events?after=garbage', 400, { code: 'CURSOR_INVALID', reason: 'MALFORMED' }],
    [
      'a cursor that is too old',
      '/events?after=expired',
      410,
      { code: 'CURSOR_INVALID', reason: 'EXPIRED', oldestCursor: 'oldest' },
    ],
    ['an unknown type', '/events?types=MESSAGE_RECEIVED,NOPE', 400, { code: 'BAD_INPUT' }],
    ['an unknown parameter', '/events?account=1', 400, { code: 'BAD_INPUT', field: 'account' }],
    ['no number', '/events?last=ten', 400, { code: 'BAD_INPUT', field: 'last' }],
  ])('%s is an error of HTTP before the stream', async (_case, path, status, body) => {
    const answer = await ask(fake, path, { headers: bearer });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.json()).toMatchObject({ success: false, error: expect.any(String), ...body });
  });

  test('without a token there is none', async () => {
    expect((await ask(fake, '/events')).status).toBe(401);
    expect((await ask(fake, '/events', { headers: { ...bearer }, method: 'POST' })).status).toBe(405);
  });
});

type Opening = (authorization?: string) => ReturnType<typeof open>;

/** Streams of both kinds, and where each says which event it is. */
const kinds: [string, Opening, (event: Record<string, string> | null) => unknown][] = [
  [
    'GET /events',
    (authorization = bearer.authorization) => open(fake, '/events', { headers: { authorization } }),
    (event) => event?.['id'],
  ],
  [
    'GraphQL over POST',
    (authorization = bearer.authorization) =>
      open(fake, '/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization },
        body: '{"query":"subscription { events { text } }"}',
      }),
    (event) =>
      (event && (JSON.parse(event['data']!) as { extensions: { cursor: string } }).extensions.cursor) ?? undefined,
  ],
];

describe.each(kinds)('a stream of %s', (_kind, openStream, cursorOf) => {
  test('that its reader leaves ends its source at once', async () => {
    const stream = await openStream();
    await fake.world.until(() => fake.world.groups === 1);
    stream.destroy();
    await fake.world.until(() => fake.world.groups === 0);
    expect(fake.world.groups).toBe(0);
  });

  test('of a revoked token ends, and no other', async () => {
    const [revoked, other] = await Promise.all([token, otherToken].map((one) => openStream(one)));
    await fake.world.until(() => fake.world.opened === 2);
    fake.world.tokens.delete(token);
    expect(await nextEvent(eventsOf(revoked!))).toBeNull();
    fake.world.publish({ cursor: 'c', text: 'later' });
    expect(cursorOf(await nextEvent(eventsOf(other!)))).toBe('c');
    other!.destroy();
  });

  test('whose reader stalls is cut off, and another goes on', async () => {
    const [stalled, healthy] = [await openStream(), await openStream()];
    const events = eventsOf(healthy);
    await fake.world.until(() => fake.world.opened === 2);
    stalled.pause();
    const text = 'x'.repeat(1_000_000);
    let sent = 0;
    while (!fake.world.lines.some((line) => line.includes('does not read'))) {
      sent += 1;
      fake.world.publish({ cursor: `c${sent}`, text });
      expect(cursorOf(await nextEvent(events))).toBe(`c${sent}`);
    }
    fake.world.publish({ cursor: 'last', text: 'still here' });
    expect(cursorOf(await nextEvent(events))).toBe('last');
    healthy.destroy();
    stalled.destroy();
  });

  test('whose reader stalls keeps little for it, which reads on from where it was', async () => {
    await fake.server.close();
    fake = await startFake({ timing: { sweepMs: 50 } });
    const [stalled, healthy] = [await openStream(), await openStream()];
    const [late, events] = [eventsOf(stalled), eventsOf(healthy)];
    await fake.world.until(() => fake.world.opened === 2);
    stalled.pause();
    const text = 'x'.repeat(500_000);
    for (let i = 0; i < 60; i += 1) {
      fake.world.publish({ cursor: `c${i}`, text });
      expect(cursorOf(await nextEvent(events))).toBe(`c${i}`);
    }
    expect(fake.waiting()).toBeLessThan(2_000_000);
    stalled.resume();
    for (let i = 0; i < 60; i += 1) expect(cursorOf(await nextEvent(late))).toBe(`c${i}`);
    stalled.destroy();
    healthy.destroy();
  });

  test('that is one more than its token may have is answered 429, until another ends', async () => {
    await fake.server.close();
    fake = await startFake({ env: { WXGRAPH_MAX_SOCKETS_PER_TOKEN: '2' } });
    const [first, second] = [await openStream(), await openStream()];
    expect((await openStream()).statusCode).toBe(429);
    expect(fake.world.groups).toBe(1);
    const other = await openStream(otherToken);
    first.destroy();
    await expect.poll(async () => (await openStream()).statusCode).toBe(200);
    for (const stream of [second, other]) stream.destroy();
  });

  test('that is one more than its address may have is answered 429', async () => {
    await fake.server.close();
    fake = await startFake({ env: { WXGRAPH_MAX_SOCKETS_PER_ADDRESS: '1' } });
    const first = await openStream();
    expect((await openStream(otherToken)).statusCode).toBe(429);
    first.destroy();
  });

  test('a page of another site is refused', async () => {
    const headers = { ...bearer, origin: 'https://evil.example', 'content-type': 'application/json' };
    const [method, path] = _kind === 'GET /events' ? ['GET', '/events'] : ['POST', '/graphql'];
    expect((await ask(fake, path, { method, headers, body: '{"query":"{ hello }"}' })).status).toBe(403);
  });

  test('ends when the gateway stops', async () => {
    const stream = await openStream();
    const events = eventsOf(stream);
    await events.next();
    await fake.server.close();
    expect(await nextEvent(events)).toBeNull();
  });

  test('that cannot go on ends, and says no secret', async () => {
    const stream = await openStream();
    const events = eventsOf(stream);
    await fake.world.until(() => fake.world.groups === 1);
    fake.world.breaks = true;
    fake.world.publish({ cursor: 'c1', text: 'one' });
    const last = await nextEvent(events);
    expect(JSON.stringify(last)).not.toContain('secret');
    if (last) expect(JSON.parse(last['data']!)).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL' } }] });
    await expect.poll(() => fake.world.groups).toBe(0);
  });
});

test('streams that have ended leave no timer behind', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  for (const [, openStream] of kinds) {
    const streams = await Promise.all(Array.from({ length: 5 }, () => openStream()));
    await fake.world.until(() => fake.world.groups === 1);
    for (const stream of streams) stream.destroy();
    await fake.world.until(() => fake.world.groups === 0);
  }
  await expect.poll(timers).toBeLessThan(before + 5);
});

test('a quiet stream of GraphQL tells its position in a comment, so that its cursor does not age', async () => {
  const [, openStream] = kinds[1]!;
  const stream = await openStream();
  const events = eventsOf(stream);
  const told = async () => {
    for (;;) {
      const { value } = await events.next();
      if (value?.['comment']) return JSON.parse(value['comment']) as unknown;
    }
  };
  expect(await told()).toEqual({ cursor: 'position 0' });
  fake.world.moveOn();
  await expect.poll(told).toEqual({ cursor: 'position 1' });
  stream.destroy();
});
