/** Parameters as Mojo-Weixin reads them: those of the query and of a form or multipart body together. JSON bodies are read, too. */
import { badInput } from '../../resolvers/errors.ts';
import { type Part, readMultipart } from './multipart.ts';

export type Params = {
  /** Names that are given, each once. */
  names(): string[];
  /** All values of one; null stands for one that is no UTF-8. */
  all(name: string): (string | null)[];
  /** The value; null where it is not given. BAD_INPUT for one that is repeated or no UTF-8. */
  one(name: string): string | null;
  /** Whether it is given and neither empty nor 0, as Perl sees it. */
  flag(name: string): boolean;
  /** The last value as the bytes that came. */
  bytes(name: string): Uint8Array | null;
  /** The file of a multipart form. */
  file: { name: string; bytes: Uint8Array } | null;
};

type Given = { name: string; value: Uint8Array };

/** Reads a query, without its `?`, and a raw body. BAD_INPUT for a JSON body that cannot be read. */
export function readParams(query: string, contentType: string | undefined, body: unknown): Params {
  const parts = body instanceof Uint8Array && body.length > 0 ? readBody(contentType ?? '', Buffer.from(body)) : [];
  const file = parts.find((part): part is Part & { fileName: string } => part.fileName !== null) ?? null;
  const given = [...parts.filter((part) => part.fileName === null), ...readForm(query)];
  const params: Params = {
    names: () => [...new Set(given.map(({ name }) => name))],
    all: (name) => given.filter((one) => one.name === name).map(({ value }) => readUtf8(value)),
    one(name) {
      const values = params.all(name);
      if (values.length > 1) throw badInput(name, `${name} is given more than once.`);
      if (values[0] === null) throw badInput(name, `${name} is not UTF-8.`);
      return values[0] ?? null;
    },
    flag: (name) => !['', '0'].includes(params.one(name) ?? ''),
    bytes: (name) => given.findLast((one) => one.name === name)?.value ?? null,
    file: file && { name: file.fileName, bytes: file.value },
  };
  return params;
}

function readBody(contentType: string, body: Buffer): Part[] {
  if (/^multipart\/form-data\s*;/i.test(contentType)) return readMultipart(contentType, body);
  const isJson = /^application\/json\s*(;|$)/i.test(contentType);
  const isForm = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType);
  // `curl -d` calls a form whatever it is given.
  if (isJson || (isForm && body[0] === 0x7b)) return readJson(body);
  return isForm ? readForm(body.toString('latin1')).map((one) => ({ ...one, fileName: null })) : [];
}

/** Bytes are held as characters, so that raw UTF-8 and percent-encoded UTF-8 can stand side by side. */
function readForm(latin1: string): Given[] {
  return latin1
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
      return { name: readUtf8(unescaped(name)) ?? name, value: unescaped(value) };
    });
}

function unescaped(latin1: string): Buffer {
  const plain = latin1
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(plain, 'latin1');
}

/** `JSON.parse` with what Node has and TypeScript's library does not know yet: a number as it was written. */
const json = JSON as unknown as {
  parse(text: string, revive: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
};

/** The texts, numbers and lists of a JSON object; ids keep their digits. */
function readJson(body: Buffer): Part[] {
  let told: unknown;
  try {
    told = json.parse(body.toString('utf8'), (_, value, { source }) => (typeof value === 'number' ? source : value));
  } catch {
    throw badInput('body', 'The body is no JSON.');
  }
  if (typeof told !== 'object' || told === null || Array.isArray(told)) return [];
  return Object.entries(told).flatMap(([name, value]) => {
    const text = Array.isArray(value) ? value.filter(isScalar).join(',') : isScalar(value) ? String(value) : null;
    return text === null ? [] : [{ name, value: Buffer.from(text), fileName: null }];
  });
}

function isScalar(value: unknown): value is string | boolean {
  return typeof value === 'string' || typeof value === 'boolean';
}

function readUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
