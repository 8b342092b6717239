/** `/api/groups`. */
import { showId } from '../../resolvers/ids.ts';
import { createGroup, deleteGroup, readAllGroups } from '../../resolvers/accounts/manage-groups.ts';
import type { Group } from '../../resolvers/shapes.ts';
import type { Answer } from './call.ts';

export const listGroups: Answer = async ({ app, caller }) => ({
  groups: (await readAllGroups(app, caller)).map(showGroup),
});

/** The documentation does not call `account_ids` required, and a group may be empty: without them it is. */
export const addGroup: Answer = async ({ app, caller, body }) => {
  const fields = body();
  const { object } = await createGroup(app, caller, {
    name: fields.text('name'),
    accountIds: fields.optionalTexts('account_ids') ?? [],
  });
  return { success: true, group: showGroup(object) };
};

export const removeGroup: Answer = async ({ app, caller, id }) => {
  await deleteGroup(app, caller, id);
  return { success: true };
};

function showGroup(group: Group): Record<string, unknown> {
  return {
    id: showId('group', group.id),
    name: group.name,
    account_ids: group.accountIds.map((id) => showId('account', id)),
  };
}
