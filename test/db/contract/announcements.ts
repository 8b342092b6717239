import { describe, expect, it } from 'vitest';
import type { MediaFacts } from '../../../src/words.ts';
import type { NewMessage } from '../../../src/db/store.ts';
import {
  addAccount,
  allMessages,
  message,
  newest,
  receive,
  receiveOne,
  typesAfter,
  useWorld,
  type OpenStore,
} from './world.ts';

const file: MediaFacts = {
  name: 'a.pdf',
  mime: null,
  size: 9,
  width: null,
  height: null,
  durationMs: null,
  upstreamPath: null,
  upstreamMediaId: null,
};

/** Messages that an upstream announces under one id and brings whole under another. */
export function testAnnouncements(open: OpenStore): void {
  const world = useWorld(open);
  const content = { type: 'Media', media: file } as const;
  const announced = (key: string, more: Partial<NewMessage> = {}): NewMessage =>
    message(world, key, { kind: 'FILE', content, text: '[文件]', richness: 0, ...more });
  const whole = (key: string, announcedAs: string, more: Partial<NewMessage> = {}): NewMessage =>
    message(world, key, { kind: 'FILE', content, text: '[文件] a.pdf', richness: 2, announcedAs, ...more });

  describe('an announced message', () => {
    it('is the one that comes whole, which is known by both ids from then on', async () => {
      const accountId = await addAccount(world);
      const seq = await receiveOne(world, accountId, announced('1'));
      const after = await newest(world);
      expect(await receive(world, accountId, whole('2', '1', { bytes: 'FETCHABLE' }))).toMatchObject([
        { result: 'MERGED', messageSeq: seq },
      ]);
      expect(await typesAfter(world, after)).toEqual(['MESSAGE_UPDATED']);
      const repeated = await receive(world, accountId, announced('1'), whole('2', '1'));
      expect(repeated.map(({ result }) => result)).toEqual(['REPEATED', 'REPEATED']);
      expect(await allMessages(world, accountId)).toMatchObject([{ seq, upstreamId: '2', text: '[文件] a.pdf' }]);
      expect(await world.store.queries.mediaOfMessages([seq])).toMatchObject([{ status: 'PENDING' }]);
    });

    it('that comes after the whole one is no second message', async () => {
      const accountId = await addAccount(world);
      const seq = await receiveOne(world, accountId, whole('2', '1'));
      expect(await receive(world, accountId, announced('1'), announced('1'))).toMatchObject([
        { result: 'REPEATED', messageSeq: seq },
        { result: 'REPEATED', messageSeq: seq },
      ]);
      expect(await allMessages(world, accountId)).toHaveLength(1);
    });

    it('stays a message of its own where the whole one is in another chat, is our own, or was joined already', async () => {
      const accountId = await addAccount(world);
      const seq = await receiveOne(world, accountId, announced('1'));
      const elsewhere = { peer: { wxid: 'wxid_bob', kind: 'FRIEND' } } as const;
      const results = await receive(
        world,
        accountId,
        whole('3', '1', elsewhere),
        whole('4', '1', { direction: 'OUTGOING' }),
        whole('2', '1'),
        // Somebody forwards it: it names the announcement still.
        whole('5', '1'),
      );
      expect(results.map(({ result }) => result)).toEqual(['NEW', 'NEW', 'MERGED', 'NEW']);
      expect(results[2]!.messageSeq).toBe(seq);
      expect(await allMessages(world, accountId)).toHaveLength(4);
    });

    it('does not make a message of a chat the announcement of one in another', async () => {
      const accountId = await addAccount(world);
      await receive(world, accountId, whole('2', '1', { peer: { wxid: 'wxid_bob', kind: 'FRIEND' } }), announced('1'));
      expect(await allMessages(world, accountId)).toHaveLength(2);
    });
  });
}
