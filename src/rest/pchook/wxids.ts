/**
 * Ids as clients of the hook expect them. They know by its form what an id is of, and those of Openwx have none: a chat room `@@6f1c…` is
 * shown as `@@6f1c…@chatroom` and an official account `@6f1c…` as `gh_@6f1c…`, and both are read so.
 */
import type { Contact } from '../../resolvers/contacts/read-contacts.ts';

const roomEnd = '@chatroom';
const officialStart = 'gh_';

/** The id of a contact or chat room. */
export function showWxid({ kind, wxid }: Pick<Contact, 'kind' | 'wxid'>): string {
  if (!wxid.startsWith('@') || isRoomWxid(wxid)) return wxid;
  if (kind === 'CHAT_ROOM') return `${wxid}${roomEnd}`;
  return kind === 'OFFICIAL_ACCOUNT' ? `${officialStart}${wxid}` : wxid;
}

/** The upstream's own id behind one that was shown; WeChat's have no `@` there. */
export function readWxid(shown: string): string {
  if (shown.startsWith(`${officialStart}@`)) return shown.slice(officialStart.length);
  return shown.startsWith('@') && isRoomWxid(shown) ? shown.slice(0, -roomEnd.length) : shown;
}

function isRoomWxid(wxid: string): boolean {
  return wxid.endsWith(roomEnd);
}
