import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lane, NewJob, Outcome } from '../../../src/db/store.ts';
import {
  accept,
  addAccount,
  addLane,
  alice,
  askAgain,
  echo,
  eventsAfter,
  hour,
  jobOf,
  line,
  logOf,
  message,
  minute,
  newest,
  type OpenStore,
  receive,
  receiveOne,
  startGateway,
  state,
  take,
  takeNext,
  useWorld,
  type World,
} from './world.ts';

const sent = (world: World, upstreamId: string | null = null): Outcome => ({
  now: world.now,
  responseTimeMs: 12,
  status: 'SENT',
  upstreamId,
  reference: 'reference',
});
const failed = (world: World, status: 'FAILED' | 'UNKNOWN'): Outcome => ({
  now: world.now,
  responseTimeMs: 12,
  status,
  code: status === 'FAILED' ? 'UPSTREAM_REJECTED' : 'UPSTREAM_TIMEOUT',
  message: 'why',
});
const requeued = (world: World, notBefore: number): Outcome => ({
  now: world.now,
  responseTimeMs: 12,
  status: 'QUEUED',
  code: 'UPSTREAM_UNREACHABLE',
  message: 'refused',
  notBefore,
});

/** Sends: each once, with an honest outcome. */
export function testSending(open: OpenStore): void {
  const world = useWorld(open);

  describe('accepting', () => {
    it('keeps every line, also the one that failed from the start, over a restart', async () => {
      const accountId = await addAccount(world);
      const lines = await accept(
        world,
        line(accountId, 'one', { mentions: ['wxid_bob'], sendAt: world.now + hour, expiresAt: world.now + 2 * hour }),
        line(accountId, 'two', { failure: { code: 'NO_RECEIVER', message: 'no default receiver' } }),
      );
      await world.reopen();
      const [first, second] = await world.store.queries.logsById(lines.map((one) => one.id));
      expect(first).toMatchObject({
        status: 'QUEUED',
        content: { type: 'TEXT', text: 'one' },
        mentions: ['wxid_bob'],
        sendAt: world.now + hour,
        expiresAt: world.now + 2 * hour,
        settledAt: null,
      });
      expect(second).toMatchObject({ status: 'FAILED', errorCode: 'NO_RECEIVER', settledAt: world.now });
      const [job] = await world.store.queries.jobsById([first?.jobId ?? 0], null);
      expect(job).toMatchObject({ total: 2, pending: 1, failed: 1, success: 0, unknown: 0, dropped: 0 });
      const events = (await eventsAfter(world, 0)).filter((event) => event.type === 'SEND_UPDATED');
      expect(events.map((event) => event.sendId)).toEqual([first?.id, second?.id]);
      expect([first?.cursor, second?.cursor]).toEqual(events.map((event) => event.seq));
    });

    it('refuses a job with an account that is not there, and queues nothing of it', async () => {
      const accountId = await addAccount(world);
      await expect(accept(world, line(accountId, 'one'), line(999, 'two'))).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
      expect(await world.store.queries.countLogs({})).toBe(0);
    });

    it('answers the same job for the same key and input, also after a restart, and refuses other input', async () => {
      const accountId = await addAccount(world);
      const idempotency = { scope: 'token:1', operation: 'send', key: 'k', hash: 'h', expiresAt: world.now + hour };
      const job = (more: Partial<NonNullable<NewJob['idempotency']>>): NewJob => ({
        now: world.now,
        idempotency: { ...idempotency, ...more },
        lines: [line(accountId, 'once')],
      });
      const first = await world.store.accept(job({}));
      expect(first.result).toBe('ACCEPTED');
      expect(await world.store.accept(job({}))).toEqual({ ...first, result: 'SAME' });
      expect(await world.store.accept(job({ hash: 'other' }))).toEqual({ result: 'CONFLICT' });
      await world.reopen();
      expect(await world.store.accept(job({}))).toEqual({ ...first, result: 'SAME' });
      expect(await world.store.queries.countLogs({})).toBe(1);
      for (const other of [{ scope: 'token:2' }, { operation: 'resend' }, { key: 'l' }]) {
        expect((await world.store.accept(job(other))).result).toBe('ACCEPTED');
      }
      world.now += hour;
      const again = await world.store.accept(job({ hash: 'other', expiresAt: world.now + hour }));
      expect(again.result).toBe('ACCEPTED');
      expect(jobOf(again)).not.toBe(jobOf(first));
    });
  });

  describe('taking', () => {
    it('dispatches in the order of acceptance, one at a time by the pacing', async () => {
      const pacing = { intervalMs: 1000, jitterMs: 400, perDay: null, paused: false };
      const lane = await addLane(world, { pacing });
      const [first, second] = await accept(world, line(lane.accountId, 'one'), line(lane.accountId, 'two'));
      expect(await take(world, lane, 0.5)).toMatchObject({
        id: first?.id,
        status: 'DISPATCHING',
        attempts: 1,
        dispatchedAt: world.now,
      });
      expect(await askAgain(world, lane)).toBe(world.now + 1200);
      world.now += 1199;
      expect(await askAgain(world, lane)).toBe(world.now + 1);
      world.now += 1;
      expect((await take(world, lane))?.id).toBe(second?.id);
      world.now += hour;
      expect(await askAgain(world, lane)).toBeNull();
    });

    it('keeps the pacing over a restart', async () => {
      const lane = await addLane(world);
      await accept(world, line(lane.accountId, 'one'), line(lane.accountId, 'two'));
      await take(world, lane);
      await world.reopen();
      const [next] = await startGateway(world);
      expect(await askAgain(world, next as Lane)).toBe(world.now + 1500);
    });

    it('does not stand still for longer than the pacing when the clock is set back', async () => {
      const lane = await addLane(world);
      await accept(world, line(lane.accountId, 'one'), line(lane.accountId, 'two'));
      await take(world, lane);
      world.now -= 5 * hour;
      const again = await askAgain(world, lane);
      expect(again).toBeLessThanOrEqual(world.now + 2000);
      world.now = again ?? 0;
      expect(await take(world, lane)).not.toBeNull();
    });

    it('stops at the budget of the day and goes on the next day', async () => {
      const lane = await addLane(world, { pacing: { intervalMs: 0, jitterMs: 0, perDay: 2, paused: false } });
      await accept(world, ...['one', 'two', 'three'].map((text) => line(lane.accountId, text)));
      await take(world, lane);
      await take(world, lane);
      expect((await world.store.queries.accountsById([lane.accountId]))[0]?.sentToday).toBe(2);
      expect(await askAgain(world, lane)).toBe(world.now + 12 * hour);
      const ready = { now: world.now, ready: true };
      expect(await world.store.queries.countAccounts(ready)).toBe(0);
      world.now += 12 * hour;
      expect(await world.store.queries.countAccounts({ ...ready, now: world.now })).toBe(1);
      expect((await world.store.queries.accountsById([lane.accountId]))[0]?.sentToday).toBe(0);
      expect(await take(world, lane)).not.toBeNull();
    });

    it('gives nothing while the account is paused, stopped, or has nothing', async () => {
      const lane = await addLane(world);
      expect(await askAgain(world, lane)).toBeNull();
      await accept(world, line(lane.accountId, 'one'));
      const pacing = { intervalMs: 0, jitterMs: 0, perDay: null, paused: true };
      await world.store.updateAccount(lane.accountId, { pacing }, world.now);
      expect(await askAgain(world, lane)).toBeNull();
      await world.store.updateAccount(lane.accountId, { pacing: { ...pacing, paused: false } }, world.now);
      await world.store.wantAccount(lane.accountId, false, state(world, 'STOPPED'));
      expect(await askAgain(world, lane)).toBeNull();
    });

    it('leaves a line with a later sendAt until then, and lets others pass', async () => {
      const lane = await addLane(world);
      const [later, now] = await accept(
        world,
        line(lane.accountId, 'later', { sendAt: world.now + hour }),
        line(lane.accountId, 'now'),
      );
      expect((await take(world, lane))?.id).toBe(now?.id);
      expect(await askAgain(world, lane)).toBe(world.now + hour);
      world.now += hour;
      expect((await take(world, lane))?.id).toBe(later?.id);
    });

    it('never dispatches a line whose time is over', async () => {
      const lane = await addLane(world);
      const [expired] = await accept(world, line(lane.accountId, 'one', { expiresAt: world.now + minute }));
      world.now += minute;
      expect(await askAgain(world, lane)).toBeNull();
      expect(await logOf(world, expired?.id ?? 0)).toMatchObject({ status: 'EXPIRED', settledAt: world.now });
    });

    it('keeps the order of a conversation when a line must be tried again, and lets other conversations pass', async () => {
      const lane = await addLane(world);
      const [first, second, elsewhere] = await accept(
        world,
        line(lane.accountId, 'one'),
        line(lane.accountId, 'two'),
        line(lane.accountId, 'three', { receiver: 'wxid_bob' }),
      );
      await take(world, lane);
      const notBefore = world.now + minute;
      expect(await world.store.settle(first?.id ?? 0, lane, requeued(world, notBefore))).toBe(true);
      expect(await logOf(world, first?.id ?? 0)).toMatchObject({
        status: 'QUEUED',
        attempts: 1,
        errorCode: 'UPSTREAM_UNREACHABLE',
        dispatchedAt: null,
      });
      expect((await takeNext(world, lane)).id).toBe(elsewhere?.id);
      expect(await askAgain(world, lane)).toBe(notBefore);
      world.now = notBefore;
      expect(await take(world, lane)).toMatchObject({ id: first?.id, attempts: 2, errorCode: null });
      expect((await takeNext(world, lane)).id).toBe(second?.id);
      expect((await world.store.queries.accountsById([lane.accountId]))[0]?.sentToday).toBe(3);
    });

    it('holds the twin of a line whose outcome is unknown, and the conversation behind it', async () => {
      const lane = await addLane(world);
      const [first, twin, behind, elsewhere] = await accept(
        world,
        line(lane.accountId, 'same'),
        line(lane.accountId, 'same'),
        line(lane.accountId, 'behind'),
        line(lane.accountId, 'same', { receiver: 'wxid_bob' }),
      );
      await take(world, lane);
      await world.store.settle(first?.id ?? 0, lane, failed(world, 'UNKNOWN'));
      expect((await takeNext(world, lane)).id).toBe(elsewhere?.id);
      world.now += minute;
      expect(await askAgain(world, lane)).toBeNull();
      await world.store.expire(world.now, world.now);
      expect((await take(world, lane))?.id).toBe(twin?.id);
      expect((await takeNext(world, lane)).id).toBe(behind?.id);
    });

    it('does not hold the line that was asked for in knowledge of the risk', async () => {
      const lane = await addLane(world);
      const [first] = await accept(world, line(lane.accountId, 'same'));
      await take(world, lane);
      await world.store.settle(first?.id ?? 0, lane, failed(world, 'UNKNOWN'));
      const [again] = await accept(world, line(lane.accountId, 'same', { resendOf: first?.id ?? 0 }));
      expect(await takeNext(world, lane)).toMatchObject({ id: again?.id, resendOf: first?.id });
    });

    it('raced by two lanes gives each line to the newer one alone', async () => {
      const older = await addLane(world);
      const [newer] = await startGateway(world);
      expect(newer?.epoch).toBeGreaterThan(older.epoch);
      await accept(world, line(older.accountId, 'once'));
      const [lost, won] = await Promise.all([take(world, older), take(world, newer as Lane)]);
      expect(lost).toBeNull();
      expect(won).toMatchObject({ status: 'DISPATCHING' });
    });
  });

  describe('settling', () => {
    const dispatched = async (lane: Lane, text = 'hello') => {
      await accept(world, line(lane.accountId, text));
      return takeNext(world, lane);
    };

    it('tells each end with its event, once', async () => {
      const lane = await addLane(world);
      for (const outcome of [sent(world, '1'), failed(world, 'FAILED'), failed(world, 'UNKNOWN')]) {
        const { id } = await dispatched(lane);
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
      const [one, two] = [await dispatched(older, 'one'), await dispatched(older, 'two')];
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
      const { id } = await dispatched(lane);
      await expect(world.store.cancel(id, world.now)).rejects.toMatchObject({ code: 'CONFLICT' });
      await expect(world.store.cancel(999, world.now)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('expires what is due, and gives up on what stayed unknown', async () => {
      const lane = await addLane(world);
      const unknown = await dispatched(lane);
      await world.store.settle(unknown.id, lane, failed(world, 'UNKNOWN'));
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
      expect((await logOf(world, unknown.id)).status).toBe('UNRESOLVED');
    });
  });

  describe('echoes', () => {
    const unknown = async (lane: Lane, text = 'hello') => {
      await accept(world, line(lane.accountId, text));
      const send = await takeNext(world, lane);
      await world.store.settle(send.id, lane, failed(world, 'UNKNOWN'));
      return send;
    };

    it('settle a send whose outcome was unknown, and are linked with it', async () => {
      const lane = await addLane(world);
      const { id } = await unknown(lane);
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
      const first = await unknown(lane, 'one');
      const second = await unknown(lane, 'two');
      await world.store.expire(world.now, world.now + 1);
      const third = await unknown(lane, 'one');
      await receive(world, lane.accountId, echo(world, '1', 'one'));
      expect(await logOf(world, first.id)).toMatchObject({ status: 'SENT', confirmedBy: 'ECHO_ORDER' });
      await receive(world, lane.accountId, echo(world, '2', 'one'));
      expect(await logOf(world, third.id)).toMatchObject({ status: 'SENT', confirmedBy: 'ECHO' });
      expect((await logOf(world, second.id)).status).toBe('UNRESOLVED');
    });

    it('that come late settle what was given up', async () => {
      const lane = await addLane(world);
      const { id } = await unknown(lane);
      world.now += 30 * minute;
      await world.store.expire(world.now, world.now - 2 * minute);
      expect((await logOf(world, id)).status).toBe('UNRESOLVED');
      await receive(world, lane.accountId, echo(world, '77', 'hello'));
      expect(await logOf(world, id)).toMatchObject({ status: 'SENT', confirmedBy: 'ECHO' });
    });

    it('of something else, of somebody else, or from before settle nothing', async () => {
      const lane = await addLane(world);
      const elsewhere = await addAccount(world);
      const { id } = await unknown(lane);
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
      const { id } = await unknown(lane);
      await receive(world, lane.accountId, echo(world, 'hash', 'hello', { upstreamId: null }));
      await receive(world, lane.accountId, echo(world, 'hash', 'hello', { upstreamId: '77', richness: 2 }));
      expect(await logOf(world, id)).toMatchObject({ status: 'SENT', upstreamId: '77' });
    });
  });

  describe('the log of sends', () => {
    it('tells how many go before a line and when it is due', async () => {
      const pacing = { intervalMs: 1000, jitterMs: 0, perDay: 2, paused: false };
      const lane = await addLane(world, { pacing });
      const lines = await accept(
        world,
        line(lane.accountId, 'one'),
        line(lane.accountId, 'later', { sendAt: world.now + minute }),
        line(lane.accountId, 'two'),
        line(lane.accountId, 'three'),
      );
      await take(world, lane);
      const ids = lines.map((one) => one.id);
      const positions = await world.store.queries.positions(ids, world.now);
      expect(Object.fromEntries(positions.map((one) => [one.sendId, [one.position, one.estimatedAt]]))).toEqual({
        [ids[2] ?? 0]: [0, world.now + 1000],
        [ids[3] ?? 0]: [1, world.now + 12 * hour],
        [ids[1] ?? 0]: [2, world.now + 12 * hour + 1000],
      });
      await world.store.updateAccount(lane.accountId, { pacing: { ...pacing, paused: true } }, world.now);
      const paused = await world.store.queries.positions([ids[2] ?? 0], world.now);
      expect(paused).toEqual([{ sendId: ids[2], position: 0, estimatedAt: null }]);
    });

    it('is paged newest first, by filter, and by job in order', async () => {
      const [first, second] = [await addAccount(world), await addAccount(world)];
      const one = await accept(
        world,
        line(first, 'a%b'),
        line(second, 'ab'),
        line(first, 'c', { receiver: 'wxid_bob' }),
      );
      world.now += hour;
      const two = await accept(world, line(second, 'd'));
      const { queries } = world.store;
      const ids = async (...args: Parameters<typeof queries.logs>) =>
        (await queries.logs(...args)).items.map((log) => log.id);
      const all = [...one, ...two].map((log) => log.id).toReversed();
      expect(await ids({}, { first: 10 })).toEqual(all);
      expect(await ids({ accountIds: [first, second] }, { first: 2, offset: 1 })).toEqual(all.slice(1, 3));
      expect(await ids({}, { first: 10, after: [all[1] ?? 0] })).toEqual(all.slice(2));
      expect(await queries.logs({}, { first: 4 })).toMatchObject({ hasNext: false, hasPrevious: false });
      expect(await queries.logs({}, { first: 3, offset: 1 })).toMatchObject({ hasNext: false, hasPrevious: true });
      expect(await queries.logs({}, { first: 3 })).toMatchObject({ hasNext: true });
      expect(await ids({ search: 'a%' }, { first: 10 })).toEqual([one[0]?.id]);
      expect(await ids({ receivers: ['wxid_bob'] }, { first: 10 })).toEqual([one[2]?.id]);
      expect(await ids({ since: world.now }, { first: 10 })).toEqual([two[0]?.id]);
      expect(await queries.countLogs({ until: world.now })).toBe(3);
      expect(await queries.countLogs({ jobIds: [two[0]?.jobId ?? 0], statuses: ['QUEUED'], types: ['TEXT'] })).toBe(1);
      for (const filter of [{ accountIds: [] }, { jobIds: [] }, { statuses: [] }, { types: [] }, { receivers: [] }]) {
        expect(await ids(filter, { first: 10 })).toEqual([]);
        expect(await queries.countLogs(filter)).toBe(0);
      }
      const ofJob = await world.store.queries.logsOfJob(one[0]?.jobId ?? 0, { accountIds: [first] }, { first: 1 });
      expect(ofJob).toMatchObject({ items: [{ id: one[0]?.id }], hasNext: true });
    });

    it('shows of a job only what may be seen', async () => {
      const [first, second] = [await addAccount(world), await addAccount(world)];
      const [log] = await accept(world, line(first, 'a'), line(second, 'b'));
      const { queries } = world.store;
      const jobId = log?.jobId ?? 0;
      expect(await queries.jobsById([jobId], null)).toMatchObject([{ total: 2, pending: 2 }]);
      expect(await queries.jobsById([jobId], [second])).toMatchObject([{ total: 1 }]);
      expect(await queries.jobsById([jobId], [])).toEqual([]);
      expect(await queries.jobsById([jobId], [999])).toEqual([]);
    });

    it('adds up, whatever happens to the sends', async () => {
      const step = fc.record({
        act: fc.constantFrom(
          'accept',
          'fail',
          'take',
          'sent',
          'failed',
          'unknown',
          'retry',
          'cancel',
          'expire',
          'echo',
          'restart',
          'midnight',
        ),
        pick: fc.nat(20),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          world.now = Math.max(world.now, Date.UTC(2026, 2, 14));
          const pacing = { intervalMs: 0, jitterMs: 0, perDay: null, paused: false };
          let lane = await addLane(world, { pacing });
          const { accountId } = lane;
          const ids: number[] = [];
          for (const { act, pick } of steps) {
            world.now += 1000;
            const id = ids[pick % Math.max(1, ids.length)] ?? 0;
            const text = `text ${pick % 3}`;
            const expiresAt = pick % 2 ? world.now + 2000 : null;
            if (act === 'accept')
              ids.push(...(await accept(world, line(accountId, text, { expiresAt }))).map((one) => one.id));
            if (act === 'fail') {
              const failure = { code: 'NO_RECEIVER', message: 'none' } as const;
              ids.push(...(await accept(world, line(accountId, text, { failure }))).map((one) => one.id));
            }
            if (act === 'take') await take(world, lane);
            if (act === 'sent') await world.store.settle(id, lane, sent(world));
            if (act === 'failed') await world.store.settle(id, lane, failed(world, 'FAILED'));
            if (act === 'unknown') await world.store.settle(id, lane, failed(world, 'UNKNOWN'));
            if (act === 'retry') await world.store.settle(id, lane, requeued(world, world.now + 500));
            if (act === 'cancel') await world.store.cancel(id, world.now).catch(() => null);
            if (act === 'expire') await world.store.expire(world.now, world.now - 3000);
            if (act === 'echo') await receive(world, accountId, echo(world, `${accountId} ${world.now}`, text));
            if (act === 'restart')
              lane = (await startGateway(world)).find((one) => one.accountId === accountId) ?? lane;
            if (act === 'midnight') world.now += 24 * hour;
          }
          const { items } = await world.store.queries.logs({ accountIds: [accountId] }, { first: 100 });
          const count = (...statuses: string[]) => items.filter((log) => statuses.includes(log.status)).length;
          const days = await world.store.queries.dayCounts({ accountIds: [accountId], from: '2026', to: '2099' });
          const sum = (key: 'total' | 'success' | 'failed' | 'unknown') => days.reduce((all, day) => all + day[key], 0);
          expect([sum('total'), sum('success'), sum('failed'), sum('unknown')]).toEqual([
            items.length,
            count('SENT'),
            count('FAILED'),
            count('UNKNOWN', 'UNRESOLVED'),
          ]);
          const [counts] = await world.store.queries.accountCounts([accountId], world.now);
          expect(counts).toMatchObject({ totalSent: count('SENT'), queued: count('QUEUED') });
          const jobIds = items.map((log) => log.jobId);
          for (const job of await world.store.queries.jobsById(jobIds, null))
            expect(job.total).toBe(job.pending + job.success + job.failed + job.unknown + job.dropped);
          const events = (await eventsAfter(world, 0)).filter((event) => event.type === 'SEND_UPDATED');
          for (const log of items) expect(events.findLast((event) => event.sendId === log.id)?.seq).toBe(log.cursor);
        }),
        { numRuns: 30 },
      );
    });
  });
}
