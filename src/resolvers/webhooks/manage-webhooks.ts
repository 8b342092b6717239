/** Where events are posted to: made, changed, removed, and told again. */
import type { Webhook } from '../../db/model.ts';
import type { Changed } from '../../db/store.ts';
import type { WebhookFormat } from '../../words.ts';
import type { App } from '../app.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { readPosition } from '../events/cursors.ts';
import { badInput, notFound } from '../errors.ts';
import { readId, showId } from '../ids.ts';
import { type WebhookInput, mostWebhooks, readWebhookInput } from './webhook-input.ts';
import { newSecret } from './webhook-secret.ts';

export type CreateWebhookInput = Omit<WebhookInput, 'enabled' | 'url'> & { url: string; format: WebhookFormat };

/** `secret`: of a STANDARD webhook that was made or got a new one, shown once; else null. */
export type ManagedWebhook = Changed<Webhook> & { secret: string | null };

/** A webhook that is told of what happens from now on. CONFLICT where there are as many as may be. ADMIN. */
export async function createWebhook(
  app: App,
  caller: Caller,
  { format, ...input }: CreateWebhookInput,
): Promise<ManagedWebhook> {
  requireScope(caller, 'ADMIN');
  const asked = await readWebhookInput(app, format, input);
  const secretName = app.randomHex(8);
  const { secret, secrets } = format === 'STANDARD' ? newSecret(app, { secretName, secrets: [] }) : unsigned;
  const { url = input.url, types = null, accountIds = null, events = null, pollUrl = null } = asked;
  const { mediaData = true, allowReply = false } = asked;
  const settings = { url, format, types, accountIds, events, mediaData, allowReply, pollUrl };
  const created = await app.store.createWebhook(
    { ...settings, secretName, secrets: [...secrets], now: app.clock.now() },
    mostWebhooks,
  );
  app.log.info({ webhookId: showId('webhook', created.object.id), format }, 'webhook created');
  return { ...created, secret };
}

const unsigned = { secret: null, secrets: [] };

/** What is left out stays, null clears. Of what happened while it was off it is told when it is switched on. ADMIN. */
export async function updateWebhook(
  app: App,
  caller: Caller,
  { id, ...input }: WebhookInput & { id: string },
): Promise<ManagedWebhook> {
  const webhook = await requireWebhook(app, caller, id);
  const update = await readWebhookInput(app, webhook.format, input);
  return { ...(await app.store.updateWebhook(webhook.id, update, app.clock.now())), secret: null };
}

/** A new secret; what is posted within a day from now is signed with the one before, too. ADMIN. */
export async function rotateWebhookSecret(app: App, caller: Caller, id: string): Promise<ManagedWebhook> {
  const webhook = await requireWebhook(app, caller, id);
  if (webhook.format !== 'STANDARD') throw badInput('id', `Webhooks in the format ${webhook.format} are not signed.`);
  const { secret, secrets } = newSecret(app, webhook);
  return { ...(await app.store.updateWebhook(webhook.id, { secrets }, app.clock.now())), secret };
}

/**
 * Posts everything again that is later than a position; what the webhook was not told of yet comes in any case. CURSOR_INVALID as for
 * subscriptions. ADMIN.
 */
export async function replayWebhook(
  app: App,
  caller: Caller,
  { id, after }: { id: string; after: string },
): Promise<ManagedWebhook> {
  const webhook = await requireWebhook(app, caller, id);
  const position = await readPosition(app, after, 'events');
  return { ...(await app.store.replayWebhook(webhook.id, position, app.clock.now())), secret: null };
}

/** Nothing is posted any more. ADMIN. */
export async function deleteWebhook(app: App, caller: Caller, id: string): Promise<{ deletedId: string; seq: number }> {
  const webhook = await requireWebhook(app, caller, id);
  const { seq } = await app.store.deleteWebhook(webhook.id, app.clock.now());
  app.log.info({ webhookId: id }, 'webhook deleted');
  return { deletedId: id, seq };
}

export async function requireWebhook(app: App, caller: Caller, id: string): Promise<Webhook> {
  requireScope(caller, 'ADMIN');
  const webhookId = readId('webhook', id);
  const [webhook] = webhookId === null ? [] : await app.store.queries.webhooksById([webhookId]);
  if (!webhook) throw notFound('webhook', id);
  return webhook;
}
