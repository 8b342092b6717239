/** The records that both faces show, so that a face never has to know the store. */
export type {
  Account,
  AccountCounts,
  ApiToken,
  Change,
  Chat,
  ChatRoomMember,
  Contact,
  ContactSync,
  Group,
  Message,
  Pacing,
  SendJob,
  SendLog,
  Seq,
  Webhook,
  WebhookDelivery,
} from '../db/model.ts';
