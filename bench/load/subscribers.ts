/** Many subscribers over raw sockets: they count frames and answer pings, and parse nothing. */
import { type Socket, connect } from 'node:net';
import { frameReader, pongFrame, textFrame } from './frames.ts';

export type Subscription = { query: string; variables?: object };

export type Subscribing = {
  port: number;
  count: number;
  /** Null: a raw socket that is sent everything. */
  token: string | null;
  /** Those of the n-th socket; each gets an id of its own. */
  subscriptions(n: number): Subscription[];
  /** Each frame of an event. The bytes are overwritten afterwards. */
  hear?(n: number, bytes: Buffer, from: number, to: number): void;
};

export type Subscribers = {
  /** Frames of events so far, of all together. */
  received(): number;
  /** Resolves when all together have received so many; rejects where that takes too long. */
  reach(count: number, withinMs?: number): Promise<void>;
  /** The first frame that came. */
  firstFrame(): string;
  close(): void;
};

/** A gateway lets no more strangers of one address in at a time. */
const atOnce = 40;

/** Opens the sockets and subscribes; a subscription may begin a moment later. */
export async function openSubscribers(subscribing: Subscribing): Promise<Subscribers> {
  const counting = counter();
  const sockets: Socket[] = [];
  let next = 0;
  async function lane(): Promise<void> {
    while (next < subscribing.count) {
      const n = next;
      next += 1;
      sockets.push(await openSocket(subscribing, n, counting));
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, subscribing.count) }, lane));
  return {
    received: counting.received,
    reach: counting.reach,
    firstFrame: counting.firstFrame,
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** One socket that counts for itself. Rejects where it is refused, which the error's message says. */
export async function openSubscriber(subscribing: Omit<Subscribing, 'count'>): Promise<Subscribers> {
  const counting = counter();
  const socket = await openSocket({ ...subscribing, count: 1 }, 0, counting);
  return {
    received: counting.received,
    reach: counting.reach,
    firstFrame: counting.firstFrame,
    close: () => socket.destroy(),
  };
}

type Counter = {
  add(bytes: Buffer, from: number, to: number): void;
  received(): number;
  reach(count: number, withinMs?: number): Promise<void>;
  firstFrame(): string;
};

function counter(): Counter {
  let received = 0;
  let first = '';
  let wanted = Infinity;
  let reached = () => {};
  return {
    add: (bytes, from, to) => {
      if (first === '') first = checked(bytes.toString('utf8', from, to));
      received += 1;
      if (received >= wanted) reached();
    },
    received: () => received,
    firstFrame: () => first,
    reach: (count, withinMs = 30_000) =>
      new Promise((resolve, reject) => {
        if (received >= count) return resolve();
        const timer = setTimeout(() => {
          wanted = Infinity;
          reject(new Error(`${received} of ${count} frames after ${withinMs} ms`));
        }, withinMs);
        wanted = count;
        reached = () => {
          wanted = Infinity;
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}

/** An error counts as no event. */
function checked(frame: string): string {
  const { type, payload } = JSON.parse(frame) as { type: string; payload: { errors?: unknown } };
  if ((type !== 'next' && type !== 'data') || payload.errors !== undefined) throw new Error(`not an event: ${frame}`);
  return frame;
}

/** All sockets read into the same memory: what is heard of it is done with before the next one reads. */
const shared = Buffer.allocUnsafe(256 * 1024);

function openSocket(subscribing: Subscribing, n: number, counting: Counter): Promise<Socket> {
  const { port, token, hear } = subscribing;
  return new Promise((resolve, reject) => {
    let head: string | null = '';
    let acknowledged = token === null;
    const read = frameReader((opcode, bytes, from, to) => {
      if (opcode === 9) return void socket.write(pongFrame(Buffer.from(bytes.subarray(from, to))));
      if (opcode === 8) return void socket.destroy(new Error(`closed: ${bytes.readUInt16BE(from)}`));
      if (!acknowledged) return subscribe();
      if (isPing(bytes, from)) return;
      hear?.(n, bytes, from, to);
      counting.add(bytes, from, to);
    });
    function subscribe(): void {
      acknowledged = true;
      for (const [i, payload] of subscribing.subscriptions(n).entries()) {
        socket.write(textFrame(JSON.stringify({ id: `${n}.${i}`, type: 'subscribe', payload })));
      }
      resolve(socket);
    }
    function readHead(chunk: Buffer): void {
      head += chunk.toString('latin1');
      const end = head!.indexOf('\r\n\r\n');
      if (end < 0) return;
      const words = head!;
      head = null;
      if (!words.startsWith('HTTP/1.1 101')) return void socket.destroy(new Error(words.slice(0, words.indexOf('\r'))));
      if (token === null) resolve(socket);
      else {
        const payload = { authorization: `Bearer ${token}` };
        socket.write(textFrame(JSON.stringify({ type: 'connection_init', payload })));
      }
      if (words.length > end + 4) read(Buffer.from(words.slice(end + 4), 'latin1'));
    }
    const socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (length) => {
          const chunk = shared.subarray(0, length);
          if (head === null) read(chunk);
          else readHead(chunk);
          return true;
        },
      },
    });
    socket.on('error', reject);
    socket.write(
      `GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
    );
  });
}

/** Whether it is `{"type":"ping"…`, which a quiet socket is sent now and then. */
function isPing(bytes: Buffer, from: number): boolean {
  return bytes[from + 2] === 0x74 && bytes[from + 9] === 0x70 && bytes[from + 10] === 0x69;
}
