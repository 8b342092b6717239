/**
 * One request to an address that somebody else chose: see `web-address.ts`. As long as the connection does not stand, not a byte has
 * left; that is how a failure tells whether the other side can have heard anything.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, errors } from 'undici';
import { checkedUrl, refusalIn } from './web-address.ts';
import { type WebConnection, type WebConnections, createConnection } from './web-connections.ts';

/** Of an answer that nobody reads so much is waited for, for so long. */
const mostUnread = 64 * 1024;
const unreadMs = 2_000;

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
  /**
   * Only for what may arrive twice: a connection of these is used where there is one, and kept for the next call. Where such a one
   * turns out to be closed the call is made once more on a new one; whether the other side heard the first, nobody knows.
   */
  connections?: WebConnections;
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

/** Makes the request, on a connection of its own unless `connections` are given. Throws WebCallError. */
export async function webCall(address: string, call: WebCall, signal: AbortSignal): Promise<WebReply> {
  const { allowHosts, timeoutMs, connections } = call;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  const either = AbortSignal.any([signal, late.signal]);
  let connection: WebConnection | null = null;
  let isRepeated = false;
  let host = 'the address';
  try {
    const url = checkedUrl(address, allowHosts);
    ({ host } = url);
    either.throwIfAborted();
    connection = connections?.take(url.origin) ?? null;
    if (connection !== null) {
      try {
        return await ask(connection, url, call, either);
      } catch (error) {
        if (either.aborted || error instanceof errors.HTTPParserError) throw error;
        isRepeated = true;
      }
    }
    connection = createConnection(url, allowHosts);
    return await ask(connection, url, call, either);
  } catch (error) {
    const ending = signal.aborted ? 'ABORTED' : late.signal.aborted ? 'LATE' : 'FAILED';
    throw failureOf(error, host, { connected: connection?.progress.connected ?? false, isRepeated, ending });
  } finally {
    clearTimeout(timer);
  }
}

/** The connection is closed afterwards, or kept where the answer came to its end. */
async function ask(connection: WebConnection, url: URL, call: WebCall, signal: AbortSignal): Promise<WebReply> {
  const { method, headers, body = null, maxBytes, connections } = call;
  let answer: Dispatcher.ResponseData;
  try {
    const path = url.pathname + url.search;
    answer = await connection.client.request({ method, path, headers, body, signal, reset: connections === undefined });
  } catch (error) {
    connection.close();
    throw error;
  }
  const isRead = maxBytes > 0;
  const reading = isRead ? readSome(answer.body, maxBytes) : takeRest(answer.body, connections !== undefined);
  const ended = reading.then((read) => {
    if (read !== null && connections) connections.keep(connection);
    else connection.close();
    return read;
  });
  return { status: answer.statusCode, headers: answer.headers, body: isRead ? await ended : null };
}

/** The answer stands by its status: what becomes of its body changes nothing. */
async function readSome(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
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

/** What nobody reads has to come all the same before the connection can be used again; null where it is long or late. */
async function takeRest(body: Dispatcher.ResponseData['body'], isWanted: boolean): Promise<Uint8Array | null> {
  const end = () => void body.on('error', () => undefined).destroy();
  if (!isWanted) {
    end();
    return null;
  }
  const timer = setTimeout(end, unreadMs);
  const rest = await readSome(body, mostUnread);
  clearTimeout(timer);
  return rest;
}

type Failed = {
  /** The last connection stood. */
  connected: boolean;
  /** One before it did, too. */
  isRepeated: boolean;
  ending: 'ABORTED' | 'LATE' | 'FAILED';
};

function failureOf(error: unknown, host: string, { connected, isRepeated, ending }: Failed): WebCallError {
  const mayBeHeard = connected || isRepeated;
  const refused = refusalIn(error);
  if (refused) return new WebCallError(refused.message, mayBeHeard);
  if (ending === 'LATE') return new WebCallError(`${host} did not answer in time`, mayBeHeard);
  if (ending === 'ABORTED') return new WebCallError(`the request to ${host} was given up`, mayBeHeard);
  const code = (error as { code?: unknown } | null)?.code;
  const why = typeof code === 'string' ? ` (${code})` : '';
  if (error instanceof errors.HTTPParserError) {
    // No cause: it quotes what was answered.
    return new WebCallError(`${host} answered something that is not HTTP${why}`, mayBeHeard);
  }
  const message = connected ? `${host} closed the connection without an answer` : `${host} cannot be reached`;
  return new WebCallError(message + why, mayBeHeard, { cause: error });
}
