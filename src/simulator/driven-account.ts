/** An account of any front, and what can be done to it whatever drives it. */
import type { EcloudAccount } from './ecloud/account.ts';
import type { EcloudFront } from './ecloud/front.ts';
import type { PchookFront } from './pchook/front.ts';
import type { SimulatedAccount } from './simulator.ts';
import type { Account } from './wechat.ts';

export type DrivenAccount = {
  /** From 1: those with an Openwx client, then those at E云, then those of the PC hook. */
  readonly number: number;
  readonly wxid: string;
  readonly account: Account;
  readonly front: 'openwx' | 'ecloud' | 'pchook';
  /** The QR code that waits for the phone. */
  readonly qrCode: Buffer | null;
  /** What the front tells of it: its state, where it answers, where it posts. */
  readonly facts: object;
  /** An id of the world as the front shows it now. */
  idOf(wxid: string): string;
  /** `remembered`: the last login still counts. */
  start(remembered: boolean): Promise<void>;
  /** Ends the client in order; at E云, its login. */
  stop(): Promise<void>;
  /** Ends the client without a word. Throws for an account that has no process. */
  die(): Promise<void>;
  /** WeChat logs it out. `next`: what comes of it, a scan or the end of the client. */
  logout(next?: 'scan' | 'stop'): void;
  /** What the phone does. Without effect, or an error, where nothing waits for it. */
  scan(): void;
  confirm(): void;
  expireQrCode(): void;
  /** Whoever confirms a login on the phone is asked for this code as well; null: for none. Throws but at E云. */
  requireVerifyCode(code: string | null): void;
  /** Media that came so far can no longer be fetched. Throws where they come with their message alone. */
  expireMedia(): void;
  /** Where it posts from now on. At E云 that is the address of the developer account, with all its accounts. */
  postTo(url: string | null): void;
  /** Somebody opens another chat at the computer. Throws where there is none. */
  switchChat(wxid: string): void;
};

const only = (words: string) => (): never => {
  throw new Error(words);
};
const noComputer = only('only the PC hook tells which chat is open');
const noCode = only('only a login at E云 wants a code');

export function openwxAccount(client: SimulatedAccount): DrivenAccount {
  const { number, wxid, account } = client;
  return {
    number,
    wxid,
    account,
    front: 'openwx',
    get qrCode() {
      return client.qrCode;
    },
    get facts() {
      const { state, baseUrl, clientName, postApi } = client;
      return { id: client.idOf(wxid), state, baseUrl, client: clientName, postApi };
    },
    idOf: (id) => client.idOf(id),
    start: (remembered) => client.start({ cookie: remembered }),
    stop: () => client.stop(),
    die: async () => client.die(),
    // It ends when the next login does.
    logout: (next) => void client.logout(next),
    scan: () => client.scan(),
    confirm: () => client.confirm(),
    expireQrCode: () => client.expireQrCode(),
    requireVerifyCode: noCode,
    expireMedia: only('media come with their message; there is nothing to fetch'),
    postTo: (url) => {
      client.postApi = url;
    },
    switchChat: noComputer,
  };
}

export function ecloudAccount(cloud: EcloudFront, online: EcloudAccount): DrivenAccount {
  const { number, wxid, account } = online;
  return {
    number,
    wxid,
    account,
    front: 'ecloud',
    get qrCode() {
      return online.qrCode;
    },
    get facts() {
      const { baseUrl, authorization, callbackUrl } = cloud;
      const { wId } = online;
      return { wId, state: wId === null ? 'offline' : 'online', baseUrl, authorization, callbackUrl };
    },
    idOf: (id) => id,
    start: async () => online.start(),
    stop: async () => online.logout({ reason: '主动退出', post: false }),
    die: async () => {
      throw new Error('an account at E云 has no process that could die; stop takes it offline');
    },
    logout: (next) => online.logout({ forgotten: next === 'scan' }),
    scan: () => online.scan(),
    confirm: () => online.confirm(),
    expireQrCode: () => online.expireQrCode(),
    requireVerifyCode: (code) => online.requireVerifyCode(code),
    expireMedia: () => cloud.expireMedia(),
    postTo: (url) => {
      cloud.callbackUrl = url;
    },
    switchChat: noComputer,
  };
}

export function pchookAccount(hook: PchookFront, account: Account): DrivenAccount {
  const { number, wxid } = hook;
  return {
    number,
    wxid,
    account,
    front: 'pchook',
    get qrCode() {
      return hook.qrCode;
    },
    get facts() {
      const { status, baseUrl, callbackUrl } = hook;
      return { status, baseUrl, callbackUrl };
    },
    idOf: (id) => id,
    start: (remembered) => hook.start({ remembered }),
    // A WeChat that is closed says as little as one that dies.
    stop: () => hook.die(),
    die: () => hook.die(),
    logout: (next) => {
      hook.logout();
      if (next === 'stop') void hook.die();
    },
    scan: () => hook.scan(),
    confirm: () => hook.confirm(),
    expireQrCode: () => hook.expireQrCode(),
    requireVerifyCode: noCode,
    expireMedia: () => hook.expireMedia(),
    postTo: (url) => {
      hook.callbackUrl = url;
    },
    switchChat: (id) => hook.switchChat(id),
  };
}
