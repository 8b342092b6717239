/** JSON as E云 writes it: its ids are numbers of up to 64 bits, with all their digits. */

export type Json =
  null | boolean | number | bigint | string | readonly Json[] | { readonly [key: string]: Json | undefined };

const json = JSON as unknown as { rawJSON(text: string): unknown };

export function toEcloudJson(value: Json): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? json.rawJSON(String(item)) : item));
}

/** A JSON text whose numbers are read as their digits; throws `SyntaxError`. */
export function fromEcloudJson(text: string): unknown {
  return (
    JSON.parse as (text: string, reviver: (key: string, value: unknown, at: { source?: string }) => unknown) => unknown
  )(text, (_key, value, { source }) => (typeof value === 'number' ? (source ?? value) : value));
}

/** A message id as E云 has it: a signed long. */
export function signedId(id: string): bigint {
  return BigInt.asIntN(64, BigInt(id));
}

/** The short id of the same message. */
export function shortId(id: string): number {
  return Number(BigInt.asUintN(31, BigInt(id)));
}
