import type { Account, Contact } from '../../db/model.ts';
import type { ContactKind } from '../../words.ts';
import type { App } from '../app.ts';
import { GatewayError, badInput, notFound } from '../errors.ts';
import { readId, showId } from '../ids.ts';

const shownCandidates = 10;

/** A wxid, and what is known of the contact behind it; null where it is none. */
export type Receiver = { receiver: string; contactId: number | null; kind: ContactKind | null };

/**
 * Whom a receiver as given means, for this account: a Contact id, an exact wxid, an alias, else a display name, remark or
 * name that one contact alone has. What matches nothing is passed on as it is: an upstream may know more than we do.
 *
 * NOT_FOUND for a Contact id that is not this account's; AMBIGUOUS_RECEIVER, with candidates, for a name of several. `field` is
 * the input that it was given in; with `byId` a Contact id and an exact wxid alone are looked for.
 */
export async function findReceiver(
  app: App,
  account: Account,
  given: string,
  field = 'to',
  byId = false,
): Promise<Receiver> {
  const text = given.trim();
  if (text === '' || text.length > 200) throw badInput(field, 'A receiver has 1 to 200 characters.');
  if (text.startsWith('con_')) {
    const contactId = readId('contact', text);
    const [contact] = contactId === null ? [] : await app.store.queries.contactsById([contactId]);
    if (!contact || contact.accountId !== account.id) {
      throw notFound(`contact of account ${showId('account', account.id)}`, text);
    }
    return found(contact);
  }
  const [exact] = await app.store.queries.contactsByWxid([{ accountId: account.id, wxid: text }]);
  if (exact) return found(exact);
  if (byId) return { receiver: text, contactId: null, kind: null };
  const [named = []] = await app.store.queries.contactsNamed([{ accountId: account.id, text }], shownCandidates + 1);
  if (named.length === 1) return found(named[0]!);
  if (named.length === 0) return { receiver: text, contactId: null, kind: null };
  throw new GatewayError(
    'AMBIGUOUS_RECEIVER',
    `Several contacts of account ${showId('account', account.id)} are called ${JSON.stringify(text)}; nothing was done.`,
    { field, candidates: named.slice(0, shownCandidates).map(candidate) },
  );
}

function found({ id, wxid, kind }: Contact): Receiver {
  return { receiver: wxid, contactId: id, kind };
}

function candidate({ id, wxid, displayName }: Contact): { id: string; wxid: string; displayName: string } {
  return { id: showId('contact', id), wxid, displayName };
}
