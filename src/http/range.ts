/** Parts of a file that a client asks for (RFC 9110, 14). */
export type Range = { from: number; to: number };

/**
 * The one range of a `Range` header over so many bytes, both ends included; null: the whole file, as for several ranges and for what
 * cannot be read; `NONE`: it lies beyond the end.
 */
export function readRange(header: string | undefined, size: number): Range | 'NONE' | null {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return null;
  if (first === '') return Number(last) === 0 ? 'NONE' : { from: Math.max(0, size - Number(last)), to: size - 1 };
  const from = Number(first);
  const to = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < from) return null;
  return from >= size ? 'NONE' : { from, to };
}
