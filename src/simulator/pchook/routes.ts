/** The calls of a hooked client, in both dialects. */
import { adminRoutes } from './admin-routes.ts';
import { type HookedClient, type Params, type Route, done, no, receiverOf, sent, yes } from './client.ts';
import { mediaRoutes } from './media-routes.ts';
import type { PchookDialect } from './posts.ts';
import type { Content, Person } from '../wechat.ts';
import { isRoomId, textContent } from '../wechat.ts';

/** The answer of a call; undefined where this build does not have it. */
export function answerCall(client: HookedClient, endpoint: string, params: Params): unknown {
  const route = routes[endpoint];
  const only = onlyIn[endpoint];
  if (route === undefined || (only !== undefined && only !== client.dialect)) return undefined;
  return route(client, params);
}

/** Calls that one of the dialects has alone. */
const onlyIn: Readonly<Record<string, PchookDialect>> = {
  GetSelfLoginInfo: 'V39',
  ConfigureMsgRecive: 'V39',
  GetSelfProfile: 'NEWEST',
  ConfigureMsgReciveFullURL: 'NEWEST',
  CDN_Init: 'NEWEST',
  download: 'NEWEST',
};

const routes: Readonly<Record<string, Route>> = {
  ...mediaRoutes,
  ...adminRoutes,
  IsLoginStatus: ({ status, account, world }) => {
    const isIn = status === '3';
    return {
      onlinestatus: status,
      login_loading: status === '2' ? '1' : '0',
      selfwxid: isIn ? account.wxid : '',
      nickname: isIn ? (world.people.get(account.wxid)?.name ?? '') : '',
      msg: '',
    };
  },
  ClickLoginButton: (client) => {
    client.click();
    return { success: yes };
  },
  GetLoginQRCode: (client) => ({ hex_data: client.qrCode()?.toString('hex') ?? '' }),
  RefreshLoginQRCode: (client) => {
    client.refreshQrCode();
    return { success: yes };
  },
  Logout: (client) => {
    client.logout();
    return { success: yes };
  },
  GetSelfLoginInfo: self,
  GetSelfProfile: self,
  ConfigureMsgRecive: (client, { isEnable, url }) => {
    client.callbackUrl = isEnable === '1' ? (url ?? null) : null;
    return { ConfigureMsgRecive: yes };
  },
  ConfigureMsgReciveFullURL: (client, { RecvType, CallBackURL }) => {
    client.callbackUrl = RecvType === '1' ? (CallBackURL ?? null) : null;
    return { ConfigureMsgRecive: yes };
  },
  SendTextMsg: (client, params) => {
    const message = sent(client, receiverOf(client, params), textContent(params['msg'] ?? ''));
    return done(client, 'SendTextMsg', message !== null);
  },
  SendAtMsg: (client, { gid, wxidlist = '', msg = '' }) => {
    const mentions = wxidlist.split(',').filter((wxid) => wxid !== '');
    const names = mentions.map((wxid) => `@${client.world.people.get(wxid)?.name ?? wxid}\u2005`).join('');
    const content: Content = { type: 'text', text: `${names}${msg}`, mentions };
    // The documented answer names the other call.
    return done(client, 'SendAtAllMsg', mentions.length > 0 && sent(client, gid, content) !== null);
  },
  SendAtAllMsg: (client, { gid, msg = '' }) => {
    const content: Content = { type: 'text', text: `@所有人 ${msg}`, mentions: ['notify@all'] };
    const isOwner = client.world.rooms.get(gid ?? '')?.ownerWxid === client.account.wxid;
    return done(client, 'SendAtAllMsg', isOwner && sent(client, gid, content) !== null);
  },
  InitContact: () => ({ success: yes }),
  GetFriendAndChatRoomList: contactLists,
  GetFriendOrChatroomDetailInfo: contactDetails,
  BatchGetContactBriefInfo: ({ world, account }, { wxidlist = '' }) => {
    const info = wxidlist.split(',').flatMap((wxid) => {
      const person = world.people.get(wxid);
      const markname = account.contacts.get(wxid)?.remark ?? '';
      return person === undefined ? [] : [{ wxid, nickname: person.name, markname, country: '', city: person.city }];
    });
    return { count: String(info.length), info };
  },
  GetChatrooMmemberDetail: ({ world }, { gid }) => {
    const room = world.rooms.get(gid ?? '');
    if (room === undefined) return { member_count: no, member: [] };
    return {
      member_count: String(room.members.length),
      master_wxid: room.ownerWxid ?? '',
      chatroom_name: room.name,
      member: room.members.map(({ wxid }) => ({
        wxid,
        nickname: world.people.get(wxid)?.name ?? '',
        user_head_big: '',
        inviter_wxid: '',
      })),
    };
  },
};

function self({ world, account, status }: HookedClient): object {
  const person: Person | undefined = status === '3' ? world.people.get(account.wxid) : undefined;
  return {
    ProcessID: '4242',
    wxid: person?.wxid ?? '',
    account: person?.alias ?? '',
    nickname: person?.name ?? '',
    head_small: '',
    head_big: '',
  };
}

/** Nothing for somebody who is unknown. The older build leaves the remark out. */
function contactDetails({ world, account, dialect }: HookedClient, { wxidorgid = '' }: Params): object {
  const person = world.people.get(wxidorgid);
  if (person !== undefined) {
    const { wxid, name, alias, province, city, signature } = person;
    const remark = account.contacts.get(wxid)?.remark ?? '';
    return {
      type: yes,
      wxid,
      nickname: name,
      wxaccount: alias,
      province,
      area: city,
      signinfo: signature,
      headurl: '',
      ...(dialect === 'NEWEST' && { markname: remark }),
    };
  }
  const room = account.rooms.has(wxidorgid) ? world.rooms.get(wxidorgid) : undefined;
  if (room === undefined) return {};
  return {
    type: '2',
    gid: room.wxid,
    gname: room.name,
    chatroom_master: room.ownerWxid ?? '',
    chatroom_head_url: '',
    member_count: String(room.members.length),
    member: room.members.map(({ wxid }) => ({ wxid, nickname: world.people.get(wxid)?.name ?? '' })),
  };
}

function contactLists({ world, account, roomRemarks }: HookedClient): object {
  const listed = [...account.contacts.values()].flatMap((contact) => {
    const person = world.people.get(contact.wxid);
    return person === undefined ? [] : [{ contact, person }];
  });
  const personJson = ({ contact, person }: (typeof listed)[number], at: number): object => ({
    index: String(at + 1),
    wxid: person.wxid,
    account: person.alias,
    markname: contact.remark,
    nickname: person.name,
    headimg: '',
    v3: `v3_${person.wxid}`,
    sex: String(person.sex),
    starrole: '0',
  });
  const isOfficial = ({ contact }: (typeof listed)[number]): boolean => contact.kind === 'official';
  return {
    friend: listed.filter((one) => !isOfficial(one)).map(personJson),
    chatroom: [...account.rooms].filter(isRoomId).map((gid) => ({
      gid,
      gname: world.rooms.get(gid)?.name ?? '',
      markname: roomRemarks.get(gid) ?? '',
      v3: '',
    })),
    gh: listed.filter(isOfficial).map(personJson),
  };
}
