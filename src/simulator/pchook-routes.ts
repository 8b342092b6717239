/** The calls of a hooked client, in both dialects. */
import type { PchookDialect } from './pchook-posts.ts';
import { pchookOrigin } from './pchook-posts.ts';
import type { Account, Content, Person, World } from './world.ts';
import { isRoomId, textContent } from './world.ts';

/** What a call may look at and change. */
export type HookedClient = {
  readonly world: World;
  readonly account: Account;
  readonly dialect: PchookDialect;
  /** As IsLoginStatus tells it. */
  readonly status: string;
  callbackUrl: string | null;
  qrCode(): Buffer | null;
  refreshQrCode(): void;
  click(): void;
  logout(): void;
};

/** The parameters of a call, numbers as their digits. */
export type Params = Readonly<Record<string, string>>;
type Route = (client: HookedClient, params: Params) => unknown;

const yes = '1';
const no = '0';

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
};

const routes: Readonly<Record<string, Route>> = {
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
    const to = params[client.dialect === 'V39' ? 'wxid' : 'toid'];
    return done(client, 'SendTextMsg', sent(client, to, textContent(params['msg'] ?? '')));
  },
  SendAtMsg: (client, { gid, wxidlist = '', msg = '' }) => {
    const mentions = wxidlist.split(',').filter((wxid) => wxid !== '');
    const names = mentions.map((wxid) => `@${client.world.people.get(wxid)?.name ?? wxid}\u2005`).join('');
    const content: Content = { type: 'text', text: `${names}${msg}`, mentions };
    // The documented answer names the other call.
    return done(client, 'SendAtAllMsg', mentions.length > 0 && sent(client, gid, content));
  },
  SendAtAllMsg: (client, { gid, msg = '' }) => {
    const content: Content = { type: 'text', text: `@所有人 ${msg}`, mentions: ['notify@all'] };
    const isOwner = client.world.rooms.get(gid ?? '')?.ownerWxid === client.account.wxid;
    return done(client, 'SendAtAllMsg', isOwner && sent(client, gid, content));
  },
  InitContact: () => ({ success: yes }),
  GetFriendAndChatRoomList: contactLists,
  BatchGetContactBriefInfo: ({ world }, { wxidlist = '' }) => {
    const info = wxidlist.split(',').flatMap((wxid) => {
      const person = world.people.get(wxid);
      return person === undefined
        ? []
        : [{ wxid, nickname: person.name, markname: '', country: '', city: person.city }];
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

/** "1" means that the hook took it; the message's id is told later. */
function done({ dialect }: HookedClient, name: string, isDone: boolean): object {
  const flag = isDone ? yes : no;
  return dialect === 'V39' ? { [name]: flag } : { success: flag };
}

function sent({ world, account, status }: HookedClient, to: string | undefined, content: Content): boolean {
  const isKnown = to !== undefined && (world.people.has(to) || world.rooms.has(to));
  return isKnown && status === '3' && world.send(account.wxid, to, content, pchookOrigin).ok;
}

function contactLists({ world, account }: HookedClient): object {
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
      markname: '',
      v3: '',
    })),
    gh: listed.filter(isOfficial).map(personJson),
  };
}
