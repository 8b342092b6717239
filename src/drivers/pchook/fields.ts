/** Reading fields of what the hook tells: nearly all are text, some are numbers in some builds, and "" means none. */
import { decimalId } from '../../lossless-json.ts';

/** An object of the wire. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object, or null where it is none. */
export function fields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** Text as it came, "" included; null where it is null or absent. Numbers become their digits. */
export function text(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : null;
}

/** The first of these fields that tells something: builds differ in their names. */
export function known(from: Fields, ...names: readonly string[]): string | null {
  for (const name of names) {
    const found = text(from[name]);
    if (found !== null && found !== '') return found;
  }
  return null;
}

/** A number that is not negative, also where it came as text; null where there is none. */
export function count(value: unknown): number | null {
  const found = text(value)?.trim() ?? '';
  return /^\d{1,15}$/.test(found) ? Number(found) : null;
}

/** The server's id of a message; null for "" and 0. */
export function messageId(value: unknown): string | null {
  const id = decimalId(value);
  return id === '0' ? null : id;
}

/** The objects of a list; one object alone counts as a list of one. */
export function list(value: unknown): Fields[] {
  return (Array.isArray(value) ? value : [value]).map(fields).filter((item) => item !== null);
}
