/** Requests with raw UTF-8 in their first line, over Node's own parser. */
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRawLines } from '../../src/http/raw-lines.ts';
import { refuseClient } from '../../src/http/refuse-client.ts';

type Served = { method: string; url: string; body: string };

let server: Server;
let served: Served[];
/** Requests for this are answered when it resolves. */
let hold: Promise<void>;

beforeEach(async () => {
  served = [];
  hold = Promise.resolve();
  const rawLines = createRawLines();
  server = createServer((request, response) => void serve(request, response).catch(ignored));
  rawLines.watch(server);
  server.on('clientError', (error, socket) => {
    if (!rawLines.serve(server, error, socket)) refuseClient(error, socket, rawLines.isBusy(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await read(request);
  served.push({ method: request.method!, url: decodeURIComponent(request.url!), body });
  if (request.url!.includes('held')) await hold;
  response.end(`served ${request.socket.remoteAddress ?? 'from nowhere'}`);
}

/** Of requests that break off. */
const ignored = () => undefined;

async function read(request: IncomingMessage | Socket): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** What comes back for packets that are written to a real socket, until it is closed. */
async function say(...packets: string[]): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  for (const packet of packets) await write(socket, packet);
  return read(socket);
}

/** Each packet is on its way before the next is written. */
async function write(socket: Socket, packet: string): Promise<void> {
  await new Promise<void>((resolve, reject) => socket.write(packet, (error) => (error ? reject(error) : resolve())));
  await new Promise(setImmediate);
}

/** A request that is being served until it is released. */
async function heldBy(packet: string) {
  const held = Promise.withResolvers<void>();
  hold = held.promise;
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const answer = read(socket).catch(() => '');
  await write(socket, packet);
  while (served.length === 0) await new Promise(setImmediate);
  return { socket, answer, release: () => held.resolve() };
}

const head = 'Host: 127.0.0.1\r\n';
const get = (target: string) => `GET ${target} HTTP/1.1\r\n${head}\r\n`;
const post = (target: string, body: string) =>
  `POST ${target} HTTP/1.1\r\n${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

describe('a request line with raw UTF-8', () => {
  test('is served as it was meant, and the connection is closed', async () => {
    const answer = await say(get('/openwx/send_group_message?displayname=报警群&content=磁盘 满了'.replace(' ', '+')));
    expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*Connection: close[^]*served 127\.0\.0\.1$/);
    expect(served).toEqual([
      { method: 'GET', url: '/openwx/send_group_message?displayname=报警群&content=磁盘+满了', body: '' },
    ]);
  });

  test('brings its body along', async () => {
    await say(post('/send?to=老王', 'message=你好'));
    await say(post('/t/token/openwx/send_friend_message?displayname=老王', 'content=你好'));
    expect(served.map(({ body }) => body)).toEqual(['message=你好', 'content=你好']);
  });

  test.each([
    ['of another address', get('/graphql?query=群')],
    ['of an address that only begins alike', get('/sending?text=群')],
    ['with a method that old clients do not use', `DELETE /openwx/x?y=群 HTTP/1.1\r\n${head}\r\n`],
    ['without its end', get('/openwx/x?y=群').slice(0, -2)],
    ['with less body than it says', post('/openwx/x?y=群', 'content=1').slice(0, -1)],
    ['with more than its body', `${post('/openwx/x?y=群', 'content=1')}2`],
    ['with two lengths', `POST /openwx/x?y=群 HTTP/1.1\r\n${head}Content-Length: 0\r\nContent-Length: 0\r\n\r\n`],
    ['with a length that is none', `POST /openwx/x?y=群 HTTP/1.1\r\n${head}Content-Length: +1\r\n\r\n1`],
    ['in chunks', `POST /openwx/x?y=群 HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['with another request behind it', get('/openwx/x?y=群') + get('/openwx/z')],
  ])('is answered 400 where it is one %s', async (_what, packet) => {
    expect(await say(packet)).toMatch(/^HTTP\/1\.1 400 [^]*"code":"BAD_INPUT"/);
    expect(served).toEqual([]);
  });

  test('behind another request is not served, and does not spoil the answer of that one', async () => {
    const answer = await say(get('/openwx/held') + get('/openwx/x?y=群'));
    expect(served.map(({ url }) => url).filter((url) => url !== '/openwx/held')).toEqual([]);
    expect(answer).not.toContain('served');
  });

  test('that comes while an earlier one is being answered is not served', async () => {
    const { socket, answer } = await heldBy(get('/openwx/held'));
    socket.write(get('/openwx/x?y=群'));
    expect(await answer).toBe('');
    expect(served.map(({ url }) => url)).toEqual(['/openwx/held']);
  });

  test('is served once on a connection, whatever else comes on it', async () => {
    const { socket, answer, release } = await heldBy(get('/openwx/held?y=群'));
    await write(socket, get('/openwx/x?y=群'));
    await write(socket, get('/openwx/z'));
    release();
    expect(await answer).toMatch(/^HTTP\/1\.1 200 [^]*served 127\.0\.0\.1$/);
    expect(served.map(({ url }) => url)).toEqual(['/openwx/held?y=群']);
  });

  test('ends with its connection', async () => {
    const gone = Promise.withResolvers<void>();
    server.on('request', (_request, response) => response.once('close', () => gone.resolve()));
    const { socket } = await heldBy(get('/openwx/held?y=群'));
    socket.destroy();
    await gone.promise;
  });
});

/** A connection that gives the server just these packets. Resolves when nothing more comes of them. */
async function feed(packets: readonly Buffer[]): Promise<void> {
  const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  socket.on('error', () => undefined);
  server.emit('connection', socket);
  for (const packet of packets) {
    if (socket.destroyed) break;
    socket.push(packet);
    // A Duplex hands on what it is given in turns of its own.
    for (let turn = 0; turn < 4; turn += 1) await new Promise(setImmediate);
  }
  socket.destroy();
  for (let turn = 0; turn < 4; turn += 1) await new Promise(setImmediate);
}

const word = fc.string({
  unit: fc.constantFrom('a', 'Z', '7', '群', '满', '😀', '=', '&', '/', '?', '+'),
  maxLength: 12,
});
const body = fc.string({
  unit: fc.constantFrom('a', '=', '群', ' ', '\r\n', '\n', 'GET /openwx/x?y=', ' HTTP/1.1', '\r\n\r\n'),
  maxLength: 8,
});
const request = fc
  .record({ route: fc.constantFrom('/openwx/send?y=', '/send?y=', '/t/x/send?y='), word, body, isPost: fc.boolean() })
  .map((of) => (of.isPost ? post(`${of.route}${of.word}`, of.body) : get(`${of.route}${of.word}`)));
const isRaw = (packet: string) => /[^\0-\x7e]/.test(packet.split('\r\n', 1)[0]!);

function isThis(asked: string, { url, body: told }: Served): boolean {
  return decodeURIComponent(asked.split(' ', 2)[1]!) === url && asked.endsWith(`\r\n\r\n${told}`);
}

describe('packets as they may come', () => {
  test('a raw line that is split or pipelined is never served, and none is served twice or cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(400), { maxLength: 4 }),
        async (requests, cuts) => {
          served = [];
          const stream = Buffer.from(requests.join(''));
          const at = [...new Set(cuts.map((cut) => cut % stream.length))].filter(Boolean).toSorted((a, b) => a - b);
          const packets = [0, ...at].map((from, i) => stream.subarray(from, at[i] ?? stream.length));
          await feed(packets);
          const words = `${JSON.stringify(requests)} cut at ${at.join()}`;
          const left = new Set(requests.keys());
          for (const one of served) {
            // Only what was asked for, whole, each at most once.
            const found = requests.findIndex((asked, i) => left.has(i) && isThis(asked, one));
            expect(left.delete(found), words).toBe(true);
            const isAlone = packets.some((packet) => packet.equals(Buffer.from(requests[found]!)));
            expect(isRaw(requests[found]!) && !isAlone, words).toBe(false);
          }
          if (requests.length === 1 && packets.length === 1) expect(served, words).toHaveLength(1);
        },
      ),
      { numRuns: 300 },
    );
  });
});
