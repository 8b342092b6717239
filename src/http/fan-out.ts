/**
 * Subscriptions that want the same share what is live: an event is executed once and made text once, however many they are.
 *
 * Nobody has a queue here. A subscriber is a position: it replays by itself, from pages that are shared too, until it stands
 * where its group stands, and joins it there. One whose reader is slow falls back to replaying, and joins again.
 */
import { setImmediate } from 'node:timers/promises';
import type { ExecutionResult } from 'graphql';
import type { Seq } from '../resolvers/shapes.ts';
import type { App } from '../resolvers/app.ts';
import { readLog } from '../resolvers/read-events.ts';
import { type Told, type Watch, checkpointMs } from '../resolvers/watch.ts';
import type { Link } from './link.ts';

/** What makes one group: the same key stands for the same `execute` and the same interest. */
export type Shared<T> = {
  key: string;
  watch: Watch<T>;
  /** The results of these values, in their order, each with its cursor. */
  execute(values: readonly T[]): Promise<ExecutionResult[]>;
};

export type Follower = {
  /** Resolves when it has ended; rejects where it could not go on. */
  ended: Promise<void>;
  stop(): void;
  /** Up to where it has seen everything, while nothing is on its way to it; else null. */
  position(): string | null;
};

export type FanOut = {
  /** Sends everything of the subscription to the link, under the id that the client gave it. */
  follow<T>(shared: Shared<T>, id: string, link: Link): Follower;
  /** Tells quiet groups where the log stands; to be called now and then. */
  sweep(): void;
};

type Frame = { seq: Seq; body: Buffer };
type Member = { link: Link; prefix: Buffer; seen: Seq; wake: () => void };
type Group<T = unknown> = {
  shared: Shared<T>;
  /** Those who are live. */
  members: Set<Member>;
  followers: number;
  /** Everything up to here was sent to the members. */
  position(): Seq;
  isIdle(): boolean;
  page(after: Seq, until: Seq): Promise<{ told: readonly Told<T>[]; upTo: Seq }>;
  frames(told: readonly Told<T>[]): Promise<Frame[]>;
  sweep(): void;
  close(): void;
};

/** Positions that a shared page covers. */
const pageSpan = 1024;
/** Who is further behind reads pages of its own: they are as full as can be, and nobody else is likely to want them. */
const sharedPages = 16;
/** What was read or executed is the same for those who ask so shortly after. */
const sharedForMs = 1000;
const mostShared = 4096;
/** Frames that are made and written at once in a replay. */
const sliceSize = 100;

export function createFanOut(app: App): FanOut {
  const groups = new Map<string, Group>();
  /** One ear for the gateway's stop, not one of each follower. */
  const open = new Set<AbortController>();
  app.stopping.addEventListener('abort', () => open.forEach((follower) => follower.abort()), { once: true });

  function enter<T>(shared: Shared<T>): Group<T> {
    const there = groups.get(shared.key) as Group<T> | undefined;
    const group = there ?? createGroup(app, shared);
    groups.set(shared.key, group);
    group.followers += 1;
    return group;
  }

  function leave(group: { shared: { key: string }; followers: number; close(): void }): void {
    group.followers -= 1;
    if (group.followers > 0) return;
    group.close();
    groups.delete(group.shared.key);
  }

  return {
    follow: (shared, id, link) => {
      const group = enter(shared);
      const prefix = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
      const member: Member = { link, prefix, seen: shared.watch.from, wake: () => {} };
      const stopped = new AbortController();
      if (app.stopping.aborted) stopped.abort();
      open.add(stopped);
      const ended = serve(group, shared.watch, member, stopped.signal);
      return followerOf(group, member, stopped, ended, () => {
        open.delete(stopped);
        leave(group);
      });
    },
    sweep: () => {
      for (const group of groups.values()) group.sweep();
    },
  };
}

/** What its client is told of a subscriber; made apart, so that it holds nothing of how the subscription began. */
function followerOf(
  group: Pick<Group, 'members' | 'isIdle' | 'position' | 'shared'>,
  member: Member,
  stopped: AbortController,
  ended: Promise<void>,
  forget: () => void,
): Follower {
  return {
    ended: ended.finally(forget),
    stop: () => stopped.abort(),
    position: () =>
      group.members.has(member) && group.isIdle()
        ? group.shared.watch.cursorOf(Math.max(member.seen, group.position()))
        : null,
  };
}

/** One subscriber: replay, live, and replay again whenever its reader was too slow. */
function serve<T>(group: Group<T>, watch: Watch<T>, member: Member, signal: AbortSignal): Promise<void> {
  return catchUp(group, watch, member, signal).then(stayLive(group, member, signal));
}

/** All that the subscription was before it was accepted. */
async function catchUp<T>(group: Group<T>, watch: Watch<T>, member: Member, signal: AbortSignal): Promise<void> {
  const { link, prefix } = member;
  const { execute } = group.shared;

  /** Sends values that are for this one alone. */
  async function tell(values: readonly T[]): Promise<void> {
    if (values.length === 0) return;
    link.write(prefix, (await execute(values)).map(bodyOf));
    if (link.isFull()) await link.drained(signal);
  }

  let replayed = 0;
  for await (const value of watch.first?.() ?? []) {
    if (signal.aborted) return;
    await tell([value]);
    replayed += 1;
  }
  replayed += await replay(group, member, watch.acceptedAt, signal);
  if (watch.caughtUp && !signal.aborted) await tell([watch.caughtUp(member.seen, replayed)]);
}

function stayLive<T>(group: Group<T>, member: Member, signal: AbortSignal): () => Promise<void> {
  return async () => {
    while (!signal.aborted) {
      if (member.seen < group.position()) await replay(group, member, group.position(), signal);
      // Nothing may come between this look and joining.
      else await liveUntilBehind(group, member, signal);
    }
  };
}

/** Sends everything up to `until`; answers how much that was. */
async function replay<T>(group: Group<T>, member: Member, until: Seq, signal: AbortSignal): Promise<number> {
  const { link, prefix } = member;
  let count = 0;
  while (member.seen < until && !signal.aborted) {
    const { told, upTo } = await group.page(member.seen, until);
    const later = told.filter(({ seq }) => seq > member.seen);
    count += later.length;
    for (let at = 0; at < later.length && !signal.aborted; at += sliceSize) {
      const frames = await group.frames(later.slice(at, at + sliceSize));
      if (signal.aborted) return count;
      link.write(
        prefix,
        frames.map(({ body }) => body),
      );
      if (link.isFull()) await link.drained(signal);
      // However long the replay is, everybody else gets a turn after each slice.
      else await setImmediate();
    }
    member.seen = upTo;
  }
  return count;
}

/** Resolves when the member left its group: its reader is too slow, or it has ended. */
async function liveUntilBehind(
  { members }: Pick<Group, 'members'>,
  member: Member,
  signal: AbortSignal,
): Promise<void> {
  await new Promise<void>((resolve) => {
    member.wake = () => {
      signal.removeEventListener('abort', member.wake);
      members.delete(member);
      resolve();
    };
    signal.addEventListener('abort', member.wake, { once: true });
    members.add(member);
  });
  if (member.link.isFull()) await member.link.drained(signal);
}

function createGroup<T>(app: App, shared: Shared<T>): Group<T> {
  const { watch } = shared;
  const members = new Set<Member>();
  const pages = shortly<Promise<readonly Told<T>[]>>(app, sharedPages);
  const bodies = shortly<Promise<Buffer>>(app, mostShared);
  let running = false;
  /** While it runs: everything up to here was sent. */
  let done = app.liveLog.position();
  let shown = done;
  let shownAt = app.clock.now();

  const stopListening = app.liveLog.listen(watch.interest, (event) => {
    if (running) return;
    running = true;
    // Whatever lies before it was sent, or nobody here wants it.
    done = Math.max(done, event.seq - 1);
    queueMicrotask(() => void run());
  });

  async function run(): Promise<void> {
    try {
      for (let end = app.liveLog.position(); done < end; end = app.liveLog.position()) {
        const { events, upTo } = await readLog(app, watch.interest, done, end);
        broadcast(await frames(await watch.show(events)));
        done = upTo;
      }
    } catch (error) {
      app.log.error({ err: error }, 'live events not shown');
      // Each reads on by itself, and fails or goes on by itself.
      for (const member of members) member.wake();
    }
    running = false;
  }

  function broadcast(sent: readonly Frame[]): void {
    const last = sent.at(-1);
    if (last === undefined) return;
    const all = sent.map(({ body }) => body);
    const [first] = sent;
    for (const member of members) {
      const some = member.seen < first!.seq ? all : sent.filter(({ seq }) => seq > member.seen).map(({ body }) => body);
      member.link.write(member.prefix, some);
      member.seen = Math.max(member.seen, last.seq);
      if (member.link.isFull()) member.wake();
    }
    shown = last.seq;
    shownAt = app.clock.now();
  }

  /** All values that nobody executed a moment ago are executed together, so that they load what they need together. */
  async function frames(told: readonly Told<T>[]): Promise<Frame[]> {
    const missing: T[] = [];
    const results = Promise.withResolvers<ExecutionResult[]>();
    const made = told.map(async ({ seq, value }) => {
      const there = bodies.get(seq);
      if (there) return { seq, body: await there };
      const at = missing.push(value) - 1;
      return {
        seq,
        body: await bodies.set(
          seq,
          results.promise.then((all) => bodyOf(all[at]!)),
        ),
      };
    });
    if (missing.length > 0) shared.execute(missing).then(results.resolve, results.reject);
    return Promise.all(made);
  }

  async function readPage(after: Seq, until: Seq): Promise<readonly Told<T>[]> {
    const told: Told<T>[] = [];
    for (let seen = after; seen < until;) {
      const page = await watch.page(seen, until);
      told.push(...page.told);
      seen = page.upTo;
    }
    return told;
  }

  return {
    shared,
    members,
    followers: 0,
    position: () => (running ? done : app.liveLog.position()),
    isIdle: () => !running,
    frames,
    page: async (after, until) => {
      if (until - after > sharedPages * pageSpan) return watch.page(after, until);
      const start = after - (after % pageSpan);
      const end = Math.min(start + pageSpan, until);
      const key = start * pageSpan + (end - start);
      const there = pages.get(key) ?? pages.set(key, readPage(start, end));
      return { told: await there, upTo: end };
    },
    sweep: () => {
      const now = app.clock.now();
      const position = app.liveLog.position();
      if (!watch.checkpoint || running || members.size === 0 || position <= shown || now - shownAt < checkpointMs)
        return;
      shared
        .execute([watch.checkpoint(position)])
        .then(([result]) => broadcast([{ seq: position, body: bodyOf(result!) }]))
        .catch((error: unknown) => app.log.error({ err: error }, 'a checkpoint was not told'));
    },
    close: stopListening,
  };
}

/** The result and the end of the message that it stands in. */
function bodyOf(result: ExecutionResult): Buffer {
  return Buffer.from(`${JSON.stringify(result)}}`);
}

type Shortly<Value> = {
  get(key: number): Value | undefined;
  set(key: number, value: Value): Value;
};

/** Values that are kept for a moment. */
function shortly<Value>(app: App, most: number): Shortly<Value> {
  const kept = new Map<number, { value: Value; at: number }>();
  const forget = (): void => {
    const before = app.clock.now() - sharedForMs;
    for (const [key, { at }] of kept) {
      if (at >= before && kept.size <= most) return;
      kept.delete(key);
    }
  };
  return {
    get: (key) => {
      forget();
      return kept.get(key)?.value;
    },
    set: (key, value) => {
      kept.delete(key);
      kept.set(key, { value, at: app.clock.now() });
      return value;
    },
  };
}
