import { describe, expect, it } from 'vitest';
import type { Lane, NewUpload, Outcome } from '../../../src/db/store.ts';
import type { SendContent, StoredFile } from '../../../src/words.ts';
import { sent } from './outcomes.ts';
import { accept, addAccount, addLane, hour, line, logOf, takeNext, useWorld, type OpenStore } from './world.ts';

const fileOf = (file: string, sha256 = `hash of ${file}`): StoredFile => ({
  file,
  sha256,
  size: 1234,
  mime: 'image/png',
  width: 30,
  height: 20,
});

/** Media that were uploaded to be sent. */
export function testUploads(open: OpenStore): void {
  const world = useWorld(open);

  const upload = (file: string, more: Partial<NewUpload> = {}) =>
    world.store.addUpload({
      tokenId: 1,
      stored: fileOf(file),
      name: 'a.png',
      expiresAt: world.now + hour,
      now: world.now,
      ...more,
    });
  const expire = () => world.store.expireUploads(world.now, 100);
  const unused = () => world.store.queries.unusedFiles(100);
  const exists = async (id: number) => (await world.store.queries.mediaById([id])).length === 1;
  const carrying = (accountId: number, mediaId: number) => {
    const content: SendContent = { type: 'IMAGE', name: 'a.png', mediaId };
    return line(accountId, '', { type: 'IMAGE', content });
  };

  describe('an upload', () => {
    it('is READY and of the token that it came by, also after a restart', async () => {
      const media = await upload('f1');
      await world.reopen();
      expect(media).toMatchObject({
        accountId: null,
        messageSeq: null,
        tokenId: 1,
        status: 'READY',
        stored: fileOf('f1'),
        name: 'a.png',
        mime: 'image/png',
        createdAt: world.now,
      });
      expect(await world.store.queries.mediaById([media.id])).toEqual([media]);
    });

    it('is the one that there is where its token has the same bytes under the same name', async () => {
      const first = await upload('f1');
      const same = await upload('f2', { stored: fileOf('f2', first.stored.sha256), expiresAt: world.now + 3 * hour });
      expect(same.id).toBe(first.id);
      expect(await unused()).toEqual(['f2']);
      const others = await Promise.all([
        upload('f3', { stored: fileOf('f3', first.stored.sha256), tokenId: 2 }),
        upload('f4', { stored: fileOf('f4', first.stored.sha256), tokenId: null }),
        upload('f5', { stored: fileOf('f5', first.stored.sha256), name: null }),
        upload('f6'),
      ]);
      expect(new Set([first.id, ...others.map(({ id }) => id)]).size).toBe(5);
      world.now += 2 * hour;
      expect(await expire()).toBe(4);
      expect(await exists(first.id)).toBe(true);
    });

    it('that no line has is forgotten when its time is over, and its file is unused', async () => {
      const { id } = await upload('f1');
      world.now += hour - 1;
      expect([await expire(), await exists(id)]).toEqual([0, true]);
      world.now += 1;
      expect([await expire(), await exists(id)]).toEqual([1, false]);
      expect(await unused()).toEqual(['f1']);
      const accountId = await addAccount(world);
      await expect(accept(world, carrying(accountId, id))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('that a line has stays, until all accounts with such lines are deleted', async () => {
      const [one, other] = [await addAccount(world), await addAccount(world)];
      const { id } = await upload('f1');
      const [log] = await accept(world, carrying(one, id), carrying(other, id));
      expect(log).toMatchObject({ type: 'IMAGE', content: { type: 'IMAGE', name: 'a.png', mediaId: id } });
      world.now += 100 * hour;
      expect([await expire(), await exists(id)]).toEqual([0, true]);
      await world.store.deleteAccount(one, world.now);
      world.now += 100 * hour;
      expect([await expire(), await exists(id)]).toEqual([0, true]);
      await world.store.deleteAccount(other, world.now);
      world.now += 100 * hour;
      expect([await expire(), await exists(id)]).toEqual([1, false]);
      expect(await unused()).toEqual(['f1']);
    });

    it('is found in the send log by its name', async () => {
      const accountId = await addAccount(world);
      const { id } = await upload('f1');
      const [log] = await accept(world, carrying(accountId, id), line(accountId, 'a text'));
      const { items } = await world.store.queries.logs({ search: 'A.PNG' }, { first: 10 });
      expect(items.map((item) => item.id)).toEqual([log!.id]);
    });
  });

  describe('the id by which an upstream took media', () => {
    const taken = (mediaId: string | null): Outcome => ({
      status: 'SENT',
      upstreamId: null,
      reference: null,
      mediaId,
      now: world.now,
      responseTimeMs: 5,
    });
    const sendOnce = async (lane: Lane, mediaId: number, upstreamMediaId: string | null) => {
      await accept(world, carrying(lane.accountId, mediaId));
      const { id } = await takeNext(world, lane);
      await world.store.settle(id, lane, taken(upstreamMediaId));
      return id;
    };
    const known = (accountId: number, mediaId: number, since = 0) =>
      world.store.queries.sentMediaId(accountId, mediaId, since);

    it('is that of the last send of the account, while it is new and the login the same', async () => {
      const other = await addAccount(world);
      const lane = await addLane(world);
      const { accountId } = lane;
      const { id } = await upload('f1');
      expect(await known(accountId, id)).toBeNull();
      await sendOnce(lane, id, '@crypt_1');
      expect([await known(accountId, id), await known(other, id)]).toEqual(['@crypt_1', null]);
      expect([await known(accountId, id, world.now), await known(accountId, id, world.now + 1)]).toEqual([
        '@crypt_1',
        null,
      ]);
      await sendOnce(lane, id, '@crypt_2');
      await sendOnce(lane, id, null);
      expect(await known(accountId, id)).toBe('@crypt_2');
      const self = { wxid: 'another login', name: null, alias: null, uid: null, avatarUrl: null };
      await world.store.receive([{ type: 'self', accountId, now: world.now, self }]);
      expect(await known(accountId, id)).toBeNull();
    });

    it('is remembered where the echo was faster than the answer, too', async () => {
      const lane = await addLane(world);
      const { id: mediaId } = await upload('f1');
      await accept(world, carrying(lane.accountId, mediaId));
      const { id } = await takeNext(world, lane);
      await world.store.settle(id, lane, sent(world, '1'));
      expect(await world.store.settle(id, lane, taken('m'))).toBe(false);
      expect(await known(lane.accountId, mediaId)).toBe('m');
      expect(await logOf(world, id)).toMatchObject({ status: 'SENT' });
    });
  });
}
