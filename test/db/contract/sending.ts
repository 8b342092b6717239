import { describe, expect, it } from 'vitest';
import type { Lane, NewJob } from '../../../src/db/store.ts';
import { failed, requeued, sent } from './outcomes.ts';
import {
  alice,
  accept,
  addAccount,
  addLane,
  askAgain,
  eventsAfter,
  hour,
  jobOf,
  line,
  logOf,
  message,
  minute,
  receive,
  startGateway,
  state,
  take,
  takeNext,
  useWorld,
  type OpenStore,
} from './world.ts';

/** Accepting and dispatching: nothing lost, nothing twice, in order. */
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
      const { queries } = world.store;
      const used = { jobId: jobOf(first), hash: 'h' };
      expect(await queries.jobByKey(idempotency, world.now)).toMatchObject(used);
      expect(await queries.jobByKey({ ...idempotency, key: 'l' }, world.now)).toBeNull();
      expect(await queries.jobByKey(idempotency, idempotency.expiresAt)).toBeNull();
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

    it('never goes faster than the pacing and keeps the order, over restarts and jumps of the clock', async () => {
      const many = process.env['WXGRAPH_TEST_LONG'] === '1' ? 1000 : 120;
      const pacing = { intervalMs: 1500, jitterMs: 500, perDay: null, paused: false };
      let lane = await addLane(world, { pacing });
      const texts = Array.from({ length: many }, (_, n) => `${n}`);
      await accept(world, ...texts.map((text, n) => line(lane.accountId, text, { receiver: `wxid_${n % 3}` })));
      /** True time: what the wall clock says when nobody sets it. */
      let elapsed = 0;
      let lastAt: number | null = null;
      /** As far as the process knows: a new one does not. */
      let sinceLastMs = (): number | null => null;
      const gaps: number[] = [];
      const order: string[] = [];
      while (order.length < many) {
        const taken = await world.store.take(lane, world.now, 0.5, sinceLastMs());
        if ('send' in taken) {
          if (lastAt !== null) gaps.push(elapsed - lastAt);
          const takenAt = elapsed;
          lastAt = takenAt;
          sinceLastMs = () => elapsed - takenAt;
          order.push((taken.send.content as { text: string }).text);
          await world.store.settle(taken.send.id, lane, sent(world));
          const n = order.length;
          if (n % 40 === 10) world.now += hour;
          if (n % 40 === 20) world.now -= 24 * hour;
          if (n % 40 === 30) {
            await world.reopen();
            sinceLastMs = () => null;
            [lane] = (await startGateway(world)) as [Lane];
          }
        } else {
          const wait: number = Math.max(1, (taken.askAgainAt ?? world.now) - world.now);
          elapsed += wait;
          world.now += wait;
        }
      }
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1500);
      // Set back by a day, the clock holds an account for no longer than the pacing says.
      expect(Math.max(...gaps)).toBeLessThanOrEqual(2000);
      expect(order).toEqual(texts);
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

    it('keeps the pacing where the clock jumps ahead, as far as the lane knows how long ago its last line was', async () => {
      const lane = await addLane(world, { pacing: { intervalMs: 1500, jitterMs: 0, perDay: null, paused: false } });
      await accept(world, line(lane.accountId, 'one'), line(lane.accountId, 'two'));
      await take(world, lane);
      world.now += hour;
      expect(await world.store.take(lane, world.now, 0, 100)).toEqual({ askAgainAt: world.now + 1400 });
      expect(await world.store.take(lane, world.now, 0, 1500)).toHaveProperty('send');
    });

    it('gives nothing from the commit on in which the account stopped running', async () => {
      const lane = await addLane(world);
      await accept(world, line(lane.accountId, 'one', { expiresAt: world.now + minute }), line(lane.accountId, 'two'));
      await world.store.setState(lane.accountId, state(world, 'OFFLINE'));
      world.now += minute;
      expect(await askAgain(world, lane)).toBeNull();
      expect(await world.store.queries.countLogs({ statuses: ['EXPIRED'] })).toBe(1);
      expect(await world.store.queries.countLogs({ statuses: ['QUEUED'] })).toBe(1);
      await world.store.setState(lane.accountId, state(world, 'RUNNING'));
      expect(await take(world, lane)).toMatchObject({ content: { text: 'two' } });
    });

    it('finds what may go behind thousands that may not', async () => {
      const lane = await addLane(world);
      const held = Array.from({ length: 3000 }, (_, n) => line(lane.accountId, `held ${n}`));
      await accept(world, ...held, line(lane.accountId, 'free', { receiver: 'wxid_bob' }));
      const first = await takeNext(world, lane);
      await world.store.settle(first.id, lane, requeued(world, world.now + hour));
      expect(await takeNext(world, lane)).toMatchObject({ receiver: 'wxid_bob' });
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
      const places = await world.store.queries.positions([twin?.id ?? 0, behind?.id ?? 0], world.now);
      expect(places).toMatchObject([{ heldByTwin: true, estimatedAt: null }, { heldByTwin: false }]);
      await world.store.expire(world.now, world.now);
      expect((await take(world, lane))?.id).toBe(twin?.id);
      expect((await takeNext(world, lane)).id).toBe(behind?.id);
    });

    it('knows a conversation again whose other end became known in between', async () => {
      const lane = await addLane(world);
      const [first, second] = await accept(world, line(lane.accountId, 'same'), line(lane.accountId, 'later'));
      await take(world, lane);
      await world.store.settle(first?.id ?? 0, lane, failed(world, 'UNKNOWN'));
      await receive(world, lane.accountId, message(world, 'hello'));
      const [contact] = await world.store.queries.contactsByWxid([{ accountId: lane.accountId, wxid: alice.wxid }]);
      const receiverContactId = contact?.id ?? 0;
      const [twin] = await accept(world, line(lane.accountId, 'same', { receiverContactId }));
      expect((await takeNext(world, lane)).id).toBe(second?.id);
      world.now += minute;
      expect(await askAgain(world, lane)).toBeNull();
      expect(await world.store.queries.positions([twin?.id ?? 0], world.now)).toMatchObject([{ heldByTwin: true }]);

      const notBefore = world.now + minute;
      await world.store.settle(second?.id ?? 0, lane, requeued(world, notBefore));
      const [behind] = await accept(world, line(lane.accountId, 'behind', { receiverContactId }));
      expect(await askAgain(world, lane)).toBe(notBefore);
      await world.store.expire(world.now, world.now);
      world.now = notBefore;
      for (const expected of [second, twin, behind]) expect((await takeNext(world, lane)).id).toBe(expected?.id);
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
}
