/** Errors as GraphQL clients see them, the same over HTTP, WebSocket and event streams. */
import { GraphQLError, Kind } from 'graphql';
import type { Logger } from 'pino';
import { GatewayError } from '../../resolvers/errors.ts';
import { isErrorCode } from '../problem.ts';

const shown = new WeakSet<GraphQLError>();

/**
 * Any error as it may be shown: an expected one with its code and details, a mistake in the request as BAD_INPUT, and
 * anything else as INTERNAL without its words, which go to the log. Showing an error twice changes nothing.
 */
export function showError(error: unknown, requestId: string | null, log: Logger): GraphQLError {
  if (error instanceof GraphQLError && shown.has(error)) {
    if (requestId === null || 'requestId' in error.extensions) return error;
    return remember(
      new GraphQLError(error.message, { ...placeOf(error), extensions: { ...error.extensions, requestId } }),
    );
  }
  const cause = deepest(error);
  const id = requestId === null ? {} : { requestId };
  let message: string;
  let extensions: Record<string, unknown>;
  if (cause instanceof GatewayError && cause.code !== 'INTERNAL') {
    message = cause.message;
    extensions = { code: cause.code, ...id, ...cause.details };
  } else if (error instanceof GraphQLError && isMistake(error, cause)) {
    const { code, http } = error.extensions;
    message = error.message;
    extensions = { code: isErrorCode(code) ? code : 'BAD_INPUT', ...id, ...(http ? { http } : {}) };
  } else {
    log.error({ err: cause, requestId, path: pathOf(error) }, 'unexpected error');
    message = 'Unexpected error.';
    extensions = { code: 'INTERNAL', ...id };
  }
  return remember(new GraphQLError(message, { ...placeOf(error), extensions }));
}

/** Every error of a result, shown. */
export function showErrors<Result extends { errors?: readonly GraphQLError[] | undefined }>(
  result: Result,
  requestId: string | null,
  log: Logger,
): Result {
  if (!result.errors) return result;
  return { ...result, errors: result.errors.map((error) => showError(error, requestId, log)) };
}

function remember(error: GraphQLError): GraphQLError {
  shown.add(error);
  return error;
}

function placeOf(error: unknown) {
  if (!(error instanceof GraphQLError)) return {};
  return { nodes: error.nodes, source: error.source, positions: error.positions, path: error.path };
}

/** What a resolver threw, beneath what graphql wrapped around it. */
function deepest(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/**
 * Whether the request is at fault. Without a path nothing was executed: the document or its variables are wrong. With one,
 * only graphql's own complaint about an argument is; its complaints about values that resolvers return are not.
 */
function isMistake(error: GraphQLError, cause: unknown): boolean {
  if (error.path === undefined) return true;
  return cause instanceof GraphQLError && cause.nodes !== undefined && cause.nodes[0]?.kind !== Kind.FIELD;
}

function pathOf(error: unknown): string | undefined {
  return error instanceof GraphQLError ? error.path?.join('.') : undefined;
}
