import type { Account, Group } from '../../db/model.ts';
import type { App } from '../app.ts';
import type { Caller } from '../access/caller.ts';
import { type Connection, type PageArgs, connection, readFirst } from '../connection.ts';
import { readKey } from '../events/cursors.ts';
import type { Loaders } from '../load.ts';
import { readAllGroups } from './manage-groups.ts';

/** The groups that an account is in, by name. An account is in few groups, so they are sorted here. */
export async function readAccountGroups(
  app: App,
  caller: Caller,
  loaders: Loaders,
  account: Account,
  args: PageArgs,
): Promise<Connection<Group>> {
  const first = readFirst(args.first);
  const groupsOf = loaders.list('groups', null, async (accountIds) => {
    const all = (await readAllGroups(app, caller, accountIds)).toSorted(byName);
    return accountIds.map((id) => all.filter((group) => group.accountIds.includes(id)));
  });
  const groups = await groupsOf.load(account.id);
  const cursor = args.after ?? null;
  const after = cursor === null ? null : readKey<[string, number]>('accountGroups', cursor, ['string', 'number']);
  const rest = after ? groups.filter((group) => byName(group, { name: after[0], id: after[1] }) > 0) : groups;
  const items = rest.slice(0, first);
  const slice = { items, hasNext: rest.length > first, hasPrevious: rest.length < groups.length };
  return connection(
    'accountGroups',
    slice,
    (group) => [group.name, group.id],
    async () => groups.length,
  );
}

type Named = { name: string; id: number };

function byName(a: Named, b: Named): number {
  return a.name === b.name ? a.id - b.id : a.name < b.name ? -1 : 1;
}
