import type { Account } from '../../db/model.ts';
import type { AccountUpdate, Changed } from '../../db/store.ts';
import type { PchookDialect } from '../../words.ts';
import { type ConnectionInput, type PacingInput, changePacing, readConnection } from './account-input.ts';
import { sealSecrets } from './account-secrets.ts';
import type { App } from '../app.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { GatewayError, badInput } from '../errors.ts';
import { readOptionalText, readText } from '../input.ts';
import { readAccount } from './read-accounts.ts';

export type UpdateAccountInput = {
  id: string;
  name?: string | null;
  remark?: string | null;
  connection?: ConnectionInput | null;
  defaultReceiver?: string | null;
  pacing?: PacingInput | null;
  hookDialect?: PchookDialect | null;
};

/** What is left out stays, null clears. A connection is replaced whole and takes effect at once on a started account. */
export async function updateAccount(app: App, caller: Caller, input: UpdateAccountInput): Promise<Changed<Account>> {
  requireScope(caller, 'ADMIN');
  const account = await readAccount(app, caller, input.id);
  const update: AccountUpdate = {};
  if (input.name !== undefined) {
    if (input.name === null) throw badInput('name', 'An account must keep a name.');
    update.name = readText('name', input.name, 50);
  }
  if (input.remark !== undefined) update.remark = readOptionalText('remark', input.remark, 200);
  if (input.defaultReceiver !== undefined) {
    update.defaultReceiver = readOptionalText('defaultReceiver', input.defaultReceiver, 200);
  }
  if (input.pacing !== undefined) update.pacing = changePacing(account.pacing, input.pacing);
  if (input.hookDialect !== undefined) update.hookDialect = input.hookDialect;
  if (input.connection !== undefined) {
    if (input.connection === null) throw badInput('connection', 'An account must keep a connection.');
    const checked = readConnection(app, input.connection);
    if (checked.driver !== account.driver) {
      throw new GatewayError(
        'CONFLICT',
        `The account's driver is ${account.driver}; make a new account for another one.`,
        {
          field: 'connection',
        },
      );
    }
    update.connection = {
      connection: checked.connection,
      sealedSecrets: sealSecrets(app, checked.secrets, account.callbackHash),
    };
  }
  return app.store.updateAccount(account.id, update, app.clock.now());
}
