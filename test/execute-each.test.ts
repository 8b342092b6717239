import { type ExecutionArgs, buildSchema, execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { executeEach } from '../src/graphql-execute.ts';

const schema = buildSchema(`
  type Query { nothing: Int }
  type Subscription { told(after: String!): Message! maybe: Message }
  interface Node { id: ID! }
  type Message implements Node { id: ID! text: String! late: String note: String lateNote: String! parts(first: Int): [Part!]! answers: Message }
  type Part implements Node { id: ID! size: Int! }
`);

type Given = { id: string; fault?: string };

/** A message whose fields fail as `fault` says. */
function message({ id, fault }: Given): object {
  const fail = (field: string) => {
    if (fault === field) throw new Error(`${field} of ${id}`);
  };
  return {
    __typename: 'Message',
    id,
    text: () => (fail('text'), fault === 'null' ? null : `text ${id}`),
    note: () => (fail('note'), `note ${id}`),
    late: async () => (fail('late'), `late ${id}`),
    lateNote: async () => (await Promise.resolve(), fail('lateNote'), `late note ${id}`),
    parts: ({ first }: { first?: number }) =>
      Array.from({ length: first ?? 1 }, (_, at) => ({
        __typename: 'Part',
        id: `${id}.${at}`,
        size: fault === 'size' ? 'x' : at,
      })),
    answers: () => (fault === 'answer' ? message({ id: `${id}+`, fault: 'text' }) : null),
  };
}

const root = (given: Given) => ({ told: () => message(given), maybe: () => message(given) });
const all: Given[] = [
  { id: 'a' },
  ...['text', 'null', 'note', 'late', 'lateNote', 'size', 'answer'].map((fault) => ({ id: `b ${fault}`, fault })),
  { id: 'c' },
];

const told = (selection: string) => `subscription ($after: String! = "x") { told(after: $after) { ${selection} } }`;
const documents: Record<string, string> = {
  'plain fields': told('id text'),
  'fields that fail': told('id text note'),
  'fields that come later': told('id late note'),
  'a field that fails later and may not be null': told('id lateNote note'),
  'lists, arguments and other names': `subscription ($n: Int) { one: told(after: "x") { key: id parts(first: $n) { id size } more: parts { id } } }`,
  'objects below that fail': told('id answers { id text } note'),
  'a root that may be null': 'subscription { maybe { id text } }',
  fragments: `subscription { ...Root } fragment Root on Subscription { __typename told(after: "x") { ...Shown } }
    fragment Shown on Node { __typename id ... on Message { text } ... @include(if: false) { id } }`,
  'one of several operations': `subscription other { maybe { id } } subscription wanted { told(after: "x") { text } } query { nothing }`,
};

describe('events that are executed together have the results of each by itself', () => {
  it.each(Object.keys(documents))('for %s', async (name) => {
    const document = parse(documents[name]!);
    const operationName = name.startsWith('one of') ? 'wanted' : undefined;
    const args: ExecutionArgs = { schema, document, operationName, variableValues: { n: 2 } };
    const values = all.map(root);
    const each = await Promise.all(values.map(async (rootValue) => execute({ ...args, rootValue })));
    const results = await Promise.all(executeEach(args, values).map(async (one) => one));
    expect(JSON.stringify(results)).toBe(JSON.stringify(each));
    const errors = (of: typeof each) => of.map((one) => one.errors?.map(({ originalError }) => originalError?.message));
    expect(errors(results)).toEqual(errors(each));
  });

  it('or wait for each other where nothing has to be waited for', () => {
    const document = parse(told('id text'));
    expect(executeEach({ schema, document }, [root({ id: 'a' })])).toEqual([
      { data: { told: { id: 'a', text: 'text a' } } },
    ]);
  });

  it('or lose what is wrong with all of them', async () => {
    const document = parse('subscription ($n: Int!) { told(after: "x") { parts(first: $n) { id } } }');
    const results = await Promise.all(executeEach({ schema, document }, all.map(root)).map(async (one) => one));
    expect(results).toHaveLength(all.length);
    for (const result of results)
      expect(result.errors?.[0]?.message).toContain('"$n" of required type "Int!" was not provided');
  });
});
