/**
 * Reading fields of what E云 tells. Its clients disagree on types: an id or a flag may be a number or a text, a list an
 * array or text with commas, and what is missing may be absent, null or "".
 */
import { decimalId } from '../../lossless-json.ts';

/** An object of the wire. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object, or null where it is none. */
export function fields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** Text as it came, "" included; null where there is none. Numbers become their digits. */
export function text(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : null;
}

/** The first of these that is text and tells something; null where none does. */
export function known(...values: readonly unknown[]): string | null {
  for (const value of values) {
    const found = text(value);
    if (found !== null && found.trim() !== '') return found;
  }
  return null;
}

/** A number, also where it came as text; null where there is none. */
export function number(...values: readonly unknown[]): number | null {
  const found = known(...values);
  const parsed = found === null ? Number.NaN : Number(found);
  return Number.isFinite(parsed) ? parsed : null;
}

/** The texts of an array, or of text with commas between them; empty ones are how the documentation shows "none". */
export function texts(value: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : (text(value)?.split(',') ?? []);
  return items.map((item) => text(item)?.trim() ?? '').filter((item) => item !== '');
}

/** The objects of an array; an object that stands alone is a list of one. */
export function objects(value: unknown): Fields[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map(fields).filter((item) => item !== null);
}

/** newMsgId, else msgId, as unsigned decimal; null where there is neither. 0 stands for none. */
export function messageIdOf(data: Fields): string | null {
  const ids = [data['newMsgId'], data['msgId']].map(decimalId);
  return ids.find((id) => id !== null && id !== '0') ?? null;
}

/** Milliseconds of a time that may be in seconds or in milliseconds; null where there is none. */
export function timeOf(...values: readonly unknown[]): number | null {
  const time = number(...values);
  if (time === null || time <= 0 || time >= 1e14) return null;
  return Math.round(time < 1e11 ? time * 1000 : time);
}
