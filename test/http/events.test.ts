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
    await fake.world.until(() => fake.world.sources.size === 1);
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

describe('how a stream ends', () => {
  test('a reader that leaves ends its source at once', async () => {
    const stream = await open(fake, '/events', { headers: bearer });
    await fake.world.until(() => fake.world.sources.size === 1);
    stream.destroy();
    await fake.world.until(() => fake.world.sources.size === 0);
    expect(fake.world.sources.size).toBe(0);
  });

  test('a revoked token ends its streams, and no other', async () => {
    const [revoked, other] = await Promise.all(
      [token, otherToken].map((one) => open(fake, '/events', { headers: { authorization: one } })),
    );
    await fake.world.until(() => fake.world.sources.size === 2);
    fake.world.tokens.delete(token);
    expect(await nextEvent(eventsOf(revoked!))).toBeNull();
    fake.world.publish({ cursor: 'c', text: 'later' });
    expect((await nextEvent(eventsOf(other!)))!['id']).toBe('c');
    other!.destroy();
  });

  test('a reader that stalls is cut off, and another goes on', async () => {
    const stalled = await open(fake, '/events', { headers: bearer });
    const healthy = await open(fake, '/events', { headers: bearer });
    const events = eventsOf(healthy);
    await fake.world.until(() => fake.world.sources.size === 2);
    stalled.pause();
    const text = 'x'.repeat(1_000_000);
    let sent = 0;
    while (fake.world.sources.size === 2) {
      sent += 1;
      fake.world.publish({ cursor: `c${sent}`, text });
      expect((await nextEvent(events))!['id']).toBe(`c${sent}`);
    }
    fake.world.publish({ cursor: 'last', text: 'still here' });
    expect((await nextEvent(events))!['id']).toBe('last');
    healthy.destroy();
    stalled.destroy();
  });

  test('a stop ends the streams', async () => {
    const stream = await open(fake, '/events', { headers: bearer });
    const events = eventsOf(stream);
    await events.next();
    await fake.server.close();
    expect(await nextEvent(events)).toBeNull();
  });
});
