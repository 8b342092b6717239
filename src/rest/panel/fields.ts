/** Reading the fields of an object that a client gave: of the right type, or BAD_INPUT that names the field. */
import { badInput } from '../../resolvers/errors.ts';

/** Null counts as left out everywhere. Fields that nobody asks for are ignored, as old clients send more than is used. */
export type Fields = {
  /** Names of the fields that are given. */
  names(): string[];
  text(name: string): string;
  optionalText(name: string): string | null;
  texts(name: string): string[];
  optionalTexts(name: string): string[] | null;
  /** One text counts as a list of one. */
  optionalTextOrTexts(name: string): string[] | null;
  optionalWhole(name: string): number | null;
  optionalObject(name: string): Fields | null;
};

/** The fields of an object. BAD_INPUT for an array, null or anything else; `path` is put before the names in its words. */
export function readFields(value: unknown, path = ''): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw path === ''
      ? badInput('body', 'The body must be a JSON object.')
      : wrong(path.slice(0, -1), 'must be an object');
  }
  const given = new Map(Object.entries(value).filter(([, one]) => one !== null));

  function optional<T>(name: string, is: (one: unknown) => one is T, words: string): T | null {
    const one: unknown = given.get(name);
    if (one === undefined) return null;
    if (!is(one)) throw wrong(path + name, words);
    return one;
  }
  function required<T>(name: string, one: T | null): T {
    if (one === null) throw wrong(path + name, 'is missing');
    return one;
  }

  const fields: Fields = {
    names: () => [...given.keys()],
    text: (name) => required(name, fields.optionalText(name)),
    optionalText: (name) => optional(name, isText, 'must be a string'),
    texts: (name) => required(name, fields.optionalTexts(name)),
    // Ids such as 00001 are not numbers: 1 would be another spelling of another thing.
    optionalTexts: (name) => optional(name, areTexts, 'must be a list of strings'),
    optionalTextOrTexts(name) {
      const one = given.get(name) as unknown;
      return isText(one) ? [one] : optional(name, areTexts, 'must be a string or a list of strings');
    },
    optionalWhole: (name) => optional(name, isWhole, 'must be a whole number'),
    optionalObject(name) {
      const one = given.get(name) as unknown;
      return one === undefined ? null : readFields(one, `${path}${name}.`);
    },
  };
  return fields;
}

function wrong(name: string, words: string): Error {
  return badInput(name, `${name} ${words}.`);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
