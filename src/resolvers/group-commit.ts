/**
 * Group commit: what arrives within one turn of the event loop shares one transaction.
 *
 * One fsync for many callbacks is what makes "answered means durable" affordable. A caller's promise settles after the commit.
 */
import type { Incoming, Received, Store } from '../db/store.ts';

/** Stores what upstreams told; answers in the order of what was given, after the commit. */
export type Commit = (incoming: readonly Incoming[]) => Promise<Received[]>;

const maxBatch = 500;

type Waiting = {
  incoming: readonly Incoming[];
  resolve: (received: Received[]) => void;
  reject: (error: unknown) => void;
};

export function groupCommit(store: Store): Commit {
  let waiting: Waiting[] = [];
  let running = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const group = nextGroup();
      try {
        const received = await store.receive(group.flatMap((one) => one.incoming));
        let from = 0;
        for (const one of group) one.resolve(received.slice(from, (from += one.incoming.length)));
      } catch (error) {
        for (const one of group) one.reject(error);
      }
    }
    running = false;
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
      if (!running) {
        running = true;
        setImmediate(() => void drain());
      }
    });
}
