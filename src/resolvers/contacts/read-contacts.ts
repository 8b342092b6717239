import type { Account, ChatRoomMember, Contact } from '../../db/model.ts';
import type { ContactKind } from '../../words.ts';
import type { App } from '../app.ts';
import { type Caller, requireAccount, visibleAccounts } from '../access/caller.ts';
import { type Connection, type PageArgs, connection, emptyConnection, keysetPage } from '../connection.ts';
import { notFound } from '../errors.ts';
import { isAmong, readId, readIds } from '../ids.ts';
import type { Loaders } from '../load.ts';

export type { ChatRoomMember, Contact };

export type ContactFilter = {
  accountIds?: readonly string[] | null;
  kinds?: readonly ContactKind[] | null;
  wxids?: readonly string[] | null;
  labels?: readonly string[] | null;
  search?: string | null;
};

/** By display name. */
export async function readContacts(
  app: App,
  caller: Caller,
  filter: ContactFilter | null | undefined,
  args: PageArgs,
): Promise<Connection<Contact>> {
  const page = keysetPage<[string, number]>('contacts', args, ['string', 'number']);
  const storeFilter = { ...filter, accountIds: visibleAccounts(caller, readIds('account', filter?.accountIds)) };
  const slice = await app.store.queries.contacts(storeFilter, page);
  return connection(
    'contacts',
    slice,
    (contact) => [contact.displayName, contact.id],
    () => app.store.queries.countContacts(storeFilter),
  );
}

/** Of one account. */
export async function readContactsOfAccount(
  app: App,
  loaders: Loaders,
  account: Account,
  filter: ContactFilter | null | undefined,
  args: PageArgs,
): Promise<Connection<Contact>> {
  const page = keysetPage<[string, number]>('contacts', args, ['string', 'number']);
  if (!isAmong(filter?.accountIds, 'account', account.id)) return emptyConnection;
  const stored = { ...filter, accountIds: null };
  const { queries } = app.store;
  const pages = loaders.list('contacts', [stored, page], (ids) => queries.contactPages(ids, stored, page));
  const counts = loaders.list('contact counts', stored, (ids) => queries.contactCounts(ids, stored));
  return connection(
    'contacts',
    await pages.load(account.id),
    (contact) => [contact.displayName, contact.id],
    () => counts.load(account.id),
  );
}

export async function readContact(app: App, caller: Caller, id: string): Promise<Contact> {
  const contactId = readId('contact', id);
  const [contact] = contactId === null ? [] : await app.store.queries.contactsById([contactId]);
  if (!contact) throw notFound('contact', id);
  if (caller.accountIds !== null && !caller.accountIds.includes(contact.accountId)) throw notFound('contact', id);
  return contact;
}

/** The contact of this account with this id of the upstream; null where there is none. */
export async function readContactByWxid(
  app: App,
  caller: Caller,
  accountId: string,
  wxid: string,
): Promise<Contact | null> {
  const id = readId('account', accountId);
  if (id === null) throw notFound('account', accountId);
  requireAccount(caller, id, accountId);
  const [contact] = await app.store.queries.contactsByWxid([{ accountId: id, wxid }]);
  return contact ?? null;
}

/** A chat room's present members, in the upstream's order. */
export async function readMembers(
  app: App,
  loaders: Loaders,
  room: Contact,
  args: PageArgs & { search?: string | null },
): Promise<Connection<ChatRoomMember>> {
  const page = keysetPage<[number, number]>('members', args, ['number', 'number']);
  const filter = { search: args.search ?? null };
  const { queries } = app.store;
  const pages = loaders.list('members', [filter, page], (ids) => queries.memberPages(ids, filter, page));
  const counts = loaders.list('member counts', filter, (ids) => queries.memberCounts(ids, filter));
  return connection(
    'members',
    await pages.load(room.id),
    (member) => [member.position, member.id],
    () => counts.load(room.id),
  );
}

/** The member whose chat room it is; null where that is not known. */
export async function readOwner(app: App, loaders: Loaders, room: Contact): Promise<ChatRoomMember | null> {
  const owners = loaders.list('owners', null, async (ids) => {
    const found = new Map((await app.store.queries.roomOwners(ids)).map((member) => [member.roomId, member]));
    return ids.map((id) => found.get(id) ?? null);
  });
  return room.ownerWxid === null ? null : owners.load(room.id);
}
