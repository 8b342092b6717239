/** Writing the XML in which WeChat keeps what a message holds. */

/** An element; an attribute that is not known is empty, as WeChat has it. Children are XML already. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | null>>,
  ...children: readonly string[]
): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const start = `<${name}${written.join('')}`;
  return children.length === 0 ? `${start} />` : `${start}>${children.join('')}</${name}>`;
}

/** An element that holds a text. */
export function textElement(name: string, text: string | number | null): string {
  return `<${name}>${escaped(text)}</${name}>`;
}

/** Without the characters that XML cannot hold at all: one of them makes a document that nobody reads. */
function escaped(value: string | number | null): string {
  return String(value ?? '')
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll(/[&<>"\n\r]/g, (char) => entities[char]!);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
};
