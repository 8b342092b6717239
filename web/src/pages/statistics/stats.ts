import { useEffect, useRef } from 'react';
import { useQuery } from 'urql';
import { type ResultOf, graphql } from '../../graphql.ts';
import { useLiveEvents } from '../../live/live.tsx';

export const statsDocument = graphql(`
  query Stats($accountIds: [ID!], $days: Int!) {
    stats(accountIds: $accountIds, days: $days) {
      total
      successCount
      failedCount
      unknownCount
      successRate
      received
      byDay {
        date
        ...Counts
      }
      byAccount {
        account {
          id
          name
        }
        ...AccountCounts
      }
    }
  }
  fragment Counts on DayStats {
    total
    successCount
    failedCount
    unknownCount
    received
  }
  fragment AccountCounts on AccountPeriodStats {
    total
    successCount
    failedCount
    unknownCount
    received
  }
`);

export type Stats = NonNullable<ResultOf<typeof statsDocument>['stats']>;

/** What a day, an account and the whole span are counted by. */
export type Counts = Pick<Stats, 'total' | 'successCount' | 'failedCount' | 'unknownCount' | 'received'>;

/** Asked again at most this often, however much happens. */
const refreshMs = 2_000;

export function useStats(variables: { days: number; accountIds: string[] | null }) {
  const [result, ask] = useQuery({ query: statsDocument, variables });
  const again = (): void => ask({ requestPolicy: 'network-only' });
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const latest = useRef(again);
  useEffect(() => {
    latest.current = again;
  });
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);
  useLiveEvents(({ __typename }) => {
    if (__typename !== 'SendUpdated' && __typename !== 'MessageReceived') return;
    timer.current ??= setTimeout(() => {
      timer.current = null;
      latest.current();
    }, refreshMs);
  });
  return { stats: result.data?.stats ?? null, error: result.error, again };
}

/** Lines that wait, were taken back or expired. */
export function others({ total, successCount, failedCount, unknownCount }: Counts): number {
  return total - successCount - failedCount - unknownCount;
}
