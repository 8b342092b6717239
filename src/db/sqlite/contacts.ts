/** The contact list of an account: fetched whole, or told piece by piece. */
import { sql } from 'kysely';
import type { ContactChange, ContactKind, Millis } from '../../words.ts';
import type { ContactSync, Seq } from '../model.ts';
import type { Incoming, NewContact } from '../store.ts';
import { type AccountRow, expectAccount, liveAccount, syncedKinds, syncOf } from './account-rows.ts';
import {
  contactByWxid,
  type ContactRow,
  type Difference,
  firstDifference,
  freshContact,
  insertContact,
  isEqual,
  overlaid,
  updateContact,
} from './contact-rows.ts';
import type { Engine } from './engine.ts';
import { append, appendContactsSynced } from './journal.ts';
import { saveMembers } from './members.ts';
import { followNewIds } from './rekey.ts';
import { build, statement } from './sql.ts';

/** That a contact came, went or changed. */
export function appendContactChanged(
  engine: Engine,
  change: ContactChange,
  contact: ContactRow,
  difference: Difference | null,
  at: Millis,
): Seq {
  const { property, from, to } = difference ?? { property: null, from: null, to: null };
  return append(engine, {
    kind: 'CONTACT_CHANGED',
    at,
    accountId: contact.account_id,
    ref: contact.id,
    data: { change, memberId: null, property, from, to },
  });
}

const selectContacts = statement(({ accountId }: { accountId: number }) =>
  build.selectFrom('contact').selectAll().where('account_id', '=', accountId),
);
const countListed = statement(({ accountId }: { accountId: number }) =>
  build
    .selectFrom('contact')
    .select(['kind', sql<number>`count(*)`.as('count')])
    .where('account_id', '=', accountId)
    .where(sql<boolean>`listed = 1`)
    .groupBy('kind'),
);
const updateSync = statement(
  (
    v: Pick<
      AccountRow,
      'sync_done' | 'sync_total' | 'sync_finished_at' | 'friends' | 'chat_rooms' | 'official_accounts' | 'others'
    > & { id: number; synced: string },
  ) =>
    build
      .updateTable('account')
      .set({
        sync_state: 'DONE',
        sync_done: v.sync_done,
        sync_total: v.sync_total,
        sync_error: null,
        sync_finished_at: v.sync_finished_at,
        friends: v.friends,
        chat_rooms: v.chat_rooms,
        official_accounts: v.official_accounts,
        others: v.others,
        synced: v.synced,
      })
      .where('id', '=', v.id),
);

/** See `Store.saveContacts`. A kind that is fetched for the first time is told as a whole and not contact by contact. */
export function saveContacts(
  engine: Engine,
  accountId: number,
  contacts: readonly NewContact[],
  kinds: readonly ContactKind[],
  now: Millis,
): ContactSync {
  const account = expectAccount(engine, accountId);
  const synced = syncedKinds(account);
  const stored = new Map(engine.sql.all(selectContacts, { accountId }).map((row) => [row.wxid, row]));
  const given = new Map(contacts.map((contact) => [contact.wxid, contact]));
  followNewIds(engine, account, stored, given, now);
  for (const contact of given.values()) {
    const isFirst = synced[contact.kind] === undefined;
    const before = stored.get(contact.wxid);
    const row = saveContact(engine, accountId, before, contact, isFirst ? null : now);
    if (contact.members !== undefined) {
      const wereKnown = before !== undefined && before.member_count !== null;
      saveMembers(engine, row, contact.members, wereKnown ? now : null);
    }
  }
  for (const row of stored.values())
    if (row.listed === 1 && kinds.includes(row.kind) && !given.has(row.wxid))
      unlist(engine, row, synced[row.kind] === undefined ? null : now);

  for (const kind of kinds) synced[kind] = account.self_wxid ?? '';
  const counts = new Map(engine.sql.all(countListed, { accountId }).map(({ kind, count }) => [kind, count]));
  engine.sql.run(updateSync, {
    id: accountId,
    sync_done: contacts.length,
    sync_total: contacts.length,
    sync_finished_at: now,
    friends: counts.get('FRIEND') ?? 0,
    chat_rooms: counts.get('CHAT_ROOM') ?? 0,
    official_accounts: counts.get('OFFICIAL_ACCOUNT') ?? 0,
    others: counts.get('OTHER') ?? 0,
    synced: JSON.stringify(synced),
  });
  const sync = syncOf(expectAccount(engine, accountId));
  appendContactsSynced(engine, accountId, sync, now);
  return sync;
}

/** `at` null: without events. */
function saveContact(
  engine: Engine,
  accountId: number,
  before: ContactRow | undefined,
  given: NewContact,
  at: Millis | null,
): ContactRow {
  if (before === undefined) {
    const row = insertContact(engine, freshContact(accountId, given, 1));
    if (at !== null) appendContactChanged(engine, 'ADDED', row, null, at);
    return row;
  }
  const after = { ...overlaid(before, given), listed: 1 as const };
  if (isEqual(before, after)) return before;
  updateContact(engine, after);
  if (at === null) return after;
  const difference = firstDifference(before, after);
  if (before.listed === 0) appendContactChanged(engine, 'ADDED', after, null, at);
  else if (difference !== null) appendContactChanged(engine, 'UPDATED', after, difference, at);
  return after;
}

function unlist(engine: Engine, row: ContactRow, at: Millis | null): void {
  updateContact(engine, { ...row, listed: 0 });
  if (at !== null) appendContactChanged(engine, 'REMOVED', row, null, at);
}

/** One contact came, went or changed, as an upstream told it. What is known already is told to nobody. */
export function receiveContact(engine: Engine, item: Extract<Incoming, { type: 'contact' }>): void {
  const { accountId, contact, now } = item;
  const before = contactByWxid(engine, accountId, contact.wxid);
  if (item.change === 'REMOVED') {
    if (before?.listed === 1) unlist(engine, before, now);
    return;
  }
  const wereKnown = before !== undefined && before.member_count !== null;
  const after =
    before === undefined
      ? insertContact(engine, freshContact(accountId, contact, 1))
      : { ...overlaid(before, contact), listed: 1 as const };
  if (before !== undefined && !isEqual(before, after)) updateContact(engine, after);
  if (contact.members !== undefined) saveMembers(engine, after, contact.members, wereKnown ? now : null);
  if (before === undefined || before.listed === 0) {
    appendContactChanged(engine, item.change, after, toldDifference(item, null), now);
    return;
  }
  const difference = firstDifference(before, after);
  // How somebody stands to the account is kept nowhere: a repetition is told again rather than the one time not at all.
  if (difference !== null || item.property === 'relation')
    appendContactChanged(engine, 'UPDATED', after, toldDifference(item, difference), now);
}

function toldDifference(
  item: Extract<Incoming, { type: 'contact' }>,
  difference: Difference | null,
): Difference | null {
  return item.property === null ? difference : { property: item.property, from: item.from, to: item.to };
}

const updateProgress = statement((v: { id: number; done: number; total: number | null }) =>
  build
    .updateTable('account')
    .set({ sync_state: 'RUNNING', sync_done: v.done, sync_total: v.total, sync_error: null })
    .where('id', '=', v.id),
);
const updateFailed = statement((v: { id: number; error: string; at: Millis }) =>
  build
    .updateTable('account')
    .set({ sync_state: 'FAILED', sync_error: v.error, sync_finished_at: v.at })
    .where('id', '=', v.id),
);

/** See `Store.syncProgress`. */
export function syncProgress(
  engine: Engine,
  accountId: number,
  progress: { done: number; total: number | null } | { error: string },
  now: Millis,
): void {
  if (liveAccount(engine, accountId) === undefined) return;
  if ('error' in progress) {
    engine.sql.run(updateFailed, { id: accountId, error: progress.error, at: now });
    appendContactsSynced(engine, accountId, syncOf(expectAccount(engine, accountId)), now);
  } else engine.sql.run(updateProgress, { id: accountId, ...progress });
}
