/** The documentation as the gateway gives it, and the schemas in it followed to what they mean. */
import { use, useEffect, useState } from 'react';
import type { OpenApi, Operation, Schema as AnySchema } from '../../../src/rest/openapi/shape.ts';
import { LanguageContext } from '../words/words.ts';

export const systems = ['gateway', 'openwx', 'ecloud', 'pchook'] as const;
export type System = (typeof systems)[number];

export type Document = OpenApi<string>;
export type Schema = AnySchema<string>;
export type Route = { method: string; path: string; operation: Operation<string> };

/** The document of one system in the reader's language; null while it is read. */
export function useDocument(system: System): { document: Document | null; error: unknown; again: () => void } {
  const language = use(LanguageContext);
  const [state, setState] = useState<{ document: Document | null; error: unknown }>({ document: null, error: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const leave = new AbortController();
    // What is shown is never another system's.
    setState({ document: null, error: null });
    async function read(): Promise<void> {
      const response = await fetch(`/docs/openapi.json?system=${system}&lang=${language}`, { signal: leave.signal });
      if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
      setState({ document: (await response.json()) as Document, error: null });
    }
    read().catch((error: unknown) => leave.signal.aborted || setState({ document: null, error }));
    return () => leave.abort();
  }, [system, language, turn]);
  return { ...state, again: () => setTurn((before) => before + 1) };
}

export function routesOf({ paths }: Document): Route[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

export function resolve(schema: Schema, document: Document): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : document.components.schemas[name]!;
}

export type Field = { name: string; type: string; isRequired: boolean; schema: Schema };

/** The fields of an object and of the objects in it, such as `results.*.status` and `logs[].id`. */
export function fieldsOf(given: Schema, document: Document, prefix = ''): Field[] {
  const schema = resolve(given, document);
  return Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    const inner = resolve(value, document);
    const own = {
      name: prefix + name,
      type: typeOf(inner, document),
      isRequired: schema.required?.includes(name) ?? false,
      schema: inner,
    };
    return [own, ...insideOf(inner, document, prefix + name)];
  });
}

function insideOf(schema: Schema, document: Document, name: string): Field[] {
  if (schema.items) return fieldsOf(schema.items, document, `${name}[].`);
  if (typeof schema.additionalProperties === 'object')
    return fieldsOf(schema.additionalProperties, document, `${name}.*.`);
  return fieldsOf(schema, document, `${name}.`);
}

function typeOf(given: Schema, document: Document): string {
  const schema = resolve(given, document);
  if (schema.oneOf) return schema.oneOf.map((one) => typeOf(one, document)).join(' | ');
  if (schema.items) return `${typeOf(schema.items, document)}[]`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.contentMediaType !== undefined) return 'file';
  return [schema.type ?? 'any'].flat().join(' | ');
}
