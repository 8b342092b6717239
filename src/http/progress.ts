/** Whether the reader of a connection takes anything. */
import type { Socket } from 'node:net';

export type Progress = {
  /** Bytes that the network had taken when it was last looked at. */
  taken: number;
  stalledMs: number;
};

export const notStalled = (): Progress => ({ taken: 0, stalledMs: 0 });

/** For how long nothing was taken of what waits, looked at every `everyMs`. */
export function stalledMs(progress: Progress, socket: Socket, everyMs: number): number {
  const taken = socket.bytesWritten - socket.writableLength;
  const moved = socket.writableLength === 0 || taken > progress.taken;
  progress.taken = taken;
  progress.stalledMs = moved ? 0 : progress.stalledMs + everyMs;
  return progress.stalledMs;
}
