/** The event log as clients see it: by page here, as a stream in `watch-events.ts`. */
import type { Seq, StoredEvent } from '../../db/model.ts';
import type { EventFilter } from '../../db/store.ts';
import type { EventType, Millis } from '../../words.ts';
import type { App } from '../app.ts';
import { type Caller, visibleAccounts } from '../access/caller.ts';
import { type PageArgs, type Uncounted, readFirst, uncounted } from '../connection.ts';
import { readEpoch, readPosition, showPosition } from './cursors.ts';
import { badInput } from '../errors.ts';
import { readIds } from '../ids.ts';
import type { Interest } from './interests.ts';

/** What the gateway keeps to itself. */
export type ShownEvent = Exclude<StoredEvent, { type: 'TOKEN_CHANGED' }>;

/** An event with its position; CAUGHT_UP and CHECKPOINT exist on subscriptions only. */
export type Event = { cursor: string; at: Millis; accountId: number | null } & (
  ShownEvent | { type: 'CAUGHT_UP'; replayed: number } | { type: 'CHECKPOINT' }
);

export type EventArgs = {
  types?: readonly EventType[] | null;
  accountIds?: readonly string[] | null;
  chatIds?: readonly string[] | null;
};

export type EventLog = { head: string; oldest: string; retentionDays: number };

export async function readEventLog(app: App): Promise<EventLog> {
  const { epoch, oldest, newest } = await app.store.bounds();
  return {
    head: showPosition(epoch, newest),
    oldest: showPosition(epoch, oldest),
    retentionDays: app.config.retentionDays,
  };
}

/** The log's events after a cursor (from the oldest kept one without), oldest first. */
export async function readEvents(app: App, caller: Caller, args: EventArgs & PageArgs): Promise<Uncounted<Event>> {
  if (args.types?.some((type) => type === 'CAUGHT_UP' || type === 'CHECKPOINT')) {
    throw badInput('types', 'CAUGHT_UP and CHECKPOINT exist on the subscription only.');
  }
  const first = readFirst(args.first);
  const { epoch, oldest } = await app.store.bounds();
  const given = args.after !== null && args.after !== undefined;
  const after = given ? await readPosition(app, args.after!, 'events') : oldest;
  const found = await app.store.queries.events(eventFilter(caller, args), after, first + 1);
  const events = found.slice(0, first).flatMap((stored) => showEvent(epoch, stored) ?? []);
  const slice = { items: events, hasNext: found.length > first, hasPrevious: given && after > oldest };
  return uncounted(slice, ({ cursor }) => cursor);
}

/** Every event that clients may see at all. */
const shownTypes: readonly StoredEvent['type'][] = [
  'MESSAGE_RECEIVED',
  'MESSAGE_UPDATED',
  'CLIENT_STATE_CHANGED',
  'SEND_UPDATED',
  'CONTACT_CHANGED',
  'FRIEND_REQUESTED',
  'CHAT_UPDATED',
  'ACCOUNT_CHANGED',
  'GROUP_CHANGED',
  'CONTACTS_SYNCED',
  'WEBHOOK_CHANGED',
];

/** The filter over what the caller may see. */
export function eventFilter(caller: Caller, args: EventArgs): EventFilter {
  const types = args.types ? shownTypes.filter((type) => (args.types as readonly string[]).includes(type)) : shownTypes;
  return {
    types,
    accountIds: visibleAccounts(caller, readIds('account', args.accountIds)),
    chatIds: readIds('chat', args.chatIds),
  };
}

/** What the filter wants of the log. */
export function interestIn(filter: EventFilter): Interest {
  const types = filter.types ?? shownTypes;
  return {
    types,
    accountIds: filter.accountIds ?? null,
    chatIds: filter.chatIds ?? null,
    passes: (event) => types.includes(event.type) && passes(filter, event),
  };
}

/** Whether an event of a wanted type passes a filter; the same rule as the store's. */
function passes(filter: EventFilter, event: StoredEvent): boolean {
  if (filter.chatIds && (event.chatId === null || !filter.chatIds.includes(event.chatId))) return false;
  if (!filter.accountIds) return true;
  if (event.type === 'GROUP_CHANGED') return event.groupAccountIds.some((id) => filter.accountIds!.includes(id));
  return event.accountId !== null && filter.accountIds.includes(event.accountId);
}

const pageSize = 500;

/** One page of what is wanted of the log, later than `after` and no later than `until`. */
export async function readLog(
  app: App,
  interest: Interest,
  after: Seq,
  until: Seq,
): Promise<{ events: StoredEvent[]; upTo: Seq }> {
  // The tail may not have drained the log that far yet; a page that ends early must be the log's end, not its own.
  const source = until > app.tail.latest() ? app.store : app.tail;
  const page = await source.read(after, pageSize);
  return {
    events: page.filter((event) => event.seq <= until && interest.passes(event)),
    upTo: page.length < pageSize ? until : Math.min(page.at(-1)!.seq, until),
  };
}

export function showEvent(epoch: string, stored: StoredEvent): Event | null {
  return stored.type === 'TOKEN_CHANGED' ? null : { ...stored, cursor: showPosition(epoch, stored.seq) };
}

/** A position in the present database. */
export function showSeq(app: App, seq: Seq): string | Promise<string> {
  const epoch = readEpoch(app);
  return typeof epoch === 'string' ? showPosition(epoch, seq) : epoch.then((read) => showPosition(read, seq));
}
