/** E云's calls: what each does in the world and answers. */
import type { EcloudAccount, Logins } from './account.ts';
import { adminRoutes } from './admin-routes.ts';
import {
  type Answer,
  type Developer,
  type OnlineRoute,
  type Params,
  type Route,
  bad,
  good,
  listed,
  notOnline,
  online,
} from './answers.ts';
import type { Json } from './json.ts';
import { pictures } from './pictures.ts';
import { mediaRoutes } from './media-routes.ts';
import { sendRoutes } from './send-routes.ts';
import type { Member, Room } from '../wechat.ts';

const mostContacts = 20;

function profile(developer: Developer, account: EcloudAccount): Record<string, Json> {
  const person = developer.world.people.get(account.wxid);
  const { big, small } = pictures(developer, account.wxid);
  return {
    wcId: account.wxid,
    wId: account.wId,
    nickName: person?.name ?? '',
    wAccount: person?.alias ?? '',
    deviceType: 'ipad',
    headUrl: big,
    smallHeadImgUrl: small,
    sex: person?.sex ?? 0,
    status: 3,
  };
}

async function loginInfo(developer: Developer, params: Params): Promise<Answer> {
  const { logins, options } = developer;
  const pending = logins.pending(params['wId'] ?? '');
  if (pending === undefined) return bad(notOnline);
  const { verifyCode } = params;
  if (pending.state === 'verifying' && verifyCode !== undefined && !logins.verify(pending, verifyCode)) {
    return bad('验证码错误，请在ipad上输入验证码');
  }
  await logins.ended(pending, options.loginWaitMs);
  if (pending.state === 'done' && pending.by !== null) return good(profile(developer, pending.by));
  if (pending.state === 'verifying') return bad('请在ipad上输入验证码');
  return bad(pending.state === 'expired' ? '二维码已过期' : '请使用手机扫码登录');
}

function contact(developer: Developer, account: EcloudAccount, wxid: string): Json {
  const { world } = developer;
  const { big, small } = pictures(developer, wxid);
  const room = world.rooms.get(wxid);
  const person = world.people.get(wxid);
  return {
    userName: wxid,
    nickName: room?.name ?? person?.name ?? '',
    remark: account.account.contacts.get(wxid)?.remark ?? '',
    signature: person?.signature ?? '',
    sex: person?.sex ?? 0,
    aliasName: person?.alias ?? '',
    country: room === undefined ? 'CN' : '',
    bigHead: big,
    smallHead: small,
    labelList: '',
    v1: `v1_${wxid}@stranger`,
  };
}

function roomOf(developer: Developer, account: EcloudAccount, params: Params): Room | undefined {
  const wxid = params['chatRoomId'] ?? '';
  return account.account.rooms.has(wxid) ? developer.world.rooms.get(wxid) : undefined;
}

function memberJson(developer: Developer, room: Room, member: Member): Json {
  const { big, small } = pictures(developer, member.wxid);
  return {
    chatRoomId: room.wxid,
    userName: member.wxid,
    nickName: developer.world.people.get(member.wxid)?.name ?? '',
    displayName: member.display,
    chatRoomOwner: room.ownerWxid ?? '',
    bigHeadImgUrl: big,
    smallHeadImgUrl: small,
  };
}

const getContact: OnlineRoute = (developer, account, params) => {
  const wxids = listed(params['wcId']);
  if (wxids.length === 0 || wxids.length > mostContacts) return bad('参数错误');
  const { people, rooms } = developer.world;
  const known = wxids.filter((wxid) => people.has(wxid) || rooms.has(wxid));
  return good(known.map((wxid) => contact(developer, account, wxid)));
};

const getAddressList: OnlineRoute = ({ logins }, { account, wxid }) => {
  if (!initialised.get(logins)?.has(wxid)) return bad('请先初始化通讯录');
  const ids = (kind: string): string[] =>
    [...account.contacts.values()].filter((one) => one.kind === kind).map((one) => one.wxid);
  const lists = { chatrooms: [...account.rooms], friends: ids('friend'), ghs: ids('official'), others: ids('system') };
  return good(lists, '获取通讯录成功');
};

/** Whose address list was asked for to be made. */
const initialised = new WeakMap<Logins, Set<string>>();

export const ecloudRoutes: ReadonlyMap<string, Route> = new Map<string, Route>(
  Object.entries({
    queryLoginWx: ({ logins }: Developer) => {
      const running = logins.accounts.filter((account) => account.wId !== null);
      return running.length === 0 ? bad() : good(running.map(({ wxid, wId }) => ({ wcId: wxid, wId })));
    },
    isOnline: ({ logins }, params) =>
      logins.byWId(params['wId'] ?? '') === undefined ? bad('离线') : good({ isOnline: true }, '在线'),
    offlineReason: ({ logins }, params) => {
      const account = logins.byWcId(params['wcId'] ?? '');
      return account === undefined ? bad() : good({ wcId: account.wxid, reason: logins.reasonOf(account) });
    },
    iPadLogin: ({ logins, baseUrl }, params) => {
      const wcId = params['wcId'] ?? '';
      const { wId } = logins.begin(wcId === '' ? null : wcId);
      return good({ wId, qrCodeUrl: `${baseUrl()}/qrcode/${wId}.png` });
    },
    getIPadLoginInfo: loginInfo,
    secondLogin: (developer, params) => {
      const account = developer.logins.again(params['wcId'] ?? '');
      return account === null ? bad() : good(profile(developer, account));
    },
    logout: online((_, account) => {
      account.logout({ reason: '主动退出', post: false });
      return good(null);
    }),
    'member/offline': ({ logins }, params) => {
      for (const wcId of listed(params['wcIds'])) logins.byWcId(wcId)?.logout({ reason: '主动下线', post: false });
      return good(null);
    },
    initAddressList: online(({ logins }, account) => {
      const done = initialised.get(logins) ?? new Set<string>();
      initialised.set(logins, done.add(account.wxid));
      return good(null);
    }),
    getAddressList: online(getAddressList),
    getContact: online(getContact),
    getChatRoomInfo: online((developer, account, params) => {
      const room = roomOf(developer, account, params);
      if (room === undefined) return bad();
      const { wxid, name, ownerWxid, members } = room;
      return good([
        {
          chatRoomId: wxid,
          userName: wxid,
          nickName: name,
          chatRoomOwner: ownerWxid ?? '',
          memberCount: members.length,
        },
      ]);
    }),
    getChatRoomMember: online((developer, account, params) => {
      const room = roomOf(developer, account, params);
      return room === undefined ? bad() : good(room.members.map((member) => memberJson(developer, room, member)));
    }),
    getChatRoomMemberInfo: online((developer, account, params) => {
      const room = roomOf(developer, account, params);
      const wxid = params['userList'] ?? '';
      const isMember = room?.members.some((member) => member.wxid === wxid) === true;
      return isMember ? good([contact(developer, account, wxid)]) : bad();
    }),
    ...sendRoutes,
    ...mediaRoutes,
    ...adminRoutes,
    setHttpCallbackUrl: (developer, params) => {
      const url = params['httpUrl'] ?? '';
      if (!URL.canParse(url) || params['type'] !== '2') return bad('参数错误');
      developer.callbackUrl = url;
      developer.testCallback();
      return good(null);
    },
    cancelHttpCallbackUrl: (developer) => {
      developer.callbackUrl = null;
      return good(null);
    },
  } satisfies Record<string, Route>),
);
