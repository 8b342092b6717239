/**
 * JSON that keeps WeChat's 64-bit ids: `JSON.parse` alone turns 1497474118261484795 into …484800.
 */

/** How deep a document may nest; upstreams need five levels. */
const maximumDepth = 32;

/** A document that cannot be read: not JSON, or nested deeper than 32 levels. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  readonly reason: 'SYNTAX' | 'DEPTH';

  constructor(reason: JsonError['reason'], message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.reason = reason;
  }
}

/**
 * Parses JSON; integers beyond 2^53-1 become their decimal text, so that no digit is lost.
 *
 * Numbers with a fraction or an exponent stay numbers. Keys named `__proto__` are left out. Control characters inside
 * strings, which JSON forbids and the PC hook posts all the same, are taken as they are. Throws `JsonError`.
 */
export function parseJson(text: string): unknown {
  const body = checked(text);
  // A reviver makes parsing ten times slower: only what a mistake is told of, or a key must be left out of, is parsed so.
  if (!protoKey.test(body)) {
    try {
      return JSON.parse(longInteger.test(body) ? quoteIntegers(body) : body);
    } catch {
      // It is read once more below.
    }
  }
  return parseTolerant(body, (source) => json.parse(source, keepInteger));
}

/**
 * Parses JSON that is only taken apart to be written again: `JSON.stringify` of the result, or of a part of it, gives
 * every number the digits that it had. Numbers that JavaScript would change cannot be read. Throws `JsonError`.
 */
export function parseJsonVerbatim(text: string): unknown {
  return parseTolerant(checked(text), (source) => json.parse(source, keepNumber));
}

/**
 * An integer that `JSON.stringify` writes as a number with all these digits, for upstreams that want their ids back as
 * numbers. Null for what is no integer.
 */
export function jsonInteger(value: unknown): object | null {
  const digits = typeof value === 'number' ? String(value) : value;
  if (typeof digits !== 'string' || !/^-?(?:0|[1-9]\d{0,39})$/.test(digits)) return null;
  return json.rawJSON(digits);
}

/**
 * The canonical form of an id: unsigned decimal of 64 bits.
 *
 * Signed longs, as E云 documents them, become unsigned. Text that is no such number, or has more than 64 bits, stays as
 * it is; empty text and anything that is neither text nor number is null.
 */
export function decimalId(value: unknown): string | null {
  if (typeof value === 'bigint') return unsigned(value) ?? String(value);
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? String(BigInt.asUintN(64, BigInt(value))) : String(value);
  }
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (text === '') return null;
  // The length is checked first: BigInt of a megabyte of digits takes seconds.
  return (/^-?\d{1,20}$/.test(text) ? unsigned(BigInt(text)) : null) ?? text;
}

function unsigned(value: bigint): string | null {
  return value >= -(2n ** 63n) && value < 2n ** 64n ? String(BigInt.asUintN(64, value)) : null;
}

/** `JSON` with what Node has and TypeScript's library does not know yet. */
const json = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): object;
};

/** An integer of 16 digits or more where a number may stand. */
const longInteger = /(?:^|[[:,\s])-?\d{16}/;
/** The key `__proto__`, with any of its letters escaped. */
const protoKey = /__proto__|\\u00(?:5f|70|72|6f|74)/i;

function keepInteger(key: string, value: unknown, { source }: { source?: string }): unknown {
  if (key === '__proto__') return undefined;
  if (typeof value !== 'number' || source === undefined || Number.isSafeInteger(value)) return value;
  return /^-?\d+$/.test(source) ? source : value;
}

function keepNumber(key: string, value: unknown, { source }: { source?: string }): unknown {
  if (key === '__proto__') return undefined;
  return typeof value === 'number' && source !== undefined && String(value) !== source ? json.rawJSON(source) : value;
}

/** The text without a byte order mark. The depth is looked at before parsing, since revivers recurse. */
function checked(text: string): string {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (depthOf(body) > maximumDepth) throw new JsonError('DEPTH', `JSON nests deeper than ${maximumDepth} levels`);
  return body;
}

/** Parses; where that fails, once more with the control characters inside strings escaped. */
function parseTolerant(body: string, parse: (source: string) => unknown): unknown {
  try {
    return parse(body);
  } catch (error) {
    const escaped = escapeControls(body);
    if (escaped === body) throw syntaxError(error);
    try {
      return parse(escaped);
    } catch {
      throw syntaxError(error);
    }
  }
}

/** The engine's own message quotes the document, which may hold secrets and private messages. */
function syntaxError(error: unknown): JsonError {
  const at = error instanceof SyntaxError ? / at position \d+/.exec(error.message) : null;
  return new JsonError('SYNTAX', `not JSON${at?.[0] ?? ''}`);
}

/** An integer where a value stands: what may come before it, it itself, and what has to follow it. */
const integer = /(?<=^|[[:,\s])-?[1-9]\d{15,}(?=\s*(?:[,\]}]|$))/g;

/** The text with integers that JavaScript would change as strings; it is JSON exactly where it was before. */
function quoteIntegers(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let start = text.indexOf('"'); start !== -1; start = text.indexOf('"', from)) {
    const end = endOfString(text, start) + 1;
    parts.push(quoteWithin(text.slice(from, start)), text.slice(start, end));
    from = end;
  }
  parts.push(quoteWithin(text.slice(from)));
  return parts.join('');
}

/** What stands between two strings, which is nearly always too short. */
function quoteWithin(text: string): string {
  return text.length < 16 ? text : text.replaceAll(integer, quoted);
}

function quoted(digits: string): string {
  return Number.isSafeInteger(Number(digits)) ? digits : `"${digits}"`;
}

/** The deepest nesting of arrays and objects; brackets inside strings do not count. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === 0x22) {
      at = endOfString(text, at);
    } else if (char === 0x5b || char === 0x7b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (char === 0x5d || char === 0x7d) {
      depth -= 1;
    }
  }
  return deepest;
}

/** Where the string that opens at `start` closes; the end of the text if it does not. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** Escapes control characters inside strings; between them they are space or a mistake. */
function escapeControls(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let start = text.indexOf('"'); start !== -1; start = text.indexOf('"', from)) {
    const end = endOfString(text, start);
    parts.push(text.slice(from, start), text.slice(start, end + 1).replaceAll(/\p{Cc}/gu, escapeControl));
    from = end + 1;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

function escapeControl(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
