/**
 * One webhook: posts what the event log has for it.
 *
 * Its position in the log is kept; nothing waits in memory. First attempts go one after the other, in the order of the log. What failed
 * is tried again beside them, by its own time, and holds nothing back. Each body is stored before it is posted and is the same at each
 * attempt; what a crash leaves without an outcome is posted again.
 */
import type { Millis } from '../../words.ts';
import type { App } from '../app.ts';
import { type Bell, createBell, waitAtMost } from '../bell.ts';
import { showId } from '../ids.ts';
import { type Visit, pollAddress } from './poll-address.ts';
import { postAgain } from './post-again.ts';
import { postInOrder } from './post-in-order.ts';
import type { ServedWebhook } from './served-webhook.ts';
import { callerOf } from './webhook-caller.ts';

/** After a fault of the gateway itself. */
const laterMs = 1_000;

export type WebhookRun = {
  /** It was changed. */
  ring(): void;
  /** Resolves when it is gone, or when the gateway stopped and what was under way has ended. */
  ended: Promise<void>;
};

export function runWebhook(app: App, id: number, visit: Visit): WebhookRun {
  const gone = new AbortController();
  const served: ServedWebhook = {
    app,
    id,
    log: app.log.child({ webhookId: showId('webhook', id) }),
    ready: async () => {
      const [webhook] = await app.store.queries.webhooksById([id]);
      if (webhook === undefined) gone.abort();
      if (!webhook?.enabled) return null;
      const caller = await callerOf(app, webhook);
      return caller && { webhook, caller };
    },
    heads: createBell(),
    retries: createBell(),
    polls: createBell(),
    over: AbortSignal.any([app.stopping, gone.signal]),
  };
  const { heads, retries, polls, over, log } = served;

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

  async function run(): Promise<void> {
    const inOrder = postInOrder(served);
    const again = postAgain(served);
    await Promise.all([
      loop(heads, () => inOrder.next()),
      loop(retries, () => again.next()),
      loop(polls, pollAddress(served, visit)),
    ]);
    inOrder.stop();
    await again.ended();
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
