/** What there is in WeChat: people, chat rooms and messages, without any protocol. Ids stay: `wxid_…`, `…@chatroom`. */

/** 0 unknown, 1 male, 2 female, as WeChat numbers them. */
export type Sex = 0 | 1 | 2;

/** What asking for somebody's picture gives; `page` is the HTML page that WeChat sometimes answers instead. */
export type Avatar = 'png' | 'jpeg' | 'page' | 'none';

export type Person = {
  wxid: string;
  name: string;
  /** 微信号; often empty. */
  alias: string;
  sex: Sex;
  signature: string;
  province: string;
  city: string;
  avatar: Avatar;
  /** A number that survives logins; only an account's own is ever shown. */
  uin: number;
};

export type ContactKind = 'friend' | 'official' | 'system';

/** Somebody in an account's contact list. */
export type Contact = { wxid: string; kind: ContactKind; remark: string; pinned: boolean };

/** Somebody in a chat room. Place and 微信号 are what the room's list says, which is mostly nothing. */
export type Member = { wxid: string; display: string; alias: string; province: string; city: string };

export type Room = {
  wxid: string;
  name: string;
  ownerWxid: string | null;
  members: Member[];
  avatar: Avatar;
};

/** A person whom somebody drives through a front. */
export type Account = {
  wxid: string;
  contacts: Map<string, Contact>;
  /** Chat rooms in which the account takes part, or that it sees without being in their list. */
  rooms: Set<string>;
};

export type MediaKind = 'image' | 'voice' | 'video' | 'microvideo' | 'emoticon' | 'file';

export type Content =
  | { type: 'text'; text: string; mentions: readonly string[] }
  | { type: 'media'; media: MediaKind; name: string; bytes: Uint8Array; mime?: string }
  | { type: 'link'; title: string; description: string; url: string; appName: string; appId: string }
  | { type: 'card'; wxid: string }
  | { type: 'payment'; text: string }
  | { type: 'revoke'; messageId: string; notice: string }
  /** A grey line: somebody joined, the name changed, "you can now chat". */
  | { type: 'notice'; text: string };

export type Message = {
  /** Unsigned 64-bit decimal. */
  id: string;
  from: string;
  /** A person or a chat room. */
  to: string;
  content: Content;
  /** Milliseconds. */
  sentAt: number;
};

export type FriendRequest = { wxid: string; name: string; greeting: string; ticket: string };

/** Whether an id is a chat room's. */
export function isRoomId(wxid: string): boolean {
  return wxid.endsWith('@chatroom') || wxid.startsWith('@@');
}

/** A text, with nobody mentioned. */
export function textContent(text: string): Content {
  return { type: 'text', text, mentions: [] };
}
