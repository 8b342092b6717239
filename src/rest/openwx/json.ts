/** JSON as Mojo-Weixin writes it: keys sorted, no spaces, every `/` escaped. Shell scripts take it apart without a parser. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export function openwxJson(value: Json): string {
  return JSON.stringify(value, sorted).replaceAll('/', '\\/');
}

/** A text or number as text; nothing for anything else. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
