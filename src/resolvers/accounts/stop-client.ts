import type { Account } from '../../db/model.ts';
import type { Changed } from '../../db/store.ts';
import type { App } from '../app.ts';
import { upstreamError, withinLimits } from './ask-upstream.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { driverOf } from './driver-of.ts';
import { capabilitiesOf, readAccount } from './read-accounts.ts';
import { stopAccount } from './start-account.ts';

/**
 * Stops driving the account, and where its driver can (START_STOP) ends the upstream's own process or login as well. The account is
 * stopped also where its upstream then fails, which is thrown.
 */
export async function stopClient(app: App, caller: Caller, id: string): Promise<Changed<Account>> {
  requireScope(caller, 'SEND');
  const account = await readAccount(app, caller, id);
  const driver = driverOf(app, account);
  // First: whoever drives it would log it in again.
  const stopped = await stopAccount(app, caller, id);
  if (!driver.stopClient || !capabilitiesOf(app, account).includes('START_STOP')) return stopped;
  try {
    await withinLimits(app, (signal) => driver.stopClient!(signal));
  } catch (error) {
    throw upstreamError(error);
  }
  return stopped;
}
