/**
 * The tables as Kysely sees them. Names are snake_case and the same on every engine; words are those of `words.ts`,
 * ids of WeChat are text, times are epoch milliseconds, flags are 0 or 1, and lists and records are JSON text.
 */
import type { Generated } from 'kysely';
import type {
  ClientState,
  Confirmation,
  ContactKind,
  DeliveryStatus,
  Direction,
  DriverKind,
  ErrorCode,
  MediaStatus,
  MessageKind,
  Millis,
  PchookDialect,
  Scope,
  SendStatus,
  SendType,
  Sex,
  SyncState,
  WebhookFormat,
} from '../../words.ts';
import type { AvatarOwner, Seq, StoredEvent } from '../model.ts';

export type Flag = 0 | 1;
/** JSON text. */
type Json = string;

/** The gateway itself: one row. */
export type GatewayTable = {
  /** Always 1. */
  one: Generated<number>;
  /** Random text that says which database a cursor belongs to. */
  epoch: string;
  /** How many times a gateway has been started on this database. */
  incarnation: Generated<number>;
  /** The newest position that retention has taken away; 0 before the first time. */
  trimmed_through: Generated<Seq>;
  /** Something that was sealed with the key file, to tell a wrong key at start. */
  key_check: string | null;
  /** Position of the last ACCOUNT_CHANGED; 0 before the first one of this version. */
  accounts_changed: Generated<Seq>;
};

/** Which messages are known already: outlives the messages themselves. */
export type MessageKeyTable = {
  account_id: number;
  /** The upstream's id, or a hash where there is none. */
  key: string;
  /** The message. */
  seq: Seq;
  /** How much the copy that is kept tells. */
  richness: number;
  /** The event of the last richer copy. */
  updated_seq: Seq | null;
};

/** One WeChat message. No foreign key points here and nothing is unique without `seq`, so that it can be partitioned. */
export type MessageTable = {
  /** Position of its MESSAGE_RECEIVED in the journal. */
  seq: Seq;
  account_id: number;
  chat_id: number;
  direction: Direction;
  kind: MessageKind;
  sender_wxid: string;
  sender_name: string | null;
  sender_display_name: string | null;
  /** What a person would read. */
  text: string;
  /** What it is made of, as JSON; empty where that is its text and nothing else. */
  content: string;
  /** wxids. */
  mentions: Json;
  mentions_me: Flag;
  upstream_id: string | null;
  /** The upstream's time. */
  sent_at: Millis;
  received_at: Millis;
  /** How many more times it was delivered. */
  duplicates: Generated<number>;
  revoked: Generated<Flag>;
  /** The line of the outbox that it is the echo of. */
  send_id: number | null;
};

/** The upstream's whole body of a message: apart, so that scans and updates of messages do not carry it along. */
export type MessageRawTable = { seq: Seq; raw: string };

/** What happened, in one order. */
export type JournalTable = {
  seq: Generated<Seq>;
  kind: StoredEvent['type'];
  account_id: number | null;
  chat_id: number | null;
  /** The id of what it is about, by kind; null for MESSAGE_RECEIVED, which is about the message of its own `seq`. */
  ref: number | null;
  /** What must be told as it was then. */
  data: Json | null;
  at: Millis;
};

/** One `send`. */
export type JobTable = {
  id: Generated<number>;
  created_at: Millis;
  /** Position at which it was accepted. */
  seq: Seq;
};

/** One line of a job: from one account to one receiver. */
export type OutboxTable = {
  id: Generated<number>;
  job_id: number;
  account_id: number;
  /** As it was given or by default. */
  receiver: string;
  receiver_contact_id: number | null;
  type: SendType;
  content: Json;
  mentions: Json;
  status: SendStatus;
  confirmed_by: Confirmation | null;
  error_code: ErrorCode | null;
  error_message: string | null;
  attempts: Generated<number>;
  response_time_ms: number | null;
  upstream_id: string | null;
  /** All that the upstream told. */
  reference: string | null;
  /** Its echo. */
  message_seq: Seq | null;
  resend_of: number | null;
  /** The day of acceptance, under which it is counted. */
  day: string;
  created_at: Millis;
  send_at: Millis | null;
  expires_at: Millis | null;
  /** Not to be tried again before this time. */
  not_before: Millis | null;
  dispatched_at: Millis | null;
  settled_at: Millis | null;
  /** Epoch of the lane that took it last. */
  owner_epoch: number | null;
  /** Position of its latest change. */
  cursor: Generated<Seq>;
};

/** Answers of requests that must not be done twice. */
export type IdempotencyTable = {
  /** Who asked. */
  scope: string;
  operation: string;
  key: string;
  /** Of the whole input. */
  hash: string;
  job_id: number;
  expires_at: Millis;
};

/** The last start of each gateway process by name. */
export type NodeTable = { id: string; incarnation: number; started_at: Millis };

/** Who runs a lane, and what pacing must remember over restarts. */
export type OwnerTable = {
  /** `account:00001`. */
  lane: string;
  account_id: number;
  /** Null: nobody. */
  node_id: string | null;
  /** The start of that node. */
  incarnation: number | null;
  /** Grows with every claim. */
  epoch: Generated<number>;
  next_send_at: Generated<Millis>;
  /** Sends dispatched on `sent_day`. */
  sent_today: Generated<number>;
  sent_day: string | null;
};

/** An account that the gateway drives. Its row stays when it is deleted, so that its id is never used again. */
export type AccountTable = {
  id: Generated<number>;
  name: string;
  remark: string | null;
  driver: DriverKind;
  /** Without secrets. */
  connection: Json;
  /** Encrypted. */
  sealed_secrets: string | null;
  /** SHA-256, hex. */
  callback_hash: string;
  /** Encrypted. */
  sealed_callback: string;
  self_wxid: string | null;
  self_name: string | null;
  self_alias: string | null;
  self_uid: string | null;
  self_avatar_url: string | null;
  state: ClientState;
  state_reason: string | null;
  state_since: Millis;
  qr_code: Json | null;
  /** Started and not stopped. */
  wanted: Generated<Flag>;
  default_receiver: string | null;
  interval_ms: number;
  jitter_ms: number;
  per_day: number | null;
  paused: Flag;
  sync_state: Generated<SyncState>;
  sync_done: Generated<number>;
  sync_total: number | null;
  sync_error: string | null;
  sync_finished_at: Millis | null;
  friends: Generated<number>;
  chat_rooms: Generated<number>;
  official_accounts: Generated<number>;
  others: Generated<number>;
  /** By kind of contact that was fetched whole: the account's own wxid at that time. */
  synced: Generated<Json>;
  last_message_at: Millis | null;
  created_at: Millis;
  /** Which dialect of the PC hook it is served in; null: as its driver has it. */
  hook_dialect: PchookDialect | null;
  deleted_at: Millis | null;
  /** Position of its ACCOUNT_CHANGED DELETED: the only event of it that is still told. */
  deleted_seq: Seq | null;
};

/** A named set of accounts. */
export type AccountGroupTable = { id: Generated<number>; name: string; created_at: Millis };

/** Members of groups, in the order of `position`. */
export type AccountGroupMemberTable = { group_id: number; account_id: number; position: number };

/** Someone or somewhere that an account can write to. */
export type ContactTable = {
  id: Generated<number>;
  account_id: number;
  kind: ContactKind;
  wxid: string;
  /** Empty while it is not known. */
  name: string;
  remark: string | null;
  /** What the upstream shows, where that is more than remark or name. */
  shown_name: string | null;
  /** Remark, else shown name, else name, else wxid; lists are in its order. */
  display_name: string;
  alias: string | null;
  sex: Sex;
  signature: string | null;
  country: string | null;
  province: string | null;
  city: string | null;
  labels: Json;
  avatar_url: string | null;
  small_avatar_url: string | null;
  /** What the upstream wants back to make friends with it. */
  ticket: string | null;
  pinned: Flag | null;
  /** Null while the members of a chat room are not known. */
  member_count: number | null;
  owner_wxid: string | null;
  /** In the contact list now. */
  listed: Flag;
};

/** Someone in a chat room, or who was. */
export type MemberTable = {
  id: Generated<number>;
  room_id: number;
  account_id: number;
  wxid: string;
  name: string;
  display_name: string;
  avatar_url: string | null;
  is_owner: Flag;
  present: Flag;
  /** The upstream's order. */
  position: number;
};

/** A conversation with a contact. */
export type ChatTable = {
  id: Generated<number>;
  account_id: number;
  contact_id: number;
  last_message_seq: Seq | null;
  unread_count: Generated<number>;
  unread_mentions: Generated<number>;
  /** Everything up to here is read. */
  read_seq: Generated<Seq>;
  updated_at: Millis;
};

/** A key to the API; only its hash is kept. */
export type TokenTable = {
  id: Generated<number>;
  name: string;
  hash: string;
  scope: Scope;
  /** Null: every account. */
  account_ids: Json | null;
  created_at: Millis;
  last_used_at: Millis | null;
  expires_at: Millis | null;
  revoked_at: Millis | null;
};

/** A browser that is signed in. */
export type SessionTable = {
  id: Generated<number>;
  hash: string;
  /** Of a session by a link; one by a token has the token's. */
  scope: Scope;
  expires_at: Millis;
  /** The token that it was opened with; null: a link. */
  token_id: number | null;
};

/** A link that signs in once. */
export type LoginLinkTable = { hash: string; scope: Scope; expires_at: Millis };

/** Counts of one day and account. `total` is the sum of the outcomes and of what is pending. */
export type DayCountTable = {
  day: string;
  account_id: number;
  total: Generated<number>;
  success: Generated<number>;
  failed: Generated<number>;
  unknown: Generated<number>;
  dropped: Generated<number>;
  received: Generated<number>;
};

/** Bodies that could not be read. */
export type QuarantineTable = { id: Generated<number>; account_id: number; at: Millis; body: string; reason: string };

/** What upstreams told and means nothing to us. */
export type SkippedCountTable = { account_id: number; what: string; count: number; last_at: Millis };

/** A message that an upstream tells in two posts, as long as one of them is missing. */
export type RestTable = {
  id: Generated<number>;
  account_id: number;
  /** When it came. */
  at: Millis;
  /** The upstream's time. */
  sent_at: Millis;
  /** What kinds of message it may be; a JSON list. */
  kinds: string;
  peer_wxid: string | null;
  /** The message, where its id is what is missing. */
  seq: Seq | null;
  /** The id, where the message is what is missing. */
  upstream_id: string | null;
  /** All that was told of that message, as JSON. */
  rest: string | null;
};

/** A message of which it was told that it was taken back, and that is not there yet. */
export type EarlyRevokeTable = { account_id: number; upstream_id: string };

/** An hour in which messages of an account came in; kept for two weeks. */
export type HeardHourTable = {
  account_id: number;
  /** Hours since 1970. */
  hour: number;
};

/** Media of messages, and what was uploaded. */
export type MediaTable = {
  id: Generated<number>;
  /** Null: uploaded. */
  account_id: number | null;
  /** Null: uploaded. */
  message_seq: Seq | null;
  status: MediaStatus;
  /** In the media store; null until READY, as all facts of it are. */
  file: string | null;
  sha256: string | null;
  size: number | null;
  mime: string | null;
  width: number | null;
  height: number | null;
  /** As it was told when the bytes were fetched. */
  name: string | null;
  /** How many times fetching them has failed. */
  attempts: Generated<number>;
  /** Of PENDING: when they are to be fetched. */
  due_at: Millis | null;
  /** What came of the last attempt. */
  error: string | null;
  created_at: Millis;
  /** Of an upload: the token by which it came; null: a browser's session. */
  token_id: number | null;
  /** Of an upload that no line of the outbox has: when it is forgotten. */
  expires_at: Millis | null;
};

/** By which id the upstream of an account took media, so that it can send them again without their bytes. */
export type SentMediaTable = {
  account_id: number;
  media_id: number;
  upstream_media_id: string;
  /** Who the account was then: an id is of one login. */
  wxid: string | null;
  told_at: Millis;
};

/** Pictures of people and chat rooms. */
export type AvatarTable = {
  owner: AvatarOwner['of'];
  owner_id: number;
  account_id: number;
  /** Whose it was, and where it lay, when it was fetched. */
  wxid: string;
  source_url: string | null;
  /** In the media store; null: there was none. */
  file: string | null;
  sha256: string | null;
  size: number | null;
  mime: string | null;
  fetched_at: Millis;
};

/** Files of the media store that nothing points to any more. */
export type UnusedFileTable = { file: string };

/** Which messages have which term: an index of FTS5, which is written to and searched and gives nothing back but rowids. */
export type MessageTermTable = {
  /** The message's `seq`. */
  rowid: number;
  /** All terms of the row, with spaces between them. */
  terms: string;
  /** What is searched or, in an insertion, a command. */
  message_term: string;
};

/** Up to where a client that fetches its events has got. */
export type ReaderTable = {
  token_id: number;
  account_id: number;
  /** The client's own, where one token has several. */
  name: string;
  seq: Seq;
  moved_at: Millis;
};

/** A stretch of 32 days in which messages were sent. */
export type MessageSpanTable = { span: number };

/** Which lines of the outbox have which term. */
export type SendTermTable = { rowid: number; terms: string; send_term: string };

/** Which lines of the outbox were accepted on a day. */
export type OutboxDayTable = {
  /** Days since 1970, in UTC. */
  day: number;
  first_id: number;
  last_id: number;
};

/** Where events are posted to. */
export type WebhookTable = {
  id: Generated<number>;
  /** Null: it is the administrators'. */
  token_id: number | null;
  /** Of one that a token set for itself: its format and account, of which each token has one. */
  callback_key: string | null;
  url: string;
  format: WebhookFormat;
  /** Lists; null: all. */
  types: Json | null;
  account_ids: Json | null;
  /** Names of events of the old system; null: those that it posts by default. */
  events: Json | null;
  media_data: Flag;
  allow_reply: Flag;
  poll_url: string | null;
  enabled: Flag;
  failing: Generated<Flag>;
  last_error: string | null;
  /** What its secrets are sealed for. */
  secret_name: string;
  /** A list of secrets, sealed, the newest first. */
  secrets: Json;
  /** Everything up to here has its delivery. */
  cursor: Seq;
  created_at: Millis;
};

/** What is or was posted to a webhook: a row a body. */
export type DeliveryTable = {
  id: Generated<number>;
  webhook_id: number;
  /** The event. */
  seq: Seq;
  message_id: string;
  /** Null: of no account, or the news that one was deleted. */
  account_id: number | null;
  /** Null once it is not posted any more. */
  body: string | null;
  status: DeliveryStatus;
  attempts: Generated<number>;
  response_status: number | null;
  error: string | null;
  created_at: Millis;
  /** Of FAILED. */
  next_attempt_at: Millis | null;
};

export type Tables = {
  gateway: GatewayTable;
  message_key: MessageKeyTable;
  message: MessageTable;
  message_raw: MessageRawTable;
  journal: JournalTable;
  job: JobTable;
  outbox: OutboxTable;
  idempotency: IdempotencyTable;
  node: NodeTable;
  owner: OwnerTable;
  account: AccountTable;
  account_group: AccountGroupTable;
  account_group_member: AccountGroupMemberTable;
  contact: ContactTable;
  member: MemberTable;
  chat: ChatTable;
  token: TokenTable;
  session: SessionTable;
  login_link: LoginLinkTable;
  day_count: DayCountTable;
  quarantine: QuarantineTable;
  skipped_count: SkippedCountTable;
  rest: RestTable;
  early_revoke: EarlyRevokeTable;
  heard_hour: HeardHourTable;
  media: MediaTable;
  sent_media: SentMediaTable;
  avatar: AvatarTable;
  unused_file: UnusedFileTable;
  message_term: MessageTermTable;
  message_span: MessageSpanTable;
  send_term: SendTermTable;
  outbox_day: OutboxDayTable;
  webhook: WebhookTable;
  delivery: DeliveryTable;
  reader: ReaderTable;
};
