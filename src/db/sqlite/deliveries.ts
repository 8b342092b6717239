/** What is posted to webhooks: planned from the log, settled after each attempt. */
import { sql, type Selectable } from 'kysely';
import type { Millis } from '../../words.ts';
import type { Seq, WebhookDelivery } from '../model.ts';
import { type Attempt, type DeliveryPlan, type KeptDeliveries, type NewDelivery, StoreError } from '../store.ts';
import { liveAccount } from './account-rows.ts';
import type { Engine } from './engine.ts';
import { build, insertion, statement, whole } from './sql.ts';
import type { DeliveryTable } from './tables.ts';
import { appendWebhookChanged, moveCursor, webhookRow } from './webhook-rows.ts';

export type DeliveryRow = Omit<Selectable<DeliveryTable>, 'body'>;
/** Bodies are long, and asked for one by one. */
export const deliveryColumns = [
  'id',
  'webhook_id',
  'seq',
  'message_id',
  'account_id',
  'status',
  'attempts',
  'response_status',
  'error',
  'created_at',
  'next_attempt_at',
] as const;

export function deliveryOf(row: DeliveryRow): WebhookDelivery {
  return {
    id: row.id,
    webhookId: row.webhook_id,
    seq: row.seq,
    messageId: row.message_id,
    accountId: row.account_id,
    status: row.status,
    attempts: row.attempts,
    responseStatus: row.response_status,
    error: row.error,
    createdAt: row.created_at,
    nextAttemptAt: row.next_attempt_at,
  };
}

const insertDelivery = insertion('delivery', [
  'webhook_id',
  'seq',
  'message_id',
  'account_id',
  'body',
  'status',
  'error',
  'created_at',
]);
const selectDelivery = statement(({ id }: { id: number }) =>
  build.selectFrom('delivery').select(['webhook_id', 'status']).where('id', '=', id),
);
const updateSettled = statement(
  (v: {
    id: number;
    status: WebhookDelivery['status'];
    responseStatus: number | null;
    error: string | null;
    nextAttemptAt: Millis | null;
  }) =>
    build
      .updateTable('delivery')
      .set({
        status: v.status,
        attempts: sql<number>`attempts + 1`,
        response_status: v.responseStatus,
        error: v.error,
        next_attempt_at: v.nextAttemptAt,
        body: sql<string | null>`case when ${v.status} = 'FAILED' then body end`,
      })
      .where('id', '=', v.id),
);
const selectFailed = statement(({ webhookId }: { webhookId: number }) =>
  build.selectFrom('delivery').select('id').where('webhook_id', '=', webhookId).where('status', '=', 'FAILED').limit(1),
);
const updateHealth = statement((v: { id: number; failing: 0 | 1; lastError: string | null; enabled: 0 | 1 }) =>
  build
    .updateTable('webhook')
    .set({ failing: v.failing, last_error: v.lastError, enabled: v.enabled })
    .where('id', '=', v.id),
);

/** See `Store.planDeliveries`. */
export function planDeliveries(engine: Engine, plan: DeliveryPlan): boolean {
  const { webhookId: id, from, upTo, deliveries, lost, now } = plan;
  const webhook = webhookRow(engine, id);
  if (webhook?.enabled !== 1 || webhook.cursor !== from) return false;
  for (const delivery of deliveries) {
    const { accountId } = delivery;
    if (accountId !== null && liveAccount(engine, accountId) === undefined) continue;
    put(engine, id, delivery, now);
    if (delivery.body === null) failed(engine, id, { error: delivery.error ?? null, now });
  }
  moveCursor(engine, id, upTo);
  if (lost !== undefined) failed(engine, id, { error: lost, now });
  return true;
}

function put(engine: Engine, webhookId: number, delivery: NewDelivery, now: Millis): number {
  return engine.sql.run(insertDelivery, {
    webhook_id: webhookId,
    seq: delivery.seq,
    message_id: delivery.messageId,
    account_id: delivery.accountId,
    body: delivery.body,
    status: delivery.body === null ? 'EXHAUSTED' : 'PENDING',
    error: delivery.error ?? null,
    created_at: now,
  }).id;
}

/** See `Store.settleDelivery`. That a webhook begins or ceases to fail is news, each single failure is none. */
export function settleDelivery(engine: Engine, id: number, attempt: Attempt): boolean {
  const row = engine.sql.first(selectDelivery, { id });
  if (row === undefined || (row.status !== 'PENDING' && row.status !== 'FAILED')) return false;
  settle(engine, id, attempt);
  if (attempt.status === 'DELIVERED') worked(engine, row.webhook_id, attempt.now);
  else {
    failed(engine, row.webhook_id, {
      ...attempt,
      disables: attempt.status === 'EXHAUSTED' && attempt.disables === true,
    });
  }
  return true;
}

function settle(engine: Engine, id: number, attempt: Attempt): void {
  const { status, responseStatus, error } = attempt;
  const nextAttemptAt = status === 'FAILED' ? attempt.nextAttemptAt : null;
  engine.sql.run(updateSettled, { id, status, responseStatus, error, nextAttemptAt });
}

function worked(engine: Engine, webhookId: number, now: Millis): void {
  const webhook = webhookRow(engine, webhookId);
  if (webhook?.failing !== 1 || engine.sql.first(selectFailed, { webhookId }) !== undefined) return;
  engine.sql.run(updateHealth, {
    id: webhookId,
    failing: 0,
    lastError: webhook.last_error,
    enabled: webhook.enabled,
  });
  appendWebhookChanged(engine, webhookId, now);
}

function failed(
  engine: Engine,
  webhookId: number,
  { error, disables, now }: { error: string | null; disables?: boolean; now: Millis },
): void {
  const webhook = webhookRow(engine, webhookId);
  if (webhook === undefined) return;
  const enabled = disables === true ? 0 : webhook.enabled;
  engine.sql.run(updateHealth, { id: webhookId, failing: 1, lastError: error, enabled });
  if (webhook.failing !== 1 || enabled !== webhook.enabled) appendWebhookChanged(engine, webhookId, now);
}

/** See `Store.addDelivery`. How the webhook fares is not told by it. */
export function addDelivery(engine: Engine, webhookId: number, delivery: NewDelivery, attempt: Attempt): void {
  if (webhookRow(engine, webhookId) === undefined) {
    throw new StoreError('NOT_FOUND', `there is no webhook ${webhookId}`);
  }
  settle(engine, put(engine, webhookId, delivery, attempt.now), attempt);
}

const deleteAll = statement(({ webhookId }: { webhookId: number }) =>
  build.deleteFrom('delivery').where('webhook_id', '=', webhookId),
);
const deleteOfAccount = statement(({ accountId }: { accountId: number }) =>
  build.deleteFrom('delivery').where('account_id', '=', accountId),
);
const deleteWaiting = statement((v: { webhookId: number; after: Seq }) =>
  build
    .deleteFrom('delivery')
    .where('webhook_id', '=', v.webhookId)
    .where('status', 'in', ['PENDING', 'FAILED'])
    .where('seq', '>', v.after),
);
const deleteOld = statement(
  (v: { webhookId: number; delivered: number; exhausted: number; before: Millis; limit: number }) => sql`
    delete from delivery where id in (
      select id from (select id from delivery where webhook_id = ${v.webhookId} and status = 'DELIVERED'
        order by id desc limit -1 offset ${v.delivered})
      union all select id from (select id from delivery where webhook_id = ${v.webhookId} and status = 'EXHAUSTED'
        order by id desc limit -1 offset ${v.exhausted})
      union all select id from delivery
        where webhook_id = ${v.webhookId} and status in ('DELIVERED', 'EXHAUSTED') and created_at < ${v.before}
      limit ${whole(v.limit)})`,
);

export function dropDeliveries(engine: Engine, webhookId: number): void {
  engine.sql.run(deleteAll, { webhookId });
}

/** What was told of an account goes with it. */
export function dropDeliveriesOfAccount(engine: Engine, accountId: number): void {
  engine.sql.run(deleteOfAccount, { accountId });
}

export function takeBackDeliveries(engine: Engine, webhookId: number, after: Seq): void {
  engine.sql.run(deleteWaiting, { webhookId, after });
}

/** See `Store.forgetDeliveries`. */
export function forgetDeliveries(engine: Engine, webhookId: number, keep: KeptDeliveries, limit: number): number {
  return engine.sql.run(deleteOld, { webhookId, ...keep, limit }).changes;
}
