/** Calls that change contacts and chat rooms. */
import { setRemark, pinContact } from '../../resolvers/contacts/change-contact.ts';
import { notFound } from '../../resolvers/errors.ts';
import { showId } from '../../resolvers/ids.ts';
import { acceptFriendRequest, addFriend } from '../../resolvers/contacts/make-friends.ts';
import {
  createChatRoom,
  inviteToChatRoom,
  removeFromChatRoom,
  renameChatRoom,
} from '../../resolvers/contacts/manage-chat-rooms.ts';
import { readContactByWxid } from '../../resolvers/contacts/read-contacts.ts';
import { done } from './answers.ts';
import type { Answer, Call } from './call.ts';
import { showWxid } from './wxids.ts';

export const createRoom: Answer = async ({ app, caller, accountId, name, params }) => {
  const { object } = await createChatRoom(app, caller, { accountId, members: params.wxids('wxidlist') });
  return { retstr: 'Everything is OK', gid: showWxid(object), ...done(name) };
};

/** Those who are known are added, the others invited: which of the two it was, WeChat decides. */
export const addToRoom: Answer = async (call) => {
  const { app, caller, name, params } = call;
  const chatRoomId = await contactId(call, params.wxid('gid'));
  await inviteToChatRoom(app, caller, { chatRoomId, members: params.wxids('wxidlist', 'wxid') });
  return done(name);
};

export const removeFromRoom: Answer = async (call) => {
  const { app, caller, name, params } = call;
  const chatRoomId = await contactId(call, params.wxid('gid'));
  await removeFromChatRoom(app, caller, { chatRoomId, members: params.wxids('wxidlist', 'wxid') });
  return done(name);
};

export const renameRoom: Answer = async (call) => {
  const { app, caller, name, params } = call;
  await renameChatRoom(app, caller, {
    chatRoomId: await contactId(call, params.wxid('gid')),
    name: params.text('gname'),
  });
  return done(name);
};

/** An empty remark takes the name away. */
export const remark: Answer = async (call) => {
  const { app, caller, name, params } = call;
  await setRemark(app, caller, {
    contactId: await contactId(call, params.wxid('wxid', 'gid')),
    remark: params.optionalText('mark') ?? '',
  });
  return done(name);
};

export const pin = pinTo(true);
export const unpin = pinTo(false);

function pinTo(pinned: boolean): Answer {
  return async (call) => {
    const { app, caller, name, params } = call;
    const id = await contactId(call, params.wxid('gidorwxid', 'wxid', 'gid'));
    await pinContact(app, caller, { contactId: id, pinned });
    return done(name);
  };
}

export const askFriend: Answer = async ({ app, caller, accountId, name, params }) => {
  await addFriend(app, caller, { accountId, wxid: params.wxid('wxid'), greeting: params.optionalText('desc') });
  return done(name);
};

/** `v4` is what the post of the request had as its ticket: the number of its message. */
export const acceptFriend: Answer = async ({ app, caller, name, params }) => {
  await acceptFriendRequest(app, caller, params.text('v4'));
  return done(name);
};

async function contactId({ app, caller, accountId }: Call, wxid: string): Promise<string> {
  const contact = await readContactByWxid(app, caller, accountId, wxid);
  if (contact === null) throw notFound(`contact of account ${accountId}`, wxid);
  return showId('contact', contact.id);
}
