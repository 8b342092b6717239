/**
 * Making friends. E云 names a stranger, and a request, by two texts that its clients only hand on: v1 and v2. Here they hold whom
 * or which message they stand for.
 */
import { badInput } from '../../resolvers/errors.ts';
import { acceptFriendRequest, addFriend } from '../../resolvers/contacts/make-friends.ts';
import { capabilitiesOf } from '../../resolvers/accounts/read-accounts.ts';
import { findPerson } from '../../resolvers/contacts/find-person.ts';
import { onlineAccountOf, wIdOf } from './account.ts';
import type { Answer, Call } from './call.ts';
import { showPerson } from './show-person.ts';
import { bad, good } from './told.ts';

export function ticketsOf(of: string): { v1: string; v2: string } {
  return { v1: `v1_${of}@stranger`, v2: `v2_${of}@stranger` };
}

/**
 * Whoever is known is told; of a stranger nothing but the texts, with which addUser will look. A friend has no v2. As at E云 no
 * stranger is found by a wxid.
 */
export const searchUser: Answer = async (call) => {
  const { app, params } = call;
  const account = await onlineAccountOf(call);
  const who = params.wxid('wcId');
  const person = await findPerson(app, account, who);
  const canLook = capabilitiesOf(app, account).includes('ADD_FRIEND') && !/^wxid_|@/.test(who);
  if (person === null && !canLook) return bad('用户不存在');
  const isFriend = person?.is === 'contact' && person.contact.kind === 'FRIEND';
  const shown = person && (await showPerson(call, person));
  const { v1, v2 } = ticketsOf(who);
  return good({
    userName: isFriend ? who : v1,
    nickName: shown?.['nickName'] ?? '',
    sex: shown?.['sex'] ?? 0,
    bigHead: shown?.['bigHead'] ?? '',
    smallHead: shown?.['smallHead'] ?? '',
    v1: isFriend ? who : v1,
    v2: isFriend ? '' : v2,
  });
};

export const addUser: Answer = async (call) => {
  const account = await onlineAccountOf(call);
  await ask(call, wIdOf(account), ticket(call), call.params.optional('verify'));
  return good();
};

export const addRoomMemberFriend: Answer = async (call) => {
  const account = await onlineAccountOf(call);
  call.params.wxid('chatRoomId');
  await ask(call, wIdOf(account), call.params.wxid('memberWcId'), call.params.optional('content'));
  return good(null, '添加群好友成功');
};

export const acceptUser: Answer = async (call) => {
  await onlineAccountOf(call);
  await acceptFriendRequest(call.app, call.caller, ticket(call));
  return good();
};

async function ask({ app, caller }: Call, accountId: string, wxid: string, greeting: string | null): Promise<void> {
  await addFriend(app, caller, { accountId, wxid, greeting });
}

/** What the v1 of a call stands for. */
function ticket({ params }: Call): string {
  const [, of] = /^v1_(.{1,150})@stranger$/.exec(params.text('v1')) ?? [];
  if (of === undefined) throw badInput('v1', 'v1 must be one that searchUser or a friend request told.');
  return of;
}
