/**
 * Subscriptions that want the same, while they are live: each event is executed once and made text once, and written to all.
 *
 * There are as many groups as different subscriptions, thousands of them quiet for hours: a group is a plain object, and what
 * it needs while something happens is made then.
 */
import type { ExecutionResult } from 'graphql';
import type { Millis } from '../../words.ts';
import type { App } from '../../resolvers/app.ts';
import type { Hear } from '../../resolvers/events/live-log.ts';
import { readLog } from '../../resolvers/events/read-events.ts';
import type { Seq } from '../../resolvers/shapes.ts';
import { type SourceEvent, type Told, type Watch, checkpointMs } from '../../resolvers/events/watch.ts';
import type { Link } from './link.ts';
import type { SharedPage } from './replay.ts';

/** What makes one group: the same key stands for the same results and the same interest. */
export type Shared = {
  key: string;
  watch: Watch<SourceEvent>;
  /** Executes some after others of these values, which were read together: what they refer to is loaded once for all of them. */
  executor(values: readonly SourceEvent[]): Execute;
  /** How a result is written; as JSON unless this says otherwise. */
  write?: (result: ExecutionResult) => string;
};

/** The results of these values, in their order, each with its cursor. */
export type Execute = (values: readonly SourceEvent[]) => Promise<ExecutionResult[]>;

export type Frame = { seq: Seq; body: Buffer };

/** One subscriber: a position, and where it is told. */
export type Member = {
  readonly group: Group;
  readonly link: Link;
  readonly id: string;
  head: Buffer | null;
  /** It has been sent everything up to here. */
  seen: Seq;
  /** Its place among the live ones; -1 where it is not live. */
  at: number;
  over: boolean;
};

export type Group = {
  readonly shared: Shared;
  /** Those who are live, in no order. */
  readonly members: Member[];
  followers: number;
  running: boolean;
  /** While it runs: everything up to here was sent. */
  done: Seq;
  /** What was told last, and when. */
  shown: Seq;
  shownAt: Millis;
  pages: Map<Seq, SharedPage> | null;
  hear: Hear;
};

/** Hears from now on of what it wants; `fellBehind` is told of each live one whose reader is too slow, when it is live no more. */
export function openGroup(app: App, shared: Shared, fellBehind: (member: Member) => void): Group {
  const position = app.liveLog.position();
  const group: Group = {
    shared,
    members: [],
    followers: 0,
    running: false,
    done: position,
    shown: position,
    shownAt: app.clock.now(),
    pages: null,
    hear: (event) => {
      if (group.running) return;
      group.running = true;
      // Whatever lies before it was sent, or nobody here wants it.
      group.done = Math.max(group.done, event.seq - 1);
      queueMicrotask(() => void run(app, group, fellBehind));
    },
  };
  app.liveLog.listen(shared.watch.interest, group.hear);
  return group;
}

export function closeGroup(app: App, group: Group): void {
  app.liveLog.ignore(group.shared.watch.interest, group.hear);
}

/** Everything up to here was sent to the live ones. */
export function positionOf(app: App, group: Group): Seq {
  return group.running ? group.done : app.liveLog.position();
}

/** The member is sent what happens from now on; it must have seen all before. */
export function join(member: Member): void {
  member.at = member.group.members.push(member) - 1;
}

/** The member is not sent anything any more. */
export function part(member: Member): void {
  const { members } = member.group;
  const last = members[members.length - 1]!;
  members[member.at] = last;
  last.at = member.at;
  members.pop();
  member.at = -1;
}

/** The bodies of values that are shown together, so that they load what they need together. */
export async function bodiesOf(
  { executor, write = JSON.stringify }: Shared,
  values: readonly SourceEvent[],
  execute: Execute = executor(values),
): Promise<Buffer[]> {
  return (await execute(values)).map((result) => Buffer.from(write(result)));
}

/** Whether the member's reader keeps up. */
export function send(member: Member, bodies: readonly Buffer[]): boolean {
  if (bodies.length === 0) return true;
  return member.link.write((member.head ??= member.link.headOf(member.id)), bodies);
}

async function run(app: App, group: Group, fellBehind: (member: Member) => void): Promise<void> {
  const { watch } = group.shared;
  try {
    for (let end = app.liveLog.position(); group.done < end; end = app.liveLog.position()) {
      const { events, upTo } = await readLog(app, watch.interest, group.done, end);
      const told = await watch.show(events);
      if (told.length > 0) broadcast(app, group, await framesOf(group.shared, told), fellBehind);
      group.done = upTo;
    }
    group.running = false;
  } catch (error) {
    app.log.error({ err: error }, 'live events not shown');
    group.running = false;
    // Each reads on by itself, and fails or goes on by itself.
    for (const member of group.members.splice(0)) {
      member.at = -1;
      fellBehind(member);
    }
  }
}

async function framesOf(shared: Shared, told: readonly Told<SourceEvent>[]): Promise<Frame[]> {
  const bodies = await bodiesOf(
    shared,
    told.map(({ value }) => value),
  );
  return told.map(({ seq }, at) => ({ seq, body: bodies[at]! }));
}

function broadcast(app: App, group: Group, frames: readonly Frame[], fellBehind: (member: Member) => void): void {
  const bodies = frames.map(({ body }) => body);
  const first = frames[0]!.seq;
  const last = frames.at(-1)!.seq;
  // From the end: whose place is taken by the last one has been told already.
  for (let at = group.members.length - 1; at >= 0; at -= 1) {
    const member = group.members[at]!;
    const { seen } = member;
    member.seen = Math.max(seen, last);
    if (send(member, seen < first ? bodies : frames.filter(({ seq }) => seq > seen).map(({ body }) => body))) continue;
    part(member);
    fellBehind(member);
  }
  group.shown = Math.max(group.shown, last);
  group.shownAt = app.clock.now();
}

/** Tells a group that nothing happens to how far the log has come, now and then. */
export async function tellCheckpoint(app: App, group: Group, fellBehind: (member: Member) => void): Promise<void> {
  const { watch } = group.shared;
  const seq = app.liveLog.position();
  if (!watch.checkpoint || group.running || group.members.length === 0 || seq <= group.shown) return;
  if (app.clock.now() - group.shownAt < checkpointMs) return;
  const frames = await framesOf(group.shared, [{ seq, value: watch.checkpoint(seq) }]);
  broadcast(app, group, frames, fellBehind);
}
