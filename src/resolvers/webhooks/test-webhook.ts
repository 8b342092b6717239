import type { App } from '../app.ts';
import { attemptDelivery } from './attempt-delivery.ts';
import type { Caller } from '../access/caller.ts';
import { showPosition } from '../events/cursors.ts';
import { type ManagedWebhook, requireWebhook } from './manage-webhooks.ts';

/**
 * Posts an event that tells of nothing, once, also to a webhook that is switched off; its newest delivery shows how that went. It says
 * nothing of how the webhook fares, and what is answered is not sent anywhere. ADMIN.
 */
export async function testWebhook(app: App, caller: Caller, id: string): Promise<ManagedWebhook> {
  const webhook = await requireWebhook(app, caller, id);
  const { epoch, newest } = await app.store.bounds();
  const event = { timestamp: new Date(app.clock.now()).toISOString(), cursor: showPosition(epoch, newest) };
  const posted = {
    messageId: `test_${app.randomHex(12)}`,
    accountId: null,
    body: app.formats[webhook.format].test(event),
  };
  const { attempt } = await attemptDelivery(app, webhook, { ...posted, attempts: 0 }, app.stopping);
  const { now, responseStatus, error } = attempt;
  const status = attempt.status === 'DELIVERED' ? 'DELIVERED' : 'EXHAUSTED';
  await app.store.addDelivery(webhook.id, { ...posted, seq: newest }, { status, now, responseStatus, error });
  return { object: webhook, seq: newest, secret: null };
}
