import { type Kysely, sql } from 'kysely';

/** Media that were uploaded to be sent, and by which id upstreams send again what they took. */
const statements = [
  `alter table media add column token_id integer`,
  `alter table media add column expires_at integer`,
  // What a token has already, by its bytes.
  `create index media_upload on media (sha256) where message_seq is null`,
  `create index media_expiring on media (expires_at) where expires_at is not null`,
  // Lines that carry media.
  `create index outbox_media on outbox (json_extract(content, '$.mediaId')) where type <> 'TEXT'`,
  `create table sent_media (
    account_id integer not null,
    media_id integer not null,
    upstream_media_id text not null,
    wxid text,
    told_at integer not null,
    primary key (account_id, media_id)
  ) strict, without rowid`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
