/** How the Openwx client writes things: its JSON, its emoji, its base64. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** The emoji that the client has a name for; all others are `[未知表情]`. */
const emojiNames: Readonly<Record<string, string>> = {
  '1f604': '笑脸',
  '1f60a': '开心',
  '1f603': '大笑',
  '263a': '热情',
  '1f609': '眨眼',
  '1f60d': '色',
  '1f618': '接吻',
  '1f61a': '亲吻',
  '1f633': '脸红',
  '1f60c': '满意',
  '1f61c': '戏弄',
  '1f612': '无语',
  '1f60f': '得意',
  '1f613': '汗',
  '1f61e': '低落',
  '1f622': '眼泪',
  '1f62d': '哭',
  '1f602': '破涕为笑',
  '1f632': '晕',
  '1f631': '恐惧',
  '1f637': '生病',
  '2764': '心',
  '1f494': '心碎',
  '2728': '闪烁',
  '1f31f': '星星',
  '1f4a4': '睡着',
  '1f3b5': '音乐',
  '1f525': '火',
};

const emoji = /\p{Extended_Pictographic}\u{fe0f}?/gu;

function sorted(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item: Json) => sorted(item) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

/** JSON as the client writes it: keys sorted, no spaces, each `/` escaped. */
export function toOpenwxJson(value: Json): string {
  return JSON.stringify(sorted(value))
    .replaceAll('/', '\\/')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
    .replaceAll('\u007f', '\\u007f');
}

function codeOf(found: string): string {
  return (found.codePointAt(0) ?? 0).toString(16);
}

/** Names and received texts: emoji become words in brackets. */
export function emojiToWords(text: string): string {
  return text.replace(emoji, (found) => `[${emojiNames[codeOf(found)] ?? '未知表情'}]`);
}

/** Signatures stay as WeChat's web sends them: emoji are tags. */
export function emojiToTags(text: string): string {
  return text.replace(emoji, (found) => `<span class="emoji emoji${codeOf(found)}"></span>`);
}

/** What a text becomes on its way through the client, in both directions. */
export function throughClient(text: string, direction: 'incoming' | 'outgoing'): string {
  const words =
    direction === 'incoming'
      ? emojiToWords(text)
      : text.replace(
          /<span class="emoji emoji([a-zA-Z0-9]+)"><\/span>/g,
          (_, code: string) => `[${emojiNames[code] ?? '未知表情'}]`,
        );
  return words.replaceAll('<br/>', '\n').replace(/(@.*?)\u2005/g, '$1 ');
}

/** Base64 with a newline after each 76 characters and at the end. */
export function wrappedBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('base64')
    .replace(/.{1,76}/g, '$&\n');
}

/** The id that the client gives a message until WeChat gave one: milliseconds and four digits. */
export function localId(now: number, digits: number): string {
  return `${Math.floor(now)}${String(digits).padStart(4, '0')}`;
}
