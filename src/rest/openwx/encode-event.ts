/** Events of the log as Openwx posts them: messages, and what it calls events. */
import type { App } from '../../resolvers/app.ts';
import type { EncodeEvent } from '../../resolvers/events/event-format.ts';
import { showId } from '../../resolvers/ids.ts';
import { listContacts, listMembers } from '../../resolvers/contacts/list-contacts.ts';
import { type Loaders, createLoaders } from '../../resolvers/load.ts';
import type { Event } from '../../resolvers/events/read-events.ts';
import type { Account, Contact, Message } from '../../resolvers/shapes.ts';
import { base64Lines } from './encode-media.ts';
import { messageJson } from './encode-message.ts';
import { type Json, type JsonObject, openwxJson } from './json.ts';
import { friendJson, friendsJson, groupJson, memberJson, userJson } from './objects.ts';
import { groupsOf } from './read.ts';
import { stateWords } from './states.ts';

/** Posted unless a receiver chose others: the documented default of `post_event_list`. */
export const defaultEvents = [
  'login',
  'stop',
  'state_change',
  'input_qrcode',
  'new_group',
  'new_friend',
  'new_group_member',
  'lose_group',
  'lose_friend',
  'lose_group_member',
  'friend_request',
] as const;

/** One that Openwx calls an event. */
type Told = { event: string; params: Json[] };
type Of<Type extends Event['type']> = Extract<Event, { type: Type }>;

/**
 * The bodies that Mojo-Weixin would post of an event, by `post_event_list` and `post_media_data`. Messages are always posted. A change
 * of the account's own settings is `update_user`; no property is named.
 */
export const encodeOpenwxEvent: EncodeEvent = async (app, caller, event, { events, mediaData }) => {
  const loaders = createLoaders(app, caller);
  if (event.type === 'MESSAGE_RECEIVED') {
    // FRIEND_REQUESTED tells it.
    if (event.message.kind === 'FRIEND_REQUEST') return [];
    const json = await messageJson(app, loaders, event.message, mediaData);
    return json === null ? [] : [openwxJson(json)];
  }
  const wanted = new Set<string>(events ?? defaultEvents);
  const told = await encoded(app, loaders, event, (name) => wanted.has(name));
  return told
    .filter((one) => wanted.has(one.event))
    .map((one) => openwxJson({ post_type: 'event', event: one.event, params: one.params }));
};

async function encoded(app: App, loaders: Loaders, event: Event, isWanted: (name: string) => boolean): Promise<Told[]> {
  switch (event.type) {
    case 'FRIEND_REQUESTED':
      return [friendRequest(event.message)];
    case 'CLIENT_STATE_CHANGED':
      return stateChange(event);
    case 'CONTACT_CHANGED':
      return contactChange(app, loaders, event);
    case 'ACCOUNT_CHANGED': {
      const self = event.change === 'UPDATED' ? (await loaders.account.load(event.changedAccountId))?.self : null;
      return self ? [{ event: 'update_user', params: [userJson(self)] }] : [];
    }
    case 'CONTACTS_SYNCED': {
      const account = event.accountId === null ? null : await loaders.account.load(event.accountId);
      const isAsked = isWanted('update_friend') || isWanted('update_group');
      return account !== null && event.sync.state === 'DONE' && isAsked ? contactLists(app, account) : [];
    }
    default:
      return [];
  }
}

/** What accepting it needs is the id of the request's message, whatever the account's driver wants. */
function friendRequest(message: Message): Told {
  const { content } = message;
  const { wxid, name, greeting } =
    content.type === 'FriendRequest' ? content : { wxid: message.senderWxid, name: message.senderName, greeting: null };
  return { event: 'friend_request', params: [wxid ?? '', name ?? '', greeting ?? '', showId('message', message.seq)] };
}

/** A QR code comes before the state, and again at each renewal; it is a picture alone, so that the path is empty. */
function stateChange({ from, to, qrCode }: Of<'CLIENT_STATE_CHANGED'>): Told[] {
  const before = stateWords[from ?? 'INIT'];
  const after = stateWords[to];
  const told: Told[] = [];
  const picture = qrCode?.image.split(',')[1];
  if (picture !== undefined) told.push({ event: 'input_qrcode', params: ['', base64Lines(picture)] });
  if (before === after) return told;
  told.push({ event: 'state_change', params: [before, after] });
  // Whoever scanned a code may have new ids; who comes back otherwise keeps them.
  const wasScanned = from === 'SCANNING' || from === 'CONFIRMING' || from === 'UPDATING';
  if (after === 'running') told.push({ event: 'login', params: [wasScanned ? 1 : 0] });
  if (after === 'stop') told.push({ event: 'stop', params: [] });
  return told;
}

/** Our names of properties that Openwx has others for. */
const propertyNames: Readonly<Record<string, string>> = {
  remark: 'markname',
  displayName: 'displayname',
  alias: 'account',
};

async function contactChange(app: App, loaders: Loaders, event: Of<'CONTACT_CHANGED'>): Promise<Told[]> {
  const contact = await loaders.contact.load(event.contactId);
  const account = contact && (await loaders.account.load(contact.accountId));
  if (!contact || !account) return [];
  const isRoom = contact.kind === 'CHAT_ROOM';
  const object = async () => (isRoom ? roomJson(app, account, contact) : friendJson(contact));
  const kind = isRoom ? 'group' : 'friend';
  const change = [propertyNames[event.property ?? ''] ?? event.property ?? '', event.from ?? '', event.to ?? ''];
  switch (event.change) {
    case 'ADDED':
      return [{ event: `new_${kind}`, params: [await object()] }];
    case 'REMOVED':
      return [{ event: `lose_${kind}`, params: [await object()] }];
    case 'UPDATED':
      return event.property === null ? [] : [{ event: `${kind}_property_change`, params: [await object(), ...change] }];
    default:
  }
  const member = event.memberId === null ? null : await loaders.member.load(event.memberId);
  // Openwx has no word for somebody who is not named.
  if (member === null) return [];
  const json = memberJson(member, account.self);
  if (event.change === 'MEMBER_UPDATED') {
    return event.property === null ? [] : [{ event: 'group_member_property_change', params: [json, ...change] }];
  }
  const name = event.change === 'MEMBER_JOINED' ? 'new_group_member' : 'lose_group_member';
  return [{ event: name, params: [json, await object()] }];
}

async function roomJson(app: App, account: Account, room: Contact): Promise<JsonObject> {
  return groupJson(room, await listMembers(app, room), account.self);
}

async function contactLists(app: App, account: Account): Promise<Told[]> {
  const contacts = await listContacts(app, account);
  const rooms = contacts.filter(({ kind }) => kind === 'CHAT_ROOM');
  return [
    { event: 'update_friend', params: friendsJson(contacts) },
    { event: 'update_group', params: await groupsOf(app, account, rooms) },
  ];
}
