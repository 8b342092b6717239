import type { Selectable } from 'kysely';
import type { ContactKind, QrCode } from '../../words.ts';
import type { Account, ContactSync, Self } from '../model.ts';
import { StoreError } from '../store.ts';
import type { Engine } from './engine.ts';
import { build, statement } from './sql.ts';
import { sentOn } from './take.ts';
import type { AccountTable, OwnerTable } from './tables.ts';

export type AccountRow = Selectable<AccountTable> & Pick<Selectable<OwnerTable>, 'sent_today' | 'sent_day'>;

/** Accounts that are not deleted. */
export function selectAccounts() {
  return build
    .selectFrom('account')
    .innerJoin('owner', 'owner.account_id', 'account.id')
    .selectAll('account')
    .select(['owner.sent_today', 'owner.sent_day'])
    .where('account.deleted_at', 'is', null);
}

const selectAccount = statement(({ id }: { id: number }) => selectAccounts().where('account.id', '=', id));

/** The account, unless there is none or it was deleted. */
export function liveAccount(engine: Engine, id: number): AccountRow | undefined {
  return engine.sql.first(selectAccount, { id });
}

/** The same, or NOT_FOUND. */
export function expectAccount(engine: Engine, id: number): AccountRow {
  const row = liveAccount(engine, id);
  if (row === undefined) throw new StoreError('NOT_FOUND', `there is no account ${id}`);
  return row;
}

/** `today` is the gateway's present day. */
export function accountOf(row: AccountRow, today: string): Account {
  return {
    id: row.id,
    name: row.name,
    remark: row.remark,
    driver: row.driver,
    connection: JSON.parse(row.connection) as Account['connection'],
    sealedSecrets: row.sealed_secrets,
    callbackHash: row.callback_hash,
    sealedCallback: row.sealed_callback,
    self: selfOf(row),
    state: row.state,
    stateReason: row.state_reason,
    stateSince: row.state_since,
    qrCode: row.qr_code === null ? null : (JSON.parse(row.qr_code) as QrCode),
    wanted: row.wanted === 1,
    defaultReceiver: row.default_receiver,
    pacing: {
      intervalMs: row.interval_ms,
      jitterMs: row.jitter_ms,
      perDay: row.per_day,
      paused: row.paused === 1,
    },
    hookDialect: row.hook_dialect,
    sentToday: sentOn(row, today),
    sync: syncOf(row),
    lastMessageAt: row.last_message_at,
    createdAt: row.created_at,
  };
}

export function selfOf(row: AccountRow): Self | null {
  if (row.self_wxid === null) return null;
  return {
    wxid: row.self_wxid,
    name: row.self_name,
    alias: row.self_alias,
    uid: row.self_uid,
    avatarUrl: row.self_avatar_url,
  };
}

export function syncOf(row: AccountRow): ContactSync {
  return {
    state: row.sync_state,
    done: row.sync_done,
    total: row.sync_total,
    error: row.sync_error,
    finishedAt: row.sync_finished_at,
    friends: row.friends,
    chatRooms: row.chat_rooms,
    officialAccounts: row.official_accounts,
    others: row.others,
  };
}

/** By kind that was fetched whole at least once: the account's own wxid then, empty where it was not known. */
export function syncedKinds(row: AccountRow): Partial<Record<ContactKind, string>> {
  return JSON.parse(row.synced) as Partial<Record<ContactKind, string>>;
}
