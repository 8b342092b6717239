/**
 * Batched loading of lists inside of lists: the same list of many objects, say the chats of each of fifty accounts, is read by one query.
 */
import { type Loader, createLoader } from './loader.ts';

/**
 * The one loader of a list, by the id of the object that has it. `asked` is all that shapes the list (filter and page) and tells those that
 * are the same; `fetch` answers in the order of the ids.
 */
export type ListLoaders = <T>(
  list: string,
  asked: unknown,
  fetch: (ids: readonly number[]) => Promise<readonly T[]>,
) => Loader<number, T>;

export function createListLoaders(): ListLoaders {
  const loaders = new Map<string, Loader<number, unknown>>();
  return <T>(list: string, asked: unknown, fetch: (ids: readonly number[]) => Promise<readonly T[]>) => {
    const key = `${list} ${JSON.stringify(asked)}`;
    let loader = loaders.get(key);
    if (loader === undefined) loaders.set(key, (loader = createLoader<number, unknown>(fetch)));
    return loader as Loader<number, T>;
  };
}
