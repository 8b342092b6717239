import { extensionOf } from '../../media-store/extension.ts';
import { unknownMime } from '../../media-store/sniff.ts';

const longest = 200;

/** The name of a file, of whatever somebody calls it: without folders and control characters, at most 200 characters. Null for none. */
export function readFileName(given: string | null | undefined): string | null {
  const last = given?.toWellFormed().split(/[/\\]/).at(-1) ?? '';
  const name = last.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '').trim();
  if (/^\.*$/.test(name)) return null;
  const signs = [...name];
  if (signs.length <= longest) return name;
  const end = /\.[^.]{1,16}$/.exec(name)?.[0] ?? '';
  return signs.slice(0, longest - end.length).join('') + end;
}

/** A name that says by its end what the file is, where that is known and the name does not say anything. */
export function withExtension(name: string, mime: string): string {
  return mime === unknownMime || /\.[a-z\d]{1,8}$/i.test(name) ? name : `${name}.${extensionOf(mime)}`;
}
