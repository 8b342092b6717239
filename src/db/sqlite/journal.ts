/** The event log: appended to inside the steps of others, read by position. */
import { sql } from 'kysely';
import type { Millis } from '../../words.ts';
import type { Change, ContactSync, Seq, StoredEvent } from '../model.ts';
import type { Engine } from './engine.ts';
import { type EventData, eventOf, type EventRow, selectEvents } from './events.ts';
import { build, insertion, statement } from './sql.ts';

export type JournalEntry = {
  kind: StoredEvent['type'];
  at: Millis;
  accountId: number | null;
  chatId?: number | null;
  /** Null for MESSAGE_RECEIVED: the message of the same position. */
  ref?: number | null;
  data?: EventData[keyof EventData] | null;
};

const insertEntry = insertion('journal', ['kind', 'account_id', 'chat_id', 'ref', 'data', 'at']);

/** Appends one event and answers its position. Only inside a step. */
export function append(engine: Engine, entry: JournalEntry): Seq {
  engine.appended = true;
  return engine.sql.run(insertEntry, {
    kind: entry.kind,
    account_id: entry.accountId,
    chat_id: entry.chatId ?? null,
    ref: entry.ref ?? null,
    data: entry.data === undefined || entry.data === null ? null : JSON.stringify(entry.data),
    at: entry.at,
  }).id;
}

const updateAccountsChanged = statement(({ seq }: { seq: Seq }) =>
  build.updateTable('gateway').set({ accounts_changed: seq }),
);
const selectAccountsChanged = statement(() => build.selectFrom('gateway').select('accounts_changed'));

/** That an account was made, changed or deleted. */
export function appendAccountChanged(engine: Engine, accountId: number, change: Change, at: Millis): Seq {
  const seq = append(engine, { kind: 'ACCOUNT_CHANGED', at, accountId, ref: accountId, data: { change } });
  engine.sql.run(updateAccountsChanged, { seq });
  return seq;
}

/** See `Queries.accountsChanged`. */
export function accountsChanged(engine: Engine): Seq {
  return engine.sql.first(selectAccountsChanged, {})?.accounts_changed ?? 0;
}

/** That the contacts of an account were fetched, or could not be. */
export function appendContactsSynced(engine: Engine, accountId: number, sync: ContactSync, at: Millis): Seq {
  return append(engine, { kind: 'CONTACTS_SYNCED', at, accountId, data: { sync } });
}

const selectNewest = statement(() => sql<{ seq: Seq }>`select seq from sqlite_sequence where name = 'journal'`);

/** The position of the last event that there ever was. */
export function newestSeq(engine: Engine): Seq {
  return engine.sql.first(selectNewest, {})?.seq ?? 0;
}

const selectLater = statement(({ after, limit }: { after: Seq; limit: number }) =>
  selectEvents().where('journal.seq', '>', after).orderBy('journal.seq').limit(limit),
);

/** See `Store.read`. */
export function read(engine: Engine, after: Seq, limit: number): StoredEvent[] {
  return engine.sql.all(selectLater, { after, limit }).map((row) => eventOf(row as EventRow));
}

const selectGateway = statement(() => build.selectFrom('gateway').select(['epoch', 'trimmed_through']));

/** See `Store.bounds`. */
export function bounds(engine: Engine): { epoch: string; oldest: Seq; newest: Seq } {
  const gateway = engine.sql.first(selectGateway, {});
  return {
    epoch: gateway?.epoch ?? '',
    oldest: gateway?.trimmed_through ?? 0,
    newest: newestSeq(engine),
  };
}

const selectOldest = statement(({ limit }: { limit: number }) =>
  build.selectFrom('journal').select(['seq', 'at']).orderBy('seq').limit(limit),
);
const deleteThrough = statement(({ seq }: { seq: Seq }) => build.deleteFrom('journal').where('seq', '<=', seq));
const updateTrimmed = statement(({ seq }: { seq: Seq }) => build.updateTable('gateway').set({ trimmed_through: seq }));

/** See `Store.trim`. Stops at the first event that is young enough: only a beginning of the log can be missing. */
export function trim(engine: Engine, before: Millis, limit: number): number {
  const oldest = engine.sql.all(selectOldest, { limit });
  const firstKept = oldest.findIndex(({ at }) => at >= before);
  const gone = firstKept === -1 ? oldest : oldest.slice(0, firstKept);
  const last = gone.at(-1);
  if (last === undefined) return 0;
  engine.sql.run(deleteThrough, { seq: last.seq });
  engine.sql.run(updateTrimmed, { seq: last.seq });
  return gone.length;
}
