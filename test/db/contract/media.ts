import { describe, expect, it } from 'vitest';
import type { Media } from '../../../src/db/model.ts';
import type { MediaOutcome, NewMessage, NewRest } from '../../../src/db/store.ts';
import type { MediaFacts, StoredFile } from '../../../src/words.ts';
import {
  addAccount,
  message,
  minute,
  newest,
  receive,
  receiveOne,
  typesAfter,
  useWorld,
  type OpenStore,
  type World,
} from './world.ts';

const facts: MediaFacts = {
  name: 'holiday.png',
  mime: 'text/html',
  size: 7,
  width: null,
  height: null,
  durationMs: null,
  upstreamPath: 'C:\\1.png',
  upstreamMediaId: 'm1',
};

const fileOf = (file: string): StoredFile => ({
  file,
  sha256: `hash of ${file}`,
  size: 1234,
  mime: 'image/png',
  width: 30,
  height: 20,
});

/** Media of messages, their files, and pictures of people. */
export function testMedia(open: OpenStore): void {
  const world = useWorld(open);

  const picture = (key: string, more: Partial<NewMessage> = {}): NewMessage =>
    message(world, key, { kind: 'IMAGE', text: '[图片]', content: { type: 'Media', media: facts }, ...more });
  const rest = (upstreamId: string, more: Partial<NewRest> = {}): NewRest => ({
    upstreamId,
    peerWxid: null,
    kinds: ['IMAGE'],
    sentAt: world.now,
    media: facts,
    richness: 2,
    fingerprint: null,
    raw: '{}',
    ...more,
  });
  const settle = (media: Media, outcome: Partial<MediaOutcome> & Pick<MediaOutcome, 'status'>): Promise<boolean> =>
    world.store.settleMedia(media.id, { now: world.now, ...outcome } as MediaOutcome);
  const unused = () => world.store.queries.unusedFiles(100);

  describe('media of a message', () => {
    it('are there with the message, with the facts of the file where there is one', async () => {
      const accountId = await addAccount(world);
      const after = await newest(world);
      const [ready, pending, gone, text] = await Promise.all([
        receiveOne(world, accountId, picture('1', { bytes: fileOf('f1') })),
        receiveOne(world, accountId, picture('2', { bytes: 'FETCHABLE' })),
        receiveOne(world, accountId, picture('3')),
        receiveOne(world, accountId, message(world, '4')),
      ]);
      expect(await typesAfter(world, after)).toEqual(Array(4).fill('MESSAGE_RECEIVED'));
      expect(await mediaOf(world, ready)).toMatchObject({
        accountId,
        messageSeq: ready,
        status: 'READY',
        stored: fileOf('f1'),
        name: 'holiday.png',
        mime: 'image/png',
        size: 1234,
        width: 30,
        upstreamPath: 'C:\\1.png',
      });
      expect(await mediaOf(world, pending)).toMatchObject({
        status: 'PENDING',
        stored: null,
        mime: 'text/html',
        size: 7,
      });
      expect(await mediaOf(world, gone)).toMatchObject({ status: 'UNAVAILABLE', stored: null });
      expect(await world.store.queries.mediaOfMessages([text])).toEqual([]);
      const { id } = await mediaOf(world, ready);
      await world.reopen();
      expect((await world.store.queries.mediaById([id, 999]))[0]).toEqual(await mediaOf(world, ready));
      expect(await unused()).toEqual([]);
    });

    it('that are repeated leave their second file unused and say nothing', async () => {
      const accountId = await addAccount(world);
      const seq = await receiveOne(world, accountId, picture('1', { bytes: fileOf('f1') }));
      const after = await newest(world);
      expect(await receive(world, accountId, picture('1', { bytes: fileOf('f2') }))).toMatchObject([
        { result: 'REPEATED' },
      ]);
      expect(await receive(world, accountId, picture('1', { bytes: fileOf('f3'), richness: 9 }))).toMatchObject([
        { result: 'MERGED' },
      ]);
      await receive(world, accountId, picture('1', { bytes: 'FETCHABLE', richness: 10 }));
      expect(await typesAfter(world, after)).toEqual(['MESSAGE_UPDATED', 'MESSAGE_UPDATED']);
      expect((await mediaOf(world, seq)).stored?.file).toBe('f1');
      expect(await unused()).toEqual(['f2', 'f3']);
      await world.store.forgetFiles(['f2', 'f3']);
      expect(await unused()).toEqual([]);
    });

    it('that come with a later copy make no second message', async () => {
      const accountId = await addAccount(world);
      const seqs = await Promise.all(
        ['1', '2', '3'].map((key) =>
          receiveOne(world, accountId, picture(key, key === '3' ? { bytes: 'FETCHABLE' } : {})),
        ),
      );
      const after = await newest(world);
      const received = await receive(
        world,
        accountId,
        picture('1', { bytes: fileOf('f1'), richness: 2 }),
        picture('2', { bytes: fileOf('f2') }),
        picture('3', { bytes: fileOf('f3') }),
      );
      expect(received.map(({ result }) => result)).toEqual(['MERGED', 'MERGED', 'MERGED']);
      expect(await typesAfter(world, after)).toEqual(Array(3).fill('MESSAGE_UPDATED'));
      for (const seq of seqs) expect((await mediaOf(world, seq)).status).toBe('READY');
      expect(await unused()).toEqual([]);
    });

    it('that a later copy can fetch are to be fetched', async () => {
      const accountId = await addAccount(world);
      const seq = await receiveOne(world, accountId, picture('1'));
      await receive(world, accountId, picture('1', { bytes: 'FETCHABLE' }));
      const pending = await mediaOf(world, seq);
      expect(pending.status).toBe('PENDING');
      await settle(pending, { status: 'FAILED', error: 'no' });
      await receive(world, accountId, picture('1', { bytes: 'FETCHABLE' }));
      expect((await mediaOf(world, seq)).status).toBe('FAILED');
      await receive(world, accountId, picture('1', { bytes: 'FETCHABLE', richness: 5 }));
      expect((await mediaOf(world, seq)).status).toBe('PENDING');
    });

    it('that come with the rest of a message are its own, whichever comes first', async () => {
      const accountId = await addAccount(world);
      const tell = (one: NewRest) =>
        world.store.receive([{ type: 'rest', accountId, now: world.now, rest: one }]).then(([received]) => received);
      const first = await receiveOne(world, accountId, picture('1', { follows: 'MEDIA' }));
      const after = await newest(world);
      expect(await tell(rest('1', { bytes: fileOf('f1') }))).toMatchObject({ result: 'MERGED', messageSeq: first });
      expect(await tell(rest('1', { bytes: fileOf('f2') }))).toMatchObject({ result: 'REPEATED' });
      expect(await typesAfter(world, after)).toEqual(['MESSAGE_UPDATED']);
      expect((await mediaOf(world, first)).stored?.file).toBe('f1');

      await tell(rest('2', { bytes: fileOf('f3') }));
      await tell(rest('2', { bytes: fileOf('f4') }));
      const second = await receiveOne(world, accountId, picture('2', { follows: 'MEDIA' }));
      expect((await mediaOf(world, second)).stored?.file).toBe('f3');
      expect((await unused()).toSorted()).toEqual(['f2', 'f4']);
    });

    it('that nobody came for leave their file unused', async () => {
      const accountId = await addAccount(world);
      const tell = (one: NewRest) => world.store.receive([{ type: 'rest', accountId, now: world.now, rest: one }]);
      await tell(rest('1', { bytes: fileOf('f1') }));
      world.now += 11 * minute;
      await tell(rest('2'));
      expect(await unused()).toEqual(['f1']);
    });
  });

  describe('media to fetch', () => {
    it('come newest first, with all that their upstream may want', async () => {
      const [accountId, other] = [await addAccount(world), await addAccount(world)];
      await receive(world, accountId, picture('1', { bytes: 'FETCHABLE' }), picture('2', { bytes: 'FETCHABLE' }));
      await receive(world, accountId, picture('3', { bytes: fileOf('f3') }), picture('4'));
      await receive(world, other, picture('5', { bytes: 'FETCHABLE' }));
      const { due, nextAt } = await world.store.queries.dueMedia(accountId, world.now, 10);
      expect(due.map(({ upstreamId }) => upstreamId)).toEqual(['2', '1']);
      expect(due[0]).toEqual({
        id: expect.any(Number),
        attempts: 0,
        kind: 'IMAGE',
        facts,
        upstreamId: '2',
        peerWxid: 'wxid_alice',
        senderWxid: 'wxid_alice',
        sentAt: world.now,
        raw: '{"id":"2"}',
      });
      expect(nextAt).toBeNull();
      expect((await world.store.queries.dueMedia(accountId, world.now, 1)).due).toHaveLength(1);
    });

    it('are tried again in silence, and told when they are there, once', async () => {
      const accountId = await addAccount(world);
      const seq = await receiveOne(world, accountId, picture('1', { bytes: 'FETCHABLE' }));
      const media = await mediaOf(world, seq);
      const after = await newest(world);
      const dueAt = world.now + minute;
      expect(await settle(media, { status: 'PENDING', error: 'away', dueAt })).toBe(true);
      expect(await typesAfter(world, after)).toEqual([]);
      expect(await world.store.queries.dueMedia(accountId, world.now, 10)).toEqual({ due: [], nextAt: dueAt });
      await world.reopen();
      world.now = dueAt;
      expect((await world.store.queries.dueMedia(accountId, world.now, 10)).due).toMatchObject([{ attempts: 1 }]);
      expect(await settle(media, { status: 'READY', stored: fileOf('f1'), name: 'told.png' })).toBe(true);
      expect(await settle(media, { status: 'READY', stored: fileOf('f2'), name: null })).toBe(false);
      expect(await settle(media, { status: 'FAILED', error: 'late' })).toBe(false);
      expect(await typesAfter(world, after)).toEqual(['MESSAGE_UPDATED']);
      expect(await mediaOf(world, seq)).toMatchObject({ status: 'READY', stored: fileOf('f1'), name: 'holiday.png' });
      expect(await unused()).toEqual(['f2']);
    });

    it.each(['FAILED', 'EXPIRED', 'UNAVAILABLE'] as const)(
      'that end %s are told, and not tried again',
      async (status) => {
        const accountId = await addAccount(world);
        const seq = await receiveOne(world, accountId, picture('1', { bytes: 'FETCHABLE' }));
        const after = await newest(world);
        await settle(await mediaOf(world, seq), { status, error: 'no' });
        expect(await typesAfter(world, after)).toEqual(['MESSAGE_UPDATED']);
        expect((await mediaOf(world, seq)).status).toBe(status);
        expect(await world.store.queries.dueMedia(accountId, world.now, 10)).toEqual({ due: [], nextAt: null });
      },
    );
  });

  describe('a picture of somebody', () => {
    it('takes the place of the one before, whose file is unused then', async () => {
      const accountId = await addAccount(world);
      const owner = { of: 'CONTACT', id: 5 } as const;
      const { width: _w, height: _h, ...stored } = fileOf('a1');
      const avatar = { ...owner, accountId, wxid: 'wxid_a', sourceUrl: null, stored, fetchedAt: world.now };
      expect(await world.store.queries.avatar(owner)).toBeNull();
      await world.store.saveAvatar(avatar);
      expect(await world.store.queries.avatar(owner)).toEqual(avatar);
      expect(await world.store.queries.avatar({ of: 'MEMBER', id: 5 })).toBeNull();
      await world.store.saveAvatar({ ...avatar, sourceUrl: 'http://x', stored: null });
      expect(await world.store.queries.avatar(owner)).toMatchObject({ sourceUrl: 'http://x', stored: null });
      expect(await unused()).toEqual(['a1']);
    });
  });

  describe('a deleted account', () => {
    it('leaves all its files unused, and gets no more', async () => {
      const [accountId, other] = [await addAccount(world), await addAccount(world)];
      const { width: _w, height: _h, ...stored } = fileOf('a1');
      const pending = await mediaOf(world, await receiveOne(world, accountId, picture('1', { bytes: 'FETCHABLE' })));
      const ready = await mediaOf(world, await receiveOne(world, accountId, picture('2', { bytes: fileOf('f2') })));
      await receiveOne(world, other, picture('2', { bytes: fileOf('kept') }));
      const waiting: NewRest = rest('3', { bytes: fileOf('f3') });
      await world.store.receive([{ type: 'rest', accountId, now: world.now, rest: waiting }]);
      const owner = { of: 'ACCOUNT', id: accountId } as const;
      await world.store.saveAvatar({
        ...owner,
        accountId,
        wxid: 'wxid_a',
        sourceUrl: null,
        stored,
        fetchedAt: world.now,
      });
      await world.store.deleteAccount(accountId, world.now);
      expect(await settle(pending, { status: 'READY', stored: fileOf('f1'), name: null })).toBe(false);
      await receive(world, accountId, picture('4', { bytes: fileOf('f4') }));
      expect(await world.store.queries.mediaById([pending.id, ready.id])).toEqual([]);
      expect(await world.store.queries.avatar(owner)).toBeNull();
      const files = await unused();
      expect(files.toSorted()).toEqual(['a1', 'f1', 'f2', 'f3', 'f4']);
      await world.store.forgetFiles(files);
      expect(await unused()).toEqual([]);
    });
  });
}

async function mediaOf(world: World, seq: number): Promise<Media> {
  const [media] = await world.store.queries.mediaOfMessages([seq]);
  if (media === undefined) throw new Error(`the message ${seq} has no media`);
  return media;
}
