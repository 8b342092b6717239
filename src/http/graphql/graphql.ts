/** GraphQL: one yoga instance whose limits, masking and subscriptions hold on every transport. */
import { type ExecutionArgs, type ExecutionResult, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { type GraphQLParams, type Plugin, createYoga } from 'graphql-yoga';
import type { App } from '../../resolvers/app.ts';
import type { Caller } from '../../resolvers/access/caller.ts';
import { GatewayError } from '../../resolvers/errors.ts';
import type { Loaders } from '../../resolvers/load.ts';
import { execute, executeEach } from '../../graphql-execute.ts';
import { showError, showErrors } from './graphql-errors.ts';
import type { Shared } from '../subscriptions/group.ts';
import { tooManyObjects } from './object-limit.ts';
import { queryLimits, rootFields, tooLarge } from './query-limits.ts';
import { isOpened, openSubscription } from '../subscriptions/subscribe.ts';

/** What an operation's context is made of. */
export type Operation = {
  app: App;
  caller: Caller;
  requestId: string;
  /** Of the header `Idempotency-Key`. */
  idempotencyKey: string | null;
};

/**
 * The context of one operation, or of events of a subscription that are shown together: what is loaded is not shared with others.
 * `expect` is given the loaders when they are first used.
 */
export type MakeContext = (operation: Operation, expect?: (loaders: Loaders) => void) => object;

/** What a transport hands to yoga. A subscription is given to `follow` and ends at once for yoga: its frames go past it. */
export type TransportContext = { operation: Operation; follow?: (subscription: Shared) => void };

export type GraphqlOptions = { schema: GraphQLSchema; app: App; createContext: MakeContext; executionMs: number };
export type Graphql = ReturnType<typeof createGraphql>;

/** Operations that wait for WeChat and carry a time limit of their own: that of a query would hide what became of them. */
const patient = new Set([
  'send',
  'resend',
  'consult',
  'revokeMessage',
  'setRemark',
  'pinContact',
  'createChatRoom',
  'inviteToChatRoom',
  'removeFromChatRoom',
  'renameChatRoom',
  'addFriend',
  'acceptFriendRequest',
  'enterVerificationCode',
  'testWebhook',
]);

export function createGraphql({ schema, app, createContext, executionMs }: GraphqlOptions) {
  const transportOf = (context: unknown) => context as TransportContext;

  async function run(args: ExecutionArgs): Promise<ExecutionResult> {
    if (rootFields(args.document, args.operationName).some((field) => patient.has(field))) return execute(args);
    const [result] = await eachInTime(args, [args.rootValue]);
    return result!;
  }

  /** The results of an operation for each of these root values; together they have the time of one. */
  function eachInTime(args: ExecutionArgs, rootValues: readonly unknown[]): Promise<ExecutionResult[]> {
    return withTimeLimit(executeEach(args, rootValues), executionMs);
  }

  /** The answer to an operation that asks for too much. */
  function refusal(args: ExecutionArgs): ExecutionResult | null {
    const error = tooManyObjects(args);
    return error && { errors: [error] };
  }

  const plugin: Plugin<object, TransportContext> = {
    onParse({ setParseFn }) {
      setParseFn((source, options) => parse(source, { ...options, maxTokens: queryLimits.tokens }));
      return ({ result, replaceParseResult }) => {
        if (result === null || result instanceof Error) return;
        const error = tooLarge(result);
        if (error) replaceParseResult(error);
      };
    },
    onExecute({ args, setExecuteFn }) {
      setExecuteFn((executed: ExecutionArgs) => refusal(executed) ?? run(executed));
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return;
          setResult(showErrors(result, transportOf(args.contextValue).operation.requestId, app.log));
        },
      };
    },
    onSubscribe({ args, setSubscribeFn }) {
      const { operation, follow } = transportOf(args.contextValue);
      setSubscribeFn(async (subscribed: ExecutionArgs) => {
        const refused = refusal(subscribed);
        if (refused) return showErrors(refused, operation.requestId, app.log);
        const subscription = await openSubscription(subscribed, { operation, executeEach: eachInTime, createContext });
        if (!isOpened(subscription)) return subscription;
        follow?.(subscription);
        return nothing;
      });
    },
    onResultProcess({ result, setResult, serverContext }) {
      if (Symbol.asyncIterator in result || Array.isArray(result)) return;
      setResult(overHttp(result as ExecutionResult, serverContext.operation.requestId));
    },
  };

  /** A result as it goes out over HTTP. */
  function overHttp(result: ExecutionResult, requestId: string): ExecutionResult {
    const answer = showErrors(result, requestId, app.log);
    const failed = !('data' in answer) && answer.errors?.some((error) => error.extensions['code'] === 'INTERNAL');
    return failed ? { ...answer, extensions: { ...answer.extensions, http: { status: 500 } } } : answer;
  }

  const yoga = createYoga<TransportContext>({
    schema,
    context: ({ operation }) => createContext(operation),
    plugins: [plugin],
    graphqlEndpoint: '/graphql',
    // The pages and the guards are the server's.
    graphiql: false,
    landingPage: false,
    cors: false,
    batching: false,
    multipart: false,
    logging: false,
    healthCheckEndpoint: '/graphql/none',
    maskedErrors: { maskError: (error) => showError(error, null, app.log) },
  });

  return {
    executeEach: eachInTime,
    getEnveloped: yoga.getEnveloped,
    fetch: yoga.fetch,
    /**
     * The result of a query or mutation over HTTP, as it may be shown: all that yoga does for a request but for the request itself, as
     * making one and reading its answer costs more than most queries.
     */
    async resultOf(params: GraphQLParams, operation: Operation): Promise<ExecutionResult> {
      let result;
      try {
        result = await yoga.getResultForParams({ params, request: anyPost }, { operation });
      } catch (error) {
        result = { errors: [showError(error, operation.requestId, app.log)] };
      }
      return overHttp(result as ExecutionResult, operation.requestId);
    },
  };
}

/** Yoga asks requests for their method alone, so that one stands for all. */
const anyPost = new Request('http://localhost/graphql', { method: 'POST' });

/** A stream that is over. */
const nothing: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};

/** Answers after `ms` at the latest. graphql cannot be told to stop; what it still does is not waited for. */
async function withTimeLimit(
  results: readonly (ExecutionResult | Promise<ExecutionResult>)[],
  ms: number,
): Promise<ExecutionResult[]> {
  const settled = results.map((result) => (result instanceof Promise ? null : result));
  if (settled.includes(null)) {
    const waiting = results.map(async (result, at) => {
      settled[at] = await result;
    });
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, ms);
    await Promise.race([Promise.all(waiting), late.promise]).finally(() => clearTimeout(timer));
  }
  return settled.map((result) => result ?? tooLate(ms));
}

function tooLate(ms: number): ExecutionResult {
  const words = `The query took longer than ${ms / 1000} s.`;
  const originalError = new GatewayError('UNAVAILABLE', words, { retryable: true });
  return { errors: [new GraphQLError(words, { originalError })] };
}
