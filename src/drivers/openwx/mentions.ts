import type { Direction } from '../../words.ts';
import type { Self } from '../driver.ts';
import { type Fields, known, knownName } from './fields.ts';

/**
 * Who is mentioned in a chat room's text. Web WeChat passes no list: a mention is `@name` and a space (U+2005 where a
 * phone made it), with the name that one has in that room. Others than the account itself cannot be told, as names are
 * not unique.
 */
export function mentionsIn(
  message: string,
  body: Fields,
  direction: Direction,
  self: Self | null,
): { mentions: string[]; mentionsMe: boolean } {
  const mentions = ['所有人', 'all'].some((name) => isMentioned(message, name)) ? ['notify@all'] : [];
  if (direction === 'OUTGOING') return { mentions, mentionsMe: false };
  const names = [body['receiver'], body['receiver_name'], body['receiver_markname'], self?.name].map(knownName);
  const mentionsMe = names.some((name) => name !== null && isMentioned(message, name));
  const own = known(body['receiver_id']) ?? self?.wxid ?? null;
  return { mentions: mentionsMe && own !== null ? [...mentions, own] : mentions, mentionsMe };
}

/** `@name` that does not go on as a longer name. */
function isMentioned(message: string, name: string): boolean {
  const wanted = `@${name}`;
  for (let at = message.indexOf(wanted); at !== -1; at = message.indexOf(wanted, at + 1)) {
    const next = message[at + wanted.length];
    if (next === undefined || /\s/.test(next)) return true;
  }
  return false;
}
