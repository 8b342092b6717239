import { describe, expect, it } from 'vitest';
import { frameReader, textFrame } from '../bench/load/frames.ts';

/** As a server writes them: not masked. */
function serverFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const head =
    length < 126 ? [0x81, length] : length < 65_536 ? [0x81, 126, length >> 8, length & 0xff] : [0x81, 127, 0, 0, 0, 0];
  if (length >= 65_536) head.push(...[24, 16, 8, 0].map((bits) => (length >> bits) & 0xff));
  return Buffer.concat([Buffer.from(head), payload]);
}

describe('the frames of the load client', () => {
  const small = ['', 'a', '你好', 'x'.repeat(125), 'y'.repeat(126), 'end'];
  const large = [...small, 'z'.repeat(70_000), 'end'];

  it.each([
    [1, small],
    [2, small],
    [7, small],
    [1000, large],
    [65_536, large],
    [100_000, large],
  ])('are counted once each when they come in pieces of %i bytes', (size, texts) => {
    const bytes = Buffer.concat(texts.map(serverFrame));
    const heard: string[] = [];
    const read = frameReader((opcode, chunk, from, to) => {
      expect(opcode).toBe(1);
      heard.push(chunk.toString('utf8', from, to));
    });
    for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
    expect(heard).toEqual(texts);
  });

  it('are masked with zeros, so that what is sent is what was meant', () => {
    for (const length of [3, 125, 126, 60_000]) {
      const frame = textFrame('a'.repeat(length));
      expect(frame[1]! & 0x80).toBe(0x80);
      expect(frame.subarray(-length).toString()).toBe('a'.repeat(length));
    }
    expect(() => textFrame('a'.repeat(70_000))).toThrow(RangeError);
  });
});
