/** Checks of what clients give, the same for every face. */
import { badInput } from './errors.ts';

/** Trimmed text of 1 to `max` characters without control characters. */
export function readText(field: string, value: string, max: number): string {
  const text = value.trim();
  const length = [...text].length;
  if (length === 0) throw badInput(field, `${field} must not be empty.`);
  if (length > max) throw badInput(field, `${field} may have at most ${max} characters; this has ${length}.`);
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u001f\u007f]/.test(text)) throw badInput(field, `${field} must not have control characters.`);
  if (!text.isWellFormed()) throw badInput(field, `${field} has half a character (a lone surrogate).`);
  return text;
}

/** As `readText`; empty and null both mean none. */
export function readOptionalText(field: string, value: string | null | undefined, max: number): string | null {
  return value === null || value === undefined || value.trim() === '' ? null : readText(field, value, max);
}

export function readRange(field: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw badInput(field, `${field} must be a whole number from ${min} to ${max}.`);
  }
  return value;
}

/** An http(s) address without user, password, query or fragment, and without a slash at its end. */
export function readBaseUrl(field: string, value: string): string {
  let url: URL;
  try {
    url = new URL(value.trim());
  } catch {
    throw badInput(field, `${field} must be an http:// or https:// address.`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw badInput(field, `${field} must be an http:// or https:// address.`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw badInput(field, `${field} must not have a user, password, query or fragment.`);
  }
  return url.href.replace(/\/+$/, '');
}
