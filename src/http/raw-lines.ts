/**
 * Request lines with raw UTF-8, as `curl "…/openwx/send_group_message?displayname=报警群&content=…"` of a shell sends them.
 *
 * Node's parser refuses such a request and tells the packet in which it stood. It is served once more with those bytes
 * percent-encoded, but only where that cannot do anything twice or by halves: the packet must be this one request from its first
 * byte to its last, with nothing before it on the socket that is still being answered.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** What `clientError` tells of a request that could not be read. */
export type ClientError = Error & { code?: string; rawPacket?: Buffer; bytesParsed?: number };

export type RawLines = {
  /** Notes which sockets are being answered. */
  watch(server: Server): void;
  /** True: the request is being served, or was on this socket, which is closed afterwards. */
  serve(server: Server, error: ClientError, socket: Duplex): boolean;
  /** Whether an answer is under way on this socket. */
  isBusy(socket: Duplex): boolean;
};

/** Where old clients write so: no other address is served from such a line. */
const servedTargets = /^\/(?:openwx[/?]|send(?:\?|$)|t\/)/;

export function createRawLines(): RawLines {
  const underWay = new WeakMap<Duplex, number>();
  const served = new WeakSet<Duplex>();
  const isBusy = (socket: Duplex) => (underWay.get(socket) ?? 0) > 0;
  const count = (socket: Duplex, by: 1 | -1) => underWay.set(socket, (underWay.get(socket) ?? 0) + by);
  return {
    isBusy,
    watch(server) {
      server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
        count(socket, 1);
        response.once('close', () => count(socket, -1));
      });
    },
    serve(server, error, socket) {
      // Whatever else comes on it is not read; the answer that is under way is not to be spoilt.
      if (served.has(socket)) return true;
      const request = error.code === 'HPE_INVALID_URL' && !isBusy(socket) ? encodedRequest(error) : null;
      if (request === null) return false;
      const again = joined(socket as Socket);
      served.add(socket);
      server.emit('connection', again);
      again.push(request);
      return true;
    },
  };
}

/** The one request that the packet is, its first line percent-encoded; null where it is anything else. */
export function encodedRequest({ rawPacket: packet, bytesParsed }: ClientError): Buffer | null {
  if (!packet || bytesParsed === undefined) return null;
  const headEnd = packet.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const [line = '', ...fields] = packet.toString('latin1', 0, headEnd).split('\r\n');
  // A line with one more space began before this packet, or is not the line of one request.
  const [, method = '', target] = /^(GET|HEAD|POST) ([^\0-\x20\x7f]+) HTTP\/1\.[01]$/.exec(line) ?? [];
  if (target === undefined || !servedTargets.test(target)) return null;
  const start = method.length + 1;
  // It must be this line that was refused, for such a byte: else the packet began within another request.
  const isRefusedHere = bytesParsed >= start && bytesParsed < start + target.length && packet[bytesParsed]! > 0x7e;
  if (!isRefusedHere || packet.length !== headEnd + 4 + (bodyLength(fields) ?? Number.NaN)) return null;
  const encoded = target.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
  const first = `${line.slice(0, start)}${encoded}${line.slice(start + target.length)}\r\nConnection: close`;
  return Buffer.concat([Buffer.from(first, 'latin1'), packet.subarray(line.length)]);
}

/** Bytes of the body by the head; null where that is not said once and plainly. */
function bodyLength(fields: readonly string[]): number | null {
  if (fields.some((field) => /^transfer-encoding/i.test(field))) return null;
  const told = fields.filter((field) => /^content-length/i.test(field));
  if (told.length === 0) return 0;
  const [, length] = /^content-length:[ \t]*(\d{1,9})[ \t]*$/i.exec(told[0]!) ?? [];
  return told.length > 1 || length === undefined ? null : Number(length);
}

/** A connection that reads what it is given and writes to this socket; each ends with the other. */
function joined(socket: Socket): Duplex {
  const again = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, encoding, done) => void socket.write(chunk, encoding, done),
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.once('close', () => again.destroy());
  // Who calls is told by the socket.
  return Object.assign(again, { remoteAddress: socket.remoteAddress, remotePort: socket.remotePort });
}
