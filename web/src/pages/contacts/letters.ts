/** The order of a phone's contact list: by the first letter, of Chinese names by that of their pinyin. */

/** The first character of each letter, as browsers sort Chinese. No syllable begins with I, U or V. */
const first: readonly [string, string][] = [
  ...'A阿B八C嚓D哒E妸F发G旮H哈J讥K咔L垃M痳N拏O噢P妑Q七R呥S扨T它W穵X夕Y丫Z帀'.matchAll(/([A-Z])(.)/gu),
].map(([, letter, sign]) => [letter!, sign!]);
const compare = new Intl.Collator('zh-CN-u-co-pinyin').compare;

export const letters: readonly string[] = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ#'];

/** A to Z, or # for what has no letter. */
export function letterOf(name: string): string {
  const sign = [...name.trim()][0] ?? '';
  const latin = sign.normalize('NFD')[0]?.toUpperCase() ?? '';
  if (/[A-Z]/.test(latin)) return latin;
  if (!/\p{Script=Han}/u.test(sign)) return '#';
  return first.findLast(([, least]) => compare(least, sign) <= 0)?.[0] ?? '#';
}

export type Lettered<T> = { item: T; letter: string };

export function byLetter<T extends { displayName: string; id: string }>(items: readonly T[]): Lettered<T>[] {
  const place = new Map(letters.map((letter, at) => [letter, at]));
  return items
    .map((item) => ({ item, letter: letterOf(item.displayName) }))
    .toSorted(
      (a, b) =>
        place.get(a.letter)! - place.get(b.letter)! ||
        compare(a.item.displayName, b.item.displayName) ||
        (a.item.id < b.item.id ? -1 : 1),
    );
}
