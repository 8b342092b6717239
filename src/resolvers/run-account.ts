/**
 * One account, driven: logged in, watched, polled where its upstream does not post, its outbox delivered.
 *
 * Two phases take turns. Logging in: the driver's steps become states until RUNNING. Running: a probe looks now and then,
 * and what the upstream posts is heeded; either may lead back to logging in.
 */
import type { Account } from '../db/model.ts';
import type { Lane } from '../db/store.ts';
import { DriverError, type LoginStep } from '../drivers/driver.ts';
import type { ClientState } from '../words.ts';
import type { App } from './app.ts';
import { createBell } from './bell.ts';
import { callbackUrlOf } from './callback-url.ts';
import { deliverOutbox } from './deliver-outbox.ts';
import { connectionOf, createDriver } from './driver-of.ts';
import { showId } from './ids.ts';
import { receiveEvents } from './receive-events.ts';
import { fetchContacts } from './sync-contacts.ts';

const probeEveryMs = 30_000;
const afterFailureMs = 10_000;
/** An upstream whose process was started anew between two probes has forgotten where to post. */
const tellAddressEveryMs = 300_000;
/** Contacts older than this are fetched again when the account comes to RUNNING. */
const contactsFreshMs = 3600_000;

export type Run = {
  lane: Lane;
  /** As it was when the run began. */
  account: Account;
  /** The account's state as the log tells it, whoever changed it. */
  heardState(state: ClientState): void;
  /** Something was queued or changed for the outbox. */
  heardSend(): void;
  stop(): void;
  ended: Promise<void>;
};

/** Runs until `stop` or until the gateway stops. */
export function runAccount(app: App, lane: Lane, account: Account): Run {
  const stopped = new AbortController();
  const signal = AbortSignal.any([app.stopping, stopped.signal]);
  const log = app.log.child({ accountId: showId('account', account.id) });
  const driver = createDriver(app, account);
  app.runningDrivers.set(account.id, { madeFor: connectionOf(account), driver });
  const heard = createBell();
  let heardState: ClientState = account.state;
  let running = false;
  let lookNow = new AbortController();
  let addressToldAt = 0;
  const delivery = deliverOutbox(
    app,
    lane,
    () => (running ? driver : null),
    () => heard.ring(),
    signal,
  );

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        if (await logIn()) await stayRunning();
      } catch (error) {
        const words =
          error instanceof DriverError ? error.message : 'The gateway failed to drive the account; see its log.';
        if (!(error instanceof DriverError)) log.error({ err: error }, 'account not driven');
        // What its user stopped is STOPPED, whatever became of a look that was under way.
        if (signal.aborted) return;
        await setState('OFFLINE', words).catch((failure: unknown) => log.error({ err: failure }, 'state not stored'));
        await app.clock.sleep(afterFailureMs, signal);
      }
    }
  }

  /** True once RUNNING; false when stopped before, or when it is to look anew. */
  async function logIn(): Promise<boolean> {
    if (!driver.login) {
      await setState('RUNNING', 'The upstream needs no login.');
      return !signal.aborted;
    }
    const before = await present();
    lookNow = new AbortController();
    for await (const step of driver.login(AbortSignal.any([signal, lookNow.signal]))) {
      if (signal.aborted) return false;
      if (step.self) await receiveEvents(app, account, [{ type: 'self', self: step.self }]);
      // Before it is shown: who sees RUNNING may count on what is received.
      if (step.state === 'RUNNING' && !(await tellAddress())) return false;
      await show(step);
      if (step.state === 'RUNNING') {
        await refreshContacts(before);
        return true;
      }
    }
    return false;
  }

  /** Tells the upstream where to post; false: it could not be told, and is asked anew after a while. */
  async function tellAddress(): Promise<boolean> {
    if (!driver.setCallback) return true;
    try {
      await driver.setCallback(callbackUrlOf(app, account), signal);
      addressToldAt = app.clock.now();
      return true;
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      if (signal.aborted) return false;
      running = false;
      await setState('SUSPECT', `It runs, but cannot be told where to post: ${error.message}`);
      await app.clock.sleep(afterFailureMs, signal);
      return false;
    }
  }

  /** A step that says less than what the upstream itself posted meanwhile (a login under way) is not shown. */
  async function show(step: LoginStep): Promise<void> {
    const posted: readonly ClientState[] = ['SCANNING', 'CONFIRMING', 'UPDATING'];
    if (step.state === 'LOADING' && posted.includes((await present())?.state ?? 'INIT')) return;
    await app.store.setState(
      account.id,
      {
        state: step.state,
        reason: step.reason,
        qrCode: step.qrCode ?? (step.state === 'SCANNING' ? 'keep' : null),
        now: app.clock.now(),
      },
      lane,
    );
  }

  async function stayRunning(): Promise<void> {
    running = true;
    heardState = 'RUNNING';
    delivery.bell.ring();
    app.pollers.join(app, account, driver);
    try {
      while (!signal.aborted) {
        // Again after each look: the account whose address the upstream was given may be gone.
        void app.sharedCallbacks.ensure(app, account, driver, signal);
        const either = new AbortController();
        const both = AbortSignal.any([signal, either.signal]);
        await Promise.race([heard.wait(both), app.clock.sleep(probeEveryMs, both)]);
        either.abort();
        if (signal.aborted) return;
        if (heardState !== 'RUNNING') return;
        if (!driver.probe) continue;
        const evidence = await driver.probe(signal);
        if (evidence.self) await receiveEvents(app, account, [{ type: 'self', self: evidence.self }]);
        if (evidence.state === 'RUNNING') {
          if (app.clock.now() - addressToldAt < tellAddressEveryMs || (await tellAddress())) continue;
          return;
        }
        await setState(evidence.state, evidence.reason);
        return;
      }
    } finally {
      running = false;
      app.pollers.leave(account.id);
    }
  }

  /** After a login ids may have changed; after a mere restart of the gateway fresh contacts are kept. */
  async function refreshContacts(before: Account | null): Promise<void> {
    const now = await present();
    if (!driver.fetchContacts || !now) return;
    const fresh =
      now.sync.state === 'DONE' &&
      now.self?.wxid === before?.self?.wxid &&
      app.clock.now() - (now.sync.finishedAt ?? 0) < contactsFreshMs;
    if (fresh) return;
    await app.store.syncProgress(account.id, { done: 0, total: null }, app.clock.now());
    void fetchContacts(app, now, driver, signal);
  }

  async function present(): Promise<Account | null> {
    return (await app.store.queries.accountsById([account.id]))[0] ?? null;
  }

  async function setState(state: ClientState, reason: string): Promise<void> {
    await app.store.setState(account.id, { state, reason, qrCode: null, now: app.clock.now() }, lane);
  }

  return {
    lane,
    account,
    heardState: (state) => {
      heardState = state;
      if (running && state !== 'RUNNING') heard.ring();
      // The upstream posted that it runs: a login that pauses because it was away need not wait for its next look.
      if (!running && state === 'RUNNING') lookNow.abort();
    },
    heardSend: () => delivery.bell.ring(),
    stop: () => {
      stopped.abort();
      if (app.runningDrivers.get(account.id)?.driver === driver) app.runningDrivers.delete(account.id);
    },
    ended: Promise.all([run(), delivery.ended]).then(() => undefined),
  };
}
