/**
 * The contract between the gateway and what speaks an upstream's protocol.
 *
 * A driver is made by a factory for one account and knows no database and no GraphQL. `kind`, `capabilities`,
 * `decode` and `send` are required; everything else is optional and announced by a capability.
 */
import type {
  Capability,
  ClientState,
  ContactChange,
  ContactKind,
  Direction,
  DriverKind,
  ErrorCode,
  MediaFacts,
  MessageContent,
  MessageKind,
  Millis,
  QrCode,
  Sex,
} from '../words.ts';
import type { IncomingMedia, MediaBody, MediaBytes, OutgoingContent } from './media.ts';

/** Where an upstream is, without secrets. What it holds depends on the driver; it is stored and shown as it is. */
export type Connection = { baseUrl: string } & Readonly<Record<string, string | null>>;

/** The account's own person as the upstream knows it. */
export type Self = {
  /** The upstream's id of the account now. Openwx changes it with every QR login. */
  wxid: string;
  name: string | null;
  /** 微信号, where it is known. */
  alias: string | null;
  /** An id that survives a login, where the upstream has one (Openwx: `uid`). */
  uid: string | null;
  avatarUrl: string | null;
};

/** A friend, chat room or official account as an upstream describes it. Absent fields are unknown, not empty. */
export type UpstreamContact = {
  wxid: string;
  kind: ContactKind;
  name?: string;
  remark?: string | null;
  /** What the upstream shows, where that is more than remark or name (an unnamed chat room's members). */
  displayName?: string;
  alias?: string | null;
  sex?: Sex;
  signature?: string | null;
  country?: string | null;
  province?: string | null;
  city?: string | null;
  labels?: readonly string[];
  avatarUrl?: string | null;
  /** The same picture in small, where the upstream has two. */
  smallAvatarUrl?: string | null;
  /** What the upstream wants back to make friends with it (E云: `v1`). */
  ticket?: string | null;
  pinned?: boolean;
  ownerWxid?: string | null;
  /** Of a chat room, in the upstream's order; absent where the upstream did not list them. */
  members?: readonly UpstreamMember[];
};

export type UpstreamMember = {
  wxid: string;
  name: string;
  displayName?: string;
  avatarUrl?: string | null;
  isOwner?: boolean;
};

/** One message, decoded. */
export type UpstreamMessage = {
  /** Unsigned decimal or the upstream's own text; null where it gave none. */
  upstreamId: string | null;
  /**
   * Whom the conversation is with: the chat room, else the other person. Where the upstream does not tell the kind it is
   * guessed from the id, so that it counts only for a contact that is new.
   */
  peer: UpstreamContact;
  sender: { wxid: string; name: string | null; displayName: string | null };
  direction: Direction;
  kind: MessageKind;
  /** What a person would read. */
  text: string;
  content: MessageContent;
  mentions: readonly string[];
  mentionsMe: boolean;
  sentAt: Millis;
  /** How much this copy tells; a copy with more replaces one with less (the hook posts media in two steps). 0: it only announces. */
  richness: number;
  /** The id under which this message was announced before it was whole, where the upstream gives it two. */
  announcedAs?: string;
  /** The upstream's whole body as it came, 64-bit integers untouched. */
  raw: string;
  /** What the upstream tells in a later post, as a rest: the id, or more about the media. */
  follows?: 'ID' | 'MEDIA';
  /** Of a message that holds media: their bytes, or that `fetchMedia` gets them. Absent: they are not to be had. */
  bytes?: MediaBytes | 'FETCHABLE';
};

/** What an upstream tells of a message in a second post, which alone is none. */
export type UpstreamRest = {
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
  /** As in `UpstreamMessage.bytes`; absent: nothing new of them. */
  bytes?: MediaBytes | 'FETCHABLE';
};

/** What an upstream told, in its order. */
export type DriverEvent =
  | { type: 'message'; message: UpstreamMessage }
  | { type: 'rest'; rest: UpstreamRest }
  | { type: 'state'; state: ClientState; reason: string; qrCode?: QrCode }
  | { type: 'self'; self: Self }
  | {
      type: 'contact';
      change: Extract<ContactChange, 'ADDED' | 'REMOVED' | 'UPDATED'>;
      contact: UpstreamContact;
      property?: string;
      from?: string | null;
      to?: string | null;
    }
  | {
      type: 'member';
      change: Extract<ContactChange, 'MEMBER_JOINED' | 'MEMBER_LEFT' | 'MEMBER_UPDATED'>;
      /** Null where the upstream does not say which chat room it was. */
      room: UpstreamContact | null;
      /** Null where the upstream does not say who it was; then it does say which chat room. */
      member: UpstreamMember | null;
      property?: string;
      from?: string | null;
      to?: string | null;
    }
  /** All contacts of these kinds, as after a login; those that are missing are gone. */
  | { type: 'contacts'; kinds: readonly ContactKind[]; contacts: readonly UpstreamContact[] }
  /**
   * Something that is no event of ours; counted by `what`. `raw` is there where it could not be understood or came by a
   * poll for another person: to be quarantined, as an upstream gives it once.
   */
  | { type: 'skipped'; what: string; raw?: string };

/** A callback as it arrived. `self` is what is known of the account so far. */
export type Callback = {
  body: Uint8Array;
  contentType: string | null;
  query: URLSearchParams;
  self: Self | null;
  now: Millis;
};

/** One message to one receiver. */
export type OutgoingSend = {
  receiver: string;
  receiverKind: ContactKind | null;
  content: OutgoingContent;
  mentions: readonly string[];
};

/** That the upstream took the message. */
export type SendReceipt = {
  /** The id under which the message will come back, in the form that `decode` gives; null where none was told. */
  upstreamId: string | null;
  /** All that the upstream told, for a later revoke. */
  reference: string | null;
  /** Of media: the id by which the upstream sends the same media again without a new upload; absent where it told none. */
  mediaId?: string | null;
};

/** An own message that is to be taken back. */
export type SentMessage = {
  upstreamId: string | null;
  /** Of its send's receipt; null for one that was sent on the phone. */
  reference: string | null;
  /** The conversation that it is in. */
  peerWxid: string;
  sentAt: Millis;
};

/** Who asks to become a friend, as the message of kind FRIEND_REQUEST told it. */
export type FriendRequest = { wxid: string | null; name: string | null; ticket: string | null };

/** Chat room administration. Each throws `DriverError`; what is unknown to the upstream is NOT_FOUND. */
export type ChatRoomAdmin = {
  /** Makes a chat room of these people and the account; answers it with what is known of it. */
  create(members: readonly string[], name: string | null, signal: AbortSignal): Promise<UpstreamContact>;
  /** Adds people, or invites them where WeChat wants their consent: an invited one is no member yet. */
  invite(room: string, members: readonly string[], signal: AbortSignal): Promise<void>;
  remove(room: string, members: readonly string[], signal: AbortSignal): Promise<void>;
  rename(room: string, name: string, signal: AbortSignal): Promise<void>;
};

/** Whose picture is asked for. */
export type AvatarOf = {
  wxid: string;
  /** The chat room, for a member of it who is no contact. */
  roomWxid: string | null;
  /** Where the upstream said that the picture lies. */
  avatarUrl: string | null;
};

/** A step of a login, shown as the account's state. The last step is RUNNING. */
export type LoginStep = { state: ClientState; reason: string; qrCode?: QrCode; self?: Self };

/** What a probe found. `self` where the upstream told it. */
export type Evidence = { state: ClientState; reason: string; self?: Self };

/** One page of contacts of a full fetch. `total` as soon as it is known. */
export type ContactPage = { contacts: readonly UpstreamContact[]; total: number | null };

export interface Driver {
  readonly kind: DriverKind;
  readonly capabilities: readonly Capability[];
  /**
   * Wire to events; pure. Throws `DriverError` with BAD_INPUT for a body that cannot be read (it is quarantined) and with
   * FORBIDDEN for one that belongs to another account.
   */
  decode(callback: Callback): DriverEvent[];
  /** Gives one message to the upstream, at most once. Every failure is a `DriverError` that says whether it is certain. */
  send(send: OutgoingSend, signal: AbortSignal): Promise<SendReceipt>;
  /** Brings the account to RUNNING, step by step; ends after RUNNING. An upstream that is away is a step (OFFLINE), not an error. */
  login?(signal: AbortSignal): AsyncGenerator<LoginStep, void, void>;
  /** Looks whether the client still runs. */
  probe?(signal: AbortSignal): Promise<Evidence>;
  /**
   * Tells the upstream where to post. Called whenever the account comes to RUNNING, and now and then while it is, as an
   * upstream may forget it.
   */
  setCallback?(url: string, signal: AbortSignal): Promise<void>;
  poll?: {
    /** Accounts with the same key share one poll, since a poll takes events away. */
    key: string;
    /** Waits for events. An empty answer is normal. Must be left to answer: an abandoned poll swallows the next event. */
    next(self: Self | null, signal: AbortSignal): Promise<DriverEvent[]>;
  };
  /** For an upstream that posts to one address whatever happens to several accounts (E云: those of a developer account). */
  sharedCallback?: {
    /** Accounts with the same key share the address; it holds no secret. */
    key: string;
    /** Who this account is, as a callback names it; null while that is not known, and never somebody else afterwards. */
    person(): string | null;
    /** Whose callback it is; null where it does not say. Throws as `decode` does. */
    personOf(callback: Pick<Callback, 'body' | 'query'>): string | null;
    /** Makes the upstream post to this address; absent where its own settings say where it posts. Throws `DriverError`. */
    set?(url: string, signal: AbortSignal): Promise<void>;
  };
  /** Of a login that waits for a code that WeChat shows on another device: hands it in. Throws NOT_FOUND where none waits. */
  enterCode?(code: string, signal: AbortSignal): Promise<void>;
  /** Ends the upstream's own process, or the login that it holds; START_STOP. `login` starts it again. */
  stopClient?(signal: AbortSignal): Promise<void>;
  /** All contacts, page by page, members included; CONTACTS. */
  fetchContacts?(signal: AbortSignal): AsyncGenerator<ContactPage, void, void>;
  /** One contact as it is now, a chat room with its members. Throws NOT_FOUND for one that the upstream does not know. */
  fetchContact?(wxid: string, signal: AbortSignal): Promise<UpstreamContact>;
  /**
   * The bytes of media of a message that was decoded as FETCHABLE. Throws `DriverError`: UNSUPPORTED where this upstream
   * cannot give them, NOT_FOUND where WeChat no longer has them; with `retry` where a later try may do.
   */
  fetchMedia?(media: IncomingMedia, signal: AbortSignal): Promise<MediaBody>;
  /** A picture of a person or chat room; AVATAR. Throws NOT_FOUND where there is none. */
  fetchAvatar?(of: AvatarOf, signal: AbortSignal): Promise<MediaBody>;
  /** Takes an own message back for everybody; REVOKE. */
  revoke?(message: SentMessage, signal: AbortSignal): Promise<void>;
  /** Names a contact for the account alone; SET_REMARK. Empty: no remark. */
  setRemark?(wxid: string, remark: string, signal: AbortSignal): Promise<void>;
  /** Keeps a conversation on top of the list, or no longer; PIN. */
  pin?(wxid: string, pinned: boolean, signal: AbortSignal): Promise<void>;
  /** FRIEND_REQUESTS. */
  acceptFriendRequest?(request: FriendRequest, signal: AbortSignal): Promise<void>;
  /** Asks somebody to become a friend, whom the account knows from a chat room where one is given; ADD_FRIEND. */
  addFriend?(
    person: { wxid: string; roomWxid: string | null },
    greeting: string | null,
    signal: AbortSignal,
  ): Promise<void>;
  /** Who has this WeChat number or phone number, for upstreams that can look before they ask. Throws NOT_FOUND for nobody. */
  searchPerson?(number: string, signal: AbortSignal): Promise<FoundPerson>;
  /** CHAT_ROOM_ADMIN. */
  chatRooms?: ChatRoomAdmin;
}

/** What WeChat shows of somebody who was looked for. */
export type FoundPerson = {
  /** Of a friend; WeChat tells no stranger's. */
  wxid: string | null;
  name: string | null;
  sex: Sex;
  avatarUrl: string | null;
  smallAvatarUrl: string | null;
};

/** What a driver needs of the world besides its connection. */
export type DriverSettings = {
  now(): Millis;
  /** Who the account was at its last login, where there was one. */
  self?: Self | null;
  /** How long the upstream may take for an ordinary call; sends have limits of their own. */
  timeoutMs?: number;
  /** IANA name of the gateway's zone, for upstreams that tell local times; UTC where it is left out. */
  timezone?: string;
  /**
   * Gets what lies at an address that an upstream told, under the gateway's rules for foreign addresses: size, time, and no
   * private hosts but the upstream's own and those that its owner allowed. Throws `DriverError`. Where it is left out
   * nothing can be fetched by address.
   */
  download?(url: string, signal: AbortSignal): Promise<MediaBody>;
};

export type DriverFactory = (
  connection: Connection,
  secrets: Readonly<Record<string, string>>,
  settings: DriverSettings,
) => Driver;

/**
 * A failure of an upstream.
 *
 * `certain` is true only if nothing can have reached WeChat. `retry` says that the same call may work a little later.
 */
export class DriverError extends Error {
  override readonly name = 'DriverError';
  readonly code: Extract<
    ErrorCode,
    | 'BAD_INPUT'
    | 'FORBIDDEN'
    | 'NOT_FOUND'
    | 'UNSUPPORTED'
    | 'TOO_LARGE'
    | 'URL_NOT_ALLOWED'
    | 'UPSTREAM_UNREACHABLE'
    | 'UPSTREAM_REJECTED'
    | 'UPSTREAM_TIMEOUT'
    | 'INTERNAL'
  >;
  readonly certain: boolean;
  readonly retry: boolean;

  constructor(
    code: DriverError['code'],
    message: string,
    options: { certain: boolean; retry: boolean; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.certain = options.certain;
    this.retry = options.retry;
  }
}
