import type { Contact } from '../resolvers/shapes.ts';

const names = {
  FRIEND: 'Friend',
  CHAT_ROOM: 'ChatRoom',
  OFFICIAL_ACCOUNT: 'OfficialAccount',
  OTHER: 'OtherContact',
} as const;

/** The GraphQL type of a contact. */
export function contactTypeName(contact: Pick<Contact, 'kind'>): string {
  return names[contact.kind];
}
