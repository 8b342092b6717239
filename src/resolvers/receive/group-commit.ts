/**
 * Group commit: callbacks that come at about the same time share one transaction.
 *
 * One flush to the disk for many of them is what makes "answered means durable" affordable. A caller's promise settles after the commit.
 * A commit waits for as many callers as the last one had, and no longer than that one took: who posts alone never waits,
 * nor does what an upstream tells of its state; in a burst, where others are about to come, groups grow as far as it goes on.
 */
import type { Incoming, Received, Store } from '../../db/store.ts';
import type { Clock } from '../../clock.ts';

/** Stores what upstreams told; answers in the order of what was given, after the commit. */
export type Commit = (incoming: readonly Incoming[]) => Promise<Received[]>;

const maxBatch = 500;
const longestWaitMs = 20;
/** Fewer callers are no burst, and wait for nobody. */
const burst = 8;

type Waiting = {
  incoming: readonly Incoming[];
  resolve: (received: Received[]) => void;
  reject: (error: unknown) => void;
};

export function groupCommit(store: Pick<Store, 'receive'>, clock: Pick<Clock, 'elapsed'>): Commit {
  const waiting: Waiting[] = [];
  /** Commits are under way, or begin at the end of this turn of the event loop. */
  let running = false;
  let timer: NodeJS.Timeout | undefined;
  /** Callers in the last group, and how long its commit took. */
  let lastSize = 0;
  let lastMs = 0;

  function begin(): void {
    if (running) return;
    running = true;
    clearTimeout(timer);
    timer = undefined;
    setImmediate(() => void drain());
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const group = nextGroup();
      const from = clock.elapsed();
      await commit(group);
      lastSize = group.length;
      lastMs = clock.elapsed() - from;
    }
    running = false;
  }

  async function commit(group: readonly Waiting[]): Promise<void> {
    try {
      const received = await store.receive(group.flatMap((one) => one.incoming));
      let from = 0;
      for (const one of group) one.resolve(received.slice(from, (from += one.incoming.length)));
    } catch (error) {
      for (const one of group) one.reject(error);
    }
  }

  function nextGroup(): Waiting[] {
    let size = 0;
    let count = 0;
    for (const one of waiting) {
      if (count > 0 && size + one.incoming.length > maxBatch) break;
      size += one.incoming.length;
      count += 1;
    }
    return waiting.splice(0, count);
  }

  return (incoming) =>
    new Promise((resolve, reject) => {
      if (incoming.length === 0) return resolve([]);
      waiting.push({ incoming, resolve, reject });
      // A look at the account must not come between what its upstream told of its state and its being stored.
      const isState = incoming.some(({ type }) => type === 'state' || type === 'self');
      if (isState || lastSize < burst || waiting.length >= lastSize) begin();
      else if (!running) timer ??= setTimeout(begin, Math.min(lastMs, longestWaitMs));
    });
}
