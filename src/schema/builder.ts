/** The builder of the schema, and what every field may ask of its context. Defines no types of the API. */
import SchemaBuilder, { type SchemaTypes } from '@pothos/core';
import type { App } from '../resolvers/app.ts';
import type { Caller } from '../resolvers/access/caller.ts';
import { type Loaders, createLoaders } from '../resolvers/load.ts';
import type { Millis } from '../words.ts';

export type Context = {
  app: App;
  caller: Caller;
  /** Of this request, or of this one event of a subscription. */
  loaders: Loaders;
  requestId: string;
  /** The Idempotency-Key header. */
  idempotencyKey: string | null;
};

/** The context of a request, or of one more event of a subscription: what was loaded before is stale. */
export function createContext(given: Omit<Context, 'loaders'>): Context {
  return { ...given, loaders: lazily(() => createLoaders(given.app, given.caller)) };
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
