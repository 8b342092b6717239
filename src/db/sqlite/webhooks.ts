/** Where events are posted to. */
import { sql, type Selectable } from 'kysely';
import type { Millis } from '../../words.ts';
import type { Seq, Webhook } from '../model.ts';
import {
  type CallbackOwner,
  type CallbackTarget,
  type Changed,
  type NewWebhook,
  StoreError,
  type WebhookUpdate,
} from '../store.ts';
import { dropDeliveries, takeBackDeliveries } from './deliveries.ts';
import type { Engine } from './engine.ts';
import { newestSeq } from './journal.ts';
import { build, insertion, statement } from './sql.ts';
import type { WebhookTable } from './tables.ts';
import { appendWebhookChanged, expectWebhook, moveCursor, webhookOf } from './webhook-rows.ts';

function writeList(list: readonly unknown[] | null): string | null {
  return list === null ? null : JSON.stringify(list);
}

const insertWebhook = insertion('webhook', [
  'token_id',
  'callback_key',
  'url',
  'format',
  'types',
  'account_ids',
  'events',
  'media_data',
  'allow_reply',
  'poll_url',
  'enabled',
  'secret_name',
  'secrets',
  'cursor',
  'created_at',
]);
const selectCallback = statement((v: { token: number; key: string }) =>
  build
    .selectFrom('webhook')
    .selectAll()
    .where(sql<boolean>`coalesce(token_id, 0) = ${v.token}`)
    .where('callback_key', '=', v.key),
);
const selectOfToken = statement(({ tokenId }: { tokenId: number }) =>
  build.selectFrom('webhook').select('id').where('token_id', '=', tokenId),
);
const selectCount = statement(() => build.selectFrom('webhook').select(sql<number>`count(*)`.as('count')));
const updateSettings = statement(
  (
    v: Pick<
      Selectable<WebhookTable>,
      | 'id'
      | 'url'
      | 'types'
      | 'account_ids'
      | 'events'
      | 'media_data'
      | 'allow_reply'
      | 'poll_url'
      | 'enabled'
      | 'failing'
      | 'secrets'
    >,
  ) =>
    build
      .updateTable('webhook')
      .set({
        url: v.url,
        types: v.types,
        account_ids: v.account_ids,
        events: v.events,
        media_data: v.media_data,
        allow_reply: v.allow_reply,
        poll_url: v.poll_url,
        enabled: v.enabled,
        failing: v.failing,
        secrets: v.secrets,
      })
      .where('id', '=', v.id),
);
const removeWebhook = statement(({ id }: { id: number }) => build.deleteFrom('webhook').where('id', '=', id));

function changed(engine: Engine, id: number, at: Millis): Changed<Webhook> {
  const seq = appendWebhookChanged(engine, id, at);
  return { object: expectWebhook(engine, id), seq };
}

type Owner = { tokenId: number | null; callbackKey: string | null };

/** It is told of what comes after the news of itself. */
function insert(engine: Engine, owner: Owner, input: NewWebhook, most: number): Changed<Webhook> {
  if (countWebhooks(engine) >= most) throw new StoreError('CONFLICT', `there may be at most ${most} webhooks`);
  const { id } = engine.sql.run(insertWebhook, {
    token_id: owner.tokenId,
    callback_key: owner.callbackKey,
    url: input.url,
    format: input.format,
    types: writeList(input.types),
    account_ids: writeList(input.accountIds),
    events: writeList(input.events),
    media_data: input.mediaData ? 1 : 0,
    allow_reply: input.allowReply ? 1 : 0,
    poll_url: input.pollUrl,
    enabled: 1,
    secret_name: input.secretName,
    secrets: JSON.stringify(input.secrets),
    cursor: newestSeq(engine),
    created_at: input.now,
  });
  const { seq } = changed(engine, id, input.now);
  moveCursor(engine, id, seq);
  return { object: expectWebhook(engine, id), seq };
}

/** See `Store.createWebhook`. */
export function createWebhook(engine: Engine, input: NewWebhook, most: number): Changed<Webhook> {
  return insert(engine, { tokenId: null, callbackKey: null }, input, most);
}

/** See `Store.updateWebhook`. One that is switched on again begins without its old failures. */
export function updateWebhook(engine: Engine, id: number, change: WebhookUpdate, now: Millis): Changed<Webhook> {
  const before = expectWebhook(engine, id);
  const after = { ...before, ...change };
  if (after.enabled && !before.enabled) after.failing = false;
  if (JSON.stringify(after) === JSON.stringify(before)) return { object: before, seq: newestSeq(engine) };
  engine.sql.run(updateSettings, {
    id,
    url: after.url,
    types: writeList(after.types),
    account_ids: writeList(after.accountIds),
    events: writeList(after.events),
    media_data: after.mediaData ? 1 : 0,
    allow_reply: after.allowReply ? 1 : 0,
    poll_url: after.pollUrl,
    enabled: after.enabled ? 1 : 0,
    failing: after.failing ? 1 : 0,
    secrets: JSON.stringify(after.secrets),
  });
  return changed(engine, id, now);
}

/** See `Store.putCallback`. */
export function putCallback(
  engine: Engine,
  { tokenId, format, accountId, now }: CallbackOwner,
  to: CallbackTarget | null,
  most: number,
): Changed<Webhook> | null {
  const key = `${format} ${accountId ?? '*'}`;
  const there = engine.sql.first(selectCallback, { token: tokenId ?? 0, key });
  if (to === null) {
    if (there === undefined) return null;
    const object = webhookOf(there);
    return { object, ...deleteWebhook(engine, object.id, now) };
  }
  if (there !== undefined) return updateWebhook(engine, there.id, { ...to, enabled: true }, now);
  const settings = { types: null, accountIds: accountId === null ? null : [accountId], pollUrl: null };
  const unsigned = { secretName: '', secrets: [] };
  return insert(engine, { tokenId, callbackKey: key }, { ...to, ...settings, ...unsigned, format, now }, most);
}

/** See `Store.deleteWebhook`. */
export function deleteWebhook(engine: Engine, id: number, now: Millis): { seq: Seq } {
  expectWebhook(engine, id);
  dropDeliveries(engine, id);
  engine.sql.run(removeWebhook, { id });
  return { seq: appendWebhookChanged(engine, id, now) };
}

/** What a token set for itself ends with it. */
export function deleteWebhooksOf(engine: Engine, tokenId: number, now: Millis): void {
  for (const { id } of engine.sql.all(selectOfToken, { tokenId })) deleteWebhook(engine, id, now);
}

/** See `Store.replayWebhook`. Never forward: what it was not told of yet it will be told of. */
export function replayWebhook(engine: Engine, id: number, after: Seq, now: Millis): Changed<Webhook> {
  const { cursor } = expectWebhook(engine, id);
  takeBackDeliveries(engine, id, after);
  moveCursor(engine, id, Math.min(cursor, after));
  return changed(engine, id, now);
}

/** See `Queries.countWebhooks`. */
export function countWebhooks(engine: Engine): number {
  return engine.sql.first(selectCount, {})?.count ?? 0;
}
