/** E云's calls: what each does in the world and answers. */
import type { EcloudAccount, Logins } from './ecloud-account.ts';
import { type Json, shortId, signedId } from './ecloud-json.ts';
import type { EcloudOptions } from './ecloud-options.ts';
import type { Faults } from './faults.ts';
import { isRoomId, type Member, type Room, type World } from './world.ts';

/** How the world knows what came through E云. */
export const ecloudOrigin = 'ecloud';

export type Developer = {
  readonly options: EcloudOptions;
  readonly world: World;
  readonly logins: Logins;
  readonly faults: Faults;
  readonly baseUrl: () => string;
  /** Where everything of this developer account is posted. */
  callbackUrl: string | null;
  /** Posts the test of a callback address. */
  testCallback(): void;
};

type Params = Readonly<Record<string, string>>;
export type Answer = { code: '1000' | '1001'; message: string; data: Json };
type Route = (developer: Developer, params: Params) => Answer | Promise<Answer>;
type OnlineRoute = (developer: Developer, account: EcloudAccount, params: Params) => Answer;

const notOnline = 'wId已注销或二维码失效，请重新登录';
const mostContacts = 20;

function good(data: Json, message = '成功'): Answer {
  return { code: '1000', message, data };
}

function bad(message = '失败'): Answer {
  return { code: '1001', message, data: null };
}

/** A call of an account that is online, named by its wId. */
const online =
  (route: OnlineRoute): Route =>
  (developer, params) => {
    const account = developer.logins.byWId(params['wId'] ?? '');
    return account === undefined ? bad(notOnline) : route(developer, account, params);
  };

function profile({ world }: Developer, account: EcloudAccount): Record<string, Json> {
  const person = world.people.get(account.wxid);
  return {
    wcId: account.wxid,
    wId: account.wId,
    nickName: person?.name ?? '',
    wAccount: person?.alias ?? '',
    deviceType: 'ipad',
    headUrl: `http://wx.qlogo.cn/mmhead/${account.wxid}/0`,
    smallHeadImgUrl: `http://wx.qlogo.cn/mmhead/${account.wxid}/132`,
    sex: person?.sex ?? 0,
    status: 3,
  };
}

async function loginInfo(developer: Developer, params: Params): Promise<Answer> {
  const { logins, options } = developer;
  const pending = logins.pending(params['wId'] ?? '');
  if (pending === undefined) return bad(notOnline);
  await logins.ended(pending, options.loginWaitMs);
  if (pending.state === 'done' && pending.by !== null) return good(profile(developer, pending.by));
  return bad(pending.state === 'expired' ? '二维码已过期' : '请使用手机扫码登录');
}

function contact({ world }: Developer, account: EcloudAccount, wxid: string): Json {
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
    bigHead: `http://wx.qlogo.cn/mmhead/${wxid}/0`,
    smallHead: `http://wx.qlogo.cn/mmhead/${wxid}/132`,
    labelList: '',
    v1: `v1_${wxid}@stranger`,
  };
}

function roomOf(developer: Developer, account: EcloudAccount, params: Params): Room | undefined {
  const wxid = params['chatRoomId'] ?? '';
  return account.account.rooms.has(wxid) ? developer.world.rooms.get(wxid) : undefined;
}

function memberJson({ world }: Developer, room: Room, member: Member): Json {
  return {
    chatRoomId: room.wxid,
    userName: member.wxid,
    nickName: world.people.get(member.wxid)?.name ?? '',
    displayName: member.display,
    chatRoomOwner: room.ownerWxid ?? '',
    bigHeadImgUrl: `http://wx.qlogo.cn/mmhead/${member.wxid}/0`,
    smallHeadImgUrl: `http://wx.qlogo.cn/mmhead/${member.wxid}/132`,
  };
}

const getContact: OnlineRoute = (developer, account, params) => {
  const wxids = (params['wcId'] ?? '').split(',').filter((wxid) => wxid !== '');
  if (wxids.length === 0 || wxids.length > mostContacts) return bad('参数错误');
  const { people, rooms } = developer.world;
  const known = wxids.filter((wxid) => people.has(wxid) || rooms.has(wxid));
  return good(known.map((wxid) => contact(developer, account, wxid)));
};

const sendText: OnlineRoute = ({ world, faults }, account, params) => {
  const { wcId: to = '', content: text = '' } = params;
  const known = isRoomId(to) ? account.account.rooms.has(to) : account.account.contacts.has(to) || to === account.wxid;
  if (text === '' || !known) return bad();
  const refused = faults.take('refuse', account.name, (fault) => [undefined, to].includes(fault.to));
  if (refused !== undefined) return bad(refused.text ?? '操作太频繁，请稍后再试');
  // A mention is one only if the text shows it.
  const mentions = text.includes('@') ? (params['at'] ?? '').split(',').filter((wxid) => wxid !== '') : [];
  const sent = world.send(account.wxid, to, { type: 'text', text, mentions }, ecloudOrigin);
  if (!sent.ok) return bad(sent.text);
  const { id, sentAt } = sent.message;
  const createTime = Math.floor(sentAt / 1000);
  return good({ type: 1, msgId: shortId(id), newMsgId: signedId(id), createTime, wcId: to }, '处理成功');
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
      const listed = logins.accounts.filter((account) => account.wId !== null);
      return listed.length === 0 ? bad() : good(listed.map(({ wxid, wId }) => ({ wcId: wxid, wId })));
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
      for (const wcId of (params['wcIds'] ?? '').split(','))
        logins.byWcId(wcId)?.logout({ reason: '主动下线', post: false });
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
    sendText: online(sendText),
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
