import type { Account, Contact } from '../db/model.ts';
import type { App } from './app.ts';
import { findReceiver } from './find-receiver.ts';
import { GatewayError } from './errors.ts';
import type { Loaders } from './load.ts';

/** The contact that the account's default receiver means now; null where it has none, or none that is known or unambiguous. */
export async function readDefaultReceiver(app: App, loaders: Loaders, account: Account): Promise<Contact | null> {
  if (account.defaultReceiver === null) return null;
  const exact = await loaders.contactByWxid.load({ accountId: account.id, wxid: account.defaultReceiver });
  if (exact) return exact;
  try {
    const { contactId } = await findReceiver(app, account, account.defaultReceiver);
    return contactId === null ? null : await loaders.contact.load(contactId);
  } catch (error) {
    if (error instanceof GatewayError) return null;
    throw error;
  }
}
