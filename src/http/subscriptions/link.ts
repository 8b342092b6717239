/**
 * Where the frames of subscriptions go: one connection, over whichever transport.
 *
 * What many subscribers are sent is made once; only what each transport and each one's own id need is put around it.
 */
import type { Writable } from 'node:stream';

export type Link = {
  /** What stands before each frame of the subscription that its client calls so. */
  headOf(id: string): Buffer;
  /** Writes a frame for each body, all in one write; nothing once the connection closes. Whether the reader keeps up. */
  write(head: Buffer, bodies: readonly Buffer[]): boolean;
  /** Whether the reader is too far behind to be sent more. */
  isFull(): boolean;
  /** Resolves when the reader has taken what waits, or is gone. */
  drained(): Promise<void>;
  /** The subscription could not go on. */
  failed(id: string, error: unknown): void;
};

/** What may wait for one reader: more than Node's own mark for a full socket, so that it tells when it is empty again. */
const mostWaiting = 256 * 1024;

/** The part of a link that is the same for all: how far the reader has come. */
export function paceOf(stream: Writable): Pick<Link, 'isFull' | 'drained'> {
  let waiting: PromiseWithResolvers<void> | null = null;
  const done = () => {
    stream.off('drain', done);
    stream.off('close', done);
    waiting?.resolve();
    waiting = null;
  };
  return {
    isFull: () => stream.writableLength > mostWaiting,
    drained: () => {
      if (stream.writableLength === 0 || stream.destroyed) return Promise.resolve();
      if (waiting) return waiting.promise;
      waiting = Promise.withResolvers();
      // One listener, however many subscriptions of the connection wait.
      stream.on('drain', done);
      stream.on('close', done);
      return waiting.promise;
    },
  };
}
