/** Closed lists of the API. Clients need a default branch: values may be added at any time. */
import { builder } from './builder.ts';
import type {
  Capability,
  ClientState,
  Confirmation,
  ContactChange,
  ContactKind,
  DeliveryStatus,
  Direction,
  DriverKind,
  ErrorCode,
  EventType,
  MessageKind,
  PchookDialect,
  Scope,
  SendStatus,
  SendType,
  Sex,
  SyncState,
  WebhookFormat,
} from '../words.ts';
import type { Change } from '../resolvers/shapes.ts';

/** An enum whose values and descriptions are given together, so that none can lack its description. */
function describedEnum<Word extends string>(name: string, description: string, words: Record<Word, string>) {
  const values = Object.fromEntries(
    Object.entries<string>(words).map(([word, text]) => [word, { value: word as Word, description: text }]),
  ) as Record<Word, { value: Word; description: string }>;
  return builder.enumType(name, { description, values });
}

export const DriverKindEnum = describedEnum<DriverKind>(
  'DriverKind',
  'The upstream backend that an account is driven through.',
  {
    ECLOUD: 'E云, a cloud API for the iPad protocol.',
    OPENWX: 'The Openwx plugin of Mojo-Weixin, alone or behind its Controller.',
    PCHOOK: 'The hook in the Windows client.',
  },
);

export const PchookDialectEnum = describedEnum<PchookDialect>(
  'PchookDialect',
  'Which builds of the PC hook it speaks like.',
  {
    V39: 'The builds for WeChat 3.9.',
    NEWEST: 'The newest builds, which name receivers and calls otherwise.',
  },
);

export const ClientStateEnum = describedEnum<ClientState>(
  'ClientState',
  "State of an account's client. INIT to STOPPED without OFFLINE and SUSPECT are the states that Openwx documents.",
  {
    INIT: 'Made, never started.',
    LOADING: 'Starting: the upstream is being reached.',
    SCANNING: 'Waits for the QR code to be scanned; see `qrCode`.',
    CONFIRMING: 'Scanned; waits for the tap on the phone.',
    UPDATING: 'Logged in; the upstream fetches its contacts.',
    RUNNING: 'Receives and sends.',
    SUSPECT: 'Claims to run while the evidence disagrees.',
    OFFLINE: 'The session ended or the upstream is away; it needs a login, or the upstream needs to come back.',
    STOPPED: 'Stopped by its user, or the upstream said that its client ended.',
  },
);

export const CapabilityEnum = describedEnum<Capability>(
  'Capability',
  "What an account's backend can do. Asking for something it cannot is the error UNSUPPORTED.",
  {
    RECEIVE: 'Receives messages.',
    SEND_TEXT: 'Sends text.',
    SEND_IMAGE: 'Sends pictures.',
    SEND_FILE: 'Sends files.',
    SEND_VIDEO: 'Sends videos.',
    SEND_VOICE: 'Sends voice messages.',
    MENTION: 'Mentions members of a chat room so that they are notified.',
    REVOKE: 'Revokes own messages.',
    CONTACTS: 'Lists contacts.',
    CHAT_ROOMS: 'Lists chat rooms and their members.',
    CHAT_ROOM_ADMIN: 'Makes chat rooms, invites, removes, renames.',
    FRIEND_REQUESTS: 'Accepts friend requests.',
    ADD_FRIEND: 'Asks others to become friends.',
    SET_REMARK: 'Sets the remark of a contact.',
    PIN: 'Pins a conversation.',
    AVATAR: 'Fetches avatars.',
    QR_LOGIN: 'Logs in by a QR code that the API shows.',
    START_STOP: "Starts and stops the upstream's own client.",
  },
);

export const ContactKindEnum = describedEnum<ContactKind>('ContactKind', 'What a contact is.', {
  FRIEND: 'A person.',
  CHAT_ROOM: "A chat room (WeChat's 群).",
  OFFICIAL_ACCOUNT: 'An official account (公众号).',
  OTHER: 'Something of WeChat itself, such as the file transfer assistant.',
});

export const SexEnum = describedEnum<Sex>('Sex', 'Sex as the profile says.', {
  MALE: 'Male.',
  FEMALE: 'Female.',
  UNKNOWN: 'Not said.',
});

export const DirectionEnum = describedEnum<Direction>('Direction', 'Which way a message went.', {
  INCOMING: 'To the account.',
  OUTGOING: 'From the account: sent by this gateway, by the phone or by any other client.',
});

export const MessageKindEnum = describedEnum<MessageKind>('MessageKind', 'What a message is.', {
  TEXT: 'Text.',
  IMAGE: 'A picture.',
  VOICE: 'A voice message.',
  VIDEO: 'A video.',
  FILE: 'A file.',
  EMOJI: 'A sticker.',
  CARD: "Someone's contact card.",
  LOCATION: 'A place.',
  LINK: 'A shared link or app message.',
  MINI_PROGRAM: 'A mini program.',
  QUOTE: 'Text that quotes another message.',
  TRANSFER: 'A money transfer.',
  RED_PACKET: 'A red packet.',
  CALL: 'A voice or video call.',
  FRIEND_REQUEST: 'Someone asks to become a friend.',
  REVOKE: 'Says that another message was revoked.',
  SYSTEM: 'A notice of WeChat itself, such as who joined.',
  UNKNOWN: 'Of a type that this gateway does not know; kept whole in `raw`.',
});

export const SyncStateEnum = describedEnum<SyncState>('SyncState', 'How a fetch of all contacts stands.', {
  NEVER: 'Not fetched yet.',
  RUNNING: 'Under way.',
  DONE: 'Finished.',
  FAILED: 'Failed; see `error`.',
});

export const SendTypeEnum = describedEnum<SendType>('SendType', 'What a send carries.', {
  TEXT: 'Text.',
  IMAGE: 'A picture.',
  FILE: 'A file.',
  VIDEO: 'A video.',
  VOICE: 'A voice message.',
});

export const SendStatusEnum = describedEnum<SendStatus>(
  'SendStatus',
  'QUEUED, DISPATCHING, then an outcome. UNKNOWN becomes SENT when its echo is seen, else UNRESOLVED.',
  {
    QUEUED: 'Accepted durably; waits for its turn.',
    DISPATCHING: 'Being given to the upstream.',
    SENT: 'The upstream took it, or it came back from WeChat.',
    FAILED: 'Certainly not sent.',
    UNKNOWN: 'It may have been sent; it is never sent again by itself.',
    UNRESOLVED: 'UNKNOWN for two minutes without an echo. A late echo still makes it SENT.',
    CANCELLED: 'Taken back before it went out.',
    EXPIRED: 'Its time passed before it could go out.',
  },
);

export const ConfirmationEnum = describedEnum<Confirmation>('Confirmation', 'What proves that a send went out.', {
  UPSTREAM: "The upstream's answer.",
  ECHO: 'The own message that came back.',
  ECHO_ORDER: 'One of several equal echoes, taken in order.',
});

export const ScopeEnum = describedEnum<Scope>('Scope', 'What a token may do.', {
  READ: 'Queries and subscriptions.',
  SEND: 'READ, and everything that acts on WeChat.',
  ADMIN: 'Everything.',
});

export const ErrorCodeEnum = describedEnum<ErrorCode>(
  'ErrorCode',
  'The `extensions.code` of an error, and the code of a failed send.',
  {
    BAD_INPUT: 'The request says something that cannot be; `field` names what.',
    NOT_FOUND: 'It does not exist, or is not yours to see.',
    CONFLICT: 'It contradicts what is there.',
    UNAUTHENTICATED: 'No valid token or session.',
    FORBIDDEN: 'The token may not do this.',
    UNSUPPORTED: "The account's driver cannot do this.",
    AMBIGUOUS_RECEIVER: 'A name that several contacts have; `candidates` lists them.',
    NO_RECEIVER: 'The send names no receiver and the account has no default one.',
    NOT_READY: 'The account is not in a state for this.',
    RATE_LIMITED: 'Too much at once; see `retryAfterMs`.',
    TOO_LARGE: 'The body or file is over its limit.',
    URL_NOT_ALLOWED: 'The address may not be fetched from here.',
    PATH_NOT_ALLOWED: 'The path is not in the media folders.',
    UPSTREAM_UNREACHABLE: 'The upstream could not be reached.',
    UPSTREAM_REJECTED: 'The upstream refused.',
    UPSTREAM_TIMEOUT: 'The upstream did not answer in time.',
    CURSOR_INVALID:
      'The cursor cannot be used; `reason` says why and `oldestCursor` from where reading on is possible.',
    UNAVAILABLE: 'The gateway cannot do this now (a full disk, a stop); try again later.',
    INTERNAL: 'A fault of the gateway; `requestId` finds it in the log.',
  },
);

export const EventTypeEnum = describedEnum<EventType>('EventType', 'What happened.', {
  MESSAGE_RECEIVED: 'A message was stored; outgoing ones too.',
  MESSAGE_UPDATED: 'More became known about a message, or it was revoked.',
  CLIENT_STATE_CHANGED: "An account's state changed.",
  SEND_UPDATED: 'A send took a step.',
  CONTACT_CHANGED: 'A contact or chat room member came, left or changed.',
  FRIEND_REQUESTED: 'Someone asks to become a friend.',
  CHAT_UPDATED: 'Read state or pin of a conversation changed.',
  ACCOUNT_CHANGED: 'An account was created, updated or deleted.',
  GROUP_CHANGED: 'A group was created, updated or deleted.',
  CONTACTS_SYNCED: 'A fetch of all contacts ended.',
  WEBHOOK_CHANGED: 'A webhook was created, updated or deleted.',
  CAUGHT_UP: 'The backfill is over. On the subscription only.',
  CHECKPOINT: 'Nothing of yours happened up to here. On the subscription only.',
});

export const WebhookFormatEnum = describedEnum<WebhookFormat>(
  'WebhookFormat',
  'The shape in which events are posted to a webhook. STANDARD posts the JSON of Event, signed as Standard Webhooks says.',
  {
    STANDARD: 'The JSON of Event, as `GET /events` gives it, signed; tried again for three days.',
    OPENWX: 'What Mojo-Weixin posts to its post_api.',
    ECLOUD: 'What E云 posts to its callback address.',
    PCHOOK: 'What the hook in the Windows client posts.',
  },
);

export const DeliveryStatusEnum = describedEnum<DeliveryStatus>('DeliveryStatus', 'How a delivery stands.', {
  PENDING: 'Waits for its first attempt, or for the answer to it.',
  DELIVERED: 'The receiver answered 2xx.',
  FAILED: 'It is tried again at `nextAttemptAt`.',
  EXHAUSTED: 'Given up; `replayWebhook` delivers it again.',
});

export const ChangeEnum = describedEnum<Change>('Change', 'What happened to an object.', {
  CREATED: 'It was made.',
  UPDATED: 'It changed.',
  DELETED: 'It is gone.',
});

export const ContactChangeEnum = describedEnum<ContactChange>('ContactChange', 'What happened to a contact.', {
  ADDED: 'It came to the contact list.',
  REMOVED: 'It left the contact list.',
  UPDATED: 'It changed; `property`, `from` and `to` say how, where the upstream tells.',
  MEMBER_JOINED: 'A member joined the chat room.',
  MEMBER_LEFT: 'A member left the chat room.',
  MEMBER_UPDATED: 'A member of the chat room changed.',
});
