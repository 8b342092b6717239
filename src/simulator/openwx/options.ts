/** What can be set of a simulated Openwx client. The defaults are the real client's but for the pace of sends and logins. */
import { readMedia } from '../read-media.ts';
import type { Room } from '../wechat.ts';

export type OpenwxOptions = {
  /** Between two sends. The real default is 3000; 0 keeps tests quick. */
  sendIntervalMs: number;
  /** After so long without an answer a connection is closed. */
  inactivityMs: number;
  /** The same for requests that move media. */
  mediaInactivityMs: number;
  /** How long a request may be; what is beyond is not read, and the rest is served. */
  maxRequestBytes: number;
  /** How long check_event waits for an event. */
  pollWaitMs: number;
  /** How many events check_event keeps. */
  pollSlots: number;
  /** How long get_avatar waits for a picture that does not come. */
  avatarWaitMs: number;
  /** How long a client lives on after stop_client. */
  stopAfterMs: number;
  /** How long after it is shown the QR code is scanned; null: when told to. */
  scanAfterMs: number | null;
  /** How long after the scan the login is confirmed; null: when told to. */
  confirmAfterMs: number | null;
  /** How long a QR code is good. */
  qrExpiresMs: number;
  /** How many QR codes are shown before the client gives up. */
  qrCodes: number;
  /** How long a client waits for the answer to a post of its state; it does nothing else meanwhile. */
  blockingPostMs: number;
  /** Whether events are posted, and which. */
  postEvent: boolean;
  postEventList: readonly string[];
  /** Whether posts of media carry the bytes. */
  postMediaData: boolean;
  /** Puts chat rooms in the order of one login; by default any order, different each time. */
  orderRooms: ((rooms: readonly Room[]) => readonly Room[]) | null;
  /** Decides by its parameters whether a request may come in. */
  auth: ((params: Readonly<Record<string, string>>) => boolean) | null;
  /** Reads a file or an address that a send names; null when there is none, undefined when it never comes. */
  readMedia: ReadMedia;
};

export type LoadedMedia = { bytes: Uint8Array; mtime: number | string; mime: string | null; size: number | string };
type ReadMedia = (path: string) => Promise<LoadedMedia | null | undefined>;

/** Events that are posted unless others are named. */
export const defaultPostEvents: readonly string[] = [
  'login',
  'stop',
  'state_change',
  'input_qrcode',
  'new_group',
  'new_friend',
  'new_group_member',
  'lose_group',
  'lose_friend',
  'lose_group_member',
  'friend_request',
];

/** Quick where the real client takes its time. */
export const defaultOpenwxOptions: OpenwxOptions = {
  sendIntervalMs: 0,
  inactivityMs: 15_000,
  mediaInactivityMs: 120_000,
  maxRequestBytes: 16 * 1024 * 1024,
  pollWaitMs: 30_000,
  pollSlots: 20,
  avatarWaitMs: 3000,
  stopAfterMs: 3000,
  scanAfterMs: 0,
  confirmAfterMs: 0,
  qrExpiresMs: 130_000,
  qrCodes: 10,
  blockingPostMs: 5000,
  postEvent: true,
  postEventList: defaultPostEvents,
  postMediaData: true,
  orderRooms: null,
  auth: null,
  readMedia,
};
