import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sent, failed, requeued, unknown } from './outcomes.ts';
import {
  accept,
  addAccount,
  addLane,
  echo,
  eventsAfter,
  hour,
  line,
  minute,
  receive,
  startGateway,
  take,
  useWorld,
  type OpenStore,
} from './world.ts';

/** What the log of sends tells. */
export function testSendLog(open: OpenStore): void {
  const world = useWorld(open);

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
      expect(paused).toEqual([{ sendId: ids[2], position: 0, estimatedAt: null, heldByTwin: false }]);
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

    it('moves what turned out to be sent from the unknown ones to the successful ones', async () => {
      const lane = await addLane(world);
      const send = await unknown(world, lane);
      const counts = async () => {
        const [day] = await world.store.queries.dayCounts({ accountIds: null, from: '2026', to: '2027' });
        return [day?.total, day?.success, day?.failed, day?.unknown];
      };
      expect(await counts()).toEqual([1, 0, 0, 1]);
      world.now += 24 * hour;
      expect(await world.store.settle(send.id, lane, sent(world))).toBe(true);
      expect(await counts()).toEqual([1, 1, 0, 0]);
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
          'cancelJob',
          'resend',
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
            // Mostly what has no end yet: the rest must stay as it is.
            const unsettled = (await world.store.queries.logsById(ids)).filter((log) =>
              ['QUEUED', 'DISPATCHING', 'UNKNOWN', 'UNRESOLVED'].includes(log.status),
            );
            const from = unsettled.length > 0 && pick % 4 > 0 ? unsettled.map((log) => log.id) : ids;
            const id = from[pick % Math.max(1, from.length)] ?? 0;
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
            if (act === 'cancelJob') {
              const [log] = await world.store.queries.logsById([id]);
              await world.store.cancelJob(log?.jobId ?? 0, pick % 2 ? null : [accountId], world.now);
            }
            if (act === 'resend')
              ids.push(...(await accept(world, line(accountId, text, { resendOf: id }))).map((one) => one.id));
            if (act === 'expire') await world.store.expire(world.now, world.now - 3000);
            if (act === 'echo') await receive(world, accountId, echo(world, `${accountId} ${world.now}`, text));
            if (act === 'restart')
              lane = (await startGateway(world)).find((one) => one.accountId === accountId) ?? lane;
            if (act === 'midnight') world.now += 24 * hour;
          }
          const { items } = await world.store.queries.logs({ accountIds: [accountId] }, { first: 100 });
          const count = (...statuses: string[]) => items.filter((log) => statuses.includes(log.status)).length;
          const days = await world.store.queries.dayCounts({ accountIds: [accountId], from: '2026', to: '2099' });
          const sum = (key: 'total' | 'success' | 'failed' | 'unknown' | 'dropped') =>
            days.reduce((all, day) => all + day[key], 0);
          expect([sum('total'), sum('success'), sum('failed'), sum('unknown'), sum('dropped')]).toEqual([
            items.length,
            count('SENT'),
            count('FAILED'),
            count('UNKNOWN', 'UNRESOLVED'),
            count('CANCELLED', 'EXPIRED'),
          ]);
          for (const log of items) {
            expect(log.settledAt === null, log.status).toBe(['QUEUED', 'DISPATCHING'].includes(log.status));
            expect(log.confirmedBy === null, log.status).toBe(log.status !== 'SENT');
            const isToExplain = ['FAILED', 'UNKNOWN', 'UNRESOLVED'].includes(log.status);
            if (isToExplain || log.status === 'SENT') expect(log.errorMessage !== null, log.status).toBe(isToExplain);
          }
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
