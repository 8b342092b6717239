/** One WeChat account at E云: on which login instance it is online, and what its phone does about a login. */
import type { Cancel, Clock } from '../clock.ts';
import type { EcloudOptions } from './options.ts';
import type { AccountName } from '../faults.ts';
import { modulesPng } from '../png.ts';
import { qrModules } from '../qr-code.ts';
import type { Random } from '../random.ts';
import type { Account } from '../wechat.ts';

export type EcloudAccount = {
  /** Counted on after the accounts of other fronts. */
  readonly number: number;
  readonly wxid: string;
  readonly name: AccountName;
  readonly account: Account;
  /** The login instance; null while the account is not online. Another one after each login. */
  readonly wId: string | null;
  /** The QR code that waits for this account's phone. */
  readonly qrCode: Buffer | null;
  /** Comes online at once, as by a login elsewhere. */
  start(): void;
  /** WeChat logs it out; E云 posts that. `forgotten`: it cannot come in again without a code. */
  logout(options?: { reason?: string; forgotten?: boolean; post?: boolean }): void;
  scan(): void;
  confirm(): void;
  expireQrCode(): void;
  /** Whoever confirms a login on the phone is asked for this code as well; null: for none. */
  requireVerifyCode(code: string | null): void;
};

/** A login by QR code, from iPadLogin on. */
type Pending = {
  wId: string;
  /** For whom it was asked; null: whoever scans. */
  wcId: string | null;
  by: EcloudAccount | null;
  state: 'waiting' | 'scanned' | 'verifying' | 'done' | 'expired';
  png: Buffer;
  cancels: Cancel[];
  /** Calls that wait for its end, or for the code to be wanted. */
  waiting: Set<() => void>;
};

export type Logins = {
  readonly accounts: readonly EcloudAccount[];
  byWId(wId: string): EcloudAccount | undefined;
  byWcId(wcId: string): EcloudAccount | undefined;
  begin(wcId: string | null): Pending;
  pending(wId: string): Pending | undefined;
  /** Hands in the code that the phone shows; false where it is another one. */
  verify(pending: Pending, code: string): boolean;
  /** Resolves at the end of the login, when it wants a code, or after `ms`. */
  ended(pending: Pending, ms: number): Promise<void>;
  /** Without a code; null where that does not work. */
  again(wcId: string): EcloudAccount | null;
  /** Why the account is offline, where that is known. */
  reasonOf(account: EcloudAccount): string | null;
  stop(): void;
};

export type LoginSettings = {
  accounts: readonly { number: number; account: Account }[];
  clock: Clock;
  random: Random;
  options: EcloudOptions;
  loggedOut: (account: EcloudAccount, wId: string, reason: string) => void;
  changed: () => void;
};

export function createLogins(settings: LoginSettings): Logins {
  const { clock, random, options, changed } = settings;
  const pendings = new Map<string, Pending>();
  const verifyCodes = new Map<string, string>();
  const states = new Map<string, { wId: string | null; known: boolean; reason: string | null }>();

  const newWId = (): string =>
    `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`;
  const enter = (account: EcloudAccount, wId = newWId()): void => {
    states.set(account.wxid, { wId, known: true, reason: null });
    changed();
  };
  const end = (pending: Pending, state: 'done' | 'expired'): void => {
    if (pending.state === 'done' || pending.state === 'expired') return;
    pending.state = state;
    for (const cancel of pending.cancels) cancel();
    if (state === 'done' && pending.by !== null) enter(pending.by, pending.wId);
    for (const wake of pending.waiting) wake();
    changed();
  };
  const confirm = (pending: Pending): void => {
    if (pending.by === null || !verifyCodes.has(pending.by.wxid)) {
      end(pending, 'done');
      return;
    }
    pending.state = 'verifying';
    for (const wake of pending.waiting) wake();
    changed();
  };
  const scan = (pending: Pending, by: EcloudAccount): void => {
    pending.state = 'scanned';
    pending.by = by;
    changed();
    const { confirmAfterMs } = options;
    if (confirmAfterMs !== null) pending.cancels.push(clock.after(confirmAfterMs, () => confirm(pending)));
  };
  /** The newest login that waits for this account. */
  const waitingFor = (account: EcloudAccount): Pending | undefined =>
    [...pendings.values()].findLast(
      ({ state, wcId }) => state === 'waiting' && (wcId ?? account.wxid) === account.wxid,
    );
  const scannedBy = (account: EcloudAccount): Pending | undefined =>
    [...pendings.values()].findLast(({ state, by }) => state === 'scanned' && by === account);

  const accounts = settings.accounts.map(({ number, account }): EcloudAccount => {
    states.set(account.wxid, { wId: null, known: false, reason: null });
    const made: EcloudAccount = {
      number,
      wxid: account.wxid,
      name: { number, wxid: account.wxid },
      account,
      get wId() {
        return states.get(account.wxid)?.wId ?? null;
      },
      get qrCode() {
        return waitingFor(made)?.png ?? null;
      },
      start: () => enter(made),
      logout({ reason = '账号在其他设备登录', forgotten = false, post = true } = {}) {
        const { wId } = made;
        states.set(account.wxid, { wId: null, known: !forgotten, reason });
        changed();
        if (wId !== null && post) settings.loggedOut(made, wId, reason);
      },
      scan() {
        const pending = waitingFor(made);
        if (pending === undefined) throw new Error('no QR code waits for this account');
        scan(pending, made);
      },
      confirm() {
        const pending = scannedBy(made);
        if (pending === undefined) throw new Error('this account has scanned no QR code');
        confirm(pending);
      },
      expireQrCode() {
        const pending = scannedBy(made) ?? waitingFor(made);
        if (pending !== undefined) end(pending, 'expired');
      },
      requireVerifyCode(code) {
        if (code === null) verifyCodes.delete(account.wxid);
        else verifyCodes.set(account.wxid, code);
      },
    };
    return made;
  });

  /** The phone that scans by itself. */
  const scanner = (pending: Pending): EcloudAccount | undefined => {
    const busy = new Set([...pendings.values()].filter(({ state }) => state === 'scanned').map(({ by }) => by));
    return accounts.find((account) =>
      pending.wcId === null ? account.wId === null && !busy.has(account) : account.wxid === pending.wcId,
    );
  };

  return {
    accounts,
    byWId: (wId) => accounts.find((account) => account.wId === wId),
    byWcId: (wcId) => accounts.find((account) => account.wxid === wcId),
    begin(wcId) {
      const wId = newWId();
      const png = modulesPng(qrModules(`http://weixin.qq.com/x/${random.hex(20)}`), 6, 4);
      const pending: Pending = { wId, wcId, by: null, state: 'waiting', png, cancels: [], waiting: new Set() };
      pendings.set(wId, pending);
      pending.cancels.push(clock.after(options.qrExpiresMs, () => end(pending, 'expired')));
      if (options.scanAfterMs !== null) {
        const auto = (): void => {
          const by = scanner(pending);
          if (pending.state === 'waiting' && by !== undefined) scan(pending, by);
        };
        pending.cancels.push(clock.after(options.scanAfterMs, auto));
      }
      changed();
      return pending;
    },
    pending: (wId) => pendings.get(wId),
    verify(pending, code) {
      if (pending.by === null || verifyCodes.get(pending.by.wxid) !== code) return false;
      end(pending, 'done');
      return true;
    },
    ended(pending, ms) {
      if (pending.state !== 'waiting' && pending.state !== 'scanned') return Promise.resolve();
      return new Promise((resolve) => {
        const wake = (): void => {
          cancel();
          pending.waiting.delete(wake);
          resolve();
        };
        const cancel = clock.after(ms, wake);
        pending.waiting.add(wake);
      });
    },
    again(wcId) {
      const account = accounts.find((one) => one.wxid === wcId);
      if (!options.secondLogin || account === undefined || states.get(wcId)?.known !== true) return null;
      enter(account);
      return account;
    },
    reasonOf: (account) => states.get(account.wxid)?.reason ?? null,
    stop() {
      for (const pending of pendings.values()) end(pending, 'expired');
    },
  };
}
