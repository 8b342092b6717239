/** What the parts of a running Openwx client share: one per process. */
import type { OwnClock } from '../clock.ts';
import type { AccountName, Faults } from '../faults.ts';
import type { LocalContacts, LocalGroup, LocalPerson, SessionIds } from './contacts.ts';
import type { OpenwxOptions } from './options.ts';
import type { PostBody, Poster } from './poster.ts';
import type { EventQueue } from './queue.ts';
import { localId } from './text.ts';
import type { Json } from './text.ts';
import type { Random } from '../random.ts';
import type { Account, Content } from '../wechat.ts';
import type { World } from '../world.ts';

/** How the world knows what an Openwx client did. */
export const openwxOrigin = 'openwx';

export type Session = {
  readonly name: AccountName;
  readonly world: World;
  readonly account: Account;
  readonly random: Random;
  readonly clock: OwnClock;
  readonly options: OpenwxOptions;
  readonly faults: Faults;
  readonly queue: EventQueue;
  readonly poster: Poster;
  readonly pid: number;
  readonly startedAt: number;
  /** The name that a Controller gave the client. */
  readonly clientName: string | null;
  ids: SessionIds;
  contacts: LocalContacts;
  /** Those who wait for a message, for consult. */
  readonly listeners: Set<(message: { senderId: Json | undefined; id: Json; content: Json }) => void>;
  /** Media that were uploaded, by their id without the code. */
  readonly uploads: Map<string, Content>;
  /** Whether the process runs and answers; otherwise it is blocked in a login. */
  answering: boolean;
  /** Those who wait for it to answer. */
  readonly blocked: Set<() => void>;
  /** When the last send went to WeChat, or will. */
  lastDispatchAt: number | null;
  /** Ends the process as the client's `die` does: at once. */
  die(): void;
  /** Ends the process in order, with its posts. */
  stop(): void;
};

const queuedEvents = /^(new|lose)_|^friend_request$|_property_change$/;

/** Tells an event of the client: to check_event where it belongs there, and to post_api. */
export function tellEvent(session: Session, event: string, params: readonly Json[]): void {
  const { options } = session;
  if (!options.postEvent || !options.postEventList.includes(event)) return;
  const body: PostBody = { post_type: 'event', event, params };
  if (queuedEvents.test(event)) session.queue.append(body);
  session.poster.later(body);
}

/** Tells a message. */
export function tellMessage(session: Session, body: PostBody): void {
  session.queue.append(body);
  session.poster.later(body);
}

export function findFriend(session: Session, wxid: string): LocalPerson | undefined {
  return session.contacts.friends.find((friend) => friend.wxid === wxid);
}

export function findGroup(session: Session, wxid: string): LocalGroup | undefined {
  return session.contacts.groups.find((group) => group.wxid === wxid);
}

export function newLocalId(session: Session): string {
  return localId(session.clock.now(), session.random.below(1001));
}
