/**
 * Asking one hooked WeChat: one call at a time, since two at once can crash it.
 */
import type { PchookDialect } from '../../words.ts';
import { type Connection, DriverError } from '../driver.ts';
import { parseJson } from '../../lossless-json.ts';
import { type HttpAnswer, type HttpRequest, request } from '../request.ts';
import { type Fields, fields, known, text } from './fields.ts';

/** The longest file that is read from the hook, in bytes. */
const longestFile = 256 * 1024 * 1024;

/** How long to wait, in milliseconds. */
export type Timings = {
  /** For an ordinary answer. */
  callMs: number;
  /** For a send: WeChat is asked meanwhile. */
  sendMs: number;
  /** For a send or a download of media, which WeChat uploads or fetches meanwhile. */
  mediaMs: number;
  /** For the first call of a fetch of contacts, which takes up to a minute. */
  contactsMs: number;
  /** Between two looks at a WeChat that is logging in, and the first pause before an absent one is tried again. */
  pauseMs: number;
  longestPauseMs: number;
};

/** What the drivers of one port share, however many there are. */
export type Port = {
  /** Ends when the calls so far have ended. */
  last: Promise<void>;
  /** What was found out. */
  dialect: PchookDialect | null;
};

export type PchookClient = {
  readonly timings: Timings;
  /** As configured or found out; null while it is not known. */
  dialect(): PchookDialect | null;
  foundDialect(dialect: PchookDialect): void;
  /** Posts JSON when nobody else's call is under way. Throws the `DriverError` of a request that failed. */
  call(endpoint: string, body: object, timeoutMs: number, signal: AbortSignal): Promise<HttpAnswer>;
  /** An answer that is JSON. Throws `DriverError`. */
  ask(endpoint: string, body: object, timeoutMs: number, signal: AbortSignal): Promise<unknown>;
  /** An answer that is an object. Throws `DriverError`. */
  object(endpoint: string, body: object, timeoutMs: number, signal: AbortSignal): Promise<Fields>;
  /** Something that the hook does or refuses, within the time of an ordinary answer. Throws `DriverError`. */
  command(endpoint: string, body: object, signal: AbortSignal): Promise<void>;
  /** Reads from the hook's own folder when nobody else's call is under way. Throws as `call` does. */
  read(pathAndQuery: string, timeoutMs: number, signal: AbortSignal): Promise<HttpAnswer>;
};

export function pchookClient(connection: Connection, timings: Timings, port: Port): PchookClient {
  const configured = connection['dialect'];
  const base = connection.baseUrl.replace(/\/+$/, '');
  const inTurn = async (options: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> => {
    const free = await takeTurn(port, signal);
    try {
      return await request(options, signal);
    } finally {
      free();
    }
  };
  const call: PchookClient['call'] = (endpoint, body, timeoutMs, signal) => {
    const headers = { 'content-type': 'application/json' };
    const url = `${base}/${endpoint}`;
    return inTurn({ method: 'POST', url, headers, body: JSON.stringify(body), timeoutMs }, signal);
  };
  const ask: PchookClient['ask'] = async (endpoint, body, timeoutMs, signal) =>
    readJson(await call(endpoint, body, timeoutMs, signal));
  return {
    timings,
    dialect: () => (configured === 'V39' || configured === 'NEWEST' ? configured : port.dialect),
    foundDialect: (dialect) => {
      port.dialect = dialect;
    },
    call,
    ask,
    object: async (endpoint, body, timeoutMs, signal) => {
      const answer = fields(await ask(endpoint, body, timeoutMs, signal));
      if (answer === null) throw unreadable(`${endpoint} answered no object`);
      return answer;
    },
    command: async (endpoint, body, signal) => {
      readDone(endpoint, await ask(endpoint, body, timings.callMs, signal));
    },
    read: (pathAndQuery, timeoutMs, signal) =>
      inTurn({ method: 'GET', url: `${base}/${pathAndQuery}`, timeoutMs, maxBytes: longestFile }, signal),
  };
}

/** Waits for the calls that came before. Nothing was sent where it is given up. */
async function takeTurn(port: Port, signal: AbortSignal): Promise<() => void> {
  const before = port.last;
  const { promise, resolve: free } = Promise.withResolvers<void>();
  port.last = before.then(() => promise);
  const aborted = Promise.withResolvers<void>();
  const stop = (): void => aborted.resolve();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  await Promise.race([before, aborted.promise]);
  signal.removeEventListener('abort', stop);
  if (!signal.aborted) return free;
  free();
  throw new DriverError('UPSTREAM_TIMEOUT', 'the call was given up before its turn', { certain: true, retry: true });
}

/**
 * The JSON of an answer. Throws `DriverError`: UNSUPPORTED, certain, for a call that this build does not have;
 * UPSTREAM_REJECTED, uncertain, for any other status and for no JSON.
 */
function readJson(answer: HttpAnswer): unknown {
  if (answer.status === 404) {
    throw new DriverError('UNSUPPORTED', 'the hook does not know this call', { certain: true, retry: false });
  }
  if (answer.status !== 200) {
    throw new DriverError('UPSTREAM_REJECTED', `the hook answered HTTP ${answer.status}`, {
      certain: false,
      retry: answer.status >= 500,
    });
  }
  try {
    return parseJson(answer.text);
  } catch (cause) {
    throw unreadable('the hook answered no JSON', cause);
  }
}

/** What says that it was done; a revoke and a new chat room are told in words. */
const yes = ['1', 'true', '已撤回', 'Everything is OK'];

/**
 * That the hook did what it was asked; answers the message's id where it tells one. Builds say it in five ways: the call's own
 * name, `success`, `retstr`, `MsgSvrID`, or a list with a `code`. Throws `DriverError`: certain where it says no, uncertain
 * where it says neither.
 */
export function readDone(endpoint: string, answer: unknown, ...otherNames: readonly string[]): { id: string | null } {
  const told = fields(Array.isArray(answer) ? answer[0] : answer);
  if (told === null) throw unreadable(`${endpoint} answered neither yes nor no`);
  const success = typeof told['success'] === 'boolean' ? String(told['success']) : null;
  const flag = known(told, endpoint, ...otherNames, 'success', 'retstr') ?? success;
  if (flag !== null && yes.includes(flag)) return { id: null };
  const code = text(told['code']);
  if (flag === null && code === '0') return { id: null };
  const id = known(told, 'MsgSvrID', 'msgsvrid');
  if (flag === null && id !== null && /^\d{5,20}$/.test(id)) return { id };
  const said = flag ?? code ?? id;
  if (said === null) throw unreadable(`${endpoint} answered neither yes nor no`);
  const words = known(told, 'message', 'msg') ?? '';
  const message = `the hook refused: ${`${said} ${words}`.trim().slice(0, 200)}`;
  const certain = /^-?\d{1,10}$/.test(said) || said === 'false';
  throw new DriverError('UPSTREAM_REJECTED', message, { certain, retry: false });
}

/** An answer that cannot be understood; whatever was asked for may have been done. */
export function unreadable(message: string, cause?: unknown): DriverError {
  return new DriverError('UPSTREAM_REJECTED', message, { certain: false, retry: false, cause });
}
