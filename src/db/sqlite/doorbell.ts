/** The doorbell of one process: it carries nothing, may miss and may repeat. */
export type Doorbell = {
  ring(): void;
  /** Yields after a ring, or every `pollMs` where there is no bell; several rings while the reader is busy are one. Ends when `signal` aborts. */
  rung(signal: AbortSignal): AsyncIterable<void>;
  /** Ends every listener. */
  close(): void;
};

export function openDoorbell(options: { rings: boolean; pollMs: number }): Doorbell {
  const listeners = new Set<{ ring(): void; end(): void }>();
  let closed = false;

  // Listening starts with the call and not with the first `next`, so that nothing rung in between is missed.
  const rung = (signal: AbortSignal): AsyncIterable<void> => {
    let waiting: ((result: IteratorResult<void, void>) => void) | null = null;
    let due = false;
    let ended = signal.aborted || closed;

    const ring = (): void => {
      if (waiting === null) due = true;
      else {
        waiting({ done: false, value: undefined });
        waiting = null;
      }
    };
    const end = (): void => {
      ended = true;
      clearInterval(timer);
      listeners.delete(listener);
      signal.removeEventListener('abort', end);
      waiting?.({ done: true, value: undefined });
      waiting = null;
    };
    const listener = { ring, end };
    const timer = ended || options.rings ? undefined : setInterval(ring, options.pollMs);
    timer?.unref();
    if (!ended) {
      listeners.add(listener);
      signal.addEventListener('abort', end);
    }

    const next = (): Promise<IteratorResult<void, void>> => {
      if (ended) return Promise.resolve({ done: true, value: undefined });
      if (due) {
        due = false;
        return Promise.resolve({ done: false, value: undefined });
      }
      return new Promise((resolve) => {
        waiting = resolve;
      });
    };
    return {
      [Symbol.asyncIterator]: () => ({
        next,
        return: () => {
          end();
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
  };

  return {
    ring: () => {
      if (options.rings) for (const listener of listeners) listener.ring();
    },
    rung,
    close: () => {
      closed = true;
      for (const listener of listeners) listener.end();
    },
  };
}
