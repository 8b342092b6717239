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

const dayMs = 86_400_000;
/** Days are looked up one by one at the ends of a stretch of time, and by so many between them. */
const daysInSpan = 32;

export const spanOf = (sentAt: Millis): number => Math.floor(sentAt / dayMs / daysInSpan);

/** All terms of a message, with a space between them. */
export function messageTerms(row: Omit<Termed, 'seq'>): string {
  const terms = pairsOf(row.text);
  terms.add(word('account', row.account_id));
  terms.add(word('chat', row.chat_id));
  terms.add(word('direction', row.direction));
  terms.add(word('kind', row.kind));
  terms.add(word('sender', row.sender_wxid));
  terms.add(word('day', Math.floor(row.sent_at / dayMs)));
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

/** A message is found from now on. */
export function indexMessage(engine: Engine, row: Termed): void {
  engine.sql.run(insertTerms, { rowid: row.seq, terms: messageTerms(row) });
  engine.sql.run(insertSpan, { span: spanOf(row.sent_at) });
}

/** A message is found by what it is from now on, and no more by what it was. */
export function reindexMessage(engine: Engine, before: Termed, after: Termed): void {
  const [was, is] = [messageTerms(before), messageTerms(after)];
  if (was === is) return;
  engine.sql.run(insertRemoval, { message_term: 'delete', rowid: before.seq, terms: was });
  engine.sql.run(insertTerms, { rowid: after.seq, terms: is });
}

/**
 * What every message that passes the filter has, but for its owner, as FTS5 writes it; null where terms tell nothing of it. Chats are
 * left out where they are the owners.
 */
export function messageMatch(engine: Engine, filter: MessageFilter, owner: 'account' | 'chat' | null): string | null {
  return all([
    holding(filter.search),
    anyWord('kind', filter.kinds),
    anyWord('direction', filter.directions),
    anyWord('sender', filter.senderWxids),
    filter.mentionsMe === true ? mentioned : null,
    owner === 'chat' ? null : anyWord('chat', filter.chatIds),
    sentWithin(engine, filter.since ?? null, filter.until ?? null),
  ]);
}

const selectSpans = statement((v: { from: number; to: number }) =>
  build.selectFrom('message_span').select('span').where('span', '>=', v.from).where('span', '<=', v.to),
);

/** Messages of the days that touch a stretch of time; of those spans alone in which there are any. */
function sentWithin(engine: Engine, since: Millis | null, until: Millis | null): string | null {
  if (since === null && until === null) return null;
  const first = since === null ? -Infinity : Math.floor(since / dayMs);
  const last = until === null ? Infinity : Math.ceil(until / dayMs) - 1;
  const bounds = { from: Math.max(first / daysInSpan - 1, -1e15), to: Math.min(last / daysInSpan, 1e15) };
  const terms = engine.sql.all(selectSpans, bounds).flatMap(({ span }) => {
    const days = Array.from({ length: daysInSpan }, (_, day) => span * daysInSpan + day);
    const within = days.filter((day) => day >= first && day <= last);
    return within.length === daysInSpan ? [word('span', span)] : within.map((day) => word('day', day));
  });
  return terms.length === 0 ? `"${word('day', 'none')}"` : any(terms);
}
