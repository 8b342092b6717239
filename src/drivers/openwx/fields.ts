/**
 * Reading fields of what Mojo-Weixin tells. Any field may be a number, a text, null, "" or absent: Perl has no types,
 * its JSON depends on how a value was last used, and every false value is posted as "" (observed on Mojo-Weixin 1.4.6).
 */
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

/** Text that tells something; null for "", null and absent. */
export function known(value: unknown): string | null {
  const found = text(value);
  return found === '' ? null : found;
}

/** A number, also where it came as text; null where there is none. */
export function number(value: unknown): number | null {
  const found = known(value);
  if (found === null || found.trim() === '') return null;
  const parsed = Number(found);
  return Number.isFinite(parsed) ? parsed : null;
}

/** An id that stands for something: 0 and "" are how Mojo-Weixin says that it has none. */
export function knownId(value: unknown): string | null {
  const id = decimalId(value);
  return id === '0' ? null : id;
}

/** A name; null where it is missing or is what Mojo-Weixin shows in place of one. */
export function knownName(value: unknown): string | null {
  const name = known(value);
  return name === '昵称未知' || name === '群名未知' ? null : name;
}
