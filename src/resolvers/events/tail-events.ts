/**
 * The tail: the one reader of the event log that serves every follower of this process.
 *
 * It drains the log when the doorbell rings and keeps the newest events in memory, so that followers at the live edge cost
 * no query. A follower is only a position: it can neither overflow nor hold anything up.
 */
import type { Seq, StoredEvent } from '../../db/model.ts';
import type { Store } from '../../db/store.ts';

export type Tail = {
  /** The position up to which the log was drained. */
  latest(): Seq;
  /** Events later than `after`, at most `limit`; from memory where it reaches back that far. */
  read(after: Seq, limit: number): Promise<StoredEvent[]>;
  /** Resolves when there is something later than `after`, or when `signal` aborts. */
  wait(after: Seq, signal: AbortSignal): Promise<void>;
  /** Resolves when the tail has ended after its signal aborted. */
  ended: Promise<void>;
};

const keptInMemory = 2_000;
const pageSize = 500;

/** Begins at the log's present end. `onError` is told of a failed read; the tail tries again at the next ring. */
export async function startTail(store: Store, signal: AbortSignal, onError: (error: unknown) => void): Promise<Tail> {
  let recent: StoredEvent[] = [];
  let latest = (await store.bounds()).newest;
  /** `recent` holds everything later than this. */
  let recentFrom = latest;
  const waiters = new Set<{ after: Seq; wake: () => void }>();

  async function drain(): Promise<void> {
    for (;;) {
      const page = await store.read(latest, pageSize);
      if (page.length === 0) return;
      remember(page);
      for (const waiter of waiters) if (waiter.after < latest) waiter.wake();
      if (page.length < pageSize) return;
    }
  }

  function remember(page: StoredEvent[]): void {
    recent.push(...page);
    for (const event of page) if (event.type === 'ACCOUNT_CHANGED' && event.change === 'DELETED') forget(event);
    latest = page.at(-1)!.seq;
    if (recent.length > keptInMemory * 2) {
      const dropped = recent.length - keptInMemory;
      recentFrom = recent[dropped - 1]!.seq;
      recent = recent.slice(dropped);
    }
  }

  /** Events of an account that is gone are shown to nobody, but for the news that it is. */
  function forget({ seq, changedAccountId }: Extract<StoredEvent, { type: 'ACCOUNT_CHANGED' }>): void {
    recent = recent.filter((event) => event.accountId !== changedAccountId || event.seq === seq);
  }

  const follow = async () => {
    for await (const _ of store.rung(signal)) {
      try {
        await drain();
      } catch (error) {
        onError(error);
      }
    }
  };

  return {
    latest: () => latest,
    read: async (after, limit) => {
      if (after >= latest) return [];
      if (after < recentFrom) return store.read(after, limit);
      const from = firstAfter(recent, after);
      return recent.slice(from, from + limit);
    },
    wait: (after, waitSignal) =>
      new Promise((resolve) => {
        if (latest > after || waitSignal.aborted) return resolve();
        const wake = () => {
          waiters.delete(waiter);
          waitSignal.removeEventListener('abort', wake);
          resolve();
        };
        const waiter = { after, wake };
        waiters.add(waiter);
        waitSignal.addEventListener('abort', wake, { once: true });
      }),
    ended: follow(),
  };
}

/** Index of the first event later than `after`; events are in order. */
function firstAfter(events: readonly StoredEvent[], after: Seq): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle]!.seq > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
