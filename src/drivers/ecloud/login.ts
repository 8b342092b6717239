/**
 * Bringing an account online at E云, and finding out whether it is.
 *
 * RUNNING means that queryLoginWx lists the wcId. An account that was online before is asked in again on its phone, without
 * a code (secondLogin); else a QR code is shown.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { DriverError, type Evidence, type LoginStep, type Self } from '../driver.ts';
import { unreadable } from './client.ts';
import { selfOf } from './contacts.ts';
import { type Fields, fields, known, number, objects } from './fields.ts';
import { fetchQrCode } from './qr-code.ts';
import type { EcloudSession, Online } from './session.ts';

/** After so many codes that nobody scanned the next one waits for the longest pause: each one is a login at WeChat. */
const codesInARow = 10;

/** Yields what changed; ends after RUNNING, and when the signal aborts. */
export async function* login(session: EcloudSession, signal: AbortSignal): AsyncGenerator<LoginStep, void, void> {
  const { pauseMs, longestPauseMs } = session.client.timings;
  let pause = pauseMs;
  let shown = '';
  let mayAskThePhone = true;
  while (!signal.aborted) {
    try {
      for await (const step of enter(session, mayAskThePhone, signal)) {
        // Only once: it rings on the phone.
        if (step.state === 'CONFIRMING') mayAskThePhone = false;
        const now = JSON.stringify(step);
        if (now !== shown) yield step;
        shown = now;
        if (step.state === 'RUNNING') return;
      }
      pause = longestPauseMs;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof DriverError)) throw error;
      const step: LoginStep = { state: 'OFFLINE', reason: error.message };
      if (JSON.stringify(step) !== shown) yield step;
      shown = JSON.stringify(step);
    }
    await sleep(pause, signal);
    pause = Math.min(pause * 2, longestPauseMs);
  }
}

/** Looks once. Rejects only if the signal aborts. */
export async function probe(session: EcloudSession, signal: AbortSignal): Promise<Evidence> {
  try {
    const online = await session.look(signal);
    if (online !== null) return { state: 'RUNNING', reason: listed };
    return { state: 'OFFLINE', reason: await whyOffline(session, signal) };
  } catch (error) {
    if (signal.aborted || !(error instanceof DriverError)) throw error;
    return { state: 'OFFLINE', reason: error.message };
  }
}

const listed = 'queryLoginWx lists the account';

/** One attempt; ends with RUNNING, or when it gives up for now. Throws `DriverError`. */
async function* enter(
  session: EcloudSession,
  mayAskThePhone: boolean,
  signal: AbortSignal,
): AsyncGenerator<LoginStep, void, void> {
  const online = await session.look(signal);
  if (online !== null) {
    yield { state: 'RUNNING', reason: listed, self: await readSelf(session, online, signal) };
    return;
  }
  const person = session.person();
  if (person !== null && mayAskThePhone) {
    const reason = `${await whyOffline(session, signal)}: it is asked in again, see whether its phone wants a confirmation`;
    yield { state: 'CONFIRMING', reason };
    const step = await enterAgain(session, person, signal);
    if (step !== null) {
      yield step;
      return;
    }
  }
  for (let code = 0; code < codesInARow; code += 1) {
    const step = yield* enterByCode(session, signal);
    if (step !== null) {
      yield step;
      return;
    }
  }
  yield {
    state: 'OFFLINE',
    reason: `nobody scanned ${codesInARow} QR codes; a new one comes later, or at a new start`,
  };
}

/** Without a code; null where E云 cannot do that (any more). */
async function enterAgain(session: EcloudSession, wcId: string, signal: AbortSignal): Promise<LoginStep | null> {
  try {
    return enteredAs(
      session,
      await session.client.call('secondLogin', { wcId }, session.client.timings.loginMs, signal),
    );
  } catch (error) {
    if (error instanceof DriverError && error.code === 'UPSTREAM_REJECTED') return null;
    throw error;
  }
}

/** Shows one code until it is scanned and confirmed, or has expired: null then. */
async function* enterByCode(
  session: EcloudSession,
  signal: AbortSignal,
): AsyncGenerator<LoginStep, LoginStep | null, void> {
  const { client, codes } = session;
  const { callMs } = client.timings;
  // The old wcId again, where there is one: WeChat takes it for the device that it knows.
  const begun = fields(
    await client.call('iPadLogin', { wcId: session.person() ?? '', deviceType: 'ipad' }, callMs, signal),
  );
  const wId = known(begun?.['wId']);
  const address = known(begun?.['qrCodeUrl']);
  if (wId === null || address === null) throw unreadable('iPadLogin answered no QR code');
  const qrCode = await fetchQrCode(address, callMs, signal);
  try {
    // From the first moment: whoever sees a code on the phone need not wait for E云 to ask for it.
    codes.open();
    yield { state: 'SCANNING', reason: 'a QR code waits for the phone', qrCode };
    const step = yield* waitForPhone(session, wId, signal);
    if (step !== null || signal.aborted) return step;
  } finally {
    codes.close();
  }
  // The answer that told of the login may have been lost.
  const online = await session.look(signal, wId);
  if (online === null) return null;
  return { state: 'RUNNING', reason: listed, self: await readSelf(session, online, signal) };
}

/** Asks until E云 tells that the phone has confirmed, or that the code has expired: null then. */
async function* waitForPhone(
  session: EcloudSession,
  wId: string,
  signal: AbortSignal,
): AsyncGenerator<LoginStep, LoginStep | null, void> {
  const { client, codes } = session;
  const { loginMs, pauseMs } = client.timings;
  while (!signal.aborted) {
    const verifyCode = codes.take();
    const body = { wId, autoCheck: false, ...(verifyCode !== null && { verifyCode }) };
    // E云 waits for the phone as long as 250 s. A code does not wait with it: a second call is taken meanwhile.
    const either = AbortSignal.any([signal, codes.entered()]);
    let told: Fields | null;
    try {
      told = fields(await client.call('getIPadLoginInfo', body, loginMs, either));
    } catch (error) {
      if (signal.aborted || !(error instanceof DriverError)) throw error;
      if (error.code === 'UPSTREAM_TIMEOUT') {
        // Cut short by a code, or by the limit: it says nothing of the login.
        await sleep(pauseMs, either);
        continue;
      }
      if (error.code !== 'UPSTREAM_REJECTED') throw error;
      if (isExpired(error)) return null;
      const wantsCode = /验证码/.test(error.message);
      yield { state: wantsCode ? 'CONFIRMING' : 'SCANNING', reason: reasonOf(error, wantsCode) };
      await sleep(wantsCode ? loginMs : pauseMs, either);
      continue;
    }
    if (known(told?.['wcId']) !== null) return enteredAs(session, told, wId);
    if (number(told?.['status']) === 1) {
      yield { state: 'CONFIRMING', reason: 'the code was scanned; the phone is to confirm' };
    }
    await sleep(pauseMs, either);
  }
  return null;
}

/** In E云's words: they may hold an address to open (a slider, for a login as a Mac). */
function reasonOf(error: DriverError, wantsCode: boolean): string {
  const words = `E云 says: ${error.message}`;
  return wantsCode ? `the phone shows a verification code that is to be entered here; ${words}` : words;
}

function isExpired(error: DriverError): boolean {
  return error.code === 'UPSTREAM_REJECTED' && /过期|失效|已注销/.test(error.message);
}

/** The step that ends a login. A phone of somebody else does not become this account. */
function enteredAs(session: EcloudSession, told: unknown, wIdOfCode: string | null = null): LoginStep {
  const profile: Fields | null = fields(told);
  const wcId = known(profile?.['wcId']);
  const wId = known(profile?.['wId']) ?? wIdOfCode;
  if (wcId === null || wId === null) throw unreadable('the login answered no wcId');
  const person = session.person();
  if (person !== null && wcId !== person) {
    throw new DriverError('FORBIDDEN', `another WeChat account logged in (${wcId}); this one is ${person}`, {
      certain: true,
      retry: false,
    });
  }
  session.entered({ wcId, wId });
  const self = selfOf(wcId, profile, session.settings.self ?? null);
  return { state: 'RUNNING', reason: 'logged in', self };
}

/** Name and picture are a courtesy: an account that does not tell them is as much online. */
async function readSelf(session: EcloudSession, { wcId }: Online, signal: AbortSignal): Promise<Self> {
  const before = session.settings.self ?? null;
  try {
    const [profile] = objects(await session.ask('getContact', { wcId }, signal));
    return selfOf(wcId, profile ?? null, before);
  } catch (error) {
    if (signal.aborted || !(error instanceof DriverError)) throw error;
    return selfOf(wcId, null, before);
  }
}

/** An object, or a list of one; the reason may be null. */
async function whyOffline(session: EcloudSession, signal: AbortSignal): Promise<string> {
  const wcId = session.person();
  if (wcId === null) return 'not logged in yet';
  try {
    const [told] = objects(await session.client.call('offlineReason', { wcId }, session.client.timings.callMs, signal));
    const reason = known(told?.['reason']);
    return reason === null ? 'queryLoginWx does not list the account' : `offline: ${reason.slice(0, 200)}`;
  } catch (error) {
    if (signal.aborted || !(error instanceof DriverError)) throw error;
    return 'queryLoginWx does not list the account';
  }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined);
}
