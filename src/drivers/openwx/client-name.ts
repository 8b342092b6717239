/**
 * The Controller's name of a client in the addresses that it posts to: `?client=NAME`. A name beyond ASCII arrives encoded
 * as UTF-8 twice (observed on Mojo-Weixin 1.4.6).
 */

/** Whose post it is; null where it does not say, as a program without a Controller never does. */
export function namedClient(query: URLSearchParams): string | null {
  const named = query.get('client') ?? '';
  return named === '' ? null : repaired(named);
}

/** The name behind one encoding too many; the name itself where it is none. */
function repaired(named: string): string {
  if (!/[\u0080-\u00ff]/.test(named) || /[^\0-\u00ff]/.test(named)) return named;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(named, 'latin1'));
  } catch {
    return named;
  }
}
