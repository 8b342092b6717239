import type { Account } from '../../db/model.ts';
import { callbackContext } from './account-secrets.ts';
import type { App } from '../app.ts';

/** The address for the account's upstream to post to: whoever knows it can post messages. */
export function callbackUrlOf(app: App, account: Account): string {
  const secret = app.seal.unseal(account.sealedCallback, callbackContext(account.callbackHash));
  return `${app.publicUrl()}/callback/${secret}`;
}
