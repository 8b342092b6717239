/** Media of received messages, and the server on which E云 lays them for a while once it was asked to. */
import type { EcloudAccount } from './account.ts';
import { shortId } from './json.ts';
import type { Random } from '../random.ts';
import type { Content, Message } from '../wechat.ts';

export type MediaContent = Extract<Content, { type: 'media' }>;
export type MediaMessage = { message: Message; content: MediaContent };

/** A video that E云 fetches: how often it is still on its way when asked, and where it lies then. */
type Video = { looksBefore: number; url: string };

export type EcloudMedia = {
  /** A message that an account can ask the media of, by its short id. */
  remember(account: EcloudAccount, message: Message): void;
  /** Null for what never came, `expired` for what WeChat no longer has. */
  of(account: EcloudAccount, msgId: string): MediaMessage | 'expired' | null;
  /** Lays bytes down; answers the path. */
  lay(content: MediaContent): string;
  /** What lies at a path. */
  at(path: string): MediaContent | undefined;
  /** Begins to fetch a video; answers its id. */
  begin(url: string, looksBefore: number): string;
  look(id: string): { isReady: boolean; url: string } | undefined;
  /** From now on all that came so far is gone, at WeChat and on the server. */
  expire(): void;
};

/** The newest of each; older ones are forgotten. */
const remembered = 2000;

/** Adds to a map, whose oldest entry makes room. */
export function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value);
  if (map.size > remembered) map.delete(map.keys().next().value as string);
}

export function createMedia(random: Random): EcloudMedia {
  const messages = new Map<string, MediaMessage | 'expired'>();
  const laid = new Map<string, MediaContent>();
  const videos = new Map<string, Video>();
  const keyOf = (account: EcloudAccount, msgId: string): string => `${account.number}:${msgId}`;
  return {
    remember(account, message) {
      if (message.content.type !== 'media') return;
      remember(messages, keyOf(account, String(shortId(message.id))), { message, content: message.content });
    },
    of: (account, msgId) => messages.get(keyOf(account, msgId)) ?? null,
    lay(content) {
      const path = `/media/${random.hex(16)}`;
      remember(laid, path, content);
      return path;
    },
    at: (path) => laid.get(path),
    begin(url, looksBefore) {
      const id = random.hex(32);
      remember(videos, id, { looksBefore, url });
      return id;
    },
    look(id) {
      const video = videos.get(id);
      if (video === undefined) return undefined;
      video.looksBefore -= 1;
      return { isReady: video.looksBefore < 0, url: video.url };
    },
    expire() {
      for (const key of messages.keys()) messages.set(key, 'expired');
      laid.clear();
      videos.clear();
    },
  };
}
