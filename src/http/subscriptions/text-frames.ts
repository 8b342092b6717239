/**
 * Text frames of a WebSocket, for what is written past `ws` to the socket below it.
 *
 * That is sound because nothing of `ws` waits inside it: without compression it writes each frame to that socket at once.
 */

const finalText = 0x81;
/** Ends the message that a body stands in. */
const closingBrace = 0x7d;

/** RFC 6455, 5.2: `head + body + }` of each body as a whole text frame, as a server sends it: not masked. */
export function textFrames(head: Buffer, bodies: readonly Buffer[]): Buffer {
  let size = 0;
  for (const body of bodies) size += sizeOfMark(head.length + body.length + 1) + head.length + body.length + 1;
  const frames = Buffer.allocUnsafe(size);
  let at = 0;
  for (const body of bodies) {
    at = writeMark(frames, at, head.length + body.length + 1);
    frames.set(head, at);
    at += head.length;
    frames.set(body, at);
    at += body.length;
    frames[at++] = closingBrace;
  }
  return frames;
}

function sizeOfMark(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

function writeMark(frames: Buffer, start: number, length: number): number {
  let at = start;
  frames[at++] = finalText;
  if (length < 126) {
    frames[at++] = length;
    return at;
  }
  if (length < 65_536) {
    frames[at++] = 126;
    return frames.writeUInt16BE(length, at);
  }
  frames[at++] = 127;
  return frames.writeBigUInt64BE(BigInt(length), at);
}
