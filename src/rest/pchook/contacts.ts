/** Calls that tell of contacts. */
import { badInput } from '../../resolvers/errors.ts';
import { fetchContactsAndWait } from '../../resolvers/contacts/fetch-contacts.ts';
import { type KnownPerson, findPeople } from '../../resolvers/contacts/find-person.ts';
import { listContacts, listMembers } from '../../resolvers/contacts/list-contacts.ts';
import type { Contact } from '../../resolvers/contacts/read-contacts.ts';
import { readPicture } from '../../resolvers/media/read-picture.ts';
import { done, refused } from './answers.ts';
import type { Answer, Call } from './call.ts';
import { showBrief, showDetails, showListed, showMembers, showRoom, showRoomDetails } from './show-contact.ts';

/** Clients wait a minute for the fetch of all contacts. */
const fetchMs = 55_000;
const mostAtOnce = 100;

export const initContact: Answer = async ({ app, caller, accountId, name, signal }) => {
  const sync = await fetchContactsAndWait(app, caller, accountId, fetchMs, signal);
  return sync.state === 'FAILED' ? refused(name, sync.error ?? 'The contacts were not fetched.') : done(name);
};

export const listFriendsAndRooms: Answer = async ({ app, account }) => {
  const contacts = await listContacts(app, account);
  const is = (kind: Contact['kind']) => contacts.filter((contact) => contact.kind === kind && !isOfFirm(contact));
  return {
    friend: [...is('FRIEND'), ...is('OTHER')].map(showListed),
    chatroom: is('CHAT_ROOM').map(showRoom),
    gh: is('OFFICIAL_ACCOUNT').map(showListed),
    openim: contacts.filter(isOfFirm).map(showListed),
  };
};

/** Contacts of WeCom have a list of their own. */
function isOfFirm({ wxid }: Contact): boolean {
  return wxid.endsWith('@openim');
}

export const tellBriefly: Answer = async (call) => {
  const info = (await peopleOf(call, call.params.wxids('wxidlist'))).map(showBrief);
  return { count: String(info.length), info };
};

export const tellContacts: Answer = async (call) => ({
  contacts: (await peopleOf(call, call.params.wxids('wxids', 'wxidlist'))).map(showDetails),
});

/** Of a person or a chat room, the account's own person included; nothing of whom the account does not know. */
export const tellDetails: Answer = async (call) => {
  const [found] = await peopleOf(call, [call.params.wxid('wxidorgid', 'wxid', 'gid')]);
  if (found === undefined) return {};
  if (found.is !== 'contact' || found.contact.kind !== 'CHAT_ROOM') return showDetails(found);
  return showRoomDetails(found.contact, await listMembers(call.app, found.contact));
};

/** Nobody, where the account has no such chat room. */
export const tellMembers: Answer = async (call) => {
  const room = await findRoom(call);
  if (room === null) return { member_count: '0', member: [] };
  const { ownerWxid, name } = room;
  const told = showMembers(room, await listMembers(call.app, room));
  return { master_wxid: ownerWxid ?? '', chatroom_name: name, ...told };
};

export const tellMemberWxids: Answer = async (call) => {
  const room = await findRoom(call);
  const members = room === null ? [] : await listMembers(call.app, room);
  return { data: members.map(({ wxid }) => ({ wxid })) };
};

export const givePicture: Answer = async (call) => {
  const [found] = await peopleOf(call, [call.params.wxid('wxid', 'wxidorgid')]);
  const picture = found === undefined ? null : await readPicture(call.app, found.picture);
  return { img_hex: picture?.toString('hex').toUpperCase() ?? '' };
};

/** The chat room of this id; null where the account has none. */
async function findRoom(call: Call): Promise<Contact | null> {
  const [found] = await peopleOf(call, [call.params.wxid('gid', 'wxidorgid')]);
  return found?.is === 'contact' && found.contact.kind === 'CHAT_ROOM' ? found.contact : null;
}

async function peopleOf({ app, account }: Call, wxids: readonly string[]): Promise<KnownPerson[]> {
  if (wxids.length > mostAtOnce) throw badInput('wxidlist', `At most ${mostAtOnce} at once.`);
  return findPeople(app, account, wxids);
}
