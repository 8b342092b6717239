import { describe, expect, it } from 'vitest';
import type { Lane, NewSend } from '../../../src/db/store.ts';
import type { MediaFacts, MediaSendType, MessageKind } from '../../../src/words.ts';
import { sent, failed, requeued, dispatched, unknown } from './outcomes.ts';
import {
  accept,
  addAccount,
  addLane,
  alice,
  echo,
  eventsAfter,
  hour,
  line,
  logOf,
  message,
  minute,
  newest,
  receive,
  receiveOne,
  startGateway,
  take,
  takeNext,
  useWorld,
  type OpenStore,
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

/** A line to Alice that carries what lies on the upstream's disk. */
function carrying({ accountId }: Lane, type: MediaSendType, name: string): NewSend {
  return line(accountId, '', { type, content: { type, name, upstreamPath: `/${name}` } });
}

/** How sends end: honestly, and once. */
export function testSettling(open: OpenStore): void {
  const world = useWorld(open);

  describe('settling', () => {
    it('tells each end with its event, once', async () => {
      const lane = await addLane(world);
      for (const outcome of [sent(world, '1'), failed(world, 'FAILED'), failed(world, 'UNKNOWN')]) {
        const { id } = await dispatched(world, lane);
        const after = await newest(world);
        expect(await world.store.settle(id, lane, { ...outcome, now: world.now })).toBe(true);
        expect(await logOf(world, id)).toMatchObject({
          status: outcome.status,
          responseTimeMs: 12,
          settledAt: world.now,
          cursor: after + 1,
        });
        expect(await eventsAfter(world, after)).toMatchObject([{ type: 'SEND_UPDATED', sendId: id }]);
        await world.store.settle(id, lane, failed(world, 'UNKNOWN'));
        expect(await newest(world)).toBe(after + 1);
        await world.store.expire(world.now, world.now + 1);
      }
    });

    it('of a line that is not there or not in flight answers false', async () => {
      const lane = await addLane(world);
      const [queued] = await accept(world, line(lane.accountId, 'one'));
      expect(await world.store.settle(queued?.id ?? 0, lane, sent(world))).toBe(false);
      expect(await world.store.settle(999, lane, sent(world))).toBe(false);
      const elsewhere = await addLane(world);
      expect((await logOf(world, queued?.id ?? 0)).status).toBe('QUEUED');
      expect(await world.store.settle(queued?.id ?? 0, elsewhere, sent(world))).toBe(false);
    });

    it('after a take-over finds the line UNKNOWN, and only a true answer changes that', async () => {
      const older = await addLane(world);
      const [one, two] = [await dispatched(world, older, 'one'), await dispatched(world, older, 'two')];
      const after = await newest(world);
      const [newer] = await startGateway(world);
      expect(await eventsAfter(world, after)).toMatchObject([
        { type: 'SEND_UPDATED', sendId: one.id },
        { type: 'SEND_UPDATED', sendId: two.id },
      ]);
      expect(await logOf(world, one.id)).toMatchObject({
        status: 'UNKNOWN',
        errorCode: 'UNAVAILABLE',
        errorMessage: 'the gateway stopped while this was being sent',
      });
      expect(await world.store.settle(one.id, older, requeued(world, 0))).toBe(false);
      expect(await world.store.settle(one.id, older, failed(world, 'UNKNOWN'))).toBe(false);
      expect(await world.store.settle(one.id, newer as Lane, sent(world))).toBe(false);
      expect((await logOf(world, one.id)).status).toBe('UNKNOWN');
      expect(await world.store.settle(one.id, older, sent(world, '1'))).toBe(true);
      expect(await logOf(world, one.id)).toMatchObject({ status: 'SENT', confirmedBy: 'UPSTREAM', errorCode: null });
    });

    it('cancels what is queued and nothing else', async () => {
      const lane = await addLane(world);
      const [queued] = await accept(world, line(lane.accountId, 'one'));
      expect(await world.store.cancel(queued?.id ?? 0, world.now)).toMatchObject({ status: 'CANCELLED' });
      await expect(world.store.cancel(queued?.id ?? 0, world.now)).rejects.toMatchObject({ code: 'CONFLICT' });
      const { id } = await dispatched(world, lane);
      await expect(world.store.cancel(id, world.now)).rejects.toMatchObject({ code: 'CONFLICT' });
      await expect(world.store.cancel(999, world.now)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('cancels of a job what is queued, of the accounts that are named', async () => {
      const lane = await addLane(world);
      const other = await addAccount(world);
      const lines = await accept(
        world,
        line(lane.accountId, 'gone'),
        line(lane.accountId, 'two'),
        line(other, 'of another'),
        line(lane.accountId, 'failed', { failure: { code: 'NO_RECEIVER', message: 'nobody' } }),
      );
      await take(world, lane);
      const jobId = lines[0]?.jobId ?? 0;
      const statuses = async () =>
        (await world.store.queries.logsOfJob(jobId, {}, { first: 9 })).items.map((one) => one.status);
      const { seq } = await world.store.cancelJob(jobId, [lane.accountId], world.now);
      expect(await statuses()).toEqual(['DISPATCHING', 'CANCELLED', 'QUEUED', 'FAILED']);
      expect((await logOf(world, lines[1]?.id ?? 0)).cursor).toBe(seq);
      await world.store.cancelJob(jobId, null, world.now);
      expect(await statuses()).toEqual(['DISPATCHING', 'CANCELLED', 'CANCELLED', 'FAILED']);
      const before = await newest(world);
      expect(await world.store.cancelJob(jobId, null, world.now)).toEqual({ seq: before });
    });

    it('expires what is due, and gives up on what stayed unknown', async () => {
      const lane = await addLane(world);
      const unsure = await dispatched(world, lane);
      await world.store.settle(unsure.id, lane, failed(world, 'UNKNOWN'));
      const [due, later] = await accept(
        world,
        line(lane.accountId, 'due', { expiresAt: world.now + hour }),
        line(lane.accountId, 'later', { expiresAt: world.now + 2 * hour }),
      );
      const { now } = world;
      expect(await world.store.expire(now + hour - 1, now)).toBe(0);
      expect(await world.store.expire(now + hour, now + 1)).toBe(2);
      expect((await logOf(world, due?.id ?? 0)).status).toBe('EXPIRED');
      expect((await logOf(world, later?.id ?? 0)).status).toBe('QUEUED');
      expect((await logOf(world, unsure.id)).status).toBe('UNRESOLVED');
    });
  });

  describe('echoes', () => {
    it('settle a send whose outcome was unknown, and are linked with it', async () => {
      const lane = await addLane(world);
      const { id } = await unknown(world, lane);
      world.now += 2000;
      const after = await newest(world);
      const seq = await receiveOne(world, lane.accountId, echo(world, '77', 'hello'));
      expect(await logOf(world, id)).toMatchObject({
        status: 'SENT',
        confirmedBy: 'ECHO',
        messageSeq: seq,
        upstreamId: '77',
        errorCode: null,
        settledAt: world.now,
      });
      expect(await eventsAfter(world, after)).toMatchObject([
        { type: 'MESSAGE_RECEIVED', message: { seq, sendId: id } },
        { type: 'SEND_UPDATED', sendId: id },
      ]);
      const repeated = await newest(world);
      await receive(world, lane.accountId, echo(world, '77', 'hello'));
      expect(await newest(world)).toBe(repeated);
    });

    it('with the names of those who are mentioned before the text settle a send with mentions, and no other', async () => {
      const lane = await addLane(world);
      await accept(world, line(lane.accountId, 'hello', { mentions: ['wxid_b'] }));
      const { id } = await takeNext(world, lane);
      await world.store.settle(id, lane, failed(world, 'UNKNOWN'));
      const plain = await unknown(world, lane, 'hi');
      await receive(world, lane.accountId, echo(world, '76', 'xhello'), echo(world, '77', '@B\u2005hi'));
      expect([(await logOf(world, id)).status, (await logOf(world, plain.id)).status]).toEqual(['UNKNOWN', 'UNKNOWN']);
      await receive(world, lane.accountId, echo(world, '78', '@B\u2005hello'));
      expect(await logOf(world, id)).toMatchObject({ status: 'SENT', confirmedBy: 'ECHO', upstreamId: '78' });
    });

    it('that come before the answer settle it, and the answer still tells what it knows', async () => {
      const lane = await addLane(world);
      await accept(world, line(lane.accountId, 'hello'));
      const { id } = await takeNext(world, lane);
      await receive(world, lane.accountId, echo(world, '77', 'hello', { upstreamId: null }));
      expect(await logOf(world, id)).toMatchObject({ status: 'SENT', confirmedBy: 'ECHO', reference: null });
      expect(await world.store.settle(id, lane, sent(world, '77'))).toBe(false);
      expect(await logOf(world, id)).toMatchObject({
        confirmedBy: 'ECHO',
        reference: 'reference',
        responseTimeMs: 12,
        upstreamId: '77',
      });
      expect(await world.store.settle(id, lane, failed(world, 'FAILED'))).toBe(false);
      expect((await logOf(world, id)).status).toBe('SENT');
    });

    it('with the id that the upstream told are linked, whatever they say', async () => {
      const lane = await addLane(world);
      await accept(world, line(lane.accountId, 'hello'));
      const { id } = await takeNext(world, lane);
      await world.store.settle(id, lane, sent(world, '77'));
      const seq = await receiveOne(world, lane.accountId, echo(world, '77', '[generic]'));
      expect(await logOf(world, id)).toMatchObject({ status: 'SENT', confirmedBy: 'UPSTREAM', messageSeq: seq });
    });

    it('of an animated picture that comes back as an emoji are linked', async () => {
      const lane = await addLane(world);
      await accept(world, carrying(lane, 'IMAGE', 'a.gif'));
      const { id } = await takeNext(world, lane);
      await world.store.settle(id, lane, failed(world, 'UNKNOWN'));
      const voice = echo(world, '76', '[语音]', { kind: 'VOICE' });
      const seq = (await receive(world, lane.accountId, voice, echo(world, '77', '[表情]', { kind: 'EMOJI' })))[1];
      expect(await logOf(world, id)).toMatchObject({
        status: 'SENT',
        confirmedBy: 'ECHO',
        messageSeq: seq?.messageSeq,
      });
    });

    it('of files are told apart by their names, however they are written; of other media they are taken in order', async () => {
      const lane = await addLane(world);
      const names = ['报告 (1).pdf', 'a&b.txt', 'c.txt'];
      await accept(world, ...names.map((name) => carrying(lane, 'FILE', name)), carrying(lane, 'VIDEO', '1.mp4'));
      const ids: number[] = [];
      for (let n = 0; n < 4; n += 1) {
        const { id } = await takeNext(world, lane);
        await world.store.settle(id, lane, failed(world, 'UNKNOWN'));
        ids.push(id);
      }
      const file = (key: string, name: string | null, kind: MessageKind = 'FILE') =>
        echo(world, key, '[文件]', { kind, content: { type: 'Media', media: { ...nothing, name } } });
      const told = [file('1', 'another.txt'), file('2', 'a&amp;b.txt'), file('3', '报告_1.pdf'), file('4', null)];
      const seqs = (await receive(world, lane.accountId, ...told, file('5', 'x.mp4', 'VIDEO'))).map(
        ({ messageSeq }) => messageSeq,
      );
      const lines = await Promise.all(ids.map((id) => logOf(world, id)));
      expect(lines.map(({ messageSeq }) => messageSeq)).toEqual([seqs[2], seqs[1], seqs[3], seqs[4]]);
      const [foreign] = await world.store.queries.messagesById([seqs[0]!]);
      expect(foreign).toMatchObject({ direction: 'OUTGOING', sendId: null });
    });

    it('that were stored before the id was told are linked by the answer', async () => {
      const lane = await addLane(world);
      await accept(world, line(lane.accountId, 'hello'));
      const { id } = await takeNext(world, lane);
      const seq = await receiveOne(world, lane.accountId, echo(world, '77', '[generic]'));
      expect((await logOf(world, id)).status).toBe('DISPATCHING');
      expect(await world.store.settle(id, lane, sent(world, '77'))).toBe(true);
      expect(await logOf(world, id)).toMatchObject({ messageSeq: seq });
      expect((await world.store.queries.messagesById([seq]))[0]?.sendId).toBe(id);
    });

    it('of equal sends are taken in their order', async () => {
      const lane = await addLane(world);
      const first = await unknown(world, lane, 'one');
      const second = await unknown(world, lane, 'two');
      await world.store.expire(world.now, world.now + 1);
      const third = await unknown(world, lane, 'one');
      await receive(world, lane.accountId, echo(world, '1', 'one'));
      expect(await logOf(world, first.id)).toMatchObject({ status: 'SENT', confirmedBy: 'ECHO_ORDER' });
      await receive(world, lane.accountId, echo(world, '2', 'one'));
      expect(await logOf(world, third.id)).toMatchObject({ status: 'SENT', confirmedBy: 'ECHO' });
      expect((await logOf(world, second.id)).status).toBe('UNRESOLVED');
    });

    it('that come late settle what was given up', async () => {
      const lane = await addLane(world);
      const { id } = await unknown(world, lane);
      world.now += 30 * minute;
      await world.store.expire(world.now, world.now - 2 * minute);
      expect((await logOf(world, id)).status).toBe('UNRESOLVED');
      await receive(world, lane.accountId, echo(world, '77', 'hello'));
      expect(await logOf(world, id)).toMatchObject({ status: 'SENT', confirmedBy: 'ECHO' });
    });

    it('of something else, of somebody else, or from before settle nothing', async () => {
      const lane = await addLane(world);
      const elsewhere = await addAccount(world);
      const { id } = await unknown(world, lane);
      await receive(world, elsewhere, echo(world, '0', 'hello'));
      await receive(
        world,
        lane.accountId,
        echo(world, '1', 'other'),
        echo(world, '2', 'hello', { peer: { wxid: 'wxid_bob', kind: 'FRIEND' } }),
        echo(world, '3', 'hello', { sentAt: world.now - 6000 }),
        echo(world, '4', 'hello', { kind: 'IMAGE' }),
        message(world, '5', { text: 'hello' }),
      );
      expect((await logOf(world, id)).status).toBe('UNKNOWN');
      await receive(world, lane.accountId, echo(world, '6', 'hello'));
      expect((await logOf(world, id)).status).toBe('SENT');
    });

    it('are known by the contact where the receiver was given by name', async () => {
      const lane = await addLane(world);
      await receive(world, lane.accountId, message(world, '1'));
      const [contact] = await world.store.queries.contactsByWxid([{ accountId: lane.accountId, wxid: alice.wxid }]);
      await accept(world, line(lane.accountId, 'hello', { receiver: 'Alice', receiverContactId: contact?.id ?? 0 }));
      const { id } = await takeNext(world, lane);
      await receive(world, lane.accountId, echo(world, '77', 'hello'));
      expect((await logOf(world, id)).status).toBe('SENT');
    });

    it('of a send that the upstream took without an id are linked and change nothing else', async () => {
      const lane = await addLane(world);
      await accept(world, line(lane.accountId, 'hello'));
      const { id } = await takeNext(world, lane);
      await world.store.settle(id, lane, sent(world));
      const seq = await receiveOne(world, lane.accountId, echo(world, '77', 'hello'));
      expect(await logOf(world, id)).toMatchObject({ confirmedBy: 'UPSTREAM', messageSeq: seq, upstreamId: '77' });
    });

    it('that tell their id in a richer copy tell it to the send', async () => {
      const lane = await addLane(world);
      const { id } = await unknown(world, lane);
      await receive(world, lane.accountId, echo(world, 'hash', 'hello', { upstreamId: null }));
      await receive(world, lane.accountId, echo(world, 'hash', 'hello', { upstreamId: '77', richness: 2 }));
      expect(await logOf(world, id)).toMatchObject({ status: 'SENT', upstreamId: '77' });
    });
  });
}
