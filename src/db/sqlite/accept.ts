import type { Millis } from '../../words.ts';
import type { Seq } from '../model.ts';
import { type Accepted, type NewJob, type NewSend, StoreError } from '../store.ts';
import { liveAccount } from './account-rows.ts';
import { countAccepted } from './counts.ts';
import type { Engine } from './engine.ts';
import { newestSeq } from './journal.ts';
import { appendSendUpdated, contentJson } from './outbox.ts';
import { indexSend } from './send-terms.ts';
import { build, insertion, statement } from './sql.ts';
import { keepUploads } from './uploads.ts';

type Key = { scope: string; operation: string; key: string };

const selectKey = statement((v: Key) =>
  build
    .selectFrom('idempotency')
    .innerJoin('job', 'job.id', 'idempotency.job_id')
    .select(['idempotency.hash', 'idempotency.expires_at', 'job.id', 'job.seq'])
    .where('scope', '=', v.scope)
    .where('operation', '=', v.operation)
    .where('key', '=', v.key),
);
const deleteKey = statement((v: Key) =>
  build
    .deleteFrom('idempotency')
    .where('scope', '=', v.scope)
    .where('operation', '=', v.operation)
    .where('key', '=', v.key),
);
const insertKey = insertion('idempotency', ['scope', 'operation', 'key', 'hash', 'job_id', 'expires_at']);
const deleteOldKeys = statement(({ now }: { now: Millis }) =>
  build.deleteFrom('idempotency').where('expires_at', '<=', now),
);
const insertJob = insertion('job', ['created_at', 'seq']);
const updateJob = statement((v: { id: number; seq: Seq }) =>
  build.updateTable('job').set({ seq: v.seq }).where('id', '=', v.id),
);
const insertSend = insertion('outbox', [
  'job_id',
  'account_id',
  'receiver',
  'receiver_contact_id',
  'type',
  'content',
  'mentions',
  'status',
  'error_code',
  'error_message',
  'resend_of',
  'day',
  'created_at',
  'send_at',
  'expires_at',
  'settled_at',
]);
const updateCursor = statement((v: { id: number; cursor: Seq }) =>
  build.updateTable('outbox').set({ cursor: v.cursor }).where('id', '=', v.id),
);

/** See `Queries.jobByKey`. */
export function jobByKey(engine: Engine, key: Key, now: Millis): { jobId: number; hash: string; seq: Seq } | null {
  const used = engine.sql.first(selectKey, key);
  return used === undefined || used.expires_at <= now ? null : { jobId: used.id, hash: used.hash, seq: used.seq };
}

/** See `Store.accept`. */
export function accept(engine: Engine, job: NewJob): Accepted {
  const { idempotency, now } = job;
  if (idempotency !== null) {
    const used = jobByKey(engine, idempotency, now);
    if (used !== null)
      return used.hash === idempotency.hash
        ? { result: 'SAME', jobId: used.jobId, seq: used.seq }
        : { result: 'CONFLICT' };
    engine.sql.run(deleteKey, idempotency);
  }
  refuseUnknownAccounts(engine, job.lines);
  keepUploads(engine, job.lines);
  const jobId = engine.sql.run(insertJob, { created_at: now, seq: 0 }).id;
  if (idempotency !== null)
    engine.sql.run(insertKey, { ...idempotency, job_id: jobId, expires_at: idempotency.expiresAt });
  for (const line of job.lines) addLine(engine, jobId, line, now);
  const seq = newestSeq(engine);
  engine.sql.run(updateJob, { id: jobId, seq });
  return { result: 'ACCEPTED', jobId, seq };
}

function refuseUnknownAccounts(engine: Engine, lines: readonly NewSend[]): void {
  for (const accountId of new Set(lines.map((line) => line.accountId)))
    if (liveAccount(engine, accountId) === undefined)
      throw new StoreError('NOT_FOUND', `there is no account ${accountId}`);
}

function addLine(engine: Engine, jobId: number, line: NewSend, now: Millis): void {
  const status = line.failure === null ? 'QUEUED' : 'FAILED';
  const day = engine.days.of(now);
  const told = {
    account_id: line.accountId,
    receiver: line.receiver,
    type: line.type,
    content: contentJson(line.content),
    created_at: now,
  };
  const { id } = engine.sql.run(insertSend, {
    ...told,
    job_id: jobId,
    receiver_contact_id: line.receiverContactId,
    mentions: JSON.stringify(line.mentions),
    status,
    error_code: line.failure?.code ?? null,
    error_message: line.failure?.message ?? null,
    resend_of: line.resendOf,
    day,
    send_at: line.sendAt,
    expires_at: line.expiresAt,
    settled_at: line.failure === null ? null : now,
  });
  indexSend(engine, { id, ...told });
  const cursor = appendSendUpdated(engine, { id, job_id: jobId, account_id: line.accountId }, now);
  engine.sql.run(updateCursor, { id, cursor });
  countAccepted(engine, day, line.accountId, status);
}

/** Keys whose time is over are forgotten. */
export function forgetOldKeys(engine: Engine, now: Millis): void {
  engine.sql.run(deleteOldKeys, { now });
}
