import type { Account, Chat } from '../../db/model.ts';
import type { ContactKind } from '../../words.ts';
import type { App } from '../app.ts';
import { type Caller, maySee, visibleAccounts } from '../access/caller.ts';
import { type Connection, type PageArgs, connection, emptyConnection, keysetPage } from '../connection.ts';
import { notFound } from '../errors.ts';
import { isAmong, readId, readIds } from '../ids.ts';
import type { Loaders } from '../load.ts';

export type { Chat };

export type ChatFilter = {
  accountIds?: readonly string[] | null;
  kinds?: readonly ContactKind[] | null;
  unreadOnly?: boolean | null;
  mentionedOnly?: boolean | null;
  search?: string | null;
};

/** The one with the newest message first. */
export async function readChats(
  app: App,
  caller: Caller,
  filter: ChatFilter | null | undefined,
  args: PageArgs,
): Promise<Connection<Chat>> {
  const page = keysetPage<[number, number]>('chats', args, ['number', 'number']);
  const storeFilter = { ...filter, accountIds: visibleAccounts(caller, readIds('account', filter?.accountIds)) };
  const slice = await app.store.queries.chats(storeFilter, page);
  return connection(
    'chats',
    slice,
    (chat) => [chat.lastMessageSeq ?? 0, chat.id],
    () => app.store.queries.countChats(storeFilter),
  );
}

/** Of one account. */
export async function readChatsOfAccount(
  app: App,
  loaders: Loaders,
  account: Account,
  filter: ChatFilter | null | undefined,
  args: PageArgs,
): Promise<Connection<Chat>> {
  const page = keysetPage<[number, number]>('chats', args, ['number', 'number']);
  if (!isAmong(filter?.accountIds, 'account', account.id)) return emptyConnection;
  const stored = { ...filter, accountIds: null };
  const { queries } = app.store;
  const pages = loaders.list('chats', [stored, page], (ids) => queries.chatPages(ids, stored, page));
  const counts = loaders.list('chat counts', stored, (ids) => queries.chatCounts(ids, stored));
  return connection(
    'chats',
    await pages.load(account.id),
    (chat) => [chat.lastMessageSeq ?? 0, chat.id],
    () => counts.load(account.id),
  );
}

export async function readChat(app: App, caller: Caller, id: string): Promise<Chat> {
  const chatId = readId('chat', id);
  const [chat] = chatId === null ? [] : await app.store.queries.chatsById([chatId]);
  if (!chat || !maySee(caller, chat.accountId)) throw notFound('chat', id);
  return chat;
}
