import type { ErrorCode } from '../words.ts';

/** What a client is told besides code and words. Fields are those of `extensions` in GraphQL. */
export type ErrorDetails = {
  /** The input field at fault. */
  field?: string;
  /** The same call may work later. */
  retryable?: boolean;
  retryAfterMs?: number;
  /** Of AMBIGUOUS_RECEIVER: the contacts that the text could mean. */
  candidates?: { id: string; wxid: string; displayName: string }[];
  /** Of CURSOR_INVALID: from where reading on is possible. */
  oldestCursor?: string;
  /** Of CURSOR_INVALID: EXPIRED, FUTURE, FOREIGN or MALFORMED. Of an idempotency conflict: KEY_REUSED. */
  reason?: string;
};

/** An expected failure: every face shows its code and words. Anything else that is thrown is a bug, logged and masked. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails & { cause?: unknown } = {}) {
    const { cause, ...rest } = details;
    super(message, { cause });
    this.code = code;
    this.details = rest;
  }
}

export function badInput(field: string, message: string): GatewayError {
  return new GatewayError('BAD_INPUT', message, { field });
}

/** The same answer for what does not exist and for what the caller may not see. */
export function notFound(what: string, id: string): GatewayError {
  return new GatewayError('NOT_FOUND', `There is no ${what} ${JSON.stringify(id.slice(0, 100))}.`);
}
