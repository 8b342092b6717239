import type { Webhook, WebhookDelivery } from '../../db/model.ts';
import type { DeliveryStatus } from '../../words.ts';
import type { App } from '../app.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { type Connection, type PageArgs, connection, keysetPage } from '../connection.ts';
import type { Loaders } from '../load.ts';
import type { Loaded } from '../loader.ts';
import { filterOf } from './webhook-caller.ts';

/** Beyond so many events it is far behind, however many there are. */
const mostBehind = 100_000;

/** By creation. ADMIN. */
export async function readWebhooks(app: App, caller: Caller, args: PageArgs): Promise<Connection<Webhook>> {
  requireScope(caller, 'ADMIN');
  const page = keysetPage<[number]>('webhooks', args, ['number']);
  const slice = await app.store.queries.webhooks(page);
  return connection(
    'webhooks',
    slice,
    (webhook) => [webhook.id],
    () => app.store.queries.countWebhooks(),
  );
}

/** Null where it is gone, and for who is not ADMIN: its address may hold a key. */
export async function readWebhook(loaders: Loaders, caller: Caller, id: number): Promise<Webhook | null> {
  return caller.scope === 'ADMIN' ? loaders.webhook.load(id) : null;
}

/** Newest first. */
export async function readDeliveries(
  app: App,
  loaders: Loaders,
  webhook: Webhook,
  { statuses, ...args }: PageArgs & { statuses?: readonly DeliveryStatus[] | null },
): Promise<Connection<WebhookDelivery>> {
  const page = keysetPage<[number]>('deliveries', args, ['number']);
  const filter = { statuses: statuses ?? null };
  const { queries } = app.store;
  const pages = loaders.list('deliveries', [filter, page], (ids) => queries.deliveryPages(ids, filter, page));
  const counts = loaders.list('delivery counts', filter, (ids) => queries.deliveryCounts(ids, filter));
  return connection(
    'deliveries',
    await pages.load(webhook.id),
    (delivery) => [delivery.id],
    () => counts.load(webhook.id),
  );
}

/** How many events it was not told of yet, counted up to 100,000. */
export function readLag(app: App, loaders: Loaders, webhook: Webhook): Loaded<number> {
  return loaders.list('webhook lags', null, (ids) => readLags(app, loaders, ids)).load(webhook.id);
}

async function readLags(app: App, loaders: Loaders, ids: readonly number[]): Promise<number[]> {
  const { queries } = app.store;
  const pending = await queries.deliveryCounts(ids, { statuses: ['PENDING'] });
  const asked = await Promise.all(
    ids.map(async (id) => {
      const webhook = await loaders.webhook.load(id);
      if (webhook === null) return null;
      const token = webhook.tokenId === null ? null : await loaders.token.load(webhook.tokenId);
      const filter = filterOf(webhook, token, app.clock.now());
      return filter && { filter, after: webhook.cursor, webhookId: id };
    }),
  );
  const counts = await queries.countLater(
    asked.filter((one) => one !== null),
    mostBehind,
  );
  let at = 0;
  return asked.map((one, place) => pending[place]! + (one === null ? 0 : counts[at++]!));
}
