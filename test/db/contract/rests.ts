import { describe, expect, it } from 'vitest';
import type { MediaFacts } from '../../../src/words.ts';
import type { NewMessage, NewRest } from '../../../src/db/store.ts';
import { sent } from './outcomes.ts';
import {
  accept,
  addAccount,
  addLane,
  allMessages,
  echo,
  line,
  logOf,
  message,
  newest,
  receive,
  receiveOne,
  takeNext,
  typesAfter,
  useWorld,
  type OpenStore,
  type World,
} from './world.ts';

const nothing: MediaFacts = {
  name: null,
  mime: null,
  size: null,
  width: null,
  height: null,
  durationMs: null,
  upstreamPath: null,
  upstreamMediaId: null,
};

/** Messages that an upstream tells in two posts. */
export function testRests(open: OpenStore): void {
  const world = useWorld(open);

  const half = (text: string, more: Partial<NewMessage> = {}): NewMessage =>
    echo(world, `hash:${text}`, text, { upstreamId: null, follows: 'ID', ...more });
  const rest = (upstreamId: string, more: Partial<NewRest> = {}): NewRest => ({
    upstreamId,
    peerWxid: 'wxid_alice',
    kinds: ['TEXT'],
    sentAt: Math.floor(world.now / 1000) * 1000,
    media: null,
    richness: 1,
    fingerprint: null,
    raw: `{"rest":"${upstreamId}"}`,
    ...more,
  });
  const picture = (key: string, more: Partial<NewMessage> = {}): NewMessage =>
    message(world, key, { kind: 'IMAGE', content: { type: 'Media', media: nothing }, follows: 'MEDIA', ...more });
  const path = (upstreamId: string, upstreamPath: string, more: Partial<NewRest> = {}): NewRest =>
    rest(upstreamId, { kinds: ['IMAGE'], media: { ...nothing, upstreamPath }, richness: 3, ...more });

  describe('an own message and its id', () => {
    it('join the send whose answer told the id before', async () => {
      const lane = await addLane(world);
      await accept(world, line(lane.accountId, 'hello'));
      const { id } = await takeNext(world, lane);
      await world.store.settle(id, lane, sent(world, '77'));
      const seq = await receiveOne(world, lane.accountId, half('hello'));
      expect(await logOf(world, id)).toMatchObject({ messageSeq: null });
      await world.store.receive([{ type: 'rest', accountId: lane.accountId, now: world.now, rest: rest('77') }]);
      expect(await logOf(world, id)).toMatchObject({ status: 'SENT', confirmedBy: 'UPSTREAM', messageSeq: seq });
      expect((await world.store.queries.messagesById([seq]))[0]).toMatchObject({ sendId: id, upstreamId: '77' });
    });

    it('are one message, which is known by the id from then on, and so is its send', async () => {
      const lane = await addLane(world);
      await accept(world, line(lane.accountId, 'hello'));
      const { id } = await takeNext(world, lane);
      const seq = await receiveOne(world, lane.accountId, half('hello'));
      const after = await newest(world);
      expect(await tell(world, lane.accountId, rest('77'))).toEqual([{ result: 'MERGED', messageSeq: seq }]);
      expect(await typesAfter(world, after)).toEqual(['MESSAGE_UPDATED']);
      expect(await logOf(world, id)).toMatchObject({ status: 'SENT', upstreamId: '77', messageSeq: seq });
      const again = await newest(world);
      expect(await tell(world, lane.accountId, rest('77'))).toEqual([{ result: 'REPEATED', messageSeq: seq }]);
      await receive(world, lane.accountId, echo(world, '77', 'hello'), half('hello'));
      expect(await newest(world)).toBe(again);
      expect(await allMessages(world, lane.accountId)).toMatchObject([
        { text: 'hello', upstreamId: '77', sendId: id, duplicates: 3 },
      ]);
    });

    it('are one message when the id comes first', async () => {
      const accountId = await addAccount(world);
      const after = await newest(world);
      await tell(world, accountId, rest('77'), rest('77'));
      expect(await newest(world)).toBe(after);
      const seq = await receiveOne(world, accountId, half('hello'));
      expect(await typesAfter(world, after)).toEqual(['MESSAGE_RECEIVED', 'MESSAGE_UPDATED']);
      expect(await allMessages(world, accountId)).toMatchObject([{ seq, upstreamId: '77' }]);
    });

    it('go by conversation, kind and order', async () => {
      const accountId = await addAccount(world);
      const bob = { wxid: 'wxid_bob', kind: 'FRIEND' as const };
      await receive(world, accountId, half('one'), half('two', { peer: bob }), half('three'));
      await receive(world, accountId, half('film', { kind: 'VIDEO' }));
      await tell(
        world,
        accountId,
        rest('2', { peerWxid: 'wxid_bob' }),
        rest('1'),
        // The hook does not say whom a film went to.
        rest('4', { peerWxid: null, kinds: ['VIDEO'] }),
        rest('3'),
      );
      expect((await allMessages(world, accountId)).map(({ text, upstreamId }) => [text, upstreamId])).toEqual([
        ['one', '1'],
        ['two', '2'],
        ['three', '3'],
        ['film', '4'],
      ]);
    });

    it('are not joined when the id is of an earlier or much later message', async () => {
      const accountId = await addAccount(world);
      await tell(world, accountId, rest('77'));
      world.now += 2000;
      await receive(world, accountId, half('later'));
      world.now += 61_000;
      await tell(world, accountId, rest('78'));
      expect((await allMessages(world, accountId)).map((one) => one.upstreamId)).toEqual([null]);
    });

    it('of another account are nothing to it', async () => {
      const [one, other] = [await addAccount(world), await addAccount(world)];
      await receive(world, one, half('hello'));
      await tell(world, other, rest('77'));
      expect((await allMessages(world, one)).map((found) => found.upstreamId)).toEqual([null]);
    });
  });

  describe('a picture and its path', () => {
    it('are one message, updated once', async () => {
      const accountId = await addAccount(world);
      const seq = await receiveOne(world, accountId, picture('9'));
      const after = await newest(world);
      await tell(world, accountId, path('9', 'C:\\a.dat'), path('9', 'C:\\a.dat'));
      expect(await typesAfter(world, after)).toEqual(['MESSAGE_UPDATED']);
      expect(await allMessages(world, accountId)).toMatchObject([
        { seq, duplicates: 2, content: { media: { upstreamPath: 'C:\\a.dat' } } },
      ]);
      const [raw] = await world.store.queries.rawBodies([seq]);
      expect(JSON.parse(raw?.raw ?? '')).toEqual([{ id: '9' }, { rest: '9' }]);
    });

    it('are one message when the path comes first', async () => {
      const accountId = await addAccount(world);
      await tell(world, accountId, path('9', 'C:\\a.dat'));
      await receive(world, accountId, picture('9'));
      expect(await allMessages(world, accountId)).toMatchObject([
        { content: { media: { upstreamPath: 'C:\\a.dat' } } },
      ]);
    });

    it('are known by what only they hold, where their ids differ', async () => {
      const accountId = await addAccount(world);
      await receive(world, accountId, picture('8', { raw: '{"md5":"aa"}' }), picture('9', { raw: '{"md5":"bb"}' }));
      await tell(world, accountId, path('10', 'C:\\b.dat', { fingerprint: 'bb' }));
      const paths = (await allMessages(world, accountId)).map(
        ({ content }) => content.type === 'Media' && content.media.upstreamPath,
      );
      expect(paths).toEqual([null, 'C:\\b.dat']);
    });

    it('that tells nothing new is counted, without an event', async () => {
      const accountId = await addAccount(world);
      await receive(world, accountId, picture('9'));
      const after = await newest(world);
      await tell(world, accountId, rest('9', { kinds: ['IMAGE'], media: nothing, richness: 3 }));
      expect(await newest(world)).toBe(after);
    });
  });
}

function tell(world: World, accountId: number, ...rests: NewRest[]) {
  return world.store.receive(rests.map((one) => ({ type: 'rest', accountId, now: world.now, rest: one })));
}
