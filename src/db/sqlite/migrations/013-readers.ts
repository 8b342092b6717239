import { type Kysely, sql } from 'kysely';

/** Up to where old clients that fetch their events have got. */
const statements = [
  `create table reader (
    token_id integer not null,
    account_id integer not null,
    name text not null,
    seq integer not null,
    moved_at integer not null,
    primary key (token_id, account_id, name)
  ) strict, without rowid`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
