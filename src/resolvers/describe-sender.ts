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

/** Who sent a message: what the contact list says now, else what the upstream said then. */
export async function describeSender(loaders: Loaders, message: Message): Promise<Sender> {
  const contact = await loaders.contactByWxid.load({ accountId: message.accountId, wxid: message.senderWxid });
  const name = contact?.name || message.senderName || message.senderDisplayName || message.senderWxid;
  return {
    wxid: message.senderWxid,
    name,
    displayName: contact?.displayName || message.senderDisplayName || name,
    avatarUrl: contact?.avatarUrl ?? null,
    isSelf: message.direction === 'OUTGOING',
    contact,
  };
}
