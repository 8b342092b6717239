/** The parameters of a call: JSON whatever the content type says, or nothing at all. */
import { readText } from '../../http/body.ts';
import { JsonError, parseJson } from '../../lossless-json.ts';
import { badInput } from '../../resolvers/errors.ts';
import { readWxid } from './wxids.ts';

/** Readers throw BAD_INPUT that names the parameter. Null and empty text count as left out, and numbers as their digits. */
export type Params = {
  optionalText(name: string): string | null;
  /** The first of these names that is given. */
  text(...names: string[]): string;
  /** Of one person or chat room. Builds differ in the name; where several are given they have to be the same. */
  optionalWxid(...names: string[]): string | null;
  wxid(...names: string[]): string;
  /** At least one; separated by commas, or as a list. */
  wxids(...names: string[]): string[];
  /** Bytes in hexadecimal. */
  optionalBytes(name: string): Buffer | null;
};

/** The parameters of a request: those of its body and, where it has none of that name, of its address. */
export function readParams(body: unknown, url: string): Params {
  const at = url.indexOf('?');
  const given = new Map<string, unknown>([
    ...new URLSearchParams(at < 0 ? '' : url.slice(at)),
    ...Object.entries(readBody(body)),
  ]);

  const params: Params = {
    optionalText: (name) => textOf(name, given.get(name)),
    text(...names) {
      return required(names, names.map((name) => params.optionalText(name)).find((text) => text !== null) ?? null);
    },
    optionalWxid(...names) {
      const told = new Set(names.flatMap((name) => params.optionalText(name)?.trim() || []));
      if (told.size > 1) throw badInput(names[0]!, `${names.join(' and ')} name different receivers.`);
      const [shown] = told;
      return shown === undefined ? null : readWxid(shown);
    },
    wxid: (...names) => required(names, params.optionalWxid(...names)),
    wxids(...names) {
      const name = names.find((one) => given.get(one) !== undefined && given.get(one) !== null) ?? names[0]!;
      const value = given.get(name);
      const texts = Array.isArray(value)
        ? value.map((one) => textOf(name, one) ?? '')
        : [params.optionalText(name) ?? ''];
      const wxids = texts.flatMap((text) => text.split(',')).map((text) => text.trim());
      const found = wxids.filter((wxid) => wxid !== '').map(readWxid);
      return required(names, found.length === 0 ? null : found);
    },
    optionalBytes(name) {
      const text = params.optionalText(name);
      if (text === null) return null;
      if (text.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(text)) throw badInput(name, `${name} must be hexadecimal.`);
      return Buffer.from(text, 'hex');
    },
  };
  return params;
}

/** Some clients post `null` where a call has no parameters. */
function readBody(body: unknown): object {
  const text = readText(body).trim();
  const value = text === '' ? null : readJson(text);
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw badInput('body', 'The body must be a JSON object.');
  return value;
}

/** With all digits of long numbers, and control characters inside texts as they are. */
function readJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw badInput('body', `The body is ${error.reason === 'DEPTH' ? 'nested too deep' : 'no JSON'}.`);
  }
}

function textOf(name: string, value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw badInput(name, `${name} must be a text.`);
}

function required<T>(names: readonly string[], value: T | null): T {
  if (value === null) throw badInput(names[0]!, `${names.join(' or ')} is missing.`);
  return value;
}
