import { afterEach, describe, expect, test } from 'vitest';
import { manualClock } from '../../src/simulator/clock.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { me, recordedOpenwx, recordedWorld } from './recorded.ts';

const alice = '@f_alice_0001';
let simulator: Simulator;
afterEach(() => simulator.stop());

async function start(): Promise<void> {
  simulator = await startSimulator({ build: recordedWorld, openwx: recordedOpenwx });
  // The first entry after a login is always filehelper.
  await poll();
}

async function poll(signal?: AbortSignal): Promise<({ content?: string; event?: string } | null)[]> {
  const answer = await fetch(`${simulator.account().baseUrl}/openwx/check_event`, { signal: signal ?? null });
  return (await answer.json()) as { content?: string }[];
}

/** Waits until so many polls have come in. */
async function polls(count: number): Promise<void> {
  await simulator.until(() => simulator.requests.filter(({ path }) => path.endsWith('check_event')).length === count);
}

describe('check_event', () => {
  test('keeps the newest 20, oldest first, and is empty afterwards', async () => {
    await start();
    for (let number = 0; number < 25; number++) simulator.world.receive(me, alice, `n${number}`);
    const events = await poll();
    expect(events.map((event) => event?.content)).toEqual(Array.from({ length: 20 }, (_, at) => `n${at + 5}`));
    const next = poll();
    await polls(3);
    simulator.world.receive(me, alice, 'next');
    expect((await next).map((event) => event?.content)).toEqual(['next']);
  });

  test('a waiter gets the first of a batch, the rest waits for the next poll', async () => {
    await start();
    const waiting = poll();
    await polls(2);
    simulator.world.receive(me, alice, 'm1');
    simulator.world.receive(me, alice, 'm2');
    expect((await waiting).map((event) => event?.content)).toEqual(['m1']);
    expect((await poll()).map((event) => event?.content)).toEqual(['m2']);
  });

  test('of two waiters the first gets the event and the second [null]', async () => {
    await start();
    const first = poll();
    await polls(2);
    const second = poll();
    await polls(3);
    simulator.world.receive(me, alice, 'one');
    expect((await first).map((event) => event?.content)).toEqual(['one']);
    expect(await second).toEqual([null]);
  });

  test('a waiter that has gone still swallows the next event', async () => {
    await start();
    const gone = new AbortController();
    const abandoned = poll(gone.signal);
    await polls(2);
    gone.abort();
    await expect(abandoned).rejects.toThrow('aborted');
    simulator.world.receive(me, alice, '丢了');
    simulator.world.receive(me, alice, '之后');
    expect((await poll()).map((event) => event?.content)).toEqual(['之后']);
  });

  test('30 seconds without an event answer []', async () => {
    const clock = manualClock(1_795_312_061_000);
    simulator = await startSimulator({ build: recordedWorld, openwx: recordedOpenwx, clock, start: false });
    await simulator.account().start();
    await simulator.until(() => {
      clock.advance(1);
      return simulator.account().state === 'running';
    });
    await poll();
    const quiet = poll();
    await polls(2);
    clock.advance(29_999);
    expect(simulator.requests.at(-1)?.status).toBe(null);
    clock.advance(1);
    expect(await quiet).toEqual([]);
  });
});
