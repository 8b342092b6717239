import type { Account, AvatarOwner } from '../../db/model.ts';
import type { App } from '../app.ts';

/** Whose picture a wxid means: the account's own person, a contact, or a member of this chat room. Null for nobody that is known. */
export async function findPicture(
  app: App,
  account: Account,
  wxid: string,
  roomWxid: string | null,
): Promise<AvatarOwner | null> {
  const { queries } = app.store;
  if (account.self?.wxid === wxid) return { of: 'ACCOUNT', id: account.id };
  const [contact] = await queries.contactsByWxid([{ accountId: account.id, wxid }]);
  if (contact !== undefined) return { of: 'CONTACT', id: contact.id };
  const [room] = roomWxid === null ? [] : await queries.contactsByWxid([{ accountId: account.id, wxid: roomWxid }]);
  const members = room === undefined ? [] : await queries.membersNamed(room.id, [wxid]);
  const member = members.find((one) => one.wxid === wxid);
  return member === undefined ? null : { of: 'MEMBER', id: member.id };
}
