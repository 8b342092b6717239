import type { FoundPerson } from '../../drivers/driver.ts';
import type { App } from '../app.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { askUpstream } from '../accounts/ask-upstream.ts';
import { driverOf } from '../accounts/driver-of.ts';
import { readAccount } from '../accounts/read-accounts.ts';
import { GatewayError } from '../errors.ts';
import { readText } from '../input.ts';

export type { FoundPerson };

/**
 * Looks in WeChat for somebody by their WeChat number or phone number: NOBODY where nobody has it, NOT_ASKED where the account's upstream
 * cannot look. SEND, as WeChat counts such searches. Throws what `askUpstream` does.
 */
export async function searchPerson(
  app: App,
  caller: Caller,
  input: { accountId: string; number: string },
): Promise<FoundPerson | 'NOBODY' | 'NOT_ASKED'> {
  requireScope(caller, 'SEND');
  const account = await readAccount(app, caller, input.accountId);
  const number = readText('number', input.number, 200);
  if (!driverOf(app, account).searchPerson) return 'NOT_ASKED';
  try {
    return await askUpstream(app, account, {
      capability: 'ADD_FRIEND',
      act: (driver, signal) => driver.searchPerson!(number, signal),
      keep: async (found) => found,
    });
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'NOT_FOUND') return 'NOBODY';
    throw error;
  }
}
