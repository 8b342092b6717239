/** The rollup of sends and messages by day and account, kept in the step that changes what it counts. */
import { sql } from 'kysely';
import type { SendStatus } from '../../words.ts';
import type { Engine } from './engine.ts';
import { statement } from './sql.ts';

/** What of `total` a status is. */
export type Outcome = 'pending' | 'success' | 'failed' | 'unknown' | 'dropped';

export const outcomeOf: Record<SendStatus, Outcome> = {
  QUEUED: 'pending',
  DISPATCHING: 'pending',
  SENT: 'success',
  FAILED: 'failed',
  UNKNOWN: 'unknown',
  UNRESOLVED: 'unknown',
  CANCELLED: 'dropped',
  EXPIRED: 'dropped',
};

type Deltas = {
  day: string;
  accountId: number;
  total: number;
  success: number;
  failed: number;
  unknown: number;
  dropped: number;
  received: number;
};

const addCounts = statement(
  (v: Deltas) => sql`insert into day_count (day, account_id, total, success, failed, unknown, dropped, received)
    values (${v.day}, ${v.accountId}, ${v.total}, ${v.success}, ${v.failed}, ${v.unknown}, ${v.dropped}, ${v.received})
    on conflict (day, account_id) do update set
      total = total + excluded.total, success = success + excluded.success, failed = failed + excluded.failed,
      unknown = unknown + excluded.unknown, dropped = dropped + excluded.dropped,
      received = received + excluded.received`,
);

const nothing = { total: 0, success: 0, failed: 0, unknown: 0, dropped: 0, received: 0 };

/** A send was accepted, in the status that it has from the start. */
export function countAccepted(engine: Engine, day: string, accountId: number, status: SendStatus): void {
  const deltas = { ...nothing, pending: 0, day, accountId, total: 1 };
  deltas[outcomeOf[status]] += 1;
  engine.sql.run(addCounts, deltas);
}

/** A send of that day went from one status to another. */
export function countMoved(engine: Engine, day: string, accountId: number, from: SendStatus, to: SendStatus): void {
  if (outcomeOf[from] === outcomeOf[to]) return;
  const deltas = { ...nothing, pending: 0, day, accountId };
  deltas[outcomeOf[from]] -= 1;
  deltas[outcomeOf[to]] += 1;
  engine.sql.run(addCounts, deltas);
}

/** So many messages came in. */
export function countReceived(engine: Engine, day: string, accountId: number, received: number): void {
  engine.sql.run(addCounts, { ...nothing, day, accountId, received });
}
