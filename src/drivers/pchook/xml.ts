/**
 * The XML inside messages, read as far as it can be: no entities but the five and numbers, no documents from elsewhere, each
 * character looked at a bounded number of times. What is broken gives less, never an error.
 */

export type Xml = {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Xml[];
  /** Its own text, without that of its children. */
  readonly text: string;
};

type Open = { name: string; attributes: Map<string, string>; children: Open[]; text: string };

const maxLength = 1024 * 1024;
const maxDepth = 32;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const attribute = /\s*([^\s=/>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/y;

/** The outermost element of a text; null where it holds none. */
export function readXml(text: string): Xml | null {
  if (text.length > maxLength) return null;
  const root: Open = { name: '', attributes: new Map(), children: [], text: '' };
  const stack = [root];
  for (let at = 0; at < text.length;) {
    const top = stack.at(-1) ?? root;
    const open = text.indexOf('<', at);
    if (open === -1) break;
    top.text += unescape(text.slice(at, open));
    if (text.startsWith('<![CDATA[', open)) {
      const end = endOf(text, ']]>', open);
      top.text += text.slice(open + 9, end);
      at = end + 3;
    } else if (text.startsWith('<!--', open)) {
      at = endOf(text, '-->', open) + 3;
    } else if (text[open + 1] === '?' || text[open + 1] === '!') {
      at = endOf(text, '>', open) + 1;
    } else if (text[open + 1] === '/') {
      const end = endOf(text, '>', open);
      close(stack, text.slice(open + 2, end).trim());
      at = end + 1;
    } else {
      at = openElement(text, open, stack);
    }
  }
  return root.children[0] ?? null;
}

/** The element at the end of a path of names below this one, the first of each; null where there is none. */
export function find(xml: Xml | null, ...path: readonly string[]): Xml | null {
  let found = xml;
  for (const name of path) found = found?.children.find((child) => child.name === name) ?? null;
  return found;
}

/** The trimmed text of the element at the end of a path; null where it is empty or absent. */
export function textAt(xml: Xml | null, ...path: readonly string[]): string | null {
  return find(xml, ...path)?.text.trim() || null;
}

/** An attribute that tells something; null where it is empty or absent. */
export function attributeOf(xml: Xml | null, ...names: readonly string[]): string | null {
  for (const name of names) {
    const found = xml?.attributes.get(name);
    if (found !== undefined && found !== '') return found;
  }
  return null;
}

function openElement(text: string, open: number, stack: Open[]): number {
  let at = open + 1;
  while (at < text.length && !/[\s/>]/.test(text.charAt(at))) at += 1;
  const element: Open = { name: text.slice(open + 1, at), attributes: new Map(), children: [], text: '' };
  for (;;) {
    attribute.lastIndex = at;
    const [whole, name, double, single] = attribute.exec(text) ?? [];
    if (whole === undefined || name === undefined) break;
    element.attributes.set(name, unescape(double ?? single ?? ''));
    at += whole.length;
  }
  const end = endOf(text, '>', at);
  stack.at(-1)?.children.push(element);
  if (text[end - 1] !== '/' && stack.length < maxDepth) stack.push(element);
  return end + 1;
}

/** What was left open inside is closed with it; the end of something that is not open is nothing. */
function close(stack: Open[], name: string): void {
  const at = stack.findLastIndex((element) => element.name === name);
  if (at > 0) stack.length = at;
}

function endOf(text: string, mark: string, from: number): number {
  const end = text.indexOf(mark, from);
  return end === -1 ? text.length : end;
}

function unescape(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi, (whole, decimal, hex, name) => {
    if (typeof name === 'string') return entities[name] ?? whole;
    const point = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
    return point > 0 && point <= 0x10_ffff ? String.fromCodePoint(point) : whole;
  });
}
