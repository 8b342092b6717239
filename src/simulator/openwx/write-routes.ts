/** Routes that send, and routes that change something at WeChat. */
import { failure, notFound, success } from './call.ts';
import type { Call, Route } from './call.ts';
import type { LocalPerson } from './contacts.ts';
import { friendParams, groupParams, isGroupId, searchFriend, searchGroup } from './read-routes.ts';
import { sendMedia, sendText, uploadMedia } from './sending.ts';
import type { MediaParams, SendOutcome } from './sending.ts';
import { openwxOrigin } from './session.ts';
import type { Json } from './text.ts';

const sendNotFound = { code: 100, id: null, status: 'object not found' } as const;
const inExecution = { code: 0, status: 'request already in execution' } as const;

function isTrue(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0';
}

/** A list as the client splits it: at commas, spaces and all, without empty ends. */
function listed(value: string | undefined): string[] {
  const parts = (value ?? '').split(',');
  while (parts.at(-1) === '') parts.pop();
  return parts;
}

function mediaParams({ params }: Call): MediaParams {
  const named = Object.entries(params.all()).filter(([name]) => name.includes('media_') && name !== 'media_data');
  return { fields: Object.fromEntries(named), data: params.bytes('media_data') };
}

function hasMedia({ fields, data }: MediaParams): boolean {
  return data !== undefined || fields['media_path'] !== undefined || fields['media_id'] !== undefined;
}

function textAnswer({ code, id, info }: SendOutcome): Json {
  return { code, id, status: info };
}

function mediaAnswer({ code, id, info, mediaId }: SendOutcome): Json {
  return { code, id, media_id: mediaId, status: info };
}

/** Sends to one receiver. With neither text nor media nothing is sent and nothing is answered. */
function send(call: Call, to: string): void {
  const { session, params } = call;
  const content = params.one('content');
  const media = mediaParams(call);
  const later = isTrue(params.one('async'));
  if (content !== undefined) {
    sendText(session, to, content, 'api', (outcome) => {
      if (!later) call.json(textAnswer(outcome));
    });
    if (later) call.json(inExecution);
  }
  if (!hasMedia(media)) return;
  if (later) call.json(inExecution);
  else call.patience(session.options.mediaInactivityMs);
  void sendMedia(session, to, media, (outcome) => {
    if (!later) call.json(mediaAnswer(outcome));
  });
}

/** Sends to everybody in the list, official accounts and all, and does not wait. */
function sendToAll(call: Call): void {
  const { session, params } = call;
  const content = params.one('content');
  const media = mediaParams(call);
  for (const { wxid } of session.contacts.friends) {
    if (content !== undefined) sendText(session, wxid, content, 'api');
    // An id alone is not looked at here.
    if (media.data !== undefined || media.fields['media_path'] !== undefined) void sendMedia(session, wxid, media);
  }
  call.json({ code: 0, id: 0, status: 'request already executed' });
}

/** Sends and waits for what the friend says next. */
function consult(call: Call): void {
  const { session, params } = call;
  const friend = searchFriend(session, friendParams(call));
  if (friend === undefined) {
    call.json(sendNotFound);
    return;
  }
  const content = params.one('content');
  const media = mediaParams(call);
  if (content !== undefined) {
    sendText(session, friend.wxid, content, 'api', (outcome) => {
      const seconds = Number(params.one('timeout')) || 30;
      const cancel = call.after(seconds * 1000, () => {
        session.listeners.delete(listener);
        call.json({ ...(textAnswer(outcome) as object), reply: null, reply_status: 'reply timeout' });
      });
      const listener: Parameters<typeof session.listeners.add>[0] = (message) => {
        // Whoever writes first stops the clock, and nobody starts it again.
        cancel();
        if (message.senderId !== friend.fields['id']) return;
        session.listeners.delete(listener);
        call.json({ code: null, id: message.id, reply: message.content, status: null });
      };
      session.listeners.add(listener);
    });
  }
  if (!hasMedia(media)) return;
  call.patience(session.options.mediaInactivityMs);
  void sendMedia(session, friend.wxid, media, (outcome) => call.json(mediaAnswer(outcome)));
}

/** The friends of a list; null when it is empty or names somebody unknown, which is answered. */
function listedFriends(call: Call): LocalPerson[] | null {
  const ids = listed(call.params.one('friends'));
  if (ids.length === 0) {
    call.json({ code: 200, status: 'friend id empty' });
    return null;
  }
  const friends: LocalPerson[] = [];
  for (const id of ids) {
    const friend = searchFriend(call.session, { id });
    if (friend === undefined) {
      call.json({ code: 100, status: `friend id ${id} not found` });
      return null;
    }
    friends.push(friend);
  }
  return friends;
}

function createGroup(call: Call): void {
  const { world, account, ids } = call.session;
  const friends = listedFriends(call);
  if (friends === null) return;
  if (friends.some((friend) => world.refusals.has(friend.wxid))) {
    call.json({ code: 201, id: null, status: 'failure' });
    return;
  }
  const room = world.addRoom(
    { name: call.params.one('displayname') ?? '', ownerWxid: account.wxid },
    [{ wxid: account.wxid }, ...friends.map(({ wxid }) => ({ wxid }))],
    openwxOrigin,
  );
  call.json({ code: 0, group_id: ids.idOf(room.wxid), status: 'success' });
}

function inviteFriends(call: Call): void {
  const { session } = call;
  const group = searchGroup(session, groupParams(call));
  if (group === undefined) {
    call.json(notFound);
    return;
  }
  const friends = listedFriends(call);
  if (friends === null) return;
  if (session.world.refusals.has(group.wxid)) {
    call.json(failure);
    return;
  }
  for (const { wxid } of friends) session.world.join(group.wxid, wxid, openwxOrigin);
  call.json(success);
}

function kickMembers(call: Call): void {
  const { session, params } = call;
  const group = searchGroup(session, groupParams(call));
  if (group === undefined) {
    call.json(notFound);
    return;
  }
  const ids = listed(params.one('members'));
  if (ids.length === 0) {
    call.json({ code: 200, status: 'member id empty' });
    return;
  }
  const members: LocalPerson[] = [];
  for (const id of ids) {
    const member = group.members.find(({ fields }) => fields['id'] === id);
    if (member === undefined) {
      call.json({ code: 100, status: `member id ${id} not found` });
      return;
    }
    members.push(member);
  }
  if (session.world.refusals.has(group.wxid)) {
    call.json(failure);
    return;
  }
  for (const { wxid } of members) session.world.leave(group.wxid, wxid, openwxOrigin);
  call.json(success);
}

function setGroupName(call: Call): void {
  const { session, params } = call;
  const group = searchGroup(session, groupParams(call));
  const name = params.one('new_displayname');
  if (group === undefined) {
    call.json(notFound);
  } else if (!isTrue(name)) {
    // The client takes it for an error of its programmer and ends.
    session.die();
  } else if (session.world.refusals.has(group.wxid)) {
    call.json(failure);
  } else {
    session.world.renameRoom(group.wxid, name ?? '', openwxOrigin);
    call.json(success);
  }
}

function setRemark(call: Call, target: LocalPerson | undefined): void {
  const { world, account } = call.session;
  if (target === undefined) {
    call.json(notFound);
  } else if (world.refusals.has(target.wxid)) {
    call.json(failure);
  } else {
    world.setRemark(account.wxid, target.wxid, call.params.one('new_markname') ?? '', openwxOrigin);
    call.json(success);
  }
}

function setMarkname(call: Call): void {
  const { session, params } = call;
  const groupId = params.one('group_id');
  if (groupId === undefined) {
    setRemark(call, searchFriend(session, friendParams(call)));
    return;
  }
  const group = searchGroup(session, { id: groupId });
  const id = params.one('id');
  if (group === undefined) call.json({ code: 100, status: 'group not found' });
  else setRemark(call, id === undefined ? undefined : group.members.find(({ fields }) => fields['id'] === id));
}

function stick(call: Call): void {
  const { session, params } = call;
  const id = params.last('id');
  const target = isGroupId(id) ? searchGroup(session, { id }) : searchFriend(session, { id });
  if (target === undefined) {
    call.json(notFound);
  } else if (session.world.refusals.has(target.wxid)) {
    call.json(failure);
  } else {
    session.world.setPinned(session.account.wxid, target.wxid, isTrue(params.last('op') ?? '1'), openwxOrigin);
    call.json(success);
  }
}

function makeFriend(call: Call): void {
  const { session, params } = call;
  const id = params.last('id');
  const { user, groups } = session.contacts;
  const member = groups.flatMap((group) => group.members).find(({ fields }) => fields['id'] === id);
  if (id !== undefined && id === user.fields['id']) call.json({ code: 101, status: 'can not be yourself' });
  else if (searchFriend(session, { id }) !== undefined) call.json({ code: 101, status: 'already a friend' });
  else if (member === undefined) call.json(notFound);
  else call.json(session.world.refusals.has(member.wxid) ? failure : success);
}

function acceptFriend(call: Call): void {
  const { session, params } = call;
  const ticket = params.one('ticket') ?? null;
  const accepted = session.world.acceptFriend(session.account.wxid, ticket ?? '', openwxOrigin);
  call.json({
    code: accepted ? 0 : -1,
    displayname: params.one('displayname') ?? null,
    id: params.one('id') ?? null,
    status: accepted ? 'success' : 'failure',
    ticket,
  });
}

/** The id must be the whole one that a send answered: the message's and its receiver's. */
function revoke(call: Call): void {
  const { session, params } = call;
  const id = params.one('id');
  if (id === undefined) {
    call.json({ code: -1, id: null, status: 'msg id not found' });
    return;
  }
  const messageId = /^([^:]+):(.+)$/s.exec(id)?.[1];
  const done = messageId !== undefined && session.world.revoke(session.account.wxid, messageId, openwxOrigin);
  // Code 0 either way.
  call.json({ code: 0, id, status: done ? 'revoke success' : 'revoke failure' });
}

async function answerUpload(call: Call): Promise<void> {
  const told = await uploadMedia(call.session, mediaParams(call));
  if (told !== undefined) call.json(told);
}

export const writeRoutes: Readonly<Record<string, Route>> = {
  send_friend_message: {
    answer(call) {
      if (call.params.one('id') === '@all') {
        sendToAll(call);
        return;
      }
      const friend = searchFriend(call.session, friendParams(call));
      if (friend === undefined) call.json(sendNotFound);
      else send(call, friend.wxid);
    },
  },
  send_group_message: {
    answer(call) {
      const group = searchGroup(call.session, groupParams(call));
      if (group === undefined) call.json(sendNotFound);
      else send(call, group.wxid);
    },
  },
  consult: { answer: consult },
  revoke_message: { answer: revoke },
  upload_media: {
    answer(call) {
      call.patience(call.session.options.mediaInactivityMs);
      void answerUpload(call);
    },
  },
  create_group: { answer: createGroup },
  invite_friend: { answer: inviteFriends },
  kick_group_member: { answer: kickMembers },
  set_group_displayname: { answer: setGroupName },
  set_markname: { answer: setMarkname },
  set_friend_markname: { answer: (call) => setRemark(call, searchFriend(call.session, friendParams(call))) },
  stick: { answer: stick },
  make_friend: { answer: makeFriend },
  accept_friend_request: { answer: acceptFriend },
};
