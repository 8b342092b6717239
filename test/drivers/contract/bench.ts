/** What the tests of the contract stand on: an account at its upstream's front, and drivers for it. */
import {
  type AvatarOf,
  type Callback,
  type Driver,
  DriverError,
  type DriverEvent,
  type DriverSettings,
  type OutgoingSend,
  type Self,
} from '../../../src/drivers/driver.ts';
import { request } from '../../../src/drivers/request.ts';
import type { MediaBody } from '../../../src/drivers/media.ts';
import type { Simulator } from '../../../src/simulator/simulator.ts';
import type { WorldEvent } from '../../../src/simulator/world.ts';
import type { MediaServer } from './media.ts';

/** An account that is logged in at its upstream, which posts. */
export type Front = {
  simulator: Simulator;
  number: number;
  /** Of the account, in the world. */
  wxid: string;
  /** As it is now: Openwx changes ids with each login. */
  readonly self: Self;
  /** An id of the world as the upstream shows it now. */
  idOf(wxid: string): string;
  /** At the upstream, or where else it is told to look; with short times. */
  driver(baseUrl?: string): Driver;
  /** WeChat no longer has the media of what was received so far; absent where the front cannot lose any. */
  loseMedia?(): void;
  stop(): Promise<void>;
};

export type Contract = {
  name: string;
  /** The driver's folder in src/drivers. */
  folder: string;
  start: () => Promise<Front>;
  /** A callback of a kind that does not exist, for this account. */
  unknown: (front: Front) => string;
  /** A callback of somebody else's account. */
  foreign: string;
  /** What the address of a callback says. */
  query?: string;
  /** What must never be told. */
  secrets: readonly string[];
  /** A call of a fetch of contacts. */
  contactRoute: string;
  /** The upstream takes a send without telling its id, which a later post does. */
  idFollows?: boolean;
  /** What WeChat refuses is told like what it did not answer, or in words alone: such a failure need not be certain. */
  vague?: boolean;
};

export const never = new AbortController().signal;
export const now = 1_795_312_000_000;

/** What drivers of the contract are given, beside their connection. */
export const settings: DriverSettings = { now: () => now, download };

/** As the gateway's, without its rules. */
async function download(url: string, signal: AbortSignal): Promise<MediaBody> {
  const answer = await request({ method: 'GET', url, timeoutMs: 5_000 }, signal);
  if (answer.status !== 200) throw new DriverError('NOT_FOUND', 'nothing lies there', { certain: true, retry: false });
  return { chunks: [answer.bytes], mime: answer.contentType, name: null };
}

/** People and chat rooms of the account, by their ids in the world. */
export type Cast = { friend: string; other: string; stranger: string; room: string; member: string };

/** What the tests of a part of the contract are about; the front and the media are there when they run. */
export type About = { contract: Contract; front: () => Front; media: () => MediaServer; bench: Bench };

export type Bench = ReturnType<typeof createBench>;

/** Looks at the front when it is used: it starts with the tests. */
export function createBench(front: () => Front, query = '') {
  const callbackOf = (body: string): Callback => ({
    body: new TextEncoder().encode(body),
    contentType: 'application/json',
    query: new URLSearchParams(query),
    self: front().self,
    now,
  });
  const decode = (body: string): DriverEvent[] => front().driver().decode(callbackOf(body));
  const cast = (): Cast => castOf(front());
  return {
    decode,
    cast,
    text: (text: string): OutgoingSend => ({
      receiver: front().idOf(cast().friend),
      receiverKind: 'FRIEND',
      content: { type: 'TEXT', text },
      mentions: [],
    }),
    /** The post that holds this text, once it was made. */
    posted: (text: string): Promise<string> => {
      const { simulator } = front();
      return simulator.until(() => simulator.posts.find((post) => post.text.includes(text))?.text);
    },
    /** All that is told of what `act` makes happen, in its order. */
    told: async (act: () => unknown): Promise<DriverEvent[]> => {
      const { simulator, wxid } = front();
      simulator.forget();
      await act();
      simulator.world.receive(wxid, cast().other, 'das Ende');
      await simulator.until(() => simulator.posts.some((post) => post.text.includes('das Ende')));
      const posts = simulator.posts.filter((post) => !post.text.includes('das Ende'));
      return posts.flatMap((post) => decode(post.text));
    },
    /** What WeChat sees of what `act` does. */
    seen: async (act: () => Promise<unknown>): Promise<WorldEvent[]> => {
      const events: WorldEvent[] = [];
      const forget = front().simulator.world.on((event) => {
        if (event.account === front().wxid) events.push(event);
      });
      await act().finally(forget);
      return events;
    },
    avatarOf: (wxid: string, room: string | null, avatarUrl: string | null): AvatarOf => ({
      wxid: front().idOf(wxid),
      roomWxid: room === null ? null : front().idOf(room),
      avatarUrl,
    }),
  };
}

/** The chat room is the account's own; `member` is in it and no friend, `other` is a friend outside of it. */
function castOf({ simulator: { world }, wxid }: Front): Cast {
  const account = world.accounts.get(wxid)!;
  const friends = [...account.contacts.values()].filter(({ kind }) => kind === 'friend').map((one) => one.wxid);
  const room = [...account.rooms].map((id) => world.rooms.get(id)!).find(({ ownerWxid }) => ownerWxid === wxid)!;
  const members = room.members.map((one) => one.wxid);
  const strangers = [...world.people.keys()].filter((id) => !account.contacts.has(id) && id !== wxid);
  return {
    friend: friends[0]!,
    other: friends.find((id, at) => at > 0 && !members.includes(id))!,
    stranger: strangers.find((id) => !members.includes(id)) ?? strangers[0]!,
    room: room.wxid,
    member: members.find((id) => id !== wxid && !account.contacts.has(id))!,
  };
}

/** The bytes of what a driver fetches. */
export async function fetched(body: Promise<MediaBody>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync((await body).chunks));
}

/** What an action threw. */
export async function failureOf(act: () => Promise<unknown>): Promise<unknown> {
  try {
    return [await act(), 'came of it'];
  } catch (error) {
    return error;
  }
}

/** All that an error could tell somebody. */
export function everythingOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return [error.message, error.stack, JSON.stringify(error), everythingOf(error.cause)].join('\n');
}
