/**
 * Steps of many that share one commit: one flush to the disk for all that is asked for within a turn of the event loop.
 *
 * Each step is still all or nothing: one that fails takes back what it did, and the others stay. Nobody is answered before the commit.
 */
import type { Engine } from './engine.ts';
import { storeError } from './errors.ts';

export type SharedCommits = {
  /** Runs the step soon; settles after the commit. */
  write<Result>(step: () => Result): Promise<Result>;
  /** Runs what waits, now. */
  flush(): void;
};

/** So many steps share a commit at most, so that others get their turn. */
const mostSteps = 200;

type Waiting = { step: () => unknown; resolve: (result: never) => void; reject: (error: unknown) => void };

export function openSharedCommits(engine: Engine): SharedCommits {
  const savepoint = engine.sql.raw.transaction((step: () => unknown) => step());
  let waiting: Waiting[] = [];

  function commit(): void {
    const steps = waiting.splice(0, mostSteps);
    if (steps.length === 0) return;
    let ends: (() => void)[];
    try {
      ends = engine.write(() => steps.map((one) => run(one)));
    } catch (error) {
      ends = steps.map(
        ({ reject }) =>
          () =>
            reject(error),
      );
    }
    for (const end of ends) end();
  }

  function run({ step, resolve, reject }: Waiting): () => void {
    try {
      const result = savepoint(step) as never;
      return () => resolve(result);
    } catch (error) {
      // A full disk ends the whole transaction, and with it what the steps before have done.
      if (!engine.sql.raw.inTransaction) throw error;
      return () => reject(storeError(error));
    }
  }

  function flush(): void {
    while (waiting.length > 0) commit();
  }

  function next(): void {
    commit();
    if (waiting.length > 0) setImmediate(next);
  }

  return {
    write: (step) =>
      new Promise((resolve, reject) => {
        waiting.push({ step, resolve, reject });
        if (waiting.length === 1) setImmediate(next);
      }),
    flush,
  };
}
