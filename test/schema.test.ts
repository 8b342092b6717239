import { existsSync, readFileSync } from 'node:fs';
import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  parse,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { eventsDocument } from '../src/schema/event-json.ts';
import { printedSchema } from '../src/schema/printed.ts';
import { schema } from '../src/schema/schema.ts';

describe('the printed schema', () => {
  it('is what schema.graphql holds (run `npm run schema` where it is stale)', () => {
    expect(readFileSync('schema.graphql', 'utf8')).toBe(printedSchema());
  });

  it('describes every type, field, argument and value', () => {
    expect(undescribed(schema)).toEqual([]);
  });

  it('takes the document of /events, which nothing else looks over', () => {
    expect(validate(schema, parse(eventsDocument))).toEqual([]);
  });

  it('shows a missing description when there is one', () => {
    const bare = buildSchema('type Query { ping(loud: Boolean): Mood } enum Mood { GOOD }');
    expect(undescribed(bare)).toEqual(['Query', 'Query.ping', 'Query.ping(loud:)', 'Mood', 'Mood.GOOD']);
  });
});

const contract = '../shared/design/contract.graphql';

describe.skipIf(!existsSync(contract))(`the contract (${contract})`, () => {
  it('is in the schema', () => {
    const wanted = buildSchema(readFileSync(contract, 'utf8'));
    expect(differences(wanted, schema)).toEqual([]);
  });
});

/** Names of types, fields, arguments and enum values without a description. */
function undescribed(of: GraphQLSchema): string[] {
  const found: string[] = [];
  const check = (name: string, item: { description?: string | null | undefined }) => {
    if (!item.description?.trim()) found.push(name);
  };
  for (const type of ownTypes(of)) {
    check(type.name, type);
    for (const field of fieldsOf(type)) {
      check(`${type.name}.${field.name}`, field);
      if ('args' in field) for (const arg of field.args) check(`${type.name}.${field.name}(${arg.name}:)`, arg);
    }
    if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value);
  }
  return found;
}

/** What `wanted` has and `given` lacks or has otherwise: types, fields with their types, arguments with defaults, values, members. */
function differences(wanted: GraphQLSchema, given: GraphQLSchema): string[] {
  const found: string[] = [];
  for (const type of ownTypes(wanted)) {
    const same = given.getType(type.name);
    if (!same) {
      found.push(type.name);
      continue;
    }
    if (type.constructor !== same.constructor) found.push(`${type.name} is of another kind`);
    const has = new Map(fieldsOf(same).map((field) => [field.name, field]));
    for (const field of fieldsOf(type)) {
      const name = `${type.name}.${field.name}`;
      const other = has.get(field.name);
      if (!other) found.push(name);
      else found.push(...fieldDifferences(name, field, other));
    }
    if (isEnumType(type) && isEnumType(same)) {
      for (const value of type.getValues()) if (!same.getValue(value.name)) found.push(`${type.name}.${value.name}`);
    }
    if (isUnionType(type) && isUnionType(same)) {
      const members = new Set(same.getTypes().map((member) => member.name));
      for (const member of type.getTypes()) if (!members.has(member.name)) found.push(`${type.name} = ${member.name}`);
    }
    if (isObjectType(type) && isObjectType(same)) {
      const interfaces = new Set(same.getInterfaces().map((one) => one.name));
      for (const one of type.getInterfaces())
        if (!interfaces.has(one.name)) found.push(`${type.name} implements ${one.name}`);
    }
    if (isInputObjectType(type) && isInputObjectType(same) && type.isOneOf !== same.isOneOf)
      found.push(`${type.name} @oneOf`);
  }
  return found.toSorted();
}

type Field = GraphQLField<unknown, unknown> | GraphQLInputField;

function fieldDifferences(name: string, wanted: Field, given: Field): string[] {
  const found: string[] = [];
  if (String(wanted.type) !== String(given.type))
    found.push(`${name}: ${String(given.type)}, not ${String(wanted.type)}`);
  if ('defaultValue' in wanted && 'defaultValue' in given && wanted.defaultValue !== given.defaultValue) {
    found.push(`${name} = ${String(given.defaultValue)}`);
  }
  if ('args' in wanted && 'args' in given) {
    for (const arg of wanted.args) {
      const other = given.args.find((one) => one.name === arg.name);
      if (!other) found.push(`${name}(${arg.name}:)`);
      else if (String(arg.type) !== String(other.type) || arg.defaultValue !== other.defaultValue) {
        found.push(`${name}(${arg.name}: ${String(other.type)} = ${String(other.defaultValue)})`);
      }
    }
  }
  return found;
}

function fieldsOf(type: GraphQLNamedType): Field[] {
  return isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? Object.values(type.getFields()) : [];
}

function ownTypes(of: GraphQLSchema): GraphQLNamedType[] {
  const builtIn = ['String', 'Int', 'Float', 'Boolean', 'ID'];
  return Object.values(of.getTypeMap()).filter((type) => !type.name.startsWith('__') && !builtIn.includes(type.name));
}
