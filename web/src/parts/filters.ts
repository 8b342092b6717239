/** Filters that stand in the address: a link shows the same to somebody else, and "back" undoes them. */
import { useMemo } from 'react';
import { useSearchParams } from 'wouter';

export type Filters = {
  text(name: string): string | null;
  list(name: string): string[];
  flag(name: string): boolean;
  /** Null, an empty list or text, and false leave the address. */
  set(changes: Record<string, string | readonly string[] | boolean | null>): void;
};

export function useFilters(): Filters {
  const [params, setParams] = useSearchParams();
  return useMemo(
    () => ({
      text: (name) => params.get(name),
      list: (name) => params.getAll(name),
      flag: (name) => params.get(name) === '1',
      set: (changes) =>
        setParams(
          (before) => {
            const next = new URLSearchParams(before);
            for (const [name, value] of Object.entries(changes)) {
              next.delete(name);
              const values = Array.isArray(value) ? (value as string[]) : [value === true ? '1' : value || null];
              for (const one of values) if (typeof one === 'string' && one !== '') next.append(name, one);
            }
            return next;
          },
          { replace: true },
        ),
    }),
    [params, setParams],
  );
}
