import type { Contact, Message } from '../db/model.ts';
import type { Loaders } from './load.ts';

export type Sender = {
  wxid: string;
  name: string;
  displayName: string;
  avatarUrl: string | null;
  isSelf: boolean;
  contact: Contact | null;
};

/** Who sent a message: what the contact list, or the account of itself, says now, else what the upstream said then. */
export async function describeSender(loaders: Loaders, message: Message): Promise<Sender> {
  const isSelf = message.direction === 'OUTGOING';
  const [contact, account] = await Promise.all([
    loaders.contactByWxid.load({ accountId: message.accountId, wxid: message.senderWxid }),
    isSelf ? loaders.account.load(message.accountId) : null,
  ]);
  const self = account?.self ?? null;
  const name = contact?.name || message.senderName || message.senderDisplayName || self?.name || message.senderWxid;
  return {
    wxid: message.senderWxid,
    name,
    displayName: contact?.displayName || message.senderDisplayName || name,
    avatarUrl: contact?.avatarUrl ?? self?.avatarUrl ?? null,
    isSelf,
    contact,
  };
}
