/**
 * HTTP as all drivers speak it.
 *
 * Every request has a connection of its own. That costs a handshake, which is nothing beside the pace at which WeChat
 * may be used, and buys certainty: as long as this one connection does not stand, not a byte has left, so the failure is
 * certain; once it stands, any failure is uncertain. On a reused idle connection a reset tells nothing, and a client
 * that hides it by trying again would send a message twice.
 */
import { Client, buildConnector, errors } from 'undici';
import { DriverError } from './driver.ts';

export type HttpRequest = {
  method: 'GET' | 'POST';
  /** Absolute, http or https. */
  url: string | URL;
  headers?: Readonly<Record<string, string>>;
  /** Sent as `application/x-www-form-urlencoded`. */
  form?: URLSearchParams;
  /** Sent as it is; the content type is in `headers`. */
  body?: string | Uint8Array;
  /** For everything, from the connection to the last byte of the answer. */
  timeoutMs: number;
  /** 5 seconds unless given. */
  connectTimeoutMs?: number;
  /** The largest answer in bytes; 64 MiB unless given, as contact lists with all members are long. */
  maxBytes?: number;
};

export type HttpAnswer = { status: number; contentType: string | null; bytes: Uint8Array; text: string };

const defaultConnectTimeoutMs = 5_000;
const defaultMaxBytes = 64 * 1024 * 1024;

/**
 * Makes one request once; follows no redirect and repeats nothing. Every status is an answer.
 *
 * Throws `DriverError`: BAD_INPUT for a request that cannot be made; UPSTREAM_UNREACHABLE, certain, where no connection
 * was made; UPSTREAM_UNREACHABLE, uncertain, where the connection broke; UPSTREAM_TIMEOUT when the time is up or the
 * signal aborts; UPSTREAM_REJECTED, uncertain, for an answer that is too long or not HTTP. Messages name the host alone,
 * since paths, queries, headers and bodies hold secrets.
 */
export async function request(options: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const url = httpUrl(options.url);
  const progress = { connected: false };
  const client = new Client(url.origin, {
    connect: connectOnce(options.connectTimeoutMs ?? defaultConnectTimeoutMs, progress),
    pipelining: 0,
    // The one timer below covers both.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), options.timeoutMs);
  const either = AbortSignal.any([signal, giveUp.signal]);
  try {
    either.throwIfAborted();
    const answer = await client.request({
      method: options.method,
      path: url.pathname + url.search,
      headers: { ...options.headers, ...(options.form && { 'content-type': 'application/x-www-form-urlencoded' }) },
      body: options.form?.toString() ?? options.body ?? null,
      signal: either,
      reset: true,
    });
    const bytes = await readAll(answer.body, options.maxBytes ?? defaultMaxBytes);
    const contentType = answer.headers['content-type'];
    return {
      status: answer.statusCode,
      contentType: (Array.isArray(contentType) ? contentType[0] : contentType) ?? null,
      bytes,
      text: new TextDecoder().decode(bytes),
    };
  } catch (error) {
    const ending = signal.aborted ? 'ABORTED' : giveUp.signal.aborted ? 'TIMED_OUT' : 'FAILED';
    throw failure(error, url.host, progress.connected, ending);
  } finally {
    clearTimeout(timer);
    // Not awaited: an abort must not wait for a handshake that nobody answers.
    void client.destroy().catch(() => undefined);
  }
}

function httpUrl(given: string | URL): URL {
  const url = URL.parse(String(given));
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new DriverError('BAD_INPUT', 'the upstream address is not an http or https URL', {
    certain: true,
    retry: false,
  });
}

/** A connector that notes that the connection stands, and refuses a second one: the client may not try again by itself. */
function connectOnce(timeout: number, progress: { connected: boolean }): buildConnector.connector {
  const connect = buildConnector({ timeout, allowH2: false });
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

async function readAll(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new errors.ResponseExceededMaxSizeError();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function failure(
  error: unknown,
  host: string,
  connected: boolean,
  ending: 'ABORTED' | 'TIMED_OUT' | 'FAILED',
): DriverError {
  const code = (error as { code?: unknown } | null)?.code;
  const why = typeof code === 'string' ? ` (${code})` : '';
  const retry = { certain: !connected, retry: true };
  if (ending === 'TIMED_OUT') return new DriverError('UPSTREAM_TIMEOUT', `${host} did not answer in time`, retry);
  if (ending === 'ABORTED') return new DriverError('UPSTREAM_TIMEOUT', `the request to ${host} was given up`, retry);
  if (error instanceof errors.InvalidArgumentError) {
    return new DriverError('BAD_INPUT', `the request to ${host} cannot be made${why}`, { certain: true, retry: false });
  }
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    return new DriverError('UPSTREAM_REJECTED', `${host} answered too much${why}`, { certain: false, retry: false });
  }
  if (error instanceof errors.HTTPParserError) {
    // No cause: it quotes what was answered.
    return new DriverError('UPSTREAM_REJECTED', `${host} answered something that is not HTTP${why}`, {
      certain: false,
      retry: false,
    });
  }
  const message = connected ? `${host} closed the connection without a whole answer` : `${host} cannot be reached`;
  return new DriverError('UPSTREAM_UNREACHABLE', message + why, { ...retry, cause: error });
}
