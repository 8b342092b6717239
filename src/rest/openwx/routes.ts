/** The routes of Mojo-Weixin's Openwx plugin and of its Controller, for accounts of every driver. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { goneSignal, onceGone } from '../../http/gone.ts';
import type { Guards } from '../../http/guards.ts';
import { logProblem, problemOf } from '../../http/problem.ts';
import type { App } from '../../resolvers/app.ts';
import type { Caller } from '../../resolvers/access/caller.ts';
import { GatewayError } from '../../resolvers/errors.ts';
import { findAccount } from '../../resolvers/accounts/find-account.ts';
import type { Account } from '../../resolvers/shapes.ts';
import { getAvatar } from './avatar.ts';
import { type Answer, type Call, type Reply, html } from './call.ts';
import { checkEvent } from './check-event.ts';
import { checkClient, getClientInfo, getQrcode, startClient, stopClient } from './clients.ts';
import { consultFriend } from './consult.ts';
import { Failure, failureOf } from './failure.ts';
import { openwxJson } from './json.ts';
import { revoke, upload } from './messages.ts';
import { type Params, readParams } from './params.ts';
import { acceptRequest, makeFriend, setFriendMarkname, setMarkname, stick } from './people.ts';
import { getFriendInfo, getGroupBasicInfo, getGroupInfo, getUserInfo, searchFriend, searchGroup } from './read.ts';
import { createGroup, inviteFriend, kickGroupMember, setGroupDisplayname } from './rooms.ts';
import { sendAnyMessage, sendFriendMessage, sendGroupMessage } from './send.ts';

/** `head`: asking for the head alone does nothing. */
const routes: Readonly<Record<string, { answer: Answer; head?: true }>> = {
  get_user_info: { answer: getUserInfo, head: true },
  get_friend_info: { answer: getFriendInfo, head: true },
  get_group_info: { answer: getGroupInfo, head: true },
  get_group_basic_info: { answer: getGroupBasicInfo, head: true },
  get_avatar: { answer: getAvatar, head: true },
  search_friend: { answer: searchFriend, head: true },
  search_group: { answer: searchGroup, head: true },
  create_group: { answer: createGroup },
  invite_friend: { answer: inviteFriend },
  make_friend: { answer: makeFriend },
  set_group_displayname: { answer: setGroupDisplayname },
  kick_group_member: { answer: kickGroupMember },
  set_markname: { answer: setMarkname },
  set_friend_markname: { answer: setFriendMarkname },
  stick: { answer: stick },
  accept_friend_request: { answer: acceptRequest },
  send_friend_message: { answer: sendFriendMessage },
  send_group_message: { answer: sendGroupMessage },
  send_message: { answer: sendAnyMessage },
  revoke_message: { answer: revoke },
  upload_media: { answer: upload },
  consult: { answer: consultFriend },
  check_event: { answer: checkEvent },
  get_client_info: { answer: getClientInfo, head: true },
  start_client: { answer: startClient },
  stop_client: { answer: stopClient },
  check_client: { answer: checkClient, head: true },
  get_qrcode: { answer: getQrcode, head: true },
};

const maxBodyBytes = 16 * 1024 * 1024;
const jsonType = 'application/json;charset=UTF-8';
const optionsHeaders = {
  'access-control-allow-methods': 'OPTIONS, HEAD, GET, POST',
  'access-control-allow-headers': 'Content-Type, X-Requested-With, Authorization, X-API-Key',
};

/** Adds all of them. A token counts in a header, or in the address where that is switched on; a browser's session never does. */
export function addOpenwxRoutes(server: FastifyInstance, app: App, guards: Guards): void {
  const callers = new WeakMap<FastifyRequest, Caller>();
  // Before the body is read: strangers upload nothing.
  server.addHook('onRequest', async (request) => {
    if (request.method === 'OPTIONS') return;
    try {
      callers.set(request, await guards.authenticate(request));
    } catch (error) {
      throw authFailure(error);
    }
  });
  server.setErrorHandler((error, request, reply) => {
    const failure = failureOf(error);
    if (failure !== null) return send(app, request, reply, failureReply(failure));
    const problem = problemOf(error);
    logProblem(app.log, error, problem, request.id);
    return send(app, request, reply.headers(problem.headers), {
      status: problem.status,
      body: openwxJson({ code: -1, status: problem.message }),
    });
  });
  server.route({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/openwx/*',
    config: { anyOrigin: true },
    bodyLimit: maxBodyBytes,
    async handler(request, reply) {
      if (request.method === 'OPTIONS') return reply.headers(optionsHeaders).send('');
      const answer = routeOf(request);
      if (answer === null) return send(app, request, reply, { status: 403, type: html, body: 'api not found' });
      const params = paramsOf(request);
      return send(app, request, reply, await answer(callOf(app, callers.get(request)!, params, reply)), params);
    },
  });
}

/** Without a slash or `.json` at its end, and without the newline of a shell. Null: there is no such route for this method. */
function routeOf({ method, params }: FastifyRequest): Answer | null {
  const name = (params as { '*': string })['*']
    .replace(/\s+$/, '')
    .replace(/\/$/, '')
    .replace(/\.json$/, '');
  const route = Object.hasOwn(routes, name) ? routes[name]! : null;
  if (route === null) return null;
  const isTaken = method === 'GET' || method === 'POST' || (method === 'HEAD' && route.head === true);
  return isTaken ? route.answer : null;
}

function paramsOf({ url, headers, body }: FastifyRequest): Params {
  const at = url.indexOf('?');
  return readParams(at < 0 ? '' : url.slice(at + 1), headers['content-type'], body);
}

function callOf(app: App, caller: Caller, params: Params, reply: FastifyReply): Call {
  let account: Promise<Account> | null = null;
  return {
    app,
    caller,
    params,
    signal: goneSignal(reply),
    account: () => (account ??= accountOf(app, caller, params)),
  };
}

/** What the Controller says of a client that it does not have, and where none is named and there are several. */
async function accountOf(app: App, caller: Caller, params: Params): Promise<Account> {
  const given = params.one('client')?.trim() || null;
  try {
    return await findAccount(app, caller, given);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (error.code === 'AMBIGUOUS_RECEIVER') throw new Failure(1, `client not unique: ${error.message}`);
    if (error.code !== 'NOT_FOUND' && error.code !== 'BAD_INPUT') throw error;
    throw new Failure(1, given === null ? 'client not found' : 'client not exists');
  }
}

function authFailure(error: unknown): unknown {
  if (!(error instanceof GatewayError)) return error;
  return new Failure(-6, error.code === 'UNAUTHENTICATED' ? 'auth failure' : `auth failure: ${error.message}`);
}

function failureReply({ code, message, more }: Failure): Reply {
  return { body: openwxJson({ ...more, code, status: message }) };
}

/** Writes an answer, as a call of a function where a page asks so, and tells whether it was written whole. */
function send(
  app: App,
  request: FastifyRequest,
  reply: FastifyReply,
  { body, status = 200, type = jsonType, headers = {}, end }: Reply,
  params: Params = readParams(request.url.split('?', 2)[1] ?? '', undefined, null),
): FastifyReply {
  if (end !== undefined) {
    let isWritten = false;
    reply.raw.once('finish', () => (isWritten = true));
    onceGone(reply, () => {
      end(isWritten && request.method !== 'HEAD').catch((error: unknown) =>
        app.log.error({ err: error, requestId: request.id }, 'the end of an answer was not noted'),
      );
    });
  }
  void reply.code(status).headers(headers);
  const name = typeof body === 'string' ? callbackOf(app, params) : null;
  if (name === null) return reply.type(type).send(body);
  // The real one keeps the type of the answer, which browsers take for no script.
  return reply.type('application/javascript;charset=UTF-8').send(`${name}(${String(body)})`);
}

/** The function that a page wants to be called; a name that is none is not used. */
function callbackOf(app: App, params: Params): string | null {
  if (params.all('datatype').at(-1) !== 'jsonp') return null;
  const given = params.all('callback').at(-1);
  const initial = `jsoncallback${Math.floor(app.clock.now() / 1000)}`;
  return typeof given === 'string' && /^[A-Za-z_$][\w$.]{0,99}$/.test(given) ? given : initial;
}
