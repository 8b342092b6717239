/** Frames of a WebSocket, read and written with as little work as can be, so that the client is not what is measured. */

const finalText = 0x81;
const finalPong = 0x8a;

/** What is in `bytes` from `from` to `to`; they are overwritten afterwards. */
export type HearFrame = (opcode: number, bytes: Buffer, from: number, to: number) => void;

/** Reads whole frames of a server from chunks that end anywhere. */
export function frameReader(hear: HearFrame): (chunk: Buffer) => void {
  let rest: Buffer | null = null;
  return (chunk) => {
    const bytes = rest === null ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (;;) {
      const there = bytes.length - at;
      if (there < 2) break;
      let length = bytes[at + 1]! & 0x7f;
      const head = length < 126 ? 2 : length === 126 ? 4 : 10;
      if (there < head) break;
      if (length === 126) length = bytes.readUInt16BE(at + 2);
      else if (length === 127) length = Number(bytes.readBigUInt64BE(at + 2));
      if (there < head + length) break;
      hear(bytes[at]! & 0x0f, bytes, at + head, at + head + length);
      at += head + length;
    }
    rest = at === bytes.length ? null : Buffer.from(bytes.subarray(at));
  };
}

/** A text frame of a client. The mask is zero: the bytes stay what they are. */
export function textFrame(text: string): Buffer {
  return frame(finalText, Buffer.from(text));
}

export function pongFrame(payload: Buffer): Buffer {
  return frame(finalPong, payload);
}

function frame(first: number, payload: Buffer): Buffer {
  const { length } = payload;
  const mask = [0, 0, 0, 0];
  const head =
    length < 126 ? [first, 0x80 | length, ...mask] : [first, 0x80 | 126, length >> 8, length & 0xff, ...mask];
  if (length > 0xffff) throw new RangeError('a frame of a client is at most 64 KiB here');
  return Buffer.concat([Buffer.from(head), payload]);
}
