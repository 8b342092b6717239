/**
 * Subscriptions whose every frame carries its position in `extensions.cursor`, also when a field failed and `data` is null.
 *
 * graphql's own `subscribe` loses the event behind a result; this one keeps it. The iterators are plain objects: a generator
 * would hold `return` back until the next event, and a client that left would be served until then.
 */
import { type ExecutionArgs, type ExecutionResult, createSourceEventStream } from 'graphql';
import type { Watch } from '../resolvers/watch.ts';
import type { Follower } from './fan-out.ts';

/** What every subscription field yields. */
export type SourceEvent = { cursor: string };
/** `position` is up to where the subscription has seen everything; what has a `watch` may share with others that want the same. */
export type Source = AsyncIterator<SourceEvent> & { position?: () => string; watch?: Watch<SourceEvent> };

export type ResultStream = AsyncIterableIterator<ExecutionResult, undefined, void> & {
  return(): Promise<IteratorResult<ExecutionResult, undefined>>;
};

/** A subscription as its connection sees it. */
export type Followed = {
  /** The position, while nothing is on its way to the client; else null. */
  position(): string | null;
};

export type SubscribeOptions = {
  /** The result of each of these events. */
  executeEach(args: ExecutionArgs, events: readonly SourceEvent[]): Promise<ExecutionResult[]>;
  showErrors(result: ExecutionResult): ExecutionResult;
  showError(error: unknown): Error;
  /** The context of events that are executed together: what is loaded for them must not be shown again for the next. */
  contextOf(): unknown;
  /** Where the connection keeps what it follows. */
  followed?: Set<Followed> | undefined;
  /** Of a connection that is sent what is live together with others. */
  share?: Share | undefined;
};

/** Sends a subscription past its result stream, which says no more than when it ends. */
export type Share = (
  watch: Watch<SourceEvent>,
  execute: (values: readonly SourceEvent[]) => Promise<ExecutionResult[]>,
) => Follower;

export async function subscribeWithCursor(
  args: ExecutionArgs,
  options: SubscribeOptions,
): Promise<ResultStream | ExecutionResult> {
  const opened = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in opened)) return options.showErrors(opened);
  const source: Source = (opened as AsyncIterable<SourceEvent>)[Symbol.asyncIterator]();
  const { watch } = source;
  if (watch && options.share)
    return followShared(
      options.share(watch, (values) => show(args, options, values)),
      options,
    );

  let idle = false;
  let over = false;
  const followed: Followed = {
    position: () => (idle && !over ? (source.position?.() ?? null) : null),
  };
  options.followed?.add(followed);
  const finish = () => {
    over = true;
    options.followed?.delete(followed);
    return { done: true, value: undefined } as const;
  };

  const results: ResultStream = {
    [Symbol.asyncIterator]: () => results,
    async next() {
      if (over) return finish();
      idle = true;
      try {
        const step = await source.next();
        idle = false;
        if (over || step.done) return finish();
        const [value] = await show(args, options, [step.value]);
        return { done: false, value: value! };
      } catch (error) {
        if (!over) void source.return?.();
        finish();
        throw options.showError(error);
      }
    },
    async return() {
      const ended = finish();
      await source.return?.();
      return ended;
    },
    async throw(error: unknown) {
      finish();
      await source.return?.();
      throw error;
    },
  };
  return results;
}

/** The results of some events, each with its position. They load what they need together. */
async function show(
  args: ExecutionArgs,
  options: SubscribeOptions,
  events: readonly SourceEvent[],
): Promise<ExecutionResult[]> {
  const results = await options.executeEach({ ...args, contextValue: options.contextOf() }, events);
  return results.map((result, at) => {
    const shown = options.showErrors(result);
    return { ...shown, extensions: { ...shown.extensions, cursor: events[at]!.cursor } };
  });
}

/**
 * Yields nothing: its values go past it. It ends when the subscription does. It is kept for as long as that lasts, thousands of
 * times over, and holds no more than it needs then.
 */
function followShared(follower: Follower, { followed, showError }: SubscribeOptions): ResultStream {
  followed?.add(follower);
  const ended = follower.ended.finally(() => followed?.delete(follower));
  const finish = async (): Promise<IteratorResult<ExecutionResult, undefined>> => {
    try {
      await ended;
    } catch (error) {
      throw showError(error);
    }
    return { done: true, value: undefined };
  };
  const leave = () => {
    follower.stop();
    return Promise.resolve({ done: true, value: undefined } as const);
  };
  const results: ResultStream = {
    [Symbol.asyncIterator]: () => results,
    next: finish,
    return: leave,
    throw: leave,
  };
  return results;
}
