/** What Openwx answers when something was not done: `{"code":…,"status":…}` with HTTP 200. */
import { GatewayError } from '../../resolvers/errors.ts';
import type { ErrorCode } from '../../words.ts';
import type { JsonObject } from './json.ts';

/** Openwx's codes: 1 of the Controller, 100 for what is not found, 101 for who cannot be asked, 200 for an empty list, 201 for what was not done. */
export type Code = 0 | 1 | 100 | 101 | 200 | 201 | -1 | -6;

/** A failure that has a code of its own; `more` stands beside it in the answer. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: Code;
  readonly more: JsonObject;

  constructor(code: Code, status: string, more: JsonObject = {}) {
    super(status);
    this.code = code;
    this.more = more;
  }
}

/** Nobody, or nothing, has these properties. */
export function objectNotFound(): Failure {
  return new Failure(100, 'object not found');
}

const codes: Partial<Record<ErrorCode, Code>> = {
  UNAUTHENTICATED: -6,
  FORBIDDEN: -6,
  NOT_FOUND: 100,
  AMBIGUOUS_RECEIVER: 100,
  NOT_READY: 1,
  UNSUPPORTED: 201,
  UPSTREAM_REJECTED: 201,
  UPSTREAM_TIMEOUT: 201,
  UPSTREAM_UNREACHABLE: 201,
};

/** The code of a failure; -1 for all that Openwx has no code for. */
export function codeOf(code: ErrorCode): Code {
  return codes[code] ?? -1;
}

/** An expected failure in Openwx's shape; null for one that nobody expected. */
export function failureOf(error: unknown): Failure | null {
  if (error instanceof Failure) return error;
  if (!(error instanceof GatewayError) || error.code === 'INTERNAL') return null;
  const code = codeOf(error.code);
  return new Failure(code, code === -6 ? `auth failure: ${error.message}` : error.message);
}
