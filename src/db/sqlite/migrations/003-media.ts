import { type Kysely, sql } from 'kysely';

/** Media and pictures of people, whose bytes are files beside the database; what upstreams tell of contacts besides. */
const statements = [
  // Media of messages; without a message: uploaded. Their ids are shown.
  `create table media (
    id integer primary key autoincrement,
    account_id integer,
    message_seq integer unique,
    status text not null,
    file text,
    sha256 text,
    size integer,
    mime text,
    width integer,
    height integer,
    name text,
    attempts integer not null default 0,
    due_at integer,
    error text,
    created_at integer not null
  ) strict`,
  // What is to be fetched, the newest first.
  `create index media_pending on media (account_id, id) where status = 'PENDING'`,
  `create index media_file on media (account_id) where file is not null`,
  // Of messages that came before there was a store their bytes are not to be had any more.
  `insert into media (account_id, message_seq, status, created_at)
    select account_id, seq, 'UNAVAILABLE', received_at from message where json_extract(content, '$.type') = 'Media'
    order by seq`,
  `create table avatar (
    owner text not null,
    owner_id integer not null,
    account_id integer not null,
    wxid text not null,
    source_url text,
    file text,
    sha256 text,
    size integer,
    mime text,
    fetched_at integer not null,
    primary key (owner, owner_id)
  ) strict, without rowid`,
  `create index avatar_account on avatar (account_id)`,
  // Files that nothing points to any more, until they are deleted.
  `create table unused_file (file text primary key) strict, without rowid`,
  `alter table contact add column small_avatar_url text`,
  `alter table contact add column ticket text`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
