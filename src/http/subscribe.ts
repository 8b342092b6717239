/**
 * Subscriptions whose every frame carries its position in `extensions.cursor`, also when a field failed and `data` is null.
 *
 * graphql's own `subscribe` loses the event behind a result; this one keeps it. The iterators are plain objects: a generator
 * would hold `return` back until the next event, and a client that left would be served until then.
 */
import { type ExecutionArgs, type ExecutionResult, createSourceEventStream } from 'graphql';

/** What every subscription field yields. */
export type SourceEvent = { cursor: string };
/** `position` is up to where the subscription has seen everything. */
export type Source = AsyncIterator<SourceEvent> & { position?: () => string };

export type ResultStream = AsyncIterableIterator<ExecutionResult, undefined, void> & {
  return(): Promise<IteratorResult<ExecutionResult, undefined>>;
};

/** A subscription as its connection sees it. */
export type Followed = {
  /** The position, while nothing is on its way to the client; else null. */
  position(): string | null;
};

export type SubscribeOptions = {
  execute(args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult>;
  showErrors(result: ExecutionResult): ExecutionResult;
  showError(error: unknown): Error;
  /** The context of one event: what is loaded for it must not be shown again for the next. */
  contextOf(): unknown;
  /** Where the connection keeps what it follows. */
  followed?: Set<Followed> | undefined;
};

export async function subscribeWithCursor(
  args: ExecutionArgs,
  options: SubscribeOptions,
): Promise<ResultStream | ExecutionResult> {
  const opened = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in opened)) return options.showErrors(opened);
  const source: Source = (opened as AsyncIterable<SourceEvent>)[Symbol.asyncIterator]();

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
        const event = step.value;
        const result = await options.execute({ ...args, rootValue: event, contextValue: options.contextOf() });
        const shown = options.showErrors(result);
        return { done: false, value: { ...shown, extensions: { ...shown.extensions, cursor: event.cursor } } };
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
