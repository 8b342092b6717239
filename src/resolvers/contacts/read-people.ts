import type { Account, ChatRoomMember, Contact } from '../../db/model.ts';
import type { App } from '../app.ts';
import type { Caller } from '../access/caller.ts';
import { readAccount } from '../accounts/read-accounts.ts';
import type { Pictured } from '../media/read-avatar-url.ts';

/** Somebody, or a chat room, as far as the account knows them. */
export type Person = Pick<
  Contact,
  | 'wxid'
  | 'kind'
  | 'name'
  | 'remark'
  | 'alias'
  | 'sex'
  | 'signature'
  | 'country'
  | 'labels'
  | 'ticket'
  | 'avatarUrl'
  | 'smallAvatarUrl'
> & { picture: Pictured };

/** In the order of the wxids; left out is who is no contact, not the account itself, and in none of its chat rooms. */
export async function readPeople(
  app: App,
  caller: Caller,
  accountId: string,
  wxids: readonly string[],
): Promise<Person[]> {
  const account = await readAccount(app, caller, accountId);
  const contacts = await app.store.queries.contactsByWxid(wxids.map((wxid) => ({ accountId: account.id, wxid })));
  const people = wxids.map(async (wxid) => {
    const contact = contacts.find((one) => one.wxid === wxid);
    if (contact !== undefined) return ofContact(contact);
    if (account.self?.wxid === wxid) return ofSelf(account, account.self);
    const member = await findMember(app, account.id, wxid);
    return member && ofMember(member);
  });
  return (await Promise.all(people)).filter((person) => person !== null);
}

/** Everybody and everything in the account's contact list. */
export async function readAllContacts(app: App, caller: Caller, accountId: string): Promise<Contact[]> {
  const account = await readAccount(app, caller, accountId);
  const contacts: Contact[] = [];
  for (;;) {
    const last = contacts.at(-1);
    const after: [string, number] | null = last === undefined ? null : [last.displayName, last.id];
    const slice = await app.store.queries.contacts({ accountIds: [account.id] }, { first: 500, after });
    contacts.push(...slice.items);
    if (!slice.hasNext) return contacts;
  }
}

/** All present members of a chat room, in the upstream's order. */
export async function readAllMembers(app: App, room: Contact): Promise<ChatRoomMember[]> {
  const members: (ChatRoomMember & { position: number })[] = [];
  for (;;) {
    const last = members.at(-1);
    const after: [number, number] | null = last === undefined ? null : [last.position, last.id];
    const [slice] = await app.store.queries.memberPages([room.id], {}, { first: 500, after });
    members.push(...slice!.items);
    if (!slice!.hasNext) return members;
  }
}

async function findMember(app: App, accountId: number, wxid: string): Promise<ChatRoomMember | null> {
  const [room] = await app.store.queries.roomsOfMember(accountId, wxid);
  const named = room === undefined ? [] : await app.store.queries.membersNamed(room.id, [wxid]);
  return named.find((member) => member.wxid === wxid) ?? null;
}

export function ofContact(contact: Contact): Person {
  const { id, accountId, avatarUrl } = contact;
  return { ...contact, picture: { kind: 'contact', id, accountId, avatarUrl } };
}

const unknown = {
  kind: 'FRIEND',
  remark: null,
  alias: null,
  sex: 'UNKNOWN',
  signature: null,
  country: null,
  labels: [],
  ticket: null,
  smallAvatarUrl: null,
} as const satisfies Partial<Person>;

function ofSelf({ id }: Account, { wxid, name, alias, avatarUrl }: NonNullable<Account['self']>): Person {
  const picture = { kind: 'account', id, accountId: id, avatarUrl } as const;
  return { ...unknown, labels: [], wxid, name: name ?? '', alias, avatarUrl, picture };
}

function ofMember({ id, accountId, wxid, name, avatarUrl }: ChatRoomMember): Person {
  return { ...unknown, labels: [], wxid, name, avatarUrl, picture: { kind: 'member', id, accountId, avatarUrl } };
}
