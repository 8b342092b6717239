/**
 * The lane of an account: one send after the other, as the pacing allows, each given to the upstream at most once.
 *
 * A line is DISPATCHING, durably, before the first byte leaves. What cannot have reached WeChat may be tried again; what may
 * have, is UNKNOWN and never sent again by itself.
 */
import type { SendLog } from '../../db/model.ts';
import type { Lane, Outcome } from '../../db/store.ts';
import { type Driver, DriverError, type OutgoingSend, type SendReceipt } from '../../drivers/driver.ts';
import type { ErrorCode, Millis } from '../../words.ts';
import type { App } from '../app.ts';
import { type Bell, createBell } from '../bell.ts';
import { createBreaker, isMiss } from './breaker.ts';
import { showId } from '../ids.ts';
import { type OutgoingForms, outgoingForms } from './outgoing-content.ts';

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
  const breaker = createBreaker(() => app.clock.elapsed());
  app.breakers.set(lane.accountId, breaker);
  /** When each line that is being retried was first tried. */
  const firstTried = new Map<number, Millis>();
  let lastTakenAt: Millis | null = null;

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
  async function next(present: Driver): Promise<Millis> {
    const holdMs = breaker.holdMs();
    if (holdMs > 0) return holdMs;
    const now = app.clock.now();
    const before = app.clock.elapsed();
    const taken = await app.store.take(lane, now, app.random(), lastTakenAt === null ? null : before - lastTakenAt);
    if (!('send' in taken)) return taken.askAgainAt === null ? lookAgainMs : Math.max(1, taken.askAgainAt - now);
    const { send } = taken;
    const startedAt = app.clock.elapsed();
    lastTakenAt = startedAt;
    const triedForMs = startedAt - (firstTried.get(send.id) ?? startedAt);
    // While the breaker is open a try tells of the upstream, not of the line: that one is held as the others are.
    const isLast = !breaker.isOpen() && (send.attempts >= maxAttempts || triedForMs >= retryForMs);
    const { outcome, isNews, missed } = await dispatch(app, lane, present, { send, startedAt, isLast }, signal);
    if (outcome.status === 'QUEUED') firstTried.set(send.id, startedAt - triedForMs);
    else firstTried.delete(send.id);
    if (missed === true) breaker.missed();
    else if (missed === false) breaker.reached();
    if (isNews) tried(outcome);
    return 0;
  }

  async function waitAtMost(ms: Millis): Promise<void> {
    const either = new AbortController();
    const both = AbortSignal.any([signal, either.signal]);
    await Promise.race([bell.wait(both), app.clock.sleep(ms, both)]);
    either.abort();
  }

  return {
    bell,
    ended: run().finally(() => {
      if (app.breakers.get(lane.accountId) === breaker) app.breakers.delete(lane.accountId);
    }),
  };
}

/** One try of a line. */
type Try = {
  send: SendLog;
  startedAt: Millis;
  /** It is not tried again, even where it certainly did not leave. */
  isLast: boolean;
};

type Tried = {
  outcome: Outcome;
  /** False: what became of the line was known already when the try ended; its echo was faster. */
  isNews: boolean;
  /** Whether the upstream was away; null where that cannot be said, as it was not asked or not given its time. */
  missed: boolean | null;
};

async function dispatch(app: App, lane: Lane, driver: Driver, attempt: Try, signal: AbortSignal): Promise<Tried> {
  const { send, startedAt } = attempt;
  let handedOver = false;
  let missed: boolean | null = false;
  const grace = new AbortController();
  const cutOff = () => void app.clock.sleep(graceMs, grace.signal).then(() => grace.abort());
  if (signal.aborted) cutOff();
  else signal.addEventListener('abort', cutOff, { once: true });
  let outcome: Outcome;
  try {
    const [contact] =
      send.receiverContactId === null ? [] : await app.store.queries.contactsById([send.receiverContactId]);
    const addressed = {
      receiver: contact?.wxid ?? send.receiver,
      receiverKind: contact?.kind ?? null,
      mentions: send.mentions,
    };
    const forms = await outgoingForms(app, send);
    handedOver = true;
    const receipt = await sendOne(driver, addressed, forms, grace.signal);
    outcome = { status: 'SENT', ...receipt, ...measured(app, startedAt) };
  } catch (error) {
    const isSaid = handedOver && !grace.signal.aborted && error instanceof DriverError;
    missed = isSaid ? isMiss(error) : null;
    outcome = { ...failure(app, attempt, error, handedOver), ...measured(app, startedAt) };
  } finally {
    signal.removeEventListener('abort', cutOff);
    grace.abort();
  }
  const isNews = await settle(app, lane, send, outcome);
  // What came back has reached WeChat, whatever became of the answer.
  return { outcome, isNews, missed: isNews ? missed : false };
}

/** Gives the message to the upstream, where it refuses one form in another; what it may have taken it is not given again. */
async function sendOne(
  driver: Driver,
  addressed: Omit<OutgoingSend, 'content'>,
  { first, instead }: OutgoingForms,
  signal: AbortSignal,
): Promise<SendReceipt> {
  try {
    return await driver.send({ ...addressed, content: first }, signal);
  } catch (error) {
    const isRefused = error instanceof DriverError && error.certain && !error.retry;
    if (!isRefused || instead === null || signal.aborted) throw error;
    return driver.send({ ...addressed, content: instead }, signal);
  }
}

/** The outcome is known only here: it is written as soon as the store lets us. False: it was known already. */
async function settle(app: App, lane: Lane, send: SendLog, outcome: Outcome): Promise<boolean> {
  const log = app.log.child({ accountId: showId('account', lane.accountId), logId: showId('log', send.id) });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const settled = await app.store.settle(send.id, lane, outcome);
      const { status, responseTimeMs } = outcome;
      const why = 'code' in outcome ? { code: outcome.code, why: outcome.message } : {};
      log.info({ status, ...why, attempts: send.attempts, responseTimeMs }, 'send settled');
      return settled;
    } catch (error) {
      log.error({ err: error, attempt }, 'outcome of a send not stored');
      // At the next start the line is UNKNOWN, which is true.
      if (app.stopping.aborted) return false;
      await app.clock.sleep(retryAfterMs, app.stopping);
    }
  }
}

function measured(app: App, startedAt: Millis): { now: number; responseTimeMs: number } {
  return { now: app.clock.now(), responseTimeMs: Math.round(app.clock.elapsed() - startedAt) };
}

type Failure = Outcome extends infer One ? (One extends Outcome ? Omit<One, 'now' | 'responseTimeMs'> : never) : never;

function failure(app: App, { send, isLast }: Try, error: unknown, handedOver: boolean): Failure {
  const notBefore = app.clock.now() + retryAfterMs * Math.min(send.attempts, maxAttempts);
  if (!handedOver && !(error instanceof DriverError)) {
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
  if (error.retry && !isLast) {
    return { status: 'QUEUED', code, message, notBefore };
  }
  return { status: 'FAILED', code, message };
}
