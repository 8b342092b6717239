/** Which accounts are logged in, and logging them in. */
import { enterVerificationCode } from '../../resolvers/accounts/enter-code.ts';
import { GatewayError, badInput } from '../../resolvers/errors.ts';
import {
  type Account,
  capabilitiesOf,
  isOnline,
  readAccount,
  readAccountByWxid,
  readAllAccounts,
} from '../../resolvers/accounts/read-accounts.ts';
import { readAvatarUrl } from '../../resolvers/media/read-avatar-url.ts';
import { startAccount } from '../../resolvers/accounts/start-account.ts';
import { stopClient } from '../../resolvers/accounts/stop-client.ts';
import { waitUntil } from '../../resolvers/events/wait-until.ts';
import type { ClientState } from '../../words.ts';
import { accountOf, wIdOf, wcIdOf } from './account.ts';
import type { Answer, Call } from './call.ts';
import { codeExpired } from './errors.ts';
import { type Told, bad, good } from './told.ts';

/** How long a new code is waited for: clients give up reading after 15 s. */
const codeMs = 12_000;
/** E云's own. */
const phoneMs = 250_000;

/** Also without an account: its failure is the only one that comes without `data`. */
export const queryLoginWx: Answer = async ({ app, caller }) => {
  const online = (await readAllAccounts(app, caller)).filter((one) => isOnline(one) && one.self !== null);
  if (online.length === 0) return { code: '1001', message: '失败' };
  return good(online.map((account) => ({ wcId: wcIdOf(account), wId: wIdOf(account) })));
};

export const showOnline: Answer = async (call) =>
  isOnline(await accountOf(call)) ? good({ isOnline: true }, '在线') : bad('离线');

export const offlineReason: Answer = async ({ app, caller, params }) => {
  const account = await readAccountByWxid(app, caller, params.wxid('wcId'));
  return good({ wcId: wcIdOf(account), reason: isOnline(account) ? null : account.stateReason });
};

/** The account's code to scan: the present one, or that of a login which begins now. A login without a code has none. */
export const iPadLogin: Answer = async (call) => {
  const { app, caller, signal } = call;
  const account = await accountToLogIn(call);
  await begin(call, account);
  const look = () => readAccount(app, caller, wIdOf(account));
  const isThere = (now: Account) => now.qrCode !== null || isOnline(now);
  await waitUntil(app, account.id, codeMs, async () => isThere(await look()) || null, signal);
  const now = await look();
  // Where the phone was asked instead there is nothing to scan.
  if (!isThere(now) && now.state !== 'CONFIRMING') return bad(now.stateReason ?? undefined);
  return good({ wId: wIdOf(now), qrCodeUrl: now.qrCode?.image ?? '' });
};

/** By its wcId, or by its wId before the first login; where neither is given the only one that is not logged in. */
async function accountToLogIn({ app, caller, params }: Call): Promise<Account> {
  const given = params.optional('wcId')?.trim() ?? '';
  const accounts = await readAllAccounts(app, caller);
  if (given !== '') {
    const named = accounts.find((account) => wIdOf(account) === given);
    return named ?? readAccountByWxid(app, caller, params.wxid('wcId'));
  }
  const [account, ...others] = accounts.filter((one) => !isOnline(one));
  if (account !== undefined && others.length === 0) return account;
  throw badInput('wcId', 'wcId must name an account of this gateway, by its WeChat id or its wId.');
}

/** A login that is under way goes on. */
async function begin({ app, caller }: Call, account: Account): Promise<void> {
  const isUnderWay = account.wanted && loggingIn.includes(account.state);
  if (!isOnline(account) && !isUnderWay) await startAccount(app, caller, wIdOf(account));
}

/** Waits for the phone. Each call waits for itself, so that a client may ask again while an earlier call is still waiting. */
export const getIPadLoginInfo: Answer = async (call) => {
  const { app, caller, params, signal } = call;
  const account = await accountOf(call);
  const code = params.optional('verifyCode');
  if (code !== null) await enterVerificationCode(app, caller, { accountId: wIdOf(account), code });
  const shown = account.qrCode?.image ?? null;
  const ended = await waitUntil(
    app,
    account.id,
    phoneMs,
    async () => {
      const now = await readAccount(app, caller, wIdOf(account));
      if (isOnline(now)) return good(await profileOf(call, now));
      if (now.state === 'CONFIRMING' && code === null && wantsCode(now)) return bad('请在ipad上输入验证码');
      // A code that was shown is no longer good where another one has taken its place.
      const isShown = now.qrCode === null || shown === null || now.qrCode.image === shown;
      return isShown && loggingIn.includes(now.state) ? null : bad(codeExpired);
    },
    signal,
  );
  return ended ?? bad('请使用手机扫码登录');
};

/** Where the account's driver can do that; else WeChat would stay logged in. */
export const logout: Answer = async (call) => {
  await logOut(call, [await accountOf(call)]);
  return good();
};

/** Several of them, by their wcId; none where one of them is unknown or cannot be logged out. */
export const takeOffline: Answer = async (call) => {
  const { app, caller, params } = call;
  const wcIds = params.wxids('wcIds');
  await logOut(call, await Promise.all(wcIds.map((wcId) => readAccountByWxid(app, caller, wcId))));
  return good();
};

async function logOut({ app, caller }: Call, accounts: readonly Account[]): Promise<void> {
  const other = accounts.find((account) => !capabilitiesOf(app, account).includes('START_STOP'));
  if (other !== undefined) {
    throw new GatewayError('UNSUPPORTED', `Account ${wIdOf(other)}: the driver ${other.driver} cannot log out.`);
  }
  for (const account of accounts) await stopClient(app, caller, wIdOf(account));
}

const loggingIn: readonly ClientState[] = ['LOADING', 'SCANNING', 'CONFIRMING', 'UPDATING'];

function wantsCode({ stateReason }: Account): boolean {
  return stateReason?.includes('验证码') === true;
}

/** Without a code: the account's phone is asked, or its WeChat still runs. */
export const secondLogin: Answer = async (call) => {
  const { app, caller, params, signal } = call;
  const account = await readAccountByWxid(app, caller, params.wxid('wcId'));
  await begin(call, account);
  const ended = await waitUntil(
    app,
    account.id,
    phoneMs,
    async (): Promise<Told | null> => {
      const now = await readAccount(app, caller, wIdOf(account));
      if (isOnline(now)) return good(await profileOf(call, now));
      if (now.state === 'SCANNING') return bad('请使用手机扫码登录');
      return loggingIn.includes(now.state) ? null : bad(now.stateReason ?? undefined);
    },
    signal,
  );
  return ended ?? bad('请在手机上确认登录');
};

/** 3: logged in. */
const loggedIn = 3;

async function profileOf({ app, loaders }: Call, account: Account): Promise<Record<string, unknown>> {
  const { id, self } = account;
  const of = { kind: 'account', id, accountId: id, avatarUrl: self?.avatarUrl ?? null } as const;
  const headUrl = (await readAvatarUrl(app, loaders, of)) ?? '';
  return {
    wcId: wcIdOf(account),
    wId: wIdOf(account),
    nickName: self?.name ?? '',
    wAccount: self?.alias ?? '',
    deviceType: 'ipad',
    headUrl,
    smallHeadImgUrl: headUrl,
    sex: 0,
    status: loggedIn,
  };
}
