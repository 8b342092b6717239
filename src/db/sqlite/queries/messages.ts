import { type Expression, type RawBuilder, sql } from 'kysely';
import type { Message, Seq } from '../../model.ts';
import type { MessageFilter, MessagePage, Slice } from '../../store.ts';
import type { Engine } from '../engine.ts';
import { messageColumns, messageOf, type MessageRow } from '../messages.ts';
import { messageMatch } from '../message-terms.ts';
import { build, contains, statement, whole, within } from '../sql.ts';
import { all, anyWord, narrowed } from '../terms.ts';
import { emptySlice, isEmpty, isGiven, ofLiveAccount, ownersAtOnce, pagesOf } from './paging.ts';

/** Whose messages, by an index that begins with them. */
type Owner = 'account' | 'chat';

type Part = { limit: number; isBackward: boolean; from: Seq | null; upTo: Seq | null };

function partOf(asked: MessagePage): Part {
  const isBackward = 'last' in asked;
  return {
    limit: (isBackward ? asked.last : asked.first) + 1,
    isBackward,
    from: (isBackward ? asked.before : asked.after) ?? null,
    upTo: asked.upTo ?? null,
  };
}

// The sign keeps the index on the column out of it: it would give the rows in the wrong order.
const unindexed = { account: sql`+message.account_id`, chat: sql`+message.chat_id` };
const columns = messageColumns.map((column) => sql.ref(`message.${column}`));
const position = sql.ref('message.seq');

/** A filter, and what it comes to in the index of terms, but for owners. */
type Asked = { filter: MessageFilter; match: string | null };

/**
 * One page in its order: of one owner, or of all. From the index of terms, which gives its rows in this order too, where the
 * filter asks for what has terms; else from the owner's index.
 */
function page(
  selected: RawBuilder<unknown>,
  { filter, match }: Asked,
  part: Part,
  owner: { of: Owner; id: Expression<number> } | null,
): RawBuilder<MessageRow> {
  const { limit, isBackward, from, upTo } = part;
  const terms = all([
    match,
    owner?.of === 'chat' ? null : anyWord('chat', filter.chatIds),
    owner === null ? anyWord('account', filter.accountIds) : null,
  ]);
  const seq = sql.ref(terms === null ? 'message.seq' : 'message_term.rowid');
  const conditions = [ofLiveAccount(sql.ref('message.account_id')), ...conditionsOf(filter)];
  if (terms !== null) {
    const narrow = owner === null ? sql`${terms}` : narrowed(terms, owner.of, owner.id);
    conditions.push(sql`message_term.message_term match ${narrow}`);
  } else if (owner !== null) conditions.push(sql`${sql.ref(`message.${owner.of}_id`)} = ${owner.id}`);
  if (isGiven(filter.accountIds) && owner?.of !== 'account')
    conditions.push(within(unindexed.account, filter.accountIds));
  if (isGiven(filter.chatIds) && owner?.of !== 'chat') conditions.push(within(unindexed.chat, filter.chatIds));
  if (from !== null) conditions.push(isBackward ? sql`${seq} < ${whole(from)}` : sql`${seq} > ${whole(from)}`);
  if (upTo !== null) conditions.push(sql`${seq} <= ${whole(upTo)}`);
  return sql`select ${selected} from ${terms === null ? sql`message` : termed}
    where ${sql.join(conditions, sql` and `)} order by ${seq} ${isBackward ? sql`desc` : sql`asc`} limit ${whole(limit)}`;
}

function pagesOfOwners(asked: Asked, part: Part, of: Owner, ids: readonly number[]): RawBuilder<unknown> {
  return pagesOf(ids, { table: 'message', key: 'seq' }, (id) => sql`(${page(position, asked, part, { of, id })})`);
}

const termed = sql`message_term cross join message on message.seq = message_term.rowid`;

/** What the filter asks of the message itself: the same rule as for live ones, in `watch-messages.ts`. */
function conditionsOf(filter: MessageFilter): RawBuilder<boolean>[] {
  const conditions: RawBuilder<boolean>[] = [];
  if (isGiven(filter.kinds)) conditions.push(within(sql.ref('message.kind'), filter.kinds));
  if (isGiven(filter.directions)) conditions.push(within(sql.ref('message.direction'), filter.directions));
  if (isGiven(filter.senderWxids)) conditions.push(within(sql.ref('message.sender_wxid'), filter.senderWxids));
  if (typeof filter.mentionsMe === 'boolean') conditions.push(sql`message.mentions_me = ${filter.mentionsMe ? 1 : 0}`);
  if (filter.search) conditions.push(contains([sql.ref('message.text')], filter.search));
  if (typeof filter.since === 'number') conditions.push(sql`message.sent_at >= ${filter.since}`);
  if (typeof filter.until === 'number') conditions.push(sql`message.sent_at < ${filter.until}`);
  return conditions;
}

function sliceOfPage(rows: readonly MessageRow[], { limit, isBackward, from }: Part): Slice<Message> {
  const hasMore = rows.length >= limit;
  const items = rows.slice(0, limit - 1).map(messageOf);
  const isContinued = from !== null;
  return isBackward
    ? { items: items.toReversed(), hasNext: isContinued, hasPrevious: hasMore }
    : { items, hasNext: hasMore, hasPrevious: isContinued };
}

function isNothing(filter: MessageFilter): boolean {
  const { accountIds, chatIds, kinds, directions, senderWxids } = filter;
  return [accountIds, chatIds, kinds, directions, senderWxids].some(isEmpty);
}

/** See `Queries.messages`. */
export function messages(engine: Engine, filter: MessageFilter, asked: MessagePage): Slice<Message> {
  if (isNothing(filter)) return emptySlice;
  const part = partOf(asked);
  const rows = engine.sql.query(rowsOf({ filter, match: messageMatch(engine, filter) }, part));
  return sliceOfPage(rows, part);
}

function rowsOf(asked: Asked, part: Part): RawBuilder<MessageRow> {
  const { accountIds, chatIds } = asked.filter;
  // What the terms find is looked at in one go, whoever's it is.
  const isFound = asked.match !== null;
  if (isGiven(chatIds) && !isFound) return rowsAt(pagesOfOwners(asked, part, 'chat', chatIds), part, part.limit);
  const isOneByOne = isGiven(accountIds) && accountIds.length <= ownersAtOnce && !isFound;
  if (isOneByOne) return rowsAt(pagesOfOwners(asked, part, 'account', accountIds), part, part.limit);
  return page(sql.join(columns), asked, part, null);
}

/** See `Queries.messagePages`. */
export function messagePages(
  engine: Engine,
  of: Owner,
  ids: readonly number[],
  given: MessageFilter,
  asked: MessagePage,
): Slice<Message>[] {
  const filter = { ...given, [`${of}Ids`]: null };
  if (isNothing(filter)) return ids.map(() => emptySlice);
  const part = partOf(asked);
  const seqs = pagesOfOwners({ filter, match: messageMatch(engine, filter) }, part, of, ids);
  const rows = Map.groupBy(engine.sql.query(rowsAt(seqs, part, -1)), (row) => row[`${of}_id`]);
  return ids.map((id) => sliceOfPage(rows.get(id) ?? [], part));
}

/** In the order of the page, at most `limit`; -1: all. */
function rowsAt(seqs: RawBuilder<unknown>, { isBackward }: Part, limit: number): RawBuilder<MessageRow> {
  return sql`select ${sql.join(columns)} from message where message.seq in ${seqs}
    order by message.seq ${isBackward ? sql`desc` : sql`asc`} limit ${whole(limit)}`;
}

const isOfLiveAccount = ofLiveAccount(sql.ref('message.account_id'));
const selectByIds = statement(({ seqs }: { seqs: string }) =>
  build
    .selectFrom('message')
    .select(messageColumns)
    .where(sql<boolean>`seq in (select value from json_each(${seqs}))`)
    .where(isOfLiveAccount),
);
const selectByUpstreamId = statement(
  ({ keys }: { keys: string }) => sql<MessageRow>`select ${sql.join(columns)} from json_each(${keys}) as asked
    cross join message_key on message_key.account_id = asked.value ->> 0 and message_key.key = asked.value ->> 1
    cross join message on message.seq = message_key.seq and message.upstream_id = message_key.key
    where ${isOfLiveAccount}`,
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

/** See `Queries.messagesByUpstreamId`. */
export function messagesByUpstreamId(
  engine: Engine,
  keys: readonly { accountId: number; upstreamId: string }[],
): Message[] {
  const pairs = JSON.stringify(keys.map((key) => [key.accountId, key.upstreamId]));
  return engine.sql.all(selectByUpstreamId, { keys: pairs }).map(messageOf);
}

/** See `Queries.rawBodies`. */
export function rawBodies(engine: Engine, seqs: readonly Seq[]): { seq: Seq; raw: string }[] {
  return engine.sql.all(selectRaw, { seqs: JSON.stringify(seqs) });
}
