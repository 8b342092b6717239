/**
 * An account whose upstream claims that it runs: told where to post, looked at now and then, and shown as RUNNING for as long
 * as the evidence agrees, else as SUSPECT.
 */
import type { Account } from '../../db/model.ts';
import type { ClientState } from '../../words.ts';
import { createBell } from '../bell.ts';
import { type DrivenAccount, present, showState } from './driven-account.ts';
import { type Evidence, habitOf, judge, shortestSilenceMs, trusted } from './judge-account.ts';
import { probeAccount } from './probe-account.ts';
import type { SendRecord } from './send-record.ts';
import { createAddress } from './tell-address.ts';

const lookEveryMs = 30_000;
/** Where the upstream could not be told where to post. */
const tellAgainMs = 10_000;

/** What else is known of the account, and what may be done with it. */
export type Watched = {
  sends(): SendRecord;
  /** When an own send last came back. */
  echoedAt(): number | null;
  /** Sends may go out, or are held. */
  open(mayGo: boolean): void;
  /** It is shown as RUNNING for the first time after its login. */
  began(): Promise<void>;
};

export type Watch = {
  /** What the log tells of the account's state, whoever changed it. */
  heardState(state: ClientState): void;
  /** A message came, or an own send came back as one. */
  heardMessage(isEcho: boolean): void;
  /** The upstream did not take a send. */
  sendFailed(): void;
  /** Resolves when the upstream says otherwise, when it posted so, or when the account is stopped. */
  ended: Promise<void>;
};

/** `claim` is why the account is believed to run, in words. */
export function stayRunning(driven: DrivenAccount, claim: string, watched: Watched): Watch {
  const { app, account, signal } = driven;
  const bell = createBell();
  const since = app.clock.now();
  const address = createAddress(driven);
  let standing = trusted(claim, since);
  let said = claim;

  async function run(): Promise<void> {
    let begun = false;
    try {
      let anew = false;
      while (!signal.aborted) {
        await address.tell(anew);
        const now = await present(driven);
        if (signal.aborted || now === null) return;
        // Its upstream posted otherwise while it was being looked at, or it was started anew.
        if (begun && now.state !== 'RUNNING' && now.state !== 'SUSPECT') return;
        anew = await stand(now, begun);
        if (!begun) {
          begun = true;
          app.pollers.join(app, account, driven.driver);
          await watched.began();
        }
        watched.open(standing.state === 'RUNNING');
        // What was just found to be deaf is mended at once.
        if (anew) {
          app.pollers.pollAnew(account.id);
          continue;
        }
        await waitForNext();
        if (signal.aborted || !(await stillClaims())) return;
      }
    } finally {
      watched.open(false);
      app.pollers.leave(account.id);
    }
  }

  /** Judges and shows what came of it; true: the upstream should be asked and told anew. */
  async function stand(now: Account, begun: boolean): Promise<boolean> {
    // Posted by the upstream itself: it has logged in, whatever was held against it before.
    const before =
      begun && standing.state === 'SUSPECT' && now.state === 'RUNNING' ? trusted(said, app.clock.now()) : standing;
    const after = judge(before, await evidenceOf(now), app.config.timezone);
    const isNews = !begun || after.state !== before.state || after.reason !== before.reason;
    const isDeaf = after.deaf !== null && (after.deaf !== standing.deaf || after.suspicion !== standing.suspicion);
    standing = after;
    if (isNews) await showState(driven, { state: after.state, reason: after.reason });
    return isDeaf;
  }

  async function evidenceOf(now: Account): Promise<Evidence> {
    const { queries } = app.store;
    const at = app.clock.now();
    const heardAt = now.lastMessageAt;
    const listenedFrom = Math.max(heardAt ?? 0, since);
    const sends = watched.sends();
    return {
      now: at,
      claim: said,
      since,
      untold: address.untold(),
      ...sends,
      unechoedAt:
        sends.takenAt === null ? null : await queries.unechoedSince(account.id, { after: listenedFrom, before: at }),
      echoedAt: watched.echoedAt(),
      heardAt,
      longestGapMs: at - listenedFrom < shortestSilenceMs ? null : habitOf(await queries.heardHours(account.id)),
    };
  }

  async function waitForNext(): Promise<void> {
    const either = new AbortController();
    const both = AbortSignal.any([signal, either.signal]);
    const ms = address.failed() ? tellAgainMs : lookEveryMs;
    await Promise.race([bell.wait(both), app.clock.sleep(ms, both)]);
    either.abort();
  }

  /** Whether the upstream goes on saying that it runs; what it says instead is shown. */
  async function stillClaims(): Promise<boolean> {
    const now = await present(driven);
    if (now === null || (now.state !== 'RUNNING' && now.state !== 'SUSPECT')) return false;
    const found = await probeAccount(driven, () => watched.open(false));
    if (found === null) return true;
    said = found.reason;
    if (found.state === 'RUNNING') return true;
    await showState(driven, found);
    return false;
  }

  return {
    heardState: (state) => {
      // What was shown here is no news.
      if (state === 'RUNNING' ? standing.state === 'SUSPECT' : state !== 'SUSPECT') bell.ring();
    },
    heardMessage: (isEcho) => {
      const { suspicion } = standing;
      if (suspicion === 'ECHO' || suspicion === 'SILENCE' || (suspicion === 'SENDS' && isEcho)) bell.ring();
    },
    sendFailed: () => bell.ring(),
    ended: run(),
  };
}
