/** Who runs which account. With one process there is nobody to share with: the latest start has them all. */
import { sql } from 'kysely';
import type { Millis } from '../../words.ts';
import type { Lane, Node } from '../store.ts';
import type { Engine } from './engine.ts';
import { abandon } from './sends.ts';
import { build, insertion, statement } from './sql.ts';

const insertOwner = insertion('owner', ['lane', 'account_id']);

/** The lane of a new account, held by nobody. */
export function addLane(engine: Engine, accountId: number): void {
  engine.sql.run(insertOwner, { lane: `account:${String(accountId).padStart(5, '0')}`, account_id: accountId });
}

const updateIncarnation = statement(
  () => sql<{ incarnation: number }>`update gateway set incarnation = incarnation + 1 returning incarnation`,
);
const upsertNode = statement(
  (v: { name: string; incarnation: number; now: Millis }) =>
    sql`insert into node (id, incarnation, started_at) values (${v.name}, ${v.incarnation}, ${v.now})
      on conflict (id) do update set incarnation = excluded.incarnation, started_at = excluded.started_at`,
);

/** See `Store.join`. */
export function join(engine: Engine, node: { name: string; now: Millis }): Node {
  const incarnation = engine.sql.first(updateIncarnation, {})?.incarnation ?? 0;
  engine.sql.run(upsertNode, { ...node, incarnation });
  return { name: node.name, incarnation };
}

const selectLatest = statement((v: { name: string; incarnation: number }) =>
  build
    .selectFrom('node')
    .innerJoin('gateway', 'gateway.incarnation', 'node.incarnation')
    .select('node.id')
    .where('node.id', '=', v.name)
    .where('node.incarnation', '=', v.incarnation),
);

/** See `Store.renew`: false once a later start has joined. */
export function renew(engine: Engine, node: Node): boolean {
  return engine.sql.first(selectLatest, node) !== undefined;
}

const selectFree = statement((v: { name: string; incarnation: number; want: number }) =>
  build
    .selectFrom('owner')
    .innerJoin('account', 'account.id', 'owner.account_id')
    .select(['owner.lane', 'owner.account_id', 'owner.epoch'])
    .where('account.wanted', '=', 1)
    .where('account.deleted_at', 'is', null)
    .where(sql<boolean>`(owner.node_id is not ${v.name} or owner.incarnation is not ${v.incarnation})`)
    .orderBy('owner.account_id')
    .limit(v.want),
);
// Accounts that nobody wants to run have nobody to claim them, but what was in flight for them must not stay so.
const selectLeft = statement((v: { name: string; incarnation: number }) =>
  build
    .selectFrom('owner')
    .innerJoin('account', 'account.id', 'owner.account_id')
    .select(['owner.lane', 'owner.account_id', 'owner.epoch'])
    .where(sql<boolean>`(account.wanted = 0 or account.deleted_at is not null)`)
    .where(sql<boolean>`(owner.node_id is not ${v.name} or owner.incarnation is not ${v.incarnation})`)
    .where(sql<boolean>`exists (select 1 from outbox where outbox.account_id = owner.account_id
      and outbox.status in ('DISPATCHING', 'UNKNOWN', 'UNRESOLVED') and outbox.status = 'DISPATCHING')`),
);
const updateOwner = statement((v: { lane: string; epoch: number; name: string | null; incarnation: number | null }) =>
  build
    .updateTable('owner')
    .set({ node_id: v.name, incarnation: v.incarnation, epoch: v.epoch })
    .where('lane', '=', v.lane),
);

/** See `Store.claim`. */
export function claim(engine: Engine, node: Node, want: number): Lane[] {
  if (!renew(engine, node)) return [];
  const now = engine.now();
  const takeOver = (owner: { lane: string; account_id: number; epoch: number }, by: Node | null): Lane => {
    const epoch = owner.epoch + 1;
    engine.sql.run(updateOwner, {
      lane: owner.lane,
      epoch,
      name: by?.name ?? null,
      incarnation: by?.incarnation ?? null,
    });
    abandon(engine, owner.account_id, epoch, now);
    return { key: owner.lane, accountId: owner.account_id, epoch, node };
  };
  for (const owner of engine.sql.all(selectLeft, node)) takeOver(owner, null);
  return engine.sql.all(selectFree, { ...node, want }).map((owner) => takeOver(owner, node));
}

const releaseLane = statement((v: { lane: string; epoch: number; name: string }) =>
  build
    .updateTable('owner')
    .set({ node_id: null, incarnation: null })
    .where('lane', '=', v.lane)
    .where('epoch', '=', v.epoch)
    .where('node_id', '=', v.name),
);

/** See `Store.release`. A lane that was lost already is left as it is. */
export function release(engine: Engine, lanes: readonly Lane[]): void {
  for (const lane of lanes) engine.sql.run(releaseLane, { lane: lane.key, epoch: lane.epoch, name: lane.node.name });
}

const selectHeld = statement((v: { lane: string; accountId: number; epoch: number; name: string }) =>
  build
    .selectFrom('owner')
    .select('lane')
    .where('lane', '=', v.lane)
    .where('account_id', '=', v.accountId)
    .where('epoch', '=', v.epoch)
    .where('node_id', '=', v.name),
);

/** Whether the lane is still the one that may speak for its account. */
export function isHeld(engine: Engine, lane: Lane): boolean {
  const held = { lane: lane.key, accountId: lane.accountId, epoch: lane.epoch, name: lane.node.name };
  return engine.sql.first(selectHeld, held) !== undefined;
}
