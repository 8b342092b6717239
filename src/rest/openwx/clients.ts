/** Accounts as clients: the routes of the Controller, and what a client tells of itself. An account's number stands for a process. */
import { createAccount } from '../../resolvers/accounts/create-account.ts';
import { setCallback } from '../../resolvers/webhooks/set-callback.ts';
import { readAllAccounts, showAccountId } from '../../resolvers/accounts/read-accounts.ts';
import { startAccount } from '../../resolvers/accounts/start-account.ts';
import { stopClient as stop } from '../../resolvers/accounts/stop-client.ts';
import type { Account } from '../../resolvers/shapes.ts';
import { type Answer, type Call, html, told } from './call.ts';
import { Failure } from './failure.ts';
import type { JsonObject } from './json.ts';
import { stateWords } from './states.ts';

/** Of the API that is served. */
const version = '1.4.6';

export const getClientInfo = told(async (call) => {
  const account = await call.account();
  // A client that is not logged in does not answer at all with Openwx.
  if (stateWords[account.state] !== 'running') throw new Failure(1, `client not logged in: ${account.state}`);
  return {
    ...processJson(call, account),
    http_debug: '0',
    log_encoding: null,
    log_level: call.app.config.logLevel,
    log_path: null,
    os: 'linux',
    status: 'success',
    version,
  };
});

/** An account that is stopped starts, and posts where it is told to; an unknown name makes a new account, where the caller may and the gateway knows with what connection. */
export const startClient = told(async (call) => {
  const { app, caller, params } = call;
  const account = await call.account().catch(async (error: unknown) => {
    const name = params.one('client');
    const isNew = error instanceof Failure && error.code === 1 && name !== null && caller.scope === 'ADMIN';
    if (!isNew) throw error;
    return (await createAccount(app, caller, { name })).object;
  });
  await setPostApi(call, account);
  const isRunning = account.wanted;
  if (!isRunning) await startAccount(app, caller, showAccountId(account));
  return { ...clientJson(call, account), status: isRunning ? 'client already exists' : 'success' };
});

/**
 * `post_api` and its options, as the Controller hands them on to a client: where this account's events go from now on, and nowhere where
 * it is empty. What the receiver answers as `reply` or `media` is sent, as the documentation promises.
 */
async function setPostApi({ app, caller, params }: Call, account: Account): Promise<void> {
  const url = params.one('post_api');
  if (url === null) return;
  const events = params.one('post_event_list')?.split(',') ?? null;
  await setCallback(app, caller, {
    format: 'OPENWX',
    accountId: account.id,
    url: url === '' ? null : url,
    options: {
      events: params.one('post_event') === '0' ? [] : events,
      mediaData: params.one('post_media_data') !== '0',
      allowReply: true,
    },
  });
}

/** The gateway stops driving the account, and ends the upstream's process or login where it can start it again. */
export const stopClient = told(async (call) => {
  const { app, caller, params } = call;
  const account = await call.account();
  await stop(app, caller, showAccountId(account));
  const single = `success, client(${account.id}) will stop in 3 seconds`;
  return {
    ...processJson(call, account),
    ...clientJson(call, account),
    status: params.all('client').length > 0 ? 'success' : single,
  };
});

export const checkClient = told(async (call) => {
  const { app, caller, params } = call;
  const one = params.all('client').length > 0 ? [await call.account()] : null;
  const accounts = one ?? (await readAllAccounts(app, caller));
  return { code: 0, client: accounts.map((account) => stateJson(call, account)) };
});

/** The login code that waits to be scanned; 404 and nothing where none does. */
export const getQrcode: Answer = async (call) => {
  const { qrCode } = await call.account();
  const [, mime, base64] = /^data:([^;,]+);base64,(.*)$/s.exec(qrCode?.image ?? '') ?? [];
  if (mime === undefined || base64 === undefined) return { status: 404, type: html, body: '' };
  const type = mime === 'image/jpeg' ? 'image/jpg' : mime;
  return { type, headers: { 'cache-control': 'no-cache' }, body: Buffer.from(base64, 'base64') };
};

function processJson({ app }: Call, account: Account): JsonObject {
  return {
    code: 0,
    account: showAccountId(account),
    pid: account.id,
    runtime: Math.floor((app.clock.now() - app.startedAt) / 1000),
    starttime: Math.floor(app.startedAt / 1000),
  };
}

/** The parameters of the call are given back, as the Controller does. */
function clientJson({ app, params }: Call, account: Account): JsonObject {
  const id = showAccountId(account);
  const given = params.names().map((name) => [name, params.all(name).at(-1) ?? '']);
  const { port, protocol } = new URL(app.publicUrl());
  return {
    ...(Object.fromEntries(given) as JsonObject),
    code: 0,
    account: id,
    client: params.all('client').at(-1) ?? id,
    pid: account.id,
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
  };
}

function stateJson(call: Call, account: Account): JsonObject {
  const { port } = clientJson(call, account);
  return {
    account: showAccountId(account),
    name: account.name,
    pid: account.id,
    port: port ?? 0,
    qrcode_path: '',
    start_time: Math.floor(call.app.startedAt / 1000),
    state: stateWords[account.state],
    version,
  };
}
