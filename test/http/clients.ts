/** Clients that do exactly what a test says, also what no well-behaved one would. */
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { WebSocket } from 'ws';
import { type Fake, token } from './fake.ts';

export type Answer = {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
  json(): Record<string, unknown>;
};

type Asked = { method?: string; headers?: Record<string, string>; body?: string | Buffer };

/** One request, with just these headers. */
export async function ask(
  fake: Fake,
  path: string,
  { method = 'GET', headers = {}, body }: Asked = {},
): Promise<Answer> {
  const response = await open(fake, path, { method, headers, ...(body === undefined ? {} : { body }) });
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  return {
    status: response.statusCode!,
    headers: response.headers,
    text,
    json: () => JSON.parse(text) as Record<string, unknown>,
  };
}

/** A request whose answer is read by the test. */
export function open(
  fake: Fake,
  path: string,
  { method = 'GET', headers = {}, body }: Asked = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port: fake.port, path, method, headers, agent: false }, resolve);
    sent.on('error', reject);
    sent.end(body);
  });
}

export const bearer = { authorization: `Bearer ${token}` };

/** An operation over HTTP, with the token unless `headers` say otherwise. */
export function query(
  fake: Fake,
  text: string,
  more: { variables?: object; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return ask(fake, '/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer, ...more.headers },
    body: JSON.stringify({ query: text, variables: more.variables }),
  });
}

/** The events of an event stream, each as its fields; a comment is `{ comment }`. */
export async function* eventsOf(response: IncomingMessage): AsyncGenerator<Record<string, string>> {
  let rest = '';
  response.setEncoding('utf8');
  for await (const part of response) {
    rest += part as string;
    const blocks = rest.split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const fields: Record<string, string> = {};
      for (const line of block.split('\n')) {
        const at = line.indexOf(':');
        fields[at === 0 ? 'comment' : line.slice(0, at)] = line.slice(at + 1).trim();
      }
      yield fields;
    }
  }
}

type Message = { type: string; id?: string; payload?: unknown };

/** A socket that speaks the protocol by hand. `next` waits for the next message of a type. */
export type Peer = {
  socket: WebSocket;
  send(message: Message | string): void;
  next(type: string): Promise<Message & { payload: Record<string, unknown> }>;
  closed: Promise<{ code: number; reason: string }>;
  received: Message[];
};

export type Connecting = { protocol?: string | null; headers?: Record<string, string>; origin?: string };

/** Connects; throws the HTTP status as an Error where the upgrade is refused. */
export async function connect(
  fake: Fake,
  { protocol = 'graphql-transport-ws', headers = {}, origin }: Connecting = {},
): Promise<Peer> {
  const url = `ws://127.0.0.1:${fake.port}/graphql`;
  const options = { headers, ...(origin === undefined ? {} : { origin }) };
  const socket = protocol === null ? new WebSocket(url, options) : new WebSocket(url, protocol, options);
  const received: Message[] = [];
  const waiting: { type: string; resolve: (message: never) => void }[] = [];
  const unread: Message[] = [];
  socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString('utf8')) as Message;
    received.push(message);
    const at = waiting.findIndex(({ type }) => type === message.type);
    if (at < 0) unread.push(message);
    else waiting.splice(at, 1)[0]!.resolve(message as never);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      reject(new Error(`HTTP ${response.statusCode}`));
      socket.terminate();
    });
  });
  socket.on('error', () => {});
  return {
    socket,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next(type) {
      const at = unread.findIndex((message) => message.type === type);
      if (at >= 0) return Promise.resolve(unread.splice(at, 1)[0] as never);
      return new Promise((resolve) => waiting.push({ type, resolve }));
    },
    closed,
    received,
  };
}

/** Connects and says who it is. */
export async function join(fake: Fake, authorization = `Bearer ${token}`): Promise<Peer> {
  const peer = await connect(fake);
  peer.send({ type: 'connection_init', payload: { authorization } });
  await peer.next('connection_ack');
  return peer;
}

export function subscribe(peer: Peer, id: string, text: string, variables?: object): void {
  peer.send({ type: 'subscribe', id, payload: { query: text, variables } });
}
