/** Whole lists, for clients of systems that know no pages. */
import type { Account, ChatRoomMember, Contact } from '../../db/model.ts';
import type { App } from '../app.ts';

const pageSize = 500;

/** Everybody in the account's contact list, by display name. */
export async function listContacts(app: App, account: Pick<Account, 'id'>): Promise<Contact[]> {
  const filter = { accountIds: [account.id] };
  const contacts: Contact[] = [];
  for (;;) {
    const last = contacts.at(-1);
    const after: [string, number] | null = last === undefined ? null : [last.displayName, last.id];
    const { items, hasNext } = await app.store.queries.contacts(filter, { first: pageSize, after });
    contacts.push(...items);
    if (!hasNext) return contacts;
  }
}

/** The present members of a chat room, in the upstream's order. */
export async function listMembers(app: App, room: Pick<Contact, 'id'>): Promise<ChatRoomMember[]> {
  const members: (ChatRoomMember & { position: number })[] = [];
  for (;;) {
    const last = members.at(-1);
    const after: [number, number] | null = last === undefined ? null : [last.position, last.id];
    const [slice] = await app.store.queries.memberPages([room.id], {}, { first: pageSize, after });
    members.push(...(slice?.items ?? []));
    if (slice?.hasNext !== true) return members;
  }
}
