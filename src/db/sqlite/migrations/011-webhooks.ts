import { type Kysely, sql } from 'kysely';

/** Where events are posted to, and what is posted. */
const statements = [
  `create table webhook (
    id integer primary key autoincrement,
    token_id integer,
    callback_key text,
    url text not null,
    format text not null,
    types text,
    account_ids text,
    events text,
    media_data integer not null,
    allow_reply integer not null,
    poll_url text,
    enabled integer not null,
    failing integer not null default 0,
    last_error text,
    secret_name text not null,
    secrets text not null,
    cursor integer not null,
    created_at integer not null
  ) strict`,
  `create unique index webhook_callback on webhook (coalesce(token_id, 0), callback_key) where callback_key is not null`,
  `create table delivery (
    id integer primary key autoincrement,
    webhook_id integer not null,
    seq integer not null,
    message_id text not null,
    account_id integer,
    body text,
    status text not null,
    attempts integer not null default 0,
    response_status integer,
    error text,
    created_at integer not null,
    next_attempt_at integer
  ) strict`,
  `create index delivery_webhook on delivery (webhook_id, status, id)`,
  `create index delivery_due on delivery (webhook_id, next_attempt_at) where next_attempt_at is not null`,
  `create index delivery_account on delivery (account_id) where account_id is not null`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
