/**
 * One request to an address that somebody else chose, on a connection of its own: see `web-address.ts`. As long as the connection does
 * not stand, not a byte has left; that is how a failure tells whether the other side can have heard anything.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Client, type Dispatcher, buildConnector, errors } from 'undici';
import { checkedUrl, guardedConnector, refusalIn } from './web-address.ts';

export type WebCall = {
  method: 'GET' | 'POST';
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** Hosts that may be private: `host`, which is any port of it, or `host:port`. */
  allowHosts: readonly string[];
  /** For everything, from the connection to the last byte of the answer that is read. */
  timeoutMs: number;
  /** How much of the answer's body is of interest. */
  maxBytes: number;
};

/** Any answer, a redirect too: it is not followed. */
export type WebReply = {
  status: number;
  headers: IncomingHttpHeaders;
  /** Null where it is longer than it may be, or broke off. */
  body: Uint8Array | null;
};

/** No answer came. Its message names the host alone, since addresses hold keys. */
export class WebCallError extends Error {
  override readonly name = 'WebCallError';
  /** False: nothing can have arrived. */
  readonly connected: boolean;

  constructor(message: string, connected: boolean, options?: { cause?: unknown }) {
    super(message, options);
    this.connected = connected;
  }
}

/** Makes the request once. Throws WebCallError. */
export async function webCall(address: string, call: WebCall, signal: AbortSignal): Promise<WebReply> {
  const { method, headers, body = null, allowHosts, timeoutMs, maxBytes } = call;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  const either = AbortSignal.any([signal, late.signal]);
  const progress = { connected: false };
  let client: Client | null = null;
  let host = 'the address';
  try {
    const url = checkedUrl(address, allowHosts);
    ({ host } = url);
    either.throwIfAborted();
    client = new Client(url.origin, {
      connect: connectOnce(guardedConnector(url, allowHosts), progress),
      pipelining: 0,
      // The one timer above covers both.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const path = url.pathname + url.search;
    const answer = await client.request({ method, path, headers, body, signal: either, reset: true });
    return { status: answer.statusCode, headers: answer.headers, body: await readSome(answer.body, maxBytes) };
  } catch (error) {
    throw failureOf(
      error,
      host,
      progress.connected,
      signal.aborted ? 'ABORTED' : late.signal.aborted ? 'LATE' : 'FAILED',
    );
  } finally {
    clearTimeout(timer);
    // Not awaited: an abort must not wait for a handshake that nobody answers.
    void client?.destroy().catch(() => undefined);
  }
}

/** Notes that the connection stands, and refuses a second one: the client may not try again by itself. */
function connectOnce(connect: buildConnector.connector, progress: { connected: boolean }): buildConnector.connector {
  let used = false;
  return (options, callback) => {
    if (used) {
      // Not a SocketError: after that the client would try for ever.
      callback(new Error('the connection closed at once'), null);
      return;
    }
    used = true;
    connect(options, (...result) => {
      progress.connected = result[0] === null;
      callback(...result);
    });
  };
}

/** The answer stands by its status: what becomes of its body changes nothing. */
async function readSome(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (maxBytes === 0) {
    body.on('error', () => undefined).destroy();
    return null;
  }
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > maxBytes) return null;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch {
    return null;
  }
}

function failureOf(
  error: unknown,
  host: string,
  connected: boolean,
  ending: 'ABORTED' | 'LATE' | 'FAILED',
): WebCallError {
  const refused = refusalIn(error);
  if (refused) return new WebCallError(refused.message, false);
  if (ending === 'LATE') return new WebCallError(`${host} did not answer in time`, connected);
  if (ending === 'ABORTED') return new WebCallError(`the request to ${host} was given up`, connected);
  const code = (error as { code?: unknown } | null)?.code;
  const why = typeof code === 'string' ? ` (${code})` : '';
  if (error instanceof errors.HTTPParserError) {
    // No cause: it quotes what was answered.
    return new WebCallError(`${host} answered something that is not HTTP${why}`, connected);
  }
  const message = connected ? `${host} closed the connection without an answer` : `${host} cannot be reached`;
  return new WebCallError(message + why, connected, { cause: error });
}
