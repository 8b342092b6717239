/**
 * What is heard of the log while a query is under way is told after its answer, which may have been read before: told first, it would
 * be overwritten by what was.
 */
import type { Exchange, OperationResult } from '@urql/core';
import { type Source, empty, fromArray, makeSubject, merge, mergeMap, pipe, tap } from 'wonka';

type Held = { result: OperationResult; waitsFor: Set<number>; isTold: boolean };

/**
 * Nothing is held longer: during a query that takes its time things are told as they are heard, and to the cache once more after its
 * answer.
 */
const longestMs = 500;

export const inOrder: Exchange =
  ({ forward }) =>
  (operations) => {
    const underWay = new Set<number>();
    const late = makeSubject<OperationResult>();
    let held: Held[] = [];

    /** What need not wait any more now that this operation is over. */
    function over(key: number): OperationResult[] {
      underWay.delete(key);
      for (const { waitsFor } of held) waitsFor.delete(key);
      const first = held.findIndex(({ waitsFor }) => waitsFor.size > 0);
      const free = held.splice(0, first === -1 ? held.length : first);
      return free.map(({ result, isTold }) => (isTold ? repeated(result) : result));
    }

    function hold(result: OperationResult): Source<OperationResult> {
      const one: Held = { result, waitsFor: new Set(underWay), isTold: false };
      held.push(one);
      setTimeout(() => {
        if (!held.includes(one)) return;
        one.isTold = true;
        late.next(result);
      }, longestMs);
      return empty as Source<OperationResult>;
    }

    const results = pipe(
      operations,
      tap(({ kind, key }) => {
        if (kind === 'query' || kind === 'mutation') underWay.add(key);
        else if (kind === 'teardown') over(key).forEach(late.next);
      }),
      forward,
      mergeMap((result) => {
        const { kind, key } = result.operation;
        if (kind !== 'subscription') return fromArray([result, ...over(key)]);
        return underWay.size === 0 ? fromArray([result]) : hold(result);
      }),
    );
    return merge([results, late.source]);
  };

function repeated(result: OperationResult): OperationResult {
  return { ...result, extensions: { ...result.extensions, repeated: true } };
}

/** Whether it was told before, and is for the cache alone. */
export function isRepeated({ extensions }: Pick<OperationResult, 'extensions'>): boolean {
  return extensions?.['repeated'] === true;
}
