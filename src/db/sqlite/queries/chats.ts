import { type Selectable, sql } from 'kysely';
import type { Chat } from '../../model.ts';
import type { ChatFilter, Page, Slice } from '../../store.ts';
import { chatOf } from '../chats.ts';
import type { Engine } from '../engine.ts';
import { build, contains, statement, whole, within } from '../sql.ts';
import type { ChatTable } from '../tables.ts';
import {
  countsOf,
  isGiven,
  isLaterPage,
  ofLiveAccount,
  pagesOf,
  sliceOf,
  slicesOf,
  visibleAccountIds,
} from './paging.ts';

type ChatRow = Selectable<ChatTable>;

/** Everything of the filter but the accounts. */
function filtered(filter: ChatFilter) {
  let query = build.selectFrom('chat');
  if (isGiven(filter.kinds) || filter.search) {
    // Looked up by the chat, so that the order of the chats' index stays.
    const conditions = [sql`contact.id = chat.contact_id`];
    if (isGiven(filter.kinds)) conditions.push(within(sql.ref('contact.kind'), filter.kinds));
    if (filter.search) {
      const names = ['display_name', 'name', 'remark', 'alias', 'wxid'].map((column) => sql.ref(`contact.${column}`));
      conditions.push(contains(names, filter.search));
    }
    query = query.where(sql<boolean>`exists (select 1 from contact where ${sql.join(conditions, sql` and `)})`);
  }
  if (filter.unreadOnly === true) query = query.where(sql<boolean>`unread_count > 0`);
  if (filter.mentionedOnly === true) query = query.where(sql<boolean>`unread_mentions > 0`);
  return query;
}

type ChatPage = Page<[lastMessageSeq: number, id: number]>;

/** The pages of these accounts together, the newest first. */
function rowsOf(engine: Engine, accountIds: readonly number[], filter: ChatFilter, page: ChatPage, limit: number) {
  let query = filtered(filter).select('chat.id');
  if (page.after) {
    const [seq, id] = page.after;
    query = query.where(sql<boolean>`(last_message_seq, chat.id) < (${seq}, ${id})`);
  }
  const ordered = query
    .orderBy('last_message_seq', 'desc')
    .orderBy('chat.id', 'desc')
    .limit(page.first + 1);
  const ids = pagesOf(accountIds, { table: 'chat', key: 'id' }, (accountId) =>
    ordered.where('chat.account_id', '=', accountId),
  );
  return engine.sql.query(
    sql<ChatRow>`select * from chat where id in ${ids} order by last_message_seq desc, id desc limit ${whole(limit)}`,
  );
}

/** See `Queries.chats`. */
export function chats(engine: Engine, filter: ChatFilter, page: ChatPage): Slice<Chat> {
  const accountIds = visibleAccountIds(engine, filter.accountIds);
  return sliceOf(rowsOf(engine, accountIds, filter, page, page.first + 1), page.first, isLaterPage(page), chatOf);
}

/** See `Queries.chatPages`. */
export function chatPages(
  engine: Engine,
  accountIds: readonly number[],
  filter: ChatFilter,
  page: ChatPage,
): Slice<Chat>[] {
  const rows = rowsOf(engine, visibleAccountIds(engine, accountIds), filter, page, -1);
  return slicesOf(accountIds, rows, page.first, isLaterPage(page), {
    ownerOf: (row) => row.account_id,
    itemOf: chatOf,
  });
}

/** See `Queries.countChats`. */
export function countChats(engine: Engine, filter: ChatFilter): number {
  const accountIds = visibleAccountIds(engine, filter.accountIds);
  return chatCounts(engine, accountIds, filter).reduce((sum, count) => sum + count, 0);
}

/** See `Queries.chatCounts`. */
export function chatCounts(engine: Engine, accountIds: readonly number[], filter: ChatFilter): number[] {
  const query = filtered(filter)
    .where(within(sql.ref('chat.account_id'), visibleAccountIds(engine, accountIds)))
    .select(['chat.account_id as owner', sql<number>`count(*)`.as('count')])
    .groupBy('chat.account_id');
  return countsOf(accountIds, engine.sql.query(query));
}

const isOfLiveAccount = ofLiveAccount(sql.ref('account_id'));
const selectByIds = statement(({ ids }: { ids: string }) =>
  build
    .selectFrom('chat')
    .selectAll()
    .where(sql<boolean>`id in (select value from json_each(${ids}))`)
    .where(isOfLiveAccount),
);
const selectByContacts = statement(({ ids }: { ids: string }) =>
  build
    .selectFrom('chat')
    .selectAll()
    .where(sql<boolean>`contact_id in (select value from json_each(${ids}))`)
    .where(isOfLiveAccount),
);

/** See `Queries.chatsById`. */
export function chatsById(engine: Engine, ids: readonly number[]): Chat[] {
  return engine.sql.all(selectByIds, { ids: JSON.stringify(ids) }).map(chatOf);
}

/** See `Queries.chatsByContact`. */
export function chatsByContact(engine: Engine, contactIds: readonly number[]): Chat[] {
  return engine.sql.all(selectByContacts, { ids: JSON.stringify(contactIds) }).map(chatOf);
}
