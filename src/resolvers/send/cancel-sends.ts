import type { SendLog } from '../../db/model.ts';
import type { App } from '../app.ts';
import { type Caller, requireScope, visibleAccounts } from '../access/caller.ts';
import { GatewayError } from '../errors.ts';
import { readSendJob, readSendLog } from './read-logs.ts';
import type { SentJob } from './send-message.ts';

/** Takes back a line that is QUEUED. CONFLICT for any other: what was given to the upstream cannot be taken back. */
export async function cancelSend(app: App, caller: Caller, logId: string): Promise<{ log: SendLog; seq: number }> {
  requireScope(caller, 'SEND');
  const { id } = await readSendLog(app, caller, logId);
  try {
    const log = await app.store.cancel(id, app.clock.now());
    return { log, seq: log.cursor };
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'CONFLICT') throw error;
    const { status } = await readSendLog(app, caller, logId);
    throw new GatewayError('CONFLICT', `${logId} is ${status}; only what is QUEUED can be cancelled.`, {
      cause: error,
    });
  }
}

/** Takes back every line of a job that is still QUEUED and of an account that the caller may see; the others stay as they are. */
export async function cancelJob(app: App, caller: Caller, jobId: string): Promise<SentJob> {
  requireScope(caller, 'SEND');
  const { id } = await readSendJob(app, caller, jobId);
  const { seq } = await app.store.cancelJob(id, visibleAccounts(caller, null), app.clock.now());
  return { job: await readSendJob(app, caller, jobId), seq };
}
