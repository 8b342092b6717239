import { type Expression, type RawBuilder, sql } from 'kysely';
import type { Seq, StoredEvent } from '../../model.ts';
import type { EventFilter, Later } from '../../store.ts';
import type { Engine } from '../engine.ts';
import { eventOf, type EventRow, selectEvents } from '../events.ts';
import { whole, within } from '../sql.ts';
import { isEmpty, isGiven, ofLiveAccount, ownersAtOnce, pagesOf } from './paging.ts';

type Part = { limit: number; isBackward: boolean; bound: Seq };

/** Positions of one page of what passes the filter, in its order. */
function page(filter: EventFilter, part: Part, which: RawBuilder<boolean> | null) {
  const seq = sql.ref<number>('journal.seq');
  let query = selectEvents()
    .clearSelect()
    .select('journal.seq')
    .where(part.isBackward ? sql<boolean>`${seq} <= ${part.bound}` : sql<boolean>`${seq} > ${part.bound}`)
    .orderBy(seq, part.isBackward ? 'desc' : 'asc')
    .limit(part.limit);
  if (which !== null) query = query.where(which);
  if (isGiven(filter.accountIds)) query = query.where(isOfAccounts(filter.accountIds));
  if (isGiven(filter.chatIds)) query = query.where(within(sql`+journal.chat_id`, filter.chatIds));
  return isGiven(filter.types)
    ? query.where(within(sql`+journal.kind`, filter.types))
    : query.where(sql<boolean>`+journal.kind != 'TOKEN_CHANGED'`);
}

/** An event of a group is one of every account in it. */
function isOfAccounts(accountIds: readonly number[]): RawBuilder<boolean> {
  return sql<boolean>`(${within(sql`+journal.account_id`, accountIds)} or (journal.kind = 'GROUP_CHANGED'
    and exists (select 1 from json_each(journal.data, '$.groupAccountIds') as one
      where ${within(sql.ref('one.value'), accountIds)})))`;
}

// The indexes of the log leave out what is in those of the messages; the condition stands there in the same words.
const isOther = sql<boolean>`journal.kind != 'MESSAGE_RECEIVED'`;

/** Positions of one page of new messages, each of which is its own MESSAGE_RECEIVED, of one account or chat. */
function messagePage(
  filter: EventFilter,
  { limit, isBackward, bound }: Part,
  owner: 'account' | 'chat',
  id: Expression<number>,
) {
  const conditions = [sql`${sql.ref(`message.${owner}_id`)} = ${id}`];
  conditions.push(isBackward ? sql`message.seq <= ${bound}` : sql`message.seq > ${bound}`);
  if (isGiven(filter.accountIds)) conditions.push(within(sql`+message.account_id`, filter.accountIds));
  return sql`(select message.seq from message where ${sql.join(conditions, sql` and `)}
    order by message.seq ${isBackward ? sql`desc` : sql`asc`} limit ${whole(limit)})`;
}

/**
 * Positions of what passes the filter, and more than a page of it where it is of several: by chat, by kind or by account, each from an
 * index of its own that gives the log's order; else by going along the log.
 */
function seqsOf(filter: EventFilter, part: Part): Expression<unknown> {
  const { types, accountIds, chatIds } = filter;
  const hasMessages = !isGiven(types) || types.includes('MESSAGE_RECEIVED');
  const ofKinds = (kinds: readonly StoredEvent['type'][]) =>
    kinds.map((kind) => page(filter, part, sql`journal.kind = ${kind} and ${isOther}`));
  const ofOwners = (owner: 'account' | 'chat', ids: readonly number[]) => [
    pagesOf(ids, log, (id) => page(filter, part, sql`${sql.ref(`journal.${owner}_id`)} = ${id} and ${isOther}`)),
    ...(hasMessages
      ? [pagesOf(ids, { table: 'message', key: 'seq' }, (id) => messagePage(filter, part, owner, id))]
      : []),
  ];
  if (isGiven(chatIds)) return either(ofOwners('chat', chatIds));
  if (!hasMessages) return either(ofKinds(types));
  if (!isGiven(accountIds) || accountIds.length > ownersAtOnce) return page(filter, part, null);
  return either([...ofOwners('account', accountIds), ...ofKinds(['GROUP_CHANGED'])]);
}

const log = { table: 'journal', key: 'seq' } as const;

/** See `Queries.countLater`. Along the log: it is asked of what was not read yet, which is short. */
export function countLater(engine: Engine, asked: readonly Later[], most: number): number[] {
  if (asked.length === 0) return [];
  const counts = asked.map((one) => sql`(select count(*) from (${later(one)} limit ${whole(most)}))`);
  const each = counts.map((count) => sql`select ${count} as count`);
  return engine.sql.query(sql<{ count: number }>`${sql.join(each, sql` union all `)}`).map(({ count }) => count);
}

function later({ filter: { types, accountIds }, after, webhookId }: Later): RawBuilder<unknown> {
  const conditions = [
    sql`journal.seq > ${after}`,
    sql`not (journal.kind = 'WEBHOOK_CHANGED' and journal.ref = ${webhookId})`,
    sql`(journal.account_id is null or ${ofLiveAccount(sql`+journal.account_id`)})`,
  ];
  if (isGiven(types)) conditions.push(within(sql`+journal.kind`, types));
  if (isGiven(accountIds)) conditions.push(isOfAccounts(accountIds));
  return sql`select 1 from journal where ${sql.join(conditions, sql` and `)}`;
}

function either(pages: readonly Expression<unknown>[]): Expression<unknown> {
  const each = pages.map((one) => sql`select seq from ${one}`);
  return sql`(${sql.join(each, sql` union all `)})`;
}

function read(engine: Engine, filter: EventFilter, part: Part): StoredEvent[] {
  if (isEmpty(filter.types) || isEmpty(filter.accountIds) || isEmpty(filter.chatIds)) return [];
  const query = selectEvents()
    .where(sql<boolean>`journal.seq in ${seqsOf(filter, part)}`)
    .orderBy('journal.seq', part.isBackward ? 'desc' : 'asc')
    .limit(part.limit);
  return engine.sql.query(query).map((row) => eventOf(row as EventRow));
}

/** See `Queries.newestEvents`. */
export function newestEvents(engine: Engine, filter: EventFilter, last: number, upTo: Seq): StoredEvent[] {
  return read(engine, filter, { limit: last, isBackward: true, bound: upTo }).toReversed();
}

/** See `Queries.events`. */
export function events(engine: Engine, filter: EventFilter, after: Seq, limit: number): StoredEvent[] {
  return read(engine, filter, { limit, isBackward: false, bound: after });
}
