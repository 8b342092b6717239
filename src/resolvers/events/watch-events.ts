/** `events`: everything that happens, in the order of the log. */
import type { Seq, StoredEvent } from '../../db/model.ts';
import type { App } from '../app.ts';
import type { Caller } from '../access/caller.ts';
import { maxPageSize } from '../connection.ts';
import { readPosition, showPosition } from './cursors.ts';
import { badInput } from '../errors.ts';
import { expectMessages } from './expect-messages.ts';
import { readRange } from '../input.ts';
import { type Event, type EventArgs, eventFilter, interestIn, readLog, showEvent } from './read-events.ts';
import { type Stream, type Told, stream } from './watch.ts';

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
  const interest = interestIn(filter);
  const mark = (seq: Seq) => ({ cursor: showPosition(epoch, seq), at: app.clock.now(), accountId: null });
  const show = (events: readonly StoredEvent[]): Told<Event>[] =>
    events.flatMap((stored) => {
      const value = showEvent(epoch, stored);
      return value ? [{ seq: stored.seq, value }] : [];
    });
  return stream({
    from,
    // A cursor may be later than what was the end when this began to look.
    acceptedAt: Math.max(newest, from),
    ...(last !== null && {
      first: async () => {
        const events = await app.store.queries.newestEvents(filter, last, newest);
        return show(events).map(({ value }) => value);
      },
    }),
    page: async (after, until) => {
      const { events, upTo } = await readLog(app, interest, after, until);
      return { told: show(events), upTo };
    },
    interest,
    show,
    expect: (events, loaders) =>
      expectMessages(loaders, () => events.flatMap((event) => ('message' in event ? [event.message] : []))),
    caughtUp: (at, replayed) => ({ ...mark(at), type: 'CAUGHT_UP', replayed }),
    checkpoint: (at) => ({ ...mark(at), type: 'CHECKPOINT' }),
    cursorOf: (seq) => showPosition(epoch, seq),
  });
}

/** `last` as asked, or null. BAD_INPUT outside 1 to 100 and together with `after`. */
export function readLast(args: ResumeArgs): number | null {
  if (args.last === null || args.last === undefined) return null;
  if (typeof args.after === 'string') throw badInput('last', '`last` and `after` cannot be asked together.');
  return readRange('last', args.last, 1, maxPageSize);
}
