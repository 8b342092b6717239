/**
 * What an account does in WeChat beside sending: the step that all of it has in common.
 *
 * A side effect that has begun is not given up when its client leaves, and its outcome is told as it is: done, certainly
 * not done, or perhaps done.
 */
import type { Account } from '../../db/model.ts';
import { type Driver, DriverError } from '../../drivers/driver.ts';
import type { Capability, ErrorCode } from '../../words.ts';
import type { App } from '../app.ts';
import { driverOf } from './driver-of.ts';
import { GatewayError } from '../errors.ts';
import { showId } from '../ids.ts';
import { capabilitiesOf, isOnline } from './read-accounts.ts';

/** How long an upstream may take; and how long once the gateway was told to stop. */
const limitMs = 30_000;
const graceMs = 10_000;

export type Asked<Told, Kept> = {
  capability: Capability;
  /** The side effect. */
  act(driver: Driver, signal: AbortSignal): Promise<Told>;
  /** Stores what is different from now on. */
  keep(told: Told, driver: Driver, signal: AbortSignal): Promise<Kept>;
};

/**
 * Does something through the account's upstream, once, and answers what was kept of it.
 *
 * UNSUPPORTED where the driver cannot; NOT_READY where the account does not run; UPSTREAM_… and the driver's other codes for
 * a failure, `retryable` only if nothing can have been done and a later try may work.
 */
export async function askUpstream<Told, Kept>(app: App, account: Account, asked: Asked<Told, Kept>): Promise<Kept> {
  const driver = readyDriver(app, account, asked.capability);
  return withinLimits(app, async (signal) => {
    let told: Told;
    try {
      told = await asked.act(driver, signal);
    } catch (error) {
      throw upstreamError(error);
    }
    try {
      return await asked.keep(told, driver, signal);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'UNAVAILABLE') throw error;
      // Not `retryable`: to do it again would be to do it twice.
      throw new GatewayError('UNAVAILABLE', `It was done, but could not be stored: ${error.message}`, { cause: error });
    }
  });
}

function readyDriver(app: App, account: Account, capability: Capability): Driver {
  if (!capabilitiesOf(app, account).includes(capability)) {
    throw new GatewayError('UNSUPPORTED', `The driver ${account.driver} cannot do ${capability}.`);
  }
  if (!account.wanted || !isOnline(account)) {
    const id = showId('account', account.id);
    throw new GatewayError('NOT_READY', `Account ${id} is ${account.state}: this can be done while it is RUNNING.`);
  }
  return driverOf(app, account);
}

/** Runs `step` with a signal that aborts when its time is up. */
export async function withinLimits<T>(app: App, step: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const giveUp = new AbortController();
  const giveUpIn = (ms: number) => void app.clock.sleep(ms, over.signal).then(() => giveUp.abort());
  const hurry = () => giveUpIn(graceMs);
  giveUpIn(limitMs);
  if (app.stopping.aborted) hurry();
  else app.stopping.addEventListener('abort', hurry, { once: true });
  try {
    return await step(giveUp.signal);
  } finally {
    app.stopping.removeEventListener('abort', hurry);
    over.abort();
  }
}

/** A driver's failure as clients are told it; anything else as it is. */
export function upstreamError(error: unknown): unknown {
  if (!(error instanceof DriverError)) return error;
  // FORBIDDEN is what callers of the gateway are told; here it is the upstream that refuses.
  const code: ErrorCode = error.code === 'FORBIDDEN' ? 'UPSTREAM_REJECTED' : error.code;
  const words = error.certain ? error.message : `${error.message}; it may have been done all the same`;
  return new GatewayError(code, words, {
    cause: error,
    ...(error.certain && error.retry ? { retryable: true } : {}),
  });
}

/** Of an error that was thrown here: what was asked for may have been done all the same. */
export function mayBeDone(error: unknown): boolean {
  return error instanceof GatewayError && error.cause instanceof DriverError && !error.cause.certain;
}
