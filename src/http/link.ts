/**
 * Frames of a WebSocket, written past `ws` to the socket below it: what many subscribers are sent is made once, and only each
 * one's own id is put before it.
 *
 * That is sound because nothing of `ws` waits inside it: without compression it writes each frame to that socket at once.
 */
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';

export type Link = {
  /** Writes `prefix + body` of each body as a text frame of its own, all in one write. Nothing once the socket closes. */
  write(prefix: Buffer, bodies: readonly Buffer[]): void;
  /** Whether the reader is too far behind to be sent more. */
  isFull(): boolean;
  /** Resolves when the reader has taken what waits, or when `signal` aborts. */
  drained(signal: AbortSignal): Promise<void>;
  /** Bytes that the network has taken so far. */
  taken(): number;
  /** Bytes that wait for the reader. */
  waiting(): number;
};

/** What may wait for one reader: more than Node's own mark for a full socket, so that it tells when it is empty again. */
const mostWaiting = 256 * 1024;

export function createLink(socket: WebSocket, raw: Socket): Link {
  return {
    write: (prefix, bodies) => {
      if (socket.readyState === WebSocket.OPEN && bodies.length > 0) raw.write(textFrames(prefix, bodies));
    },
    isFull: () => raw.writableLength > mostWaiting,
    drained: (signal) =>
      new Promise((resolve) => {
        if (raw.writableLength === 0 || raw.destroyed || signal.aborted) return resolve();
        const done = () => {
          raw.off('drain', done);
          raw.off('close', done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        raw.on('drain', done);
        raw.on('close', done);
        signal.addEventListener('abort', done, { once: true });
      }),
    taken: () => raw.bytesWritten - raw.writableLength,
    waiting: () => raw.writableLength,
  };
}

const finalText = 0x81;

/** RFC 6455, 5.2: whole text frames, as a server sends them: not masked. */
function textFrames(prefix: Buffer, bodies: readonly Buffer[]): Buffer {
  let size = 0;
  for (const body of bodies) size += sizeOfHead(prefix.length + body.length) + prefix.length + body.length;
  const frames = Buffer.allocUnsafe(size);
  let at = 0;
  for (const body of bodies) {
    at = writeHead(frames, at, prefix.length + body.length);
    at += prefix.copy(frames, at);
    at += body.copy(frames, at);
  }
  return frames;
}

function sizeOfHead(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

function writeHead(frames: Buffer, at: number, length: number): number {
  const next = frames.writeUInt8(finalText, at);
  if (length < 126) return frames.writeUInt8(length, next);
  if (length < 65_536) return frames.writeUInt16BE(length, frames.writeUInt8(126, next));
  return frames.writeBigUInt64BE(BigInt(length), frames.writeUInt8(127, next));
}
