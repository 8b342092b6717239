/** What E云's calls are made of: parameters, answers, and the account that a call names. */
import type { EcloudAccount, Logins } from './account.ts';
import type { Json } from './json.ts';
import type { EcloudMedia } from './media.ts';
import type { EcloudOptions } from './options.ts';
import type { Faults } from '../faults.ts';
import type { Message } from '../wechat.ts';
import type { World } from '../world.ts';

/** How the world knows what came through E云. */
export const ecloudOrigin = 'ecloud';

/** Somebody whom an account asked to become a friend, or invited to a chat room. */
export type EcloudAsked = { account: number; wxid: string; room: string | null; type: number | null; words: string };

export type Developer = {
  readonly options: EcloudOptions;
  readonly world: World;
  readonly logins: Logins;
  readonly media: EcloudMedia;
  readonly faults: Faults;
  readonly asked: EcloudAsked[];
  /** What was sent through it, by id. */
  readonly sent: Map<string, Message>;
  readonly baseUrl: () => string;
  /** Where everything of this developer account is posted. */
  callbackUrl: string | null;
  /** Posts the test of a callback address. */
  testCallback(): void;
};

export type Params = Readonly<Record<string, string>>;
export type Answer = { code: '1000' | '1001'; message: string; data: Json };
export type Route = (developer: Developer, params: Params) => Answer | Promise<Answer>;
export type OnlineRoute = (developer: Developer, account: EcloudAccount, params: Params) => Answer | Promise<Answer>;

/** The words that clients look for. */
export const notOnline = 'wId已注销或二维码失效，请重新登录';

export function good(data: Json, message = '成功'): Answer {
  return { code: '1000', message, data };
}

export function bad(message = '失败'): Answer {
  return { code: '1001', message, data: null };
}

/** A call of an account that is online, named by its wId. */
export const online =
  (route: OnlineRoute): Route =>
  (developer, params) => {
    const account = developer.logins.byWId(params['wId'] ?? '');
    return account === undefined ? bad(notOnline) : route(developer, account, params);
  };

/** The ids of a list with commas. */
export function listed(value: string | undefined): string[] {
  return (value ?? '').split(',').filter((wxid) => wxid !== '');
}
