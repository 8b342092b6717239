/**
 * Ids as clients of the hook expect them. They know a chat room by the end of its id, which Openwx does not give it: `@@6f1c…` is
 * shown as `@@6f1c…@chatroom`, and read so.
 */
import type { Contact } from '../../resolvers/read-contacts.ts';

const roomEnd = '@chatroom';

/** The id of a contact or chat room. */
export function showWxid({ kind, wxid }: Pick<Contact, 'kind' | 'wxid'>): string {
  return kind === 'CHAT_ROOM' && !isRoomWxid(wxid) ? `${wxid}${roomEnd}` : wxid;
}

/** The upstream's own id behind one that was shown; WeChat's begin with no `@`. */
export function readWxid(shown: string): string {
  return shown.startsWith('@') && isRoomWxid(shown) ? shown.slice(0, -roomEnd.length) : shown;
}

export function isRoomWxid(wxid: string): boolean {
  return wxid.endsWith(roomEnd);
}
