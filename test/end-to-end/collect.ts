/** What comes in one by one, for tests to wait for. */
export type Collected<T> = {
  /** All of it so far, in its order. */
  all: T[];
  add(one: T): void;
  /** Resolves with all when it holds what is looked for; rejects after ten seconds, or as long as is said. */
  until(found: (all: readonly T[]) => boolean, wanted?: string, timeoutMs?: number): Promise<T[]>;
};

export function collect<T>(): Collected<T> {
  const all: T[] = [];
  const waiting = new Set<() => void>();
  return {
    all,
    add: (one) => {
      all.push(one);
      for (const look of waiting) look();
    },
    until: (found, wanted = String(found), timeoutMs = 10_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`not ${wanted}, but ${all.length}: ${JSON.stringify(all).slice(0, 1000)}`));
        }, timeoutMs);
        const look = () => {
          if (!found(all)) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(all);
        };
        waiting.add(look);
        look();
      }),
  };
}
