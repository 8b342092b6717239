import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type Stack, startStack } from '../end-to-end/stack.ts';
import { dataOf, expectError, makeToken } from './ask.ts';
import { eventsOf, openStream } from './event-stream.ts';

let stack: Stack;
let ahead = 0;
beforeAll(async () => {
  stack = await startStack({ overrides: { clock: { ...systemClock, now: () => Date.now() + ahead } } });
});
afterAll(() => stack.stop());

/** A socket with a subscription; resolves with how it was closed, and when. */
async function openSocket(token: string): Promise<{ closed: Promise<{ code: number; at: number }> }> {
  const client = stack.client(token);
  const { promise, resolve } = Promise.withResolvers<{ code: number; at: number }>();
  client.on('closed', (event) => resolve({ code: (event as { code: number }).code, at: performance.now() }));
  const first = Promise.withResolvers<void>();
  client.subscribe(
    { query: 'subscription { events { cursor } }' },
    {
      next: () => first.resolve(),
      error: () => {},
      complete: () => {},
    },
  );
  await first.promise;
  return { closed: promise };
}

describe('a token that ended', () => {
  it('still serves an open socket or stream after five seconds', async () => {
    const revoked = await makeToken(stack, 'READ');
    const expiring = await makeToken(stack, 'READ', { expiresAt: new Date(Date.now() + 3600_000).toISOString() });
    const staying = await makeToken(stack, 'READ');
    const [one, other] = await Promise.all([openSocket(revoked.secret), openSocket(expiring.secret)]);
    let stays = true;
    void (await openSocket(staying.secret)).closed.then(() => (stays = false));
    const stream = eventsOf(await openStream(stack, 'subscription { events { cursor } }', {}, revoked.secret));
    expect((await stream.next()).value).toMatchObject({ event: 'next' });

    dataOf(await stack.query('mutation ($id: ID!) { revokeApiToken(id: $id) { deletedId } }', { id: revoked.id }));
    ahead = 3600_001;
    const endedAt = performance.now();
    for (const token of [revoked, expiring]) {
      expectError(await stack.query('{ viewer { scope } }', {}, token.secret), 'UNAUTHENTICATED');
    }
    for (const closed of await Promise.all([one.closed, other.closed])) {
      expect(closed.code).toBe(4403);
      expect(closed.at - endedAt).toBeLessThan(5000);
    }
    const rest: string[] = [];
    for await (const event of stream) rest.push(event.data);
    expect(rest.filter((data) => data.includes('"data"'))).toEqual([]);
    expect(stays).toBe(true);
  });
});
