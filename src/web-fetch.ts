/**
 * Gets what lies at an address that somebody else chose, without becoming their way into this network: see `web-address.ts`, which
 * holds after each redirect too.
 */
import { Client, type Dispatcher, errors } from 'undici';
import { checkedUrl, guardedConnector, refusalIn } from './web-address.ts';

export type WebFetchOptions = {
  /** Hosts that may be private: `host`, which is any port of it, or `host:port`. */
  allowHosts: readonly string[];
  /** The largest body, in bytes. */
  maxBytes: number;
  maxRedirects?: number;
  /** From the start to the head of the answer, redirects included. */
  headMs?: number;
  /** From the start to the last byte. */
  totalMs?: number;
  /** Bodies slower than `minBytesPerSecond`, over each span of so many milliseconds, are given up. */
  spanMs?: number;
  minBytesPerSecond?: number;
};

/** The body must be read to its end, or the signal aborted. */
export type WebAnswer = { mime: string | null; chunks: AsyncIterable<Uint8Array> };

export class WebFetchError extends Error {
  override readonly name = 'WebFetchError';
  readonly code:
    'URL_NOT_ALLOWED' | 'NOT_FOUND' | 'TOO_LARGE' | 'UPSTREAM_UNREACHABLE' | 'UPSTREAM_REJECTED' | 'UPSTREAM_TIMEOUT';
  /** The same may work later. */
  readonly retry: boolean;

  constructor(code: WebFetchError['code'], message: string, options: { retry: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retry = options.retry;
  }
}

const redirects = [301, 302, 303, 307, 308];

/**
 * One GET, at most three redirects. Throws WebFetchError, as the chunks do: URL_NOT_ALLOWED for another scheme, and for a host that
 * is private and not allowed; NOT_FOUND for 404 and 410; UPSTREAM_REJECTED for any other answer that is not well; TOO_LARGE;
 * UPSTREAM_TIMEOUT, UPSTREAM_UNREACHABLE. Messages name the host alone: addresses of media hold their keys.
 */
export async function webFetch(address: string, options: WebFetchOptions, signal: AbortSignal): Promise<WebAnswer> {
  const { maxRedirects = 3, headMs = 30_000, totalMs = 600_000 } = options;
  const limits = openLimits(signal, headMs, totalMs);
  let host = 'the address';
  let next = address;
  try {
    for (let followed = 0; ; followed += 1) {
      const url = checkedUrl(next, options.allowHosts);
      ({ host } = url);
      const client = new Client(url.origin, { connect: guardedConnector(url, options.allowHosts), ...noTimers });
      limits.closing.push(() => void client.destroy().catch(() => undefined));
      const answer = await client.request({
        method: 'GET',
        path: url.pathname + url.search,
        headers: { accept: '*/*', 'accept-encoding': 'identity' },
        signal: limits.signal,
        reset: true,
      });
      if (!redirects.includes(answer.statusCode)) return readAnswer(answer, url, options, limits);
      const { location } = answer.headers;
      if (typeof location !== 'string' || followed >= maxRedirects) {
        throw new WebFetchError('UPSTREAM_REJECTED', `${url.host} redirects too often`, { retry: false });
      }
      // Its body is of no interest, and its connection is not used again.
      answer.body.on('error', () => undefined).destroy();
      next = URL.parse(location, url)?.href ?? '';
    }
  } catch (error) {
    limits.close();
    throw failureOf(error, host, limits);
  }
}

/** `undici` has timers of its own; the limits below cover everything. */
const noTimers = { headersTimeout: 0, bodyTimeout: 0, pipelining: 0 };

type Limits = {
  signal: AbortSignal;
  /** The time is up, or it is too slow; not the caller's own signal. */
  isLate(): boolean;
  giveUp(): void;
  /** The head of the answer is there. */
  headArrived(): void;
  closing: (() => void)[];
  close(): void;
};

function openLimits(signal: AbortSignal, headMs: number, totalMs: number): Limits {
  const late = new AbortController();
  const head = setTimeout(() => late.abort(), headMs);
  const total = setTimeout(() => late.abort(), totalMs);
  const closing = [() => clearTimeout(head), () => clearTimeout(total)];
  const close = () => {
    for (const one of closing.splice(0)) one();
  };
  const either = AbortSignal.any([signal, late.signal]);
  // Also where nobody reads the body any more.
  either.addEventListener('abort', close, { once: true });
  return {
    signal: either,
    isLate: () => late.signal.aborted,
    giveUp: () => late.abort(),
    headArrived: () => clearTimeout(head),
    closing,
    close,
  };
}

function readAnswer(answer: Dispatcher.ResponseData, url: URL, options: WebFetchOptions, limits: Limits): WebAnswer {
  limits.headArrived();
  const { statusCode, headers, body } = answer;
  const refuse = (code: WebFetchError['code'], words: string, retry = false): never => {
    body.on('error', () => undefined).destroy();
    throw new WebFetchError(code, `${url.host} ${words}`, { retry });
  };
  if (statusCode === 404 || statusCode === 410) return refuse('NOT_FOUND', 'no longer has it');
  if (statusCode !== 200) {
    const isPassing = statusCode === 408 || statusCode === 429 || statusCode >= 500;
    return refuse('UPSTREAM_REJECTED', `answered HTTP ${statusCode}`, isPassing);
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    return refuse('UPSTREAM_REJECTED', 'answered compressed bytes');
  if (Number(headers['content-length'] ?? 0) > options.maxBytes) return refuse('TOO_LARGE', 'has more than may be');
  const type = headers['content-type'];
  return {
    mime: (typeof type === 'string' ? type.split(';')[0]?.trim() : null) || null,
    chunks: chunksOf(body, url.host, options, limits),
  };
}

async function* chunksOf(
  body: AsyncIterable<Uint8Array>,
  host: string,
  { maxBytes, spanMs = 30_000, minBytesPerSecond = 1000 }: WebFetchOptions,
  limits: Limits,
): AsyncGenerator<Uint8Array, void, void> {
  let size = 0;
  let inSpan = 0;
  const watch = setInterval(() => {
    if (inSpan < (minBytesPerSecond * spanMs) / 1000) limits.giveUp();
    inSpan = 0;
  }, spanMs);
  try {
    for await (const chunk of body) {
      size += chunk.byteLength;
      inSpan += chunk.byteLength;
      if (size > maxBytes) throw new WebFetchError('TOO_LARGE', `${host} sends more than may be`, { retry: false });
      yield chunk;
    }
  } catch (error) {
    throw failureOf(error, host, limits);
  } finally {
    clearInterval(watch);
    limits.close();
  }
}

function failureOf(error: unknown, host: string, limits: Limits): WebFetchError {
  if (error instanceof WebFetchError) return error;
  const refused = refusalIn(error);
  if (refused) return new WebFetchError('URL_NOT_ALLOWED', refused.message, { retry: false });
  const code = (error as { code?: unknown } | null)?.code;
  const why = typeof code === 'string' ? ` (${code})` : '';
  if (limits.isLate()) return new WebFetchError('UPSTREAM_TIMEOUT', `${host} takes too long`, { retry: true });
  if (limits.signal.aborted)
    return new WebFetchError('UPSTREAM_TIMEOUT', `the request to ${host} was given up`, { retry: true });
  if (error instanceof errors.HTTPParserError)
    return new WebFetchError('UPSTREAM_REJECTED', `${host} answered something that is not HTTP${why}`, {
      retry: false,
    });
  return new WebFetchError('UPSTREAM_UNREACHABLE', `${host} cannot be reached, or broke off${why}`, {
    retry: true,
    cause: error,
  });
}
