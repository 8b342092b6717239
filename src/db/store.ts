/**
 * The store: everything that the gateway remembers.
 *
 * Each function is one atomic step of a use case and writes its own events; no transaction crosses this interface. All are
 * asynchronous, also where the engine is not, so that a second engine fits. Nothing here relies on being told: readers go
 * by position, and the doorbell (`rung`) may miss or repeat.
 *
 * Errors: `StoreError` with NOT_FOUND, CONFLICT, or UNAVAILABLE (disk full, locked, corrupt: nothing was written, try again later).
 */
import type {
  ClientState,
  ContactChange,
  ContactKind,
  DeliveryStatus,
  Direction,
  DriverKind,
  ErrorCode,
  MediaFacts,
  MessageContent,
  MessageKind,
  Millis,
  PchookDialect,
  QrCode,
  Scope,
  SendContent,
  SendStatus,
  SendType,
  Sex,
  StoredFile,
  WebhookFormat,
} from '../words.ts';
import type {
  Account,
  AccountCounts,
  ApiToken,
  Avatar,
  AvatarOwner,
  BrowserSession,
  Chat,
  ChatRoomMember,
  Contact,
  ContactSync,
  DayCounts,
  Group,
  Media,
  Message,
  Pacing,
  Self,
  SendJob,
  SendLog,
  Seq,
  StoredEvent,
  StoredMedia,
  Webhook,
  WebhookDelivery,
  WebhookSecret,
} from './model.ts';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: 'NOT_FOUND' | 'CONFLICT' | 'UNAVAILABLE';

  constructor(code: StoreError['code'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export interface Store {
  // ── the event log ──────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Everything that upstreams told in one batch, in one commit: messages are inserted or merged, echoes settle their sends,
   * contacts and states change, events are appended, counts rolled up. Answers are in the order of the batch. Running the
   * same batch again changes nothing but `duplicates`. A file of bytes that nothing needs, as those of a copy, is unused then.
   */
  receive(batch: readonly Incoming[]): Promise<Received[]>;
  /** Events later than `after`, oldest first, of every type and account. */
  read(after: Seq, limit: number): Promise<StoredEvent[]>;
  /** `oldest` is the earliest position from which reading on misses nothing; `newest` is the last event's position. */
  bounds(): Promise<{ epoch: string; oldest: Seq; newest: Seq }>;
  /** The doorbell: yields after something was appended. May miss, may repeat; ends when `signal` aborts. */
  rung(signal: AbortSignal): AsyncIterable<void>;
  /** Forgets up to `limit` events older than `before` and answers how many; messages and dedupe keys stay. */
  trim(before: Millis, limit: number): Promise<number>;
  /** This reader has everything up to `seq`; never back. Of one token the 20 of an account that moved last are kept. */
  moveReader(reader: Reader, seq: Seq, now: Millis): Promise<void>;

  // ── sending ────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * All lines of a job, durably, before `send` is answered. Lines may be FAILED from the start (NO_RECEIVER). Uploads that they
   * carry are kept from now on; NOT_FOUND for media that are gone.
   */
  accept(job: NewJob): Promise<Accepted>;
  /**
   * The next line of the lane's account that may go out now, already DISPATCHING when this returns: compare-and-set,
   * fenced by the lane's epoch, pacing included (`random` 0..1 chooses the jitter). Otherwise when to ask again at the latest
   * (null: only when something changes). Lines to one receiver go in order of acceptance; a line like one whose outcome
   * is UNKNOWN (same receiver and content) waits, and the later ones to that receiver with it. Nothing goes while the account is
   * paused or not RUNNING.
   *
   * `sinceLastMs`: how long ago the lane's last line was taken, by a clock that nobody sets; null where that is not known. With
   * it the pacing holds also when `now` jumps ahead.
   */
  take(
    lane: Lane,
    now: Millis,
    random: number,
    sinceLastMs?: Millis | null,
  ): Promise<{ send: SendLog } | { askAgainAt: Millis | null }>;
  /** The end of an attempt. False: someone settled it already, or the line is not this lane's. */
  settle(sendId: number, lane: Lane, outcome: Outcome): Promise<boolean>;
  /** QUEUED → CANCELLED. CONFLICT for any other status. */
  cancel(sendId: number, now: Millis): Promise<SendLog>;
  /** All lines of a job that are QUEUED, of these accounts (null: all) → CANCELLED. The position of the last change, or of the log's end. */
  cancelJob(jobId: number, accountIds: readonly number[] | null, now: Millis): Promise<{ seq: Seq }>;
  /** Due QUEUED lines → EXPIRED; UNKNOWN ones dispatched before `unresolvedBefore` → UNRESOLVED. Answers how many changed. */
  expire(now: Millis, unresolvedBefore: Millis): Promise<number>;

  // ── who runs what ──────────────────────────────────────────────────────────────────────────────────────────

  /** A start of the gateway: a new incarnation. */
  join(node: { name: string; now: Millis }): Promise<Node>;
  /** Whether the node may go on. */
  renew(node: Node): Promise<boolean>;
  /**
   * Lanes of accounts that are wanted and not held by this node yet, each with a new epoch. What an older epoch left
   * DISPATCHING is UNKNOWN when this returns, with its events.
   */
  claim(node: Node, want: number): Promise<Lane[]>;
  release(lanes: readonly Lane[]): Promise<void>;

  // ── accounts and groups ────────────────────────────────────────────────────────────────────────────────────

  createAccount(input: NewAccount): Promise<Changed<Account>>;
  updateAccount(id: number, change: AccountUpdate, now: Millis): Promise<Changed<Account>>;
  /** Started or stopped by its user. Stopping sets the state STOPPED in the same step. */
  wantAccount(id: number, wanted: boolean, state: StateChange): Promise<Changed<Account>>;
  /** Queued sends CANCELLED, then the account with all that is its own gone from every answer. */
  deleteAccount(id: number, now: Millis): Promise<{ seq: Seq }>;
  /**
   * A transition; no event where state, reason and QR code are the same already. False: the account is gone or, where a lane
   * speaks, the lane was lost or the account is stopped.
   */
  setState(accountId: number, change: StateChange, lane?: Lane): Promise<boolean>;
  createGroup(input: { name: string; accountIds: readonly number[]; now: Millis }): Promise<Changed<Group>>;
  /** `accountIds` replaces the members. NOT_FOUND for an unknown account. */
  updateGroup(
    id: number,
    change: { name?: string; accountIds?: readonly number[] },
    now: Millis,
  ): Promise<Changed<Group>>;
  changeGroupMembers(
    id: number,
    change: { add?: readonly number[]; remove?: readonly number[] },
    now: Millis,
  ): Promise<Changed<Group>>;
  deleteGroup(id: number, now: Millis): Promise<{ seq: Seq }>;

  // ── contacts and chats ─────────────────────────────────────────────────────────────────────────────────────

  /** Progress of a running fetch (no event), or that it failed (an event). */
  syncProgress(
    accountId: number,
    progress: { done: number; total: number | null } | { error: string },
    now: Millis,
  ): Promise<void>;
  /** All contacts of these kinds at the end of a fetch: compares, writes CONTACT_CHANGED for each difference and CONTACTS_SYNCED. */
  saveContacts(
    accountId: number,
    contacts: readonly NewContact[],
    kinds: readonly ContactKind[],
    now: Millis,
  ): Promise<ContactSync>;
  /** Everything up to `upTo` (inclusive; null: all) is read. CHAT_UPDATED where the counts changed. */
  markRead(chatId: number, upTo: Seq | null, now: Millis): Promise<Changed<Chat>>;
  /** One contact that is in the account's list from now on, as its upstream tells it. CONTACT_CHANGED ADDED where it was not. */
  addContact(accountId: number, contact: NewContact, now: Millis): Promise<Changed<Contact>>;
  /**
   * What is different of a contact from now on, as the account itself changed it or looked again; whether it is in the list stays.
   * CONTACT_CHANGED for it and, where they were known, for each of its members.
   */
  changeContact(id: number, edit: ContactEdit, now: Millis): Promise<Changed<Contact>>;
  /** These have left the chat room: MEMBER_LEFT for each that was there, or that nobody knew. */
  removeMembers(roomId: number, wxids: readonly string[], now: Millis): Promise<Changed<Contact>>;
  /** The message was taken back: MESSAGE_UPDATED, once, whoever tells it first. */
  markRevoked(seq: Seq, now: Millis): Promise<Changed<Message>>;

  // ── media ──────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * The end of an attempt to get the bytes of PENDING media: MESSAGE_UPDATED, but for one that is to be tried again. False: they
   * are PENDING no more; a file that came is unused.
   */
  settleMedia(id: number, outcome: MediaOutcome): Promise<boolean>;
  /**
   * Media that came without a message, to be sent. What the same token has under the same name with the same bytes already is
   * answered instead, and the file that came is unused. Until a line of the outbox has them they are forgotten at `expiresAt`.
   */
  addUpload(upload: NewUpload): Promise<StoredMedia>;
  /** Uploads that no line has and whose time is over are forgotten, their files unused; at most `limit`. Answers how many. */
  expireUploads(now: Millis, limit: number): Promise<number>;
  /** The picture of its owner from now on; the file of the one before is unused. */
  saveAvatar(avatar: Avatar): Promise<void>;
  /** These unused files were deleted. */
  forgetFiles(files: readonly string[]): Promise<void>;

  // ── events going out ───────────────────────────────────────────────────────────────────────────────────────

  /** A webhook that is told of everything from now on. CONFLICT where there are `most` already. */
  createWebhook(input: NewWebhook, most: number): Promise<Changed<Webhook>>;
  updateWebhook(id: number, change: WebhookUpdate, now: Millis): Promise<Changed<Webhook>>;
  /** The one webhook that this token has for this format and account: made, changed or, with null, deleted. Null: there is none. */
  putCallback(of: CallbackOwner, to: CallbackTarget | null, most: number): Promise<Changed<Webhook> | null>;
  /** With its deliveries. */
  deleteWebhook(id: number, now: Millis): Promise<{ seq: Seq }>;
  /** Everything later than `after` is delivered again; what waits to be delivered of it is taken back, as it comes anyway. */
  replayWebhook(id: number, after: Seq, now: Millis): Promise<Changed<Webhook>>;
  /**
   * What is posted of the events between two positions, PENDING. False: the webhook is gone, was disabled, or stands elsewhere by now;
   * nothing was written. Bodies of accounts that are gone are left out.
   */
  planDeliveries(plan: DeliveryPlan): Promise<boolean>;
  /** The end of an attempt; a body that is not posted again is forgotten. False: the delivery is gone, or was settled already. */
  settleDelivery(id: number, attempt: Attempt): Promise<boolean>;
  /** A delivery that was tried once, outside of the order. */
  addDelivery(webhookId: number, delivery: NewDelivery, attempt: Attempt): Promise<void>;
  /** What is not kept of what was settled is forgotten, at most `limit`; how many. */
  forgetDeliveries(webhookId: number, keep: KeptDeliveries, limit: number): Promise<number>;

  // ── access ─────────────────────────────────────────────────────────────────────────────────────────────────

  createToken(input: NewToken): Promise<ApiToken>;
  /** The one token of this name and hash: made, or given the new hash and scope (the environment's token). */
  putToken(input: NewToken): Promise<ApiToken>;
  /** Its webhooks go with it. */
  revokeToken(id: number, now: Millis): Promise<{ seq: Seq }>;
  tokenUsed(id: number, at: Millis): Promise<void>;
  /** A link that signs in once. */
  createLoginLink(input: { hash: string; scope: Scope; expiresAt: Millis }): Promise<void>;
  /** Spends the link and opens a session; null: unknown, spent or expired. */
  openSession(input: {
    linkHash: string;
    sessionHash: string;
    expiresAt: Millis;
    now: Millis;
  }): Promise<BrowserSession | null>;
  /** Opens a session that may what this token may, for as long as the token is good. */
  openTokenSession(input: { tokenId: number; sessionHash: string; expiresAt: Millis; now: Millis }): Promise<void>;
  closeSession(sessionHash: string): Promise<void>;
  /** What proves that the key file is the right one: null at the very first start. */
  keyCheck(): Promise<string | null>;
  saveKeyCheck(sealed: string): Promise<void>;

  /** Reading. No writes. */
  readonly queries: Queries;
  /** Checkpoints and closes. Later calls fail with UNAVAILABLE. */
  close(): Promise<void>;
}

// ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Lists are keyset pages: `after` is the key of the last item seen, in the list's own order. In every filter a list of ids
 * that is empty matches nothing and one that is null or absent filters nothing. Objects of deleted accounts are nowhere.
 *
 * `…Pages` reads the same page of several owners, and `…Counts` counts for them: answers are in the order of the owners, each asked for
 * once. What the filter says of such owners counts for nothing there.
 */
export interface Queries {
  accounts(filter: AccountFilter, page: Page<[id: number]>): Promise<Slice<Account>>;
  countAccounts(filter: AccountFilter): Promise<number>;
  /** In no particular order; unknown ids are left out. So for all `…ById`. */
  accountsById(ids: readonly number[]): Promise<Account[]>;
  accountByCallback(callbackHash: string): Promise<Account | null>;
  /**
   * Position of the last change of any account's settings, person or existence: while it stays, what was read of them
   * before still holds. States, counts and times of messages are no such changes.
   */
  accountsChanged(): Promise<Seq>;
  /** The hours in which messages of the account came in, as their starts, oldest first; of the last two weeks with messages. */
  heardHours(accountId: number): Promise<Millis[]>;
  /**
   * When the oldest of those sends was dispatched that the upstream took and that did not come back as a message, where sends
   * of that type did before; null: there is none. `after` is exclusive, `before` inclusive.
   */
  unechoedSince(accountId: number, dispatched: { after: Millis; before: Millis }): Promise<Millis | null>;
  /** Today is the given day in the gateway's time zone. */
  accountCounts(ids: readonly number[], now: Millis): Promise<AccountCounts[]>;

  /** Groups that hold one of `accountIds` (null: all groups), by id. */
  groups(filter: GroupFilter, page: Page<[id: number]>): Promise<Slice<Group>>;
  countGroups(filter: GroupFilter): Promise<number>;
  groupsById(ids: readonly number[]): Promise<Group[]>;

  /** By display name, then id. Listed contacts only. */
  contacts(filter: ContactFilter, page: Page<[displayName: string, id: number]>): Promise<Slice<Contact>>;
  contactPages(
    accountIds: readonly number[],
    filter: ContactFilter,
    page: Page<[displayName: string, id: number]>,
  ): Promise<Slice<Contact>[]>;
  countContacts(filter: ContactFilter): Promise<number>;
  contactCounts(accountIds: readonly number[], filter: ContactFilter): Promise<number[]>;
  contactsById(ids: readonly number[]): Promise<Contact[]>;
  contactsByWxid(keys: readonly { accountId: number; wxid: string }[]): Promise<Contact[]>;
  /**
   * For each key the listed contacts of the account with exactly this alias; if none, with exactly this display name, remark or name. At
   * most `limit`, by id.
   */
  contactsNamed(keys: readonly { accountId: number; text: string }[], limit: number): Promise<Contact[][]>;
  /** Present members in the upstream's order. */
  memberPages(
    roomIds: readonly number[],
    filter: MemberFilter,
    page: Page<[position: number, id: number]>,
  ): Promise<Slice<ChatRoomMember & { position: number }>[]>;
  memberCounts(roomIds: readonly number[], filter: MemberFilter): Promise<number[]>;
  /** Of these chat rooms the members whose they are, where that is known and they are present. */
  roomOwners(roomIds: readonly number[]): Promise<ChatRoomMember[]>;
  membersById(ids: readonly number[]): Promise<ChatRoomMember[]>;
  /** Present members with one of these texts as wxid, display name or name, by id. */
  membersNamed(roomId: number, texts: readonly string[]): Promise<ChatRoomMember[]>;
  /** The chat rooms of this account in which this person is, by id. */
  roomsOfMember(accountId: number, wxid: string): Promise<Contact[]>;

  /** The one with the newest message first. */
  chats(filter: ChatFilter, page: Page<[lastMessageSeq: number, id: number]>): Promise<Slice<Chat>>;
  chatPages(
    accountIds: readonly number[],
    filter: ChatFilter,
    page: Page<[lastMessageSeq: number, id: number]>,
  ): Promise<Slice<Chat>[]>;
  countChats(filter: ChatFilter): Promise<number>;
  chatCounts(accountIds: readonly number[], filter: ChatFilter): Promise<number[]>;
  chatsById(ids: readonly number[]): Promise<Chat[]>;
  chatsByContact(contactIds: readonly number[]): Promise<Chat[]>;

  /** In the order of the log, oldest first; `last` takes from the end, before `before`. `upTo` leaves out what is later. */
  messages(filter: MessageFilter, page: MessagePage): Promise<Slice<Message>>;
  messagePages(
    owner: 'account' | 'chat',
    ids: readonly number[],
    filter: MessageFilter,
    page: MessagePage,
  ): Promise<Slice<Message>[]>;
  messagesById(seqs: readonly Seq[]): Promise<Message[]>;
  messagesByUpstreamId(keys: readonly { accountId: number; upstreamId: string }[]): Promise<Message[]>;
  /** The upstream's whole body of each message. */
  rawBodies(seqs: readonly Seq[]): Promise<{ seq: Seq; raw: string }[]>;

  mediaById(ids: readonly number[]): Promise<Media[]>;
  /** Of each message that holds media. */
  mediaOfMessages(seqs: readonly Seq[]): Promise<Media[]>;
  /** Media of this account that are to be fetched now, newest first, at most `limit`; and when the next ones are. */
  dueMedia(accountId: number, now: Millis, limit: number): Promise<{ due: DueMedia[]; nextAt: Millis | null }>;
  /**
   * The id by which the upstream of this account took these media last, where that was at `since` or later and in the login that
   * there is now; null: not known.
   */
  sentMediaId(accountId: number, mediaId: number, since: Millis): Promise<string | null>;
  avatar(owner: AvatarOwner): Promise<Avatar | null>;
  /** Files of the media store that nothing points to any more, those of deleted accounts among them; at most `limit`. */
  unusedFiles(limit: number): Promise<string[]>;

  /** Newest first. `offset` is for the panel's API only. */
  logs(filter: LogFilter, page: LogPage & { offset?: number }): Promise<Slice<SendLog>>;
  logPages(accountIds: readonly number[], filter: LogFilter, page: LogPage): Promise<Slice<SendLog>[]>;
  /** Lines of one job, in the order of targets and receivers. */
  logsOfJob(jobId: number, filter: LogFilter, page: LogPage): Promise<Slice<SendLog>>;
  jobLogPages(jobIds: readonly number[], filter: LogFilter, page: LogPage): Promise<Slice<SendLog>[]>;
  /** By the rollup where accounts and statuses alone are asked for; else so far as 10,000. So are `logCounts` and `jobLogCounts`. */
  countLogs(filter: LogFilter): Promise<number>;
  logCounts(accountIds: readonly number[], filter: LogFilter): Promise<number[]>;
  jobLogCounts(jobIds: readonly number[], filter: LogFilter): Promise<number[]>;
  logsById(ids: readonly number[]): Promise<SendLog[]>;
  /**
   * How many sends of its account go before each QUEUED line, when it is due by the pacing (null: nobody can tell), and whether it
   * waits for the outcome of one like it to be known.
   */
  positions(
    sendIds: readonly number[],
    now: Millis,
  ): Promise<{ sendId: number; position: number; estimatedAt: Millis | null; heldByTwin: boolean }[]>;
  /** The job that this idempotency key stands for, and the hash of its input; null where it was not used or is forgotten. */
  jobByKey(
    key: { scope: string; operation: string; key: string },
    now: Millis,
  ): Promise<{ jobId: number; hash: string; seq: Seq } | null>;
  /** Counts over the lines of these accounts only (null: all). */
  jobsById(ids: readonly number[], accountIds: readonly number[] | null): Promise<SendJob[]>;

  /** Newest first, at positions up to `upTo`; for `last: n` of a subscription. `types` filters; oldest first in the answer. */
  newestEvents(filter: EventFilter, last: number, upTo: Seq): Promise<StoredEvent[]>;
  /** Events later than `after`, filtered; at most `limit`. */
  events(filter: EventFilter, after: Seq, limit: number): Promise<StoredEvent[]>;
  /** Up to where this reader has got; null for one that is new or forgotten. */
  readerPlace(reader: Reader): Promise<Seq | null>;

  /** One row a day and account with anything on it, of the days from `from` to `to`, both `YYYY-MM-DD`. */
  dayCounts(filter: { accountIds: readonly number[] | null; from: string; to: string }): Promise<DayCounts[]>;

  /** How many events of what is asked there are, each at most `most`; in the order of the asked, at most 100. */
  countLater(asked: readonly Later[], most: number): Promise<number[]>;

  webhooks(page: Page<[id: number]>): Promise<Slice<Webhook>>;
  countWebhooks(): Promise<number>;
  webhooksById(ids: readonly number[]): Promise<Webhook[]>;
  /** Newest first. */
  deliveryPages(
    webhookIds: readonly number[],
    filter: DeliveryFilter,
    page: Page<[id: number]>,
  ): Promise<Slice<WebhookDelivery>[]>;
  deliveryCounts(webhookIds: readonly number[], filter: DeliveryFilter): Promise<number[]>;
  /** The oldest PENDING one with its body. */
  nextDelivery(webhookId: number): Promise<(WebhookDelivery & { body: string }) | null>;
  /** FAILED ones whose time has come, at most `limit`, but for these; and when the next one's comes. */
  dueDeliveries(
    webhookId: number,
    now: Millis,
    limit: number,
    except: readonly number[],
  ): Promise<{ due: (WebhookDelivery & { body: string })[]; nextAt: Millis | null }>;

  tokens(page: Page<[id: number]>): Promise<Slice<ApiToken>>;
  countTokens(): Promise<number>;
  tokensById(ids: readonly number[]): Promise<ApiToken[]>;
  /** Null for unknown and revoked ones; expired ones are returned. */
  tokenByHash(hash: string): Promise<ApiToken | null>;
  sessionByHash(hash: string): Promise<BrowserSession | null>;
}

export type Page<Key> = { first: number; after?: Key | null };
export type Slice<T> = { items: T[]; hasNext: boolean; hasPrevious: boolean };
/** `wanted`: what is read of each line, its id always; all of it where this is left out. */
export type LogPage = Page<[id: number]> & { wanted?: readonly (keyof SendLog)[] };
export type MessagePage =
  { first: number; after?: Seq | null; upTo?: Seq | null } | { last: number; before?: Seq | null; upTo?: Seq | null };

type Ids = readonly number[] | null;
export type AccountFilter = {
  ids?: Ids;
  groupIds?: Ids;
  drivers?: readonly DriverKind[] | null;
  states?: readonly ClientState[] | null;
  /** RUNNING, not paused, the day's budget left, and not among `held`. */
  ready?: boolean | null;
  /** Accounts whose sends are held for a reason that the store does not know. */
  held?: readonly number[];
  wanted?: boolean | null;
  search?: string | null;
  now: Millis;
};
export type GroupFilter = { ids?: Ids; accountIds?: Ids };
export type ContactFilter = {
  accountIds?: Ids;
  kinds?: readonly ContactKind[] | null;
  wxids?: readonly string[] | null;
  labels?: readonly string[] | null;
  search?: string | null;
};
export type MemberFilter = { search?: string | null };
export type ChatFilter = {
  accountIds?: Ids;
  kinds?: readonly ContactKind[] | null;
  unreadOnly?: boolean | null;
  mentionedOnly?: boolean | null;
  search?: string | null;
};
export type MessageFilter = {
  accountIds?: Ids;
  chatIds?: Ids;
  kinds?: readonly MessageKind[] | null;
  directions?: readonly Direction[] | null;
  senderWxids?: readonly string[] | null;
  mentionsMe?: boolean | null;
  search?: string | null;
  /** Inclusive, on `sentAt`. */
  since?: Millis | null;
  /** Exclusive, on `sentAt`. */
  until?: Millis | null;
};
export type LogFilter = {
  accountIds?: Ids;
  jobIds?: Ids;
  statuses?: readonly SendStatus[] | null;
  types?: readonly SendType[] | null;
  receivers?: readonly string[] | null;
  search?: string | null;
  /** Inclusive, on `createdAt`. */
  since?: Millis | null;
  /** Exclusive, on `createdAt`. */
  until?: Millis | null;
};
/** What passes a filter and is later than a position, without what is told of this webhook itself. */
export type Later = { filter: Pick<EventFilter, 'types' | 'accountIds'>; after: Seq; webhookId: number };
export type DeliveryFilter = { statuses?: readonly DeliveryStatus[] | null };
export type EventFilter = { types?: readonly StoredEvent['type'][] | null; accountIds?: Ids; chatIds?: Ids };

// ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────

/** The object after the change, and the position of the event that tells of it (the newest position where nothing changed). */
export type Changed<T> = { object: T; seq: Seq };

export type NewAccount = {
  name: string;
  remark: string | null;
  driver: DriverKind;
  connection: Account['connection'];
  sealedSecrets: string | null;
  callbackHash: string;
  sealedCallback: string;
  defaultReceiver: string | null;
  pacing: Pacing;
  now: Millis;
};
export type AccountUpdate = {
  name?: string;
  remark?: string | null;
  connection?: { connection: Account['connection']; sealedSecrets: string | null };
  defaultReceiver?: string | null;
  pacing?: Pacing;
  hookDialect?: PchookDialect | null;
};
/** `keep`: the QR code that is there stays while the state is SCANNING already, and is null otherwise. */
export type StateChange = { state: ClientState; reason: string | null; qrCode: QrCode | 'keep' | null; now: Millis };

export type NewContact = {
  wxid: string;
  kind: ContactKind;
  name?: string;
  remark?: string | null;
  displayName?: string;
  alias?: string | null;
  sex?: Sex;
  signature?: string | null;
  country?: string | null;
  province?: string | null;
  city?: string | null;
  labels?: readonly string[];
  avatarUrl?: string | null;
  smallAvatarUrl?: string | null;
  ticket?: string | null;
  pinned?: boolean;
  ownerWxid?: string | null;
  members?: readonly NewMember[];
};
export type ContactEdit = Partial<Omit<NewContact, 'wxid' | 'kind'>>;
export type NewMember = {
  wxid: string;
  name: string;
  displayName?: string;
  avatarUrl?: string | null;
  isOwner?: boolean;
};

export type NewMessage = {
  /** What makes it the same message again: the upstream's id, or a hash where there is none. */
  key: string;
  upstreamId: string | null;
  /** Created where it is not known; never changes what a full fetch has told, beyond filling what is empty. */
  peer: NewContact;
  sender: { wxid: string; name: string | null; displayName: string | null };
  direction: Direction;
  kind: MessageKind;
  text: string;
  content: MessageContent;
  mentions: readonly string[];
  mentionsMe: boolean;
  sentAt: Millis;
  /** 0: it only announces a message that comes, whole and with another id, as `announcedAs` this one. */
  richness: number;
  announcedAs?: string;
  raw: string;
  /** What its upstream tells in a later post, as a rest: the id, or more about the media. */
  follows?: 'ID' | 'MEDIA';
  /** Of a message that holds media: the file with their bytes, or that they can be fetched. Absent: they are not to be had. */
  bytes?: StoredFile | 'FETCHABLE';
};

/** What an upstream tells of a message in a second post, which alone is none. */
export type NewRest = {
  upstreamId: string;
  /** Null where it is not told. */
  peerWxid: string | null;
  /** What the message may be. */
  kinds: readonly MessageKind[];
  sentAt: Millis;
  /** Null: it tells the id alone, of an own message that came without. */
  media: MediaFacts | null;
  richness: number;
  /** What no other message's body holds; knows a message that came with another id. */
  fingerprint: string | null;
  raw: string;
  /** As in `NewMessage.bytes`; absent: nothing new of them. */
  bytes?: StoredFile | 'FETCHABLE';
};

/** Media whose bytes are to be fetched, with all that a driver may need for it. */
export type DueMedia = {
  id: number;
  /** How many times fetching them has failed. */
  attempts: number;
  kind: MessageKind;
  facts: MediaFacts;
  upstreamId: string | null;
  /** The conversation: the chat room, else the other person. */
  peerWxid: string;
  senderWxid: string;
  sentAt: Millis;
  /** The upstream's whole body of the message. */
  raw: string;
};

export type MediaOutcome = { now: Millis } & (
  | { status: 'READY'; stored: StoredFile; name: string | null }
  | { status: 'FAILED' | 'EXPIRED' | 'UNAVAILABLE'; error: string }
  /** To be tried again. */
  | { status: 'PENDING'; error: string; dueAt: Millis }
);

export type NewUpload = {
  tokenId: number | null;
  stored: StoredFile;
  name: string | null;
  expiresAt: Millis;
  now: Millis;
};

/** One thing that an upstream told. */
export type Incoming = { accountId: number; now: Millis } & (
  | { type: 'message'; message: NewMessage }
  /** Merged into its message, whichever of the two comes first. */
  | { type: 'rest'; rest: NewRest }
  /** Counts only on an account that is wanted. */
  | { type: 'state'; change: StateChange }
  | { type: 'self'; self: Self }
  | {
      type: 'contact';
      change: Extract<ContactChange, 'ADDED' | 'REMOVED' | 'UPDATED'>;
      contact: NewContact;
      property: string | null;
      from: string | null;
      to: string | null;
    }
  | {
      type: 'member';
      change: Extract<ContactChange, 'MEMBER_JOINED' | 'MEMBER_LEFT' | 'MEMBER_UPDATED'>;
      /** Null: every chat room of the account in which this member is. */
      room: NewContact | null;
      /** Null: the upstream does not say who. */
      member: NewMember | null;
      property: string | null;
      from: string | null;
      to: string | null;
    }
  | { type: 'contacts'; kinds: readonly ContactKind[]; contacts: readonly NewContact[] }
  /** A body that could not be read or was not this account's: kept as it came, up to 64 KiB. */
  | { type: 'quarantine'; body: string; reason: string }
  /** Known and without meaning to us: counted by `what`. */
  | { type: 'skipped'; what: string }
);

/** NEW: an event was written; MERGED: a richer copy, or its bytes at last, MESSAGE_UPDATED; REPEATED: counted; APPLIED: done, with or without an event. */
export type Received = { result: 'NEW' | 'MERGED' | 'REPEATED' | 'APPLIED'; messageSeq: Seq | null };

export type NewJob = {
  now: Millis;
  idempotency: {
    /** Who asks: `token:3`, `session:1`. */
    scope: string;
    operation: string;
    key: string;
    /** Of the whole input. */
    hash: string;
    expiresAt: Millis;
  } | null;
  lines: readonly NewSend[];
};
export type NewSend = {
  accountId: number;
  receiver: string;
  receiverContactId: number | null;
  type: SendType;
  content: SendContent;
  mentions: readonly string[];
  sendAt: Millis | null;
  expiresAt: Millis | null;
  resendOf: number | null;
  /** FAILED from the start. */
  failure: { code: ErrorCode; message: string } | null;
};
/** SAME: this key was used for the same input; CONFLICT: for another. */
export type Accepted = { result: 'ACCEPTED' | 'SAME'; jobId: number; seq: Seq } | { result: 'CONFLICT' };

export type Outcome = { now: Millis; responseTimeMs: number } &
  /** `mediaId`: of media, the id by which the upstream sends them again, where it told one. */
  (
    | { status: 'SENT'; upstreamId: string | null; reference: string | null; mediaId?: string | null }
    | { status: 'FAILED' | 'UNKNOWN'; code: ErrorCode; message: string }
    /** Certain that nothing left, and worth another try not before `notBefore`. */
    | { status: 'QUEUED'; code: ErrorCode; message: string; notBefore: Millis }
  );

export type NewWebhook = Pick<
  Webhook,
  | 'url'
  | 'format'
  | 'types'
  | 'accountIds'
  | 'events'
  | 'mediaData'
  | 'allowReply'
  | 'pollUrl'
  | 'secretName'
  | 'secrets'
> & { now: Millis };
export type WebhookUpdate = Partial<
  Pick<Webhook, 'url' | 'types' | 'accountIds' | 'events' | 'mediaData' | 'allowReply' | 'pollUrl' | 'enabled'> & {
    secrets: readonly WebhookSecret[];
  }
>;
/** `accountId` null: every account that the token may see. */
export type CallbackOwner = { tokenId: number | null; format: WebhookFormat; accountId: number | null; now: Millis };
export type CallbackTarget = Pick<Webhook, 'url' | 'events' | 'mediaData' | 'allowReply'>;
export type NewDelivery = Pick<WebhookDelivery, 'seq' | 'messageId' | 'accountId'> & {
  /** Null where there is none to be posted, with what is wrong in `error`: EXHAUSTED from the start. */
  body: string | null;
  error?: string;
};
/** The newest so many of each, made at `before` or later. */
export type KeptDeliveries = { delivered: number; exhausted: number; before: Millis };
export type DeliveryPlan = {
  webhookId: number;
  /** Where the webhook stands. */
  from: Seq;
  /** Where it stands then. */
  upTo: Seq;
  deliveries: readonly NewDelivery[];
  /** Why there are events that it will never be told of. */
  lost?: string;
  now: Millis;
};
export type Attempt = { now: Millis; responseStatus: number | null; error: string | null } & (
  | { status: 'DELIVERED' }
  | { status: 'FAILED'; nextAttemptAt: Millis }
  /** `disables`: the receiver wants nothing any more. */
  | { status: 'EXHAUSTED'; disables?: boolean }
);

export type NewToken = {
  name: string;
  hash: string;
  scope: Scope;
  accountIds: readonly number[] | null;
  expiresAt: Millis | null;
  now: Millis;
};

/** A client that fetches the events of an account; `name` tells several of one token apart. */
export type Reader = { tokenId: number; accountId: number; name: string };

/** One start of the gateway. */
export type Node = { name: string; incarnation: number };
/** The right to run one account: poll, log in, send. */
export type Lane = { key: string; accountId: number; epoch: number; node: Node };
