/** A bell that one waiter listens to: a ring while nobody waits is kept for the next wait. */
export type Bell = {
  ring(): void;
  /** Resolves at the next ring, at once where one is kept, or when `signal` aborts. */
  wait(signal: AbortSignal): Promise<void>;
};

export function createBell(): Bell {
  let rung = false;
  let wake: (() => void) | null = null;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    wait: (signal) =>
      new Promise((resolve) => {
        const done = () => {
          wake = null;
          rung = false;
          signal.removeEventListener('abort', done);
          resolve();
        };
        if (rung || signal.aborted) return done();
        wake = done;
        signal.addEventListener('abort', done, { once: true });
      }),
  };
}
