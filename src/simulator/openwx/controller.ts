/**
 * The Controller: one port in front of several Openwx clients, which starts and stops them by name.
 *
 * Its own routes are GET only; everything else under /openwx goes to the client that `client=` names.
 */
import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OpenwxClient } from './client.ts';
import { toOpenwxJson } from './text.ts';
import type { Json } from './text.ts';
import { readParams } from '../request-params.ts';
import type { Params } from '../request-params.ts';

/** A client as the Controller sees it. */
export type ControlledClient = OpenwxClient & { readonly port: number };

export type Controller = { readonly baseUrl: string; stop(): Promise<void> };

type Exchange = { request: IncomingMessage; response: ServerResponse; body: Buffer; params: Params };

const html = { 'content-type': 'text/html;charset=UTF-8' } as const;

function json({ response }: Exchange, value: Json, status = 200): void {
  response.writeHead(status, { server: 'Mojolicious (Perl)', 'content-type': 'application/json' });
  response.end(toOpenwxJson(value));
}

function processJson(client: ControlledClient): Record<string, Json> {
  return {
    account: client.clientName,
    client: client.clientName,
    pid: client.session?.pid ?? null,
    port: client.port,
    ...client.startParams,
  };
}

/** The state that a client keeps in a file, with its port. */
function stateJson(client: ControlledClient): Json {
  const { session, clientName } = client;
  const file = (kind: string, ext: string): string => `/tmp/mojo_weixin_${kind}_${clientName}.${ext}`;
  return {
    account: clientName,
    cookie_path: file('cookie', 'dat'),
    download_media: 1,
    http_debug: '0',
    log_encoding: 'utf8',
    log_level: 'info',
    media_dir: '/tmp',
    os: 'linux',
    pid: session?.pid ?? null,
    pid_path: file('pid', 'pid'),
    port: client.port,
    previous_state: client.previousState,
    qrcode_count_max: 10,
    qrcode_path: file('qrcode', 'jpg'),
    start_time: Math.floor((session?.startedAt ?? 0) / 1000),
    state: client.state,
    state_path: file('state', 'json'),
    tmpdir: '/tmp',
    version: '1.4.6',
  };
}

/** Hands a request on as it is; a client that is blocked in its login leaves it without an answer. */
function proxy({ request, response, body }: Exchange, port: number): void {
  const { host: _, ...headers } = request.headers;
  const passed = http.request(
    { host: '127.0.0.1', port, method: request.method, path: request.url, headers, timeout: 120_000 },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  passed.on('timeout', () => passed.destroy());
  passed.on('error', () => request.socket.destroy());
  response.once('close', () => passed.destroy());
  passed.end(body);
}

function createAnswer(clients: readonly ControlledClient[]): (exchange: Exchange) => void {
  const alive = (): ControlledClient[] => clients.filter(({ session }) => session !== null);

  /** Takes an account that nothing drives yet; a name that drove one before gets that one again. */
  const startClient = async (exchange: Exchange, name: string): Promise<void> => {
    const running = alive().find(({ clientName }) => clientName === name);
    if (running !== undefined) {
      json(exchange, { code: 0, ...processJson(running), status: 'client already exists' });
      return;
    }
    const free =
      clients.find(({ clientName }) => clientName === name) ?? clients.find(({ clientName }) => clientName === null);
    if (free === undefined) {
      json(exchange, { code: 5, status: 'max clients exceed' });
      return;
    }
    free.clientName = name;
    free.startParams = exchange.params.all();
    await free.start();
    json(exchange, { code: 0, ...processJson(free), status: 'success' });
  };

  const own: Readonly<Record<string, (exchange: Exchange, client: ControlledClient) => void>> = {
    stop_client(exchange, client) {
      json(exchange, { code: 0, ...processJson(client), status: 'success' });
      void client.stop();
    },
    check_client: (exchange, client) => json(exchange, { client: [stateJson(client)], code: 0 }),
    get_qrcode({ response }, { qrCode }) {
      // The file is gone after the login.
      response.writeHead(
        qrCode === null ? 404 : 200,
        qrCode === null ? html : { 'content-type': 'image/jpg', 'cache-control': 'no-cache' },
      );
      response.end(qrCode ?? '');
    },
  };

  return (exchange) => {
    const { request, response, params } = exchange;
    const path = (request.url ?? '/').replace(/\?.*/s, '');
    if (path === '/') {
      response.writeHead(404, html);
      response.end('<!DOCTYPE html>\n<html><head><title>Page not found (development mode)</title></head></html>\n');
      return;
    }
    const route = /^\/openwx\/([^/]+)\/?$/.exec(path)?.[1];
    if (route === undefined) {
      json(exchange, { code: -1, status: 'api not found' }, 403);
      return;
    }
    const name = params.last('client');
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (route === 'check_client' && reads && name === undefined) {
      // All at once tells nothing but ports.
      json(exchange, { client: alive().map(({ port }) => ({ port })), code: 0 });
    } else if (name === undefined) {
      json(exchange, { code: 1, status: 'client not found' });
    } else if (route === 'start_client' && reads) {
      void startClient(exchange, name);
    } else {
      const client = alive().find(({ clientName }) => clientName === name);
      const answer = reads ? own[route] : undefined;
      if (client === undefined) json(exchange, { code: 1, status: 'client not exists' });
      else if (answer === undefined) proxy(exchange, client.port);
      else answer(exchange, client);
    }
  };
}

/** Serves a Controller over clients. */
export async function startController(
  clients: readonly ControlledClient[],
  host: string,
  port: number,
): Promise<Controller> {
  const answer = createAnswer(clients);
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const query = (request.url ?? '').split(/\?(.*)/s)[1] ?? '';
      answer({ request, response, body, params: readParams(query, request.headers['content-type'] ?? '', body) });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    baseUrl: `http://${host}:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
