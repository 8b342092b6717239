/** What the store keeps, as the rest of the gateway sees it: plain records, ids as integers, times in epoch milliseconds. */
import type {
  ClientState,
  Confirmation,
  ContactChange,
  ContactKind,
  DeliveryStatus,
  Direction,
  DriverKind,
  ErrorCode,
  EventType,
  MediaStatus,
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
  SyncState,
  WebhookFormat,
} from '../words.ts';

/** A position in the event log: increasing, numbers may skip. 0 is before everything. */
export type Seq = number;

export type Account = {
  id: number;
  name: string;
  remark: string | null;
  driver: DriverKind;
  /** Where the upstream is, without secrets. */
  connection: { baseUrl: string } & Record<string, string | null>;
  /** The upstream's secrets, encrypted; null where it has none. */
  sealedSecrets: string | null;
  /** SHA-256 of the callback secret, hex: what an incoming callback is looked up by. */
  callbackHash: string;
  /** The callback secret itself, encrypted. */
  sealedCallback: string;
  self: Self | null;
  state: ClientState;
  stateReason: string | null;
  stateSince: Millis;
  qrCode: QrCode | null;
  /** Started and not stopped: it runs whenever the gateway does. */
  wanted: boolean;
  defaultReceiver: string | null;
  pacing: Pacing;
  /** In which dialect of the PC hook it is served, where somebody chose one. */
  hookDialect: PchookDialect | null;
  /** Sends dispatched on the gateway's present day. */
  sentToday: number;
  sync: ContactSync;
  lastMessageAt: Millis | null;
  createdAt: Millis;
};

/** The account's own person. See `Self` of the driver contract. */
export type Self = {
  wxid: string;
  name: string | null;
  alias: string | null;
  uid: string | null;
  avatarUrl: string | null;
};

export type Pacing = { intervalMs: number; jitterMs: number; perDay: number | null; paused: boolean };
export const defaultPacing: Pacing = { intervalMs: 1500, jitterMs: 500, perDay: null, paused: false };

export type ContactSync = {
  state: SyncState;
  done: number;
  total: number | null;
  error: string | null;
  finishedAt: Millis | null;
  friends: number;
  chatRooms: number;
  officialAccounts: number;
  others: number;
};

/** A named set of accounts. `accountIds` in the order in which they were added. */
export type Group = { id: number; name: string; createdAt: Millis; accountIds: number[] };

export type Contact = {
  id: number;
  accountId: number;
  kind: ContactKind;
  wxid: string;
  name: string;
  remark: string | null;
  displayName: string;
  alias: string | null;
  sex: Sex;
  signature: string | null;
  country: string | null;
  province: string | null;
  city: string | null;
  labels: string[];
  /** Where the upstream says that its picture lies. */
  avatarUrl: string | null;
  /** The same picture in small, where the upstream has two. */
  smallAvatarUrl: string | null;
  /** What the upstream wants back to make friends with it. */
  ticket: string | null;
  pinned: boolean | null;
  /** Of a chat room whose members are known. */
  memberCount: number | null;
  ownerWxid: string | null;
  /** In the account's contact list now. Others are known from messages only, or have left the list. */
  listed: boolean;
};

export type ChatRoomMember = {
  id: number;
  /** The chat room's contact id. */
  roomId: number;
  accountId: number;
  wxid: string;
  name: string;
  displayName: string;
  avatarUrl: string | null;
  isOwner: boolean;
  /** False once it has left. */
  present: boolean;
};

export type Chat = {
  id: number;
  accountId: number;
  contactId: number;
  lastMessageSeq: Seq | null;
  unreadCount: number;
  unreadMentions: number;
  updatedAt: Millis;
};

export type Message = {
  /** Position of its arrival in the event log, and its id. */
  seq: Seq;
  accountId: number;
  chatId: number;
  direction: Direction;
  kind: MessageKind;
  senderWxid: string;
  senderName: string | null;
  senderDisplayName: string | null;
  text: string;
  content: MessageContent;
  mentions: string[];
  mentionsMe: boolean;
  upstreamId: string | null;
  sentAt: Millis;
  receivedAt: Millis;
  duplicates: number;
  revoked: boolean;
  /** The send that it is the echo of. */
  sendId: number | null;
};

/** Media of a message, or uploaded. Facts are those of the stored file where there is one, else as the upstream told them. */
export type Media = {
  id: number;
  /** Null: uploaded. */
  accountId: number | null;
  /** Null: uploaded. */
  messageSeq: Seq | null;
  /** Of an upload: the token by which it came; null: a browser's session. */
  tokenId: number | null;
  status: MediaStatus;
  /** In the media store; null until READY. */
  stored: StoredFile | null;
  name: string | null;
  mime: string | null;
  /** Bytes. */
  size: number | null;
  /** Pixels. */
  width: number | null;
  height: number | null;
  durationMs: number | null;
  /** Path on the upstream's own disk. */
  upstreamPath: string | null;
  /** The id that its upstream gives it, to send it again. */
  upstreamMediaId: string | null;
  createdAt: Millis;
};

/** Media whose bytes are there. */
export type StoredMedia = Media & { stored: StoredFile };

/** Whose picture it is: an account's own person, a contact or a member of a chat room, by its id. */
export type AvatarOwner = { of: 'ACCOUNT' | 'CONTACT' | 'MEMBER'; id: number };

/** A picture as it was fetched. */
export type Avatar = AvatarOwner & {
  accountId: number;
  /** Whose it was, and where it lay, when it was fetched. */
  wxid: string;
  sourceUrl: string | null;
  /** Null: there was none. */
  stored: Omit<StoredFile, 'width' | 'height'> | null;
  fetchedAt: Millis;
};

/** One line of the send log, and one row of the outbox. */
export type SendLog = {
  id: number;
  jobId: number;
  accountId: number;
  receiver: string;
  receiverContactId: number | null;
  type: SendType;
  content: SendContent;
  mentions: string[];
  status: SendStatus;
  confirmedBy: Confirmation | null;
  errorCode: ErrorCode | null;
  errorMessage: string | null;
  attempts: number;
  responseTimeMs: number | null;
  upstreamId: string | null;
  /** All that the upstream told, for a later revoke. */
  reference: string | null;
  messageSeq: Seq | null;
  resendOf: number | null;
  createdAt: Millis;
  sendAt: Millis | null;
  expiresAt: Millis | null;
  dispatchedAt: Millis | null;
  settledAt: Millis | null;
  /** Position of its latest change. */
  cursor: Seq;
};

/** Everything that one `send` asked for. `total` is the sum of the other counts. */
export type SendJob = {
  id: number;
  total: number;
  pending: number;
  success: number;
  failed: number;
  /** UNKNOWN and UNRESOLVED. */
  unknown: number;
  /** CANCELLED and EXPIRED. */
  dropped: number;
  createdAt: Millis;
};

export type ApiToken = {
  id: number;
  name: string;
  scope: Scope;
  /** null: every account. */
  accountIds: number[] | null;
  createdAt: Millis;
  lastUsedAt: Millis | null;
  expiresAt: Millis | null;
};

/** A browser that is signed in, by a link or by a token. */
export type BrowserSession = {
  id: number;
  scope: Scope;
  /** null: every account. */
  accountIds: number[] | null;
  /** The token that it was opened with, and ends with; null: a link. */
  tokenId: number | null;
  expiresAt: Millis;
};

/** Where events are posted to. */
export type Webhook = {
  id: number;
  /** The token that set it for itself, with whose rights it acts; null: it is the administrators'. */
  tokenId: number | null;
  url: string;
  format: WebhookFormat;
  /** null: of every type. */
  types: EventType[] | null;
  /** null: of every account. */
  accountIds: number[] | null;
  /** Of the old formats: names of events, as the old system calls them; null: those that it posts by default. */
  events: string[] | null;
  mediaData: boolean;
  allowReply: boolean;
  pollUrl: string | null;
  enabled: boolean;
  /** From a failed attempt until one works and nothing waits to be tried again. */
  failing: boolean;
  lastError: string | null;
  /** What its secrets are sealed for. */
  secretName: string;
  /** The newest first; `until` is when it stops being one, null: never. */
  secrets: WebhookSecret[];
  /** Everything up to here has its delivery. */
  cursor: Seq;
  createdAt: Millis;
};
export type WebhookSecret = { sealed: string; until: Millis | null };

/** One body that is posted to a webhook, until it arrived or was given up. */
export type WebhookDelivery = {
  id: number;
  webhookId: number;
  /** The event; of a test the log's end at that time. */
  seq: Seq;
  /** The same at each attempt, and when the event is delivered again. */
  messageId: string;
  /** Whose event it is, and goes with it. */
  accountId: number | null;
  status: DeliveryStatus;
  attempts: number;
  responseStatus: number | null;
  error: string | null;
  createdAt: Millis;
  /** Of FAILED. */
  nextAttemptAt: Millis | null;
};

/**
 * One entry of the event log. Objects are as they are at reading, not as they were.
 * TOKEN_CHANGED is for the gateway itself and never shown.
 */
export type StoredEvent = { seq: Seq; at: Millis; accountId: number | null; chatId: number | null } & (
  | { type: 'MESSAGE_RECEIVED' | 'MESSAGE_UPDATED' | 'FRIEND_REQUESTED'; message: Message }
  | {
      type: 'CLIENT_STATE_CHANGED';
      from: ClientState | null;
      to: ClientState;
      reason: string | null;
      qrCode: QrCode | null;
    }
  | { type: 'SEND_UPDATED'; sendId: number; jobId: number }
  | {
      type: 'CONTACT_CHANGED';
      change: ContactChange;
      contactId: number;
      memberId: number | null;
      property: string | null;
      from: string | null;
      to: string | null;
    }
  | { type: 'CHAT_UPDATED'; chatIdChanged: number }
  | { type: 'ACCOUNT_CHANGED'; change: Change; changedAccountId: number }
  | { type: 'GROUP_CHANGED'; change: Change; groupId: number; groupAccountIds: number[] }
  | { type: 'CONTACTS_SYNCED'; sync: ContactSync }
  | { type: 'WEBHOOK_CHANGED'; webhookId: number }
  | { type: 'TOKEN_CHANGED'; tokenId: number }
);
export type Change = 'CREATED' | 'UPDATED' | 'DELETED';

/** Counts of sends of one day and account, by the day on which the sends were accepted; `received` by the day of arrival. */
export type DayCounts = {
  /** `YYYY-MM-DD` in the gateway's time zone. */
  day: string;
  accountId: number;
  total: number;
  success: number;
  failed: number;
  unknown: number;
  /** CANCELLED and EXPIRED. */
  dropped: number;
  received: number;
};

export type AccountCounts = {
  accountId: number;
  todaySent: number;
  todayFailed: number;
  todayUnknown: number;
  totalSent: number;
  queued: number;
  unread: number;
};
