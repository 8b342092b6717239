import { sql } from 'kysely';
import type { Millis } from '../../../words.ts';
import { type AccountRow, liveAccount } from '../account-rows.ts';
import type { Engine } from '../engine.ts';
import { isQueued } from '../outbox.ts';
import { build, statement } from '../sql.ts';
import { sentOn, twinsOf } from '../take.ts';

type Position = { sendId: number; position: number; estimatedAt: Millis | null; heldByTwin: boolean };

const selectAccountsOf = statement(({ ids }: { ids: string }) =>
  build
    .selectFrom('outbox')
    .select('account_id')
    .distinct()
    .where(sql<boolean>`id in (select value from json_each(${ids}))`)
    .where(sql<boolean>`+status = 'QUEUED'`),
);
const selectQueued = statement(({ accountId }: { accountId: number }) =>
  build
    .selectFrom('outbox')
    .select(['id', 'send_at', 'not_before', 'receiver', 'receiver_contact_id', 'content', 'resend_of'])
    .where('account_id', '=', accountId)
    .where(isQueued)
    .orderBy('id'),
);
const selectNextSendAt = statement(({ accountId }: { accountId: number }) =>
  build.selectFrom('owner').select('next_send_at').where('account_id', '=', accountId),
);

/** See `Queries.positions`. */
export function positions(engine: Engine, sendIds: readonly number[], now: Millis): Position[] {
  const asked = new Set(sendIds);
  return engine.sql
    .all(selectAccountsOf, { ids: JSON.stringify(sendIds) })
    .flatMap(({ account_id }) => {
      const account = liveAccount(engine, account_id);
      return account === undefined ? [] : queueOf(engine, account, now);
    })
    .filter(({ sendId }) => asked.has(sendId));
}

/** All that an account has to send, in the order in which it becomes due, each with its time by the pacing. */
function queueOf(engine: Engine, account: AccountRow, now: Millis): Position[] {
  const isHeldTwin = twinsOf(engine, account.id);
  const due = engine.sql
    .all(selectQueued, { accountId: account.id })
    .map((row) => ({
      id: row.id,
      at: Math.max(now, row.send_at ?? 0, row.not_before ?? 0),
      heldByTwin: isHeldTwin(row),
    }))
    .toSorted((a, b) => a.at - b.at || a.id - b.id);
  const pace = account.interval_ms + Math.round(account.jitter_ms / 2);
  const budget = openBudget(engine, account, now);
  let free = engine.sql.first(selectNextSendAt, { accountId: account.id })?.next_send_at ?? 0;
  const isStill = account.paused === 1 || account.state !== 'RUNNING';
  return due.map(({ id, at, heldByTwin }, position) => {
    if (isStill || heldByTwin) return { sendId: id, position, estimatedAt: null, heldByTwin };
    const estimatedAt = budget.spend(Math.max(at, free));
    if (estimatedAt !== null) free = estimatedAt + pace;
    return { sendId: id, position, estimatedAt, heldByTwin };
  });
}

/** The day's budget, spent one by one: when the next one may go that is due at `at`. */
function openBudget(engine: Engine, account: AccountRow, now: Millis): { spend(at: Millis): Millis | null } {
  const perDay = account.per_day;
  if (perDay === null) return { spend: (at) => at };
  if (perDay <= 0) return { spend: () => null };
  let day = engine.days.of(now);
  let used = sentOn(account, day);
  return {
    spend: (at) => {
      let when = at;
      if (engine.days.of(when) > day) {
        day = engine.days.of(when);
        used = 0;
      }
      if (used >= perDay) {
        when = engine.days.next(when);
        day = engine.days.of(when);
        used = 0;
      }
      used += 1;
      return when;
    },
  };
}
