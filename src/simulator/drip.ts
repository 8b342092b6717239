import type { ServerResponse } from 'node:http';
import type { Clock } from './clock.ts';

const pieces = 10;

/** Ends a response whose head is written, its body in pieces over `ms`. */
export function drip(response: ServerResponse, body: string | Uint8Array, ms: number, clock: Clock): void {
  const bytes = Buffer.from(body);
  const size = Math.ceil(bytes.length / pieces);
  const next = (from: number): void => {
    if (from >= bytes.length) {
      response.end();
      return;
    }
    response.write(bytes.subarray(from, from + size));
    clock.after(ms / pieces, () => next(from + size));
  };
  next(0);
}
