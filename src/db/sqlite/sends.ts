/** How lines of the outbox end. */
import { sql } from 'kysely';
import type { Millis } from '../../words.ts';
import type { SendLog, Seq } from '../model.ts';
import { type Lane, type Outcome, StoreError } from '../store.ts';
import { forgetOldKeys } from './accept.ts';
import { liveAccount } from './account-rows.ts';
import type { Engine } from './engine.ts';
import { newestSeq } from './journal.ts';
import { isNamed } from './message-keys.ts';
import { changeSend, fillSend, isOpen, isQueued, type OutboxRow, sendById, sendLogOf } from './outbox.ts';
import { rememberSentMedia } from './sent-media.ts';
import { build, statement } from './sql.ts';
import { giveBack } from './take.ts';

/** See `Store.settle`. */
export function settle(engine: Engine, sendId: number, lane: Lane, outcome: Outcome): boolean {
  const row = sendById(engine, sendId);
  if (row === undefined || row.account_id !== lane.accountId || row.owner_epoch !== lane.epoch) return false;
  if (outcome.status === 'SENT') rememberSentMedia(engine, row, outcome);
  if (row.status === 'SENT') {
    if (outcome.status === 'SENT') fillAnswer(engine, row, outcome);
    return false;
  }
  const inFlight = row.status === 'DISPATCHING';
  // After a take-over, or when nothing was heard in time, an answer that says what happened is still taken.
  const late = row.status === 'UNKNOWN' || row.status === 'UNRESOLVED';
  if (!inFlight && !(late && (outcome.status === 'SENT' || outcome.status === 'FAILED'))) return false;
  const { now, responseTimeMs } = outcome;
  switch (outcome.status) {
    case 'SENT':
      changeSend(
        engine,
        row,
        {
          status: 'SENT',
          confirmed_by: 'UPSTREAM',
          error_code: null,
          error_message: null,
          response_time_ms: responseTimeMs,
          upstream_id: outcome.upstreamId,
          reference: outcome.reference,
          message_seq: linkEcho(engine, row, outcome.upstreamId),
          settled_at: now,
        },
        now,
      );
      break;
    case 'QUEUED':
      changeSend(
        engine,
        row,
        {
          status: 'QUEUED',
          error_code: outcome.code,
          error_message: outcome.message,
          response_time_ms: responseTimeMs,
          not_before: outcome.notBefore,
          dispatched_at: null,
          owner_epoch: null,
        },
        now,
      );
      giveBack(engine, row);
      break;
    default:
      changeSend(
        engine,
        row,
        {
          status: outcome.status,
          error_code: outcome.code,
          error_message: outcome.message,
          response_time_ms: responseTimeMs,
          settled_at: now,
        },
        now,
      );
  }
  return true;
}

type Sent = Extract<Outcome, { status: 'SENT' }>;

/** The echo was faster than the answer: the answer still tells what a revoke needs. */
function fillAnswer(engine: Engine, row: OutboxRow, outcome: Sent): void {
  fillSend(engine, row, {
    response_time_ms: row.response_time_ms ?? outcome.responseTimeMs,
    upstream_id: row.upstream_id ?? outcome.upstreamId,
    reference: row.reference ?? outcome.reference,
  });
}

const selectEcho = statement((v: { accountId: number; upstreamId: string }) =>
  build
    .selectFrom('message')
    .select(['seq'])
    .where(isNamed(v))
    .where('direction', '=', 'OUTGOING')
    .where('send_id', 'is', null),
);
const updateMessageSend = statement((v: { seq: Seq; sendId: number }) =>
  build.updateTable('message').set({ send_id: v.sendId }).where('seq', '=', v.seq),
);

/** The echo may be stored already, not known as such for want of the id. */
function linkEcho(engine: Engine, row: OutboxRow, upstreamId: string | null): Seq | null {
  if (upstreamId === null || row.message_seq !== null) return row.message_seq;
  const echo = engine.sql.first(selectEcho, { accountId: row.account_id, upstreamId });
  if (echo === undefined) return null;
  engine.sql.run(updateMessageSend, { seq: echo.seq, sendId: row.id });
  return echo.seq;
}

/** See `Store.cancel`. */
export function cancel(engine: Engine, sendId: number, now: Millis): SendLog {
  const row = sendById(engine, sendId);
  if (row === undefined || liveAccount(engine, row.account_id) === undefined)
    throw new StoreError('NOT_FOUND', `there is no send ${sendId}`);
  if (row.status !== 'QUEUED') throw new StoreError('CONFLICT', `the send ${sendId} is ${row.status} already`);
  return sendLogOf(changeSend(engine, row, { status: 'CANCELLED', settled_at: now }, now));
}

const selectQueuedOfJob = statement(({ jobId }: { jobId: number }) =>
  build
    .selectFrom('outbox')
    .selectAll()
    .where('job_id', '=', jobId)
    .where(sql<boolean>`+status = 'QUEUED'`)
    .orderBy('id'),
);

/** See `Store.cancelJob`. */
export function cancelJob(
  engine: Engine,
  jobId: number,
  accountIds: readonly number[] | null,
  now: Millis,
): { seq: Seq } {
  const seen = accountIds === null ? null : new Set(accountIds);
  for (const row of engine.sql.all(selectQueuedOfJob, { jobId }))
    if (seen === null || seen.has(row.account_id))
      changeSend(engine, row, { status: 'CANCELLED', settled_at: now }, now);
  return { seq: newestSeq(engine) };
}

const selectQueuedOf = statement(({ accountId }: { accountId: number }) =>
  build.selectFrom('outbox').selectAll().where('account_id', '=', accountId).where(isQueued).orderBy('id'),
);

/** Everything that an account has not sent yet → CANCELLED. */
export function cancelAll(engine: Engine, accountId: number, now: Millis): void {
  for (const row of engine.sql.all(selectQueuedOf, { accountId }))
    changeSend(engine, row, { status: 'CANCELLED', settled_at: now }, now);
}

// The sign: SQLite would read the whole table in the order of its ids to find the few that are due.
const selectDue = statement(({ now }: { now: Millis }) =>
  build
    .selectFrom('outbox')
    .selectAll()
    .where(isQueued)
    .where('expires_at', '<=', now)
    .orderBy(sql`+id`),
);
const selectUnresolved = statement(({ before }: { before: Millis }) =>
  build
    .selectFrom('outbox')
    .selectAll()
    .where(sql<boolean>`status = 'UNKNOWN'`)
    .where('dispatched_at', '<', before)
    .orderBy(sql`+id`),
);

/** See `Store.expire`. */
export function expire(engine: Engine, now: Millis, unresolvedBefore: Millis): number {
  const due = engine.sql.all(selectDue, { now });
  for (const row of due) changeSend(engine, row, { status: 'EXPIRED', settled_at: now }, now);
  const unresolved = engine.sql.all(selectUnresolved, { before: unresolvedBefore });
  for (const row of unresolved) changeSend(engine, row, { status: 'UNRESOLVED', settled_at: now }, now);
  forgetOldKeys(engine, now);
  return due.length + unresolved.length;
}

const selectInFlight = statement((v: { accountId: number; epoch: number }) =>
  build
    .selectFrom('outbox')
    .selectAll()
    .where('account_id', '=', v.accountId)
    .where(isOpen)
    .where(sql<boolean>`status = 'DISPATCHING'`)
    .where('owner_epoch', '<', v.epoch)
    .orderBy(sql`+id`),
);

/** What lanes before this epoch left in flight: whether it was sent is not known to anybody. */
export function abandon(engine: Engine, accountId: number, epoch: number, now: Millis): void {
  for (const row of engine.sql.all(selectInFlight, { accountId, epoch }))
    changeSend(
      engine,
      row,
      {
        status: 'UNKNOWN',
        error_code: 'UNAVAILABLE',
        error_message: 'the gateway stopped while this was being sent',
        settled_at: now,
      },
      now,
    );
}
