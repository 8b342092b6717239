import type { Account, Contact } from '../../db/model.ts';
import type { Changed } from '../../db/store.ts';
import type { App } from '../app.ts';
import { askUpstream } from '../accounts/ask-upstream.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { badInput, notFound } from '../errors.ts';
import { readId, showId } from '../ids.ts';
import { readOptionalText, readText } from '../input.ts';
import { lookAgain } from './look-again.ts';
import { readAccount, readAccountById } from '../accounts/read-accounts.ts';
import { readMessage } from '../messages/read-messages.ts';

const maxGreeting = 100;

/** Asks somebody to become a friend of the account. Whether they do is told later, as CONTACT_CHANGED. */
export async function addFriend(
  app: App,
  caller: Caller,
  input: { accountId: string; wxid: string; greeting?: string | null },
): Promise<Changed<Account>> {
  requireScope(caller, 'SEND');
  const greeting = readOptionalText('greeting', input.greeting, maxGreeting);
  const account = await readAccount(app, caller, input.accountId);
  const person = await findPerson(app, account, readText('wxid', input.wxid, 200));
  // What follows from it is later than this.
  const { newest: seq } = await app.store.bounds();
  return askUpstream(app, account, {
    capability: 'ADD_FRIEND',
    act: (driver, signal) => driver.addFriend!(person, greeting, signal),
    keep: async () => ({ object: await readAccount(app, caller, input.accountId), seq }),
  });
}

/** A member by its id, or anybody by wxid, with a chat room from which the account knows them, where there is one. */
async function findPerson(
  app: App,
  account: Account,
  given: string,
): Promise<{ wxid: string; roomWxid: string | null }> {
  const { queries } = app.store;
  const memberId = readId('member', given);
  if (memberId === null) {
    const [room] = await queries.roomsOfMember(account.id, given);
    return { wxid: given, roomWxid: room?.wxid ?? null };
  }
  const [member] = await queries.membersById([memberId]);
  if (!member || member.accountId !== account.id) {
    throw notFound(`member of a chat room of account ${showId('account', account.id)}`, given);
  }
  const [room] = await queries.contactsById([member.roomId]);
  return { wxid: member.wxid, roomWxid: member.present ? (room?.wxid ?? null) : null };
}

/** Accepts what a message of kind FRIEND_REQUEST asks; who asked is in the contact list from then on. */
export async function acceptFriendRequest(app: App, caller: Caller, messageId: string): Promise<Changed<Contact>> {
  requireScope(caller, 'SEND');
  const { accountId, content } = await readMessage(app, caller, messageId);
  if (content.type !== 'FriendRequest') throw badInput('messageId', 'This message is no friend request.');
  const { wxid, name, ticket } = content;
  if (wxid === null) throw badInput('messageId', 'Its upstream did not say who asks: accept it on the phone.');
  const account = await readAccountById(app, accountId);
  return askUpstream(app, account, {
    capability: 'FRIEND_REQUESTS',
    act: (driver, signal) => driver.acceptFriendRequest!({ wxid, name, ticket }, signal),
    keep: async (_, driver, signal) => {
      const seen = await lookAgain(app, driver, wxid, signal);
      const friend = { ...(name !== null && { name }), ...seen, wxid, kind: 'FRIEND' as const };
      return app.store.addContact(account.id, friend, app.clock.now());
    },
  });
}
