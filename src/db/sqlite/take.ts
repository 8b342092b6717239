import { type Selectable, sql } from 'kysely';
import type { ClientState, Millis } from '../../words.ts';
import type { SendLog } from '../model.ts';
import type { Lane } from '../store.ts';
import type { Engine } from './engine.ts';
import { changeSend, conversationKeys, isOpen, isQueued, type OutboxRow, sendLogOf } from './outbox.ts';
import { build, statement } from './sql.ts';
import type { OwnerTable } from './tables.ts';

type Fenced = Selectable<OwnerTable> & {
  interval_ms: number;
  jitter_ms: number;
  per_day: number | null;
  paused: number;
  state: ClientState;
};

const selectFenced = statement((v: { lane: string; epoch: number; node: string }) =>
  build
    .selectFrom('owner')
    .innerJoin('account', 'account.id', 'owner.account_id')
    .selectAll('owner')
    .select(['account.interval_ms', 'account.jitter_ms', 'account.per_day', 'account.paused', 'account.state'])
    .where('owner.lane', '=', v.lane)
    .where('owner.epoch', '=', v.epoch)
    .where('owner.node_id', '=', v.node)
    .where('account.wanted', '=', 1)
    .where('account.deleted_at', 'is', null),
);
const selectExpired = statement((v: { accountId: number; now: Millis }) =>
  build
    .selectFrom('outbox')
    .selectAll()
    .where(isQueued)
    .where('expires_at', '<=', v.now)
    // The signs keep other indexes out of it: the whole queue would be read to find the few that are due.
    .where(sql<boolean>`+account_id = ${v.accountId}`)
    .orderBy(sql`+id`),
);
const selectQueued = statement((v: { accountId: number; now: Millis; after: number; limit: number }) =>
  build
    .selectFrom('outbox')
    .select(['id', 'receiver', 'receiver_contact_id', 'content', 'not_before', 'resend_of'])
    .where('account_id', '=', v.accountId)
    .where(isQueued)
    .where('id', '>', v.after)
    .where((or) => or.or([or('send_at', 'is', null), or('send_at', '<=', v.now)]))
    .orderBy('id')
    .limit(v.limit),
);
const selectNextSendAt = statement((v: { accountId: number; now: Millis }) =>
  build
    .selectFrom('outbox')
    .select(({ fn }) => fn.min('send_at').as('send_at'))
    .where('account_id', '=', v.accountId)
    .where(isQueued)
    .where('send_at', '>', v.now),
);
const selectUnknown = statement(({ accountId }: { accountId: number }) =>
  build
    .selectFrom('outbox')
    .select(['id', 'receiver', 'receiver_contact_id', 'content'])
    .where('account_id', '=', accountId)
    .where(isOpen)
    .where(sql<boolean>`status = 'UNKNOWN'`),
);
const selectRow = statement(({ id }: { id: number }) => build.selectFrom('outbox').selectAll().where('id', '=', id));
const updatePacing = statement((v: { lane: string; nextSendAt: Millis; sentToday: number; sentDay: string | null }) =>
  build
    .updateTable('owner')
    .set({ next_send_at: v.nextSendAt, sent_today: v.sentToday, sent_day: v.sentDay })
    .where('lane', '=', v.lane),
);
const giveBackOne = statement((v: { accountId: number; day: string }) =>
  build
    .updateTable('owner')
    .set({ sent_today: sql<number>`max(0, sent_today - 1)` })
    .where('account_id', '=', v.accountId)
    .where('sent_day', '=', v.day),
);

/** See `Store.take`. */
export function take(
  engine: Engine,
  lane: Lane,
  now: Millis,
  random: number,
  sinceLastMs: Millis | null = null,
): { send: SendLog } | { askAgainAt: Millis | null } {
  const owner = engine.sql.first(selectFenced, { lane: lane.key, epoch: lane.epoch, node: lane.node.name });
  if (owner === undefined) return { askAgainAt: null };
  for (const row of engine.sql.all(selectExpired, { accountId: lane.accountId, now }))
    changeSend(engine, row, { status: 'EXPIRED', settled_at: now }, now);
  // The state is of the same commit as what told it: after a logout not one more goes out.
  if (owner.paused === 1 || owner.state !== 'RUNNING') return { askAgainAt: null };

  const line = nextLine(engine, lane.accountId, now);
  if (line.earliest === null) return { askAgainAt: null };
  const gate = Math.max(paceGate(engine, owner, now), sinceLastMs === null ? 0 : now + owner.interval_ms - sinceLastMs);
  if (line.id === null || gate > now) return { askAgainAt: Math.max(line.earliest, gate) };

  const row = engine.sql.first(selectRow, { id: line.id });
  if (row === undefined) return { askAgainAt: null };
  const day = engine.days.of(now);
  engine.sql.run(updatePacing, {
    lane: lane.key,
    nextSendAt: now + owner.interval_ms + Math.floor(random * owner.jitter_ms),
    sentToday: sentOn(owner, day) + 1,
    sentDay: day,
  });
  const dispatched = {
    status: 'DISPATCHING',
    owner_epoch: lane.epoch,
    dispatched_at: now,
    attempts: row.attempts + 1,
    not_before: null,
    error_code: null,
    error_message: null,
    response_time_ms: null,
  } as const;
  return { send: sendLogOf(changeSend(engine, row, dispatched, now)) };
}

type Queued = Pick<OutboxRow, 'id' | 'receiver' | 'receiver_contact_id' | 'content' | 'not_before' | 'resend_of'>;

/**
 * The first line that nothing but pacing holds, else when there may be one. A line that waits holds back the later ones of
 * its conversation, unless it waits for its own `sendAt`: until then it is not in the line.
 */
function nextLine(engine: Engine, accountId: number, now: Millis): { id: number | null; earliest: Millis | null } {
  const isHeldTwin = twinsOf(engine, accountId);
  const held = new Set<string>();
  let earliest = engine.sql.first(selectNextSendAt, { accountId, now })?.send_at ?? null;
  for (const row of queued(engine, accountId, now)) {
    const conversation = conversationKeys(row);
    const isBehind = conversation.some((key) => held.has(key));
    const isEarly = row.not_before !== null && row.not_before > now;
    if (!isBehind && !isEarly && !isHeldTwin(row)) return { id: row.id, earliest: now };
    if (!isBehind && isEarly) earliest = Math.min(earliest ?? row.not_before!, row.not_before!);
    for (const key of conversation) held.add(key);
  }
  return { id: null, earliest };
}

/** What is in the line, in its order; in pages that grow, as mostly the first one goes. */
function* queued(engine: Engine, accountId: number, now: Millis): Generator<Queued> {
  let after = 0;
  for (let limit = 4; ; limit = Math.min(limit * 8, 1000)) {
    const page = engine.sql.all(selectQueued, { accountId, now, after, limit });
    yield* page;
    if (page.length < limit) return;
    after = page.at(-1)!.id;
  }
}

/** Tells of a line whether one like it has an unknown outcome, so that it waits until that is known. */
export function twinsOf(engine: Engine, accountId: number): (row: Omit<Queued, 'not_before'>) => boolean {
  const unknown = engine.sql.all(selectUnknown, { accountId });
  return (row) =>
    unknown.some(
      (other) =>
        other.content === row.content &&
        conversationKeys(other).some((key) => conversationKeys(row).includes(key)) &&
        // Sending this one again was asked for, in knowledge of the risk.
        other.id !== row.resend_of,
    );
}

/** When pacing and the day's budget let the next one go. */
function paceGate(engine: Engine, owner: Fenced, now: Millis): Millis {
  const gate = paceDue(engine, owner, now);
  const budget = { perDay: owner.per_day, used: sentOn(owner, engine.days.of(now)) };
  return budget.perDay !== null && budget.used >= budget.perDay ? Math.max(gate, engine.days.next(now)) : gate;
}

/** A clock that was set back, or pacing that was relaxed, must not hold an account for longer than the pacing says. */
function paceDue(engine: Engine, owner: Fenced, now: Millis): Millis {
  const latest = now + owner.interval_ms + owner.jitter_ms;
  if (owner.next_send_at <= latest) return owner.next_send_at;
  engine.sql.run(updatePacing, {
    lane: owner.lane,
    nextSendAt: latest,
    sentToday: owner.sent_today,
    sentDay: owner.sent_day,
  });
  return latest;
}

/** Sends dispatched on that day. */
export function sentOn(owner: Pick<Fenced, 'sent_today' | 'sent_day'>, day: string): number {
  return owner.sent_day === day ? owner.sent_today : 0;
}

/** A try that certainly did not leave does not count for the day on which it was made. */
export function giveBack(engine: Engine, row: Pick<OutboxRow, 'account_id' | 'dispatched_at'>): void {
  if (row.dispatched_at !== null)
    engine.sql.run(giveBackOne, { accountId: row.account_id, day: engine.days.of(row.dispatched_at) });
}
