import { type Kysely, sql } from 'kysely';
import { type Termed, messageTerms, spanOf } from '../message-terms.ts';
import { type TermedSend, sendTerms } from '../send-terms.ts';

/**
 * Indexes by which lists are filtered without reading whole tables. An index of terms keeps the terms alone (contentless), and of each
 * term no more than which rows have it.
 */
const statements = [
  `create virtual table message_term using fts5(terms, content='', columnsize=0, detail=none, tokenize='ascii')`,
  // The stretches of 32 days in which messages were sent.
  `create table message_span (span integer primary key) strict`,
  `create virtual table send_term using fts5(terms, content='', columnsize=0, detail=none, tokenize='ascii')`,
  // Which lines were accepted on a day: as the clock may be set back, those of two days may overlap.
  `create table outbox_day (day integer primary key, first_id integer not null, last_id integer not null) strict`,
  `insert into outbox_day (day, first_id, last_id)
    select created_at / 86400000, min(id), max(id) from outbox group by 1`,
  `create index outbox_status on outbox (account_id, status, id)`,
  // The lane's work is read from there as well.
  `drop index if exists outbox_queued`,
  // Most events are new messages: those are found by the indexes of the messages, or by going along the log.
  `create index journal_kind on journal (kind, seq) where kind != 'MESSAGE_RECEIVED'`,
  `create index journal_account on journal (account_id, seq) where kind != 'MESSAGE_RECEIVED'`,
  `create index journal_chat on journal (chat_id, seq) where kind != 'MESSAGE_RECEIVED'`,
];

/** So many rows are held in memory. */
const rowsAtOnce = 1000;

/** What is there already is found too. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
  for (let after = 0; ;) {
    const { rows } =
      await sql<Termed>`select seq, account_id, chat_id, direction, kind, sender_wxid, text, mentions_me, sent_at
      from message where seq > ${after} order by seq limit ${rowsAtOnce}`.execute(db);
    if (rows.length === 0) break;
    after = rows.at(-1)!.seq;
    const terms = JSON.stringify(rows.map((row) => [row.seq, messageTerms(row)]));
    await sql`insert into message_term (rowid, terms) select value ->> 0, value ->> 1 from json_each(${terms})`.execute(
      db,
    );
    const spans = JSON.stringify([...new Set(rows.map((row) => spanOf(row.sent_at)))]);
    await sql`insert or ignore into message_span (span) select value from json_each(${spans})`.execute(db);
  }
  for (let after = 0; ;) {
    const { rows } = await sql<TermedSend>`
      select id, account_id, receiver, type, content, created_at from outbox where id > ${after} order by id limit ${rowsAtOnce}`.execute(
      db,
    );
    if (rows.length === 0) break;
    after = rows.at(-1)!.id;
    const terms = JSON.stringify(rows.map((row) => [row.id, sendTerms(row)]));
    await sql`insert into send_term (rowid, terms) select value ->> 0, value ->> 1 from json_each(${terms})`.execute(
      db,
    );
  }
}
