/**
 * The deliveries of a webhook. They are no events, for each event would make some: what is shown is read again while it is looked at.
 */
import type { Client, CombinedError } from '@urql/core';
import { useMemo, useState, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { usePolling } from '../../parts/polling.ts';
import { type Delivery, type DeliveryStatus, deliveriesDocument } from './webhook.ts';
import type { VariablesOf } from '../../graphql.ts';

const everyMs = 2_000;
const pageSize = 50;

type DeliveryList = {
  /** Newest first. */
  rows: readonly Delivery[];
  /** Nothing was answered yet. */
  isFirst: boolean;
  hasMore: boolean;
  error: CombinedError | undefined;
};

/** Empty `statuses`: all. */
export function useDeliveries(id: string, statuses: readonly DeliveryStatus[]) {
  const client = useClient();
  const key = JSON.stringify(statuses);
  const list = useMemo(() => createDeliveries(client, id, JSON.parse(key) as DeliveryStatus[]), [client, id, key]);
  const [isLoading, setLoading] = useState(false);
  usePolling(list.read, everyMs);
  const shown = useSyncExternalStore(list.watch, list.snapshot);

  async function more(): Promise<void> {
    list.widen();
    setLoading(true);
    await list.read();
    setLoading(false);
  }
  return { ...shown, isLoading, more, again: list.read };
}

function createDeliveries(client: Client, id: string, statuses: DeliveryStatus[]) {
  const watchers = new Set<() => void>();
  let shown: DeliveryList = { rows: [], isFirst: true, hasMore: false, error: undefined };
  let wanted = pageSize;
  let reading = 0;

  /** Reads all that is shown, so that new ones come at the top and none is left out between two pages. */
  async function read(): Promise<void> {
    reading += 1;
    const turn = reading;
    const rows: Delivery[] = [];
    for (let after: string | null = null; ;) {
      const variables: VariablesOf<typeof deliveriesDocument> = {
        id,
        after,
        statuses: statuses.length > 0 ? statuses : null,
      };
      const { data, error } = await client
        .query(deliveriesDocument, variables, { requestPolicy: 'network-only' })
        .toPromise();
      if (turn !== reading) return;
      const page = data?.node?.__typename === 'Webhook' ? data.node.deliveries : null;
      if (!page) return show({ ...shown, isFirst: false, error });
      rows.push(...page.nodes);
      after = page.pageInfo.endCursor;
      const { hasNextPage } = page.pageInfo;
      if (!hasNextPage || rows.length >= wanted) return show({ rows, isFirst: false, hasMore: hasNextPage, error });
    }
  }

  function show(next: DeliveryList): void {
    shown = next;
    for (const changed of watchers) changed();
  }

  return {
    read,
    widen: () => void (wanted += pageSize),
    snapshot: () => shown,
    watch(changed: () => void) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
}
