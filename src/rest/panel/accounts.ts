/** `/api/accounts`. */
import type { ConnectionInput } from '../../resolvers/accounts/account-input.ts';
import { createAccount } from '../../resolvers/accounts/create-account.ts';
import { deleteAccount } from '../../resolvers/accounts/delete-account.ts';
import { GatewayError, badInput } from '../../resolvers/errors.ts';
import { isReady, readAccountCounts, readAllAccounts, showAccountId } from '../../resolvers/accounts/read-accounts.ts';
import { startAccount } from '../../resolvers/accounts/start-account.ts';
import { type ClientState, driverKinds } from '../../words.ts';
import type { Answer } from './call.ts';
import type { Fields } from './fields.ts';

const statuses: Record<ClientState, string> = {
  INIT: 'init',
  LOADING: 'loading',
  SCANNING: 'scanning',
  CONFIRMING: 'confirming',
  UPDATING: 'loading',
  RUNNING: 'logged_in',
  SUSPECT: 'suspect',
  OFFLINE: 'logged_out',
  STOPPED: 'stopped',
};

export const listAccounts: Answer = async ({ app, caller }) => {
  const accounts = await readAllAccounts(app, caller);
  const counts = await readAccountCounts(app, accounts);
  return {
    accounts: accounts.map((account) => ({
      id: showAccountId(account),
      name: account.name,
      remark: account.remark ?? '',
      status: statuses[account.state],
      ready: isReady(app, account),
      stats: {
        today_sent: counts.get(account.id)?.todaySent ?? 0,
        total_sent: counts.get(account.id)?.totalSent ?? 0,
      },
    })),
  };
};

/** Makes an account and starts it: whoever speaks this API has no other way to start one. */
export const addAccount: Answer = async ({ app, caller, body }) => {
  const fields = body();
  const { object } = await createAccount(app, caller, {
    name: fields.text('name'),
    remark: fields.optionalText('remark'),
    defaultReceiver: fields.optionalText('default_receiver'),
    connection: readConnection(fields.optionalObject('connection')),
  });
  await startAccount(app, caller, showAccountId(object));
  return { success: true, account: { id: showAccountId(object), name: object.name } };
};

export const removeAccount: Answer = async ({ app, caller, id }) => {
  await deleteAccount(app, caller, id);
  return { success: true };
};

/** Such as `{"openwx": {"baseUrl": "…", "client": "…"}}`: the ConnectionInput of the GraphQL API. */
function readConnection(fields: Fields | null): ConnectionInput | null {
  if (fields === null) return null;
  const [kind = '', ...others] = fields.names();
  if (kind === '' || others.length > 0) throw badInput('connection', 'connection must name exactly one upstream.');
  if (kind === 'ecloud') {
    const ecloud = fields.optionalObject('ecloud');
    return (
      ecloud && {
        ecloud: {
          baseUrl: ecloud.text('baseUrl'),
          authorization: ecloud.text('authorization'),
          wcId: ecloud.optionalText('wcId'),
          wId: ecloud.optionalText('wId'),
        },
      }
    );
  }
  if (kind !== 'openwx') {
    const known = driverKinds.some((driver) => driver.toLowerCase() === kind);
    if (!known)
      throw badInput('connection', `connection names an unknown upstream ${JSON.stringify(kind.slice(0, 50))}.`);
    throw new GatewayError('UNSUPPORTED', `connection: this gateway has no driver ${kind.toUpperCase()}.`, {
      field: 'connection',
    });
  }
  const openwx = fields.optionalObject('openwx');
  return openwx && { openwx: { baseUrl: openwx.text('baseUrl'), client: openwx.optionalText('client') } };
}
