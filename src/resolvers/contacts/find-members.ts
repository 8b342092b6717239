import type { ChatRoomMember, Contact } from '../../db/model.ts';
import type { App } from '../app.ts';
import { GatewayError, notFound } from '../errors.ts';
import { readId, showId } from '../ids.ts';

const shownCandidates = 10;

/**
 * Whom texts mean among the present members of a chat room: a member's id, a Contact id, an exact wxid, else a display name
 * or name that one member alone has. Answers wxids, each once.
 *
 * NOT_FOUND for who is no member; where the members are not known a text is passed on as it is. AMBIGUOUS_RECEIVER, with the
 * members as candidates, for a name of several.
 */
export async function findMembers(app: App, room: Contact, given: readonly string[]): Promise<string[]> {
  const { queries } = app.store;
  const byContact = await queries.contactsById(idsOf('contact', given));
  const contacts = new Map(byContact.filter((one) => one.accountId === room.accountId).map((one) => [one.id, one]));
  const texts = given.map((text) => contacts.get(readId('contact', text) ?? 0)?.wxid ?? text);
  const byId = await queries.membersById(idsOf('member', given));
  const members = new Map(byId.filter((one) => one.roomId === room.id && one.present).map((one) => [one.id, one]));
  const named = await queries.membersNamed(room.id, texts);
  const wxids = texts.map((text, at) => {
    const member = members.get(readId('member', text) ?? 0) ?? oneOf(room, text, named);
    if (member) return member.wxid;
    const isId = readId('member', text) !== null || readId('contact', text) !== null;
    if (isId || room.memberCount !== null)
      throw notFound(`member of chat room ${showId('contact', room.id)}`, given[at]!);
    return text;
  });
  return [...new Set(wxids)];
}

function idsOf(kind: 'member' | 'contact', given: readonly string[]): number[] {
  return given.map((text) => readId(kind, text)).filter((id) => id !== null);
}

function oneOf(room: Contact, text: string, members: readonly ChatRoomMember[]): ChatRoomMember | undefined {
  const exact = members.find((member) => member.wxid === text);
  if (exact) return exact;
  const alike = members.filter((member) => member.displayName === text || member.name === text);
  if (alike.length <= 1) return alike[0];
  throw new GatewayError(
    'AMBIGUOUS_RECEIVER',
    `Several members of chat room ${showId('contact', room.id)} are called ${JSON.stringify(text)}; nothing was done.`,
    {
      field: 'members',
      candidates: alike.slice(0, shownCandidates).map(({ id, wxid, displayName }) => ({
        id: showId('member', id),
        wxid,
        displayName,
      })),
    },
  );
}
