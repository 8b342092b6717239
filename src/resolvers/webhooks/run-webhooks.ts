/** Which webhooks are served: all that there are. Of changes it learns from the event log, as everybody does. */
import type { App } from '../app.ts';
import { followLog } from '../events/follow-log.ts';
import type { Visit } from './poll-address.ts';
import { type WebhookRun, runWebhook } from './run-webhook.ts';

/** Serves them until the gateway stops; resolves when what was under way has ended. */
export async function runWebhooks(app: App, visit: Visit): Promise<void> {
  const runs = new Map<number, WebhookRun>();

  function wake(id: number): void {
    const present = runs.get(id);
    if (present) return present.ring();
    const run = runWebhook(app, id, visit);
    runs.set(id, run);
    void run.ended.finally(() => runs.delete(id));
  }

  const from = app.tail.latest();
  for (const id of await allIds(app)) wake(id);
  for await (const { events } of followLog(app, from, app.stopping)) {
    for (const event of events) if (event.type === 'WEBHOOK_CHANGED') wake(event.webhookId);
  }
  await Promise.all([...runs.values()].map(({ ended }) => ended));
}

async function allIds(app: App): Promise<number[]> {
  const ids: number[] = [];
  for (;;) {
    const after: [number] | null = ids.length > 0 ? [ids.at(-1)!] : null;
    const slice = await app.store.queries.webhooks({ first: 500, after });
    ids.push(...slice.items.map(({ id }) => id));
    if (!slice.hasNext) return ids;
  }
}
