/**
 * The event log, followed from its head on for as long as the panel is open. After a broken connection it goes on from the cursor of the
 * last event: nothing is missing, and nothing comes twice.
 */
import type { Client } from '@urql/core';
import { onEnd, pipe, subscribe } from 'wonka';
import { type ResultOf, graphql } from '../graphql.ts';
import { isRepeated } from './in-order.ts';
import { liveMessage } from './message.ts';

/** How the panel stands to the log. */
export type Liveness = 'connecting' | 'catchingUp' | 'live' | 'reconnecting';

/** What the panel wants to know of each event: enough to show it without asking again. */
const followDocument = graphql(
  `
    subscription Follow($after: String) {
      events(after: $after) {
        __typename
        cursor
        at
        account {
          id
          name
          state
          stateReason
          stateSince
          ready
          unreadCount
          lastMessageAt
        }
        ... on MessageReceived {
          message {
            ...LiveMessage
          }
        }
        ... on MessageUpdated {
          message {
            ...LiveMessage
          }
        }
        ... on FriendRequested {
          message {
            id
          }
        }
        ... on ChatUpdated {
          chat {
            id
            unreadCount
            unreadMentions
            updatedAt
          }
        }
        ... on ClientStateChanged {
          account {
            id
            wxid
            avatarUrl
            qrCode {
              url
              image
              expiresAt
            }
          }
        }
        ... on SendUpdated {
          log {
            id
            status
            confirmedBy
            errorCode
            errorMessage
            attempts
            responseTimeMs
            position
            estimatedAt
            dispatchedAt
            settledAt
            receiver
            type
            content
            createdAt
            account {
              id
              stats {
                todaySent
                todayFailed
                todayUnknown
                totalSent
                queued
              }
            }
            message {
              id
            }
            job {
              id
              total
              pendingCount
              successCount
              failedCount
              unknownCount
              droppedCount
            }
          }
        }
        ... on ContactChanged {
          contactChange: change
          contact {
            id
            name
            remark
            displayName
            pinned
          }
        }
        ... on ContactsSynced {
          account {
            id
            contactSync {
              state
              done
              total
              error
              finishedAt
              friends
              chatRooms
              officialAccounts
              others
            }
          }
        }
        ... on AccountChanged {
          change
          accountId
          account {
            id
            remark
            defaultReceiver {
              id
              wxid
              displayName
            }
            pacing {
              intervalMs
              jitterMs
              perDay
              paused
            }
          }
        }
        ... on GroupChanged {
          change
          groupId
        }
        ... on WebhookChanged {
          webhookId
          webhook {
            id
            url
            types
            accountIds
            enabled
            failing
            lag
            lastError
            events
            allowReply
            mediaData
            pollUrl
          }
        }
        ... on CaughtUp {
          replayed
        }
      }
    }
  `,
  [liveMessage],
);

const headDocument = graphql(`
  query Head {
    eventLog {
      head
    }
  }
`);

export type LiveEvent = ResultOf<typeof followDocument>['events'];

export type Live = {
  liveness(): Liveness;
  /** Called when the liveness changed. */
  watch(listener: () => void): () => void;
  /** Each event once, in the log's order. */
  listen(listener: (event: LiveEvent) => void): () => void;
  stop(): void;
};

const retryMs = [250, 500, 1_000, 2_000, 4_000, 8_000];

/**
 * `head` was read before any list is asked for: what comes between is told. `expired` is called where the log is no longer kept back to
 * the cursor: what is shown cannot be brought up to date.
 */
export function follow(client: Client, head: string, expired: () => void): Live {
  const watchers = new Set<() => void>();
  const listeners = new Set<(event: LiveEvent) => void>();
  let liveness: Liveness = 'connecting';
  let cursor = head;
  let failures = 0;
  let unsubscribe = (): void => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const become = (next: Liveness): void => {
    if (liveness === next) return;
    liveness = next;
    for (const watcher of watchers) watcher();
  };

  async function begin(): Promise<void> {
    if (failures > 0) {
      // Where the session has ended, this says so.
      const { error } = await client.query(headDocument, {}, { requestPolicy: 'network-only' }).toPromise();
      if (stopped) return;
      if (error) return again();
    }
    let isOver = false;
    const end = (): void => {
      if (!isOver) again();
      isOver = true;
    };
    ({ unsubscribe } = pipe(
      client.subscription(followDocument, { after: cursor }),
      onEnd(end),
      subscribe((result) => {
        if (isRepeated(result)) return;
        const next = (result.extensions as { cursor?: string } | undefined)?.cursor;
        if (next !== undefined) cursor = next;
        // A field may have failed; the position holds all the same.
        if (result.data?.events) tell(result.data.events);
        if (!result.error || next !== undefined) return;
        if (isExpired(result.error.graphQLErrors)) return expired();
        end();
      }),
    ));
  }

  function tell(event: LiveEvent): void {
    failures = 0;
    become(event.__typename === 'CaughtUp' || liveness === 'live' ? 'live' : 'catchingUp');
    for (const listener of listeners) listener(event);
  }

  function again(): void {
    if (stopped) return;
    unsubscribe();
    become('reconnecting');
    clearTimeout(timer);
    const wait = retryMs[Math.min(failures, retryMs.length - 1)]!;
    failures += 1;
    timer = setTimeout(() => void begin(), wait);
  }

  void begin();
  return {
    liveness: () => liveness,
    watch(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      unsubscribe();
    },
  };
}

function isExpired(errors: readonly { extensions: Record<string, unknown> }[]): boolean {
  return errors.some(({ extensions }) => extensions['code'] === 'CURSOR_INVALID');
}
