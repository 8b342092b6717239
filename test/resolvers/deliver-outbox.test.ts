import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/db/sqlite/open.ts';
import type { Lane, Store } from '../../src/db/store.ts';
import { type Driver, DriverError } from '../../src/drivers/driver.ts';
import type { App } from '../../src/resolvers/app.ts';
import { type Delivery, deliverOutbox } from '../../src/resolvers/send/deliver-outbox.ts';
import type { SendStatus } from '../../src/words.ts';
import { accept, addLane, dayOf, line, type World } from '../db/contract/world.ts';
import { movableClock } from '../end-to-end/stack.ts';

let folder: string;
let store: Store;
let world: World;
let lane: Lane;
let stopping: AbortController;
let delivery: Delivery;
let app: App;
const clock = movableClock();
let sent: string[];
/** What the upstream does with a send. */
let upstream: () => void;

const away = () => {
  throw new DriverError('UPSTREAM_UNREACHABLE', 'nobody is there', { certain: true, retry: true });
};
const driver: Driver = {
  kind: 'OPENWX',
  capabilities: ['SEND_TEXT'],
  decode: () => [],
  send: async ({ receiver }) => {
    sent.push(receiver);
    upstream();
    return { upstreamId: null, reference: null };
  },
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wxgraph-deliver-'));
  store = await openSqliteStore({ path: join(folder, 'wxgraph.db'), dayOf, now: clock.now });
  world = { store, now: clock.now() } as World;
  lane = await addLane(world, { pacing: { intervalMs: 0, jitterMs: 0, perDay: null, paused: false } });
  sent = [];
  upstream = away;
  stopping = new AbortController();
  const log = pino({ level: 'silent' });
  app = { store, clock, log, breakers: new Map(), random: () => 0, stopping: stopping.signal } as unknown as App;
  await accept(
    world,
    ...Array.from({ length: 12 }, (_, n) => line(lane.accountId, 'hello', { receiver: `wxid_${n}` })),
  );
  delivery = deliverOutbox(
    app,
    lane,
    () => driver,
    () => undefined,
    stopping.signal,
  );
});
afterEach(async () => {
  stopping.abort();
  await delivery.ended;
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Turns of the event loop, in which a lane that may go on does. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await setImmediate();
}

const count = (status: SendStatus) => store.queries.countLogs({ statuses: [status] });

it('after five sends in a row that reached nobody the lane holds, and tries once in 30 s for as long as it takes', async () => {
  await settled();
  expect([sent.length, app.breakers.get(lane.accountId)?.isOpen()]).toEqual([5, true]);
  clock.moveOn(29_000);
  delivery.bell.ring();
  await settled();
  expect(sent).toHaveLength(5);
  // Longer and more often than a line may be tried while the breaker is closed.
  for (let tries = 6; tries <= 20; tries += 1) {
    clock.moveOn(30_000);
    await settled();
    expect(sent).toHaveLength(tries);
  }
  expect([await count('QUEUED'), await count('FAILED')]).toEqual([12, 0]);
  upstream = () => undefined;
  const before = sent.length;
  clock.moveOn(30_000);
  await settled();
  expect([await count('SENT'), app.breakers.get(lane.accountId)?.isOpen()]).toEqual([12, false]);
  expect(new Set(sent.slice(before)).size).toBe(12);
  expect(sent).toHaveLength(before + 12);
});

it('an upstream that refuses is there: nothing is held', async () => {
  upstream = () => {
    throw new DriverError('UPSTREAM_REJECTED', 'no', { certain: true, retry: false });
  };
  await settled();
  expect([sent.length, await count('FAILED')]).toEqual([12, 12]);
});
