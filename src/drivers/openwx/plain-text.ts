/** What a person would read of WeChat's HTML, which Mojo-Weixin passes on in signatures. */

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Plain text of HTML: emoji spans become their characters, `<br>` a new line, other tags nothing, entities what they stand for. */
export function plainText(html: string): string {
  return html
    .replaceAll(/<span class="emoji emoji([0-9a-f]{2,40})">\s*<\/span>/gi, (span, code: string) => emoji(code) ?? span)
    .replaceAll(/<br ?\/?>/gi, '\n')
    .replaceAll(/<[a-z/][^<>]*>/gi, '')
    .replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, unescape);
}

/** The characters of a class name such as emoji1f338 or emoji1f1e81f1f3, which is two code points of five digits. */
function emoji(code: string): string | null {
  const points = code.length > 6 && code.length % 5 === 0 ? code.match(/.{5}/g) : [code];
  const characters = (points ?? []).map((point) => character(Number.parseInt(point, 16)));
  return characters.includes(null) ? null : characters.join('');
}

function unescape(entity: string, decimal?: string, hex?: string, name?: string): string {
  if (decimal !== undefined) return character(Number(decimal)) ?? entity;
  if (hex !== undefined) return character(Number.parseInt(hex, 16)) ?? entity;
  const key = name?.toLowerCase() ?? '';
  return Object.hasOwn(entities, key) ? (entities[key] ?? entity) : entity;
}

function character(point: number): string | null {
  const surrogate = point >= 0xd800 && point <= 0xdfff;
  return point > 0 && point <= 0x10_ffff && !surrogate ? String.fromCodePoint(point) : null;
}
