/** By which terms lines of the send log are found. What they are made of never changes. */
import { sql } from 'kysely';
import type { Millis, SendContent } from '../../words.ts';
import type { LogFilter } from '../store.ts';
import type { Engine } from './engine.ts';
import type { OutboxRow } from './outbox.ts';
import { insertion, statement } from './sql.ts';
import { all, anyWord, holding, pairsOf, word } from './terms.ts';

/** What of a line its terms are made of. */
export type TermedSend = Pick<OutboxRow, 'id' | 'account_id' | 'receiver' | 'type' | 'content' | 'created_at'>;

/** What is searched of the content: the text, or the file's name. */
export const searchedContent = sql`coalesce(json_extract(content, '$.text'), json_extract(content, '$.name'))`;

/** All terms of a line, with a space between them. */
export function sendTerms(row: Omit<TermedSend, 'id' | 'created_at'>): string {
  const content = JSON.parse(row.content) as SendContent;
  const terms = pairsOf(row.receiver, content.type === 'TEXT' ? content.text : content.name);
  terms.add(word('account', row.account_id));
  terms.add(word('receiver', row.receiver));
  terms.add(word('type', row.type));
  return [...terms].join(' ');
}

const insertTerms = insertion('send_term', ['rowid', 'terms']);

const upsertDay = statement(
  (v: {
    day: number;
    id: number;
  }) => sql`insert into outbox_day (day, first_id, last_id) values (${v.day}, ${v.id}, ${v.id})
    on conflict (day) do update set last_id = excluded.last_id`,
);

/** Days since 1970, in UTC. */
export function acceptedDay(at: Millis): number {
  return Math.floor(at / 86_400_000);
}

/** A line, later than all others, is found from now on. */
export function indexSend(engine: Engine, row: TermedSend): void {
  engine.sql.run(insertTerms, { rowid: row.id, terms: sendTerms(row) });
  engine.sql.run(upsertDay, { day: acceptedDay(row.created_at), id: row.id });
}

/** What every line that passes the filter has, as FTS5 writes it; null where terms tell nothing of it. */
export function sendMatch(filter: LogFilter): string | null {
  return all([holding(filter.search), anyWord('receiver', filter.receivers), anyWord('type', filter.types)]);
}
