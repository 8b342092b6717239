import { type Kysely, sql } from 'kysely';

/**
 * What tells how much silence is usual for an account, begun with the messages that are there, and what tells whether any
 * account has changed.
 */
const statements = [
  `create table heard_hour (
    account_id integer not null,
    hour integer not null,
    primary key (account_id, hour)
  ) strict, without rowid`,
  `insert into heard_hour (account_id, hour)
    select distinct account_id, received_at / 3600000 from message
    where received_at > (select max(received_at) from message) - 1296000000`,
  `alter table gateway add column accounts_changed integer not null default 0`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
