/**
 * A subscription before it flows: where it begins, what it wants of the log, and how it shows that.
 *
 * It holds nothing that flows, so that one follower may read it alone, and many that want the same may share what is live.
 */
import { setImmediate } from 'node:timers/promises';
import type { Seq, StoredEvent } from '../db/model.ts';
import type { App } from './app.ts';
import { followLog } from './follow-log.ts';
import type { Interest } from './interests.ts';

/** A value with its position in the log. */
export type Told<T> = { seq: Seq; value: T };

/** Everything up to `upTo`. */
export type Page<T> = { told: Told<T>[]; upTo: Seq };

export type Watch<T> = {
  /** Everything later is told. */
  from: Seq;
  /** The log's end when the subscription was accepted; never earlier than `from`. */
  acceptedAt: Seq;
  /** What is told before anything else: the newest ones, or how things stand. */
  first?(): AsyncIterable<T>;
  /** What is later than `after`, as it is now; as far as one page goes, and no further than `until`. */
  page(after: Seq, until: Seq): Promise<Page<T>>;
  interest: Interest;
  /** Events of this interest as they are shown. */
  show(events: readonly StoredEvent[]): Told<T>[] | Promise<Told<T>[]>;
  /** Told where the replay ends and what follows is live. */
  caughtUp?(at: Seq, replayed: number): T;
  /** Told now and then where nothing of this interest happened although the log moved on. */
  checkpoint?(at: Seq): T;
  cursorOf(seq: Seq): string;
};

/** A stream that one client follows. */
export type Stream<T> = AsyncIterableIterator<T> & {
  /** Up to where it has seen everything. */
  position(): string;
  /** For followers that share. */
  watch: Watch<T>;
};

/** A quiet stream gets a checkpoint this often while the log moves. */
export const checkpointMs = 30_000;

/**
 * The stream of one client. `return` wakes a wait, so that a client that leaves ends its stream at once. (A generator alone
 * would end at the next event only.) Nothing is begun before the first `next`: who shares takes the watch alone.
 */
export function stream<T>(app: App, watch: Watch<T>): Stream<T> {
  let position = watch.from;
  let leaving: AbortController | undefined;
  let generator: AsyncGenerator<T, void, void> | undefined;
  const begin = (): AsyncGenerator<T, void, void> => {
    leaving = new AbortController();
    return flow(app, watch, AbortSignal.any([app.stopping, leaving.signal]), (to) => {
      position = to;
    });
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => (generator ??= begin()).next(),
    return: () => {
      leaving?.abort();
      return (generator ??= begin()).return();
    },
    throw: (error: unknown) => {
      leaving?.abort();
      return (generator ??= begin()).throw(error);
    },
    position: () => watch.cursorOf(position),
    watch,
  };
}

/** Replay, then live: both by pages of the log, so that nothing falls between them. */
async function* flow<T>(
  app: App,
  watch: Watch<T>,
  signal: AbortSignal,
  moveTo: (position: Seq) => void,
): AsyncGenerator<T, void, void> {
  let replayed = 0;
  for await (const value of watch.first?.() ?? []) {
    replayed += 1;
    yield value;
  }
  let position = watch.from;
  while (position < watch.acceptedAt && !signal.aborted) {
    const page = await watch.page(position, watch.acceptedAt);
    replayed += page.told.length;
    for (const { value } of page.told) yield value;
    position = page.upTo;
    moveTo(position);
    // However long the replay is, everybody else gets a turn after each page.
    await setImmediate();
  }
  if (watch.caughtUp) yield watch.caughtUp(position, replayed);
  let shown = position;
  let shownAt = app.clock.now();
  for await (const { events, upTo } of followLog(app, position, signal, watch.checkpoint && checkpointMs)) {
    for (const { seq, value } of await watch.show(events.filter((event) => watch.interest.passes(event)))) {
      shown = seq;
      shownAt = app.clock.now();
      yield value;
    }
    moveTo(upTo);
    if (watch.checkpoint && upTo > shown && app.clock.now() - shownAt >= checkpointMs) {
      shown = upTo;
      shownAt = app.clock.now();
      yield watch.checkpoint(upTo);
    }
  }
}
