/** What a failed request is answered, for faces that speak JSON and for GraphQL over HTTP. */
import type { Logger } from 'pino';
import { type ErrorDetails, GatewayError } from '../resolvers/errors.ts';
import { type ErrorCode, errorCodes } from '../words.ts';
import { statusOf } from './status.ts';

/** A failure that HTTP has a status of its own for: 405, 415, 421. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

export type Problem = {
  status: number;
  code: ErrorCode;
  message: string;
  details: ErrorDetails;
  headers: Record<string, string>;
};

const retryAfterMs: Partial<Record<ErrorCode, number>> = { UNAVAILABLE: 5000, RATE_LIMITED: 60_000 };

/** Anything that was thrown, as it may be shown: what is not expected becomes INTERNAL, without its words. */
export function problemOf(error: unknown): Problem {
  if (error instanceof GatewayError) {
    const wait = error.details.retryAfterMs ?? retryAfterMs[error.code];
    return {
      status: statusOf(error.code, error.details.reason),
      code: error.code,
      message: error.message,
      details: error.details,
      headers: wait === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(wait / 1000))) },
    };
  }
  if (error instanceof HttpError) {
    const { status, message, headers } = error;
    return { status, code: codeOf(status), message, details: {}, headers: { ...headers } };
  }
  const status = statusIn(error);
  if (status !== null && status < 500) {
    return { status, code: codeOf(status), message: shortMessage(error, status), details: {}, headers: {} };
  }
  return { status: 500, code: 'INTERNAL', message: 'Unexpected error.', details: {}, headers: {} };
}

/** The body of a failed request: `success`, `code`, `error`, and what else is known. */
export function problemBody(problem: Problem, requestId: string): Record<string, unknown> {
  return { success: false, code: problem.code, error: problem.message, ...problem.details, request_id: requestId };
}

/** The same as GraphQL says it. */
export function graphqlBody(problem: Problem, requestId: string): { errors: unknown[] } {
  return {
    errors: [{ message: problem.message, extensions: { code: problem.code, requestId, ...problem.details } }],
  };
}

/** Logs what nobody expected; an expected failure is the client's business. */
export function logProblem(log: Logger, error: unknown, problem: Problem, requestId: string): void {
  if (problem.code === 'INTERNAL') log.error({ err: error, requestId }, 'unexpected error');
  else if (problem.status >= 500) log.warn({ err: error, requestId, code: problem.code }, 'request failed');
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return (errorCodes as readonly unknown[]).includes(code);
}

function codeOf(status: number): ErrorCode {
  if (status === 401) return 'UNAUTHENTICATED';
  if (status === 403 || status === 421) return 'FORBIDDEN';
  if (status === 404) return 'NOT_FOUND';
  if (status === 413) return 'TOO_LARGE';
  if (status === 429) return 'RATE_LIMITED';
  if (status === 503) return 'UNAVAILABLE';
  return status >= 500 ? 'INTERNAL' : 'BAD_INPUT';
}

function statusIn(error: unknown): number | null {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : null;
}

function shortMessage(error: unknown, status: number): string {
  if (status === 413) return 'The body is too large.';
  if (status === 415) return 'This content type is not accepted.';
  return error instanceof Error ? error.message : 'This request cannot be read.';
}
