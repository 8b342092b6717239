/** The calls of a hooked client that change messages, contacts and chat rooms. */
import { type HookedClient, type Params, type Route, done, no, yes } from './client.ts';
import { pchookOrigin } from './posts.ts';
import type { Room } from '../wechat.ts';

/** A larger chat room is entered by invitation alone. */
const mostWithoutInvitation = 40;

export const adminRoutes: Readonly<Record<string, Route>> = {
  /** The newest build says it in words. */
  RevokeMsg: ({ world, account, dialect }, { sid, msg_svrid }) => {
    const isDone = world.revoke(account.wxid, (dialect === 'V39' ? sid : msg_svrid) ?? '', pchookOrigin);
    if (dialect === 'V39') return { success: isDone ? yes : no };
    return { RevokeMsg: isDone ? '已撤回' : '撤回失败' };
  },
  EditFriendMark: (client, { wxid = '', mark = '' }) => {
    const isKnown = client.account.contacts.has(wxid);
    if (isKnown) client.world.setRemark(client.account.wxid, wxid, mark, pchookOrigin);
    return done(client, 'EditFriendMark', isKnown);
  },
  ChatRoomEditMark: (client, { gid = '', mark = '' }) => {
    const isKnown = client.account.rooms.has(gid);
    if (isKnown) client.roomRemarks.set(gid, mark);
    return done(client, 'ChatRoomEditMark', isKnown);
  },
  StickyChat: (client, { gidorwxid = '' }) => done(client, 'StickyChat', pinned(client, gidorwxid, true)),
  UnpinChat: (client, { gidorwxid = '' }) => done(client, 'UnpinChat', pinned(client, gidorwxid, false)),
  /** Whoever is asked accepts. */
  AddNewFriend: (client, { wxid = '', type = '', role = '' }) => {
    const isKnown = client.world.people.has(wxid) && type !== '' && role !== '';
    if (isKnown) client.world.addContact(client.account.wxid, wxid, {}, pchookOrigin);
    return done(client, 'AddNewFriend', isKnown);
  },
  VerifyFriend: (client, { v3 = '', v4 = '' }) => {
    const isDone = v3 !== '' && client.world.acceptFriend(client.account.wxid, v4, pchookOrigin);
    return done(client, 'VerifyFriend', isDone);
  },
  CreateChatRoom: ({ world, account, status }, params) => {
    const members = wxidsOf(params);
    if (status !== '3' || members.length < 2 || !members.every((wxid) => world.people.has(wxid))) {
      return { retstr: 'MemberList are wrong', gid: '' };
    }
    const everybody = [account.wxid, ...members].map((wxid) => ({ wxid }));
    const room = world.addRoom({ name: '', ownerWxid: account.wxid }, everybody, pchookOrigin);
    return { retstr: 'Everything is OK', gid: room.wxid };
  },
  AddFriendToChatRoom: (client, params) => {
    const room = roomOf(client, params);
    const wxids = wxidsOf(params);
    const isDone = room !== null && room.members.length + wxids.length <= mostWithoutInvitation;
    if (isDone) for (const wxid of wxids) client.world.join(room.wxid, wxid, pchookOrigin);
    return done(client, 'AddFriendToChatRoom', isDone);
  },
  /** An invited one is no member yet. */
  InviteFriendToChatRoom: (client, params) => {
    const isDone = roomOf(client, params) !== null && client.world.people.has(params['wxid'] ?? '');
    return done(client, 'InviteFriendToChatRoom', isDone);
  },
  ChatRoomMemberBatchDelete: (client, params) => {
    const room = roomOf(client, params);
    const isDone = room !== null && room.ownerWxid === client.account.wxid;
    if (isDone) for (const wxid of wxidsOf(params)) client.world.leave(room.wxid, wxid, pchookOrigin);
    return done(client, 'ChatRoomMemberBatchDelete', isDone);
  },
  ChatRoomEditName: (client, params) => {
    const room = roomOf(client, params);
    if (room !== null) client.world.renameRoom(room.wxid, params['gname'] ?? '', pchookOrigin);
    return done(client, 'ChatRoomEditName', room !== null);
  },
};

function pinned({ world, account }: HookedClient, wxid: string, isPinned: boolean): boolean {
  world.setPinned(account.wxid, wxid, isPinned, pchookOrigin);
  return account.contacts.has(wxid) || account.rooms.has(wxid);
}

function roomOf({ world, account }: HookedClient, { gid = '' }: Params): Room | null {
  return account.rooms.has(gid) ? (world.rooms.get(gid) ?? null) : null;
}

function wxidsOf({ wxidlist = '' }: Params): string[] {
  return wxidlist.split(',').filter((wxid) => wxid !== '');
}
