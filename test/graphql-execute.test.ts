/** Operations are executed as graphql itself would. */
import {
  type Arbitrary,
  assert,
  asyncProperty,
  boolean,
  constantFrom,
  integer,
  letrec,
  record,
  tuple,
} from 'fast-check';
import {
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  buildSchema,
  defaultFieldResolver,
  execute as executeByGraphql,
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  isAbstractType,
  isLeafType,
  isListType,
  isObjectType,
  parse,
  responsePathAsArray,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { execute } from '../src/graphql-execute.ts';
import { schema as ownSchema } from '../src/schema/schema.ts';

const schema = buildSchema(`
  interface Thing { name: String mustName: String! other: Thing }
  type One implements Thing { name: String mustName: String! other: Thing only: Int mustOther: Thing! }
  type Two implements Thing { name: String mustName: String! other: Thing one: One list(first: Int = 2): [One] }
  union Either = One | Two
  type Query {
    name: String
    mustName: String!
    one: One
    mustOne: One!
    two: Two
    thing: Thing
    either: Either
    list(first: Int = 3): [Thing]
    mustList(first: Int = 3): [One]!
    lists: [[Two]]
  }
  type Mutation { first: One second: One third: Two! }
`);

/** What comes of a field, and of each thing in its list, by where it is alone: the same whoever executes. */
function deedAt(place: string, seed: number): number {
  let hash = seed;
  for (const sign of place) hash = Math.imul(hash ^ sign.charCodeAt(0), 0x01000193) >>> 0;
  return ((hash ^ (hash >>> 13)) >>> 0) % 100;
}

/** One in ten goes wrong or is null, each in its way; half of the others come later. */
function done(place: string, seed: number, value: unknown): unknown {
  const deed = deedAt(place, seed);
  const error = new Error(`wrong at ${place}`);
  if (deed < 3) throw error;
  if (deed < 5) return error;
  if (deed < 7) return rejected(error);
  if (deed < 9) return null;
  if (deed < 11) return Promise.resolve(null);
  if (deed < 35) return Promise.resolve(value);
  if (deed < 50) return new Promise((resolve) => setImmediate(() => resolve(value)));
  return value;
}

/** Of a list that fails itself nobody looks at what is in it. */
function rejected(cause: Error): Promise<never> {
  const promise = Promise.reject(cause);
  promise.catch(() => {});
  return promise;
}

const resolveAny: GraphQLFieldResolver<unknown, number> = (_source, args: { first?: number }, seed, info) => {
  const place = responsePathAsArray(info.path).join('.');
  return done(place, seed, valueOf(info.returnType, place, args.first ?? 2, seed, info));
};

function valueOf(type: unknown, place: string, size: number, seed: number, info: GraphQLResolveInfo): unknown {
  const nullable = getNullableType(type as GraphQLResolveInfo['returnType']);
  if (isListType(nullable)) {
    return Array.from({ length: size }, (_, at) => {
      const item = `${place}.${at}`;
      try {
        return done(item, seed, valueOf(nullable.ofType, item, size, seed, info));
      } catch (error) {
        return error;
      }
    });
  }
  const named = getNamedType(nullable);
  if (isLeafType(named)) return deedAt(`${place}!`, seed) < 3 ? {} : 7;
  if (!isAbstractType(named)) return {};
  const types = info.schema.getPossibleTypes(named);
  return { is: types[deedAt(`${place}?`, seed) % types.length]!.name, deed: deedAt(`${place}=`, seed) };
}

for (const type of Object.values(schema.getTypeMap())) {
  if (isObjectType(type) && !type.name.startsWith('__')) {
    for (const field of Object.values(type.getFields())) field.resolve = resolveAny as typeof defaultFieldResolver;
  }
  if (isAbstractType(type)) {
    type.resolveType = ({ is, deed }: { is: string; deed: number }) => {
      if (deed < 3) throw new Error('of no type');
      if (deed < 5) return 'Query';
      return deed < 40 ? Promise.resolve(is) : is;
    };
  }
}

/** What may be selected of a type, at random, fragments and conditions and all. */
const selections = letrec<Record<string, string>>((tie) => {
  const left = constantFrom(
    '',
    '',
    '',
    ' @skip(if: $yes)',
    ' @include(if: $no)',
    ' @include(if: $yes)',
    ' @skip(if: false)',
  );
  const alias = constantFrom('', '', 'a: ', '__proto__: ');
  const leaf = (...names: string[]) => tuple(alias, constantFrom(...names), left).map((parts) => parts.join(''));
  const below = (of: string, ...names: string[]) =>
    tuple(alias, constantFrom(...names), left, tie(of)).map(
      ([as, name, condition, set]) => `${as}${name}${condition} { ${set} }`,
    );
  const part = (type: string, of: string) =>
    tuple(left, tie(of)).map(([condition, set]) => `... on ${type}${condition} { ${set} }`);
  const size = constantFrom('', '(first: 1)', '(first: $n)');
  const list = (of: string, ...names: string[]) =>
    tuple(constantFrom(...names), size, tie(of)).map(([name, args, set]) => `${name}${args} { ${set} }`);
  const some = (...kinds: Arbitrary<string>[]) =>
    tuple(...kinds.map((kind) => tuple(boolean(), kind))).map((all) => {
      const chosen = all.flatMap(([isChosen, text]) => (isChosen ? [text] : []));
      return chosen.length > 0 ? chosen.join(' ') : '__typename';
    });
  const plain = () => leaf('name', 'mustName', '__typename');
  return {
    Thing: some(plain(), below('Name', 'other'), part('One', 'One'), part('Two', 'Two'), constantFrom('...Named')),
    One: some(plain(), plain(), leaf('only'), below('Name', 'other', 'mustOther')),
    Two: some(plain(), below('Name', 'one'), list('One', 'list'), part('Thing', 'Name')),
    Name: some(plain(), plain()),
    Query: some(
      plain(),
      below('One', 'one', 'mustOne'),
      below('Two', 'two'),
      below('Thing', 'thing'),
      part('Query', 'Name'),
      tuple(tie('One'), tie('Two')).map(([one, two]) => `either { ... on One { ${one} } ... on Two { ${two} } }`),
      list('Thing', 'list'),
      list('One', 'mustList'),
      below('Two', 'lists'),
    ),
    Mutation: some(below('One', 'first'), below('One', 'second'), below('Two', 'third')),
  };
});

const operations = record({
  text: tuple(
    constantFrom('query', 'query', 'mutation'),
    selections['Query']!,
    selections['Mutation']!,
    selections['Name']!,
  ).map(
    ([kind, query, mutation, named]) =>
      `${kind} ($yes: Boolean!, $no: Boolean = false, $n: Int = 4) { ${kind === 'query' ? query : mutation} } fragment Named on Thing { ${named} }`,
  ),
  variableValues: record({ yes: boolean(), n: integer({ min: 0, max: 5 }) }),
  seed: integer({ min: 1, max: 1e9 }),
});

/** The places that are null for what went wrong, each where it can be seen. */
function placesOf({ data, errors }: ExecutionResult): string[] {
  const places = (errors ?? []).map(({ path }) => {
    let value: unknown = data;
    let at = 0;
    while (value !== null && at < (path?.length ?? 0))
      value = (value as Record<string | number, unknown>)[path![at++]!];
    expect(value).toBeNull();
    return (path ?? []).slice(0, at).join('.');
  });
  return [...new Set(places)].toSorted();
}

const plainly = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

it('a list whose items must be there keeps others of them waiting, or is told of twice', async () => {
  const strict = buildSchema('type Query { list: [One!] after: Int } type One { a: Int b: Int! c: Int! }');
  const later = (value: unknown) => new Promise((resolve) => setImmediate(() => resolve(value)));
  const wrong = async () => later(null).then(() => Promise.reject(new Error('wrong')));
  const list = [
    { a: wrong, b: 1, c: 1 },
    { a: 1, b: wrong, c: wrong },
    { a: 1, b: () => later(2), c: null },
  ];
  const document = parse('{ list { a b c } after }');
  const result = await execute({ schema: strict, document, rootValue: { list, after: () => later(3) } });
  expect(plainly(result)).toMatchObject({ data: { list: null, after: 3 }, errors: [{ path: ['list', 2, 'c'] }] });
  expect(result.errors).toHaveLength(1);
});

describe('an operation is answered otherwise than by graphql', () => {
  it('with errors and nulls wherever they may come from, at once and later', { timeout: 60_000 }, async () => {
    await assert(
      asyncProperty(operations, async ({ text, variableValues, seed }) => {
        const document = parse(text);
        // Two fields under one alias are nobody's question.
        if (validate(schema, document).some(({ message }) => message.includes('conflict'))) return;
        const args = { schema, document, variableValues, contextValue: seed };
        const [own, expected] = [await execute(args), await executeByGraphql(args)];
        expect(JSON.stringify(own.data)).toBe(JSON.stringify(expected.data));
        expect(placesOf(own)).toEqual(placesOf(expected));
        // Asked again it goes by the same plan.
        expect(plainly((await execute(args)).data)).toEqual(plainly(own.data));
      }),
      { numRuns: 400 },
    );
  });

  const refused: Record<string, Omit<ExecutionArgs, 'schema' | 'document'> & { text: string }> = {
    'of no name among several': { text: 'query A { name } query B { name }' },
    'of another name': { text: 'query A { name }', operationName: 'B' },
    'that is none': { text: 'fragment A on Query { name }' },
    'of a kind that there is not': { text: 'subscription { name }' },
    'without its variable': { text: 'query ($n: Int!) { list(first: $n) { name } }' },
    'with another variable': { text: 'query ($n: Int!) { list(first: $n) { name } }', variableValues: { n: 'x' } },
    'with a wrong argument': { text: '{ list(first: "x") { name } }', contextValue: 50 },
  };
  it.for(Object.entries(refused))('%s', async ([, { text, ...args }]) => {
    const asked = { contextValue: 1, ...args, schema, document: parse(text) };
    expect(plainly(await execute(asked))).toEqual(plainly(await executeByGraphql(asked)));
  });

  it('whose objects have to be asked of which type they are', () => {
    expect(Object.values(ownSchema.getTypeMap()).filter((type) => isObjectType(type) && type.isTypeOf)).toEqual([]);
  });

  it('about the schema itself', async () => {
    const asked = {
      schema: ownSchema,
      document: parse(getIntrospectionQuery({ oneOf: true, specifiedByUrl: true })),
    };
    expect(JSON.stringify(await execute(asked))).toBe(JSON.stringify(await executeByGraphql(asked)));
  });
});

it('a mutation begins before all that the one before it asks for is there', async () => {
  const began: string[] = [];
  const serial = buildSchema(
    'type Query { a: Int } type Deed { later: Int } type Mutation { first: Deed second: Deed }',
  );
  const rootValue = {
    first: () =>
      began.push('first') && {
        later: () => new Promise((resolve) => setImmediate(() => resolve(began.push('later')))),
      },
    second: () => began.push('second') && {},
  };
  await execute({ schema: serial, document: parse('mutation { first { later } second { later } }'), rootValue });
  expect(began).toEqual(['first', 'later', 'second']);
});
