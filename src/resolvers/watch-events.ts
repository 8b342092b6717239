/** `events`: everything that happens, in the order of the log. */
import type { Seq } from '../db/model.ts';
import type { EventFilter } from '../db/store.ts';
import type { App } from './app.ts';
import type { Caller } from './caller.ts';
import { maxPageSize } from './connection.ts';
import { readPosition, showPosition } from './cursors.ts';
import { badInput } from './errors.ts';
import { type Stream, followLog, stream } from './follow-log.ts';
import { readRange } from './input.ts';
import { type Event, type EventArgs, eventFilter, passes, showEvent } from './read-events.ts';

/** A quiet stream gets a checkpoint this often while the log moves. */
export const checkpointMs = 30_000;

export type ResumeArgs = { after?: string | null; last?: number | null };

/**
 * From now on, or everything later than `after` and then live, or the newest `last` first. CAUGHT_UP ends the replay (and comes
 * first where there is none); CHECKPOINT keeps a quiet stream's cursor young. "Now" is the moment at which this resolves.
 */
export async function watchEvents(app: App, caller: Caller, args: EventArgs & ResumeArgs): Promise<Stream<Event>> {
  const filter = eventFilter(caller, args);
  const { epoch, newest } = await app.store.bounds();
  const last = readLast(args);
  const from = typeof args.after === 'string' ? await readPosition(app, args.after, 'events') : newest;
  return stream(
    app,
    async function* (signal, moveTo) {
      let replayed = 0;
      if (last !== null) {
        for (const stored of await app.store.queries.newestEvents(filter, last, newest)) {
          const event = showEvent(epoch, stored);
          if (!event) continue;
          replayed += 1;
          yield event;
        }
      }
      // A cursor may be later than what was the end when this began to look.
      yield* live({ app, epoch, filter, from, caughtUpAt: Math.max(newest, from), replayed, moveTo }, signal);
    },
    showPosition(epoch, from),
  );
}

type Live = {
  app: App;
  epoch: string;
  filter: EventFilter;
  from: Seq;
  /** The log's end when the subscription was accepted: the replay is over there. */
  caughtUpAt: Seq;
  replayed: number;
  moveTo: (position: string) => void;
};

async function* live(
  { app, epoch, filter, from, caughtUpAt, replayed, moveTo }: Live,
  signal: AbortSignal,
): AsyncGenerator<Event, void, void> {
  const mark = (seq: Seq) => ({ cursor: showPosition(epoch, seq), at: app.clock.now(), accountId: null });
  let caughtUp = false;
  let shown = from;
  let shownAt = app.clock.now();
  for await (const { events, upTo } of followLog(app, from, signal, checkpointMs)) {
    for (const stored of events) {
      if (!caughtUp && stored.seq > caughtUpAt) {
        caughtUp = true;
        yield { ...mark(caughtUpAt), type: 'CAUGHT_UP', replayed };
      }
      const event = passes(filter, stored) ? showEvent(epoch, stored) : null;
      if (!event) continue;
      if (!caughtUp) replayed += 1;
      shown = stored.seq;
      shownAt = app.clock.now();
      yield event;
    }
    moveTo(showPosition(epoch, upTo));
    if (!caughtUp && upTo >= caughtUpAt) {
      caughtUp = true;
      shown = Math.max(shown, caughtUpAt);
      yield { ...mark(Math.max(upTo, caughtUpAt)), type: 'CAUGHT_UP', replayed };
    } else if (upTo > shown && app.clock.now() - shownAt >= checkpointMs) {
      shown = upTo;
      shownAt = app.clock.now();
      yield { ...mark(upTo), type: 'CHECKPOINT' };
    }
  }
}

/** `last` as asked, or null. BAD_INPUT outside 1 to 100 and together with `after`. */
export function readLast(args: ResumeArgs): number | null {
  if (args.last === null || args.last === undefined) return null;
  if (typeof args.after === 'string') throw badInput('last', '`last` and `after` cannot be asked together.');
  return readRange('last', args.last, 1, maxPageSize);
}
