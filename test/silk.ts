/** Voices as WeChat records them. */
import { encode } from 'silk-wasm';

const rate = 24_000;

/** A tone of so many Hertz, in WeChat's form of SILK. */
export async function silkTone(seconds: number, hertz: number): Promise<Uint8Array<ArrayBuffer>> {
  const samples = Int16Array.from(
    { length: seconds * rate },
    (_, at) => 8000 * Math.sin((at * 2 * Math.PI * hertz) / rate),
  );
  const { data } = await encode(samples, rate);
  return Buffer.concat([data[0] === 2 ? Buffer.of() : Buffer.of(2), data]);
}

/** Seconds and Hertz of a tone in a WAV of one channel with 16 bits, whose samples begin behind 44 bytes. */
export function heard(wav: Uint8Array): { seconds: number; hertz: number } {
  const bytes = Buffer.from(wav.buffer, wav.byteOffset, wav.byteLength);
  const samples = Array.from({ length: (bytes.length - 44) / 2 }, (_, at) => bytes.readInt16LE(44 + 2 * at));
  const seconds = samples.length / bytes.readUInt32LE(24);
  // A tone passes zero upwards once a turn.
  const turns = samples.filter((sample, at) => sample >= 0 && (samples[at - 1] ?? 0) < 0).length;
  return { seconds, hertz: turns / seconds };
}
