import { type Expression, sql } from 'kysely';
import type { Millis } from '../../../words.ts';
import type { Webhook, WebhookDelivery } from '../../model.ts';
import type { DeliveryFilter, Page, Slice } from '../../store.ts';
import { deliveryColumns, deliveryOf, type DeliveryRow } from '../deliveries.ts';
import type { Engine } from '../engine.ts';
import { build, statement, whole, within } from '../sql.ts';
import { webhookOf } from '../webhook-rows.ts';
import {
  countPages,
  countsOf,
  emptySlice,
  isEmpty,
  isGiven,
  isLaterPage,
  mostCounted,
  pagesOf,
  sliceOf,
  slicesOf,
} from './paging.ts';

const selectWebhooks = statement((v: { after: number; limit: number }) =>
  build.selectFrom('webhook').selectAll().where('id', '>', v.after).orderBy('id').limit(v.limit),
);
const selectByIds = statement(({ ids }: { ids: string }) =>
  build
    .selectFrom('webhook')
    .selectAll()
    .where(sql<boolean>`id in (select value from json_each(${ids}))`),
);

/** See `Queries.webhooks`. */
export function webhooks(engine: Engine, page: Page<[id: number]>): Slice<Webhook> {
  const rows = engine.sql.all(selectWebhooks, { after: page.after?.[0] ?? 0, limit: page.first + 1 });
  return sliceOf(rows, page.first, isLaterPage(page), webhookOf);
}

/** See `Queries.webhooksById`. */
export function webhooksById(engine: Engine, ids: readonly number[]): Webhook[] {
  return engine.sql.all(selectByIds, { ids: JSON.stringify(ids) }).map(webhookOf);
}

const all = ['PENDING', 'DELIVERED', 'FAILED', 'EXHAUSTED'] as const;
const columns = sql.join(deliveryColumns.map((column) => sql.ref(column)));

/** See `Queries.deliveryPages`. Each status gives its page by an index, newest first. */
export function deliveryPages(
  engine: Engine,
  webhookIds: readonly number[],
  { statuses }: DeliveryFilter,
  page: Page<[id: number]>,
): Slice<WebhookDelivery>[] {
  if (isEmpty(statuses)) return webhookIds.map(() => emptySlice);
  const before = page.after?.[0] ?? Number.MAX_SAFE_INTEGER;
  const pageOf = (webhookId: Expression<number>) => {
    const each = new Set(statuses ?? all).values().map(
      (status) => sql`select id from (select id from delivery where webhook_id = ${webhookId} and status = ${status}
        and id < ${before} order by id desc limit ${whole(page.first + 1)})`,
    );
    return sql`(select id from (${sql.join([...each], sql` union all `)}) order by id desc limit ${whole(page.first + 1)})`;
  };
  const ids = pagesOf(webhookIds, { table: 'delivery', key: 'id' }, pageOf);
  const rows = engine.sql.query(sql<DeliveryRow>`select ${columns} from delivery where id in ${ids} order by id desc`);
  const read = { ownerOf: (row: DeliveryRow) => row.webhook_id, itemOf: deliveryOf };
  return slicesOf(webhookIds, rows, page.first, isLaterPage(page), read);
}

/** See `Queries.deliveryCounts`. */
export function deliveryCounts(engine: Engine, webhookIds: readonly number[], { statuses }: DeliveryFilter): number[] {
  const page = (webhookId: Expression<number>) =>
    sql`(select id from delivery where webhook_id = ${webhookId} and ${
      isGiven(statuses) ? within(sql.ref('status'), statuses) : sql`true`
    })`;
  return countsOf(webhookIds, engine.sql.query(countPages(webhookIds, page, mostCounted)));
}

const selectNext = statement(({ webhookId }: { webhookId: number }) =>
  build
    .selectFrom('delivery')
    .selectAll()
    .where('webhook_id', '=', webhookId)
    .where('status', '=', 'PENDING')
    .orderBy('id')
    .limit(1),
);
const selectDue = statement((v: { webhookId: number; now: Millis; limit: number; except: string }) =>
  build
    .selectFrom('delivery')
    .selectAll()
    .where('webhook_id', '=', v.webhookId)
    .where('next_attempt_at', '<=', v.now)
    .where(sql<boolean>`id not in (select value from json_each(${v.except}))`)
    .orderBy('next_attempt_at')
    .orderBy('id')
    .limit(v.limit),
);
const selectNextAt = statement((v: { webhookId: number; now: Millis }) =>
  build
    .selectFrom('delivery')
    .select('next_attempt_at')
    .where('webhook_id', '=', v.webhookId)
    .where('next_attempt_at', '>', v.now)
    .orderBy('next_attempt_at')
    .limit(1),
);

/** See `Queries.nextDelivery`. */
export function nextDelivery(engine: Engine, webhookId: number): (WebhookDelivery & { body: string }) | null {
  const row = engine.sql.first(selectNext, { webhookId });
  return row === undefined ? null : { ...deliveryOf(row), body: row.body ?? '' };
}

/** See `Queries.dueDeliveries`. */
export function dueDeliveries(
  engine: Engine,
  webhookId: number,
  now: Millis,
  limit: number,
  except: readonly number[],
): { due: (WebhookDelivery & { body: string })[]; nextAt: Millis | null } {
  const rows = engine.sql.all(selectDue, { webhookId, now, limit, except: JSON.stringify(except) });
  const nextAt = engine.sql.first(selectNextAt, { webhookId, now })?.next_attempt_at ?? null;
  return { due: rows.map((row) => ({ ...deliveryOf(row), body: row.body ?? '' })), nextAt };
}
