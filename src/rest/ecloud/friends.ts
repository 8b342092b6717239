/**
 * Making friends. E云 names a stranger, and a request, by two texts that its clients only hand on: v1 and v2. Here they hold whom
 * or which message they stand for.
 */
import { badInput } from '../../resolvers/errors.ts';
import { acceptFriendRequest, addFriend } from '../../resolvers/contacts/make-friends.ts';
import { capabilitiesOf } from '../../resolvers/accounts/read-accounts.ts';
import { type KnownPerson, findPerson } from '../../resolvers/contacts/find-person.ts';
import { type FoundPerson, searchPerson } from '../../resolvers/contacts/search-person.ts';
import { onlineAccountOf, wIdOf } from './account.ts';
import type { Answer, Call } from './call.ts';
import { sexes, showPerson } from './show-person.ts';
import { type Told, bad, good } from './told.ts';

export function ticketsOf(of: string): { v1: string; v2: string } {
  return { v1: `v1_${of}@stranger`, v2: `v2_${of}@stranger` };
}

/**
 * Whoever is known is told; others are looked for where the account's upstream can, and else there are nothing but the texts, with
 * which addUser will look. A friend has no v2. As at E云 no stranger is found by a wxid.
 */
export const searchUser: Answer = async (call) => {
  const { app, caller, params } = call;
  const account = await onlineAccountOf(call);
  const who = params.wxid('wcId');
  const person = await findPerson(app, account, who);
  if (person !== null) return good(await showFound(call, person, who));
  const canLook = capabilitiesOf(app, account).includes('ADD_FRIEND') && !/^wxid_|@/.test(who);
  const found = canLook ? await searchPerson(app, caller, { accountId: wIdOf(account), number: who }) : 'NOBODY';
  if (found === 'NOBODY') return bad('用户不存在');
  if (found === 'NOT_ASKED') return good({ ...nothing, ...ticketsOf(who), userName: ticketsOf(who).v1 });
  const friend = found.wxid === null ? null : await findPerson(app, account, found.wxid);
  return good(friend === null ? showStranger(found, who) : await showFound(call, friend, found.wxid!));
};

const nothing = { nickName: '', sex: 0, bigHead: '', smallHead: '' } as const;

async function showFound(call: Call, person: KnownPerson, who: string): Promise<Told['data']> {
  const { nickName, sex, bigHead, smallHead } = await showPerson(call, person);
  const isFriend = person.is === 'contact' && person.contact.kind === 'FRIEND';
  const { v1, v2 } = isFriend ? { v1: who, v2: '' } : ticketsOf(who);
  return { userName: v1, nickName, sex, bigHead, smallHead, v1, v2 };
}

function showStranger({ wxid, name, sex, avatarUrl, smallAvatarUrl }: FoundPerson, who: string): Told['data'] {
  const { v1, v2 } = wxid === null ? ticketsOf(who) : { v1: wxid, v2: '' };
  const bigHead = avatarUrl ?? '';
  const smallHead = smallAvatarUrl ?? bigHead;
  return { userName: v1, nickName: name ?? '', sex: sexes[sex], bigHead, smallHead, v1, v2 };
}

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
