/**
 * The lane of an account: one send after the other, as the pacing allows, each given to the upstream at most once.
 *
 * A line is DISPATCHING, durably, before the first byte leaves. What cannot have reached WeChat may be tried again; what may
 * have, is UNKNOWN and never sent again by itself.
 */
import type { SendLog } from '../db/model.ts';
import type { Lane, Outcome } from '../db/store.ts';
import { type Driver, DriverError } from '../drivers/driver.ts';
import type { ErrorCode } from '../words.ts';
import type { App } from './app.ts';
import { type Bell, createBell } from './bell.ts';
import { showId } from './ids.ts';

/** How long a send may go on after the gateway was told to stop; then its outcome is UNKNOWN. */
const graceMs = 10_000;
/** A send that certainly did not leave is tried this often, and no longer than this after its first attempt. */
const maxAttempts = 5;
const retryForMs = 60_000;
const retryAfterMs = 2_000;
/** Sends are looked for at least this often: a ring may be missed. */
const lookAgainMs = 60_000;

export type Delivery = {
  /** Something was queued, or the account became ready. */
  bell: Bell;
  ended: Promise<void>;
};

/**
 * Runs until `signal` aborts. `driver` is null while the account is not RUNNING: its queue is held. `tried` is called after each
 * try whose outcome was not known otherwise: whether the account still runs should be looked at before its tries are used up.
 */
export function deliverOutbox(
  app: App,
  lane: Lane,
  driver: () => Driver | null,
  tried: (outcome: Outcome) => void,
  signal: AbortSignal,
): Delivery {
  const bell = createBell();
  /** When each line that is being retried was first tried, by a clock that nobody sets. */
  const firstTried = new Map<number, number>();

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        const present = driver();
        const waitMs = present ? await next(present) : lookAgainMs;
        if (waitMs > 0) await waitAtMost(Math.min(waitMs, lookAgainMs));
      } catch (error) {
        // The store is away (a full disk): nothing is dispatched until it is back.
        app.log.error({ accountId: showId('account', lane.accountId), err: error }, 'outbox not delivered');
        await app.clock.sleep(retryAfterMs, signal);
      }
    }
  }

  /** Sends the next line that may go; answers how long to wait before looking again. */
  async function next(present: Driver): Promise<number> {
    const now = app.clock.now();
    const taken = await app.store.take(lane, now, app.random());
    if ('send' in taken) {
      const { send } = taken;
      const startedAt = performance.now();
      const triedForMs = startedAt - (firstTried.get(send.id) ?? startedAt);
      const outcome = await dispatch(app, lane, present, { send, startedAt, triedForMs }, signal);
      if (outcome?.status === 'QUEUED') firstTried.set(send.id, startedAt - triedForMs);
      else firstTried.delete(send.id);
      if (outcome) tried(outcome);
      return 0;
    }
    return taken.askAgainAt === null ? lookAgainMs : Math.max(1, taken.askAgainAt - now);
  }

  async function waitAtMost(ms: number): Promise<void> {
    const either = new AbortController();
    const both = AbortSignal.any([signal, either.signal]);
    await Promise.race([bell.wait(both), app.clock.sleep(ms, both)]);
    either.abort();
  }

  return { bell, ended: run() };
}

/** One try of a line; both times are of the clock that nobody sets. */
type Try = { send: SendLog; startedAt: number; triedForMs: number };

/** Null where the outcome was known already when the try ended: its echo was faster. */
async function dispatch(
  app: App,
  lane: Lane,
  driver: Driver,
  attempt: Try,
  signal: AbortSignal,
): Promise<Outcome | null> {
  const { send, startedAt } = attempt;
  let handedOver = false;
  const grace = new AbortController();
  const cutOff = () => void app.clock.sleep(graceMs, grace.signal).then(() => grace.abort());
  if (signal.aborted) cutOff();
  else signal.addEventListener('abort', cutOff, { once: true });
  let outcome: Outcome;
  try {
    const [contact] =
      send.receiverContactId === null ? [] : await app.store.queries.contactsById([send.receiverContactId]);
    handedOver = true;
    const receipt = await driver.send(
      {
        receiver: contact?.wxid ?? send.receiver,
        receiverKind: contact?.kind ?? null,
        content: send.content,
        mentions: send.mentions,
      },
      grace.signal,
    );
    outcome = { status: 'SENT', ...receipt, ...measured(app, startedAt) };
  } catch (error) {
    outcome = { ...failure(app, attempt, error, handedOver), ...measured(app, startedAt) };
  } finally {
    signal.removeEventListener('abort', cutOff);
    grace.abort();
  }
  return (await settle(app, lane, send, outcome)) ? outcome : null;
}

/** The outcome is known only here: it is written as soon as the store lets us. False: it was known already. */
async function settle(app: App, lane: Lane, send: SendLog, outcome: Outcome): Promise<boolean> {
  const log = app.log.child({ accountId: showId('account', lane.accountId), logId: showId('log', send.id) });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const settled = await app.store.settle(send.id, lane, outcome);
      log.info({ status: outcome.status, responseTimeMs: outcome.responseTimeMs }, 'send settled');
      return settled;
    } catch (error) {
      log.error({ err: error, attempt }, 'outcome of a send not stored');
      // At the next start the line is UNKNOWN, which is true.
      if (app.stopping.aborted) return false;
      await app.clock.sleep(retryAfterMs, app.stopping);
    }
  }
}

function measured(app: App, startedAt: number): { now: number; responseTimeMs: number } {
  return { now: app.clock.now(), responseTimeMs: Math.round(performance.now() - startedAt) };
}

type Failure = Outcome extends infer One ? (One extends Outcome ? Omit<One, 'now' | 'responseTimeMs'> : never) : never;

function failure(app: App, { send, triedForMs }: Try, error: unknown, handedOver: boolean): Failure {
  const notBefore = app.clock.now() + retryAfterMs * send.attempts;
  if (!handedOver) {
    app.log.error({ err: error, logId: showId('log', send.id) }, 'a send was not handed to its driver');
    return { status: 'QUEUED', code: 'UNAVAILABLE', message: 'The gateway could not read its database.', notBefore };
  }
  if (!(error instanceof DriverError)) {
    app.log.error({ err: error, logId: showId('log', send.id) }, 'a driver failed without saying how');
    return { status: 'UNKNOWN', code: 'INTERNAL', message: 'The driver failed; the message may have been sent.' };
  }
  const code: ErrorCode = error.code;
  const { message } = error;
  if (!error.certain) return { status: 'UNKNOWN', code, message };
  if (error.retry && send.attempts < maxAttempts && triedForMs < retryForMs) {
    return { status: 'QUEUED', code, message, notBefore };
  }
  return { status: 'FAILED', code, message };
}
