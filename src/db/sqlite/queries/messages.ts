import { sql } from 'kysely';
import type { Message, Seq } from '../../model.ts';
import type { MessageFilter, MessagePage, Slice } from '../../store.ts';
import type { Engine } from '../engine.ts';
import { messageColumns, messageOf, type MessageRow } from '../messages.ts';
import { build, contains, statement, within } from '../sql.ts';
import { emptySlice, isEmpty, isGiven, mergedPages, ofLiveAccount } from './paging.ts';

/** Everything of the filter but accounts and chats. */
function filtered(filter: MessageFilter) {
  let query = build
    .selectFrom('message')
    .select(messageColumns)
    .where(ofLiveAccount(sql.ref('account_id')));
  if (isGiven(filter.kinds)) query = query.where(within(sql.ref('kind'), filter.kinds));
  if (isGiven(filter.directions)) query = query.where(within(sql.ref('direction'), filter.directions));
  if (isGiven(filter.senderWxids)) query = query.where(within(sql.ref('sender_wxid'), filter.senderWxids));
  if (typeof filter.mentionsMe === 'boolean') query = query.where('mentions_me', '=', filter.mentionsMe ? 1 : 0);
  if (filter.search) query = query.where(contains([sql.ref('text')], filter.search));
  if (typeof filter.since === 'number') query = query.where('sent_at', '>=', filter.since);
  if (typeof filter.until === 'number') query = query.where('sent_at', '<', filter.until);
  return query;
}

// The sign keeps the index on the column out of it: it would give the rows in the wrong order.
const unindexedAccount = sql`+account_id`;
const unindexedChat = sql`+chat_id`;

/** See `Queries.messages`. */
export function messages(engine: Engine, filter: MessageFilter, page: MessagePage): Slice<Message> {
  const isBackward = 'last' in page;
  const count = isBackward ? page.last : page.first;
  const from = isBackward ? page.before : page.after;
  if (isEmpty(filter.accountIds) || isEmpty(filter.chatIds)) return emptySlice;
  let query = filtered(filter);
  if (typeof from === 'number') query = query.where('seq', isBackward ? '<' : '>', from);
  if (typeof page.upTo === 'number') query = query.where('seq', '<=', page.upTo);
  const ordered = query.orderBy('seq', isBackward ? 'desc' : 'asc').limit(count + 1);
  const rows = rowsOf(engine, ordered, filter, count + 1, isBackward ? -1 : 1);
  const hasMore = rows.length > count;
  const items = rows.slice(0, count).map(messageOf);
  const isContinued = typeof from === 'number';
  return isBackward
    ? { items: items.toReversed(), hasNext: isContinued, hasPrevious: hasMore }
    : { items, hasNext: hasMore, hasPrevious: isContinued };
}

function rowsOf(
  engine: Engine,
  ordered: ReturnType<typeof filtered>,
  filter: MessageFilter,
  limit: number,
  sign: 1 | -1,
): MessageRow[] {
  const { accountIds, chatIds } = filter;
  const compare = (a: MessageRow, b: MessageRow): number => sign * (a.seq - b.seq);
  if (isGiven(chatIds)) {
    const ofAccounts = isGiven(accountIds) ? ordered.where(within(unindexedAccount, accountIds)) : ordered;
    return mergedPages(
      chatIds,
      limit,
      {
        one: (chatId) => engine.sql.query(ofAccounts.where('chat_id', '=', chatId)),
        all: (ids) => engine.sql.query(ofAccounts.where(within(unindexedChat, ids))),
      },
      compare,
    );
  }
  if (!isGiven(accountIds)) return engine.sql.query(ordered);
  return mergedPages(
    accountIds,
    limit,
    {
      one: (accountId) => engine.sql.query(ordered.where('account_id', '=', accountId)),
      all: (ids) => engine.sql.query(ordered.where(within(unindexedAccount, ids))),
    },
    compare,
  );
}

const isOfLiveAccount = ofLiveAccount(sql.ref('message.account_id'));
const selectByIds = statement(({ seqs }: { seqs: string }) =>
  build
    .selectFrom('message')
    .select(messageColumns)
    .where(sql<boolean>`seq in (select value from json_each(${seqs}))`)
    .where(isOfLiveAccount),
);
const selectByUpstreamId = statement((v: { accountId: number; upstreamId: string }) =>
  build
    .selectFrom('message')
    .select(messageColumns)
    .where('account_id', '=', v.accountId)
    .where('upstream_id', '=', v.upstreamId)
    .where(isOfLiveAccount)
    .orderBy('seq')
    .limit(1),
);
const selectRaw = statement(({ seqs }: { seqs: string }) =>
  build
    .selectFrom('message_raw')
    .innerJoin('message', 'message.seq', 'message_raw.seq')
    .select(['message_raw.seq', 'message_raw.raw'])
    .where(sql<boolean>`message_raw.seq in (select value from json_each(${seqs}))`)
    .where(isOfLiveAccount),
);

/** See `Queries.messagesById`. */
export function messagesById(engine: Engine, seqs: readonly Seq[]): Message[] {
  return engine.sql.all(selectByIds, { seqs: JSON.stringify(seqs) }).map(messageOf);
}

/** See `Queries.messagesByUpstreamId`. The first one, where an upstream gave an id twice. */
export function messagesByUpstreamId(
  engine: Engine,
  keys: readonly { accountId: number; upstreamId: string }[],
): Message[] {
  return keys.flatMap((key) => engine.sql.all(selectByUpstreamId, key)).map(messageOf);
}

/** See `Queries.rawBodies`. */
export function rawBodies(engine: Engine, seqs: readonly Seq[]): { seq: Seq; raw: string }[] {
  return engine.sql.all(selectRaw, { seqs: JSON.stringify(seqs) });
}
