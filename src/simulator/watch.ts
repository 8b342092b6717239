/** Waiting for something to become so, looked at whenever anything has changed. */

export type Watch = {
  /** Something has changed. */
  changed(): void;
  /** Waits until something is so. Rejects after `timeoutMs` of real time, also under a clock that stands still. */
  until<T>(found: () => T | undefined | null | false, timeoutMs?: number): Promise<T>;
};

export function createWatch(): Watch {
  const waiting = new Set<() => void>();
  return {
    changed() {
      for (const look of waiting) look();
    },
    until(found, timeoutMs = 10_000) {
      return new Promise((resolve, reject) => {
        const look = (): boolean => {
          let value: ReturnType<typeof found>;
          try {
            value = found();
          } catch (error) {
            finish();
            reject(error instanceof Error ? error : new Error(String(error)));
            return true;
          }
          if (value === undefined || value === null || value === false) return false;
          finish();
          resolve(value);
          return true;
        };
        const timer = setTimeout(() => {
          finish();
          reject(new Error(`not so within ${timeoutMs} ms: ${String(found)}`));
        }, timeoutMs);
        const finish = (): void => {
          clearTimeout(timer);
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      });
    },
  };
}
