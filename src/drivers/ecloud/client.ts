/**
 * Asking E云 as one developer account: addresses, answers, refusals.
 */
import { createHash } from 'node:crypto';
import { type Connection, DriverError } from '../driver.ts';
import { JsonError, parseJson } from '../../lossless-json.ts';
import { type HttpAnswer, request } from '../request.ts';
import { type Fields, fields, known } from './fields.ts';

/** How long to wait, in milliseconds. */
export type Timings = {
  /** For an ordinary answer. */
  callMs: number;
  sendMs: number;
  /** For an answer before which E云 fetches media, or hands them on. */
  mediaMs: number;
  /** For a video to be ready, and between two looks whether it is. */
  videoMs: number;
  videoLookMs: number;
  /** More than the 250 s for which getIPadLoginInfo and a login without a code wait for the phone. */
  loginMs: number;
  /** Between two looks at a login, and the first pause before an absent upstream is tried again. */
  pauseMs: number;
  longestPauseMs: number;
  /** Between initAddressList and getAddressList: the list is made meanwhile. */
  addressListMs: number;
  /** Between two calls of a long fetch, by chance from the one to the other. */
  betweenCallsMs: readonly [from: number, to: number];
};

export type EcloudClient = {
  readonly baseUrl: string;
  /** Tells developer accounts apart; without their secrets. */
  readonly key: string;
  readonly timings: Timings;
  /** The `data` of an answer with code 1000. Throws `DriverError`, for every other answer too. */
  call(route: string, body: Fields, timeoutMs: number, signal: AbortSignal): Promise<unknown>;
};

const succeeded = '1000';
const refused = '1001';

export function ecloudClient(connection: Connection, authorization: string, timings: Timings): EcloudClient {
  const baseUrl = connection.baseUrl.replace(/\/+$/, '');
  return {
    baseUrl,
    key: createHash('sha256')
      .update(JSON.stringify(['ECLOUD', baseUrl, authorization]))
      .digest('base64url'),
    timings,
    call: async (route, body, timeoutMs, signal) => {
      const answer = await request(
        {
          method: 'POST',
          url: `${baseUrl}/${route}`,
          // As it is: there is no Bearer.
          headers: { 'content-type': 'application/json', authorization },
          body: JSON.stringify(body),
          timeoutMs,
        },
        signal,
      );
      return dataOf(answer, route, authorization);
    },
  };
}

/** Thrown by `call`: the login instance that was named has ended. Nothing was done. */
export function isStale(error: unknown): boolean {
  return error instanceof DriverError && error.cause === staleLogin;
}

const staleLogin = new Error('wId is no longer good');

function dataOf(answer: HttpAnswer, route: string, authorization: string): unknown {
  if (answer.status === 401) {
    throw new DriverError('FORBIDDEN', 'E云 refuses the Authorization (HTTP 401)', { certain: true, retry: false });
  }
  if (answer.status !== 200) {
    throw new DriverError('UPSTREAM_REJECTED', `E云 answered HTTP ${answer.status}`, {
      certain: false,
      retry: answer.status >= 500,
    });
  }
  const envelope = fields(readJson(answer.text));
  const code = known(envelope?.['code']);
  if (envelope === null || code === null) throw unreadable(`${route} answered no code`);
  if (code === succeeded) return envelope['data'];
  throw refusal(code, wordsOf(envelope, authorization));
}

/**
 * A refusal in E云's words. Only code 1001 is documented, so that any other tells nothing for certain; nor does a 1001 that
 * speaks of a time that was up or an outcome that is not known, since what was asked for may have been done.
 */
function refusal(code: string, words: string): DriverError {
  const message = `${words === '' ? '失败' : words} (code ${code.slice(0, 20)})`;
  if (code === refused && /wId已注销|请重新登录/i.test(words)) {
    return new DriverError('UPSTREAM_REJECTED', message, { certain: true, retry: true, cause: staleLogin });
  }
  const certain = code === refused && !/超时|time.?out|结果未知/i.test(words);
  return new DriverError('UPSTREAM_REJECTED', message, { certain, retry: false });
}

/** A refusal in which E云 says that what was asked for is not there, or no more, as NOT_FOUND; any other error as it is. */
export function asNotFound(error: unknown): unknown {
  if (!(error instanceof DriverError) || error.code !== 'UPSTREAM_REJECTED' || isStale(error)) return error;
  if (!/不存在|未找到|找不到|无法找到|已?过期|已失效|已被?清理|expired/i.test(error.message)) return error;
  return new DriverError('NOT_FOUND', error.message, { certain: error.certain, retry: false, cause: error });
}

/** What E云 cannot do; nothing was asked of it. */
export function unsupported(message: string): DriverError {
  return new DriverError('UNSUPPORTED', message, { certain: true, retry: false });
}

/** What nobody could do; nothing was asked of E云. */
export function badInput(message: string): DriverError {
  return new DriverError('BAD_INPUT', message, { certain: true, retry: false });
}

/** Tables say `msg`, answers mostly `message`. Whatever is quoted there, it is not to be our secret. Of a login it holds an address to open. */
function wordsOf(envelope: Fields, authorization: string): string {
  const words = known(envelope['message'], envelope['msg']) ?? '';
  return (authorization === '' ? words : words.replaceAll(authorization, '…')).slice(0, 600);
}

/** An answer that cannot be understood; whatever was asked for may have been done. */
export function unreadable(message: string, cause?: unknown): DriverError {
  return new DriverError('UPSTREAM_REJECTED', message, { certain: false, retry: false, cause });
}

function readJson(body: string): unknown {
  try {
    return parseJson(body);
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    throw unreadable('E云 answered no JSON', cause);
  }
}
