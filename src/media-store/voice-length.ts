/** How long a voice is, by its frames: each is 20 milliseconds. */

const frameMs = 20;

/** Milliseconds of a whole file of this sniffed type; null for what is neither SILK nor AMR, and for a file that breaks off. */
export function voiceLength(file: Uint8Array, mime: string): number | null {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const frames = mime === 'audio/silk' ? silkFrames(bytes) : mime === 'audio/amr' ? amrFrames(bytes) : null;
  return frames === null ? null : frames * frameMs;
}

/** Blocks behind the head, each with its length; one of length -1 may end them. WeChat's own has a byte before the head. */
function silkFrames(bytes: Buffer): number | null {
  let at = bytes.indexOf('#!SILK_V3', 0, 'latin1') + 9;
  let frames = 0;
  while (at + 2 <= bytes.length) {
    const length = bytes.readInt16LE(at);
    if (length < 0) return frames;
    at += 2 + length;
    frames += 1;
  }
  return at === bytes.length ? frames : null;
}

/** Bytes of a frame behind its head, by its type: eight rates of speech, and silence (RFC 4867, 5.3). */
const amrSizes: readonly number[] = [12, 13, 15, 17, 19, 20, 26, 31, 5];
const amrHead = '#!AMR\n'.length;
/** A frame without anything. */
const amrNothing = 15;

function amrFrames(bytes: Buffer): number | null {
  let at = amrHead;
  let frames = 0;
  while (at < bytes.length) {
    const type = (bytes[at]! >> 3) & 15;
    const size = type === amrNothing ? 0 : amrSizes[type];
    if (size === undefined) return null;
    at += 1 + size;
    frames += 1;
  }
  return at === bytes.length ? frames : null;
}
