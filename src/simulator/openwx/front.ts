/** The HTTP server of one Openwx client. It listens as long as the client's process lives, always on the same port. */
import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Cancel } from '../clock.ts';
import { drip } from '../drip.ts';
import type { AccountName, Faults } from '../faults.ts';
import type { Call, Route } from './call.ts';
import { readRoutes } from './read-routes.ts';
import type { Session } from './session.ts';
import { toOpenwxJson } from './text.ts';
import { writeRoutes } from './write-routes.ts';
import { readParams } from '../request-params.ts';
import type { Params } from '../request-params.ts';

/** A request as it arrived, and what came of it. */
export type RecordedRequest = {
  account: number;
  method: string;
  path: string;
  /** The last value of each parameter. */
  params: Readonly<Record<string, string>>;
  at: number;
  /** Null while there is no answer, also when there never is one. */
  status: number | null;
};

export type OpenwxFront = {
  /** The port, once it was known; 0 before. */
  readonly port: number;
  readonly baseUrl: string;
  /** Opens or closes the port with the process. */
  serve(session: Session | null): Promise<void>;
};

export type FrontSettings = {
  name: AccountName;
  host: string;
  port: number;
  faults: Faults;
  record: (request: RecordedRequest) => void;
  changed: () => void;
};

const routes = new Map<string, Route>(Object.entries({ ...readRoutes, ...writeRoutes }));
const sends = new Set(['send_friend_message', 'send_group_message', 'consult']);
const nothing: Cancel = () => {};
const html = { 'content-type': 'text/html;charset=UTF-8' } as const;
const cors = { server: 'Mojolicious (Perl)', 'access-control-allow-origin': '*' } as const;
const preflight = {
  'access-control-allow-methods': 'OPTIONS, HEAD, GET, POST',
  'access-control-allow-headers': 'X-Requested-With, X-Auth-Token, Content-Type, Content-Length, Authorization',
} as const;
/** After so many requests the server closes a connection. */
const requestsPerConnection = 100;

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

/** The parameters as they are listed: of bytes only how many. */
function listed(params: Params): Record<string, string> {
  const data = params.bytes('media_data');
  return { ...params.all(), ...(data && { media_data: `${data.length} bytes` }) };
}

/** The name of a route, with the slash and the suffix that the server forgives. */
function routeName(path: string): string | null {
  return /^\/openwx\/([^/.]+)(?:\.json)?\/?$/.exec(path)?.[1] ?? null;
}

type Exchange = {
  request: IncomingMessage;
  response: ServerResponse;
  params: Params;
  route: string;
  recorded: RecordedRequest;
};

/** How a request is answered: once, or never. */
function createCall(session: Session, exchange: Exchange, settings: FrontSettings): Call & { gone(): void } {
  const { request, response, params, route, recorded } = exchange;
  const { faults, name } = settings;
  let open = true;
  let cancelPatience: Cancel = nothing;
  const fits = (fault: { route?: string }): boolean => fault.route === undefined || route.endsWith(fault.route);

  const close = (): void => {
    open = false;
    cancelPatience();
    request.socket.destroy();
  };
  const patience = (ms: number): void => {
    cancelPatience();
    if (open) cancelPatience = session.clock.after(ms, close);
  };
  const write = (status: number, headers: Readonly<Record<string, string>>, body: string | Uint8Array): void => {
    const wraps = params.last('datatype') === 'jsonp' && typeof body === 'string';
    const callback = params.last('callback') || `jsoncallback${Math.floor(session.clock.now() / 1000)}`;
    const bytes = Buffer.from(wraps ? `${callback}(${body})` : body);
    recorded.status = status;
    response.writeHead(status, { ...cors, ...headers, 'content-length': bytes.length });
    const slowly = faults.take('drip', name, fits);
    if (slowly === undefined) response.end(bytes);
    else drip(response, bytes, slowly.ms, session.clock);
    settings.changed();
  };
  const raw: Call['raw'] = (status, headers, body) => {
    if (!open) return;
    open = false;
    cancelPatience();
    if (sends.has(route) && status === 200 && loseAnswer()) return;
    const slow = faults.take('slow', name, fits);
    const garbage = faults.take('garbage', name, fits);
    const finish = (): void =>
      garbage === undefined
        ? write(status, headers, body)
        : write(garbage.status ?? 200, html, '<html>502 Bad Gateway</html>');
    if (slow === undefined) finish();
    else session.clock.after(slow.ms, finish);
  };
  /** The message is out; the caller does not learn it. */
  const loseAnswer = (): boolean => {
    if (faults.take('reset-after-send', name) !== undefined) {
      request.socket.resetAndDestroy();
      return true;
    }
    const late = faults.take('timeout-after-send', name);
    if (late === undefined) return false;
    if (late.ms === undefined || late.ms === 0) request.socket.destroy();
    else session.clock.after(late.ms, () => request.socket.destroy());
    return true;
  };
  return {
    session,
    params,
    raw,
    patience,
    gone() {
      open = false;
      cancelPatience();
    },
    json: (value) => raw(200, { 'content-type': 'application/json' }, toOpenwxJson(value)),
    after: (ms, run) => session.clock.after(ms, run),
  };
}

/** Faults that strike before anything is done. True when one did. */
function strikes(session: Session, exchange: Exchange, settings: FrontSettings): boolean {
  const { request, response, route, recorded } = exchange;
  const { faults, name } = settings;
  const fits = (fault: { route?: string }): boolean => fault.route === undefined || route.endsWith(fault.route);
  if (faults.take('reset', name, fits) !== undefined) {
    request.socket.resetAndDestroy();
    return true;
  }
  if (faults.take('hang', name, fits) !== undefined) return true;
  const error = faults.take('error', name, fits);
  if (error !== undefined) {
    recorded.status = error.status ?? 500;
    response.writeHead(recorded.status, { ...cors, ...html });
    response.end('<!DOCTYPE html>\n<html><head><title>Server error</title></head></html>\n');
    settings.changed();
    return true;
  }
  if (!sends.has(route)) return false;
  if (faults.take('reset-before-send', name) !== undefined) {
    request.socket.resetAndDestroy();
    return true;
  }
  const early = faults.take('timeout-before-send', name);
  if (early === undefined) return false;
  if (early.ms === undefined || early.ms === 0) request.socket.destroy();
  else session.clock.after(early.ms, () => request.socket.destroy());
  return true;
}

function answer(session: Session, exchange: Exchange, settings: FrontSettings): void {
  const { response, params, recorded } = exchange;
  const { method, path } = recorded;
  const call = createCall(session, exchange, settings);
  call.patience(session.options.inactivityMs);
  response.once('close', () => call.gone());
  if (session.options.auth !== null && !session.options.auth(params.all())) {
    call.json({ code: -6, status: 'auth failure' });
  } else if (method === 'OPTIONS') {
    call.raw(200, preflight, '');
  } else if (path === '/') {
    call.raw(
      404,
      html,
      '<!DOCTYPE html>\n<html><head><title>Page not found (development mode)</title></head></html>\n',
    );
  } else {
    const route = routes.get(exchange.route);
    const allowed = method === 'GET' || method === 'HEAD' || (method === 'POST' && route?.getOnly !== true);
    if (route === undefined || !allowed) call.raw(403, html, 'api not found');
    else route.answer(call);
  }
}

async function take(
  session: Session,
  request: IncomingMessage,
  response: ServerResponse,
  settings: FrontSettings,
): Promise<void> {
  const body = await readBody(request, session.options.maxRequestBytes);
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const params = readParams(query, request.headers['content-type'] ?? '', body);
  const recorded: RecordedRequest = {
    account: settings.name.number,
    method: request.method ?? 'GET',
    path,
    params: listed(params),
    at: session.clock.now(),
    status: null,
  };
  settings.record(recorded);
  const exchange: Exchange = { request, response, params, route: routeName(path) ?? '', recorded };
  const go = (): void => {
    // Whoever has gone meanwhile is still served: the request lies in the socket.
    if (!strikes(session, exchange, settings)) answer(session, exchange, settings);
  };
  if (session.answering) go();
  else session.blocked.add(go);
}

/** A front that is closed until a process lives. */
export function createOpenwxFront(settings: FrontSettings): OpenwxFront {
  let { port } = settings;
  let server: http.Server | null = null;

  const close = (): void => {
    server?.close();
    server?.closeAllConnections();
    server = null;
  };
  const open = (session: Session): Promise<void> => {
    const made = http.createServer({ keepAlive: true }, (request, response) => {
      take(session, request, response, settings).catch(() => request.socket.destroy());
    });
    made.keepAliveTimeout = session.options.inactivityMs;
    made.requestTimeout = 0;
    made.maxRequestsPerSocket = requestsPerConnection;
    server = made;
    return new Promise((resolve, reject) => {
      made.once('error', reject);
      made.listen(port, settings.host, () => {
        port = (made.address() as AddressInfo).port;
        resolve();
      });
    });
  };
  return {
    get port() {
      return port;
    },
    get baseUrl() {
      return `http://${settings.host}:${port}`;
    },
    async serve(session) {
      close();
      if (session !== null) await open(session);
    },
  };
}
