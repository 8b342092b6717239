/**
 * Asking one Mojo-Weixin program, or one client of a Controller: addresses, answers, refusals.
 */
import { type Connection, DriverError } from '../driver.ts';
import { parseJson } from '../lossless-json.ts';
import { type HttpAnswer, request } from '../request.ts';
import { type Fields, fields, known, text } from './fields.ts';

/** How long to wait, in milliseconds. */
export type Timings = {
  /** For an ordinary answer; a list of all chat rooms with their members takes its time. */
  callMs: number;
  /** After this, a program that took the connection and says nothing is blocked in its login. */
  silentMs: number;
  /** More than the 15 s after which the plugin closes a send that still waits in its queue. */
  sendMs: number;
  /** More than the 30 s after which check_event answers that nothing happened. */
  pollMs: number;
  /** Between two looks at a program that is logging in, and the first pause before an absent one is tried again. */
  pauseMs: number;
  longestPauseMs: number;
};

export type OpenwxClient = {
  /** The Controller's name of the client; null where the address is the program's own. */
  readonly name: string | null;
  readonly timings: Timings;
  /** Throws the `DriverError` of a request that failed; every status is an answer. */
  get(route: string, timeoutMs: number, signal: AbortSignal): Promise<HttpAnswer>;
  post(route: string, form: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer>;
  /** An answer that is an object without a refusal. Throws `DriverError`. */
  object(route: string, timeoutMs: number, signal: AbortSignal): Promise<Fields>;
  /** The objects of an answer that is an array. Throws `DriverError`. */
  list(route: string, signal: AbortSignal): Promise<Fields[]>;
};

export function openwxClient(connection: Connection, timings: Timings): OpenwxClient {
  const name = known(connection['client']);
  const get: OpenwxClient['get'] = async (route, timeoutMs, signal) =>
    request({ method: 'GET', url: address(connection.baseUrl, route, name), timeoutMs }, signal);
  const read = async (route: string, timeoutMs: number, signal: AbortSignal): Promise<unknown> => {
    const answer = readJson(await get(route, timeoutMs, signal));
    const refused = refusal(answer);
    if (refused !== null) throw refused;
    return answer;
  };
  return {
    name,
    timings,
    get,
    post: async (route, form, signal) =>
      request(
        {
          method: 'POST',
          url: address(connection.baseUrl, route, null),
          // The Controller finds the client in the body as well, where no proxy logs it.
          form: new URLSearchParams({ ...form, ...(name !== null && { client: name }) }),
          timeoutMs: timings.sendMs,
        },
        signal,
      ),
    object: async (route, timeoutMs, signal) => {
      const answer = fields(await read(route, timeoutMs, signal));
      if (answer === null) throw unreadable(`${route} answered no object`);
      return answer;
    },
    list: async (route, signal) => {
      const answer = await read(route, timings.callMs, signal);
      if (!Array.isArray(answer)) throw unreadable(`${route} answered no list`);
      return answer.map(fields).filter((item) => item !== null);
    },
  };
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
  const status = text(fields(answer)?.['status'])?.slice(0, 200) ?? '';
  const message = `${status === '' ? 'refused' : status} (code ${code.slice(0, 20)})`;
  if (code === '100') return new DriverError('NOT_FOUND', message, { certain: true, retry: false });
  if (code === '-6') return authFailure();
  // WeChat has a code 1 too: only the Controller's words tell that nothing was passed on.
  if (code === '1' && /^client not (?:found|exists)$/.test(status)) {
    return new DriverError('UPSTREAM_UNREACHABLE', `the Controller has no such client: ${message}`, {
      certain: true,
      retry: true,
    });
  }
  // Both are said when WeChat's own answer was missing or unreadable: the message may have arrived all the same.
  const certain = code !== '-5' && status !== 'unknown data';
  return new DriverError('UPSTREAM_REJECTED', message, { certain, retry: false });
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
