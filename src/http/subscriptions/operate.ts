/** One operation over a WebSocket, on the path of GraphQL over HTTP. */
import { GraphQLError, OperationTypeNode, getOperationAST } from 'graphql';
import type { ExecutionResult } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { App } from '../../resolvers/app.ts';
import type { Caller } from '../../resolvers/access/caller.ts';
import type { Graphql, TransportContext } from '../graphql/graphql.ts';
import { showError } from '../graphql/graphql-errors.ts';
import type { Shared } from './group.ts';

/** What became of it; a subscription is to be followed. */
export type Operated = { errors: readonly GraphQLError[] } | { result: ExecutionResult } | { subscription: Shared };

export async function operate(
  app: App,
  graphql: Graphql,
  caller: Caller,
  { query, operationName, variables: variableValues }: SubscribePayload,
): Promise<Operated> {
  const requestId = app.randomHex(8);
  let subscription: Shared | null = null;
  try {
    const context: TransportContext = {
      operation: { app, caller, requestId, idempotencyKey: null },
      follow: (opened) => (subscription = opened),
    };
    const enveloped = graphql.getEnveloped(context);
    const document = enveloped.parse(query);
    const errors: readonly unknown[] = enveloped.validate(enveloped.schema, document);
    if (errors.length > 0) return { errors: errors.map((error) => withoutHttp(showError(error, requestId, app.log))) };
    const operation = getOperationAST(document, operationName);
    if (!operation) throw new GraphQLError('There is no such operation in the document.');
    const isSubscription = operation.operation === OperationTypeNode.SUBSCRIPTION;
    const contextValue: unknown = await enveloped.contextFactory();
    const args = { schema: enveloped.schema, document, operationName, variableValues, contextValue };
    const result = (await (isSubscription ? enveloped.subscribe(args) : enveloped.execute(args))) as ExecutionResult;
    return subscription ? { subscription } : { result };
  } catch (error) {
    return { errors: [withoutHttp(showError(error, requestId, app.log))] };
  }
}

function withoutHttp(error: GraphQLError): GraphQLError {
  const { http, ...extensions } = error.extensions;
  if (http === undefined) return error;
  return new GraphQLError(error.message, { nodes: error.nodes, path: error.path, extensions });
}
