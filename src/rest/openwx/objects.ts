/** People and chat rooms as Openwx describes them, whatever the account's driver knows of them. */
import type { Account, ChatRoomMember, Contact } from '../../resolvers/shapes.ts';
import type { ContactKind, Sex } from '../../words.ts';
import type { JsonObject } from './json.ts';

type Self = NonNullable<Account['self']>;

/** What is no chat room: all of them are friends to Openwx. */
export const friendKinds: readonly ContactKind[] = ['FRIEND', 'OFFICIAL_ACCOUNT', 'OTHER'];
export const roomKinds: readonly ContactKind[] = ['CHAT_ROOM'];

const categories: Record<ContactKind, string> = {
  FRIEND: '好友',
  OFFICIAL_ACCOUNT: '公众号',
  OTHER: '系统帐号',
  CHAT_ROOM: '',
};
const sexes: Record<Sex, string> = { MALE: 'male', FEMALE: 'female', UNKNOWN: '' };

/** WeChat's own, which every account has and not every driver lists. */
export const fileHelper = 'filehelper';
const fileHelperJson: JsonObject = {
  ...person({ wxid: fileHelper, name: '文件传输助手', displayName: '文件传输助手' }),
  category: categories.OTHER,
};

export function userJson(self: Self): JsonObject {
  const { wxid, alias } = self;
  const name = self.name ?? '';
  return person({ wxid, alias, name, displayName: name || '昵称未知', uid: uidOf(self) });
}

export function friendJson(contact: Contact): JsonObject {
  const { wxid, alias, name, displayName, remark, sex, signature, province, city, kind } = contact;
  const json = person({ wxid, alias, name, displayName, markname: remark, sex, signature, province, city });
  return { ...json, category: categories[kind] };
}

/** The friends of a list, and the file helper where it is not among them. */
export function friendsJson(contacts: readonly Contact[]): JsonObject[] {
  const friends = contacts.filter(({ kind }) => kind !== 'CHAT_ROOM');
  const all = friends.map(friendJson);
  return friends.some(({ wxid }) => wxid === fileHelper) ? all : [...all, fileHelperJson];
}

/** Openwx has no nickname of members but in `markname`; documented is `name`. Both are given. */
export function memberJson({ wxid, name, displayName }: ChatRoomMember, self: Self | null): JsonObject {
  const display = displayName === name ? '' : displayName;
  const uid = self?.wxid === wxid ? uidOf(self) : '';
  return person({ wxid, name, markname: name, display, displayName: displayName || name || '昵称未知', uid });
}

/** `members` null: without them. The owner is told by its uid, so that only the account itself can be one. */
export function groupJson(room: Contact, members: readonly ChatRoomMember[] | null, self: Self | null): JsonObject {
  const isOwn = self !== null && room.ownerWxid === self.wxid;
  return {
    displayname: room.displayName || '群名未知',
    id: room.wxid,
    name: room.name,
    owner_uid: isOwn ? uidOf(self) || 0 : 0,
    uid: '',
    ...(members && { member: members.map((member) => memberJson(member, self)) }),
  };
}

/** A number, as documented, where it is one; else nothing. */
export function uidOf({ uid }: Pick<Self, 'uid'>): number | '' {
  return uid !== null && /^[1-9]\d{0,14}$/.test(uid) ? Number(uid) : '';
}

type Person = {
  wxid: string;
  name: string;
  displayName: string;
  alias?: string | null;
  markname?: string | null;
  display?: string;
  sex?: Sex;
  signature?: string | null;
  province?: string | null;
  city?: string | null;
  uid?: number | '';
};

function person(of: Person): JsonObject {
  return {
    account: of.alias ?? '',
    city: of.city ?? '',
    display: of.display ?? '',
    displayname: of.displayName,
    id: of.wxid,
    markname: of.markname ?? '',
    name: of.name,
    province: of.province ?? '',
    sex: sexes[of.sex ?? 'UNKNOWN'],
    signature: of.signature ?? '',
    uid: of.uid ?? '',
  };
}
