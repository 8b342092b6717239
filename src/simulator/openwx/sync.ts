/** What the Openwx client makes of what happens at WeChat: changes of its copy, events and messages. */
import { groupJson, localFriend, localGroup, localMember, personJson } from './contacts.ts';
import type { Fields, LocalGroup, LocalPerson } from './contacts.ts';
import { outerBody, receivedBody } from './messages.ts';
import { findFriend, findGroup, openwxOrigin, tellEvent, tellMessage } from './session.ts';
import type { Session } from './session.ts';
import type { Json } from './text.ts';
import type { WorldEvent } from '../world.ts';

type EventOf<T extends WorldEvent['type']> = Extract<WorldEvent, { type: T }>;

function receive(session: Session, event: EventOf<'message'>): void {
  const { message, direction, origin } = event;
  if (direction === 'outgoing') {
    // The client's own sends are told where they are made.
    const body = origin === openwxOrigin ? null : outerBody(session, message);
    if (body !== null) tellMessage(session, body);
    return;
  }
  const body = receivedBody(session, message);
  if (body === null) return;
  tellMessage(session, body);
  const heard = { senderId: body['sender_id'], id: body['id'] ?? '', content: body['content'] ?? '' };
  for (const listener of session.listeners) listener(heard);
}

/** Takes over what a sync says and tells each difference, also those that are none. */
function update(fields: Fields, told: Fields, changed: (property: string, from: Json, to: Json) => void): void {
  for (const [property, to] of Object.entries(told)) {
    const from = fields[property] ?? null;
    if (property === 'category' || String(from) === String(to)) continue;
    fields[property] = to;
    changed(property, from, to);
  }
}

function contactChanged(session: Session, event: EventOf<'contact'>): void {
  const { contacts, world, account, ids } = session;
  const known = findFriend(session, event.wxid);
  if (event.change === 'removed') {
    if (known === undefined) return;
    contacts.friends = contacts.friends.filter((friend) => friend !== known);
    tellEvent(session, 'lose_friend', [personJson(known)]);
    return;
  }
  if (known === undefined) {
    const friend = localFriend(world, account, event.wxid, ids, true);
    contacts.friends.push(friend);
    tellEvent(session, 'new_friend', [personJson(friend)]);
    return;
  }
  // The client does not notice what it changed itself.
  if (event.origin === openwxOrigin) return;
  const told = { ...localFriend(world, account, event.wxid, ids, true).fields, uid: 0 };
  update(known.fields, told, (property, from, to) =>
    tellEvent(session, 'friend_property_change', [personJson(known), property, from, to]),
  );
}

/** Takes over a chat room as a sync tells it: names, and numbers for words. */
function updateGroup(session: Session, group: LocalGroup): void {
  const { world, account, ids, contacts } = session;
  const room = world.rooms.get(group.wxid);
  if (room === undefined) return;
  const told = localGroup(world, account, room, ids, 'synced');
  update(group.fields, { ...told.fields, uid: 0 }, (property, from, to) =>
    tellEvent(session, 'group_property_change', [groupJson(group, contacts.user), property, from, to]),
  );
  for (const member of group.members) {
    const now = told.members.find((other) => other.wxid === member.wxid);
    if (now === undefined) continue;
    update(member.fields, now.fields, (property, from, to) =>
      tellEvent(session, 'group_member_property_change', [personJson(member), property, from, to]),
    );
  }
}

function roomChanged(session: Session, event: EventOf<'room'>): void {
  const { contacts, world, account, ids } = session;
  const known = findGroup(session, event.room);
  const room = world.rooms.get(event.room);
  if (event.change === 'removed') {
    if (known === undefined) return;
    contacts.groups = contacts.groups.filter((group) => group !== known);
    tellEvent(session, 'lose_group', [groupJson(known, contacts.user)]);
  } else if (known !== undefined) {
    if (event.origin !== openwxOrigin) updateGroup(session, known);
  } else if (room !== undefined) {
    const group = localGroup(world, account, room, ids, event.origin === openwxOrigin ? 'bare' : 'synced');
    contacts.groups.push(group);
    tellEvent(session, 'new_group', [groupJson(group, contacts.user)]);
  }
}

function memberChanged(session: Session, event: EventOf<'member'>): void {
  const { contacts, world, account, ids } = session;
  const group = findGroup(session, event.room);
  if (group === undefined) return;
  const known = group.members.find((member) => member.wxid === event.wxid);
  const tell = (what: string, member: LocalPerson): void =>
    tellEvent(session, what, [personJson(member), groupJson(group, contacts.user)]);
  if (event.change === 'left' && known !== undefined) {
    group.members = group.members.filter((member) => member !== known);
    if (event.origin !== openwxOrigin) updateGroup(session, group);
    tell('lose_group_member', known);
  } else if (event.change === 'joined' && known === undefined) {
    const told = world.rooms.get(event.room)?.members.find((member) => member.wxid === event.wxid);
    if (told === undefined) return;
    updateGroup(session, group);
    const member = localMember(world, account, told, ids, true);
    group.members.push(member);
    tell('new_group_member', member);
  } else if (event.change === 'updated' && event.origin !== openwxOrigin) {
    updateGroup(session, group);
  }
}

/** Takes in one event of the world. */
export function syncEvent(session: Session, event: WorldEvent): void {
  switch (event.type) {
    case 'message':
      receive(session, event);
      break;
    case 'contact':
      contactChanged(session, event);
      break;
    case 'room':
      roomChanged(session, event);
      break;
    case 'member':
      memberChanged(session, event);
      break;
    case 'friend-request': {
      const { wxid, name, greeting, ticket } = event.request;
      tellEvent(session, 'friend_request', [session.ids.idOf(wxid), name, greeting, ticket]);
      break;
    }
  }
}
