/** `GET /events` as the page shows it: paused and resumed without a loss. */

export type ShownEvent = {
  type: string;
  timestamp: string | null;
  cursor: string;
  accountId: string | null;
  data: Record<string, unknown>;
};

export type Monitored = {
  events: readonly ShownEvent[];
  isPaused: boolean;
  /** Since it was paused. */
  waiting: number;
  /** More came than can wait here; they are read from the log when it goes on. */
  hasOverflowed: boolean;
  /** The gateway ended it, or cannot be reached. */
  hasEnded: boolean;
};

export type Monitor = {
  snapshot(): Monitored;
  /** Follows the events for as long as somebody watches. */
  watch(changed: () => void): () => void;
  pause(): void;
  resume(): void;
  clear(): void;
};

export const mostShown = 1_000;
export const mostWaiting = 500;

/** They say where the log stands, and nothing that happened. */
const marks = ['CAUGHT_UP', 'CHECKPOINT'];

/** The address of the events that a filter lets through; empty lists let all of them through. */
export function addressOf({ types, accountIds }: { types: readonly string[]; accountIds: readonly string[] }): string {
  const query = new URLSearchParams();
  if (types.length > 0) query.set('types', types.join(','));
  if (accountIds.length > 0) query.set('accountIds', accountIds.join(','));
  return `/events${query.size > 0 ? `?${query}` : ''}`;
}

/** The events of an address of `addressOf`, the newest 50 first. */
export function monitor(address: string): Monitor {
  const watchers = new Set<() => void>();
  let state: Monitored = { events: [], isPaused: false, waiting: 0, hasOverflowed: false, hasEnded: false };
  let held: ShownEvent[] = [];
  let arrived: ShownEvent[] = [];
  let cursor: string | null = null;
  let source: EventSource | null = null;
  let frame = 0;

  const become = (next: Partial<Monitored>): void => {
    state = { ...state, ...next };
    for (const changed of watchers) changed();
  };

  function open(): void {
    const url = new URL(address, location.origin);
    if (cursor === null) url.searchParams.set('last', '50');
    else url.searchParams.set('after', cursor);
    const opened = new EventSource(url);
    source = opened;
    opened.addEventListener('message', ({ data, lastEventId }) => {
      cursor = lastEventId;
      const event = JSON.parse(String(data)) as ShownEvent;
      if (!marks.includes(event.type)) take(event);
    });
    // A connection that broke is taken up again by the browser itself, from the last event on.
    opened.addEventListener('error', () => {
      if (opened.readyState === EventSource.CLOSED) become({ hasEnded: true });
    });
    opened.addEventListener('open', () => state.hasEnded && become({ hasEnded: false }));
  }

  function close(): void {
    cancelAnimationFrame(frame);
    frame = 0;
    source?.close();
    source = null;
  }

  function take(event: ShownEvent): void {
    if (!state.isPaused) {
      // A replay brings many at once: they are shown once a frame.
      arrived.push(event);
      if (frame === 0) frame = requestAnimationFrame(show);
      return;
    }
    held.push(event);
    if (held.length >= mostWaiting) source?.close();
    become({ waiting: held.length, hasOverflowed: held.length >= mostWaiting });
  }

  function show(): void {
    frame = 0;
    const events = [...state.events, ...arrived].slice(-mostShown);
    arrived = [];
    become({ events });
  }

  return {
    snapshot: () => state,
    watch(changed) {
      if (watchers.size === 0 && source === null) open();
      watchers.add(changed);
      return () => {
        watchers.delete(changed);
        if (watchers.size === 0) close();
      };
    },
    pause: () => become({ isPaused: true }),
    resume() {
      arrived.push(...held);
      held = [];
      state = { ...state, isPaused: false, waiting: 0, hasOverflowed: false, hasEnded: false };
      show();
      if (source?.readyState === EventSource.CLOSED) open();
    },
    clear: () => become({ events: [] }),
  };
}
