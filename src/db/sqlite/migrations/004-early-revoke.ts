import { type Kysely, sql } from 'kysely';

/** Messages that were taken back before they came: told, and not there yet. */
const statement = `create table early_revoke (
    account_id integer not null,
    upstream_id text not null,
    primary key (account_id, upstream_id)
  ) strict, without rowid`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statement).execute(db);
}
