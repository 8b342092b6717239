/** Loading by key, many at a time. */
import DataLoader from 'dataloader';

/** What is there already as it is; what is not, when it is. */
export type Loaded<T> = T | Promise<T>;

export type Loader<Key, T> = {
  /**
   * The object of this key. Those that are asked for in one turn are fetched together, each once. What is there already is given
   * without a promise, which costs more than everything else where there are thousands.
   */
  load(key: Key): Loaded<T>;
  /** These are likely to be asked for, too: they are fetched together with the first one, if there is one. */
  expect(keys: () => readonly Key[]): void;
};

/** `fetch` answers in the order of the keys, never with undefined. `textOf` tells keys apart that are objects. */
export function createLoader<Key, T>(
  fetch: (keys: readonly Key[]) => Promise<readonly T[]>,
  textOf?: (key: Key) => string,
): Loader<Key, T> {
  const known = new Map<Key | string, Loaded<T>>();
  const batches = new DataLoader<Key, T>(fetch, { cache: false });
  let expected: (() => readonly Key[]) | null = null;

  function load(key: Key): Loaded<T> {
    const name = textOf ? textOf(key) : key;
    const there = known.get(name);
    if (there !== undefined) return there;
    const coming = batches.load(key).then((item) => {
      known.set(name, item);
      return item;
    });
    known.set(name, coming);
    if (expected) {
      const others = expected();
      expected = null;
      for (const other of others) ignoreFailure(load(other));
    }
    return coming;
  }

  return { load, expect: (keys) => (expected = keys) };
}

/** Whoever asks for it is told. */
function ignoreFailure(loaded: unknown): void {
  if (loaded instanceof Promise) loaded.catch(() => {});
}

/** What is there for certain, because something that is there refers to it. */
export function certain<T>(loaded: Loaded<T | null>): Loaded<T> {
  return loaded as Loaded<T>;
}
