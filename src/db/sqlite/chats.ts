/** Conversations and what of them is read. */
import { type Selectable, sql } from 'kysely';
import type { Millis } from '../../words.ts';
import type { Chat, Seq } from '../model.ts';
import { type Changed, type NewContact, StoreError } from '../store.ts';
import { liveAccount } from './account-rows.ts';
import { filled, freshContact, insertContact, type KnownPeer, updatePeer } from './contact-rows.ts';
import type { Engine } from './engine.ts';
import { append, newestSeq } from './journal.ts';
import { build, insertion, statement } from './sql.ts';
import type { ChatTable } from './tables.ts';

export function chatOf(row: Selectable<ChatTable>): Chat {
  return {
    id: row.id,
    accountId: row.account_id,
    contactId: row.contact_id,
    lastMessageSeq: row.last_message_seq,
    unreadCount: row.unread_count,
    unreadMentions: row.unread_mentions,
    updatedAt: row.updated_at,
  };
}

const insertChat = insertion('chat', ['account_id', 'contact_id', 'updated_at']);
const selectChat = statement(({ id }: { id: number }) => build.selectFrom('chat').selectAll().where('id', '=', id));
// The chat by a subquery: as a join the same plan takes six times as long.
const selectPeer = statement((v: { accountId: number; wxid: string }) =>
  build
    .selectFrom('contact')
    .select(['id', 'wxid', 'name', 'remark', 'shown_name', 'display_name', 'alias', 'avatar_url'])
    .select((select) =>
      select.selectFrom('chat').select('chat.id').whereRef('chat.contact_id', '=', 'contact.id').as('chatId'),
    )
    .where('account_id', '=', v.accountId)
    .where('wxid', '=', v.wxid),
);

export type Peer = { contact: KnownPeer; chatId: number };

/** Whom a message is with, and the conversation; made where there is none. What is known of a contact is only filled in. */
export function findPeer(engine: Engine, accountId: number, given: NewContact, now: Millis): Peer {
  const known = engine.sql.first(selectPeer, { accountId, wxid: given.wxid });
  const contact = known ?? insertContact(engine, freshContact(accountId, withoutMembers(given), 0));
  const chatId =
    known?.chatId ?? engine.sql.run(insertChat, { account_id: accountId, contact_id: contact.id, updated_at: now }).id;
  return fillPeer(engine, { contact, chatId }, given);
}

/** The same peer, with what this message tells of it and was not known. */
export function fillPeer(engine: Engine, peer: Peer, given: NewContact): Peer {
  const contact = filled(peer.contact, given);
  if (contact === null) return peer;
  updatePeer(engine, contact);
  return { ...peer, contact };
}

/** Members are known only where a list of contacts or members tells them. */
function withoutMembers(given: NewContact): NewContact {
  const { members: _, ...rest } = given;
  return rest;
}

const selectUnread = statement((v: { chatId: number; after: Seq }) =>
  build
    .selectFrom('message')
    .select([sql<number>`count(*)`.as('count'), sql<number>`coalesce(sum(mentions_me), 0)`.as('mentions')])
    .where('chat_id', '=', v.chatId)
    .where('seq', '>', v.after)
    .where('direction', '=', 'INCOMING')
    .where('kind', 'not in', ['SYSTEM', 'REVOKE']),
);
const updateRead = statement((v: { id: number; readSeq: Seq; unread: number; mentions: number; at: Millis }) =>
  build
    .updateTable('chat')
    .set({ read_seq: v.readSeq, unread_count: v.unread, unread_mentions: v.mentions, updated_at: v.at })
    .where('id', '=', v.id),
);

/** See `Store.markRead`. */
export function markRead(engine: Engine, chatId: number, upTo: Seq | null, now: Millis): Changed<Chat> {
  const before = engine.sql.first(selectChat, { id: chatId });
  if (before === undefined || liveAccount(engine, before.account_id) === undefined)
    throw new StoreError('NOT_FOUND', `there is no chat ${chatId}`);
  const last = before.last_message_seq ?? 0;
  const readSeq = Math.max(before.read_seq, Math.min(upTo ?? last, last));
  const { count, mentions } = engine.sql.first(selectUnread, { chatId, after: readSeq }) ?? { count: 0, mentions: 0 };
  const isChanged = count !== before.unread_count || mentions !== before.unread_mentions;
  const after = {
    ...before,
    read_seq: readSeq,
    unread_count: count,
    unread_mentions: mentions,
    updated_at: isChanged ? now : before.updated_at,
  };
  engine.sql.run(updateRead, { id: chatId, readSeq, unread: count, mentions, at: after.updated_at });
  const seq = isChanged
    ? append(engine, { kind: 'CHAT_UPDATED', at: now, accountId: before.account_id, chatId, ref: chatId })
    : newestSeq(engine);
  return { object: chatOf(after), seq };
}
