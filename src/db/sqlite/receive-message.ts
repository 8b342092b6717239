/** One message of a batch: inserted, merged into what is known of it, or counted as a repetition. */
import type { MessageKind, Millis } from '../../words.ts';
import type { Seq } from '../model.ts';
import type { NewMessage, Received } from '../store.ts';
import { awaitAnnouncement, joinAnnouncement } from './announcements.ts';
import type { Batch } from './batch.ts';
import { settleByEcho, tellUpstreamId } from './echoes.ts';
import type { Engine } from './engine.ts';
import { dropFile } from './files.ts';
import { append } from './journal.ts';
import { addMedia, improveMedia, repeatMedia } from './media.ts';
import { packContent } from './message-content.ts';
import { countRepeat, insertKey, keepId, selectKey, selectMessage, updateKey } from './message-keys.ts';
import { indexMessage, reindexMessage } from './message-terms.ts';
import { messageColumns, type MessageRow } from './messages.ts';
import { completeMessage } from './rests.ts';
import { revokeIfTold, revokeWhatItSays } from './revokes.ts';
import { build, insertion, statement } from './sql.ts';
import { sql } from 'kysely';

const insertMessage = insertion(
  'message',
  messageColumns.filter((column) => column !== 'duplicates' && column !== 'revoked'),
);
const insertRaw = insertion('message_raw', ['seq', 'raw']);

/** Brings one delivery of a message in. */
export function receiveMessage(
  engine: Engine,
  batch: Batch,
  accountId: number,
  message: NewMessage,
  now: Millis,
): Received {
  const known =
    engine.sql.first(selectKey, { accountId, key: message.key }) ??
    joinAnnouncement(engine, accountId, batch.peer(accountId, message.peer, now).chatId, message);
  if (known === undefined) return { result: 'NEW', messageSeq: addMessage(engine, batch, accountId, message, now) };
  const { seq } = known;
  if (message.richness > known.richness) {
    merge(engine, batch, seq, accountId, message, now);
    return { result: 'MERGED', messageSeq: seq };
  }
  engine.sql.run(countRepeat, { seq });
  return { result: repeatMedia(engine, accountId, seq, message.bytes, now) ? 'MERGED' : 'REPEATED', messageSeq: seq };
}

const isCounted = (kind: MessageKind): boolean => kind !== 'SYSTEM' && kind !== 'REVOKE';

function addMessage(engine: Engine, batch: Batch, accountId: number, message: NewMessage, now: Millis): Seq {
  const peer = batch.peer(accountId, message.peer, now);
  const { chatId } = peer;
  const seq = append(engine, { kind: 'MESSAGE_RECEIVED', at: now, accountId, chatId });
  engine.sql.run(insertKey, { account_id: accountId, key: message.key, seq, richness: message.richness });
  keepId(engine, accountId, seq, message);
  const row = {
    seq,
    account_id: accountId,
    chat_id: chatId,
    direction: message.direction,
    kind: message.kind,
    sender_wxid: message.sender.wxid,
    sender_name: message.sender.name,
    sender_display_name: message.sender.displayName,
    text: message.text,
    content: packContent(message.content, message.text),
    mentions: JSON.stringify(message.mentions),
    mentions_me: message.mentionsMe ? (1 as const) : (0 as const),
    upstream_id: message.upstreamId,
    sent_at: message.sentAt,
    received_at: now,
    send_id: null,
  };
  engine.sql.run(insertMessage, row);
  indexMessage(engine, row, batch.spans);
  engine.sql.run(insertRaw, { seq, raw: message.raw });
  if (message.content.type === 'Media') addMedia(engine, accountId, seq, message.bytes, now);
  const isIncoming = message.direction === 'INCOMING';
  const isUnread = isIncoming && isCounted(message.kind);
  batch.count(accountId, { chatId, seq, isIncoming, isUnread, isMention: isUnread && message.mentionsMe }, now);
  if (message.kind === 'FRIEND_REQUEST')
    append(engine, { kind: 'FRIEND_REQUESTED', at: now, accountId, chatId, ref: seq });
  if (!isIncoming) settleByEcho(engine, { seq, accountId, contactId: peer.contact.id, message }, now);
  revokeWhatItSays(engine, accountId, message, now);
  revokeIfTold(engine, accountId, seq, message);
  completeMessage(engine, accountId, seq, message, now);
  awaitAnnouncement(engine, accountId, seq, message);
  return seq;
}

type Merged = Pick<
  MessageRow,
  | 'seq'
  | 'kind'
  | 'sender_name'
  | 'sender_display_name'
  | 'text'
  | 'content'
  | 'mentions'
  | 'mentions_me'
  | 'upstream_id'
  | 'duplicates'
>;
const updateMessage = statement((v: Merged) =>
  build
    .updateTable('message')
    .set({
      kind: v.kind,
      sender_name: v.sender_name,
      sender_display_name: v.sender_display_name,
      text: v.text,
      content: v.content,
      mentions: v.mentions,
      mentions_me: v.mentions_me,
      upstream_id: v.upstream_id,
      duplicates: v.duplicates,
    })
    .where('seq', '=', v.seq),
);
const updateRaw = statement((v: { seq: Seq; raw: string }) =>
  build.updateTable('message_raw').set({ raw: v.raw }).where('seq', '=', v.seq),
);
const addMention = statement(
  (v: { chatId: number; seq: Seq }) =>
    sql`update chat set unread_mentions = unread_mentions + 1 where id = ${v.chatId} and read_seq < ${v.seq}`,
);

/** A copy that tells more takes the place of the one that is kept; what it does not tell stays. */
function merge(engine: Engine, batch: Batch, seq: Seq, accountId: number, message: NewMessage, now: Millis): void {
  const before = engine.sql.first(selectMessage, { seq });
  if (before === undefined) return dropFile(engine, message.bytes);
  const mentionsMe = before.mentions_me === 1 || message.mentionsMe;
  const after = {
    ...before,
    kind: message.kind,
    sender_name: before.sender_name ?? message.sender.name,
    sender_display_name: before.sender_display_name ?? message.sender.displayName,
    text: message.text,
    content: packContent(message.content, message.text),
    mentions: message.mentions.length > 0 ? JSON.stringify(message.mentions) : before.mentions,
    mentions_me: mentionsMe ? (1 as const) : (0 as const),
    // What was announced is known by the id of the whole.
    upstream_id: (message.announcedAs === undefined ? before.upstream_id : null) ?? message.upstreamId,
    duplicates: before.duplicates + 1,
  };
  engine.sql.run(updateMessage, after);
  reindexMessage(engine, before, after);
  engine.sql.run(updateRaw, { seq, raw: message.raw });
  if (message.content.type === 'Media')
    improveMedia(engine, accountId, seq, { bytes: message.bytes, isRicher: true }, now);
  const updatedSeq = append(engine, { kind: 'MESSAGE_UPDATED', at: now, accountId, chatId: before.chat_id, ref: seq });
  engine.sql.run(updateKey, { accountId, key: message.key, richness: message.richness, updatedSeq });
  keepId(engine, accountId, seq, message);
  const isUnread = before.direction === 'INCOMING' && isCounted(before.kind);
  if (isUnread && before.mentions_me === 0 && mentionsMe) engine.sql.run(addMention, { chatId: before.chat_id, seq });
  if (before.direction === 'OUTGOING') {
    const contactId = batch.peer(accountId, message.peer, now).contact.id;
    if (before.send_id === null) settleByEcho(engine, { seq, accountId, contactId, message }, now);
    else if (after.upstream_id !== null && after.upstream_id !== before.upstream_id)
      tellUpstreamId(engine, before.send_id, after.upstream_id);
  }
  revokeWhatItSays(engine, accountId, message, now);
  if (after.upstream_id !== before.upstream_id) revokeIfTold(engine, accountId, seq, message);
}
