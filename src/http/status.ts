import type { ErrorCode } from '../words.ts';

const statuses: Record<ErrorCode, number> = {
  BAD_INPUT: 400,
  NO_RECEIVER: 400,
  UNSUPPORTED: 400,
  URL_NOT_ALLOWED: 400,
  PATH_NOT_ALLOWED: 400,
  CURSOR_INVALID: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  AMBIGUOUS_RECEIVER: 409,
  NOT_READY: 409,
  TOO_LARGE: 413,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  UPSTREAM_UNREACHABLE: 502,
  UPSTREAM_REJECTED: 502,
  UNAVAILABLE: 503,
  UPSTREAM_TIMEOUT: 504,
};

/** The HTTP status of an error code; two codes are told apart by their reason. */
export function statusOf(code: ErrorCode, reason?: string): number {
  if (code === 'CURSOR_INVALID' && reason === 'EXPIRED') return 410;
  if (code === 'CONFLICT' && reason === 'KEY_REUSED') return 422;
  return statuses[code];
}
