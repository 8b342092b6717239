import type { Account, Contact } from '../../db/model.ts';
import type { Changed } from '../../db/store.ts';
import type { App } from '../app.ts';
import { askUpstream } from '../accounts/ask-upstream.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { readOptionalText } from '../input.ts';
import { readAccountById } from '../accounts/read-accounts.ts';
import { readContact } from './read-contacts.ts';

const maxRemark = 50;

/** Names a contact for the account alone; an empty remark takes the name away. */
export async function setRemark(
  app: App,
  caller: Caller,
  input: { contactId: string; remark: string },
): Promise<Changed<Contact>> {
  const { account, contact } = await readOwn(app, caller, input.contactId);
  const remark = readOptionalText('remark', input.remark, maxRemark);
  return askUpstream(app, account, {
    capability: 'SET_REMARK',
    act: (driver, signal) => driver.setRemark!(contact.wxid, remark ?? '', signal),
    keep: () => app.store.changeContact(contact.id, { remark }, app.clock.now()),
  });
}

/** Keeps the conversation with a contact on top of the list, or no longer. */
export async function pinContact(
  app: App,
  caller: Caller,
  input: { contactId: string; pinned: boolean },
): Promise<Changed<Contact>> {
  const { account, contact } = await readOwn(app, caller, input.contactId);
  const { pinned } = input;
  return askUpstream(app, account, {
    capability: 'PIN',
    act: (driver, signal) => driver.pin!(contact.wxid, pinned, signal),
    keep: () => app.store.changeContact(contact.id, { pinned }, app.clock.now()),
  });
}

async function readOwn(app: App, caller: Caller, id: string): Promise<{ account: Account; contact: Contact }> {
  requireScope(caller, 'SEND');
  const contact = await readContact(app, caller, id);
  return { contact, account: await readAccountById(app, contact.accountId) };
}
