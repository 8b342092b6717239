import type { Account, Contact } from '../../db/model.ts';
import type { ContactKind } from '../../words.ts';
import type { App } from '../app.ts';
import { listContacts } from './list-contacts.ts';

/** What contacts are looked for by: all that is given must be equal, an empty text to one that has none. */
export type ContactProperties = Partial<Record<'wxid' | 'alias' | 'displayName' | 'remark' | 'name', string>>;

const atOnce = 100;

/**
 * The contacts of an account, of these kinds, that have just these properties: those of its list, and by wxid also whom it
 * knows from messages. Nobody where nothing is given that tells anybody apart: an empty text is no property of somebody.
 */
export async function findContacts(
  app: App,
  account: Account,
  kinds: readonly ContactKind[],
  wanted: ContactProperties,
): Promise<Contact[]> {
  const text = wanted.wxid ?? [wanted.alias, wanted.displayName, wanted.remark, wanted.name].find(Boolean) ?? '';
  if (text === '') return [];
  const found = await candidates(app, account, wanted, text);
  return found.filter((contact) => kinds.includes(contact.kind) && has(contact, wanted));
}

/** All who can have the properties, and some who do not. */
async function candidates(app: App, account: Account, wanted: ContactProperties, text: string): Promise<Contact[]> {
  const { queries } = app.store;
  if (wanted.wxid !== undefined) return queries.contactsByWxid([{ accountId: account.id, wxid: text }]);
  const [named = []] = await queries.contactsNamed([{ accountId: account.id, text }], atOnce);
  // Whoever has the text as an alias is found alone, without those who have it as a name.
  const isWhole = named.length < atOnce && (wanted.alias === text || !named.some(({ alias }) => alias === text));
  return isWhole ? named : listContacts(app, account);
}

function has(contact: Contact, wanted: ContactProperties): boolean {
  return Object.entries(wanted).every(([name, value]) => (contact[name as keyof ContactProperties] ?? '') === value);
}
