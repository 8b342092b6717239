/** Randomness from a seed, so that a run can be repeated. */

export type Random = {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number;
  pick<T>(list: readonly T[]): T;
  shuffled<T>(list: readonly T[]): T[];
  hex(length: number): string;
};

/** Mulberry32: small, fast, good enough for a world of small talk. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return {
    next,
    below,
    pick<T>(list: readonly T[]): T {
      if (list.length === 0) throw new RangeError('nothing to pick from');
      return list[below(list.length)] as T;
    },
    shuffled<T>(list: readonly T[]): T[] {
      const rest = [...list];
      const out: T[] = [];
      while (rest.length > 0) out.push(...rest.splice(below(rest.length), 1));
      return out;
    },
    hex(length) {
      let text = '';
      while (text.length < length) text += below(16).toString(16);
      return text;
    },
  };
}
