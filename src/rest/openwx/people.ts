/** People: how they are called, whether they are on top, becoming friends. */
import { pinContact, setRemark } from '../../resolvers/contacts/change-contact.ts';
import { findFriendRequest } from '../../resolvers/contacts/find-friend-request.ts';
import { findPerson } from '../../resolvers/contacts/find-person.ts';
import { showId } from '../../resolvers/ids.ts';
import { acceptFriendRequest, addFriend } from '../../resolvers/contacts/make-friends.ts';
import { showAccountId } from '../../resolvers/accounts/read-accounts.ts';
import type { Contact } from '../../resolvers/shapes.ts';
import { type Call, told } from './call.ts';
import { Failure, failureOf, objectNotFound } from './failure.ts';
import { findById, findFriend } from './target.ts';

const success = { code: 0, status: 'success' } as const;

/** With `group_id` of a member, which works for one who is a friend: WeChat has no remarks of others. */
export const setMarkname = told(async (call) => {
  const isMember = call.params.all('group_id').length > 0;
  return setRemarkOf(call, isMember ? await findById(call) : await findFriend(call));
});

export const setFriendMarkname = told(async (call) => setRemarkOf(call, await findFriend(call)));

/** An empty name takes the remark away; it must be given. */
async function setRemarkOf({ app, caller, params }: Call, contact: Contact) {
  const remark = params.one('new_markname');
  if (remark === null) throw new Failure(-1, 'new_markname is needed');
  await setRemark(app, caller, { contactId: showId('contact', contact.id), remark });
  return success;
}

export const stick = told(async (call) => {
  const { app, caller, params } = call;
  const { id } = await findById(call);
  const pinned = params.one('op') === null || params.flag('op');
  await pinContact(app, caller, { contactId: showId('contact', id), pinned });
  return success;
});

export const makeFriend = told(async (call) => {
  const { app, caller, params } = call;
  const account = await call.account();
  const person = await findPerson(app, account, params.one('id') ?? '');
  if (person === null) throw objectNotFound();
  if (person.is === 'self') throw new Failure(101, 'can not be yourself');
  if (person.is === 'contact' && person.contact.listed) throw new Failure(101, 'already a friend');
  const { wxid } = person.is === 'contact' ? person.contact : person.member;
  await addFriend(app, caller, { accountId: showAccountId(account), wxid, greeting: params.one('verify') });
  return success;
});

/** By the ticket that the event told. What was given is given back, whatever comes of it. */
export const acceptRequest = told(async (call) => {
  const { app, caller, params } = call;
  const given = { id: params.one('id'), displayname: params.one('displayname'), ticket: params.one('ticket') };
  try {
    const account = await call.account();
    const request = given.ticket ? await findFriendRequest(app, account, given.ticket) : null;
    const isSame = request?.content.type === 'FriendRequest' && [null, request.content.wxid].includes(given.id);
    if (!isSame) throw new Failure(-1, 'failure: there is no such request');
    await acceptFriendRequest(app, caller, showId('message', request.seq));
    return { ...success, ...given };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    throw new Failure(failure.code, failure.message, given);
  }
});
