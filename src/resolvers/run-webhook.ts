/**
 * One webhook: posts what the event log has for it.
 *
 * Its position in the log is kept; nothing waits in memory. First attempts go one after the other, in the order of the log. What failed
 * is tried again beside them, by its own time, and holds nothing back. Each body is stored before it is posted and is the same at each
 * attempt; what a crash leaves without an outcome is posted again.
 */
import type { Seq } from '../db/model.ts';
import type { NewDelivery } from '../db/store.ts';
import type { Millis } from '../words.ts';
import type { App } from './app.ts';
import { type Bell, createBell, waitAtMost } from './bell.ts';
import { type Delivery, type Deliver, deliverWith } from './deliver-body.ts';
import { showId } from './ids.ts';
import type { Interest } from './interests.ts';
import { planDeliveries } from './plan-deliveries.ts';
import { type Visit, pollFor } from './poll-address.ts';
import { interestIn } from './read-events.ts';
import { type Ready, callerOf, filterFor } from './webhook-caller.ts';

/** A quiet webhook looks so often, so that its position does not grow old. */
const lookEveryMs = 600_000;
/** … or when it has passed so much of the log that was none of its own. */
const passedAtMost = 1_000;
/** So many wait to be tried again, or the log waits. */
const mostFailed = 10_000;
/** That are tried again at a time. */
const retriesAtOnce = 4;
/** After a fault of the gateway itself. */
const laterMs = 1_000;
/** What is kept of what arrived, and how often the rest is forgotten. */
const deliveredKept = 1_000;
const forgetEvery = 200;
const forgottenAtOnce = 1_000;

export type WebhookRun = {
  /** It was changed. */
  ring(): void;
  /** Resolves when it is gone, or when the gateway stopped and what was under way has ended. */
  ended: Promise<void>;
};

export function runWebhook(app: App, id: number, visit: Visit): WebhookRun {
  const log = app.log.child({ webhookId: showId('webhook', id) });
  const gone = new AbortController();
  const over = AbortSignal.any([app.stopping, gone.signal]);
  const heads = createBell();
  const retries = createBell();
  const polls = createBell();
  const listener = createListener(app, () => heads.ring());
  const deliver: Deliver = deliverWith(app, log);

  async function ready(): Promise<Ready | null> {
    const [webhook] = await app.store.queries.webhooksById([id]);
    if (webhook === undefined) gone.abort();
    if (!webhook?.enabled) return null;
    const caller = await callerOf(app, webhook);
    return caller && { webhook, caller };
  }

  /** Does what there is to do, again and again; `step` answers when to look again, null: when the bell rings. */
  async function loop(bell: Bell, step: () => Promise<Millis | null>): Promise<void> {
    while (!over.aborted) {
      const wait = await step().catch((error: unknown) => {
        log.error({ err: error }, 'webhook not served');
        return laterMs;
      });
      if (wait === null) await bell.wait(over);
      else if (wait > 0) await waitAtMost(app.clock, bell, wait, over);
    }
  }

  const head = createHead();

  function createHead() {
    /** Where the webhook stood when that was read last. */
    let stored: Seq | null = null;
    /** Up to where the log was read from there. */
    let position: Seq = 0;
    let savedAt = app.clock.now();
    let sinceForgotten = 0;

    /** The next first attempt, or the next page of the log. */
    return async function next(): Promise<Millis | null> {
      const present = await ready();
      if (present === null) return lookEveryMs;
      listener.listen(interestIn(filterFor(present.webhook, present.caller)));
      const delivery = await app.store.queries.nextDelivery(id);
      if (delivery === null) return (await plan(present)) ? 0 : lookEveryMs;
      await deliver(present, delivery);
      retries.ring();
      if ((sinceForgotten += 1) >= forgetEvery) await forget();
      return 0;
    };

    /** False: there is nothing later, or too much waits to be tried again. */
    async function plan({ webhook, caller }: Ready): Promise<boolean> {
      if (webhook.cursor !== stored) position = stored = webhook.cursor;
      if (webhook.failing && (await isFull())) return false;
      const until = app.tail.latest();
      const { oldest } = await app.store.bounds();
      if (position < oldest) return save(oldest, [], lostWords);
      if (position >= until) return false;
      const { deliveries, upTo, isNews } = await planDeliveries(app, webhook, caller, position, until);
      position = upTo;
      const isFar = upTo - stored >= passedAtMost || app.clock.now() - savedAt >= lookEveryMs;
      return isNews || isFar ? save(upTo, deliveries) : true;
    }

    /** Where it was changed meanwhile, that is read next. */
    async function save(upTo: Seq, deliveries: readonly NewDelivery[], lost?: string): Promise<true> {
      const now = app.clock.now();
      const plan = { webhookId: id, from: stored!, upTo, deliveries, now, ...(lost !== undefined && { lost }) };
      const isSaved = await app.store.planDeliveries(plan);
      savedAt = now;
      stored = isSaved ? upTo : null;
      return true;
    }

    async function isFull(): Promise<boolean> {
      const [failed] = await app.store.queries.deliveryCounts([id], { statuses: ['FAILED'] });
      return failed! >= mostFailed;
    }

    async function forget(): Promise<void> {
      sinceForgotten = 0;
      const before = app.clock.now() - app.config.retentionDays * 86_400_000;
      await app.store.forgetDeliveries(id, { delivered: deliveredKept, before }, forgottenAtOnce);
    }
  }

  const underWay = new Map<number, Promise<void>>();

  /** Begins what is due again. */
  async function retry(): Promise<Millis | null> {
    const present = await ready();
    if (present === null) return lookEveryMs;
    const room = retriesAtOnce - underWay.size;
    if (room === 0) return null;
    const now = app.clock.now();
    const { due, nextAt } = await app.store.queries.dueDeliveries(id, now, room, [...underWay.keys()]);
    for (const delivery of due) begin(present, delivery);
    if (due.length === room) return null;
    return nextAt === null ? null : Math.max(1, nextAt - now);
  }

  function begin(present: Ready, delivery: Delivery): void {
    const ended = deliver(present, delivery)
      .catch(async (error: unknown) => {
        log.error({ err: error }, 'webhook not served');
        await app.clock.sleep(laterMs, over);
      })
      .finally(() => {
        underWay.delete(delivery.id);
        retries.ring();
        heads.ring();
      });
    underWay.set(delivery.id, ended);
  }

  async function run(): Promise<void> {
    await Promise.all([loop(heads, head), loop(retries, retry), loop(polls, pollFor(app, ready, visit, over))]);
    listener.stop();
    await Promise.all(underWay.values());
  }

  return {
    ring: () => {
      heads.ring();
      retries.ring();
      polls.ring();
    },
    ended: run(),
  };
}

const lostWords = 'Events were no longer kept before they could be posted; it went on with those that are.';

/** Is told of what one webhook is to be told of, and nothing else wakes it. */
function createListener(app: App, ring: () => void) {
  let wanted = '';
  let stop = () => {};
  return {
    /** From now on of this. */
    listen(interest: Interest) {
      const { types, accountIds } = interest;
      const same = JSON.stringify([types, accountIds]);
      if (same === wanted) return;
      wanted = same;
      stop();
      stop = app.liveLog.listen(interest, ring);
    },
    stop: () => stop(),
  };
}
