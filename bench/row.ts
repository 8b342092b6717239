/** What every row of the table is made of. */

/** One line of the table. */
export type Line = {
  what: string;
  against: string;
  /** In words, such as `≥ 1.0`. */
  reach: string;
  measured: string;
  /** Null: there is no target, or it was not run. */
  reached: boolean | null;
  /** The figures behind it, a sentence each. */
  details: string[];
};

export type Row = {
  /** For `--only`. */
  name: string;
  run(bench: Bench): Promise<Line[]>;
};

export type Bench = {
  /** Smaller figures, under 90 seconds for all rows. */
  quick: boolean;
  /** How often everything is measured. */
  repetitions: number;
  /** Progress, for who waits. */
  say(text: string): void;
};

/**
 * Measures each variant in turn, and all of them again, so that what else the machine does meets all of them alike. Answers
 * the measurements of each, in their order.
 */
export async function interleave<Name extends string, Value>(
  repetitions: number,
  variants: Readonly<Record<Name, () => Promise<Value>>>,
): Promise<Record<Name, Value[]>> {
  const measured = Object.fromEntries(Object.keys(variants).map((name) => [name, []])) as unknown as Record<
    Name,
    Value[]
  >;
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const name of Object.keys(variants) as Name[]) measured[name].push(await variants[name]());
  }
  return measured;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** `part` from 0 to 1; NaN of nothing. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** A line whose measure is a ratio that has to be at least or at most something. */
export function ratioLine(
  line: Pick<Line, 'what' | 'against' | 'details'>,
  ratio: number,
  bound: { atLeast: number } | { atMost: number },
): Line {
  const isLeast = 'atLeast' in bound;
  const mark = isLeast ? bound.atLeast : bound.atMost;
  return {
    ...line,
    reach: `${isLeast ? '≥' : '≤'} ${mark}${isLeast ? '' : 'x'}`,
    measured: ratio.toFixed(2),
    reached: isLeast ? ratio >= mark : ratio <= mark,
  };
}

/** A number as it is read: three digits that count, and thousands apart. */
export function show(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function showAll(values: readonly number[]): string {
  return values.map(show).join(' / ');
}
