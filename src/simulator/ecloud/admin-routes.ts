/** E云's calls that change something: contacts, friends, chat rooms. */
import { type OnlineRoute, type Route, bad, ecloudOrigin, good, listed, online } from './answers.ts';
import { pictures } from './pictures.ts';
import type { Person } from '../wechat.ts';
import type { World } from '../world.ts';

const membersWithoutConsent = 40;
/** How a friend was found, where the request came in; the only one that the world knows. */
const scene = '3';

const v1Of = (wxid: string): string => `v1_${wxid}@stranger`;
const v2Of = (wxid: string): string => `v2_${wxid}@stranger`;

/** By 微信号 alone, as no wxid can be searched. */
function personByAlias(world: World, alias: string): Person | undefined {
  return alias === '' ? undefined : [...world.people.values()].find((person) => person.alias === alias);
}

const searchUser: OnlineRoute = ({ world, baseUrl }, { account }, { wcId = '' }) => {
  const person = personByAlias(world, wcId);
  if (person === undefined) return bad('用户不存在');
  const { wxid, name, sex } = person;
  const known = account.contacts.has(wxid);
  const { big, small } = pictures({ baseUrl }, wxid);
  return good({
    nickName: name,
    sex,
    userName: v1Of(wxid),
    bigHead: big,
    smallHead: small,
    v1: known ? wxid : v1Of(wxid),
    v2: known ? '' : v2Of(wxid),
  });
};

const addUser: OnlineRoute = ({ world, asked }, account, { v1, v2, type, verify = '' }) => {
  const wxid = [...world.people.keys()].find((one) => v1Of(one) === v1 && v2Of(one) === v2);
  if (wxid === undefined || !['3', '4', '8', '15'].includes(type ?? '')) return bad();
  asked.push({ account: account.number, wxid, room: null, type: Number(type), words: verify });
  return good(null);
};

const addRoomMemberFriend: OnlineRoute = ({ world, asked }, account, params) => {
  const { chatRoomId: room = '', memberWcId: wxid = '', content: words = '' } = params;
  const isMember = world.rooms.get(room)?.members.some((member) => member.wxid === wxid) === true;
  if (!account.account.rooms.has(room) || !isMember) return bad();
  asked.push({ account: account.number, wxid, room, type: 8, words });
  return good(`v3_${wxid}@stranger`, '添加群好友成功');
};

const acceptUser: OnlineRoute = ({ world }, { wxid }, { v1 = '', v2 = '', type }) => {
  if (!v1.startsWith('v1_') || type !== scene) return bad();
  return world.acceptFriend(wxid, v2, ecloudOrigin) ? good(null) : bad();
};

const createChatroom: OnlineRoute = ({ world }, { wxid, account }, { userList, topic = '' }) => {
  const members = listed(userList);
  if (members.length < 2 || members.some((member) => !account.contacts.has(member))) return bad();
  const everybody = [wxid, ...members].map((member) => ({ wxid: member }));
  const room = world.addRoom({ name: topic, ownerWxid: wxid }, everybody, ecloudOrigin);
  return good({ chatRoomID: room.wxid, base64: '', status: 1 });
};

/** A call about a chat room that the account is in, and about people in `userList`. */
const inRoom = (act: (...args: [...Parameters<OnlineRoute>, room: string, wxids: string[]]) => string | null): Route =>
  online((developer, account, params) => {
    const room = params['chatRoomId'] ?? '';
    if (!account.account.rooms.has(room)) return bad();
    const refused = act(developer, account, params, room, listed(params['userList']));
    return refused === null ? good(null) : bad(refused);
  });

export const adminRoutes: Readonly<Record<string, Route>> = {
  modifyRemark: online(({ world }, { wxid, account }, { wcId = '', remark = '' }) => {
    if (!account.contacts.has(wcId)) return bad();
    world.setRemark(wxid, wcId, remark, ecloudOrigin);
    return good(null);
  }),
  modifyGroupRemark: inRoom(() => null),
  setTop: online(({ world }, { wxid, account }, { wcId = '', operType = '' }) => {
    if (!['0', '1'].includes(operType)) return bad('参数错误');
    if (!account.contacts.has(wcId) && !account.rooms.has(wcId)) return bad();
    world.setPinned(wxid, wcId, operType === '1', ecloudOrigin);
    return good(null);
  }),
  searchUser: online(searchUser),
  addUser: online(addUser),
  addRoomMemberFriend: online(addRoomMemberFriend),
  acceptUser: online(acceptUser),
  createChatroom: online(createChatroom),
  addChatRoomMember: inRoom(({ world }, _account, _params, room, wxids) => {
    if (world.rooms.get(room)!.members.length >= membersWithoutConsent) return '群人数超过40人，请使用邀请群成员接口';
    for (const wxid of wxids) world.join(room, wxid, ecloudOrigin);
    return null;
  }),
  inviteChatRoomMember: inRoom(({ asked }, { number: account }, _params, room, wxids) => {
    for (const wxid of wxids) asked.push({ account, wxid, room, type: null, words: '' });
    return null;
  }),
  deleteChatRoomMember: inRoom(({ world }, { wxid: own }, _params, room, wxids) => {
    if (world.rooms.get(room)!.ownerWxid !== own) return '你不是群主';
    for (const wxid of wxids) world.leave(room, wxid, ecloudOrigin);
    return null;
  }),
  modifyGroupName: inRoom(({ world }, _account, { content = '' }, room) => {
    world.renameRoom(room, content, ecloudOrigin);
    return null;
  }),
};
