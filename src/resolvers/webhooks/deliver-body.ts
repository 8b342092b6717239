/** One body to one webhook: posted, answered where that is allowed, and settled. */
import type { Logger } from 'pino';
import type { WebhookDelivery } from '../../db/model.ts';
import type { Attempt } from '../../db/store.ts';
import type { App } from '../app.ts';
import { attemptDelivery } from './attempt-delivery.ts';
import type { ServedWebhook } from './served-webhook.ts';
import { takeReply } from './take-reply.ts';
import type { Ready } from './webhook-caller.ts';

/** How long a post under way may take when the gateway stops. */
const graceMs = 5_000;
/** After a fault of the store. */
const laterMs = 1_000;

export type Delivery = WebhookDelivery & { body: string };

/** Resolves when the outcome is stored; rejects only where the gateway itself is at fault. */
export async function deliverBody(
  { app, log }: ServedWebhook,
  { webhook, caller }: Ready,
  delivery: Delivery,
): Promise<void> {
  const { attempt, answer } = await withGrace(app, (signal) => attemptDelivery(app, webhook, delivery, signal));
  // Before the outcome: a crash between the two asks again, and what was queued is not queued twice.
  const error = answer && webhook.allowReply ? await takeReply(app, webhook, caller, delivery, answer) : null;
  await settle(app, log, delivery, error === null ? attempt : { ...attempt, error });
}

/** What is under way when the gateway stops has a little time to end. */
async function withGrace<T>(app: App, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const done = new AbortController();
  const cutOff = () => void app.clock.sleep(graceMs, done.signal).then(() => late.abort());
  if (app.stopping.aborted) cutOff();
  else app.stopping.addEventListener('abort', cutOff, { once: true });
  try {
    return await run(late.signal);
  } finally {
    app.stopping.removeEventListener('abort', cutOff);
    done.abort();
  }
}

/** The outcome is known only here: it is written as soon as the store lets us. */
async function settle(app: App, log: Logger, delivery: Delivery, attempt: Attempt): Promise<void> {
  for (;;) {
    try {
      await app.store.settleDelivery(delivery.id, attempt);
      if (attempt.status !== 'DELIVERED') {
        const { status, error, responseStatus } = attempt;
        log.info({ status, error, responseStatus, attempts: delivery.attempts + 1 }, 'webhook not delivered');
      }
      return;
    } catch (error) {
      log.error({ err: error }, 'outcome of a delivery not stored');
      // It is posted again at the next start.
      if (app.stopping.aborted) return;
      await app.clock.sleep(laterMs, app.stopping);
    }
  }
}
