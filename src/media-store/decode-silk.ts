/** Voices as browsers play them: WeChat keeps them in SILK, which no browser knows. */
import { Worker } from 'node:worker_threads';
import { voiceLength } from './voice-length.ts';

/**
 * A voice in SILK as WAV; null for what is none, is longer than five minutes, or cannot be decoded within 20 seconds or before
 * `signal` aborts.
 */
export type DecodeSilk = (silk: Uint8Array, signal: AbortSignal) => Promise<Buffer | null>;

const longestMs = 300_000;
const patienceMs = 20_000;
/** Of what WeChat records, in samples a second. */
const sampleRate = 24_000;
const sampleBytes = 2;

/**
 * Decodes one voice at a time, so that many leave a core to the gateway, and each in a thread of its own: a minute of it takes a tenth
 * of a second of a core, and a file that was made to break the decoder breaks its thread alone.
 */
export function createSilkDecoder(): DecodeSilk {
  let last: Promise<unknown> = Promise.resolve();
  return (silk, signal) => {
    const length = voiceLength(silk, 'audio/silk');
    if (length === null || length > longestMs) return Promise.resolve(null);
    const decoded = last.then(() => decode(silk, signal));
    last = decoded;
    return decoded;
  };
}

function decode(silk: Uint8Array, signal: AbortSignal): Promise<Buffer | null> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  if (over.aborted) return Promise.resolve(null);
  return new Promise((resolve) => {
    const thread = new Worker(new URL('./silk-thread.ts', import.meta.url), {
      workerData: { silk, sampleRate },
      // What the decoder says of a broken file is no business of the gateway's log.
      stdout: true,
      stderr: true,
    });
    thread.once('message', (samples: Uint8Array) => resolve(wavOf(samples)));
    thread.once('error', () => resolve(null));
    thread.once('exit', () => resolve(null));
    over.addEventListener('abort', () => void thread.terminate(), { once: true });
  });
}

/** One channel of 16 bits a sample, behind the 44 bytes that say so. */
function wavOf(samples: Uint8Array): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(sampleRate, 24);
  head.writeUInt32LE(sampleRate * sampleBytes, 28);
  head.writeUInt16LE(sampleBytes, 32);
  head.writeUInt16LE(8 * sampleBytes, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}
