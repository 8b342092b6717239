import type { Message } from '../model.ts';
import { contentOf } from './message-content.ts';
import type { MessageTable } from './tables.ts';
import type { Selectable } from 'kysely';

/** All columns of a message, in the table's order. */
export const messageColumns = [
  'seq',
  'account_id',
  'chat_id',
  'direction',
  'kind',
  'sender_wxid',
  'sender_name',
  'sender_display_name',
  'text',
  'content',
  'mentions',
  'mentions_me',
  'upstream_id',
  'sent_at',
  'received_at',
  'duplicates',
  'revoked',
  'send_id',
] as const;

export type MessageRow = Selectable<MessageTable>;

export function messageOf(row: MessageRow): Message {
  return {
    seq: row.seq,
    accountId: row.account_id,
    chatId: row.chat_id,
    direction: row.direction,
    kind: row.kind,
    senderWxid: row.sender_wxid,
    senderName: row.sender_name,
    senderDisplayName: row.sender_display_name,
    text: row.text,
    content: contentOf(row),
    mentions: row.mentions === '[]' ? [] : (JSON.parse(row.mentions) as string[]),
    mentionsMe: row.mentions_me === 1,
    upstreamId: row.upstream_id,
    sentAt: row.sent_at,
    receivedAt: row.received_at,
    duplicates: row.duplicates,
    revoked: row.revoked === 1,
    sendId: row.send_id,
  };
}
