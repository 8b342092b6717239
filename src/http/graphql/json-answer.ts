/** GraphQL over HTTP: a result as JSON, with its status and headers. It says what the GraphQL server would, without its streams. */
import type { ExecutionResult } from 'graphql';

export type JsonType = 'application/json' | 'application/graphql-response+json';

/** The type of JSON that a client likes best, by the header `Accept`; null where it wants none. */
export function jsonTypeOf(accept: string): JsonType | null {
  for (const range of accept.toLowerCase().split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    if (parameters.some((one) => one.startsWith('charset=') && one !== 'charset=utf-8')) continue;
    if (type === 'application/graphql-response+json') return type;
    if (type === 'application/json' || type === 'application/*' || type === '*/*') return 'application/json';
  }
  return null;
}

/** What an error tells of its answer: `spec` is a status that a client which knows plain JSON only is not bothered with. */
type Http = { spec?: boolean; status?: number; headers?: Record<string, string> };

/** The body in bytes: as text it would be gone through twice more, for its length and for the socket. */
export type JsonAnswer = { status: number; headers: Record<string, string>; body: Buffer };

/** The answer to an operation whose errors are fit to be shown. */
export function jsonAnswer(result: ExecutionResult, type: JsonType): JsonAnswer {
  const headers: Record<string, string> = { 'content-type': `${type}; charset=utf-8` };
  const { http: ofResult, ...extensions } = result.extensions ?? {};
  let { status } = (ofResult ?? {}) as Http;
  for (const error of result.errors ?? []) {
    const http = error.extensions['http'] ?? {};
    Object.assign(headers, http.headers);
    if (http.status === undefined || (http.spec && type === 'application/json')) continue;
    status = Math.max(status ?? 0, http.status);
  }
  const shown = {
    ...result,
    ...(result.errors && { errors: result.errors.map((error) => withoutHttp(error.toJSON())) }),
    ...(result.extensions && { extensions: Object.keys(extensions).length > 0 ? extensions : undefined }),
  };
  return { status: status ?? 200, headers, body: Buffer.from(JSON.stringify(shown)) };
}

function withoutHttp<Shown extends { extensions?: Record<string, unknown> }>(error: Shown): Shown {
  const { http: _, ...extensions } = error.extensions ?? {};
  return { ...error, extensions };
}
