import { type Kysely, sql } from 'kysely';

/** Messages that an upstream tells in two posts: what came first, and waits for the other. */
const statements = [
  `create table rest (
    id integer primary key autoincrement,
    account_id integer not null,
    at integer not null,
    sent_at integer not null,
    kinds text not null,
    peer_wxid text,
    seq integer,
    upstream_id text,
    rest text
  ) strict`,
  `create index rest_account on rest (account_id, id)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
