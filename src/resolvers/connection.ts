/** Lists as clients see them: pages with cursors. */
import type { Page, Slice } from '../db/store.ts';
import { readKey, showKey } from './events/cursors.ts';
import { badInput } from './errors.ts';
import type { Loaded } from './loader.ts';

export const defaultPageSize = 50;
export const maxPageSize = 100;

export type PageArgs = { first?: number | null; after?: string | null };

/** A page of a list. Cursors are made, and `totalCount` is counted, only when they are asked for. */
export type Connection<T> = {
  nodes: readonly T[];
  cursorAt: (index: number) => string;
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  totalCount: () => Loaded<number>;
};

/** The same of a list that is never counted. */
export type Uncounted<T> = Omit<Connection<T>, 'totalCount'>;

/** `first` as asked, 50 where it is left out. BAD_INPUT outside 1 to 100: more is refused, not capped. */
export function readFirst(first: number | null | undefined, field = 'first'): number {
  const size = first ?? defaultPageSize;
  if (!Number.isInteger(size) || size < 1 || size > maxPageSize) {
    throw badInput(field, `${field} must be from 1 to ${maxPageSize}.`);
  }
  return size;
}

/** The page of a keyset list that the arguments ask for. */
export function keysetPage<Key extends readonly (string | number)[]>(
  list: string,
  args: PageArgs,
  shape: readonly ('string' | 'number')[],
): Page<Key> {
  const after = args.after ?? null;
  return { first: readFirst(args.first), after: after === null ? null : readKey<Key>(list, after, shape) };
}

export const emptyConnection: Connection<never> = {
  nodes: [],
  cursorAt: () => '',
  hasNextPage: false,
  hasPreviousPage: false,
  totalCount: async () => 0,
};

export function connection<T>(
  list: string,
  slice: Slice<T>,
  keyOf: (item: T) => readonly (string | number)[],
  totalCount: () => Loaded<number>,
): Connection<T> {
  return { ...uncounted(slice, (item) => showKey(list, keyOf(item))), totalCount };
}

/** With cursors made by `cursorOf`. */
export function uncounted<T>(slice: Slice<T>, cursorOf: (item: T) => string): Uncounted<T> {
  return {
    nodes: slice.items,
    cursorAt: (index) => cursorOf(slice.items[index]!),
    hasNextPage: slice.hasNext,
    hasPreviousPage: slice.hasPrevious,
  };
}
