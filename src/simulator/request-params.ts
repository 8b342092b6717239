/** Parameters of a request as the real server reads them: query and form body together. */

export type Params = {
  /** All of them in order: body first, then query. */
  readonly pairs: readonly (readonly [string, string])[];
  /** One value; a repeated parameter is no value that could match anything. */
  one(name: string): string | undefined;
  /** The last value. */
  last(name: string): string | undefined;
  /** The last value as the bytes that came, which need not be text. */
  bytes(name: string): Uint8Array | undefined;
  /** All by name, the last of each. */
  all(): Record<string, string>;
};

/** What a repeated parameter reads as. */
const repeated = 'ARRAY(0x5581e0f3c2a8)';

/** A name and its value, both as bytes that are held as characters. */
type RawPair = readonly [string, string];

function unescaped(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replace(/%[0-9a-f]{2}|[^\0-\xff]/gi, (found) =>
      found.startsWith('%')
        ? String.fromCharCode(Number.parseInt(found.slice(1), 16))
        : Buffer.from(found).toString('latin1'),
    );
}

function decode(raw: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(raw, 'latin1'));
  } catch {
    // What is no UTF-8 stays bytes and matches nothing.
    return raw;
  }
}

function urlencoded(text: string): RawPair[] {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', value = ''] = part.split(/=(.*)/s);
      return [unescaped(name), unescaped(value)];
    });
}

/** The parts with a name and without a file name. A body that was cut ends with what came of its last part. */
function multipart(body: Buffer, boundary: string): RawPair[] {
  const parts = body.toString('latin1').split(`--${boundary}`).slice(1);
  const pairs: RawPair[] = [];
  for (const part of parts) {
    const [head = '', content] = part.split(/\r\n\r\n(.*)/s);
    const name = /[; ]name="([^"]*)"/i.exec(head)?.[1];
    if (name === undefined || content === undefined || /[; ]filename="/i.test(head)) continue;
    pairs.push([name, content.replace(/\r\n$/, '')]);
  }
  return pairs;
}

/** Reads the parameters of a query and of a form body; any other body has none. */
export function readParams(query: string, contentType: string, body: Buffer): Params {
  let inBody: RawPair[] = [];
  if (/^application\/x-www-form-urlencoded/i.test(contentType)) {
    // Bytes, so that raw UTF-8 and percent-encoded UTF-8 can stand side by side.
    inBody = urlencoded(body.toString('latin1'));
  } else if (/^multipart\/form-data/i.test(contentType)) {
    const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
    if (boundary !== undefined) inBody = multipart(body, boundary);
  }
  const raw = [...inBody, ...urlencoded(query)];
  const pairs = raw.map(([name, value]): [string, string] => [decode(name), decode(value)]);
  const values = (name: string): string[] => pairs.filter(([other]) => other === name).map(([, value]) => value);
  return {
    pairs,
    one(name) {
      const found = values(name);
      return found.length > 1 ? repeated : found[0];
    },
    last: (name) => values(name).at(-1),
    bytes(name) {
      const found = raw.findLast(([other]) => other === name);
      return found === undefined ? undefined : Buffer.from(found[1], 'latin1');
    },
    all: () => Object.fromEntries(pairs),
  };
}
