/**
 * Gets the bytes of received media that did not come with their message, while their account is RUNNING.
 *
 * What is to be fetched stands in the store, so that a restart forgets nothing. The event log wakes: a new message, or an account
 * that comes to RUNNING. The newest go first, since somebody may be looking at them.
 */
import type { Account } from '../../db/model.ts';
import type { DueMedia, MediaOutcome } from '../../db/store.ts';
import { DriverError } from '../../drivers/driver.ts';
import { MediaStoreError } from '../../media-store/media-store.ts';
import type { App } from '../app.ts';
import { type Bell, createBell } from '../bell.ts';
import { driverOf } from '../accounts/driver-of.ts';
import { followLog } from '../events/follow-log.ts';
import { showId } from '../ids.ts';
import { hasRoomForFetches, keepFetched } from './keep-media.ts';

/** Of one account together. */
const atOnce = 3;
/** After the first, second, … failure; then it has failed for good. */
const pausesMs = [5_000, 30_000, 300_000, 1_800_000];
/** An attempt that has not ended by then never will. */
const longestMs = 900_000;
/** A full disk, and failures of the gateway itself, are looked at again after so long; they count as no attempt. */
const laterMs = 60_000;

/** Fetches for all accounts until the gateway stops; resolves when what was under way has ended. */
export async function fetchMedia(app: App): Promise<void> {
  const accounts = new Map<number, { bell: Bell; ended: Promise<void> }>();

  function wake(accountId: number): void {
    const present = accounts.get(accountId);
    if (present) return present.bell.ring();
    const bell = createBell();
    const ended = fetchFor(app, accountId, bell).finally(() => accounts.delete(accountId));
    accounts.set(accountId, { bell, ended });
  }

  const from = app.tail.latest();
  for (const accountId of await wantedAccounts(app)) wake(accountId);
  for await (const { events } of followLog(app, from, app.stopping)) {
    for (const event of events) {
      if (event.accountId === null) continue;
      const isMedia =
        (event.type === 'MESSAGE_RECEIVED' || event.type === 'MESSAGE_UPDATED') &&
        event.message.content.type === 'Media';
      const isChange = event.type === 'CLIENT_STATE_CHANGED' || event.type === 'ACCOUNT_CHANGED';
      if (isMedia || isChange) wake(event.accountId);
    }
  }
  await Promise.all([...accounts.values()].map(({ ended }) => ended));
}

async function wantedAccounts(app: App): Promise<number[]> {
  const ids: number[] = [];
  for (;;) {
    const after: [number] | null = ids.length > 0 ? [ids.at(-1)!] : null;
    const slice = await app.store.queries.accounts({ wanted: true, now: app.clock.now() }, { first: 500, after });
    ids.push(...slice.items.map(({ id }) => id));
    if (!slice.hasNext) return ids;
  }
}

/** Until the gateway stops or the account is gone. */
async function fetchFor(app: App, accountId: number, bell: Bell): Promise<void> {
  const underWay = new Map<number, Promise<void>>();
  const log = app.log.child({ accountId: showId('account', accountId) });

  /** Begins what is due; when to look again (null: when the bell rings), or that there is nobody to look for. */
  async function begin(): Promise<{ nextAt: number | null } | 'GONE'> {
    const [account] = await app.store.queries.accountsById([accountId]);
    if (!account) return 'GONE';
    if (account.state !== 'RUNNING') return { nextAt: null };
    const now = app.clock.now();
    const { due, nextAt } = await app.store.queries.dueMedia(accountId, now, atOnce + underWay.size);
    const waiting = due.filter(({ id }) => !underWay.has(id));
    if (waiting.length > 0 && !(await hasRoomForFetches(app))) return { nextAt: now + laterMs };
    for (const media of waiting.slice(0, Math.max(0, atOnce - underWay.size))) {
      const ended = fetchOne(app, account, media)
        .catch(async (error: unknown) => {
          log.error({ err: error }, 'media not fetched');
          await app.clock.sleep(laterMs, app.stopping);
        })
        .finally(() => {
          underWay.delete(media.id);
          bell.ring();
        });
      underWay.set(media.id, ended);
    }
    return { nextAt };
  }

  while (!app.stopping.aborted) {
    const next = await begin().catch((error: unknown) => {
      log.error({ err: error }, 'media to fetch not read');
      return { nextAt: app.clock.now() + laterMs };
    });
    if (next === 'GONE') break;
    await waitFor(app, bell, next.nextAt);
  }
  await Promise.all(underWay.values());
}

async function waitFor(app: App, bell: Bell, at: number | null): Promise<void> {
  if (at === null) return bell.wait(app.stopping);
  const either = new AbortController();
  const both = AbortSignal.any([app.stopping, either.signal]);
  await Promise.race([bell.wait(both), app.clock.sleep(Math.max(0, at - app.clock.now()), both)]);
  either.abort();
}

/** One attempt, settled. Rejects where the gateway itself is at fault, and then leaves all as it was. */
async function fetchOne(app: App, account: Account, media: DueMedia): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([app.stopping, over.signal]);
  void app.clock.sleep(longestMs, signal).then(() => over.abort());
  try {
    const { id, attempts, ...incoming } = media;
    const outcome = await attempt();
    if (outcome === null) return;
    await app.store.settleMedia(id, outcome).catch(async (error: unknown) => {
      // Nothing was written, so nobody knows of it.
      if (outcome.status === 'READY') await app.mediaStore.delete(outcome.stored.file);
      throw error;
    });

    async function attempt(): Promise<MediaOutcome | null> {
      try {
        const body = await driverOf(app, account).fetchMedia?.(incoming, signal);
        if (!body) return failed('UNAVAILABLE', `The driver ${account.driver} cannot fetch media.`);
        const stored = await keepFetched(app, body.chunks);
        return { status: 'READY', now: app.clock.now(), stored, name: body.name };
      } catch (error) {
        // What a stop broke off is fetched after the next start.
        if (app.stopping.aborted) return null;
        return outcomeOf(error);
      }
    }

    function outcomeOf(error: unknown): MediaOutcome {
      if (error instanceof MediaStoreError && error.code !== 'UNAVAILABLE') {
        return error.code === 'TOO_LARGE'
          ? failed('FAILED', error.message)
          : again('The upstream gave no bytes.', 'FAILED');
      }
      if (!(error instanceof DriverError)) throw error;
      if (error.code === 'UNSUPPORTED') return failed('UNAVAILABLE', error.message);
      const given = error.code === 'NOT_FOUND' ? 'EXPIRED' : 'FAILED';
      return error.retry ? again(error.message, given) : failed(given, error.message);
    }

    function failed(status: 'FAILED' | 'EXPIRED' | 'UNAVAILABLE', error: string): MediaOutcome {
      return { status, error, now: app.clock.now() };
    }

    function again(error: string, atLast: 'FAILED' | 'EXPIRED'): MediaOutcome {
      const now = app.clock.now();
      const pause = pausesMs[attempts];
      return pause === undefined ? failed(atLast, error) : { status: 'PENDING', error, now, dueAt: now + pause };
    }
  } finally {
    // Whatever of it was not read.
    over.abort();
  }
}
