/**
 * Replaying: what lies behind, a slice at a time. Who is near reads pages that are read and executed once for all that come
 * back at about the same time; who is far behind reads by itself, as nobody else is likely to want the same.
 */
import type { Millis } from '../../words.ts';
import type { App } from '../../resolvers/app.ts';
import type { Seq } from '../../resolvers/shapes.ts';
import type { SourceEvent, Told } from '../../resolvers/events/watch.ts';
import { type Group, bodiesOf } from './group.ts';

/** Everything up to `upTo`, and later than what was given before. */
export type Slice = { bodies: Buffer[]; upTo: Seq };

export type SharedPage = {
  readonly start: Seq;
  readonly end: Seq;
  /** All that is told from `start` to `readTo`. */
  readonly told: Told<SourceEvent>[];
  readTo: Seq;
  /** Of each that somebody wanted already. */
  readonly bodies: (Buffer | undefined)[];
  bytes: number;
  /** What is being read or executed. */
  busy: Promise<void> | null;
  readonly readAt: Millis;
  readonly changedAt: Seq;
  usedAt: Millis;
};

/** Positions that a shared page covers. */
const pageSpan = 1024;
const mostPages = 16;
/** What is kept of one page. */
const mostBytes = 1024 * 1024;
/** A page goes when nobody has asked for it for so long. */
const idleMs = 1000;
/** What is shown may be so old, however many ask for it, */
const keptMs = 10_000;
/** and so old where something has changed since. */
const staleMs = 1000;
/** What is written at once, more or less. */
const writeBytes = 64 * 1024;
/** Values that are executed together. */
export const sliceSize = 200;

/** All that the group is told later than `after` and up to `until`. */
export async function* replay(app: App, group: Group, after: Seq, until: Seq): AsyncGenerator<Slice, void, void> {
  for (let at = after; at < until;) {
    const page = until - at <= mostPages * pageSpan ? pageAt(app, group, at) : null;
    for await (const slice of page ? ofPage(group, page, at, until) : alone(group, at, until)) {
      yield slice;
      at = slice.upTo;
    }
  }
}

/** As far as one page of the watch goes. */
async function* alone({ shared }: Group, after: Seq, until: Seq): AsyncGenerator<Slice, void, void> {
  const { told, upTo } = await shared.watch.page(after, until);
  const values = told.map(({ value }) => value);
  const execute = shared.executor(values);
  for (let from = 0; from < told.length; from += sliceSize) {
    const bodies = await bodiesOf(shared, values.slice(from, from + sliceSize), execute);
    yield { bodies, upTo: told[from + bodies.length - 1]!.seq };
  }
  yield { bodies: [], upTo };
}

async function* ofPage(group: Group, page: SharedPage, after: Seq, until: Seq): AsyncGenerator<Slice, void, void> {
  const end = Math.min(page.end, until);
  await inTurn(
    page,
    () => page.readTo < end,
    () => readOn(group, page, end),
  );
  const { told } = page;
  const isThere = (at: number) => at < told.length && told[at]!.seq <= end;
  const first = told.findIndex(({ seq }) => seq > after);
  for (let at = first < 0 ? told.length : first; isThere(at);) {
    // Slices begin at the same places for all, so that one that was made is of use to the next reader.
    const to = at - (at % sliceSize) + sliceSize;
    let bodies: Buffer[] = [];
    await inTurn(
      page,
      () => page.bodies[at] === undefined && bodies.length === 0,
      async () => {
        bodies = await bodiesOf(
          group.shared,
          told.slice(at, to).flatMap(({ seq, value }) => (seq <= end ? [value] : [])),
        );
        keep(page, at, bodies);
      },
    );
    if (bodies.length === 0) bodies = madeFrom(page, at, isThere);
    at += bodies.length;
    yield { bodies, upTo: told[at - 1]!.seq };
  }
  yield { bodies: [], upTo: end };
}

/** Does the work if nobody has done it meanwhile, and nobody is at work at the same time. */
async function inTurn(page: SharedPage, isNeeded: () => boolean, work: () => Promise<void>): Promise<void> {
  while (isNeeded()) {
    if (page.busy) {
      // Who is at work tells of its failure itself.
      await page.busy.catch(() => {});
      continue;
    }
    page.busy = work();
    try {
      await page.busy;
    } finally {
      page.busy = null;
    }
  }
}

async function readOn({ shared }: Group, page: SharedPage, until: Seq): Promise<void> {
  while (page.readTo < until) {
    const { told, upTo } = await shared.watch.page(page.readTo, until);
    page.told.push(...told);
    page.readTo = upTo;
  }
}

/** What is written at once of a slice, so that no more than that waits for a reader who stalls in the middle of it. */
export function* writesOf(bodies: readonly Buffer[]): Generator<readonly Buffer[], void, void> {
  for (let from = 0; from < bodies.length;) {
    let to = from;
    for (let bytes = 0; to < bodies.length && bytes < writeBytes; to += 1) bytes += bodies[to]!.length;
    yield bodies.slice(from, to);
    from = to;
  }
}

/** Those that are there already, as many as fit into one write. */
function madeFrom(page: SharedPage, from: number, isThere: (at: number) => boolean): Buffer[] {
  const bodies: Buffer[] = [];
  let bytes = 0;
  for (let at = from, body; isThere(at) && (body = page.bodies[at]) && bytes < writeBytes; at += 1) {
    bodies.push(body);
    bytes += body.length;
  }
  return bodies;
}

function keep(page: SharedPage, from: number, bodies: readonly Buffer[]): void {
  for (const [i, body] of bodies.entries()) {
    if (page.bytes + body.length > mostBytes) return;
    page.bytes += body.length;
    page.bodies[from + i] = body;
  }
}

function pageAt(app: App, group: Group, after: Seq): SharedPage {
  const start = after - (after % pageSpan);
  const pages = (group.pages ??= new Map());
  const there = pages.get(start);
  const now = app.clock.now();
  if (there && isFresh(app, there, now)) {
    there.usedAt = now;
    return there;
  }
  const page: SharedPage = {
    start,
    end: start + pageSpan,
    told: [],
    readTo: start,
    bodies: [],
    bytes: 0,
    busy: null,
    readAt: now,
    changedAt: app.liveLog.changedAt(),
    usedAt: now,
  };
  pages.delete(start);
  pages.set(start, page);
  const [oldest] = pages.keys();
  if (pages.size > mostPages) pages.delete(oldest);
  return page;
}

function isFresh(app: App, page: SharedPage, now: Millis): boolean {
  const age = now - page.readAt;
  if (age >= staleMs && app.liveLog.changedAt() !== page.changedAt) return false;
  return age < keptMs && now - page.usedAt < idleMs;
}

/** Gives up pages that nobody reads any more. */
export function forgetPages(app: App, group: Group): void {
  if (!group.pages) return;
  const now = app.clock.now();
  for (const [start, page] of group.pages) if (!isFresh(app, page, now)) group.pages.delete(start);
  if (group.pages.size === 0) group.pages = null;
}
