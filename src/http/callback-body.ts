/** Bodies of callbacks: small ones in memory, large ones (they hold media) on the disk until it is their turn. */
import type { Readable } from 'node:stream';
import { createGate } from '../gate.ts';
import type { App } from '../resolvers/app.ts';
import { GatewayError } from '../resolvers/errors.ts';
import { type Spooled, spoolBody } from '../resolvers/receive/spool-body.ts';

const maxBodyBytes = 64 * 1024 * 1024;
const inMemory = 1024 * 1024;

export type CallbackBody = Uint8Array | Spooled;

/** The whole body. TOO_LARGE for more than 64 MiB, BAD_INPUT for one that breaks off, UNAVAILABLE for a full disk. */
export async function readCallbackBody(app: App, payload: Readable, length: number | null): Promise<CallbackBody> {
  if (length !== null && length > maxBodyBytes) throw new GatewayError('TOO_LARGE', 'The body is too large.');
  if (length !== null && length <= inMemory) return collect(payload);
  const rest = wholeOrBroken(payload);
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size <= inMemory) {
    const { done, value } = await rest.next();
    if (done) return Buffer.concat(chunks);
    chunks.push(value);
    size += value.byteLength;
  }
  return spoolBody(app, joined(chunks, rest), maxBodyBytes);
}

/** A body that says it is small, which nearly all are: listened to, as iterating over it takes several times as long. */
function collect(payload: Readable): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    payload.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    payload.once('end', () => resolve(Buffer.concat(chunks)));
    payload.once('error', (cause) => reject(brokenOff(cause)));
    payload.once('close', () => {
      if (!payload.readableEnded) reject(brokenOff());
    });
  });
}

function brokenOff(cause?: unknown): GatewayError {
  return new GatewayError('BAD_INPUT', 'The body broke off.', { cause });
}

/** What arrives; BAD_INPUT where it breaks off. */
export async function* wholeOrBroken(payload: Readable): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* payload as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw brokenOff(cause);
  }
}

async function* joined(first: readonly Uint8Array[], rest: AsyncIterable<Uint8Array>) {
  yield* first;
  yield* rest;
}

/** Takes bodies one after the other where they are large: each is several times its size while it is read. */
export function createBodyReader(): <Result>(
  body: CallbackBody,
  use: (bytes: Uint8Array) => Promise<Result>,
) => Promise<Result> {
  const enter = createGate(1);
  return async (body, use) => {
    if (body instanceof Uint8Array) return use(body);
    const leave = await enter();
    try {
      return await use(await body.read());
    } finally {
      leave();
      await body.delete();
    }
  };
}
