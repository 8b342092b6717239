/**
 * What is heard of the log while a query is under way is told after its answer, which may have been read before: told first, it would
 * be overwritten by what was.
 */
import type { Exchange, OperationResult } from '@urql/core';
import { type Source, empty, fromArray, makeSubject, merge, mergeMap, pipe, tap } from 'wonka';

type Held = { result: OperationResult; waitsFor: Set<number> };

/** A query that takes longer does not keep everything else from being live. */
const longestMs = 1_000;

export const inOrder: Exchange =
  ({ forward }) =>
  (operations) => {
    const underWay = new Set<number>();
    const late = makeSubject<OperationResult>();
    let held: Held[] = [];

    /** What need not wait any more once this operation is over. */
    function over(key: number): OperationResult[] {
      underWay.delete(key);
      for (const { waitsFor } of held) waitsFor.delete(key);
      const count = held.findIndex(({ waitsFor }) => waitsFor.size > 0);
      const free = count === -1 ? held : held.slice(0, count);
      held = count === -1 ? [] : held.slice(count);
      return free.map(({ result }) => result);
    }

    function hold(result: OperationResult): Source<OperationResult> {
      const waitsFor = new Set(underWay);
      held.push({ result, waitsFor });
      setTimeout(() => {
        for (const key of waitsFor) over(key).forEach(late.next);
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
