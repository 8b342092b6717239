import type { SendLog } from '../../db/model.ts';
import type { ErrorCode } from '../../words.ts';
import type { App } from '../app.ts';
import type { Loaders } from '../load.ts';
import { hasBudget, isBroken } from '../accounts/read-accounts.ts';

/** Where a QUEUED line stands in its account's lane; null for any other. */
export async function readSendLogPlace(
  loaders: Loaders,
  log: SendLog,
): Promise<{ position: number; estimatedAt: number | null } | null> {
  return log.status === 'QUEUED' ? loaders.position.load(log.id) : null;
}

export type Trouble = { code: ErrorCode | null; message: string | null };

/** Why a line is not SENT: what it ended with, what its last try met, or what holds it while it is QUEUED. */
export async function readTrouble(app: App, loaders: Loaders, log: SendLog): Promise<Trouble> {
  const hold = log.status === 'QUEUED' ? await readHold(app, loaders, log) : null;
  return hold ?? { code: log.errorCode, message: log.errorMessage };
}

/** What holds a QUEUED line beside the pacing; null where nothing does. Told as it is now and kept nowhere. */
async function readHold(app: App, loaders: Loaders, log: SendLog): Promise<Trouble | null> {
  if (log.sendAt !== null && log.sendAt > app.clock.now()) return null;
  const account = await loaders.account.load(log.accountId);
  if (!account) return null;
  const { state, stateReason, pacing } = account;
  if (state !== 'RUNNING') {
    return { code: 'NOT_READY', message: `held: the account is ${state}${stateReason ? `: ${stateReason}` : ''}` };
  }
  if (pacing.paused) return { code: 'NOT_READY', message: 'held: the account is paused' };
  if (!hasBudget(account)) {
    return { code: 'RATE_LIMITED', message: `held: the account has sent its ${pacing.perDay} of today` };
  }
  if (isBroken(app, account.id)) {
    const why = log.errorMessage ? `: ${log.errorMessage}` : '';
    const message = `held: the upstream was not reached time after time, and is tried every 30 s${why}`;
    return { code: 'UPSTREAM_UNREACHABLE', message };
  }
  if ((await loaders.position.load(log.id))?.heldByTwin) {
    return {
      code: 'CONFLICT',
      message: 'held: whether the same message reached this receiver before is not known yet',
    };
  }
  return null;
}
