/**
 * A small tolerant reader of the XML in which WeChat keeps what a message holds.
 *
 * It takes what it can and never fails: what is written by strangers may be cut, nested or malformed. One pass, so that a
 * megabyte of anything costs a megabyte's time. No entities but XML's own, hence nothing to expand.
 */

export type Element = { name: string; attributes: Map<string, string>; children: Element[]; text: string };

/** Deeper elements become their ancestor's, more of them are left out: WeChat needs ten levels and some hundreds. */
const maximumDepth = 40;
const maximumElements = 20_000;

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Reads all elements of a text, which may begin with something else; the root that holds them has no name. */
export function readXml(source: string): Element {
  const root = element('');
  const open: Element[] = [root];
  let count = 0;
  let at = source.indexOf('<');
  while (at !== -1) {
    const inside = open.at(-1) ?? root;
    if (source.startsWith('<![CDATA[', at)) {
      const end = source.indexOf(']]>', at);
      inside.text += source.slice(at + 9, end === -1 ? undefined : end);
      if (end === -1) break;
      at = textUntilTag(source, end + 3, inside);
      continue;
    }
    const end = source.startsWith('<!--', at) ? endOfComment(source, at) : endOfTag(source, at);
    if (end === -1) break;
    const tag = source.slice(at + 1, end);
    if (tag.startsWith('/')) {
      close(open, tag.slice(1).trim());
    } else if (/^[a-z_]/i.test(tag)) {
      count += 1;
      if (count > maximumElements) break;
      const made = elementOf(tag);
      inside.children.push(made);
      if (!tag.endsWith('/') && open.length < maximumDepth) open.push(made);
    }
    at = textUntilTag(source, end + 1, open.at(-1) ?? root);
  }
  return root;
}

/** The first element below this one that has these names, each somewhere inside the one before; null without one. */
export function find(inside: Element, ...names: readonly string[]): Element | null {
  let found: Element | null = inside;
  for (const name of names) found = found === null ? null : first(found, name);
  return found;
}

/** The text of the element that `find` finds; null where it is missing or empty. */
export function textAt(inside: Element, ...names: readonly string[]): string | null {
  const found = find(inside, ...names)?.text.trim() ?? '';
  return found === '' ? null : found;
}

/** An attribute that tells something; null without one. */
export function attribute(of: Element | null, name: string): string | null {
  const value = of?.attributes.get(name)?.trim() ?? '';
  return value === '' ? null : value;
}

function first(inside: Element, name: string): Element | null {
  for (const child of inside.children) {
    const found = child.name === name ? child : first(child, name);
    if (found !== null) return found;
  }
  return null;
}

function element(name: string): Element {
  return { name, attributes: new Map(), children: [], text: '' };
}

/** An end that opens nothing is skipped, one that was forgotten is made up. */
function close(open: Element[], name: string): void {
  const at = open.findLastIndex((one) => one.name === name);
  if (at > 0) open.length = at;
}

/** Gives the text before the next tag to the element that it stands in; answers where that tag is. */
function textUntilTag(source: string, from: number, inside: Element): number {
  const next = source.indexOf('<', from);
  const text = source.slice(from, next === -1 ? undefined : next);
  if (text !== '') inside.text += unescapeXml(text);
  return next;
}

function endOfComment(source: string, at: number): number {
  const end = source.indexOf('-->', at);
  return end === -1 ? -1 : end + 2;
}

/** The `>` that ends a tag, past those in its quoted values; -1 if there is none. */
function endOfTag(source: string, at: number): number {
  let quote = '';
  for (let end = at + 1; end < source.length; end += 1) {
    const char = source[end]!;
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '>') {
      return end;
    } else if (char === '"' || char === "'") {
      quote = char;
    }
  }
  return -1;
}

function elementOf(tag: string): Element {
  const [name = ''] = tag.split(/[\s/]/, 1);
  const made = element(name);
  // Each turn goes on behind what the one before it has read.
  let at = name.length;
  while (at < tag.length) {
    const equals = tag.indexOf('=', at);
    if (equals === -1) break;
    let start = equals + 1;
    // Stickers have spaces around it.
    while (/\s/.test(tag[start] ?? '')) start += 1;
    const quote = tag[start];
    if (quote !== '"' && quote !== "'") {
      at = start;
      continue;
    }
    const end = tag.indexOf(quote, start + 1);
    if (end === -1) break;
    const key = tag.slice(at, equals).trim();
    if (!made.attributes.has(key)) made.attributes.set(key, unescapeXml(tag.slice(start + 1, end)));
    at = end + 1;
  }
  return made;
}

/** The text for which XML's entities stand; others stay as they are. */
export function unescapeXml(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi, unescape);
}

function unescape(entity: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return Object.hasOwn(entities, name) ? (entities[name] ?? entity) : entity;
  const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  const isCharacter = point > 0 && point <= 0x10_ffff && !(point >= 0xd800 && point <= 0xdfff);
  return isCharacter ? String.fromCodePoint(point) : entity;
}
