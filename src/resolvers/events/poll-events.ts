/**
 * Fetching events in the words of an old system: each client has a place in the log, which moves on only when an answer was written
 * whole. What was asked for by somebody who left, or is cut off, is given again.
 */
import type { Account, Seq, StoredEvent } from '../../db/model.ts';
import type { Reader } from '../../db/store.ts';
import type { EventType, Millis } from '../../words.ts';
import type { App } from '../app.ts';
import { type Caller, keyScope } from '../access/caller.ts';
import { readEpoch } from './cursors.ts';
import { badInput } from '../errors.ts';
import type { EncodeEvent, FormatOptions } from './event-format.ts';
import { followLog } from './follow-log.ts';
import { eventFilter, interestIn, showEvent } from './read-events.ts';
import { showAccountId } from '../accounts/read-accounts.ts';
import { readText } from '../input.ts';

/** A new client begins so many events before its first question. */
const firstEvents = 20;
/** An answer is full with so many events, or characters. */
const maxEvents = 100;
const maxLength = 4 * 1024 * 1024;

export type Poll = {
  account: Account;
  /** Tells several clients of one token apart. */
  consumer: string | null;
  /** What can be told at all. */
  types: readonly EventType[];
  encode: EncodeEvent;
  options: FormatOptions;
  waitMs: Millis;
};

export type Polled = {
  /** JSON, oldest first; none when the time was up. */
  bodies: readonly string[];
  /** To be called once: whether the answer was written whole. Until then the same client's next poll waits. */
  end(written: boolean): Promise<void>;
};

/** What there is since the client's last poll, all at once; else what comes first within the time. `signal`: nobody waits any more. */
export async function pollEvents(app: App, caller: Caller, poll: Poll, signal: AbortSignal): Promise<Polled> {
  const { tokenId } = caller;
  if (tokenId === null) throw badInput('consumer', 'Events are fetched with a token.');
  const name = poll.consumer === null ? '' : readText('consumer', poll.consumer, 50);
  const reader = { tokenId, accountId: poll.account.id, name };
  const over = new AbortController();
  const giveUp = AbortSignal.any([over.signal, app.stopping, signal]);
  void app.clock.sleep(poll.waitMs, giveUp).then(() => over.abort());
  // Two polls of one client would be told the same.
  const endTurn = await turnOf(app, caller, reader, giveUp);
  if (endTurn === null) return { bodies: [], end: async () => over.abort() };
  try {
    const from = (await app.store.queries.readerPlace(reader)) ?? (await begin(app, caller, poll, reader));
    const { bodies, upTo } = await collect(app, caller, poll, from, giveUp);
    return {
      bodies,
      async end(written) {
        over.abort();
        try {
          if (written && bodies.length > 0) await app.store.moveReader(reader, upTo, app.clock.now());
        } finally {
          endTurn();
        }
      },
    };
  } catch (error) {
    over.abort();
    endTurn();
    throw error;
  }
}

/** How to end the client's turn; null where the time was up before it came. */
async function turnOf(app: App, caller: Caller, reader: Reader, giveUp: AbortSignal): Promise<(() => void) | null> {
  const key = { scope: keyScope(caller), operation: 'poll', key: `${reader.accountId} ${reader.name}` };
  const turn = app.keyTurns(key);
  const given = await Promise.race([turn, aborted(giveUp)]);
  if (given === null) void turn.then((end) => end());
  return given;
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}

/** Where a new client begins. Kept at once, so that it begins nowhere else if its first answer is lost. */
async function begin(app: App, caller: Caller, poll: Poll, reader: Reader): Promise<Seq> {
  const { newest } = await app.store.bounds();
  const [first] = await app.store.queries.newestEvents(filterOf(caller, poll), firstEvents, newest);
  const from = first === undefined ? newest : first.seq - 1;
  await app.store.moveReader(reader, from, app.clock.now());
  return from;
}

type Collected = { bodies: string[]; upTo: Seq };

async function collect(app: App, caller: Caller, poll: Poll, from: Seq, giveUp: AbortSignal): Promise<Collected> {
  const filter = filterOf(caller, poll);
  let position = from;
  // What lies far back is found by its account; from there on the log is followed with everybody.
  for (;;) {
    const latest = app.tail.latest();
    const events = await app.store.queries.events(filter, position, maxEvents);
    const told = await encodeAll(app, caller, poll, events, position);
    if (told.bodies.length > 0) return told;
    position = events.at(-1)?.seq ?? Math.max(position, latest);
    if (events.length === 0) break;
  }
  const { passes } = interestIn(filter);
  for await (const { events, upTo } of followLog(app, position, giveUp)) {
    const told = await encodeAll(app, caller, poll, events.filter(passes), upTo);
    if (told.bodies.length > 0) return told;
  }
  return { bodies: [], upTo: position };
}

/** As many as one answer takes; `upTo` is the position of the last of them, or the given one where nothing was left out. */
async function encodeAll(
  app: App,
  caller: Caller,
  { encode, options }: Poll,
  events: readonly StoredEvent[],
  upTo: Seq,
): Promise<Collected> {
  const epoch = await readEpoch(app);
  const bodies: string[] = [];
  let length = 0;
  for (const stored of events) {
    const event = showEvent(epoch, stored);
    for (const body of event === null ? [] : await encode(app, caller, event, options)) {
      bodies.push(body);
      length += body.length;
    }
    if (bodies.length >= maxEvents || length >= maxLength) return { bodies, upTo: stored.seq };
  }
  return { bodies, upTo: Math.max(upTo, events.at(-1)?.seq ?? upTo) };
}

function filterOf(caller: Caller, { account, types }: Poll) {
  return eventFilter(caller, { types, accountIds: [showAccountId(account)] });
}
