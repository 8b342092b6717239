/** E云's API: one row a route, all of them POST at the root. What the gateway cannot do is refused in E云's shape. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { goneSignal } from '../../http/gone.ts';
import { type Guards, addressOf } from '../../http/guards.ts';
import { logProblem, problemOf } from '../../http/problem.ts';
import type { App } from '../../resolvers/app.ts';
import type { Caller } from '../../resolvers/access/caller.ts';
import { GatewayError } from '../../resolvers/errors.ts';
import { createLoaders } from '../../resolvers/load.ts';
import type { Answer, Call } from './call.ts';
import { callbackUrlOf, cancelHttpCallbackUrl, getHttpCallbackUrl, setHttpCallbackUrl } from './callback.ts';
import {
  createChatroom,
  deleteChatRoomMember,
  getChatRoomInfo,
  getChatRoomMember,
  getChatRoomMemberInfo,
  inviteMembers,
  modifyGroupName,
} from './chat-rooms.ts';
import { getAddressList, getContact, initAddressList, modifyGroupRemark, modifyRemark, setTop } from './contacts.ts';
import { toldOf } from './errors.ts';
import { acceptUser, addRoomMemberFriend, addUser, searchUser } from './friends.ts';
import {
  getIPadLoginInfo,
  iPadLogin,
  logout,
  offlineReason,
  queryLoginWx,
  secondLogin,
  showOnline,
  takeOffline,
} from './login.ts';
import { beginVideo, cdnDownFile, getMedia, getVideo, sendReceived } from './media.ts';
import { readParams } from './params.ts';
import { revokeMsg } from './revoke.ts';
import { sendFileBase64, sendFrom, sendText } from './send.ts';
import { type Told, bad, good } from './told.ts';

const routes: Readonly<Record<string, Answer>> = {
  queryLoginWx,
  isOnline: showOnline,
  offlineReason,
  iPadLogin,
  localIPadLogin: iPadLogin,
  logout,
  'member/offline': takeOffline,
  getIPadLoginInfo,
  secondLogin,
  initAddressList,
  getAddressList,
  getContact,
  modifyRemark,
  setTop,
  searchUser,
  addUser,
  acceptUser,
  addRoomMemberFriend,
  getChatRoomInfo,
  getChatRoomMember,
  getChatRoomMemberInfo,
  createChatroom,
  addChatRoomMember: inviteMembers,
  inviteChatRoomMember: inviteMembers,
  deleteChatRoomMember,
  modifyGroupName,
  modifyGroupRemark,
  sendText,
  sendImage: sendFrom('IMAGE', 'content'),
  sendImage2: sendFrom('IMAGE', 'content'),
  sendFile: sendFrom('FILE', 'path'),
  sendFileBase64,
  sendVideo: sendFrom('VIDEO', 'path'),
  sendVoice: sendFrom('VOICE', 'content'),
  sendRecvImage: sendReceived('IMAGE'),
  sendRecvVideo: sendReceived('VIDEO'),
  sendRecvFile: sendReceived('FILE'),
  revokeMsg,
  getMsgImg: getMedia,
  getMsgFile: getMedia,
  getMsgVoice: getMedia,
  getMsgEmoji: getMedia,
  cdnDownFile,
  setHttpCallbackUrl,
  cancelHttpCallbackUrl,
  getHttpCallbackUrl,
  asynGetMsgVideo: beginVideo,
  getMsgVideoRes: getVideo,
};

/** Documented, and nothing that every WeChat behind the gateway could do, or that is the vendor's own business. */
const unserved: readonly string[] = [
  'loginByAccountAndPassword',
  'setproxy',
  'getReqTimes',
  'getUserFlow',
  'delContact',
  'setDisturb',
  'setFriendPemission',
  'checkZombie',
  'quitChatRoom',
  'setChatRoomAnnouncement',
  'operateChatRoom',
  'getGroupQrCode',
  'acceptUrl',
  'scanJoinRoom',
  'showInAddressBook',
  'updateIInChatRoomNickName',
  'agreeAddChatRoomMember',
  'addChatRoomMemberVerify',
  'getContactLabelList',
  'addContactLabel',
  'delContactLabel',
  'modifyContactLabel',
  'sendUrl',
  'sendLink',
  'sendNameCard',
  'sendEmoji',
  'sendApplet',
  'sendApplets',
  'forwardUrl',
];

/** A file in base64, which is a third more than its bytes. */
const largestBodies: Readonly<Record<string, number>> = { sendFileBase64: 16 * 1024 * 1024 };

/** Adds E云's API, for tokens alone. */
export function addEcloudRoutes(server: FastifyInstance, app: App, guards: Guards): void {
  const callers = new WeakMap<FastifyRequest, Caller>();
  // Before the body is read: strangers upload nothing.
  const onRequest = async (request: FastifyRequest): Promise<void> => {
    callers.set(request, await guards.authenticate(request));
  };
  server.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    logProblem(app.log, error, problem, request.id);
    void reply.code(problem.status).headers(problem.headers);
    return tell(reply, toldOf(problem.code, problem.message));
  });
  const config = { pathToken: true };
  for (const [route, answer] of Object.entries(routes)) {
    server.post(`/${route}`, { config, onRequest, ...limitOf(route) }, async (request, reply) =>
      tell(reply, await told(() => answer(callOf(app, callers.get(request)!, request, reply)))),
    );
  }
  for (const route of unserved) {
    server.post(`/${route}`, { config, onRequest }, async (_, reply) => tell(reply, bad(`网关不支持此接口：${route}`)));
  }
  server.post('/member/login', async (request, reply) => tell(reply, await told(() => signIn(app, guards, request))));
}

function limitOf(route: string): { bodyLimit?: number } {
  const bodyLimit = largestBodies[route];
  return bodyLimit === undefined ? {} : { bodyLimit };
}

/** Failures that are expected are answers like others, with HTTP 200. */
async function told(answer: () => Promise<Told>): Promise<Told> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code === 'INTERNAL') throw error;
    return toldOf(error.code, error.message);
  }
}

/** The password of an account is a token, whatever the account is called; it is the Authorization from then on. */
async function signIn(app: App, guards: Guards, request: FastifyRequest): Promise<Told> {
  const params = readParams(request.body);
  params.text('account');
  const token = params.text('password').trim();
  try {
    const caller = await guards.check({ kind: 'token', value: token }, addressOf(request));
    return good({ callbackUrl: await callbackUrlOf(app, caller), status: 0, Authorization: token });
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'UNAUTHENTICATED') return bad('账号或密码错误');
    throw error;
  }
}

function callOf(app: App, caller: Caller, request: FastifyRequest, reply: FastifyReply): Call {
  const key = request.headers['idempotency-key'];
  return {
    app,
    caller,
    loaders: createLoaders(app, caller),
    params: readParams(request.body),
    idempotencyKey: typeof key === 'string' && key !== '' ? key : null,
    signal: goneSignal(reply),
  };
}

function tell(reply: FastifyReply, answer: Told): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
}
