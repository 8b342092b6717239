/** What shows whether an account's upstream still tells what happens: hours with messages, sends that did not come back. */
import { sql } from 'kysely';
import type { Millis } from '../../words.ts';
import type { Engine } from './engine.ts';
import { build, statement, whole } from './sql.ts';

const hourMs = 3_600_000;
const keptHours = 15 * 24;
/** How far back it is looked whether sends of a type come back at all. */
const linesLookedAt = 100;

const insertHour = statement(
  (v: { accountId: number; hour: number }) =>
    sql`insert into heard_hour (account_id, hour) values (${v.accountId}, ${v.hour}) on conflict do nothing`,
);
const deleteHours = statement((v: { accountId: number; before: number }) =>
  build.deleteFrom('heard_hour').where('account_id', '=', v.accountId).where('hour', '<', v.before),
);

/** A message of the account came in. */
export function noteHeard(engine: Engine, accountId: number, at: Millis): void {
  const hour = Math.floor(at / hourMs);
  if (engine.sql.run(insertHour, { accountId, hour }).changes === 0) return;
  engine.sql.run(deleteHours, { accountId, before: hour - keptHours });
}

const selectHours = statement(({ accountId }: { accountId: number }) =>
  build.selectFrom('heard_hour').select('hour').where('account_id', '=', accountId).orderBy('hour'),
);

/** See `Queries.heardHours`. */
export function heardHours(engine: Engine, accountId: number): Millis[] {
  return engine.sql.all(selectHours, { accountId }).map(({ hour }) => hour * hourMs);
}

const selectUnlinked = statement((v: { accountId: number; after: Millis; before: Millis }) =>
  build
    .selectFrom('outbox')
    .select(['id', 'type', 'dispatched_at'])
    .where('account_id', '=', v.accountId)
    // Literals, as the index is partial.
    .where(sql<boolean>`status = 'SENT'`)
    .where(sql<boolean>`message_seq is null`)
    .where('dispatched_at', '>', v.after)
    .where('dispatched_at', '<=', v.before)
    .orderBy('dispatched_at')
    .limit(1),
);
const selectLinked = statement(
  (v: { accountId: number; id: number; type: string; limit: number }) => sql<{ id: number }>`
    select id from (select id, type, status, message_seq from outbox
      where account_id = ${v.accountId} and id < ${v.id} order by id desc limit ${whole(v.limit)})
    where type = ${v.type} and status = 'SENT' and message_seq is not null limit 1`,
);

/** See `Queries.unechoedSince`. */
export function unechoedSince(
  engine: Engine,
  accountId: number,
  dispatched: { after: Millis; before: Millis },
): Millis | null {
  const row = engine.sql.first(selectUnlinked, { accountId, ...dispatched });
  if (row === undefined) return null;
  const echoed = engine.sql.first(selectLinked, { accountId, id: row.id, type: row.type, limit: linesLookedAt });
  return echoed === undefined ? null : row.dispatched_at;
}
