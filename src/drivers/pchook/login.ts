/** What state a hooked WeChat is in, found by asking it; its QR code; where it posts. */
import { setTimeout as wait } from 'node:timers/promises';
import type { PchookDialect, QrCode } from '../../words.ts';
import { DriverError, type Evidence, type LoginStep, type Self } from '../driver.ts';
import { parseJson } from '../../lossless-json.ts';
import { type PchookClient, readDone, unreadable } from './client.ts';
import { type Fields, fields, known } from './fields.ts';

const selfCalls: Readonly<Record<PchookDialect, string>> = { V39: 'GetSelfLoginInfo', NEWEST: 'GetSelfProfile' };
const qrFields = ['hex_data', 'img_hex', 'qr_hex', 'hex', 'base64', 'img_base64', 'qrcode', 'data'];

/**
 * Looks until WeChat is logged in and yields what changed; ends after RUNNING, and when the signal aborts. Where WeChat only
 * waits for its button to be clicked, it is.
 */
export async function* login(client: PchookClient, signal: AbortSignal): AsyncGenerator<LoginStep, void, void> {
  const { pauseMs, longestPauseMs } = client.timings;
  let pause = pauseMs;
  let shown = '';
  while (!signal.aborted) {
    const step = await look(client, true, signal).catch(unlessAborted(signal));
    if (step === null) return;
    const now = JSON.stringify(step);
    if (now !== shown) yield step;
    shown = now;
    if (step.state === 'RUNNING') return;
    const away = step.state === 'OFFLINE';
    await wait(away ? pause : pauseMs, undefined, { signal }).catch(unlessAborted(signal));
    pause = away ? Math.min(pause * 2, longestPauseMs) : pauseMs;
  }
}

/** Looks once, and clicks nothing. */
export async function probe(client: PchookClient, signal: AbortSignal): Promise<Evidence> {
  const { state, reason, self } = await look(client, false, signal);
  return { state, reason, ...(self && { self }) };
}

/**
 * Tells the hook where to post; parsed messages, not raw protobuf. It forgets this with its process. Throws `DriverError`.
 */
export async function setCallback(client: PchookClient, url: string, signal: AbortSignal): Promise<void> {
  const { callMs } = client.timings;
  const newest = async (): Promise<void> => {
    // An older form of this call takes the address as url.
    const body = { RecvType: '1', CallBackURL: url, url };
    const name = 'ConfigureMsgReciveFullURL';
    readDone(name, await client.ask(name, body, callMs, signal), 'ConfigureMsgRecive');
  };
  if (client.dialect() === 'NEWEST') return newest();
  try {
    const name = 'ConfigureMsgRecive';
    readDone(name, await client.ask(name, { isEnable: '1', url }, callMs, signal));
  } catch (error) {
    if (client.dialect() === 'V39' || !(error instanceof DriverError) || error.code !== 'UNSUPPORTED') throw error;
    await newest();
  }
}

/**
 * Logs WeChat out; a login shows a code again. Its process is left alone: only the manager of the computer, which the hook's
 * port knows nothing of, could start it again. Throws `DriverError`.
 */
export async function stopClient(client: PchookClient, signal: AbortSignal): Promise<void> {
  await client.command('Logout', {}, signal);
}

/** An upstream that is away is a finding. Rejects only if the signal aborts. */
async function look(client: PchookClient, click: boolean, signal: AbortSignal): Promise<LoginStep> {
  try {
    return await ask(client, click, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof DriverError)) throw error;
    // Silent with the connection made is a WeChat that is starting, or busy.
    if (error.code === 'UPSTREAM_TIMEOUT' && !error.certain) {
      return { state: 'LOADING', reason: 'the port is open but silent: WeChat is starting, or busy' };
    }
    return { state: 'OFFLINE', reason: error.message };
  }
}

async function ask(client: PchookClient, click: boolean, signal: AbortSignal): Promise<LoginStep> {
  const { callMs } = client.timings;
  const told = await client.object('IsLoginStatus', {}, callMs, signal);
  const status = known(told, 'onlinestatus', 'IsLoginStatus');
  const reason = `IsLoginStatus is ${status}`;
  switch (status) {
    case '0': {
      const qrCode = click ? await fetchQrCode(client, signal) : null;
      return { state: 'SCANNING', reason, ...(qrCode && { qrCode }) };
    }
    case '1': {
      // Logged in, says the oldest dialect, which tells nothing else; to be confirmed on the phone, say the others.
      const self = 'login_loading' in told ? null : await fetchSelf(client, told, signal);
      return self === null ? { state: 'CONFIRMING', reason } : { state: 'RUNNING', reason, self };
    }
    case '2':
      return { state: 'LOADING', reason };
    case '3': {
      const self = await fetchSelf(client, told, signal);
      return { state: 'RUNNING', reason, ...(self && { self }) };
    }
    case '4':
      return { state: 'OFFLINE', reason: `${reason}: WeChat is logging out` };
    case '5':
      if (click) await client.call('ClickLoginButton', {}, callMs, signal);
      return { state: 'CONFIRMING', reason: `${reason}: WeChat waits for its login button` };
    default:
      throw unreadable('IsLoginStatus answered no state that is known');
  }
}

/** The account's own person, by which the dialect is found out; null where no build's call names anybody. */
async function fetchSelf(client: PchookClient, status: Fields, signal: AbortSignal): Promise<Self | null> {
  const dialect = client.dialect();
  for (const one of dialect === null ? (['V39', 'NEWEST'] as const) : [dialect]) {
    const answer = await client.ask(selfCalls[one], {}, client.timings.callMs, signal).catch(unlessUnknown);
    const self = selfOf(fields(answer) ?? {});
    if (self === null) continue;
    client.foundDialect(one);
    return self;
  }
  return selfOf({ wxid: known(status, 'selfwxid') ?? '', nickname: known(status, 'nickname') ?? '' });
}

function selfOf(told: Fields): Self | null {
  const wxid = known(told, 'wxid', 'selfwxid');
  if (wxid === null) return null;
  return {
    wxid,
    name: known(told, 'nickname'),
    alias: known(told, 'account'),
    uid: null,
    avatarUrl: known(told, 'head_big', 'head_small'),
  };
}

/** The login code; a build that has none yet is asked to make one. */
async function fetchQrCode(client: PchookClient, signal: AbortSignal): Promise<QrCode | null> {
  const { callMs } = client.timings;
  const get = async (): Promise<QrCode | null> => {
    const answer = await client.call('GetLoginQRCode', {}, callMs, signal);
    return answer.status === 200 ? qrCodeIn(answer.bytes, answer.text) : null;
  };
  const found = await get();
  if (found !== null) return found;
  await client.call('RefreshLoginQRCode', {}, callMs, signal);
  return get();
}

/** The picture itself, or JSON that holds it in hexadecimal or base64, under one of many names. */
function qrCodeIn(bytes: Uint8Array, body: string): QrCode | null {
  const direct = picture(Buffer.from(bytes));
  if (direct !== null) return direct;
  let told: Fields;
  try {
    told = fields(parseJson(body)) ?? {};
  } catch {
    return null;
  }
  for (const name of qrFields) {
    const data = known(told, name)?.replace(/^data:image\/\w+;base64,/, '');
    if (data === undefined) continue;
    const isHex = /^[0-9A-Fa-f]+$/.test(data);
    const found = picture(Buffer.from(data, isHex ? 'hex' : 'base64'));
    if (found !== null) return found;
  }
  return null;
}

function picture(data: Buffer): QrCode | null {
  const start = data.subarray(0, 4).toString('hex');
  const mime = start === '89504e47' ? 'image/png' : start.startsWith('ffd8ff') ? 'image/jpeg' : null;
  return mime && { url: null, image: `data:${mime};base64,${data.toString('base64')}`, expiresAt: null };
}

/** A call that this build does not have, or that it answers with nothing of use. */
function unlessUnknown(error: unknown): null {
  if (error instanceof DriverError && (error.code === 'UNSUPPORTED' || error.code === 'UPSTREAM_REJECTED')) return null;
  throw error;
}

function unlessAborted(signal: AbortSignal): (error: unknown) => null {
  return (error) => {
    if (signal.aborted) return null;
    throw error;
  };
}
