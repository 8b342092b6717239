/**
 * The vocabulary that every layer shares: closed lists and the shape of what a message holds.
 *
 * The words are those of the public schema, so that no layer has to translate them. This file imports nothing.
 */

/** Milliseconds since 1970-01-01 UTC. */
export type Millis = number;

export const driverKinds = ['ECLOUD', 'OPENWX', 'PCHOOK'] as const;
export type DriverKind = (typeof driverKinds)[number];

/** The two families of builds of the PC hook: 3.9, and the newest. */
export const pchookDialects = ['V39', 'NEWEST'] as const;
export type PchookDialect = (typeof pchookDialects)[number];

export const clientStates = [
  'INIT',
  'LOADING',
  'SCANNING',
  'CONFIRMING',
  'UPDATING',
  'RUNNING',
  'SUSPECT',
  'OFFLINE',
  'STOPPED',
] as const;
export type ClientState = (typeof clientStates)[number];

export const capabilities = [
  'RECEIVE',
  'SEND_TEXT',
  'SEND_IMAGE',
  'SEND_FILE',
  'SEND_VIDEO',
  'SEND_VOICE',
  'MENTION',
  'REVOKE',
  'CONTACTS',
  'CHAT_ROOMS',
  'CHAT_ROOM_ADMIN',
  'FRIEND_REQUESTS',
  'ADD_FRIEND',
  'SET_REMARK',
  'PIN',
  'AVATAR',
  'QR_LOGIN',
  'START_STOP',
] as const;
export type Capability = (typeof capabilities)[number];

export const contactKinds = ['FRIEND', 'CHAT_ROOM', 'OFFICIAL_ACCOUNT', 'OTHER'] as const;
export type ContactKind = (typeof contactKinds)[number];

export const sexes = ['MALE', 'FEMALE', 'UNKNOWN'] as const;
export type Sex = (typeof sexes)[number];

export const directions = ['INCOMING', 'OUTGOING'] as const;
export type Direction = (typeof directions)[number];

export const messageKinds = [
  'TEXT',
  'IMAGE',
  'VOICE',
  'VIDEO',
  'FILE',
  'EMOJI',
  'CARD',
  'LOCATION',
  'LINK',
  'MINI_PROGRAM',
  'QUOTE',
  'TRANSFER',
  'RED_PACKET',
  'CALL',
  'FRIEND_REQUEST',
  'REVOKE',
  'SYSTEM',
  'UNKNOWN',
] as const;
export type MessageKind = (typeof messageKinds)[number];

export const contactChanges = [
  'ADDED',
  'REMOVED',
  'UPDATED',
  'MEMBER_JOINED',
  'MEMBER_LEFT',
  'MEMBER_UPDATED',
] as const;
export type ContactChange = (typeof contactChanges)[number];

export const syncStates = ['NEVER', 'RUNNING', 'DONE', 'FAILED'] as const;
export type SyncState = (typeof syncStates)[number];

export const sendTypes = ['TEXT', 'IMAGE', 'FILE', 'VIDEO', 'VOICE'] as const;
export type SendType = (typeof sendTypes)[number];

export const sendStatuses = [
  'QUEUED',
  'DISPATCHING',
  'SENT',
  'FAILED',
  'UNKNOWN',
  'UNRESOLVED',
  'CANCELLED',
  'EXPIRED',
] as const;
export type SendStatus = (typeof sendStatuses)[number];

export const confirmations = ['UPSTREAM', 'ECHO', 'ECHO_ORDER'] as const;
export type Confirmation = (typeof confirmations)[number];

export const scopes = ['READ', 'SEND', 'ADMIN'] as const;
export type Scope = (typeof scopes)[number];

export const errorCodes = [
  'BAD_INPUT',
  'NOT_FOUND',
  'CONFLICT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'UNSUPPORTED',
  'AMBIGUOUS_RECEIVER',
  'NO_RECEIVER',
  'NOT_READY',
  'RATE_LIMITED',
  'TOO_LARGE',
  'URL_NOT_ALLOWED',
  'PATH_NOT_ALLOWED',
  'UPSTREAM_UNREACHABLE',
  'UPSTREAM_REJECTED',
  'UPSTREAM_TIMEOUT',
  'CURSOR_INVALID',
  'UNAVAILABLE',
  'INTERNAL',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** The events of the log that clients see. CAUGHT_UP and CHECKPOINT are made for one subscription and never stored. */
export const eventTypes = [
  'MESSAGE_RECEIVED',
  'MESSAGE_UPDATED',
  'CLIENT_STATE_CHANGED',
  'SEND_UPDATED',
  'CONTACT_CHANGED',
  'FRIEND_REQUESTED',
  'CHAT_UPDATED',
  'ACCOUNT_CHANGED',
  'GROUP_CHANGED',
  'CONTACTS_SYNCED',
  'WEBHOOK_CHANGED',
  'CAUGHT_UP',
  'CHECKPOINT',
] as const;
export type EventType = (typeof eventTypes)[number];

/** The shapes in which events are posted to webhooks. */
export const webhookFormats = ['STANDARD', 'OPENWX', 'ECLOUD', 'PCHOOK'] as const;
export type WebhookFormat = (typeof webhookFormats)[number];

export const deliveryStatuses = ['PENDING', 'DELIVERED', 'FAILED', 'EXHAUSTED'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** A login code to scan with the phone. */
export type QrCode = {
  /** The text that the code encodes, where the upstream tells it. */
  url: string | null;
  /** The picture as a `data:` URL. */
  image: string;
  expiresAt: Millis | null;
};

/** What a message holds, by its kind; `type` is the name of the GraphQL object without `Content`. */
export type MessageContent =
  | { type: 'Text'; text: string }
  | { type: 'Media'; media: MediaFacts }
  | { type: 'Card'; wxid: string | null; name: string | null; avatarUrl: string | null }
  | { type: 'Location'; latitude: number | null; longitude: number | null; label: string | null }
  | {
      type: 'Link';
      title: string | null;
      description: string | null;
      url: string | null;
      appName: string | null;
      appId: string | null;
      thumbnailUrl: string | null;
    }
  | { type: 'Quote'; text: string; quotedUpstreamId: string | null; quotedText: string | null }
  | {
      type: 'FriendRequest';
      wxid: string | null;
      name: string | null;
      greeting: string | null;
      /** What the upstream wants back when the request is accepted. */
      ticket: string | null;
    }
  | { type: 'Revoke'; revokedUpstreamId: string | null; notice: string | null }
  | { type: 'System'; notice: string }
  | { type: 'Unknown'; upstreamType: string };

/** What an upstream tells about a picture, voice, video, file or emoji that it received. */
export type MediaFacts = {
  name: string | null;
  mime: string | null;
  /** Bytes. */
  size: number | null;
  width: number | null;
  height: number | null;
  durationMs: number | null;
  /** Path on the upstream's own disk. */
  upstreamPath: string | null;
  /** The id that the upstream gives the media, to fetch or send it again. */
  upstreamMediaId: string | null;
};

/** How the gateway's copy of media stands. */
export const mediaStatuses = ['PENDING', 'READY', 'FAILED', 'EXPIRED', 'UNAVAILABLE'] as const;
export type MediaStatus = (typeof mediaStatuses)[number];

/** A file of the media store. */
export type StoredFile = {
  /** Its name there. */
  file: string;
  /** Of its bytes, hexadecimal. */
  sha256: string;
  /** Bytes. */
  size: number;
  /** As the bytes say, whatever anybody told. */
  mime: string;
  /** Pixels; null of what is no picture. */
  width: number | null;
  height: number | null;
};

/** What a send may carry besides text. */
export type MediaSendType = Exclude<SendType, 'TEXT'>;

/** What a send carries. `name` is the file's, with its extension. */
export type SendContent =
  | { type: 'TEXT'; text: string }
  /** Media that the gateway has. */
  | { type: MediaSendType; name: string; mediaId: number }
  /** What lies on the upstream's own disk. */
  | { type: MediaSendType; name: string; upstreamPath: string };
