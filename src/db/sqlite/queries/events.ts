import { sql } from 'kysely';
import type { Seq, StoredEvent } from '../../model.ts';
import type { EventFilter } from '../../store.ts';
import type { Engine } from '../engine.ts';
import { eventOf, type EventRow, selectEvents } from '../events.ts';
import { within } from '../sql.ts';
import { isEmpty, isGiven } from './paging.ts';

function filtered(filter: EventFilter) {
  let query = selectEvents();
  query = isGiven(filter.types)
    ? query.where(within(sql.ref('journal.kind'), filter.types))
    : query.where('journal.kind', '!=', 'TOKEN_CHANGED');
  if (isGiven(filter.accountIds)) {
    const { accountIds } = filter;
    // An event of a group is one of every account in it.
    query = query.where(
      sql<boolean>`(${within(sql.ref('journal.account_id'), accountIds)} or (journal.kind = 'GROUP_CHANGED'
        and exists (select 1 from json_each(journal.data, '$.groupAccountIds') as one
          where ${within(sql.ref('one.value'), accountIds)})))`,
    );
  }
  if (isGiven(filter.chatIds)) query = query.where(within(sql.ref('journal.chat_id'), filter.chatIds));
  return query;
}

function isNothing(filter: EventFilter): boolean {
  return isEmpty(filter.types) || isEmpty(filter.accountIds) || isEmpty(filter.chatIds);
}

/** See `Queries.newestEvents`. */
export function newestEvents(engine: Engine, filter: EventFilter, last: number, upTo: Seq): StoredEvent[] {
  if (isNothing(filter)) return [];
  const query = filtered(filter).where('journal.seq', '<=', upTo).orderBy('journal.seq', 'desc').limit(last);
  return engine.sql
    .query(query)
    .map((row) => eventOf(row as EventRow))
    .toReversed();
}

/** See `Queries.events`. */
export function events(engine: Engine, filter: EventFilter, after: Seq, limit: number): StoredEvent[] {
  if (isNothing(filter)) return [];
  const query = filtered(filter).where('journal.seq', '>', after).orderBy('journal.seq').limit(limit);
  return engine.sql.query(query).map((row) => eventOf(row as EventRow));
}
