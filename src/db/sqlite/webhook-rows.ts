/** Rows of webhooks, as all that is done with them reads and moves them. */
import type { Selectable } from 'kysely';
import type { EventType, Millis } from '../../words.ts';
import type { Seq, Webhook, WebhookSecret } from '../model.ts';
import { StoreError } from '../store.ts';
import type { Engine } from './engine.ts';
import { append } from './journal.ts';
import { build, statement } from './sql.ts';
import type { WebhookTable } from './tables.ts';

export function webhookOf(row: Selectable<WebhookTable>): Webhook {
  return {
    id: row.id,
    tokenId: row.token_id,
    url: row.url,
    format: row.format,
    types: readList<EventType>(row.types),
    accountIds: readList<number>(row.account_ids),
    events: readList<string>(row.events),
    mediaData: row.media_data === 1,
    allowReply: row.allow_reply === 1,
    pollUrl: row.poll_url,
    enabled: row.enabled === 1,
    failing: row.failing === 1,
    lastError: row.last_error,
    secretName: row.secret_name,
    secrets: JSON.parse(row.secrets) as WebhookSecret[],
    cursor: row.cursor,
    createdAt: row.created_at,
  };
}

function readList<Item>(text: string | null): Item[] | null {
  return text === null ? null : (JSON.parse(text) as Item[]);
}

const selectWebhook = statement(({ id }: { id: number }) =>
  build.selectFrom('webhook').selectAll().where('id', '=', id),
);
const updateCursor = statement((v: { id: number; cursor: Seq }) =>
  build.updateTable('webhook').set({ cursor: v.cursor }).where('id', '=', v.id),
);
export function webhookRow(engine: Engine, id: number): Selectable<WebhookTable> | undefined {
  return engine.sql.first(selectWebhook, { id });
}

export function appendWebhookChanged(engine: Engine, webhookId: number, at: Millis): Seq {
  return append(engine, { kind: 'WEBHOOK_CHANGED', at, accountId: null, ref: webhookId });
}

/** The webhook, or NOT_FOUND. */
export function expectWebhook(engine: Engine, id: number): Webhook {
  const row = webhookRow(engine, id);
  if (row === undefined) throw new StoreError('NOT_FOUND', `there is no webhook ${id}`);
  return webhookOf(row);
}

/** Everything up to there has its delivery. */
export function moveCursor(engine: Engine, id: number, cursor: Seq): void {
  engine.sql.run(updateCursor, { id, cursor });
}
