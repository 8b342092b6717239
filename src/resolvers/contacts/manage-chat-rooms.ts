import type { Account, Contact } from '../../db/model.ts';
import type { Changed } from '../../db/store.ts';
import type { App } from '../app.ts';
import { askUpstream } from '../accounts/ask-upstream.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { badInput } from '../errors.ts';
import { findMembers } from './find-members.ts';
import { findReceiver } from '../send/find-receiver.ts';
import { readOptionalText, readText } from '../input.ts';
import { lookAgain } from './look-again.ts';
import { readAccount, readAccountById } from '../accounts/read-accounts.ts';
import { readContact } from './read-contacts.ts';

const maxMembers = 100;
const maxName = 50;

/** A new chat room of these people and the account; it is in the contact list from then on. */
export async function createChatRoom(
  app: App,
  caller: Caller,
  input: { accountId: string; members: readonly string[]; name?: string | null },
): Promise<Changed<Contact>> {
  requireScope(caller, 'SEND');
  const name = readOptionalText('name', input.name, maxName);
  const account = await readAccount(app, caller, input.accountId);
  const people = await findPeople(app, account, input.members);
  return askUpstream(app, account, {
    capability: 'CHAT_ROOM_ADMIN',
    act: (driver, signal) => driver.chatRooms!.create(people, name, signal),
    keep: async (made, driver, signal) => {
      const seen = made.members ? null : await lookAgain(app, driver, made.wxid, signal);
      const room = { ...made, ...seen };
      // What is looked up at once may not know the name yet.
      return app.store.addContact(account.id, { ...room, name: room.name || (name ?? '') }, app.clock.now());
    },
  });
}

/** Adds people to a chat room, or invites them where WeChat wants their consent: the members are those that are in it then. */
export async function inviteToChatRoom(
  app: App,
  caller: Caller,
  input: { chatRoomId: string; members: readonly string[] },
): Promise<Changed<Contact>> {
  const { account, room } = await readRoom(app, caller, input.chatRoomId);
  const people = await findPeople(app, account, input.members);
  return askUpstream(app, account, {
    capability: 'CHAT_ROOM_ADMIN',
    act: (driver, signal) => driver.chatRooms!.invite(room.wxid, people, signal),
    keep: async (_, driver, signal) => {
      const seen = await lookAgain(app, driver, room.wxid, signal);
      return app.store.changeContact(room.id, seen ?? {}, app.clock.now());
    },
  });
}

/** Removes members of a chat room. */
export async function removeFromChatRoom(
  app: App,
  caller: Caller,
  input: { chatRoomId: string; members: readonly string[] },
): Promise<Changed<Contact>> {
  const { account, room } = await readRoom(app, caller, input.chatRoomId);
  const members = await findMembers(app, room, readMembers(input.members));
  return askUpstream(app, account, {
    capability: 'CHAT_ROOM_ADMIN',
    act: (driver, signal) => driver.chatRooms!.remove(room.wxid, members, signal),
    keep: () => app.store.removeMembers(room.id, members, app.clock.now()),
  });
}

/** Names a chat room, for all its members. */
export async function renameChatRoom(
  app: App,
  caller: Caller,
  input: { chatRoomId: string; name: string },
): Promise<Changed<Contact>> {
  const { account, room } = await readRoom(app, caller, input.chatRoomId);
  const name = readText('name', input.name, maxName);
  return askUpstream(app, account, {
    capability: 'CHAT_ROOM_ADMIN',
    act: (driver, signal) => driver.chatRooms!.rename(room.wxid, name, signal),
    keep: () => app.store.changeContact(room.id, { name }, app.clock.now()),
  });
}

async function readRoom(app: App, caller: Caller, id: string): Promise<{ account: Account; room: Contact }> {
  requireScope(caller, 'SEND');
  const room = await readContact(app, caller, id);
  if (room.kind !== 'CHAT_ROOM') throw badInput('chatRoomId', 'This contact is no chat room.');
  return { room, account: await readAccountById(app, room.accountId) };
}

/** wxids of the people whom texts mean, as receivers of a send are found, each once. */
async function findPeople(app: App, account: Account, given: readonly string[]): Promise<string[]> {
  const wxids = new Set<string>();
  for (const text of readMembers(given)) {
    const { receiver, kind } = await findReceiver(app, account, text, 'members');
    if (kind === 'CHAT_ROOM' || kind === 'OFFICIAL_ACCOUNT') {
      throw badInput('members', `${JSON.stringify(text)} is not a person.`);
    }
    wxids.add(receiver);
  }
  return [...wxids];
}

function readMembers(given: readonly string[]): string[] {
  if (given.length === 0 || given.length > maxMembers) throw badInput('members', `Name 1 to ${maxMembers} people.`);
  return given.map((text) => readText('members', text, 200));
}
