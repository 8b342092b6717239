/** Whom a request means: all that is given must be equal, as with Openwx, but nobody is found by an empty text alone, nor the first of several. */
import { type ContactProperties, findContacts } from '../../resolvers/contacts/find-contacts.ts';
import { showId } from '../../resolvers/ids.ts';
import type { Account, Contact } from '../../resolvers/shapes.ts';
import type { ContactKind } from '../../words.ts';
import type { Call } from './call.ts';
import { Failure, objectNotFound } from './failure.ts';
import { fileHelper, friendKinds, roomKinds } from './objects.ts';

/** Openwx's names of the properties that people and chat rooms are looked for by. */
const names = { id: 'wxid', account: 'alias', displayname: 'displayName', markname: 'remark' } as const;
type Name = keyof typeof names;

const ofFriend: readonly Name[] = ['id', 'account', 'displayname', 'markname'];
const ofGroup: readonly Name[] = ['id', 'displayname'];

/** What the parameters of these names ask for. A repeated one, and one that is no UTF-8, matches nobody. */
function wanted({ params }: Call, asked: readonly Name[]): ContactProperties {
  const properties: ContactProperties = {};
  for (const name of asked) {
    const [value, ...more] = params.all(name);
    if (value === undefined) continue;
    if (value === null || more.length > 0) throw objectNotFound();
    properties[names[name]] = value;
  }
  return properties;
}

/** A friend, official account or WeChat's own. */
export function findFriend(call: Call): Promise<Contact> {
  return findOne(call, friendKinds, wanted(call, ofFriend));
}

export function findGroup(call: Call): Promise<Contact> {
  return findOne(call, roomKinds, wanted(call, ofGroup));
}

/** Anybody, by id alone. */
export function findById(call: Call): Promise<Contact> {
  return findOne(call, [...friendKinds, ...roomKinds], wanted(call, ['id']));
}

async function findOne(call: Call, kinds: readonly ContactKind[], properties: ContactProperties): Promise<Contact> {
  const found = await findContacts(call.app, await call.account(), kinds, properties);
  const [contact, another] = found;
  if (contact === undefined) throw objectNotFound();
  if (another !== undefined) throw new Failure(100, `object not unique: ${found.length} are called so, give an id`);
  return contact;
}

/** Whom to send to: a Contact id, or a wxid. */
export async function findReceiver(call: Call, to: 'friend' | 'group' | 'anybody'): Promise<string> {
  const kinds = { friend: friendKinds, group: roomKinds, anybody: [...friendKinds, ...roomKinds] }[to];
  const properties = wanted(call, to === 'group' ? ofGroup : ofFriend);
  const account = await call.account();
  const unlisted = unknownReceiver(account, properties, to);
  const [known] =
    unlisted === null ? [] : await findContacts(call.app, account, [...friendKinds, ...roomKinds], properties);
  if (unlisted !== null && known === undefined) return unlisted;
  return showId('contact', (await findOne(call, kinds, properties)).id);
}

/** An id that may be right though nobody is known by it: the file helper's, and any while the contact list was never read. */
function unknownReceiver(account: Account, { wxid, ...others }: ContactProperties, to: string): string | null {
  if (wxid === undefined || wxid === '' || Object.keys(others).length > 0 || wxid === account.self?.wxid) return null;
  const isRoom = /^@@|@chatroom$/.test(wxid);
  if (to === (isRoom ? 'friend' : 'group')) return null;
  return wxid === fileHelper || account.sync.finishedAt === null ? wxid : null;
}

/** A list as Openwx splits it. */
export function listed({ params }: Call, name: string): string[] {
  return (params.one(name) ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
