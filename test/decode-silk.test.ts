import { expect, test } from 'vitest';
import { createSilkDecoder } from '../src/media-store/decode-silk.ts';
import { sniff } from '../src/media-store/sniff.ts';
import { heard, silkTone } from './silk.ts';

const running = new AbortController().signal;

test('a voice in SILK is decoded to a WAV that sounds and lasts the same', async () => {
  const wav = await createSilkDecoder()(await silkTone(2, 440), running);
  expect(sniff(wav!)).toBe('audio/wav');
  expect(wav!.readUInt32LE(4)).toBe(wav!.length - 8);
  const { seconds, hertz } = heard(wav!);
  expect(seconds).toBeCloseTo(2, 0);
  expect(hertz).toBeGreaterThan(430);
  expect(hertz).toBeLessThan(450);
});

test('what is broken, too long or no voice is none, and the next one is decoded all the same', async () => {
  const decode = createSilkDecoder();
  const voice = await silkTone(1, 440);
  const noise = Buffer.from(voice).fill(0xa7, 200, 400);
  const long = Buffer.concat([voice.subarray(0, 10), ...Array.from({ length: 15_001 }, () => Buffer.of(1, 0, 0))]);
  const given = [voice.subarray(0, -1), long, Buffer.from('#!SILK_V3'), Buffer.from('no voice'), noise, voice];
  const all = await Promise.all(given.map((one) => decode(one, running)));
  expect(all.slice(0, 4)).toEqual([null, null, null, null]);
  expect(heard(all[5]!).seconds).toBeCloseTo(1, 0);
});

test('a gateway that stops waits for no voice', async () => {
  const stopping = new AbortController();
  const decoded = createSilkDecoder()(await silkTone(1, 440), stopping.signal);
  stopping.abort();
  expect(await decoded).toBeNull();
});
