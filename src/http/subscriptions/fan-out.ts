/**
 * Everybody who follows a subscription, over whichever transport.
 *
 * Nobody has a queue here. A subscriber is a position: it replays by itself until it stands where its group stands, and joins
 * it there. One whose reader is slow falls back to replaying, and joins again.
 */
import { setImmediate } from 'node:timers/promises';
import type { App } from '../../resolvers/app.ts';
import type { Seq } from '../../resolvers/shapes.ts';
import type { SourceEvent, Watch } from '../../resolvers/events/watch.ts';
import {
  type Group,
  type Member,
  type Shared,
  bodiesOf,
  closeGroup,
  join,
  openGroup,
  part,
  positionOf,
  send,
  tellCheckpoint,
} from './group.ts';
import type { Link } from './link.ts';
import { forgetPages, replay, writesOf, sliceSize } from './replay.ts';

export type FanOut = {
  /** Sends everything of the subscription to the link from now on, under the id that its client gave it. */
  follow(shared: Shared, link: Link, id: string): Follower;
  /** Sends it nothing more. */
  stop(follower: Follower): void;
  /** Up to where it has seen everything, as a cursor, while nothing is on its way to it; else null. */
  position(follower: Follower): string | null;
  /** Tells quiet groups where the log stands, and gives up what nobody reads; to be called now and then. */
  sweep(): void;
};

/** A subscription that is followed. */
export type Follower = Member;

export function createFanOut(app: App): FanOut {
  const groups = new Map<string, Group>();

  function enter(shared: Shared): Group {
    let group = groups.get(shared.key);
    if (!group) groups.set(shared.key, (group = openGroup(app, shared, fellBehind)));
    group.followers += 1;
    return group;
  }

  function stop(member: Member): void {
    if (member.over) return;
    member.over = true;
    const { group } = member;
    if (member.at >= 0) part(member);
    group.followers -= 1;
    if (group.followers > 0) return;
    closeGroup(app, group);
    groups.delete(group.shared.key);
  }

  /** All that lies behind, as the subscription asked for it. Its watch is let go of when that is done. */
  async function begin(member: Member, watch: Watch<SourceEvent>): Promise<void> {
    await room(member);
    const first = (await watch.first?.()) ?? [];
    for (let from = 0; from < first.length && !isOver(member); from += sliceSize) {
      await tell(member, first.slice(from, from + sliceSize));
    }
    const replayed = first.length + (await catchUp(member, watch.acceptedAt));
    if (watch.caughtUp && !isOver(member)) await tell(member, [watch.caughtUp(member.seen, replayed)]);
  }

  /** Sends values that are for this one alone. */
  async function tell(member: Member, values: readonly SourceEvent[]): Promise<void> {
    send(member, await bodiesOf(member.group.shared, values));
    await room(member);
  }

  /** Sends everything up to `until`; answers how much that was. */
  async function catchUp(member: Member, until: Seq): Promise<number> {
    let count = 0;
    for await (const slice of replay(app, member.group, member.seen, until)) {
      for (const bodies of writesOf(slice.bodies)) {
        // What comes next was made while the reader took what came before.
        await room(member);
        if (isOver(member)) return count;
        send(member, bodies);
      }
      member.seen = slice.upTo;
      count += slice.bodies.length;
      // However long the replay is, everybody else gets a turn after each slice.
      if (slice.bodies.length > 0) await setImmediate();
    }
    return count;
  }

  /** Catches up until it stands where its group stands, and joins it. */
  async function goLive(member: Member): Promise<void> {
    while (!isOver(member)) {
      const position = positionOf(app, member.group);
      // Nothing may come between this look and joining.
      if (member.seen >= position) return join(member);
      await catchUp(member, position);
    }
  }

  function fellBehind(member: Member): void {
    room(member)
      .then(() => goLive(member))
      .catch((error: unknown) => fail(member, error));
  }

  function fail(member: Member, error: unknown): void {
    if (isOver(member)) return;
    stop(member);
    member.link.failed(member.id, error);
  }

  /** Over, or about to be: what ends a gateway ends its connections, and no subscription has to say so. */
  function isOver(member: Member): boolean {
    return member.over || app.stopping.aborted;
  }

  return {
    follow: (shared, link, id) => {
      const group = enter(shared);
      const member: Member = { group, link, id, head: null, seen: shared.watch.from, at: -1, over: false };
      begin(member, shared.watch)
        .then(() => goLive(member))
        .catch((error: unknown) => fail(member, error));
      return member;
    },
    stop,
    position: ({ at, group, seen }) =>
      at >= 0 && !group.running ? group.shared.watch.cursorOf(Math.max(seen, positionOf(app, group))) : null,
    sweep: () => {
      for (const group of groups.values()) {
        forgetPages(app, group);
        tellCheckpoint(app, group, fellBehind).catch((error: unknown) =>
          app.log.error({ err: error }, 'a checkpoint was not told'),
        );
      }
    },
  };
}

async function room({ link }: Member): Promise<void> {
  if (link.isFull()) await link.drained();
}
