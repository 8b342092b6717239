/** The builder of the schema, and what every field may ask of its context. Defines no types of the API. */
import SchemaBuilder, { type SchemaTypes } from '@pothos/core';
import type { App } from '../resolvers/app.ts';
import type { Caller } from '../resolvers/access/caller.ts';
import { type Loaders, createLoaders } from '../resolvers/load.ts';
import type { Millis } from '../words.ts';

export type Context = {
  app: App;
  caller: Caller;
  /** Of this request, or of events of a subscription that are shown together. */
  loaders: Loaders;
  requestId: string;
  /** The Idempotency-Key header. */
  idempotencyKey: string | null;
};

/**
 * The context of a request, or of events that are shown together: what was loaded before is stale. `expect` may tell the loaders
 * what is likely to be asked for.
 */
export function createContext(given: Omit<Context, 'loaders'>, expect?: (loaders: Loaders) => void): Context {
  const make = () => {
    const loaders = createLoaders(given.app, given.caller);
    expect?.(loaders);
    return loaders;
  };
  return { ...given, loaders: lazily(make) };
}

/** Made when it is first asked for something: a subscription keeps a context for as long as it lasts, and may never use it. */
function lazily<T extends object>(make: () => T): T {
  let made: T | undefined;
  return new Proxy({} as T, { get: (_, name) => Reflect.get((made ??= make()), name) as unknown });
}

export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Millis; Output: Millis };
    JSON: { Input: unknown; Output: unknown };
  };
}>({ defaultFieldNullability: false });

/** The builder's own types, for functions that make fields. */
export type Types = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer T extends SchemaTypes> ? T : never;
