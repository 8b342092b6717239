import type { SendJob } from '../../db/model.ts';
import type { App } from '../app.ts';
import type { Caller } from '../access/caller.ts';
import { notFound } from '../errors.ts';
import { followLog } from '../events/follow-log.ts';
import { showId } from '../ids.ts';

/** The job when every line has its outcome, or as it is after `ms` milliseconds or when `signal` aborts. */
export async function waitForJob(
  app: App,
  caller: Caller,
  jobId: number,
  ms: number,
  signal?: AbortSignal,
): Promise<SendJob> {
  const from = app.tail.latest();
  let job = await readJob(app, caller, jobId);
  if (job.pending === 0 || ms === 0) return job;
  const over = new AbortController();
  const giveUp = AbortSignal.any([over.signal, app.stopping, ...(signal ? [signal] : [])]);
  void app.clock.sleep(ms, giveUp).then(() => over.abort());
  try {
    for await (const { events } of followLog(app, from, giveUp)) {
      if (!events.some((event) => event.type === 'SEND_UPDATED' && event.jobId === jobId)) continue;
      job = await readJob(app, caller, jobId, job);
      if (job.pending === 0) return job;
    }
    return await readJob(app, caller, jobId, job);
  } finally {
    over.abort();
  }
}

/** The job as it is; as it was last seen where its accounts were deleted meanwhile. */
async function readJob(app: App, caller: Caller, jobId: number, before?: SendJob): Promise<SendJob> {
  const [job] = await app.store.queries.jobsById([jobId], caller.accountIds);
  if (!job && !before) throw notFound('job', showId('job', jobId));
  return job ?? before!;
}
