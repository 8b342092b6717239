import type { Millis } from '../../words.ts';
import type { Change, Group, Seq } from '../model.ts';
import { type Changed, StoreError } from '../store.ts';
import { expectAccount } from './account-rows.ts';
import type { Engine } from './engine.ts';
import { append, newestSeq } from './journal.ts';
import { build, insertion, statement } from './sql.ts';

const insertGroup = insertion('account_group', ['name', 'created_at']);
const insertMember = insertion('account_group_member', ['group_id', 'account_id', 'position']);
const selectGroup = statement(({ id }: { id: number }) =>
  build.selectFrom('account_group').selectAll().where('id', '=', id),
);
const selectMembers = statement(({ id }: { id: number }) =>
  build.selectFrom('account_group_member').selectAll().where('group_id', '=', id).orderBy('position'),
);
const updateName = statement((v: { id: number; name: string }) =>
  build.updateTable('account_group').set({ name: v.name }).where('id', '=', v.id),
);
const deleteMembers = statement(({ id }: { id: number }) =>
  build.deleteFrom('account_group_member').where('group_id', '=', id),
);
const removeGroup = statement(({ id }: { id: number }) => build.deleteFrom('account_group').where('id', '=', id));
const selectGroupsOf = statement(({ accountId }: { accountId: number }) =>
  build.selectFrom('account_group_member').select('group_id').where('account_id', '=', accountId).orderBy('group_id'),
);

/** The group with its accounts, or NOT_FOUND. */
function expectGroup(engine: Engine, id: number): Group {
  const row = engine.sql.first(selectGroup, { id });
  if (row === undefined) throw new StoreError('NOT_FOUND', `there is no group ${id}`);
  const members = engine.sql.all(selectMembers, { id });
  return { id, name: row.name, createdAt: row.created_at, accountIds: members.map((member) => member.account_id) };
}

/** Replaces the members by these, in this order, each once. */
function putMembers(engine: Engine, id: number, accountIds: readonly number[]): void {
  engine.sql.run(deleteMembers, { id });
  let position = 0;
  for (const accountId of new Set(accountIds))
    engine.sql.run(insertMember, { group_id: id, account_id: accountId, position: (position += 1) });
}

function expectAccounts(engine: Engine, accountIds: readonly number[]): void {
  for (const accountId of new Set(accountIds)) expectAccount(engine, accountId);
}

/** Who was in the group and who is: both are told. */
function appendChanged(engine: Engine, change: Change, groupId: number, accountIds: number[], at: Millis): Seq {
  const groupAccountIds = [...new Set(accountIds)];
  return append(engine, {
    kind: 'GROUP_CHANGED',
    at,
    accountId: null,
    ref: groupId,
    data: { change, groupAccountIds },
  });
}

/** See `Store.createGroup`. */
export function createGroup(
  engine: Engine,
  input: { name: string; accountIds: readonly number[]; now: Millis },
): Changed<Group> {
  expectAccounts(engine, input.accountIds);
  const { id } = engine.sql.run(insertGroup, { name: input.name, created_at: input.now });
  putMembers(engine, id, input.accountIds);
  const object = expectGroup(engine, id);
  return { object, seq: appendChanged(engine, 'CREATED', id, object.accountIds, input.now) };
}

/** See `Store.updateGroup`. */
export function updateGroup(
  engine: Engine,
  id: number,
  change: { name?: string; accountIds?: readonly number[] },
  now: Millis,
): Changed<Group> {
  const before = expectGroup(engine, id);
  if (change.accountIds !== undefined) {
    expectAccounts(engine, change.accountIds);
    putMembers(engine, id, change.accountIds);
  }
  if (change.name !== undefined) engine.sql.run(updateName, { id, name: change.name });
  const object = expectGroup(engine, id);
  if (JSON.stringify(object) === JSON.stringify(before)) return { object, seq: newestSeq(engine) };
  const seq = appendChanged(engine, 'UPDATED', id, [...before.accountIds, ...object.accountIds], now);
  return { object, seq };
}

/** See `Store.changeGroupMembers`. */
export function changeGroupMembers(
  engine: Engine,
  id: number,
  change: { add?: readonly number[]; remove?: readonly number[] },
  now: Millis,
): Changed<Group> {
  const { add = [], remove = [] } = change;
  expectAccounts(engine, add);
  const present = expectGroup(engine, id).accountIds;
  const removed = new Set(remove);
  return updateGroup(engine, id, { accountIds: [...present, ...add].filter((one) => !removed.has(one)) }, now);
}

/** See `Store.deleteGroup`. */
export function deleteGroup(engine: Engine, id: number, now: Millis): { seq: Seq } {
  const before = expectGroup(engine, id);
  engine.sql.run(deleteMembers, { id });
  engine.sql.run(removeGroup, { id });
  return { seq: appendChanged(engine, 'DELETED', id, before.accountIds, now) };
}

/** An account goes: each of its groups loses it. */
export function leaveAllGroups(engine: Engine, accountId: number, now: Millis): void {
  for (const { group_id } of engine.sql.all(selectGroupsOf, { accountId }))
    changeGroupMembers(engine, group_id, { remove: [accountId] }, now);
}
