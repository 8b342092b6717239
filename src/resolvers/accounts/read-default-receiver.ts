import type { Account, Contact } from '../../db/model.ts';
import { readId } from '../ids.ts';
import type { Loaders } from '../load.ts';

/**
 * The contact that the account's default receiver means now, by the rules of `findReceiver`; null where it has none, or none that is known
 * or unambiguous.
 */
export async function readDefaultReceiver(loaders: Loaders, account: Account): Promise<Contact | null> {
  const text = account.defaultReceiver?.trim() ?? '';
  if (text === '') return null;
  if (text.startsWith('con_')) {
    const id = readId('contact', text);
    const contact = id === null ? null : await loaders.contact.load(id);
    return contact?.accountId === account.id ? contact : null;
  }
  const exact = await loaders.contactByWxid.load({ accountId: account.id, wxid: text });
  if (exact) return exact;
  const named = await loaders.contactsNamed.load({ accountId: account.id, text });
  return named.length === 1 ? named[0]! : null;
}
