import type { Account, AvatarOwner, ChatRoomMember, Contact, Self } from '../../db/model.ts';
import type { App } from '../app.ts';

/** Somebody whom an account knows: a contact or chat room of it, its own person, or a member of one of its chat rooms. */
export type KnownPerson = { picture: AvatarOwner } & (
  { is: 'contact'; contact: Contact } | { is: 'self'; self: Self } | { is: 'member'; member: ChatRoomMember }
);

/** Those of these wxids whom the account knows, in their order and each once. */
export async function findPeople(app: App, account: Account, wxids: readonly string[]): Promise<KnownPerson[]> {
  const found = await Promise.all([...new Set(wxids)].map((wxid) => findPerson(app, account, wxid)));
  return found.filter((person) => person !== null);
}

/** Whose wxid this is; null for whom the account does not know. */
export async function findPerson(app: App, account: Account, wxid: string): Promise<KnownPerson | null> {
  const { queries } = app.store;
  const { self } = account;
  if (self?.wxid === wxid) return { is: 'self', self, picture: { of: 'ACCOUNT', id: account.id } };
  const [contact] = await queries.contactsByWxid([{ accountId: account.id, wxid }]);
  if (contact) return { is: 'contact', contact, picture: { of: 'CONTACT', id: contact.id } };
  const [room] = await queries.roomsOfMember(account.id, wxid);
  const members = room === undefined ? [] : await queries.membersNamed(room.id, [wxid]);
  const member = members.find((one) => one.wxid === wxid);
  return member ? { is: 'member', member, picture: { of: 'MEMBER', id: member.id } } : null;
}
