import { describe, expect, it } from 'vitest';
import type { NewToken } from '../../../src/db/store.ts';
import { eventsAfter, hour, newest, type OpenStore, useWorld } from './world.ts';

/** Tokens, sign-in links, sessions, and the proof of the key. */
export function testAccess(open: OpenStore): void {
  const world = useWorld(open);
  const token = (more: Partial<NewToken> = {}): NewToken => ({
    name: 'ci',
    hash: 'h1',
    scope: 'SEND',
    accountIds: [1, 2],
    expiresAt: world.now + hour,
    now: world.now,
    ...more,
  });

  describe('tokens', () => {
    it('are found by their hash until they are revoked, expired or not', async () => {
      const made = await world.store.createToken(token());
      expect(made).toMatchObject({ name: 'ci', scope: 'SEND', accountIds: [1, 2], lastUsedAt: null });
      await world.store.tokenUsed(made.id, world.now + 5);
      world.now += 2 * hour;
      const { queries } = world.store;
      expect(await queries.tokenByHash('h1')).toEqual({ ...made, lastUsedAt: world.now - 2 * hour + 5 });
      expect(await queries.tokenByHash('h2')).toBeNull();
      const { seq } = await world.store.revokeToken(made.id, world.now);
      expect(await eventsAfter(world, seq - 1)).toMatchObject([{ type: 'TOKEN_CHANGED', tokenId: made.id }]);
      expect(await queries.tokenByHash('h1')).toBeNull();
      expect(await queries.tokensById([made.id])).toEqual([]);
      expect(await queries.countTokens()).toBe(0);
      await expect(world.store.revokeToken(made.id, world.now)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('of the environment are one, whose old value stops working', async () => {
      const first = await world.store.putToken(token({ name: 'environment', accountIds: null }));
      const quiet = await newest(world);
      expect(await world.store.putToken(token({ name: 'environment', accountIds: null }))).toEqual(first);
      expect(await newest(world)).toBe(quiet);
      const changed = await world.store.putToken(
        token({ name: 'environment', accountIds: null, hash: 'h2', scope: 'ADMIN' }),
      );
      expect(changed).toMatchObject({ id: first.id, scope: 'ADMIN' });
      expect(await eventsAfter(world, quiet)).toMatchObject([{ type: 'TOKEN_CHANGED', tokenId: first.id }]);
      expect(await world.store.queries.tokenByHash('h1')).toBeNull();
      await world.store.revokeToken(first.id, world.now);
      const again = await world.store.putToken(token({ name: 'environment', hash: 'h2' }));
      expect(again.id).toBeGreaterThan(first.id);
    });

    it('with the same hash are refused', async () => {
      await world.store.createToken(token());
      await expect(world.store.createToken(token({ name: 'other' }))).rejects.toMatchObject({ code: 'CONFLICT' });
    });

    it('are listed by creation', async () => {
      const ids: number[] = [];
      for (const hash of ['a', 'b', 'c']) ids.push((await world.store.createToken(token({ hash }))).id);
      const page = await world.store.queries.tokens({ first: 1, after: [ids[0] ?? 0] });
      expect(page).toMatchObject({ items: [{ id: ids[1] }], hasNext: true, hasPrevious: true });
    });
  });

  describe('sign-in links', () => {
    it('open one session, even when used twice at once', async () => {
      await world.store.createLoginLink({ hash: 'link', scope: 'ADMIN', expiresAt: world.now + hour });
      const opening = (sessionHash: string) =>
        world.store.openSession({ linkHash: 'link', sessionHash, expiresAt: world.now + hour, now: world.now });
      const opened = await Promise.all([opening('s1'), opening('s2')]);
      expect(opened.filter((one) => one !== null)).toHaveLength(1);
      expect(await world.store.queries.sessionByHash('s1')).toMatchObject({
        scope: 'ADMIN',
        expiresAt: world.now + hour,
      });
      expect(await world.store.queries.sessionByHash('s2')).toBeNull();
      await world.store.closeSession('s1');
      expect(await world.store.queries.sessionByHash('s1')).toBeNull();
    });

    it('that are expired or unknown open nothing', async () => {
      await world.store.createLoginLink({ hash: 'link', scope: 'ADMIN', expiresAt: world.now });
      for (const linkHash of ['link', 'other']) {
        const input = { linkHash, sessionHash: linkHash, expiresAt: world.now + hour, now: world.now };
        expect(await world.store.openSession(input)).toBeNull();
      }
    });
  });

  describe('the proof of the key', () => {
    it('is nothing at the first start and kept afterwards', async () => {
      expect(await world.store.keyCheck()).toBeNull();
      await world.store.saveKeyCheck('sealed');
      await world.reopen();
      expect(await world.store.keyCheck()).toBe('sealed');
    });
  });
}
