/**
 * One account, driven: logged in, watched, polled where its upstream does not post, its outbox delivered.
 *
 * Two phases take turns: logging in until the upstream claims that the account runs, and staying so until it says otherwise.
 */
import type { Account, Message } from '../../db/model.ts';
import type { Lane } from '../../db/store.ts';
import { DriverError } from '../../drivers/driver.ts';
import type { ClientState, Millis } from '../../words.ts';
import type { App } from '../app.ts';
import { deliverOutbox } from '../send/deliver-outbox.ts';
import { type DrivenAccount, present, showState } from './driven-account.ts';
import { connectionOf, createDriver } from './driver-of.ts';
import { showId } from '../ids.ts';
import { logIn } from './log-in.ts';
import { noSends, record } from './send-record.ts';
import { type Watch, stayRunning } from './stay-running.ts';
import { refreshContacts } from '../contacts/sync-contacts.ts';

const afterFailureMs = 10_000;

export type Run = {
  lane: Lane;
  /** As it was when the run began. */
  account: Account;
  /** The account's state as the log tells it, whoever changed it. */
  heardState(state: ClientState): void;
  /** A message of the account came in. */
  heardMessage(message: Pick<Message, 'direction' | 'sendId'>, at: Millis): void;
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
  const driven: DrivenAccount = { app, lane, account, driver, log, signal };
  app.runningDrivers.set(account.id, { madeFor: connectionOf(account), driver });
  let lookNow = new AbortController();
  let watch: Watch | null = null;
  let mayGo = false;
  let sends = noSends;
  let echoedAt: Millis | null = null;
  const delivery = deliverOutbox(
    app,
    lane,
    () => (mayGo ? driver : null),
    (outcome) => {
      const before = sends;
      sends = record(before, outcome);
      if (sends !== before && sends.failed.length > 0) watch?.sendFailed();
    },
    signal,
  );

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        const before = await present(driven);
        lookNow = new AbortController();
        const claim = await logIn(driven, lookNow.signal);
        if (claim !== null) await watchWhile(claim, before);
      } catch (error) {
        const words =
          error instanceof DriverError ? error.message : 'The gateway failed to drive the account; see its log.';
        if (!(error instanceof DriverError)) log.error({ err: error }, 'account not driven');
        // What its user stopped is STOPPED, whatever became of a look that was under way.
        if (signal.aborted) return;
        await showState(driven, { state: 'OFFLINE', reason: words }).catch((failure: unknown) =>
          log.error({ err: failure }, 'state not stored'),
        );
        await app.clock.sleep(afterFailureMs, signal);
      }
    }
  }

  async function watchWhile(claim: string, before: Account | null): Promise<void> {
    watch = stayRunning(driven, claim, {
      sends: () => sends,
      echoedAt: () => echoedAt,
      open: (open) => {
        if (open && !mayGo) delivery.bell.ring();
        mayGo = open;
      },
      began: async () => {
        const now = await present(driven);
        if (now) await refreshContacts(app, { before, now }, driver, signal);
      },
    });
    try {
      await watch.ended;
    } finally {
      watch = null;
    }
  }

  return {
    lane,
    account,
    heardState: (state) => {
      watch?.heardState(state);
      // The upstream posted that it runs: a login that pauses because it was away need not wait for its next look.
      if (!watch && state === 'RUNNING') lookNow.abort();
    },
    heardMessage: ({ direction, sendId }, at) => {
      const isEcho = direction === 'OUTGOING' && sendId !== null;
      if (isEcho) echoedAt = at;
      watch?.heardMessage(isEcho);
    },
    heardSend: () => delivery.bell.ring(),
    stop: () => {
      stopped.abort();
      if (app.runningDrivers.get(account.id)?.driver === driver) app.runningDrivers.delete(account.id);
    },
    ended: Promise.all([run(), delivery.ended]).then(() => undefined),
  };
}
