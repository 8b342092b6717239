/** The address book. */
import { pinContact, setRemark } from '../../resolvers/contacts/change-contact.ts';
import { badInput, notFound } from '../../resolvers/errors.ts';
import { showId } from '../../resolvers/ids.ts';
import { readAccountById } from '../../resolvers/accounts/read-accounts.ts';
import { type Contact, readContactByWxid } from '../../resolvers/contacts/read-contacts.ts';
import { findPeople } from '../../resolvers/contacts/find-person.ts';
import { listContacts } from '../../resolvers/contacts/list-contacts.ts';
import { syncContacts } from '../../resolvers/contacts/sync-contacts.ts';
import { waitUntil } from '../../resolvers/events/wait-until.ts';
import type { ContactKind } from '../../words.ts';
import { accountOf, onlineAccountOf, wIdOf } from './account.ts';
import type { Answer, Call } from './call.ts';
import { showWxid } from './ids.ts';
import { showPerson } from './show-person.ts';
import { bad, good } from './told.ts';

/** E云 takes no more. */
const mostContacts = 20;
/** Clients wait 4 s between making the list and getting it, and 10 s for an answer. */
const listMs = 8_000;

/** Begins to fetch the contacts anew, unless that is under way or the account is in doubt. */
export const initAddressList: Answer = async (call) => {
  const account = await onlineAccountOf(call);
  const mayBegin = account.state === 'RUNNING' && account.sync.state !== 'RUNNING';
  if (mayBegin) await syncContacts(call.app, call.caller, wIdOf(account));
  return good();
};

/** The list of the fetch that is under way; where that takes longer, the one before. There is always a whole one, or none. */
export const getAddressList: Answer = async (call) => {
  const { app, signal } = call;
  const { id } = await accountOf(call);
  const isFetched = async () => (await readAccountById(app, id)).sync.state !== 'RUNNING' || null;
  await waitUntil(app, id, listMs, isFetched, signal);
  const account = await readAccountById(app, id);
  const contacts = await listContacts(app, account);
  if (contacts.length === 0 && account.sync.state !== 'DONE') return bad('请先初始化通讯录列表，或稍后再试');
  const list = (kind: ContactKind) =>
    contacts.filter((one) => one.kind === kind).map((one) => showWxid(one.wxid, one.kind));
  return good(
    { chatrooms: list('CHAT_ROOM'), friends: list('FRIEND'), ghs: list('OFFICIAL_ACCOUNT'), others: list('OTHER') },
    '获取通讯录成功',
  );
};

/** Those of them who are known. */
export const getContact: Answer = async (call) => {
  const { app, params } = call;
  const account = await accountOf(call);
  const wxids = params.wxids('wcId');
  if (wxids.length > mostContacts) throw badInput('wcId', `wcId may name at most ${mostContacts} contacts.`);
  const people = await findPeople(app, account, wxids);
  return good(await Promise.all(people.map((person) => showPerson(call, person))));
};

export const modifyRemark: Answer = async (call) => {
  const contact = await contactOf(call, 'wcId');
  await setRemark(call.app, call.caller, {
    contactId: showId('contact', contact.id),
    remark: call.params.optional('remark') ?? '',
  });
  return good();
};

export const modifyGroupRemark: Answer = async (call) => {
  const contact = await contactOf(call, 'chatRoomId');
  await setRemark(call.app, call.caller, {
    contactId: showId('contact', contact.id),
    remark: call.params.optional('content') ?? '',
  });
  return good();
};

export const setTop: Answer = async (call) => {
  const contact = await contactOf(call, 'wcId');
  const type = call.params.text('operType');
  if (type !== '0' && type !== '1') throw badInput('operType', 'operType must be 0 or 1.');
  await pinContact(call.app, call.caller, { contactId: showId('contact', contact.id), pinned: type === '1' });
  return good();
};

/** The contact that a field names, of the account that is logged in. */
export async function contactOf(call: Call, field: string): Promise<Contact> {
  const account = await onlineAccountOf(call);
  const wxid = call.params.wxid(field);
  const contact = await readContactByWxid(call.app, call.caller, wIdOf(account), wxid);
  if (contact === null) throw notFound('contact', wxid);
  return contact;
}
