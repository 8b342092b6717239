import type { Account } from '../../db/model.ts';
import { defaultPacing } from '../../db/model.ts';
import type { Changed } from '../../db/store.ts';
import { hashSecret } from '../../secrets.ts';
import { type ConnectionInput, type PacingInput, changePacing, readConnection } from './account-input.ts';
import { callbackContext, sealSecrets } from './account-secrets.ts';
import type { App } from '../app.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { badInput } from '../errors.ts';
import { showId } from '../ids.ts';
import { readOptionalText, readText } from '../input.ts';

export type CreateAccountInput = {
  name: string;
  remark?: string | null;
  connection?: ConnectionInput | null;
  defaultReceiver?: string | null;
  pacing?: PacingInput | null;
};

/** A new account, not started. Without a connection: the one of WXGRAPH_DEFAULT_CONNECTION. */
export async function createAccount(app: App, caller: Caller, input: CreateAccountInput): Promise<Changed<Account>> {
  requireScope(caller, 'ADMIN');
  const name = readText('name', input.name, 50);
  const asked = input.connection ?? app.config.defaultConnection;
  if (!asked) {
    throw badInput(
      'connection',
      'A connection is needed: the gateway has no WXGRAPH_DEFAULT_CONNECTION to fall back on.',
    );
  }
  const checked = readConnection(app, asked);
  const secret = app.randomHex(24);
  const callbackHash = hashSecret(secret);
  const created = await app.store.createAccount({
    name,
    remark: readOptionalText('remark', input.remark, 200),
    driver: checked.driver,
    connection: checked.connection,
    sealedSecrets: sealSecrets(app, checked.secrets, callbackHash),
    callbackHash,
    sealedCallback: app.seal.seal(secret, callbackContext(callbackHash)),
    defaultReceiver: readOptionalText('defaultReceiver', input.defaultReceiver, 200),
    pacing: changePacing(defaultPacing, input.pacing ?? null),
    now: app.clock.now(),
  });
  const account = await nameDefaultClient(app, created, input);
  app.log.info({ accountId: showId('account', account.object.id), driver: checked.driver }, 'account created');
  return account;
}

/** A default Openwx connection without a client means a Controller's client that is named by the account's id. */
async function nameDefaultClient(
  app: App,
  created: Changed<Account>,
  input: CreateAccountInput,
): Promise<Changed<Account>> {
  const { object } = created;
  if (input.connection || object.driver !== 'OPENWX' || object.connection['client'] !== null) return created;
  const connection = { ...object.connection, client: showId('account', object.id) };
  return app.store.updateAccount(
    object.id,
    { connection: { connection, sealedSecrets: object.sealedSecrets } },
    app.clock.now(),
  );
}
