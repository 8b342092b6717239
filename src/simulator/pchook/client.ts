/** What the calls of a hooked client may look at and change. */
import type { PchookDialect } from './posts.ts';
import { pchookOrigin } from './posts.ts';
import type { Account, Content, Message } from '../wechat.ts';
import type { World } from '../world.ts';

export type HookedClient = {
  readonly world: World;
  readonly account: Account;
  readonly dialect: PchookDialect;
  /** As IsLoginStatus tells it. */
  readonly status: string;
  callbackUrl: string | null;
  /** The media of the latest messages, by their key. */
  readonly media: Map<string, Uint8Array>;
  /** What was downloaded into the hook's own folder, by path. */
  readonly downloads: Map<string, Uint8Array>;
  readonly roomRemarks: Map<string, string>;
  /** Downloads work; forgotten with the process. */
  isCdnReady: boolean;
  /** Where the emoji of a key lies. */
  emojiUrl(key: string): string;
  qrCode(): Buffer | null;
  refreshQrCode(): void;
  click(): void;
  logout(): void;
};

/** The parameters of a call, numbers as their digits. */
export type Params = Readonly<Record<string, string>>;

/** What a call answers; undefined where there is nothing of that name. */
export type Route = (client: HookedClient, params: Params) => unknown;

export const yes = '1';
export const no = '0';

/** Under this path emojis lie, as if it were WeChat's own server. */
export const emojiPath = '/emoji/';

/** "1" means that the hook took it; the message's id is told later. */
export function done({ dialect }: HookedClient, name: string, isDone: boolean): object {
  const flag = isDone ? yes : no;
  return dialect === 'V39' ? { [name]: flag } : { success: flag };
}

/** Sends where somebody is logged in and the receiver is known; null where not. */
export function sent(
  { world, account, status }: HookedClient,
  to: string | undefined,
  content: Content,
): Message | null {
  const isKnown = to !== undefined && (world.people.has(to) || world.rooms.has(to));
  if (!isKnown || status !== '3') return null;
  const result = world.send(account.wxid, to, content, pchookOrigin);
  return result.ok ? result.message : null;
}

/** The receiver, whose name differs between the dialects. */
export function receiverOf({ dialect }: HookedClient, params: Params): string | undefined {
  return params[dialect === 'V39' ? 'wxid' : 'toid'];
}
