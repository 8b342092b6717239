/** HTTP requests over raw sockets that stay open: written as they are, answers only counted. */
import { type Socket, connect } from 'node:net';

export type Connection = {
  /** Sends one request and resolves when its answer is there. Rejects where that is not 200. One at a time. */
  ask(request: Buffer): Promise<void>;
  close(): void;
};

const shared = Buffer.allocUnsafe(256 * 1024);
const headEnd = Buffer.from('\r\n\r\n');

export function openConnection(port: number): Connection {
  let waiting: { resolve(): void; reject(error: Error): void } | null = null;
  /** Bytes of the answer's body that are still to come. */
  let left = 0;
  const socket: Socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    onread: {
      buffer: shared,
      callback: (length) => {
        if (left === 0) left = bodyLeft(shared.subarray(0, length));
        else left -= length;
        if (left === 0) {
          const done = waiting;
          waiting = null;
          done?.resolve();
        }
        return true;
      },
    },
  });
  const fail = (error: Error): void => waiting?.reject(error);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the connection was closed')));

  /** A head comes in one piece. */
  function bodyLeft(chunk: Buffer): number {
    const end = chunk.indexOf(headEnd);
    const head = chunk.toString('latin1', 0, end < 0 ? chunk.length : end);
    const length = /content-length: (\d+)/i.exec(head);
    if (end < 0 || !length || !head.startsWith('HTTP/1.1 200')) {
      fail(new Error(`answered ${chunk.toString('utf8').slice(0, 500)}`));
      return Infinity;
    }
    return Number(length[1]) - (chunk.length - end - 4);
  }

  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

export type Load = {
  port: number;
  connections: number;
  /** Not counted. */
  warmMs: number;
  ms: number;
  request(n: number): Buffer;
};
export type Loaded = { perSecond: number; count: number };

/** Keeps each connection busy with one request at a time. */
export async function loadHttp({ port, connections, warmMs, ms, request }: Load): Promise<Loaded> {
  const from = performance.now() + warmMs;
  const until = from + ms;
  let sent = 0;
  let count = 0;
  async function lane(): Promise<void> {
    const connection = openConnection(port);
    try {
      for (;;) {
        sent += 1;
        await connection.ask(request(sent));
        const now = performance.now();
        if (now > until) return;
        if (now >= from) count += 1;
      }
    } finally {
      connection.close();
    }
  }
  await Promise.all(Array.from({ length: connections }, lane));
  return { perSecond: (count * 1000) / ms, count };
}

/** A POST of JSON as bytes. */
export function postOf(path: string, body: string, headers: Readonly<Record<string, string>> = {}): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n${lines.join('')}` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
