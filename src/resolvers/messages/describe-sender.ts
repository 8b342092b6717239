import type { Account, Contact, Message } from '../../db/model.ts';
import type { Loaders } from '../load.ts';
import type { Loaded } from '../loader.ts';
import type { Pictured } from '../media/read-avatar-url.ts';

export type Sender = {
  wxid: string;
  name: string;
  displayName: string;
  /** Whose picture is theirs, where it is somebody that the gateway knows. */
  picture: Pictured | null;
  isSelf: boolean;
  contact: Contact | null;
};

/** Who sent a message: what the contact list, or the account of itself, says now, else what the upstream said then. */
export function describeSender(loaders: Loaders, message: Message): Loaded<Sender> {
  const isSelf = message.direction === 'OUTGOING';
  const contact = loaders.contactByWxid.load({ accountId: message.accountId, wxid: message.senderWxid });
  const account = isSelf ? loaders.account.load(message.accountId) : null;
  return contact instanceof Promise || account instanceof Promise
    ? Promise.all([contact, account]).then((known) => senderOf(message, ...known))
    : senderOf(message, contact, account);
}

function senderOf(message: Message, contact: Contact | null, account: Account | null): Sender {
  const self = account?.self ?? null;
  const name = contact?.name || message.senderName || message.senderDisplayName || self?.name || message.senderWxid;
  return {
    wxid: message.senderWxid,
    name,
    displayName: contact?.displayName || message.senderDisplayName || name,
    picture: pictureOf(contact, account),
    isSelf: message.direction === 'OUTGOING',
    contact,
  };
}

function pictureOf(contact: Contact | null, account: Account | null): Pictured | null {
  if (account?.self)
    return { kind: 'account', id: account.id, accountId: account.id, avatarUrl: account.self.avatarUrl };
  return contact && { ...contact, kind: 'contact' };
}
