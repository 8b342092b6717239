/** What failed, tried again by its own time: some at once, beside the first attempts of others. */
import type { Millis } from '../../words.ts';
import { type Delivery, deliverBody } from './deliver-body.ts';
import type { ServedWebhook } from './served-webhook.ts';
import type { Ready } from './webhook-caller.ts';

const atOnce = 4;
/** After a fault of the gateway itself. */
const laterMs = 1_000;

export type Again = {
  /** Begins what is due; answers when to look again, null: when the bell rings. */
  next(): Promise<Millis | null>;
  /** Resolves when what is under way has ended. */
  ended(): Promise<void>;
};

export function postAgain(served: ServedWebhook): Again {
  const { app, id, log, heads, retries, over } = served;
  const underWay = new Map<number, Promise<void>>();

  function begin(present: Ready, delivery: Delivery): void {
    const ended = deliverBody(served, present, delivery)
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

  return {
    next: async () => {
      const present = await served.ready();
      const room = atOnce - underWay.size;
      if (present === null || room === 0) return null;
      const now = app.clock.now();
      const { due, nextAt } = await app.store.queries.dueDeliveries(id, now, room, [...underWay.keys()]);
      for (const delivery of due) begin(present, delivery);
      return due.length === room || nextAt === null ? null : Math.max(1, nextAt - now);
    },
    ended: async () => {
      await Promise.all(underWay.values());
    },
  };
}
