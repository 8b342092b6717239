/**
 * The first schema.
 *
 * Written as SQL text: it is history, and must not change when the table types do. Ids that are shown are AUTOINCREMENT, so that the number of something that is
 * gone is never given to something else; without it SQLite would give the newest row's number out again.
 */
import { type Kysely, sql } from 'kysely';

const statements = [
  `create table gateway (
    one integer primary key default 1 check (one = 1),
    epoch text not null,
    incarnation integer not null default 0,
    trimmed_through integer not null default 0,
    key_check text
  ) strict`,
  `create table account (
    id integer primary key autoincrement,
    name text not null,
    remark text,
    driver text not null,
    connection text not null,
    sealed_secrets text,
    callback_hash text not null unique,
    sealed_callback text not null,
    self_wxid text,
    self_name text,
    self_alias text,
    self_uid text,
    self_avatar_url text,
    state text not null,
    state_reason text,
    state_since integer not null,
    qr_code text,
    wanted integer not null default 0,
    default_receiver text,
    interval_ms integer not null,
    jitter_ms integer not null,
    per_day integer,
    paused integer not null,
    sync_state text not null default 'NEVER',
    sync_done integer not null default 0,
    sync_total integer,
    sync_error text,
    sync_finished_at integer,
    friends integer not null default 0,
    chat_rooms integer not null default 0,
    official_accounts integer not null default 0,
    others integer not null default 0,
    synced text not null default '{}',
    last_message_at integer,
    created_at integer not null,
    deleted_at integer,
    deleted_seq integer
  ) strict`,
  // What every list and the log leave out; a handful of rows.
  `create index account_deleted on account (id, deleted_seq) where deleted_at is not null`,
  `create table account_group (
    id integer primary key autoincrement,
    name text not null,
    created_at integer not null
  ) strict`,
  `create table account_group_member (
    group_id integer not null references account_group (id) on delete cascade,
    account_id integer not null references account (id),
    position integer not null,
    primary key (group_id, account_id)
  ) strict, without rowid`,
  `create index account_group_member_account on account_group_member (account_id)`,
  // Dedupe is a table of its own: it outlives the messages, and they may be partitioned by seq.
  `create table message_key (
    account_id integer not null,
    key text not null,
    seq integer not null,
    richness real not null,
    updated_seq integer,
    primary key (account_id, key)
  ) strict, without rowid`,
  `create table message (
    seq integer primary key,
    account_id integer not null,
    chat_id integer not null,
    direction text not null,
    kind text not null,
    sender_wxid text not null,
    sender_name text,
    sender_display_name text,
    text text not null,
    content text not null,
    mentions text not null,
    mentions_me integer not null,
    upstream_id text,
    sent_at integer not null,
    received_at integer not null,
    duplicates integer not null default 0,
    revoked integer not null default 0,
    send_id integer
  ) strict`,
  `create index message_account on message (account_id, seq)`,
  `create index message_chat on message (chat_id, seq)`,
  // Echoes, revokes and quotes name a message by the upstream's id.
  `create index message_upstream on message (account_id, upstream_id) where upstream_id is not null`,
  `create table message_raw (seq integer primary key, raw text not null) strict`,
  `create table journal (
    seq integer primary key autoincrement,
    kind text not null,
    account_id integer,
    chat_id integer,
    ref integer,
    data text,
    at integer not null
  ) strict`,
  `create table job (
    id integer primary key autoincrement,
    created_at integer not null,
    seq integer not null
  ) strict`,
  `create table outbox (
    id integer primary key autoincrement,
    job_id integer not null references job (id),
    account_id integer not null references account (id),
    receiver text not null,
    receiver_contact_id integer,
    type text not null,
    content text not null,
    mentions text not null,
    status text not null,
    confirmed_by text,
    error_code text,
    error_message text,
    attempts integer not null default 0,
    response_time_ms real,
    upstream_id text,
    reference text,
    message_seq integer,
    resend_of integer,
    day text not null,
    created_at integer not null,
    send_at integer,
    expires_at integer,
    not_before integer,
    dispatched_at integer,
    settled_at integer,
    owner_epoch integer,
    cursor integer not null default 0
  ) strict`,
  `create index outbox_account on outbox (account_id, id)`,
  `create index outbox_job on outbox (job_id, id)`,
  // The lane's work, in order.
  `create index outbox_queued on outbox (account_id, id) where status = 'QUEUED'`,
  `create index outbox_later on outbox (account_id, send_at) where status = 'QUEUED' and send_at is not null`,
  `create index outbox_expires on outbox (expires_at) where status = 'QUEUED' and expires_at is not null`,
  // What has an outcome that is not known: for take-over, twins, the reconcile window and echoes.
  `create index outbox_open on outbox (account_id, dispatched_at)
    where status in ('DISPATCHING', 'UNKNOWN', 'UNRESOLVED')`,
  `create index outbox_unknown on outbox (dispatched_at) where status = 'UNKNOWN'`,
  // Sent by the upstream's word, the echo still to come.
  `create index outbox_unlinked on outbox (account_id, dispatched_at) where status = 'SENT' and message_seq is null`,
  `create index outbox_upstream on outbox (account_id, upstream_id) where upstream_id is not null`,
  `create table idempotency (
    scope text not null,
    operation text not null,
    key text not null,
    hash text not null,
    job_id integer not null references job (id),
    expires_at integer not null,
    primary key (scope, operation, key)
  ) strict, without rowid`,
  `create index idempotency_expires on idempotency (expires_at)`,
  `create table node (id text primary key, incarnation integer not null, started_at integer not null) strict`,
  `create table owner (
    lane text primary key,
    account_id integer not null unique references account (id),
    node_id text,
    incarnation integer,
    epoch integer not null default 0,
    next_send_at integer not null default 0,
    sent_today integer not null default 0,
    sent_day text
  ) strict`,
  `create table contact (
    id integer primary key autoincrement,
    account_id integer not null references account (id),
    kind text not null,
    wxid text not null,
    name text not null,
    remark text,
    shown_name text,
    display_name text not null,
    alias text,
    sex text not null,
    signature text,
    country text,
    province text,
    city text,
    labels text not null,
    avatar_url text,
    pinned integer,
    member_count integer,
    owner_wxid text,
    listed integer not null,
    unique (account_id, wxid)
  ) strict`,
  `create index contact_display_name on contact (account_id, display_name, id) where listed = 1`,
  `create index contact_name on contact (account_id, name) where listed = 1`,
  `create index contact_alias on contact (account_id, alias) where alias is not null`,
  `create table member (
    id integer primary key autoincrement,
    room_id integer not null references contact (id),
    account_id integer not null,
    wxid text not null,
    name text not null,
    display_name text not null,
    avatar_url text,
    is_owner integer not null,
    present integer not null,
    position integer not null,
    unique (room_id, wxid)
  ) strict`,
  `create index member_position on member (room_id, position, id) where present = 1`,
  `create index member_account on member (account_id, wxid)`,
  `create table chat (
    id integer primary key autoincrement,
    account_id integer not null references account (id),
    contact_id integer not null unique references contact (id),
    last_message_seq integer,
    unread_count integer not null default 0,
    unread_mentions integer not null default 0,
    read_seq integer not null default 0,
    updated_at integer not null
  ) strict`,
  `create index chat_newest on chat (account_id, last_message_seq, id)`,
  `create index chat_unread on chat (account_id, unread_count) where unread_count > 0`,
  `create table token (
    id integer primary key autoincrement,
    name text not null,
    hash text not null,
    scope text not null,
    account_ids text,
    created_at integer not null,
    last_used_at integer,
    expires_at integer,
    revoked_at integer
  ) strict`,
  `create unique index token_hash on token (hash) where revoked_at is null`,
  `create table session (
    id integer primary key autoincrement,
    hash text not null unique,
    scope text not null,
    expires_at integer not null
  ) strict`,
  `create table login_link (hash text primary key, scope text not null, expires_at integer not null) strict`,
  `create table day_count (
    day text not null,
    account_id integer not null references account (id),
    total integer not null default 0,
    success integer not null default 0,
    failed integer not null default 0,
    unknown integer not null default 0,
    dropped integer not null default 0,
    received integer not null default 0,
    primary key (day, account_id)
  ) strict, without rowid`,
  `create index day_count_account on day_count (account_id, success)`,
  `create table quarantine (
    id integer primary key autoincrement,
    account_id integer not null,
    at integer not null,
    body text not null,
    reason text not null
  ) strict`,
  `create table skipped_count (
    account_id integer not null,
    what text not null,
    count integer not null,
    last_at integer not null,
    primary key (account_id, what)
  ) strict, without rowid`,
];

/** Makes all tables and the gateway's row. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
  await sql`insert into gateway (epoch) values (lower(hex(randomblob(8))))`.execute(db);
}
