/**
 * Subscriptions whose every frame carries its position in `extensions.cursor`, also when a field failed and `data` is null.
 *
 * graphql's own `subscribe` loses the event behind a result; here it is kept. A subscription is opened, and handed over to be
 * followed by whoever holds the connection.
 */
import { type ExecutionArgs, type ExecutionResult, createSourceEventStream } from 'graphql';
import type { SourceEvent, Watch } from '../../resolvers/events/watch.ts';
import type { MakeContext, Operation } from '../graphql/graphql.ts';
import { showErrors } from '../graphql/graphql-errors.ts';
import type { Shared } from './group.ts';
import { sharedKey } from './shared-key.ts';

export type SubscribeOptions = {
  operation: Operation;
  /** The result of each of these events. */
  executeEach(args: ExecutionArgs, events: readonly SourceEvent[]): Promise<ExecutionResult[]>;
  /** Events that are shown together have a context of their own: what is loaded for them must not be shown again for the next. */
  createContext: MakeContext;
};

/** What the subscription is to those who follow it; a result where it was refused. */
export async function openSubscription(
  args: ExecutionArgs,
  options: SubscribeOptions,
): Promise<Shared | ExecutionResult> {
  const { caller, requestId, app } = options.operation;
  const opened = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in opened)) return showErrors(opened, requestId, app.log);
  const watch = opened as unknown as Watch<SourceEvent>;
  return { key: sharedKey(args, caller), watch, executor: executorOf(args, watch, options) };
}

export function isOpened(subscription: Shared | ExecutionResult): subscription is Shared {
  return 'watch' in subscription;
}

/** Kept for as long as somebody follows, thousands of times over: it holds of the operation no more than it needs. */
function executorOf(
  { schema, document, operationName, variableValues }: ExecutionArgs,
  { expect }: Watch<SourceEvent>,
  { operation, executeEach, createContext }: SubscribeOptions,
): Shared['executor'] {
  const args = { schema, document, operationName, variableValues };
  const { requestId, app } = operation;
  return (values) => {
    const contextValue = createContext(operation, (loaders) => expect?.(values, loaders));
    let alone = 1;
    return async (events) => {
      const results: ExecutionResult[] = [];
      // One alone at first: what it asks for is loaded for all, and the others have it without a promise for each.
      for (const some of [events.slice(0, alone), events.slice(alone)]) {
        if (some.length > 0) results.push(...(await executeEach({ ...args, contextValue }, some)));
      }
      alone = 0;
      return results.map((result, at) => {
        const shown = showErrors(result, requestId, app.log);
        return { ...shown, extensions: { cursor: events[at]!.cursor } };
      });
    };
  };
}
