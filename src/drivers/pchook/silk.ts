/**
 * Voices as WeChat keeps them: SILK version 3 with a byte 02 before the usual head and without the usual end, each frame
 * being 20 milliseconds behind its length in two bytes.
 */

const head = Buffer.from('#!SILK_V3');
const mark = 0x02;
const frameMs = 20;
/** The length that ends a SILK file outside of WeChat. */
const end = 0xffff;

/** A voice in WeChat's form with its length in milliseconds; null for bytes that are no SILK. */
export function wechatVoice(bytes: Uint8Array): { bytes: Buffer; durationMs: number } | null {
  const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const voice = given[0] === mark ? given : Buffer.concat([Buffer.of(mark), given]);
  if (!voice.subarray(1, 1 + head.length).equals(head)) return null;
  let at = 1 + head.length;
  let frames = 0;
  while (at + 2 <= voice.length) {
    const length = voice.readUInt16LE(at);
    if (length === end) break;
    at += 2 + length;
    frames += 1;
  }
  return { bytes: voice.subarray(0, at), durationMs: frames * frameMs };
}
