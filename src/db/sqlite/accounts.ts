import type { Millis, QrCode } from '../../words.ts';
import type { Account, Self, Seq } from '../model.ts';
import type { AccountUpdate, Changed, Lane, NewAccount, StateChange } from '../store.ts';
import { accountOf, type AccountRow, expectAccount, liveAccount, selfOf } from './account-rows.ts';
import { dropDeliveriesOfAccount } from './deliveries.ts';
import type { Engine } from './engine.ts';
import { leaveAllGroups } from './groups.ts';
import { append, appendAccountChanged, newestSeq } from './journal.ts';
import { addLane, isHeld } from './lanes.ts';
import { cancelAll } from './sends.ts';
import { build, insertion, statement } from './sql.ts';
import type { AccountTable } from './tables.ts';
import { releaseUploads } from './uploads.ts';

const insertAccount = insertion('account', [
  'name',
  'remark',
  'driver',
  'connection',
  'sealed_secrets',
  'callback_hash',
  'sealed_callback',
  'state',
  'state_since',
  'default_receiver',
  'interval_ms',
  'jitter_ms',
  'per_day',
  'paused',
  'created_at',
]);

/** See `Store.createAccount`. */
export function createAccount(engine: Engine, input: NewAccount): Changed<Account> {
  const { pacing, now } = input;
  const { id } = engine.sql.run(insertAccount, {
    name: input.name,
    remark: input.remark,
    driver: input.driver,
    connection: JSON.stringify(input.connection),
    sealed_secrets: input.sealedSecrets,
    callback_hash: input.callbackHash,
    sealed_callback: input.sealedCallback,
    state: 'INIT',
    state_since: now,
    default_receiver: input.defaultReceiver,
    interval_ms: pacing.intervalMs,
    jitter_ms: pacing.jitterMs,
    per_day: pacing.perDay,
    paused: pacing.paused ? 1 : 0,
    created_at: now,
  });
  addLane(engine, id);
  return { seq: appendAccountChanged(engine, id, 'CREATED', now), object: account(engine, id, now) };
}

/** The account as it is now, after a change in this step. */
function account(engine: Engine, id: number, now: Millis): Account {
  return accountOf(expectAccount(engine, id), engine.days.of(now));
}

type Settings = Pick<
  AccountTable,
  | 'name'
  | 'remark'
  | 'connection'
  | 'sealed_secrets'
  | 'default_receiver'
  | 'interval_ms'
  | 'jitter_ms'
  | 'per_day'
  | 'paused'
  | 'hook_dialect'
>;

const updateSettings = statement((v: Settings & { id: number }) =>
  build
    .updateTable('account')
    .set({
      name: v.name,
      remark: v.remark,
      connection: v.connection,
      sealed_secrets: v.sealed_secrets,
      default_receiver: v.default_receiver,
      interval_ms: v.interval_ms,
      jitter_ms: v.jitter_ms,
      per_day: v.per_day,
      paused: v.paused,
      hook_dialect: v.hook_dialect,
    })
    .where('id', '=', v.id),
);

/** See `Store.updateAccount`. */
export function updateAccount(engine: Engine, id: number, change: AccountUpdate, now: Millis): Changed<Account> {
  const before = expectAccount(engine, id);
  const { connection, pacing } = change;
  const after: AccountRow = {
    ...before,
    name: change.name ?? before.name,
    remark: change.remark === undefined ? before.remark : change.remark,
    default_receiver: change.defaultReceiver === undefined ? before.default_receiver : change.defaultReceiver,
    hook_dialect: change.hookDialect === undefined ? before.hook_dialect : change.hookDialect,
  };
  if (connection !== undefined) {
    after.connection = JSON.stringify(connection.connection);
    after.sealed_secrets = connection.sealedSecrets;
  }
  if (pacing !== undefined) {
    after.interval_ms = pacing.intervalMs;
    after.jitter_ms = pacing.jitterMs;
    after.per_day = pacing.perDay;
    after.paused = pacing.paused ? 1 : 0;
  }
  if (JSON.stringify(after) === JSON.stringify(before)) return unchanged(engine, before, now);
  engine.sql.run(updateSettings, after);
  return { seq: appendAccountChanged(engine, id, 'UPDATED', now), object: account(engine, id, now) };
}

function unchanged(engine: Engine, row: AccountRow, now: Millis): Changed<Account> {
  return { seq: newestSeq(engine), object: accountOf(row, engine.days.of(now)) };
}

const updateWanted = statement((v: { id: number; wanted: 0 | 1 }) =>
  build.updateTable('account').set({ wanted: v.wanted }).where('id', '=', v.id),
);

/** See `Store.wantAccount`. */
export function wantAccount(engine: Engine, id: number, wanted: boolean, state: StateChange): Changed<Account> {
  const before = expectAccount(engine, id);
  const flag = wanted ? 1 : 0;
  engine.sql.run(updateWanted, { id, wanted: flag });
  const entered: StateChange = wanted ? state : { ...state, state: 'STOPPED', qrCode: null };
  let seq = enterState(engine, before, entered);
  // Where the state stays as it is, the log must still say that something changed: lanes are run by it.
  if (seq === null && flag !== before.wanted) seq = appendAccountChanged(engine, id, 'UPDATED', state.now);
  return { seq: seq ?? newestSeq(engine), object: account(engine, id, state.now) };
}

const updateState = statement(
  (v: Pick<AccountTable, 'state' | 'state_reason' | 'state_since' | 'qr_code'> & { id: number }) =>
    build
      .updateTable('account')
      .set({ state: v.state, state_reason: v.state_reason, state_since: v.state_since, qr_code: v.qr_code })
      .where('id', '=', v.id),
);

/** Null: state, reason and QR code are these already. */
function enterState(engine: Engine, before: AccountRow, change: StateChange): Seq | null {
  const { state, reason, now } = change;
  const shown = before.qr_code === null ? null : (JSON.parse(before.qr_code) as QrCode);
  const isScanning = before.state === 'SCANNING' && state === 'SCANNING';
  const qrCode = change.qrCode === 'keep' ? (isScanning ? shown : null) : change.qrCode;
  if (before.state === state && before.state_reason === reason && isSameCode(shown, qrCode)) return null;
  engine.sql.run(updateState, {
    id: before.id,
    state,
    state_reason: reason,
    state_since: before.state === state ? before.state_since : now,
    qr_code: qrCode === null ? null : JSON.stringify(qrCode),
  });
  return append(engine, {
    kind: 'CLIENT_STATE_CHANGED',
    at: now,
    accountId: before.id,
    data: { from: before.state, to: state, reason, qrCode },
  });
}

function isSameCode(a: QrCode | null, b: QrCode | null): boolean {
  if (a === null || b === null) return a === b;
  return a.url === b.url && a.image === b.image && a.expiresAt === b.expiresAt;
}

/** See `Store.setState`. */
export function setState(engine: Engine, accountId: number, change: StateChange, lane?: Lane): boolean {
  const before = liveAccount(engine, accountId);
  if (before === undefined) return false;
  // Who stopped an account wants it shown as stopped, whatever its lane was just finding out.
  if (lane !== undefined && (lane.accountId !== accountId || before.wanted !== 1 || !isHeld(engine, lane)))
    return false;
  enterState(engine, before, change);
  return true;
}

const updateSelf = statement((v: { id: number } & Self) =>
  build
    .updateTable('account')
    .set({
      self_wxid: v.wxid,
      self_name: v.name,
      self_alias: v.alias,
      self_uid: v.uid,
      self_avatar_url: v.avatarUrl,
    })
    .where('id', '=', v.id),
);

/** Who the account's own person is. What an upstream does not tell of the same person stays as it was. */
export function setSelf(engine: Engine, accountId: number, self: Self, now: Millis): void {
  const row = liveAccount(engine, accountId);
  if (row === undefined) return;
  const before = selfOf(row);
  const isSame = before !== null && (before.wxid === self.wxid || (before.uid !== null && before.uid === self.uid));
  const known = isSame ? before : null;
  const after: Self = {
    wxid: self.wxid,
    name: self.name ?? known?.name ?? null,
    alias: self.alias ?? known?.alias ?? null,
    uid: self.uid ?? known?.uid ?? null,
    avatarUrl: self.avatarUrl ?? known?.avatarUrl ?? null,
  };
  if (JSON.stringify(after) === JSON.stringify(before)) return;
  engine.sql.run(updateSelf, { id: accountId, ...after });
  appendAccountChanged(engine, accountId, 'UPDATED', now);
}

const updateDeleted = statement((v: { id: number; at: Millis; seq: Seq }) =>
  build.updateTable('account').set({ deleted_at: v.at, deleted_seq: v.seq, wanted: 0 }).where('id', '=', v.id),
);

/** See `Store.deleteAccount`. The row stays, so that the id is never used again and what is in flight can be settled. */
export function deleteAccount(engine: Engine, id: number, now: Millis): { seq: Seq } {
  expectAccount(engine, id);
  cancelAll(engine, id, now);
  leaveAllGroups(engine, id, now);
  releaseUploads(engine, id, now);
  dropDeliveriesOfAccount(engine, id);
  const seq = appendAccountChanged(engine, id, 'DELETED', now);
  engine.sql.run(updateDeleted, { id, at: now, seq });
  return { seq };
}
