/** What the panel asks, held against the schema and the limits that hold for everybody. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DocumentNode, type FragmentDefinitionNode, Kind, parse, validate, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import { tooManyObjects } from '../src/http/graphql/object-limit.ts';
import { tooLarge } from '../src/http/graphql/query-limits.ts';
import { schema } from '../src/schema/schema.ts';

const sources = readdirSync('web/src', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => ({ folder: entry.parentPath, source: readFileSync(join(entry.parentPath, entry.name), 'utf8') }));
const definitions = sources.flatMap(({ source }) => {
  return [...source.matchAll(/\bgraphql\(\s*`([^`]+)`/g)].flatMap(([, text]) => parse(text!).definitions);
});
const fragments = new Map(
  definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [])),
);
const operations = definitions.flatMap((one) => (one.kind === Kind.OPERATION_DEFINITION ? [one] : []));

/** The operation with the fragments that it needs, and they need. */
function documentOf(operation: (typeof operations)[number]): DocumentNode {
  const needed = new Set<FragmentDefinitionNode>();
  const collect = (node: typeof operation | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (!fragment || needed.has(fragment)) return;
        needed.add(fragment);
        collect(fragment);
      },
    });
  };
  collect(operation);
  return { kind: Kind.DOCUMENT, definitions: [operation, ...needed] };
}

describe('an operation of the panel', () => {
  it.each(operations.map((operation) => [operation.name?.value ?? '', documentOf(operation)] as const))(
    '%s is refused by the schema or by the limits',
    (_name, document) => {
      expect(validate(schema, document).map(({ message }) => message)).toEqual([]);
      expect(tooLarge(document)).toBeNull();
      expect(tooManyObjects({ schema, document, operationName: null, variableValues: {} })).toBeNull();
    },
  );
});

describe('an action of the panel', () => {
  const called = sources.flatMap(({ folder, source }) =>
    [...source.matchAll(/(?:useAction|\.mutation)\((\w+Document)\b/g)].map(([, name]) => [name!, folder] as const),
  );
  it.each(called)('%s in %s cannot be shown as the call that it is', (name, folder) => {
    const shown = new RegExp(String.raw`\bdocument(: |=\{)[^},]*\b${name}\b`);
    expect(
      sources.some((one) => one.folder === folder && one.source.includes('<SameAs') && shown.test(one.source)),
    ).toBe(true);
  });
});
