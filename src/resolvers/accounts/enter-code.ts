import type { Account } from '../../db/model.ts';
import type { Changed } from '../../db/store.ts';
import { DriverError } from '../../drivers/driver.ts';
import type { App } from '../app.ts';
import { upstreamError, withinLimits } from './ask-upstream.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { driverOf } from './driver-of.ts';
import { GatewayError } from '../errors.ts';
import { readText } from '../input.ts';
import { readAccount } from './read-accounts.ts';

/**
 * Hands in the code that WeChat shows on another device to the login that waits for it; the account's state tells how it goes
 * on. UNSUPPORTED where this upstream never asks for one, NOT_READY where no login waits.
 */
export async function enterVerificationCode(
  app: App,
  caller: Caller,
  input: { accountId: string; code: string },
): Promise<Changed<Account>> {
  requireScope(caller, 'SEND');
  const code = readText('code', input.code, 20);
  const account = await readAccount(app, caller, input.accountId);
  const driver = driverOf(app, account);
  if (!driver.enterCode) {
    throw new GatewayError('UNSUPPORTED', `The driver ${account.driver} never asks for a verification code.`);
  }
  // What follows from it is later than this.
  const { newest: seq } = await app.store.bounds();
  try {
    await withinLimits(app, (signal) => driver.enterCode!(code, signal));
  } catch (error) {
    if (!(error instanceof DriverError) || error.code !== 'NOT_FOUND') throw upstreamError(error);
    throw new GatewayError('NOT_READY', `No login of account ${input.accountId} waits for a code.`, { cause: error });
  }
  return { object: await readAccount(app, caller, input.accountId), seq };
}
