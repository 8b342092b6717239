/** Lists by pages: each page stays as live as what it shows, and a further one is asked for when the reader comes near the end. */
import type { AnyVariables, Client, CombinedError, OperationResult, TypedDocumentNode } from '@urql/core';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { pipe, subscribe } from 'wonka';
import { createListed } from './listed.ts';

export type Connection<Item> = {
  nodes: readonly Item[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  totalCount?: number;
};

export type Pages<Item> = {
  items: readonly Item[];
  /** Null where the query does not ask for it, or has no answer yet. */
  total: number | null;
  /** Nothing was answered yet. */
  isFirst: boolean;
  isLoading: boolean;
  hasMore: boolean;
  error: CombinedError | undefined;
};

type Store<Item> = {
  snapshot(): Pages<Item>;
  watch(changed: () => void): () => void;
  more(): void;
  again(): void;
  stop(): void;
};

/**
 * The list that a query gives by pages. The query takes `$after`; `pick` finds the connection in its data. Other variables begin a
 * new list.
 */
export function usePages<Data, Variables extends AnyVariables, Item>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Omit<Variables & object, 'after'>,
  pick: (data: Data) => Connection<Item> | null | undefined,
): Pages<Item> & { more(): void; again(): void } {
  const client = useClient();
  const key = JSON.stringify(variables);
  const store = useMemo(
    () => createPages(client, document, JSON.parse(key) as Omit<Variables & object, 'after'>, pick),
    [client, document, key],
  );
  useEffect(() => store.stop, [store]);
  const pages = useSyncExternalStore(store.watch, store.snapshot);
  return { ...pages, more: store.more, again: store.again };
}

function createPages<Data, Variables extends AnyVariables, Item>(
  client: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: Omit<Variables & object, 'after'>,
  pick: (data: Data) => Connection<Item> | null | undefined,
): Store<Item> {
  const watchers = new Set<() => void>();
  let results: (OperationResult<Data, Variables> | null)[] = [];
  let leave: (() => void)[] = [];
  let shown: Pages<Item> | null = null;
  let listed = createListed<Item>();

  const connectionAt = (at: number) => {
    const data = results[at]?.data;
    return data === undefined ? null : pick(data);
  };

  function ask(after: string | null): void {
    const at = results.push(null) - 1;
    const { unsubscribe } = pipe(
      client.query(document, { ...variables, after } as unknown as Variables),
      subscribe((result) => {
        results[at] = result;
        listed.put(at, connectionAt(at)?.nodes ?? []);
        shown = null;
        for (const changed of watchers) changed();
      }),
    );
    leave.push(unsubscribe);
  }

  function show(): Pages<Item> {
    const last = results.at(-1);
    return {
      items: listed.items(),
      total: connectionAt(0)?.totalCount ?? null,
      isFirst: results[0] === null || (results[0] !== undefined && !results[0].data && !results[0].error),
      isLoading: last === null || (last?.stale ?? false),
      hasMore: connectionAt(results.length - 1)?.pageInfo.hasNextPage ?? false,
      error: results.find((result) => result?.error)?.error,
    };
  }

  function stop(): void {
    for (const one of leave) one();
    leave = [];
  }

  ask(null);
  return {
    snapshot: () => (shown ??= show()),
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    more() {
      const last = connectionAt(results.length - 1);
      if (!last?.pageInfo.hasNextPage || last.pageInfo.endCursor === null) return;
      ask(last.pageInfo.endCursor);
      shown = null;
      for (const changed of watchers) changed();
    },
    again() {
      stop();
      results = [];
      listed = createListed();
      shown = null;
      ask(null);
    },
    stop,
  };
}
