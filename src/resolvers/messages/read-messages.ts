import type { Account, Chat, Message } from '../../db/model.ts';
import type { MessageFilter as StoreFilter, MessagePage, Slice } from '../../db/store.ts';
import type { Direction, MessageKind, Millis } from '../../words.ts';
import type { App } from '../app.ts';
import { type Caller, maySee, visibleAccounts } from '../access/caller.ts';
import { type Uncounted, defaultPageSize, emptyConnection, readFirst, uncounted } from '../connection.ts';
import { readEpoch, readPosition, showPosition } from '../events/cursors.ts';
import { badInput, notFound } from '../errors.ts';
import { isAmong, readId, readIds } from '../ids.ts';
import type { Loaders } from '../load.ts';

export type { Message };

export type MessageFilter = {
  accountIds?: readonly string[] | null;
  chatIds?: readonly string[] | null;
  kinds?: readonly MessageKind[] | null;
  directions?: readonly Direction[] | null;
  senderWxids?: readonly string[] | null;
  mentionsMe?: boolean | null;
  search?: string | null;
  since?: Millis | null;
  until?: Millis | null;
};

export type MessageArgs = {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
};

/** In the order of the log, oldest first; with neither `first` nor `last` the newest 50. */
export async function readMessages(
  app: App,
  caller: Caller,
  filter: MessageFilter | null | undefined,
  args: MessageArgs,
): Promise<Uncounted<Message>> {
  const page = await readPage(app, args);
  return connectionOfMessages(app, await app.store.queries.messages(storeFilter(caller, filter), page));
}

/** Of one account or one chat. */
export async function readMessagesOf(
  app: App,
  caller: Caller,
  loaders: Loaders,
  of: { account: Account } | { chat: Chat },
  filter: MessageFilter | null | undefined,
  args: MessageArgs,
): Promise<Uncounted<Message>> {
  const isChat = 'chat' in of;
  const [accountId, id] = isChat ? [of.chat.accountId, of.chat.id] : [of.account.id, of.account.id];
  const isAsked =
    isAmong(filter?.accountIds, 'account', accountId) && (!isChat || isAmong(filter?.chatIds, 'chat', id));
  const owner = isChat ? 'chat' : 'account';
  const stored = { ...storeFilter(caller, filter), accountIds: null };
  const asked = isChat ? { ...stored, chatIds: null } : stored;
  const pages = loaders.list(`messages of ${owner}`, [asked, args], async (ids) =>
    app.store.queries.messagePages(owner, ids, asked, await readPage(app, args)),
  );
  return isAsked ? connectionOfMessages(app, await pages.load(id)) : emptyConnection;
}

async function connectionOfMessages(app: App, slice: Slice<Message>): Promise<Uncounted<Message>> {
  const epoch = await readEpoch(app);
  return uncounted(slice, (message) => showPosition(epoch, message.seq));
}

async function readPage(app: App, args: MessageArgs): Promise<MessagePage> {
  const given = (value: unknown) => value !== null && value !== undefined;
  if (given(args.first) && given(args.last)) throw badInput('last', '`first` and `last` cannot be asked together.');
  if (given(args.last) || given(args.before)) {
    if (given(args.first) || given(args.after)) {
      throw badInput('before', 'Go forward with `first` and `after`, or back with `last` and `before`.');
    }
    const before = given(args.before) ? await readPosition(app, args.before, 'messages', 'before') : null;
    return { last: readFirst(args.last, 'last'), before };
  }
  if (!given(args.first) && !given(args.after)) return { last: defaultPageSize };
  const after = given(args.after) ? await readPosition(app, args.after, 'messages') : null;
  return { first: readFirst(args.first), after };
}

/** The filter over what the caller may see. */
export function storeFilter(caller: Caller, filter: MessageFilter | null | undefined): StoreFilter {
  // Half a character is stored as a whole one, so it is searched as that.
  const search = filter?.search?.toWellFormed() ?? null;
  if (search !== null && [...search].length < 2) throw badInput('filter.search', 'Search for two characters or more.');
  return {
    ...filter,
    search,
    accountIds: visibleAccounts(caller, readIds('account', filter?.accountIds)),
    chatIds: readIds('chat', filter?.chatIds),
  };
}

export async function readMessage(app: App, caller: Caller, id: string): Promise<Message> {
  const seq = readId('message', id);
  const [message] = seq === null ? [] : await app.store.queries.messagesById([seq]);
  if (!message || !maySee(caller, message.accountId)) throw notFound('message', id);
  return message;
}

/** The message of an account that its upstream knows by this id; null where there is none. */
export async function readMessageByUpstreamId(
  app: App,
  caller: Caller,
  accountId: number,
  upstreamId: string,
): Promise<Message | null> {
  if (!maySee(caller, accountId)) return null;
  return (await app.store.queries.messagesByUpstreamId([{ accountId, upstreamId }]))[0] ?? null;
}
