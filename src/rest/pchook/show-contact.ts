/** Contacts, chat rooms and members in the words of the hook: nearly all are texts, and "" means none. */
import type { KnownPerson } from '../../resolvers/contacts/find-person.ts';
import type { ChatRoomMember, Contact } from '../../resolvers/contacts/read-contacts.ts';
import type { Sex } from '../../words.ts';
import { showWxid } from './wxids.ts';

const sexes: Record<Sex, string> = { MALE: '1', FEMALE: '2', UNKNOWN: '0' };

/** What every list tells of a person. */
type Person = { wxid: string; nickname: string; markname: string; account: string; headimg: string };

export function showPerson(person: KnownPerson): Person {
  if (person.is === 'self') {
    const { wxid, name, alias, avatarUrl } = person.self;
    return { wxid, nickname: name ?? '', markname: '', account: alias ?? '', headimg: avatarUrl ?? '' };
  }
  if (person.is === 'member') {
    const { wxid, name, avatarUrl } = person.member;
    return { wxid, nickname: name, markname: '', account: '', headimg: avatarUrl ?? '' };
  }
  const { name, remark, alias, avatarUrl } = person.contact;
  return {
    wxid: showWxid(person.contact),
    nickname: name,
    markname: remark ?? '',
    account: alias ?? '',
    headimg: avatarUrl ?? '',
  };
}

/** A line of the list of friends or of official accounts. */
export function showListed(contact: Contact, at: number): object {
  return {
    index: String(at + 1),
    ...showPerson({ is: 'contact', contact, picture: { of: 'CONTACT', id: contact.id } }),
    v3: '',
    sex: sexes[contact.sex],
    starrole: '0',
    lag: contact.labels.join(','),
  };
}

/** A line of the list of chat rooms. */
export function showRoom(room: Contact, at: number): object {
  return { index: String(at + 1), gid: showWxid(room), gname: room.name, markname: room.remark ?? '', v3: '' };
}

/** Short, as for many at once. */
export function showBrief(person: KnownPerson): object {
  const { wxid, nickname, markname, headimg } = showPerson(person);
  const of = placeOf(person);
  const small = person.is === 'contact' ? person.contact.smallAvatarUrl : null;
  return {
    wxid,
    nickname,
    markname,
    country: of.country,
    city: of.city,
    bighead: headimg,
    smallhead: small ?? headimg,
  };
}

/** All that is known. */
export function showDetails(person: KnownPerson): object {
  const { wxid, nickname, markname, account, headimg } = showPerson(person);
  const { country, province, city, signature, sex } = placeOf(person);
  return {
    type: '1',
    wxid,
    nickname,
    markname,
    wxaccount: account,
    account,
    sex,
    country,
    province,
    area: city,
    city,
    signinfo: signature,
    headurl: headimg,
    v3: '',
  };
}

/** A chat room with its members; without a list of them where they are not known. */
export function showRoomDetails(room: Contact, members: readonly ChatRoomMember[]): object {
  return {
    type: '2',
    gid: showWxid(room),
    gname: room.name,
    markname: room.remark ?? '',
    chatroom_master: room.ownerWxid ?? '',
    chatroom_head_url: room.avatarUrl ?? '',
    v3: '',
    ...showMembers(room, members),
  };
}

/** How many members a chat room has, and who they are, where that is known. */
export function showMembers({ memberCount }: Contact, members: readonly ChatRoomMember[]): object {
  if (memberCount === null) return {};
  return {
    member_count: String(members.length),
    member: members.map(({ wxid, name, displayName, avatarUrl }) => ({
      wxid,
      nickname: name,
      display_name: displayName === name ? '' : displayName,
      user_head_big: avatarUrl ?? '',
      user_head_small: avatarUrl ?? '',
      inviter_wxid: '',
    })),
  };
}

function placeOf(person: KnownPerson) {
  const known = person.is === 'contact' ? person.contact : null;
  return {
    country: known?.country ?? '',
    province: known?.province ?? '',
    city: known?.city ?? '',
    signature: known?.signature ?? '',
    sex: sexes[known?.sex ?? 'UNKNOWN'],
  };
}
