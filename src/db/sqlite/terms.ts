/**
 * Terms: by what rows are found in an index of terms, an FTS5 table that keeps nothing but which rows have which term.
 *
 * SQLite's own tokenizers know no words of Chinese and find nothing shorter than three characters. Here a text has each pair of neighbouring
 * characters as a term, so that whatever has two characters and more is found in any language, and beside them a row has words for
 * what else is asked of it. A term is no proof: a text may hold all pairs of what is searched and not the whole. Whoever reads by terms
 * looks at the rows too.
 */
import { type Expression, type RawBuilder, sql } from 'kysely';

/** Of a long search so many pairs are looked up; the rows that have them are few, and are looked at anyway. */
const pairsSearched = 12;
/** A longer list of values is left to the look at the rows: each of them would be looked for beside each row that is found. */
const valuesSearched = 20;

/** What is spelt otherwise: most texts, being Chinese, have none of it. */
const respelt = /[\0-/:-`{-\x7f]/;

/** What SQLite's tokenizer for ASCII would split at goes to where there is hardly any text. */
function spell(text: string): string {
  if (!respelt.test(text)) return text;
  return lower(text).replaceAll(/[\0-/:-@[-`{-\x7f]/g, (sign) => String.fromCharCode(0xe000 + sign.charCodeAt(0)));
}

/** Follows the last character of a text. */
const end = '\ue0ff';

/** In one case the letters of ASCII alone: as the tokenizer compares, and SQLite's `lower`. */
export function lower(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The pairs of neighbouring characters of some texts, each once; the last character of each with the end. */
export function pairsOf(...texts: string[]): Set<string> {
  const pairs = new Set<string>();
  for (const text of texts) {
    let before = '';
    for (const sign of spell(text)) {
      if (before !== '') pairs.add(before + sign);
      before = sign;
    }
    if (before !== '') pairs.add(before + end);
  }
  return pairs;
}

/** The term of rows whose `name` is this: `kindtext`. Longer than any pair. */
export function word(name: string, value: string | number): string {
  return name + (typeof value === 'number' && value >= 0 ? value : spell(String(value)));
}

/** Rows that have all of these, as FTS5 writes it. Null: no condition. */
export function all(conditions: readonly (string | null)[]): string | null {
  const given = conditions.filter((condition) => condition !== null);
  return given.length === 0 ? null : given.map((condition) => `(${condition})`).join(' AND ');
}

/** Rows that have one of these. */
export function any(terms: readonly string[]): string {
  return terms.map((term) => `"${term}"`).join(' OR ');
}

/** Rows whose `name` is one of these values. Null: all, or too many values. */
export function anyWord(name: string, values: readonly (string | number)[] | null | undefined): string | null {
  const isAsked = values !== null && values !== undefined && values.length <= valuesSearched;
  return isAsked ? any(values.map((value) => word(name, value))) : null;
}

/** Rows one of whose texts may hold this. Null: nothing is searched. */
export function holding(search: string | null | undefined): string | null {
  const signs = [...spell(search ?? '')];
  if (signs.length === 0) return null;
  if (signs.length === 1) return `"${signs[0]}" *`;
  const pairs = [...new Set(signs.slice(1).map((sign, at) => `"${signs[at]}${sign}"`))];
  const step = Math.ceil(pairs.length / pairsSearched);
  return all(pairs.filter((_, at) => at % step === 0));
}

/** The same, narrowed to the rows whose `name` is a number that an expression gives. */
export function narrowed(match: string, name: string, id: Expression<unknown>): RawBuilder<string> {
  return sql<string>`'"' || ${name} || ${id} || '" AND ' || ${match}`;
}
