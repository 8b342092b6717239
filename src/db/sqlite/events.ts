/** Rows of the journal as events. */
import { sql } from 'kysely';
import type { ClientState, ContactChange, Millis, QrCode } from '../../words.ts';
import type { Change, ContactSync, Message, Seq, StoredEvent } from '../model.ts';
import { messageColumns, messageOf, type MessageRow } from './messages.ts';
import { build } from './sql.ts';

/** What an event tells as it was then, by kind. */
export type EventData = {
  CLIENT_STATE_CHANGED: { from: ClientState | null; to: ClientState; reason: string | null; qrCode: QrCode | null };
  SEND_UPDATED: { jobId: number };
  CONTACT_CHANGED: {
    change: ContactChange;
    memberId: number | null;
    property: string | null;
    from: string | null;
    to: string | null;
  };
  ACCOUNT_CHANGED: { change: Change };
  /** Of the group before and after: who leaves it is told too. */
  GROUP_CHANGED: { change: Change; groupAccountIds: number[] };
  CONTACTS_SYNCED: { sync: ContactSync };
};

export type EventRow = {
  event_seq: Seq;
  event_kind: StoredEvent['type'];
  event_at: Millis;
  event_account_id: number | null;
  event_chat_id: number | null;
  ref: number | null;
  data: string | null;
} & { [Column in keyof MessageRow]: MessageRow[Column] | null };

/** Events with the message that they are about, without those of deleted accounts but for the news of the deletion. */
export function selectEvents() {
  return build
    .selectFrom('journal')
    .leftJoin('message', (join) =>
      join.on(
        'message.seq',
        '=',
        sql<number>`case when journal.kind in ('MESSAGE_RECEIVED', 'MESSAGE_UPDATED', 'FRIEND_REQUESTED')
          then coalesce(journal.ref, journal.seq) end`,
      ),
    )
    .select([
      'journal.seq as event_seq',
      'journal.kind as event_kind',
      'journal.at as event_at',
      'journal.account_id as event_account_id',
      'journal.chat_id as event_chat_id',
      'journal.ref',
      'journal.data',
    ])
    .select(messageColumns.map((column) => `message.${column}` as const)).where(sql<boolean>`(journal.account_id is null
      or journal.account_id not in (select id from account where deleted_at is not null)
      or journal.seq in (select deleted_seq from account where deleted_at is not null))`)
    .where(sql<boolean>`(message.seq is not null
      or journal.kind not in ('MESSAGE_RECEIVED', 'MESSAGE_UPDATED', 'FRIEND_REQUESTED'))`);
}

export function eventOf(row: EventRow): StoredEvent {
  const base = {
    seq: row.event_seq,
    at: row.event_at,
    accountId: row.event_account_id,
    chatId: row.event_chat_id,
  };
  const ref = row.ref ?? 0;
  const data = JSON.parse(row.data ?? '{}') as unknown;
  switch (row.event_kind) {
    case 'MESSAGE_RECEIVED':
    case 'MESSAGE_UPDATED':
    case 'FRIEND_REQUESTED':
      return { ...base, type: row.event_kind, message: messageHere(row) };
    case 'CLIENT_STATE_CHANGED':
      return { ...base, type: row.event_kind, ...(data as EventData['CLIENT_STATE_CHANGED']) };
    case 'SEND_UPDATED':
      return { ...base, type: row.event_kind, sendId: ref, ...(data as EventData['SEND_UPDATED']) };
    case 'CONTACT_CHANGED':
      return { ...base, type: row.event_kind, contactId: ref, ...(data as EventData['CONTACT_CHANGED']) };
    case 'CHAT_UPDATED':
      return { ...base, type: row.event_kind, chatIdChanged: ref };
    case 'ACCOUNT_CHANGED':
      return { ...base, type: row.event_kind, changedAccountId: ref, ...(data as EventData['ACCOUNT_CHANGED']) };
    case 'GROUP_CHANGED':
      return { ...base, type: row.event_kind, groupId: ref, ...(data as EventData['GROUP_CHANGED']) };
    case 'CONTACTS_SYNCED':
      return { ...base, type: row.event_kind, ...(data as EventData['CONTACTS_SYNCED']) };
    case 'WEBHOOK_CHANGED':
      return { ...base, type: row.event_kind, webhookId: ref };
    case 'TOKEN_CHANGED':
      return { ...base, type: row.event_kind, tokenId: ref };
    default:
      throw new Error(`the event log holds an unknown kind: ${String(row.event_kind satisfies never)}`);
  }
}

/** The query leaves out events whose message is gone. */
function messageHere(row: EventRow): Message {
  return messageOf(row as MessageRow);
}
