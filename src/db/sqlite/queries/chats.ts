import { type Selectable, sql } from 'kysely';
import type { Chat } from '../../model.ts';
import type { ChatFilter, Page, Slice } from '../../store.ts';
import { chatOf } from '../chats.ts';
import type { Engine } from '../engine.ts';
import { build, contains, statement, within } from '../sql.ts';
import type { ChatTable } from '../tables.ts';
import { isGiven, mergedPages, ofLiveAccount, sliceOf, visibleAccountIds } from './paging.ts';

type ChatRow = Selectable<ChatTable>;

/** Everything of the filter but the accounts. */
function filtered(filter: ChatFilter) {
  let query = build.selectFrom('chat').selectAll('chat');
  if (isGiven(filter.kinds) || filter.search) {
    // Looked up by the chat, so that the order of the chats' index stays.
    const conditions = [sql`contact.id = chat.contact_id`];
    if (isGiven(filter.kinds)) conditions.push(within(sql.ref('contact.kind'), filter.kinds));
    if (filter.search) {
      const names = ['display_name', 'name', 'remark', 'wxid'].map((column) => sql.ref(`contact.${column}`));
      conditions.push(contains(names, filter.search));
    }
    query = query.where(sql<boolean>`exists (select 1 from contact where ${sql.join(conditions, sql` and `)})`);
  }
  if (filter.unreadOnly === true) query = query.where(sql<boolean>`unread_count > 0`);
  return query;
}

function newestFirst(a: ChatRow, b: ChatRow): number {
  return (b.last_message_seq ?? 0) - (a.last_message_seq ?? 0) || b.id - a.id;
}

/** See `Queries.chats`. */
export function chats(
  engine: Engine,
  filter: ChatFilter,
  page: Page<[lastMessageSeq: number, id: number]>,
): Slice<Chat> {
  let query = filtered(filter);
  if (page.after) {
    const [seq, id] = page.after;
    query = query.where(sql<boolean>`(last_message_seq, chat.id) < (${seq}, ${id})`);
  }
  const ordered = query
    .orderBy('last_message_seq', 'desc')
    .orderBy('chat.id', 'desc')
    .limit(page.first + 1);
  const rows = mergedPages(
    visibleAccountIds(engine, filter.accountIds),
    page.first + 1,
    {
      one: (accountId) => engine.sql.query(ordered.where('chat.account_id', '=', accountId)),
      all: (ids) => engine.sql.query(ordered.where(within(sql.ref('chat.account_id'), ids))),
    },
    newestFirst,
  );
  const isLater = page.after !== null && page.after !== undefined;
  return sliceOf(rows, page.first, isLater, chatOf);
}

/** See `Queries.countChats`. */
export function countChats(engine: Engine, filter: ChatFilter): number {
  const query = filtered(filter)
    .where(within(sql.ref('chat.account_id'), visibleAccountIds(engine, filter.accountIds)))
    .clearSelect()
    .select(sql<number>`count(*)`.as('count'));
  return engine.sql.query(query)[0]?.count ?? 0;
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
