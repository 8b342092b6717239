/**
 * Polling, for upstreams that cannot be told to post, or do not.
 *
 * A poll takes events away from the upstream, so accounts behind one upstream share one poll, and a poll that was begun is
 * left to answer. Whether an upstream posts cannot be asked: it is polled until its first post arrives, and again after a
 * long silence.
 */
import type { Account } from '../../db/model.ts';
import { type Driver, DriverError } from '../../drivers/driver.ts';
import type { Millis } from '../../words.ts';
import { isDiskFull } from './admit-callback.ts';
import type { App } from '../app.ts';
import { GatewayError } from '../errors.ts';
import { showId } from '../ids.ts';
import { receiveEvents } from './receive-events.ts';

const silenceMs = 600_000;
const checkMs = 15_000;
const afterFailureMs = 5_000;
/** How long the end of the gateway waits for polls that are under way. */
const graceMs = 15_000;

export type Pollers = {
  /** The account runs: poll for it while its upstream does not post. */
  join(app: App, account: Account, driver: Driver): void;
  leave(accountId: number): void;
  /** The account's upstream has posted. */
  posted(accountId: number, at: Millis): void;
  /** It may have ceased to post: it is polled again, until it does. */
  pollAnew(accountId: number): void;
  /** Resolves when the polls under way have answered, or after some seconds. */
  finish(app: App): Promise<void>;
};

type Group = {
  driver: Driver;
  accountIds: Set<number>;
  ended: Promise<void>;
  /** Aborts to end the wait for a silence. */
  waiting: AbortController;
};

/** What was polled is nowhere else: a database that is out of order is waited for, until the gateway ends. */
async function keepTrying(app: App, store: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await store();
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'UNAVAILABLE' || app.stopping.aborted) throw error;
      app.log.warn({ err: error }, 'what was polled cannot be stored yet');
      await app.clock.sleep(afterFailureMs, app.stopping);
    }
  }
}

export function createPollers(): Pollers {
  const groups = new Map<string, Group>();
  /** When each account's upstream last posted; lost at a restart, then polled until the next post. */
  const lastPost = new Map<number, Millis>();

  function mayPost(accountId: number, now: Millis): boolean {
    const at = lastPost.get(accountId);
    return at !== undefined && now - at < silenceMs;
  }

  async function run(app: App, key: string, group: Group): Promise<void> {
    while (group.accountIds.size > 0 && !app.stopping.aborted) {
      const now = app.clock.now();
      if ([...group.accountIds].every((id) => mayPost(id, now))) {
        group.waiting = new AbortController();
        await app.clock.sleep(checkMs, AbortSignal.any([app.stopping, group.waiting.signal]));
        continue;
      }
      // What is polled is taken away from the upstream: not before there is room for it.
      if (await isDiskFull(app)) await app.clock.sleep(afterFailureMs, app.stopping);
      else await pollOnce(app, group);
    }
    if (groups.get(key) === group) groups.delete(key);
  }

  /** One poll, its events stored for every account of the group. */
  async function pollOnce(app: App, group: Group): Promise<void> {
    const ids = [...group.accountIds];
    try {
      const accounts = await app.store.queries.accountsById(ids);
      // Not given the gateway's end as a signal: an abandoned poll would swallow the next event.
      const events = await group.driver.poll!.next(accounts[0]?.self ?? null, new AbortController().signal);
      for (const account of accounts) await keepTrying(app, () => receiveEvents(app, account, events));
    } catch (error) {
      const accountIds = ids.map((id) => showId('account', id));
      if (error instanceof DriverError) app.log.debug({ accountIds, err: error.message }, 'poll failed');
      else app.log.error({ accountIds, err: error }, 'a poll was not stored');
      await app.clock.sleep(afterFailureMs, app.stopping);
    }
  }

  return {
    join: (app, account, driver) => {
      if (!driver.poll) return;
      const { key } = driver.poll;
      const present = groups.get(key);
      if (present && present.accountIds.size > 0) {
        present.driver = driver;
        present.accountIds.add(account.id);
        return;
      }
      const group: Group = {
        driver,
        accountIds: new Set([account.id]),
        ended: Promise.resolve(),
        waiting: new AbortController(),
      };
      // A group that was left may still wait for its last answer: two polls at once would take events from each other.
      const before = present?.ended ?? Promise.resolve();
      groups.set(key, group);
      group.ended = before.then(() => run(app, key, group));
    },
    leave: (accountId) => {
      for (const group of groups.values()) group.accountIds.delete(accountId);
    },
    posted: (accountId, at) => {
      lastPost.set(accountId, at);
    },
    pollAnew: (accountId) => {
      lastPost.delete(accountId);
      for (const group of groups.values()) if (group.accountIds.has(accountId)) group.waiting.abort();
    },
    finish: async (app) => {
      const over = new AbortController();
      const ended = Promise.all([...groups.values()].map((group) => group.ended));
      await Promise.race([ended, app.clock.sleep(graceMs, over.signal)]);
      over.abort();
    },
  };
}
