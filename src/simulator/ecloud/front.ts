/** The HTTP server of E云: one developer account with all its WeChat accounts, behind one address. */
import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, ownClock } from '../clock.ts';
import { type EcloudAccount, createLogins } from './account.ts';
import type { Developer, EcloudAsked } from './answers.ts';
import { eventBodies, offlineBody } from './callbacks.ts';
import { type Json, fromEcloudJson, toEcloudJson } from './json.ts';
import { createMedia } from './media.ts';
import type { EcloudOptions } from './options.ts';
import { ecloudRoutes } from './routes.ts';
import { ecloudSends } from './send-routes.ts';
import { drip } from '../drip.ts';
import type { AccountName, Faults } from '../faults.ts';
import type { RecordedRequest } from '../openwx/front.ts';
import { type PostBody, type Poster, type RecordedPost, createPoster } from '../openwx/poster.ts';
import { avatarPng } from '../png.ts';
import type { Random } from '../random.ts';
import type { Account } from '../wechat.ts';
import type { World } from '../world.ts';

export type EcloudFront = {
  readonly port: number;
  readonly baseUrl: string;
  /** The developer account's; every call carries it. */
  readonly authorization: string;
  readonly accounts: readonly EcloudAccount[];
  /** Where everything is posted; set by setHttpCallbackUrl. */
  callbackUrl: string | null;
  /** Whom its accounts asked to become friends, or invited to chat rooms; both want an answer that nobody gives here. */
  readonly asked: readonly EcloudAsked[];
  /** Media that came so far can no longer be fetched. */
  expireMedia(): void;
  /** Posts what faults no longer hold. */
  release(): void;
  stop(): Promise<void>;
};

export type EcloudFrontSettings = {
  accounts: readonly { number: number; account: Account }[];
  host: string;
  port: number;
  world: World;
  clock: Clock;
  random: Random;
  faults: Faults;
  options: EcloudOptions;
  record: (request: RecordedRequest) => void;
  recordPost: (post: RecordedPost) => void;
  changed: () => void;
};

/** What is nobody's: calls that name no account. */
const nobody: AccountName = { number: 0, wxid: '' };

/** Listens when it resolves. */
export async function startEcloudFront(settings: EcloudFrontSettings): Promise<EcloudFront> {
  const { world, faults, options, random } = settings;
  const clock = ownClock(settings.clock);
  const posters = new Map<number, Poster>();
  const post = (name: AccountName, body: Record<string, Json>): void =>
    posterOf(name).later(body as unknown as PostBody);
  const logins = createLogins({
    accounts: settings.accounts,
    clock,
    random,
    options,
    loggedOut: (account, wId, reason) => post(account.name, offlineBody(account, wId, reason)),
    changed: settings.changed,
  });
  const developer: Developer = {
    options,
    world,
    logins,
    media: createMedia(random),
    faults,
    asked: [],
    sent: new Map(),
    baseUrl: () => baseUrl,
    callbackUrl: null,
    testCallback: () => post(nobody, { messageType: '00000', data: {} }),
  };

  function posterOf(name: AccountName): Poster {
    const known = posters.get(name.number);
    if (known !== undefined) return known;
    const made = createPoster({
      name,
      clock,
      faults,
      urls: () => (developer.callbackUrl === null ? [] : [developer.callbackUrl]),
      write: toEcloudJson,
      answered: () => {},
      record: settings.recordPost,
      changed: settings.changed,
    });
    posters.set(name.number, made);
    return made;
  }

  const forgetWorld = world.on((event) => {
    const account = logins.byWcId(event.account);
    // What happens while it is not online is not brought later.
    if (account === undefined || account.wId === null) return;
    if (event.type === 'message') developer.media.remember(account, event.message);
    for (const body of eventBodies(world, account, event)) post(account.name, body);
  });

  const server = http.createServer((request, response) => {
    take(developer, settings, request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const baseUrl = `http://${settings.host}:${port}`;
  return {
    port,
    baseUrl,
    authorization: options.authorization,
    accounts: logins.accounts,
    get callbackUrl() {
      return developer.callbackUrl;
    },
    set callbackUrl(url) {
      developer.callbackUrl = url;
    },
    asked: developer.asked,
    expireMedia: () => developer.media.expire(),
    release: () => {
      for (const poster of posters.values()) poster.release();
    },
    stop: () => {
      forgetWorld();
      logins.stop();
      clock.cancelAll();
      for (const poster of posters.values()) poster.stop();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function take(
  developer: Developer,
  settings: EcloudFrontSettings,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const path = (request.url ?? '/').split('?', 1)[0]!;
  const picture = /^\/qrcode\/([\w-]+)\.png$/.exec(path)?.[1];
  if (picture !== undefined) {
    const png = developer.logins.pending(picture)?.png;
    response.writeHead(png === undefined ? 404 : 200, { 'content-type': 'image/png' }).end(png ?? '');
    return;
  }
  if (request.method === 'GET' && /^\/(?:media|mmhead)\//.test(path)) {
    const laid = fileAt(developer, path);
    response.writeHead(laid === undefined ? 404 : 200, { 'content-type': laid?.mime ?? 'text/plain' });
    response.end(laid?.bytes ?? '');
    return;
  }
  const params = readParams(Buffer.concat(chunks).toString('utf8'));
  const account = developer.logins.byWId(params?.['wId'] ?? '') ?? developer.logins.byWcId(params?.['wcId'] ?? '');
  const recorded: RecordedRequest = {
    account: account?.number ?? 0,
    method: request.method ?? 'POST',
    path,
    params: params ?? {},
    at: settings.clock.now(),
    status: null,
  };
  settings.record(recorded);
  const route = path.slice(1);
  const name = account?.name ?? nobody;
  if (strikesBefore(settings, route, name, request, response)) return;
  const answer = await answerOf(developer, request, route, params);
  if (ecloudSends.has(route) && strikesAfter(settings, name, request)) return;
  const write = (): void => {
    const garbage = settings.faults.take('garbage', name, fits(route));
    const slowly = settings.faults.take('drip', name, fits(route));
    recorded.status = garbage?.status ?? answer.status;
    response.writeHead(recorded.status, { 'content-type': garbage ? 'text/html' : 'application/json;charset=UTF-8' });
    const body = garbage ? '<html>502 Bad Gateway</html>' : toEcloudJson(answer.body);
    if (slowly === undefined) response.end(body);
    else drip(response, body, slowly.ms, settings.clock);
    settings.changed();
  };
  const slow = settings.faults.take('slow', name, fits(route));
  if (slow === undefined) write();
  else settings.clock.after(slow.ms, write);
}

/** A picture of somebody, or media that were asked for. */
function fileAt({ world, media }: Developer, path: string): { mime: string; bytes: Uint8Array } | undefined {
  const laid = media.at(path);
  if (laid !== undefined) return { mime: laid.mime ?? 'application/octet-stream', bytes: laid.bytes };
  const [, wxid] = /^\/mmhead\/([^/]+)\/(?:0|132)$/.exec(path) ?? [];
  const whose = world.people.get(wxid ?? '') ?? world.rooms.get(wxid ?? '');
  return whose === undefined || whose.avatar === 'none'
    ? undefined
    : { mime: 'image/png', bytes: avatarPng(whose.wxid) };
}

async function answerOf(
  developer: Developer,
  request: IncomingMessage,
  name: string,
  params: Readonly<Record<string, string>> | null,
): Promise<{ status: number; body: Json }> {
  if (request.headers.authorization !== developer.options.authorization) {
    return { status: 401, body: { code: '1001', message: 'Authorization无效', data: null } };
  }
  const route = ecloudRoutes.get(name);
  if (route === undefined || request.method !== 'POST') {
    return { status: 404, body: { status: 404, error: 'Not Found', path: `/${name}` } };
  }
  if (params === null) return { status: 200, body: { code: '1001', message: '参数错误', data: null } };
  return { status: 200, body: await route(developer, params) };
}

/** The fields of a JSON object as text; arrays with commas between their items. Null where it is none. */
function readParams(body: string): Record<string, string> | null {
  try {
    const read = body.trim() === '' ? {} : fromEcloudJson(body);
    if (typeof read !== 'object' || read === null || Array.isArray(read)) return null;
    return Object.fromEntries(Object.entries(read).map(([key, value]) => [key, value === null ? '' : String(value)]));
  } catch {
    return null;
  }
}

function fits(route: string): (fault: { route?: string }) => boolean {
  return (fault) => fault.route === undefined || route.endsWith(fault.route);
}

/** Faults that strike before anything is done. True when one did. */
function strikesBefore(
  { faults, clock }: EcloudFrontSettings,
  route: string,
  name: AccountName,
  { socket }: IncomingMessage,
  response: ServerResponse,
): boolean {
  const sends = ecloudSends.has(route);
  if (
    faults.take('reset', name, fits(route)) !== undefined ||
    (sends && faults.take('reset-before-send', name) !== undefined)
  ) {
    socket.resetAndDestroy();
    return true;
  }
  if (faults.take('hang', name, fits(route)) !== undefined) return true;
  const error = faults.take('error', name, fits(route));
  if (error !== undefined) {
    response.writeHead(error.status ?? 500, { 'content-type': 'text/html' }).end('<html>Internal Server Error</html>');
    return true;
  }
  const early = sends ? faults.take('timeout-before-send', name) : undefined;
  if (early !== undefined) clock.after(early.ms ?? 0, () => socket.destroy());
  return early !== undefined;
}

/** The message is out; the caller does not learn it. */
function strikesAfter({ faults, clock }: EcloudFrontSettings, name: AccountName, { socket }: IncomingMessage): boolean {
  if (faults.take('reset-after-send', name) !== undefined) {
    socket.resetAndDestroy();
    return true;
  }
  const late = faults.take('timeout-after-send', name);
  if (late !== undefined) clock.after(late.ms ?? 0, () => socket.destroy());
  return late !== undefined;
}
