import type { SendLog } from '../../db/model.ts';
import type { NewSend } from '../../db/store.ts';
import { acceptJob } from './accept-job.ts';
import type { App } from '../app.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { GatewayError } from '../errors.ts';
import { readKey } from './idempotency.ts';
import { showId } from '../ids.ts';
import { readRange } from '../input.ts';
import { readAccount } from '../accounts/read-accounts.ts';
import { readSendLog } from './read-logs.ts';
import { type SentJob, address, makeLine, requireSendable } from './send-message.ts';
import { waitForJob } from './wait-for-job.ts';

export type ResendInput = {
  logId: string;
  acknowledgeDuplicateRisk: boolean;
  idempotencyKey?: string | null;
  waitMs: number;
};

/**
 * A new send, a job of its own, with the content, mentions, account and receiver of an old one; at once, whatever times that one had.
 *
 * CONFLICT while the old one is under way, and, unless the risk of a duplicate is acknowledged, for one whose outcome is unknown:
 * who sends again what was sent knows it, who sends again what may have been does not.
 */
export async function resendMessage(
  app: App,
  caller: Caller,
  input: ResendInput,
  signal?: AbortSignal,
): Promise<SentJob> {
  requireScope(caller, 'SEND');
  readRange('waitMs', input.waitMs, 0, 30_000);
  const { logId, acknowledgeDuplicateRisk } = input;
  const now = app.clock.now();
  const idempotency = readKey(caller, 'resend', input.idempotencyKey, [logId, acknowledgeDuplicateRisk], now);
  const accepted = await acceptJob(app, caller, idempotency, now, async () => {
    const log = await readSendLog(app, caller, logId);
    refuseDuplicate(log, acknowledgeDuplicateRisk);
    const line = await lineLike(app, caller, log);
    return { sends: line.failure === null ? 1 : 0, lines: async () => [line] };
  });
  const job = await waitForJob(app, caller, accepted.jobId, input.waitMs, signal);
  return { job, seq: accepted.seq };
}

function refuseDuplicate({ id, status }: SendLog, acknowledged: boolean): void {
  const shown = showId('log', id);
  if (status === 'QUEUED' || status === 'DISPATCHING') {
    throw new GatewayError('CONFLICT', `${shown} is ${status}: it is on its way.`);
  }
  if ((status === 'UNKNOWN' || status === 'UNRESOLVED') && !acknowledged) {
    const words = `${shown} is ${status}: it may have been sent, so that acknowledgeDuplicateRisk is needed.`;
    throw new GatewayError('CONFLICT', words, { field: 'acknowledgeDuplicateRisk' });
  }
}

async function lineLike(app: App, caller: Caller, log: SendLog): Promise<NewSend> {
  const account = await readAccount(app, caller, showId('account', log.accountId));
  requireSendable(app, account, log);
  // A line that failed for want of a receiver goes to the one that there is now.
  const addressed =
    log.receiver === ''
      ? await address(app, account, account.defaultReceiver)
      : { accountId: account.id, receiver: log.receiver, receiverContactId: log.receiverContactId, failure: null };
  return { ...makeLine(addressed, { content: log.content, mentions: log.mentions }), resendOf: log.id };
}
