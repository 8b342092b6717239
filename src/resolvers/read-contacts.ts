import type { ChatRoomMember, Contact } from '../db/model.ts';
import type { ContactKind } from '../words.ts';
import type { App } from './app.ts';
import { type Caller, requireAccount, visibleAccounts } from './caller.ts';
import { type Connection, type PageArgs, connection, keysetPage } from './connection.ts';
import { notFound } from './errors.ts';
import { readId, readIds } from './ids.ts';

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
  room: Contact,
  args: PageArgs & { search?: string | null },
): Promise<Connection<ChatRoomMember>> {
  const page = keysetPage<[number, number]>('members', args, ['number', 'number']);
  const filter = { roomId: room.id, search: args.search ?? null };
  const slice = await app.store.queries.members(filter, page);
  return connection(
    'members',
    slice,
    (member) => [member.position, member.id],
    () => app.store.queries.countMembers(filter),
  );
}

/** The member whose chat room it is; null where that is not known. */
export async function readOwner(app: App, room: Contact): Promise<ChatRoomMember | null> {
  if (room.ownerWxid === null) return null;
  const filter = { roomId: room.id, search: room.ownerWxid };
  const { items } = await app.store.queries.members(filter, { first: 100 });
  return items.find((member) => member.wxid === room.ownerWxid) ?? null;
}
