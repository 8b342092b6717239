/** First attempts of one webhook: one after the other, in the order of the log. */
import type { Seq } from '../../db/model.ts';
import type { NewDelivery } from '../../db/store.ts';
import type { Millis } from '../../words.ts';
import type { App } from '../app.ts';
import { deliverBody } from './deliver-body.ts';
import type { Interest } from '../events/interests.ts';
import { planDeliveries } from './plan-deliveries.ts';
import { interestIn } from '../events/read-events.ts';
import { type ServedWebhook, lookEveryMs } from './served-webhook.ts';
import { type Ready, filterFor } from './webhook-caller.ts';

/** Its position is stored when it has passed so much of the log that was none of its own, at the latest. */
const passedAtMost = 1_000;
/** So many wait to be tried again, or the log waits. */
const mostFailed = 10_000;
/** What is kept of what was settled, and after how many more, or how long, the rest is forgotten. */
const kept = { delivered: 1_000, exhausted: 10_000 };
const forgetEvery = 200;
const forgetEveryMs = 3600_000;
const forgottenAtOnce = 1_000;

const lostWords = 'Events were no longer kept before they could be posted; it went on with those that are.';

export type InOrder = {
  /** The next attempt, or the next page of the log; answers when to look again, null: when the bell rings. */
  next(): Promise<Millis | null>;
  stop(): void;
};

export function postInOrder(served: ServedWebhook): InOrder {
  const { app, id, heads, retries } = served;
  const listener = createListener(app, () => heads.ring());
  /** Where the webhook stood when that was read last; null: it was moved by somebody else. */
  let stored: Seq | null = null;
  /** Up to where the log was read from there. */
  let position: Seq = 0;
  let storedAt = app.clock.now();
  let sinceForgotten = 0;
  let forgottenAt: Millis | null = null;

  /** False: there is nothing later, or too much waits to be tried again. */
  async function plan({ webhook, caller }: Ready): Promise<boolean> {
    if (webhook.cursor !== stored) position = stored = webhook.cursor;
    if (webhook.failing && (await isFull())) return false;
    const until = app.tail.latest();
    const { oldest } = await app.store.bounds();
    if (position < oldest) {
      await store(oldest, [], lostWords);
      return true;
    }
    if (position >= until) return false;
    const { deliveries, upTo, isNews } = await planDeliveries(app, webhook, caller, position, until);
    position = upTo;
    const isFar = upTo - stored >= passedAtMost || app.clock.now() - storedAt >= lookEveryMs;
    if (isNews || isFar) await store(upTo, deliveries);
    return true;
  }

  async function store(upTo: Seq, deliveries: readonly NewDelivery[], lost?: string): Promise<void> {
    const now = app.clock.now();
    const planned = { webhookId: id, from: stored!, upTo, deliveries, now };
    const isStored = await app.store.planDeliveries(lost === undefined ? planned : { ...planned, lost });
    storedAt = now;
    stored = isStored ? upTo : null;
  }

  async function isFull(): Promise<boolean> {
    const [failed] = await app.store.queries.deliveryCounts([id], { statuses: ['FAILED'] });
    return failed! >= mostFailed;
  }

  async function forget(): Promise<void> {
    const now = app.clock.now();
    if (sinceForgotten < forgetEvery && forgottenAt !== null && now - forgottenAt < forgetEveryMs) return;
    sinceForgotten = 0;
    forgottenAt = now;
    const before = now - app.config.retentionDays * 86_400_000;
    await app.store.forgetDeliveries(id, { ...kept, before }, forgottenAtOnce);
  }

  return {
    next: async () => {
      const present = await served.ready();
      if (present === null) return lookEveryMs;
      // Before the log is read: what comes later rings.
      listener.listen(interestIn(filterFor(present.webhook, present.caller)));
      await forget();
      const delivery = await app.store.queries.nextDelivery(id);
      if (delivery === null) return (await plan(present)) ? 0 : lookEveryMs;
      await deliverBody(served, present, delivery);
      retries.ring();
      sinceForgotten += 1;
      return 0;
    },
    stop: () => listener.stop(),
  };
}

/** Nothing but what a webhook is to be told of wakes it. */
function createListener(app: App, ring: () => void) {
  let heard: { wanted: string; interest: Interest } | null = null;
  const stop = (): void => {
    if (heard !== null) app.liveLog.ignore(heard.interest, ring);
    heard = null;
  };
  return {
    /** From now on of this. */
    listen(interest: Interest) {
      const { types, accountIds } = interest;
      const wanted = JSON.stringify([types, accountIds]);
      if (wanted === heard?.wanted) return;
      stop();
      heard = { wanted, interest };
      app.liveLog.listen(interest, ring);
    },
    stop,
  };
}
