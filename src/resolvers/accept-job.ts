/** From lines to a job: once for each idempotency key, within the limits, and all of it durably or nothing. */
import type { NewJob, NewSend } from '../db/store.ts';
import type { Seq } from '../db/model.ts';
import type { Millis } from '../words.ts';
import type { App } from './app.ts';
import { type Caller, keyScope } from './caller.ts';
import { keyReused } from './idempotency.ts';
import { requireSpace } from './require-space.ts';

export type AcceptedJob = { jobId: number; seq: Seq };

/**
 * The job that the key stands for already, whatever has become of it, else a new one of the lines that `makeLines` finds.
 *
 * CONFLICT for a key that stands for another input; RATE_LIMITED and UNAVAILABLE (a nearly full disk) before anything is queued.
 */
export async function acceptJob(
  app: App,
  caller: Caller,
  idempotency: NewJob['idempotency'],
  now: Millis,
  makeLines: () => Promise<NewSend[]>,
): Promise<AcceptedJob> {
  const known = await jobOf(app, idempotency, now);
  if (known) return known;
  await requireSpace(app);
  const lines = await makeLines();
  const going = lines.filter((line) => line.failure === null).length;
  let giveBack: () => void;
  try {
    giveBack = app.sendLimit.take(keyScope(caller), going);
  } catch (error) {
    // The same request may have come in at the same time, and have taken the last room.
    const same = await jobOf(app, idempotency, now);
    if (same) return same;
    throw error;
  }
  try {
    const accepted = await app.store.accept({ now, lines, idempotency });
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
