/** Groups (分组): named sets of accounts. */
import type { Group } from '../../db/model.ts';
import type { Changed } from '../../db/store.ts';
import type { App } from '../app.ts';
import { type Caller, requireScope, visibleAccounts } from '../access/caller.ts';
import { type Connection, type PageArgs, connection, keysetPage } from '../connection.ts';
import { badInput, notFound } from '../errors.ts';
import { readId } from '../ids.ts';
import { readText } from '../input.ts';
import { readAccountIds } from './read-account-ids.ts';

export type { Group };

/** By id. A caller of certain accounts sees the groups that hold one of them, with those members only. */
export async function readGroups(app: App, caller: Caller, args: PageArgs): Promise<Connection<Group>> {
  const page = keysetPage<[number]>('groups', args, ['number']);
  const filter = { accountIds: caller.accountIds };
  const slice = await app.store.queries.groups(filter, page);
  const items = slice.items.map((group) => seenBy(caller, group));
  return connection(
    'groups',
    { ...slice, items },
    (group) => [group.id],
    () => app.store.queries.countGroups(filter),
  );
}

/** All groups that the caller may see, by id; with `accountIds` those that hold one of them. */
export async function readAllGroups(app: App, caller: Caller, accountIds?: readonly number[]): Promise<Group[]> {
  const filter = { accountIds: visibleAccounts(caller, accountIds) };
  const groups: Group[] = [];
  for (;;) {
    const after: [number] | null = groups.length > 0 ? [groups.at(-1)!.id] : null;
    const slice = await app.store.queries.groups(filter, { first: 500, after });
    groups.push(...slice.items);
    if (!slice.hasNext) return groups.map((group) => seenBy(caller, group));
  }
}

export async function readGroup(app: App, caller: Caller, id: string): Promise<Group> {
  const groupId = readId('group', id);
  const [group] = groupId === null ? [] : await app.store.queries.groupsById([groupId]);
  const seen = group && seenBy(caller, group);
  if (!seen || (caller.accountIds !== null && seen.accountIds.length === 0)) throw notFound('group', id);
  return seen;
}

export async function createGroup(
  app: App,
  caller: Caller,
  input: { name: string; accountIds: readonly string[] },
): Promise<Changed<Group>> {
  requireScope(caller, 'ADMIN');
  const name = readText('name', input.name, 50);
  const accountIds = await readAccountIds(app, input.accountIds);
  return app.store.createGroup({ name, accountIds, now: app.clock.now() });
}

export async function updateGroup(
  app: App,
  caller: Caller,
  input: { id: string; name?: string | null; accountIds?: readonly string[] | null },
): Promise<Changed<Group>> {
  requireScope(caller, 'ADMIN');
  const group = await readGroup(app, caller, input.id);
  if (input.name === null) throw badInput('name', 'A group must keep a name.');
  const change: { name?: string; accountIds?: readonly number[] } = {};
  if (input.name !== undefined) change.name = readText('name', input.name, 50);
  if (input.accountIds !== undefined) change.accountIds = await readAccountIds(app, input.accountIds ?? []);
  return app.store.updateGroup(group.id, change, app.clock.now());
}

export async function addToGroup(
  app: App,
  caller: Caller,
  input: { id: string; accountIds: readonly string[] },
): Promise<Changed<Group>> {
  requireScope(caller, 'ADMIN');
  const group = await readGroup(app, caller, input.id);
  const add = await readAccountIds(app, input.accountIds);
  return app.store.changeGroupMembers(group.id, { add }, app.clock.now());
}

export async function removeFromGroup(
  app: App,
  caller: Caller,
  input: { id: string; accountIds: readonly string[] },
): Promise<Changed<Group>> {
  requireScope(caller, 'ADMIN');
  const group = await readGroup(app, caller, input.id);
  const remove = await readAccountIds(app, input.accountIds);
  return app.store.changeGroupMembers(group.id, { remove }, app.clock.now());
}

export async function deleteGroup(app: App, caller: Caller, id: string): Promise<{ deletedId: string; seq: number }> {
  requireScope(caller, 'ADMIN');
  const group = await readGroup(app, caller, id);
  const { seq } = await app.store.deleteGroup(group.id, app.clock.now());
  return { deletedId: id, seq };
}

/** The group as the caller may see it. */
export function seenBy(caller: Caller, group: Group): Group {
  if (caller.accountIds === null) return group;
  const { accountIds } = caller;
  return { ...group, accountIds: group.accountIds.filter((id) => accountIds.includes(id)) };
}
