/** What an account knows: itself, its friends, its chat rooms. */
import { listContacts, listMembers } from '../../resolvers/contacts/list-contacts.ts';
import type { Account, Contact } from '../../resolvers/shapes.ts';
import type { App } from '../../resolvers/app.ts';
import { type Call, told } from './call.ts';
import { Failure, objectNotFound } from './failure.ts';
import { type JsonObject, textOf } from './json.ts';
import { friendsJson, groupJson, userJson } from './objects.ts';

export const getUserInfo = told(async (call) => {
  const { self } = await call.account();
  if (self === null) throw new Failure(1, 'client not logged in');
  return userJson(self);
});

export const getFriendInfo = told(async (call) => friendsJson(await listContacts(call.app, await call.account())));

export const getGroupInfo = told(async (call) => {
  const account = await call.account();
  return groupsOf(call.app, account, await roomsOf(call.app, account));
});

export const getGroupBasicInfo = told(async (call) => {
  const account = await call.account();
  return (await roomsOf(call.app, account)).map((room) => groupJson(room, null, account.self));
});

export const searchFriend = told(async (call) => {
  const wanted = searched(call);
  const found = friendsJson(await listContacts(call.app, await call.account())).filter((one) => has(one, wanted));
  if (found.length === 0) throw objectNotFound();
  return found;
});

export const searchGroup = told(async (call) => {
  const wanted = searched(call);
  const account = await call.account();
  const rooms = await roomsOf(call.app, account);
  const found = rooms.filter((room) => has(groupJson(room, null, account.self), wanted));
  if (found.length === 0) throw objectNotFound();
  return groupsOf(call.app, account, found);
});

async function roomsOf(app: App, account: Account): Promise<Contact[]> {
  return (await listContacts(app, account)).filter(({ kind }) => kind === 'CHAT_ROOM');
}

/** With their members. */
export async function groupsOf(app: App, account: Account, rooms: readonly Contact[]): Promise<JsonObject[]> {
  const groups: JsonObject[] = [];
  for (const room of rooms) groups.push(groupJson(room, await listMembers(app, room), account.self));
  return groups;
}

/** Parameters that are no attributes of what is searched; `_` is how scripts of pages keep an answer from being cached. */
const ownParams = new Set(['client', 'datatype', 'callback', '_']);

/** The last of a repeated one counts. Nothing given finds nothing. */
function searched({ params }: Call): [name: string, value: string][] {
  const names = params.names().filter((name) => !ownParams.has(name));
  if (names.length === 0) throw objectNotFound();
  return names.map((name) => {
    const value = params.all(name).at(-1) ?? null;
    if (value === null) throw objectNotFound();
    return [name, value];
  });
}

/** Whether it has these attributes; a name that is no attribute matches nobody. */
function has(object: JsonObject, wanted: readonly [name: string, value: string][]): boolean {
  return wanted.every(([name, value]) => Object.hasOwn(object, name) && textOf(object[name]) === value);
}
