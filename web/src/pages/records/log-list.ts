/**
 * The send log by pages, in a list of its own: a hundred thousand lines in the cache would each be looked at again whenever anything
 * happens to their account. Lines that are shown follow the live log, new ones are counted.
 */
import type { Client, CombinedError } from '@urql/core';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { useLiveEvents } from '../../live/live.tsx';
import { type LogFilter, type LogRow, logsDocument } from './log.ts';
import { type LiveLog, numberOf, passes } from './log-filters.ts';

export type LogList = {
  /** Newest first. The same array for as long as lines are only added or changed. */
  rows: readonly LogRow[];
  /** Null until it is known; counted up to 10,000 by most filters. */
  total: number | null;
  isFirst: boolean;
  isLoading: boolean;
  hasMore: boolean;
  /** Lines that came after the newest one of the list. */
  fresh: number;
  error: CombinedError | undefined;
};

export function useLogList(filter: LogFilter): LogList & { more(): void; again(): void } {
  const client = useClient();
  const key = JSON.stringify(filter);
  const list = useMemo(() => createLogList(client, JSON.parse(key) as LogFilter), [client, key]);
  useEffect(() => list.stop, [list]);
  useLiveEvents((event) => {
    if (event.__typename === 'SendUpdated') list.hear(event.log);
  });
  const shown = useSyncExternalStore(list.watch, list.snapshot);
  return { ...shown, more: list.more, again: list.again };
}

const empty = { total: null, isFirst: true, isLoading: false, hasMore: false, fresh: 0, error: undefined };

function createLogList(client: Client, filter: LogFilter) {
  const watchers = new Set<() => void>();
  let rows: LogRow[] = [];
  let places = new Map<string, number>();
  let fresh = new Set<string>();
  let newest = 0;
  let after: string | null = null;
  let shown: LogList = { ...empty, rows };
  /** What was heard while a page was on its way: the page may have been read before. */
  let heard = new Map<string, LiveLog>();
  let generation = 0;

  function show(changes: Partial<LogList>): void {
    shown = { ...shown, fresh: fresh.size, ...changes };
    for (const changed of watchers) changed();
  }

  async function ask(): Promise<void> {
    const asked = generation;
    heard = new Map();
    show({ isLoading: true, error: undefined });
    const variables = { filter, after, isFirst: after === null };
    const { data, error } = await client.query(logsDocument, variables, { requestPolicy: 'network-only' }).toPromise();
    if (asked !== generation) return;
    const page = data?.logs;
    if (!page) return show({ isLoading: false, isFirst: false, error });
    if (after === null) newest = Math.max(0, ...page.nodes.map(numberOf));
    for (const node of page.nodes) {
      if (places.has(node.id)) continue;
      places.set(node.id, rows.length);
      rows.push(withNews(node, heard.get(node.id)));
    }
    for (const log of heard.values()) count(log);
    heard = new Map();
    if (after === null) shown = { ...shown, total: page.totalCount ?? null };
    after = page.pageInfo.endCursor;
    show({ rows, isLoading: false, isFirst: false, hasMore: page.pageInfo.hasNextPage, error });
  }

  function count(log: LiveLog): void {
    if (numberOf(log) > newest && passes(log, filter)) fresh.add(log.id);
    else fresh.delete(log.id);
  }

  /** The lines that are there stay until their successors have come. */
  function begin(): void {
    generation += 1;
    rows = [];
    places = new Map();
    fresh = new Set();
    newest = 0;
    after = null;
    void ask();
  }

  begin();
  return {
    snapshot: () => shown,
    watch(changed: () => void) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    hear(log: LiveLog) {
      if (shown.isLoading) heard.set(log.id, log);
      const place = places.get(log.id);
      if (place !== undefined) rows[place] = withNews(rows[place]!, log);
      else if (!shown.isLoading) count(log);
      else return;
      show({});
    },
    more() {
      if (shown.hasMore && !shown.isLoading) void ask();
    },
    again: begin,
    stop() {
      generation += 1;
    },
  };
}

/** A line of the live log says everything of itself but the names around it. */
function withNews(row: LogRow, news: LiveLog | undefined): LogRow {
  return news === undefined ? row : { ...row, ...news, account: row.account, job: row.job };
}
