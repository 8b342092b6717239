/**
 * Asking one Mojo-Weixin program, or one client of a Controller: addresses, answers, refusals.
 */
import { type Connection, DriverError } from '../driver.ts';
import { parseJson } from '../../lossless-json.ts';
import { type HttpAnswer, request } from '../request.ts';
import { type Fields, fields, known, text } from './fields.ts';
import { type Form, formBody } from './form-body.ts';

/** How long to wait, in milliseconds. */
export type Timings = {
  /** For an ordinary answer; a list of all chat rooms with their members takes its time. */
  callMs: number;
  /** After this, a program that took the connection and says nothing is blocked in its login. */
  silentMs: number;
  /** More than the 15 s after which the plugin closes a send that still waits in its queue. */
  sendMs: number;
  /** More than the 120 s after which the plugin closes a request that moves media. */
  mediaMs: number;
  /** More than the 30 s after which check_event answers that nothing happened. */
  pollMs: number;
  /** Between two looks at a program that is logging in, and the first pause before an absent one is tried again. */
  pauseMs: number;
  longestPauseMs: number;
};

export type OpenwxClient = {
  /** The Controller's name of the client; null where the address is the program's own. */
  readonly name: string | null;
  /** The base address carries parameters, which the program's auth callback reads. */
  readonly guarded: boolean;
  readonly timings: Timings;
  /** Throws the `DriverError` of a request that failed; every status is an answer. */
  get(route: string, timeoutMs: number, signal: AbortSignal): Promise<HttpAnswer>;
  post(route: string, form: Form, timeoutMs: number, signal: AbortSignal): Promise<HttpAnswer>;
  /** An answer that is an object without a refusal. Throws `DriverError`. */
  object(route: string, timeoutMs: number, signal: AbortSignal): Promise<Fields>;
  /** The same for a call with parameters. */
  call(route: string, form: Form, timeoutMs: number, signal: AbortSignal): Promise<Fields>;
  /** The objects of an answer that is an array. Throws `DriverError`. */
  list(route: string, signal: AbortSignal): Promise<Fields[]>;
  /** The same for a search with parameters. */
  search(route: string, form: Form, signal: AbortSignal): Promise<Fields[]>;
};

/** The Controller's name of the client that a connection is for; null for a program's own address. */
export function clientNameOf(connection: Connection): string | null {
  return known(connection['client']);
}

export function openwxClient(connection: Connection, timings: Timings): OpenwxClient {
  const name = clientNameOf(connection);
  const get: OpenwxClient['get'] = async (route, timeoutMs, signal) =>
    request({ method: 'GET', url: address(connection.baseUrl, route, name), timeoutMs }, signal);
  const post: OpenwxClient['post'] = async (route, form, timeoutMs, signal) =>
    request(
      {
        method: 'POST',
        url: address(connection.baseUrl, route, null),
        // The Controller finds the client in the body as well, where no proxy logs it.
        ...formBody({ ...form, ...(name !== null && { client: name }) }),
        timeoutMs,
      },
      signal,
    );
  return {
    name,
    guarded: (URL.parse(connection.baseUrl)?.search ?? '') !== '',
    timings,
    get,
    post,
    object: async (route, timeoutMs, signal) => objectIn(route, await get(route, timeoutMs, signal)),
    call: async (route, form, timeoutMs, signal) => objectIn(route, await post(route, form, timeoutMs, signal)),
    list: async (route, signal) => listIn(route, await get(route, timings.callMs, signal)),
    search: async (route, form, signal) => listIn(route, await post(route, form, timings.callMs, signal)),
  };
}

function objectIn(route: string, answer: HttpAnswer): Fields {
  const object = fields(granted(answer));
  if (object === null) throw unreadable(`${route} answered no object`);
  return object;
}

function listIn(route: string, answer: HttpAnswer): Fields[] {
  const list = granted(answer);
  if (!Array.isArray(list)) throw unreadable(`${route} answered no list`);
  return list.map(fields).filter((item) => item !== null);
}

function granted(answer: HttpAnswer): unknown {
  const told = readJson(answer);
  const refused = refusal(told);
  if (refused !== null) throw refused;
  return told;
}

/**
 * The JSON of an answer, whatever code it carries. Throws `DriverError`: UNSUPPORTED for a route that does not exist and
 * FORBIDDEN for a refused caller, both certain; UPSTREAM_REJECTED, uncertain, for any other status and for no JSON.
 */
export function readJson(answer: HttpAnswer): unknown {
  if (answer.status === 403) {
    // The plugin answers text, the Controller JSON for a route and text for a caller.
    if (answer.text.includes('api not found')) {
      throw new DriverError('UNSUPPORTED', 'the upstream does not know this call', { certain: true, retry: false });
    }
    if (answer.text.trim() === 'auth failure') throw authFailure();
  }
  if (answer.status !== 200) {
    throw new DriverError('UPSTREAM_REJECTED', `the upstream answered HTTP ${answer.status}`, {
      certain: false,
      retry: answer.status >= 500,
    });
  }
  try {
    return parseJson(answer.text);
  } catch (cause) {
    throw unreadable('the upstream answered no JSON', cause);
  }
}

/**
 * Why an answer is a refusal, in WeChat's words; null where it is none. Mojo-Weixin answers HTTP 200 with a code
 * (observed on Mojo-Weixin 1.4.6). Codes of sends other than its own are WeChat's, given after five tries.
 */
export function refusal(answer: unknown): DriverError | null {
  const code = known(fields(answer)?.['code']);
  if (code === null || code === '0') return null;
  const status = text(fields(answer)?.['status']) ?? '';
  const message = `${status === '' ? 'refused' : wordsOf(status)} (code ${code.slice(0, 20)})`;
  if (code === '100') return new DriverError('NOT_FOUND', message, { certain: true, retry: false });
  if (code === '-6') return authFailure();
  // WeChat has a code 1 too: only the Controller's words tell that nothing was passed on.
  if (code === '1' && /^client not (?:found|exists)$/.test(status)) {
    return new DriverError('UPSTREAM_UNREACHABLE', `the Controller has no such client: ${message}`, {
      certain: true,
      retry: true,
    });
  }
  if (status.startsWith('media size exceed')) {
    return new DriverError('TOO_LARGE', message, { certain: true, retry: false });
  }
  // All of them are said as well when WeChat's own answer was missing or unreadable: it may be done all the same.
  const certain = code !== '-5' && status !== 'unknown data' && status !== 'failure';
  return new DriverError('UPSTREAM_REJECTED', message, { certain, retry: false });
}

/** A refusal's words without what they quote: ids of people, and paths of the program's disk. */
function wordsOf(status: string): string {
  return status
    .replace(/^(friend|member) id .* not found$/s, '$1 not found')
    .replace(/^(media file read error):.*$/s, '$1')
    .slice(0, 200);
}

/** An answer that cannot be understood; whatever was asked for may have been done. */
export function unreadable(message: string, cause?: unknown): DriverError {
  return new DriverError('UPSTREAM_REJECTED', message, { certain: false, retry: false, cause });
}

function authFailure(): DriverError {
  return new DriverError('FORBIDDEN', 'the upstream refuses us: auth failure', { certain: true, retry: false });
}

/** The base address may end in a path and carry a query: Mojo-Weixin's auth callback reads query parameters. */
function address(baseUrl: string, route: string, client: string | null): string {
  const url = URL.parse(baseUrl);
  // The request tells that it is no address.
  if (url === null) return baseUrl;
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/openwx/${route}`;
  if (client !== null) url.searchParams.set('client', client);
  return url.href;
}
