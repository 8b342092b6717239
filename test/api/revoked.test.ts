import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type Listener, listenBy } from '../end-to-end/listeners.ts';
import { postMany } from '../end-to-end/posting.ts';
import { type Stack, allMessages, startStack } from '../end-to-end/stack.ts';
import { dataOf, expectError, makeToken } from './ask.ts';

let stack: Stack;
let ahead = 0;
beforeAll(async () => {
  stack = await startStack({ overrides: { clock: { ...systemClock, now: () => Date.now() + ahead } } });
});
afterAll(() => stack.stop());

const transports = Object.keys(listenBy) as (keyof typeof listenBy)[];

/** A listener of each transport, live. */
function listenAll(token: string): Promise<Listener[]> {
  return Promise.all(
    transports.map(async (transport) => {
      const listener = await listenBy[transport](stack.gateway.url, { types: ['MESSAGE_RECEIVED'] }, token);
      await listener.until((heard) => heard.length > 0, 'the first event');
      return listener;
    }),
  );
}

describe('a token that ended', () => {
  it('still serves an open socket or stream after five seconds, or one that comes back', async () => {
    const revoked = await makeToken(stack, 'READ');
    const expiring = await makeToken(stack, 'READ', { expiresAt: new Date(Date.now() + 3600_000).toISOString() });
    const staying = await makeToken(stack, 'READ');
    const ending = (await Promise.all([revoked, expiring].map((token) => listenAll(token.secret)))).flat();
    const others = await listenAll(staying.secret);
    const stop = new AbortController();
    const load = { from: 1n << 58n, count: 100_000, lanes: 2, paceMs: 10, signal: stop.signal };
    const posting = postMany(stack.callbackUrls[0]!, load);
    await Promise.all([...ending, ...others].map(({ until }) => until((heard) => heard.length > 5, 'messages')));

    dataOf(await stack.query('mutation ($id: ID!) { revokeApiToken(id: $id) { deletedId } }', { id: revoked.id }));
    ahead = 3600_001;
    const endedAt = performance.now();
    for (const { secret } of [revoked, expiring]) {
      expectError(await stack.query('{ viewer { scope } }', {}, secret), 'UNAUTHENTICATED');
    }
    const endings = await Promise.all(ending.map(({ ended }) => ended));
    expect(performance.now() - endedAt).toBeLessThan(5_000);
    const closes = transports.map((transport) => ({ closed: transport === 'a WebSocket' ? 4403 : null }));
    expect(endings).toEqual([...closes, ...closes]);

    // Messages go on: nothing more comes to who was closed, nothing is missing to who stays.
    const heard = ending.map((one) => one.heard.length);
    const there = others.map((one) => one.heard.length);
    await Promise.all(others.map(({ until }, n) => until((all) => all.length > there[n]! + 20, 'more messages')));
    expect(ending.map((one) => one.heard.length)).toEqual(heard);
    stop.abort();
    const { acknowledged } = await posting;
    const stored = (await allMessages<{ id: string }>(stack.gateway.url, 'id')).map(({ id }) => id);
    expect(stored).toHaveLength(acknowledged.length);
    for (const other of others) {
      await other.until((all) => all.length > stored.length, 'all messages');
      expect(other.heard.flatMap(({ id }) => id ?? [])).toEqual(stored);
      await other.leave();
    }

    for (const { secret } of [revoked, expiring]) {
      for (const transport of transports) {
        const again = await listenBy[transport](stack.gateway.url, {}, secret);
        const end = await again.ended;
        expect('closed' in end ? end.closed : end.refused['code']).toBe(
          transport === 'a WebSocket' ? 4403 : 'UNAUTHENTICATED',
        );
        expect(again.heard).toEqual([]);
      }
    }
  });
});
