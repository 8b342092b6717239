/** From lines to a job: once for each idempotency key, within the limits, and all of it durably or nothing. */
import type { NewJob, NewSend } from '../../db/store.ts';
import type { Seq } from '../../db/model.ts';
import type { Millis } from '../../words.ts';
import type { App } from '../app.ts';
import { type Caller, keyScope } from '../access/caller.ts';
import { keyReused } from './idempotency.ts';
import { requireSpace } from '../require-space.ts';

export type AcceptedJob = { jobId: number; seq: Seq };

/** A send that may be queued: how many lines will go out, and what makes them, which may take a while. */
export type PreparedJob = { sends: number; lines: () => Promise<NewSend[]> };

/**
 * The job that the key stands for already, whatever has become of it, else a new one of what `prepare` finds.
 *
 * CONFLICT for a key that stands for another input; RATE_LIMITED and UNAVAILABLE (a nearly full disk) before anything is fetched or
 * queued. Of requests with one key that come together only the first does anything.
 */
export async function acceptJob(
  app: App,
  caller: Caller,
  idempotency: NewJob['idempotency'],
  now: Millis,
  prepare: () => Promise<PreparedJob>,
): Promise<AcceptedJob> {
  const endTurn = idempotency === null ? null : await app.keyTurns(idempotency);
  try {
    return (await jobOf(app, idempotency, now)) ?? (await acceptNew(app, caller, idempotency, now, prepare));
  } finally {
    endTurn?.();
  }
}

async function acceptNew(
  app: App,
  caller: Caller,
  idempotency: NewJob['idempotency'],
  now: Millis,
  prepare: () => Promise<PreparedJob>,
): Promise<AcceptedJob> {
  await requireSpace(app);
  const { sends, lines } = await prepare();
  const giveBack = app.sendLimit.take(keyScope(caller), sends);
  try {
    const accepted = await app.store.accept({ now, lines: await lines(), idempotency });
    if (accepted.result === 'CONFLICT') throw keyReused();
    if (accepted.result === 'SAME') giveBack();
    return { jobId: accepted.jobId, seq: accepted.seq };
  } catch (error) {
    giveBack();
    throw error;
  }
}

async function jobOf(app: App, idempotency: NewJob['idempotency'], now: Millis): Promise<AcceptedJob | null> {
  const used = idempotency && (await app.store.queries.jobByKey(idempotency, now));
  if (!used) return null;
  if (used.hash !== idempotency.hash) throw keyReused();
  return { jobId: used.jobId, seq: used.seq };
}
