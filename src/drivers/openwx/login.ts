/**
 * What state a Mojo-Weixin program is in, found by asking it.
 *
 * The plugin answers only while it runs: before that the port takes connections and stays silent, without a process it
 * refuses them (observed on Mojo-Weixin 1.4.6). A Controller tells a client's state at any time.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { QrCode } from '../../words.ts';
import { DriverError, type Evidence, type LoginStep } from '../driver.ts';
import { type OpenwxClient, readJson, refusal } from './client.ts';
import { selfOf } from './contacts.ts';
import { fields, text } from './fields.ts';
import { qrCodeOf, stateOf } from './states.ts';

/**
 * Looks until the program runs and yields what changed; ends after RUNNING, and when the signal aborts.
 *
 * A Controller's client that does not exist is started. The login code comes from the Controller; a program without
 * one posts it (input_qrcode).
 */
export async function* login(client: OpenwxClient, signal: AbortSignal): AsyncGenerator<LoginStep, void, void> {
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
    // A program that is away, or dies each time it is started, is tried less and less often.
    const away = step.state === 'OFFLINE' || step.state === 'INIT';
    await wait(away ? pause : pauseMs, undefined, { signal }).catch(unlessAborted(signal));
    pause = away ? Math.min(pause * 2, longestPauseMs) : pauseMs;
  }
}

/** Looks once, and starts nothing. */
export async function probe(client: OpenwxClient, signal: AbortSignal): Promise<Evidence> {
  const { state, reason, self } = await look(client, false, signal);
  return { state, reason, ...(self && { self }) };
}

/**
 * Has the Controller end its client's process; one that it does not have is ended already. `login` starts it again. Throws
 * `DriverError`.
 */
export async function stopClient(client: OpenwxClient, signal: AbortSignal): Promise<void> {
  const refused = refusal(readJson(await client.get('stop_client', client.timings.callMs, signal)));
  if (refused !== null && refused.code !== 'UPSTREAM_UNREACHABLE') throw refused;
}

/** An upstream that is away is a finding. Rejects only if the signal aborts. */
async function look(client: OpenwxClient, start: boolean, signal: AbortSignal): Promise<LoginStep> {
  try {
    const told = client.name === null ? null : await askController(client, start, signal);
    return told ?? (await askProgram(client, signal));
  } catch (error) {
    if (signal.aborted || !(error instanceof DriverError)) throw error;
    // Silent with the connection made is a login under way, silent before that a host that is gone.
    if (error.code === 'UPSTREAM_TIMEOUT' && !error.certain) {
      return { state: 'LOADING', reason: 'the port is open but silent: the program is logging in' };
    }
    return { state: 'OFFLINE', reason: error.message };
  }
}

async function askProgram(client: OpenwxClient, signal: AbortSignal): Promise<LoginStep> {
  const { silentMs } = client.timings;
  await client.object('get_client_info', silentMs, signal);
  const self = selfOf(await client.object('get_user_info', silentMs, signal));
  if (self === null) return { state: 'LOADING', reason: 'get_user_info names nobody' };
  return { state: 'RUNNING', reason: 'get_client_info and get_user_info answer', self };
}

/** What the Controller knows of its client; null if the client says that it runs, or the Controller cannot tell. */
async function askController(client: OpenwxClient, start: boolean, signal: AbortSignal): Promise<LoginStep | null> {
  const { silentMs } = client.timings;
  const answer = fields(readJson(await client.get('check_client', silentMs, signal)));
  const refused = refusal(answer);
  if (refused?.code === 'UPSTREAM_UNREACHABLE' && start) {
    await client.object('start_client', silentMs, signal);
    return { state: 'INIT', reason: 'the Controller starts the client' };
  }
  // Any other refusal is a state file that it could not read: the client itself is asked.
  if (refused?.code === 'UPSTREAM_UNREACHABLE' || refused?.code === 'FORBIDDEN') throw refused;
  const clients = answer?.['client'];
  const word = text(fields(Array.isArray(clients) ? clients[0] : null)?.['state']);
  const state = stateOf(word);
  if (state === null || state === 'RUNNING') return null;
  if (state === 'STOPPED') return { state: 'OFFLINE', reason: 'the client has stopped' };
  const qrCode = state === 'SCANNING' ? await fetchQrCode(client, signal) : null;
  return { state, reason: `check_client says ${word}`, ...(qrCode && { qrCode }) };
}

/** The login code; null while there is none, when the Controller answers 404. */
async function fetchQrCode(client: OpenwxClient, signal: AbortSignal): Promise<QrCode | null> {
  const answer = await client.get('get_qrcode', client.timings.silentMs, signal);
  return answer.status === 200 ? qrCodeOf(Buffer.from(answer.bytes).toString('base64')) : null;
}

function unlessAborted(signal: AbortSignal): (error: unknown) => null {
  return (error) => {
    if (signal.aborted) return null;
    throw error;
  };
}
