/** Lines of the outbox: reading one, and changing one with all that hangs on it. */
import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Millis, SendContent } from '../../words.ts';
import type { SendLog, Seq } from '../model.ts';
import { countMoved } from './counts.ts';
import type { Engine } from './engine.ts';
import { append } from './journal.ts';
import { build, statement } from './sql.ts';
import type { OutboxTable } from './tables.ts';

export type OutboxRow = Selectable<OutboxTable>;

// Literals and not bound values: SQLite uses a partial index only for a condition that it can read.
export const isQueued = sql<boolean>`status = 'QUEUED'`;
export const isOpen = sql<boolean>`status in ('DISPATCHING', 'UNKNOWN', 'UNRESOLVED')`;

/** The same for the same content, however its record was put together. */
export function contentJson(content: SendContent): string {
  if (content.type === 'TEXT') return JSON.stringify({ type: content.type, text: content.text });
  const { type, name } = content;
  return 'mediaId' in content
    ? JSON.stringify({ type, name, mediaId: content.mediaId })
    : JSON.stringify({ type, name, upstreamPath: content.upstreamPath });
}

/**
 * Whom a line goes to, as far as order is concerned: lines that have one of these in common are of one conversation. One that was
 * accepted before anything was known of its receiver has no contact, and the next one to the same receiver may have.
 */
export function conversationKeys(row: Pick<OutboxRow, 'receiver' | 'receiver_contact_id'>): string[] {
  const byName = `=${row.receiver}`;
  return row.receiver_contact_id === null ? [byName] : [byName, `#${row.receiver_contact_id}`];
}

/** Where the properties of a line are stored. */
const columnOf = {
  id: 'id',
  jobId: 'job_id',
  accountId: 'account_id',
  receiver: 'receiver',
  receiverContactId: 'receiver_contact_id',
  type: 'type',
  content: 'content',
  mentions: 'mentions',
  status: 'status',
  confirmedBy: 'confirmed_by',
  errorCode: 'error_code',
  errorMessage: 'error_message',
  attempts: 'attempts',
  responseTimeMs: 'response_time_ms',
  upstreamId: 'upstream_id',
  reference: 'reference',
  messageSeq: 'message_seq',
  resendOf: 'resend_of',
  createdAt: 'created_at',
  sendAt: 'send_at',
  expiresAt: 'expires_at',
  dispatchedAt: 'dispatched_at',
  settledAt: 'settled_at',
  cursor: 'cursor',
} as const satisfies Record<keyof SendLog, keyof OutboxRow>;
const properties = Object.keys(columnOf) as (keyof SendLog)[];

/** A line under the names of its properties, with its JSON as it is stored. */
export type LogRow = Omit<SendLog, 'content' | 'mentions'> & Pick<OutboxRow, 'content' | 'mentions'>;

/** The columns of a `LogRow` in a statement: those that are wanted, or all. Each value that is read costs as much as finding its line does. */
export function logColumns(wanted: readonly (keyof SendLog)[] = properties): RawBuilder<LogRow> {
  const names = properties.filter((name) => name === 'id' || wanted.includes(name));
  return sql.raw(names.map((name) => `outbox.${columnOf[name]} as "${name}"`).join(', '));
}

/** Made of the row itself: what was not selected is not there. */
export function readLogRow(row: LogRow): SendLog {
  const log = row as Omit<LogRow, 'content' | 'mentions'> as SendLog;
  if (row.content !== undefined) log.content = JSON.parse(row.content) as SendContent;
  if (row.mentions !== undefined) log.mentions = JSON.parse(row.mentions) as string[];
  return log;
}

export function sendLogOf(row: OutboxRow): SendLog {
  return readLogRow(Object.fromEntries(properties.map((name) => [name, row[columnOf[name]]])) as LogRow);
}

const selectSend = statement(({ id }: { id: number }) => build.selectFrom('outbox').selectAll().where('id', '=', id));

export function sendById(engine: Engine, id: number): OutboxRow | undefined {
  return engine.sql.first(selectSend, { id });
}

type Mutable = Pick<
  OutboxRow,
  | 'status'
  | 'confirmed_by'
  | 'error_code'
  | 'error_message'
  | 'attempts'
  | 'response_time_ms'
  | 'upstream_id'
  | 'reference'
  | 'message_seq'
  | 'not_before'
  | 'dispatched_at'
  | 'settled_at'
  | 'owner_epoch'
>;

const updateSend = statement((v: Mutable & { id: number; cursor: Seq }) =>
  build
    .updateTable('outbox')
    .set({
      status: v.status,
      confirmed_by: v.confirmed_by,
      error_code: v.error_code,
      error_message: v.error_message,
      attempts: v.attempts,
      response_time_ms: v.response_time_ms,
      upstream_id: v.upstream_id,
      reference: v.reference,
      message_seq: v.message_seq,
      not_before: v.not_before,
      dispatched_at: v.dispatched_at,
      settled_at: v.settled_at,
      owner_epoch: v.owner_epoch,
      cursor: v.cursor,
    })
    .where('id', '=', v.id),
);

/** Changes a line, with its event and its counts. */
export function changeSend(engine: Engine, row: OutboxRow, change: Partial<Mutable>, at: Millis): OutboxRow {
  const cursor = appendSendUpdated(engine, row, at);
  const changed = { ...row, ...change, cursor };
  engine.sql.run(updateSend, changed);
  if (changed.status !== row.status) countMoved(engine, row.day, row.account_id, row.status, changed.status);
  return changed;
}

/** Fills in what became known about a line that is settled, without an event: nothing about its outcome changes. */
export function fillSend(engine: Engine, row: OutboxRow, change: Partial<Mutable>): void {
  engine.sql.run(updateSend, { ...row, ...change });
}

export function appendSendUpdated(
  engine: Engine,
  row: Pick<OutboxRow, 'id' | 'job_id' | 'account_id'>,
  at: Millis,
): Seq {
  return append(engine, {
    kind: 'SEND_UPDATED',
    at,
    accountId: row.account_id,
    ref: row.id,
    data: { jobId: row.job_id },
  });
}
