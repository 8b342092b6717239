/**
 * Which accounts this gateway drives: those that are wanted. It learns of changes from the event log, as everybody does.
 */
import type { Node, Store } from '../../db/store.ts';
import type { App } from '../app.ts';
import { deleteUnusedFiles } from '../media/delete-unused-files.ts';
import { connectionOf } from './driver-of.ts';
import { followLog } from '../events/follow-log.ts';
import { type Run, runAccount } from './run-account.ts';

const claimEveryMs = 5_000;
const expireEveryMs = 1_000;
/** How long an unknown outcome may be settled by an echo before it is UNRESOLVED. */
const unresolvedAfterMs = 120_000;
const trimEveryMs = 60_000;
const trimmedAtOnce = 2_000;

/** Drives accounts until the gateway stops; resolves when all of them have ended. */
export async function runAccounts(app: App, node: Node): Promise<void> {
  const runs = new Map<number, Run>();
  const ending = new Set<Promise<void>>();

  async function claim(): Promise<void> {
    const lanes = await app.store.claim(node, Number.MAX_SAFE_INTEGER);
    const accounts = new Map(
      (await app.store.queries.accountsById(lanes.map((lane) => lane.accountId))).map((one) => [one.id, one]),
    );
    for (const lane of lanes) {
      const account = accounts.get(lane.accountId);
      if (account) runs.set(lane.accountId, runAccount(app, lane, account));
    }
  }

  /** Ends a run and gives its lane back when the send in flight has ended; then it may be claimed anew. */
  function end(accountId: number): void {
    const run = runs.get(accountId);
    if (!run) return;
    runs.delete(accountId);
    run.stop();
    const ended = run.ended
      .then(() => app.store.release([run.lane]))
      .then(() => (app.stopping.aborted ? undefined : claim()))
      .catch((error: unknown) => app.log.error({ err: error }, 'lane not given back'))
      .finally(() => ending.delete(ended));
    ending.add(ended);
  }

  /** After a change of an account: started, stopped, deleted, or with another connection. */
  async function reconsider(accountId: number): Promise<void> {
    const [account] = await app.store.queries.accountsById([accountId]);
    const run = runs.get(accountId);
    if (run && (!account?.wanted || connectionOf(account) !== connectionOf(run.account))) end(accountId);
    else if (account?.wanted && !run) await claim();
  }

  async function follow(): Promise<void> {
    const from = app.tail.latest();
    await claim();
    let claimedAt = app.clock.elapsed();
    for await (const { events } of followLog(app, from, app.stopping, claimEveryMs)) {
      for (const event of events) {
        if (event.accountId === null) continue;
        const run = runs.get(event.accountId);
        // A changed account may be paced otherwise, or paused no more.
        if (event.type === 'SEND_UPDATED' || event.type === 'ACCOUNT_CHANGED') run?.heardSend();
        if (event.type === 'CLIENT_STATE_CHANGED') run?.heardState(event.to);
        if (event.type === 'MESSAGE_RECEIVED') run?.heardMessage(event.message, event.at);
        if (event.type === 'ACCOUNT_CHANGED' || (event.type === 'CLIENT_STATE_CHANGED' && changesWant(event.to, run))) {
          await reconsider(event.accountId);
        }
      }
      // Each change of an account is told; this is for what another process left.
      if (events.length === 0 && app.clock.elapsed() - claimedAt >= claimEveryMs) {
        await claim();
        claimedAt = app.clock.elapsed();
      }
    }
  }

  await Promise.all([follow(), keepTime(app)]);
  for (const accountId of runs.keys()) end(accountId);
  await Promise.all(ending);
  await app.pollers.finish(app);
}

/** States that a start or stop of the account sets. */
function changesWant(state: string, run: Run | undefined): boolean {
  return state === 'STOPPED' || (state === 'LOADING' && run === undefined);
}

/** What is due by time alone: expiry, unknown outcomes that stay so, retention. */
async function keepTime(app: App): Promise<void> {
  let trimAt = app.clock.now() + trimEveryMs;
  while (!app.stopping.aborted) {
    await app.clock.sleep(expireEveryMs, app.stopping);
    if (app.stopping.aborted) return;
    const now = app.clock.now();
    try {
      await app.store.expire(now, now - unresolvedAfterMs);
      if (now >= trimAt) {
        trimAt = now + trimEveryMs;
        await trim(app.store, now - app.config.retentionDays * 86_400_000);
        await app.store.expireUploads(now, trimmedAtOnce);
        await deleteUnusedFiles(app);
      }
    } catch (error) {
      app.log.error({ err: error }, 'timed work not done');
    }
  }
}

/** In small steps, each a transaction of its own, so that nobody waits long. */
async function trim(store: Store, before: number): Promise<void> {
  while ((await store.trim(before, trimmedAtOnce)) === trimmedAtOnce) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
