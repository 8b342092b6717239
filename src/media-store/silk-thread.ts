/** The thread of `decode-silk`: decodes the one voice that it is given, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { decode } from 'silk-wasm';

const { silk, sampleRate } = workerData as { silk: Uint8Array<ArrayBuffer>; sampleRate: number };
const { data } = await decode(silk, sampleRate);
parentPort!.postMessage(data, [data.buffer as ArrayBuffer]);
