/**
 * WeChat in memory: people, the accounts among them that somebody drives, chat rooms, and what happens between them.
 *
 * It knows no protocol. Fronts listen to its events and act on it.
 */
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';
import {
  type Account,
  type Avatar,
  type Contact,
  type Content,
  type FriendRequest,
  isRoomId,
  type Member,
  type Message,
  type Person,
  type Room,
  textContent,
} from './wechat.ts';

/** Where something that an account does comes from: the name of the front, or null for the phone. */
type Origin = string | null;

export type WorldEvent =
  | { type: 'message'; account: string; direction: 'incoming' | 'outgoing'; message: Message; origin: Origin }
  | { type: 'contact'; account: string; change: 'added' | 'removed' | 'updated'; wxid: string; origin: Origin }
  | { type: 'room'; account: string; change: 'added' | 'removed' | 'updated'; room: string; origin: Origin }
  | {
      type: 'member';
      account: string;
      change: 'joined' | 'left' | 'updated';
      room: string;
      wxid: string;
      origin: Origin;
    }
  | { type: 'friend-request'; account: string; request: FriendRequest };

/** What WeChat answers to a send. */
type SendResult = { ok: true; message: Message } | { ok: false; ret: number; text: string };

type Refusal = { ret: number; text: string };

export type WorldOptions = {
  clock: Clock;
  random: Random;
  /** The first message id; by default made from the clock, so that a later world does not repeat an earlier one's ids. */
  firstMessageId?: bigint;
  /** How long friends take to answer what an account sends; null: they never do. */
  answerAfterMs?: number | null;
  /** What friends answer. */
  answerTo?: (text: string) => string;
};

export type World = {
  readonly people: ReadonlyMap<string, Person>;
  readonly rooms: ReadonlyMap<string, Room>;
  readonly accounts: ReadonlyMap<string, Account>;
  /** Receivers to whom WeChat refuses every send, and what it says. */
  readonly refusals: Map<string, Refusal>;
  on(listener: (event: WorldEvent) => void): () => void;

  addPerson(person: Partial<Person> & { name: string }): Person;
  addAccount(wxid: string): Account;
  addContact(account: string, wxid: string, contact?: Partial<Contact>, origin?: Origin): Contact;
  removeContact(account: string, wxid: string, origin?: Origin): void;
  addRoom(
    room: { wxid?: string; name: string; ownerWxid?: string | null; avatar?: Avatar },
    members: readonly (Partial<Member> & { wxid: string })[],
    origin?: Origin,
  ): Room;
  /** Makes an account see a chat room whose list does not name it. */
  showRoom(account: string, room: string): void;

  /** Somebody writes to an account, or into a chat room. A text without mentions may be given as it is. */
  receive(account: string, from: string, content: string | Content, room?: string): Message;
  /** An account sends; through a front, or from the phone when `origin` is null. */
  send(account: string, to: string, content: string | Content, origin: Origin): SendResult;
  sendFromPhone(account: string, to: string, content: string | Content): Message;
  /** Somebody takes a message back. False when it is unknown, too old, or somebody else's. */
  revoke(by: string, messageId: string, origin?: Origin): boolean;
  /** A grey line in a chat room or, with `from`, in the chat with a friend. */
  notice(account: string, where: string, text: string): Message;

  requestFriend(account: string, name: string, greeting: string): FriendRequest;
  /** False when no such request waits. */
  acceptFriend(account: string, ticket: string, origin?: Origin): boolean;
  join(room: string, wxid: string, origin?: Origin): void;
  leave(room: string, wxid: string, origin?: Origin): void;
  renameRoom(room: string, name: string, origin?: Origin): void;
  renameMember(room: string, wxid: string, display: string, origin?: Origin): void;
  renamePerson(wxid: string, name: string): void;
  setRemark(account: string, wxid: string, remark: string, origin?: Origin): void;
  setPinned(account: string, wxid: string, pinned: boolean, origin?: Origin): void;
};

/** Messages that can still be revoked; older ones are forgotten. */
const rememberedMessages = 2000;
/** Friend requests that wait; older ones are forgotten. */
const rememberedRequests = 500;

function need<T>(map: ReadonlyMap<string, T>, key: string, what: string): T {
  const found = map.get(key);
  if (found === undefined) throw new Error(`no ${what} ${key}`);
  return found;
}

function remember<T>(map: Map<string, T>, key: string, value: T, limit: number): void {
  map.set(key, value);
  if (map.size > limit) map.delete(map.keys().next().value as string);
}

/** A world without anybody in it. */
export function createWorld(options: WorldOptions): World {
  const { clock, random, answerAfterMs = null, answerTo = () => '好的' } = options;
  const people = new Map<string, Person>();
  const rooms = new Map<string, Room>();
  const accounts = new Map<string, Account>();
  const refusals = new Map<string, Refusal>();
  const messages = new Map<string, Message>();
  const requests = new Map<string, FriendRequest & { account: string }>();
  const listeners = new Set<(event: WorldEvent) => void>();
  // 22 bits below the milliseconds: ids of one world rise by one and lie so close that a double cannot tell them apart.
  let nextMessageId = options.firstMessageId ?? BigInt(clock.now()) << 22n;
  let nextUin = 1_000_001;

  const emit = (event: WorldEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const accountsIn = (room: Room): Account[] =>
    [...accounts.values()].filter((account) => account.rooms.has(room.wxid));

  const newMessage = (from: string, to: string, content: string | Content): Message => {
    const message: Message = {
      id: String(BigInt.asUintN(64, nextMessageId)),
      from,
      to,
      content: typeof content === 'string' ? textContent(content) : content,
      sentAt: clock.now(),
    };
    nextMessageId += 1n;
    remember(messages, message.id, message, rememberedMessages);
    return message;
  };

  const deliver = (message: Message, origin: Origin): void => {
    const room = rooms.get(message.to);
    const readers = room === undefined ? [message.from, message.to] : accountsIn(room).map((account) => account.wxid);
    for (const wxid of new Set(readers)) {
      if (!accounts.has(wxid)) continue;
      const own = wxid === message.from;
      emit({
        type: 'message',
        account: wxid,
        direction: own ? 'outgoing' : 'incoming',
        message,
        origin: own ? origin : null,
      });
    }
  };

  const answerLater = (account: Account, to: string, content: Content): void => {
    if (answerAfterMs === null || content.type !== 'text' || accounts.has(to)) return;
    const room = rooms.get(to);
    const others = room?.members.filter((member) => !accounts.has(member.wxid)) ?? [];
    if (room === undefined ? account.contacts.get(to)?.kind !== 'friend' : others.length === 0) return;
    const from = room === undefined ? to : random.pick(others).wxid;
    clock.after(answerAfterMs, () => {
      if (account.contacts.has(from) || room !== undefined)
        world.receive(account.wxid, from, answerTo(content.text), room?.wxid);
    });
  };

  const world: World = {
    people,
    rooms,
    accounts,
    refusals,
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    addPerson(person) {
      const whole: Person = {
        wxid: `wxid_${random.hex(14)}`,
        alias: '',
        sex: 0,
        signature: '',
        province: '',
        city: '',
        avatar: 'png',
        uin: nextUin++,
        ...person,
      };
      people.set(whole.wxid, whole);
      return whole;
    },
    addAccount(wxid) {
      need(people, wxid, 'person');
      const account: Account = { wxid, contacts: new Map(), rooms: new Set() };
      accounts.set(wxid, account);
      return account;
    },
    addContact(accountWxid, wxid, contact = {}, origin = null) {
      const account = need(accounts, accountWxid, 'account');
      need(people, wxid, 'person');
      const whole: Contact = { kind: 'friend', remark: '', pinned: false, ...contact, wxid };
      account.contacts.set(wxid, whole);
      emit({ type: 'contact', account: accountWxid, change: 'added', wxid, origin });
      return whole;
    },
    removeContact(accountWxid, wxid, origin = null) {
      if (need(accounts, accountWxid, 'account').contacts.delete(wxid)) {
        emit({ type: 'contact', account: accountWxid, change: 'removed', wxid, origin });
      }
    },
    addRoom(room, members, origin = null) {
      const whole: Room = {
        wxid: room.wxid ?? `${10_000_000_000 + random.below(80_000_000_000)}@chatroom`,
        name: room.name,
        ownerWxid: room.ownerWxid ?? null,
        avatar: room.avatar ?? 'png',
        members: members.map((member) => ({ display: '', alias: '', province: '', city: '', ...member })),
      };
      rooms.set(whole.wxid, whole);
      for (const { wxid } of whole.members) {
        const account = accounts.get(wxid);
        if (account === undefined) continue;
        account.rooms.add(whole.wxid);
        emit({ type: 'room', account: wxid, change: 'added', room: whole.wxid, origin });
      }
      return whole;
    },
    showRoom(accountWxid, room) {
      need(accounts, accountWxid, 'account').rooms.add(need(rooms, room, 'chat room').wxid);
    },

    receive(account, from, content, room) {
      need(accounts, account, 'account');
      const message = newMessage(from, room ?? account, content);
      deliver(message, null);
      return message;
    },
    send(accountWxid, to, content, origin) {
      const account = need(accounts, accountWxid, 'account');
      const refusal = refusals.get(to);
      // A refused try uses up an id as well.
      const message = newMessage(accountWxid, to, content);
      if (refusal !== undefined) {
        messages.delete(message.id);
        return { ok: false, ...refusal };
      }
      deliver(message, origin);
      answerLater(account, to, message.content);
      return { ok: true, message };
    },
    sendFromPhone(account, to, content) {
      const message = newMessage(account, to, content);
      deliver(message, null);
      return message;
    },
    revoke(by, messageId, origin = null) {
      const message = messages.get(messageId);
      if (message === undefined || message.from !== by || clock.now() - message.sentAt > 120_000) return false;
      messages.delete(messageId);
      const name = people.get(by)?.name ?? by;
      const content: Content = { type: 'revoke', messageId, notice: `"${name}" 撤回了一条消息` };
      deliver(newMessage(by, message.to, content), origin);
      return true;
    },
    notice(account, where, text) {
      const content: Content = { type: 'notice', text };
      const message = isRoomId(where) ? newMessage(where, where, content) : newMessage(where, account, content);
      deliver(message, null);
      return message;
    },

    requestFriend(account, name, greeting) {
      const person = world.addPerson({ name });
      const request = { wxid: person.wxid, name, greeting, ticket: `v2_${random.hex(40)}@stranger` };
      remember(requests, request.ticket, { ...request, account }, rememberedRequests);
      emit({ type: 'friend-request', account, request });
      return request;
    },
    acceptFriend(account, ticket, origin = null) {
      const request = requests.get(ticket);
      if (request?.account !== account) return false;
      requests.delete(ticket);
      world.addContact(account, request.wxid, {}, origin);
      world.notice(account, request.wxid, `你已添加了${request.name}，现在可以开始聊天了。`);
      return true;
    },
    join(roomId, wxid, origin = null) {
      const room = need(rooms, roomId, 'chat room');
      if (room.members.some((member) => member.wxid === wxid)) return;
      room.members.push({ wxid, display: '', alias: '', province: '', city: '' });
      const joined = accounts.get(wxid);
      if (joined !== undefined) {
        joined.rooms.add(roomId);
        emit({ type: 'room', account: wxid, change: 'added', room: roomId, origin: null });
      }
      for (const account of accountsIn(room)) {
        if (account !== joined) {
          emit({ type: 'member', account: account.wxid, change: 'joined', room: roomId, wxid, origin });
        }
      }
    },
    leave(roomId, wxid, origin = null) {
      const room = need(rooms, roomId, 'chat room');
      if (!room.members.some((member) => member.wxid === wxid)) return;
      room.members = room.members.filter((member) => member.wxid !== wxid);
      const left = accounts.get(wxid);
      if (left !== undefined) {
        left.rooms.delete(roomId);
        emit({ type: 'room', account: wxid, change: 'removed', room: roomId, origin: null });
      }
      for (const account of accountsIn(room)) {
        emit({ type: 'member', account: account.wxid, change: 'left', room: roomId, wxid, origin });
      }
    },
    renameRoom(roomId, name, origin = null) {
      const room = need(rooms, roomId, 'chat room');
      room.name = name;
      for (const account of accountsIn(room)) {
        emit({ type: 'room', account: account.wxid, change: 'updated', room: roomId, origin });
      }
    },
    renameMember(roomId, wxid, display, origin = null) {
      const room = need(rooms, roomId, 'chat room');
      const member = room.members.find((other) => other.wxid === wxid);
      if (member === undefined) throw new Error(`no member ${wxid} in ${roomId}`);
      member.display = display;
      for (const account of accountsIn(room)) {
        emit({ type: 'member', account: account.wxid, change: 'updated', room: roomId, wxid, origin });
      }
    },
    renamePerson(wxid, name) {
      need(people, wxid, 'person').name = name;
      for (const account of accounts.values()) {
        if (account.contacts.has(wxid)) {
          emit({ type: 'contact', account: account.wxid, change: 'updated', wxid, origin: null });
        }
      }
    },
    setRemark(account, wxid, remark, origin = null) {
      const contact = need(accounts, account, 'account').contacts.get(wxid);
      if (contact === undefined) return;
      contact.remark = remark;
      emit({ type: 'contact', account, change: 'updated', wxid, origin });
    },
    setPinned(account, wxid, pinned, origin = null) {
      const contact = need(accounts, account, 'account').contacts.get(wxid);
      if (contact === undefined) return;
      contact.pinned = pinned;
      emit({ type: 'contact', account, change: 'updated', wxid, origin });
    },
  };
  return world;
}
