/** Reading the fields of a body. Clients disagree on types: an id or a flag may be a text or a number. */
import { readText } from '../../http/body.ts';
import { JsonError, parseJson } from '../../lossless-json.ts';
import { badInput } from '../../resolvers/errors.ts';
import { readWxid } from './ids.ts';

/** Readers throw BAD_INPUT that names the field; null and empty count as left out. */
export type Params = {
  text(name: string): string;
  optional(name: string): string | null;
  /** An id of WeChat, as the gateway knows it. */
  wxid(name: string): string;
  /** Several of them, with commas between. */
  wxids(name: string): string[];
  optionalWxids(name: string): string[];
};

/** The fields of a raw body, ids with all their digits. Without a body there are none. BAD_INPUT for what is no JSON object. */
export function readParams(body: unknown): Params {
  const given = readObject(readText(body));

  const params: Params = {
    text(name) {
      const text = params.optional(name);
      if (text === null) throw badInput(name, `${name} is missing.`);
      return text;
    },
    optional(name) {
      const value = given.get(name);
      if (value === undefined || value === null || value === '') return null;
      if (typeof value === 'string') return value;
      if (typeof value === 'number') return String(value);
      throw badInput(name, `${name} must be a text.`);
    },
    wxid: (name) => checkWxid(name, params.text(name)),
    wxids(name) {
      const wxids = params.optionalWxids(name);
      if (wxids.length === 0) throw badInput(name, `${name} is missing.`);
      return wxids;
    },
    optionalWxids(name) {
      const value = given.get(name);
      const list: readonly unknown[] = Array.isArray(value) ? value : (params.optional(name)?.split(',') ?? []);
      const texts = list.map((one) => (typeof one === 'string' ? one.trim() : wrong(name)));
      return [...new Set(texts.filter((one) => one !== '').map((one) => checkWxid(name, one)))];
    },
  };
  return params;
}

function readObject(text: string): ReadonlyMap<string, unknown> {
  if (text.trim() === '') return new Map();
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) throw badInput('body', `The body cannot be read: ${error.message}.`);
    throw error;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Map(Object.entries(value));
  throw badInput('body', 'The body must be a JSON object.');
}

/** Ids alone, never names: what is no id at all is nobody, whatever it may be called like. */
function checkWxid(name: string, given: string): string {
  const wxid = given.trim();
  return /^[\w@.-]{1,150}$/.test(wxid) ? readWxid(wxid) : wrong(name);
}

function wrong(name: string): never {
  throw badInput(name, `${name} must be an id of WeChat.`);
}
