import type { graphql } from '../graphql.ts';

type EventType = ReturnType<typeof graphql.scalar<'EventType'>>;

/** The types of events that can be asked for; two others only say where the log stands. */
export const eventTypes: readonly Exclude<EventType, 'CAUGHT_UP' | 'CHECKPOINT'>[] = [
  'MESSAGE_RECEIVED',
  'MESSAGE_UPDATED',
  'SEND_UPDATED',
  'CLIENT_STATE_CHANGED',
  'ACCOUNT_CHANGED',
  'GROUP_CHANGED',
  'CHAT_UPDATED',
  'CONTACT_CHANGED',
  'CONTACTS_SYNCED',
  'FRIEND_REQUESTED',
  'WEBHOOK_CHANGED',
];
