/** Parameters of a request as the real server reads them: query and form body together. */

export type Params = {
  /** All of them in order: body first, then query. */
  readonly pairs: readonly (readonly [string, string])[];
  /** One value; a repeated parameter is no value that could match anything. */
  one(name: string): string | undefined;
  /** The last value. */
  last(name: string): string | undefined;
  /** All by name, the last of each. */
  all(): Record<string, string>;
};

/** What a repeated parameter reads as. */
const repeated = 'ARRAY(0x5581e0f3c2a8)';

function decode(text: string): string {
  const bytes = Buffer.from(
    text
      .replaceAll('+', ' ')
      .replace(/%[0-9a-f]{2}|[^\0-\xff]/gi, (found) =>
        found.startsWith('%')
          ? String.fromCharCode(Number.parseInt(found.slice(1), 16))
          : Buffer.from(found).toString('latin1'),
      ),
    'latin1',
  );
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // What is no UTF-8 stays bytes and matches nothing.
    return bytes.toString('latin1');
  }
}

function urlencoded(text: string): [string, string][] {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', value = ''] = part.split(/=(.*)/s);
      return [decode(name), decode(value)];
    });
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function multipart(body: Buffer, boundary: string): [string, string][] {
  const parts = body.toString('latin1').split(`--${boundary}`).slice(1, -1);
  const pairs: [string, string][] = [];
  for (const part of parts) {
    const [head = '', content = ''] = part.split(/\r\n\r\n(.*)/s);
    const name = /name="([^"]*)"/i.exec(head)?.[1];
    if (name === undefined) continue;
    pairs.push([utf8(name), utf8(content.replace(/\r\n$/, ''))]);
  }
  return pairs;
}

/** Reads the parameters of a query and of a form body; any other body has none. */
export function readParams(query: string, contentType: string, body: Buffer): Params {
  let inBody: [string, string][] = [];
  if (/^application\/x-www-form-urlencoded/i.test(contentType)) {
    // Bytes, so that raw UTF-8 and percent-encoded UTF-8 can stand side by side.
    inBody = urlencoded(body.toString('latin1'));
  } else if (/^multipart\/form-data/i.test(contentType)) {
    const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
    if (boundary !== undefined) inBody = multipart(body, boundary);
  }
  const pairs = [...inBody, ...urlencoded(query)];
  const values = (name: string): string[] => pairs.filter(([other]) => other === name).map(([, value]) => value);
  return {
    pairs,
    one(name) {
      const found = values(name);
      return found.length > 1 ? repeated : found[0];
    },
    last: (name) => values(name).at(-1),
    all: () => Object.fromEntries(pairs),
  };
}
