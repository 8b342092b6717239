/** By which terms messages are found, whatever a filter asks for: kept in the step that changes the message. */
import { sql } from 'kysely';
import type { MessageFilter } from '../store.ts';
import type { Millis } from '../../words.ts';
import type { Engine } from './engine.ts';
import type { MessageRow } from './messages.ts';
import { build, insertion, statement } from './sql.ts';
import { all, any, anyWord, holding, pairsOf, word } from './terms.ts';

/** What of a message its terms are made of. */
export const termedColumns = [
  'seq',
  'account_id',
  'chat_id',
  'direction',
  'kind',
  'sender_wxid',
  'text',
  'mentions_me',
  'sent_at',
] as const;
export type Termed = Pick<MessageRow, (typeof termedColumns)[number]>;

const hourMs = 3_600_000;
/** A stretch of time is looked up by hours at its ends, then by days, and by 32 days between them. */
const hoursInSpan = 32 * 24;

export const spanOf = (sentAt: Millis): number => Math.floor(sentAt / hourMs / hoursInSpan);

/** All terms of a message, with a space between them. */
export function messageTerms(row: Omit<Termed, 'seq'>): string {
  const terms = pairsOf(row.text);
  terms.add(word('account', row.account_id));
  terms.add(word('chat', row.chat_id));
  terms.add(word('direction', row.direction));
  terms.add(word('kind', row.kind));
  terms.add(word('sender', row.sender_wxid));
  terms.add(word('hour', Math.floor(row.sent_at / hourMs)));
  terms.add(word('day', Math.floor(row.sent_at / hourMs / 24)));
  terms.add(word('span', spanOf(row.sent_at)));
  if (row.mentions_me === 1) terms.add(mentioned);
  return [...terms].join(' ');
}

const mentioned = word('mentions', 'me');

const insertTerms = insertion('message_term', ['rowid', 'terms']);
const insertRemoval = insertion('message_term', ['message_term', 'rowid', 'terms']);
const insertSpan = statement(
  ({ span }: { span: number }) => sql`insert or ignore into message_span (span) values (${span})`,
);

/** A message is found from now on. `spans`: of the messages before it in the same step. */
export function indexMessage(engine: Engine, row: Termed, spans: Set<number>): void {
  engine.sql.run(insertTerms, { rowid: row.seq, terms: messageTerms(row) });
  const span = spanOf(row.sent_at);
  if (!spans.has(span)) engine.sql.run(insertSpan, { span });
  spans.add(span);
}

/** A message is found by what it is from now on, and no more by what it was. */
export function reindexMessage(engine: Engine, before: Termed, after: Termed): void {
  const [was, is] = [messageTerms(before), messageTerms(after)];
  if (was === is) return;
  engine.sql.run(insertRemoval, { message_term: 'delete', rowid: before.seq, terms: was });
  engine.sql.run(insertTerms, { rowid: after.seq, terms: is });
}

/** What every message that passes the filter has, but for its owner, as FTS5 writes it; null where terms tell nothing of it. */
export function messageMatch(engine: Engine, filter: MessageFilter): string | null {
  return all([
    holding(filter.search),
    anyWord('kind', filter.kinds),
    anyWord('direction', filter.directions),
    anyWord('sender', filter.senderWxids),
    filter.mentionsMe === true ? mentioned : null,
    sentWithin(engine, filter.since ?? null, filter.until ?? null),
  ]);
}

const selectSpans = statement((v: { from: number; to: number }) =>
  build.selectFrom('message_span').select('span').where('span', '>=', v.from).where('span', '<=', v.to),
);

/** Messages of the hours that touch a stretch of time; of those spans alone in which there are any. */
function sentWithin(engine: Engine, since: Millis | null, until: Millis | null): string | null {
  if (since === null && until === null) return null;
  const first = since === null ? -farAway : Math.floor(since / hourMs);
  const last = until === null ? farAway : Math.ceil(until / hourMs) - 1;
  const spans = engine.sql.all(selectSpans, { from: Math.floor(first / hoursInSpan), to: last / hoursInSpan });
  const terms = spans.flatMap(({ span }) => hoursWithin(span * hoursInSpan, 'span', first, last));
  return terms.length === 0 ? `"${word('hour', 'none')}"` : any(terms);
}

const farAway = 1e12;
const parts = { span: { name: 'day', hours: 24 }, day: { name: 'hour', hours: 1 } } as const;

/** The terms that together are the hours from `first` to `last` of a span, or of a day: itself where it lies within, else of its parts. */
function hoursWithin(start: number, name: 'span' | 'day' | 'hour', first: number, last: number): string[] {
  const hours = { span: hoursInSpan, day: 24, hour: 1 }[name];
  if (start > last || start + hours <= first) return [];
  if (name === 'hour' || (start >= first && start + hours - 1 <= last)) return [word(name, start / hours)];
  const part = parts[name];
  return Array.from({ length: hours / part.hours }, (_, at) => start + at * part.hours).flatMap((at) =>
    hoursWithin(at, part.name, first, last),
  );
}
