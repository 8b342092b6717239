/**
 * A subscription before it flows: where it begins, what it wants of the log, and how it shows that.
 *
 * It holds nothing that flows, so that many that want the same may share what is live.
 */
import type { Seq, StoredEvent } from '../../db/model.ts';
import type { Loaders } from '../load.ts';
import type { Interest } from './interests.ts';

/** What every subscription field tells. */
export type SourceEvent = { cursor: string };

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
  first?(): Promise<T[]>;
  /** What is later than `after`, as it is now; as far as one page goes, and no further than `until`. */
  page(after: Seq, until: Seq): Promise<Page<T>>;
  interest: Interest;
  /** Events of this interest as they are shown. */
  show(events: readonly StoredEvent[]): Told<T>[] | Promise<Told<T>[]>;
  /** Tells what these values refer to, so that what one of them asks for is loaded for all of them at once. */
  expect?(values: readonly T[], loaders: Loaders): void;
  /** Told where the replay ends and what follows is live. */
  caughtUp?(at: Seq, replayed: number): T;
  /** Told now and then where nothing of this interest happened although the log moved on. */
  checkpoint?(at: Seq): T;
  cursorOf(seq: Seq): string;
};

/** A watch in the form in which graphql takes the answer of a subscription field. Nobody iterates over it: it is followed. */
export type Stream<T> = AsyncIterable<T> & Watch<T>;

/** A quiet stream gets a checkpoint this often while the log moves. */
export const checkpointMs = 30_000;

export function stream<T>(watch: Watch<T>): Stream<T> {
  return Object.assign(watch, { [Symbol.asyncIterator]: refuse });
}

function refuse(): never {
  throw new TypeError('A watch is followed by its position, not iterated over.');
}
