/**
 * What the gateway must do for one account, in memory: its messages, the lines of its send log, and the event log of both. The
 * rules are those that it promises, written a second time and without any of its code.
 */
import type { Fate, Planned, Posted } from './upstream.ts';

export type Status = 'QUEUED' | 'DISPATCHING' | 'SENT' | 'FAILED' | 'UNKNOWN' | 'UNRESOLVED' | 'CANCELLED';

export type ModelMessage = {
  upstreamId: string;
  text: string;
  richness: number;
  revoked: boolean;
  duplicates: number;
  line: number | null;
};

export type ModelLine = {
  text: string;
  to: string;
  fate: Fate;
  status: Status;
  attempts: number;
  /** The id of its message, as far as it is told. */
  upstreamId: string | null;
  message: string | null;
  /** How often time had passed when it went out. */
  age: number;
};

type Delivery = { text: string; to: string; age: number };

/** `+` a message was received, `~` updated, with its id; `>` a line of the send log took a step, with its place. */
type Logged = `${'+' | '~'}${string}` | `>${number}`;

/** A reference of a command to something of the model, by numbers that hold whatever there is. */
export type Item =
  | { type: 'message'; n: number; richness: number; from: string }
  | { type: 'revoke'; n: number; from: string }
  | { type: 'echo'; n: number };

const base = (1n << 63n) - 20n;
/** Ids on both sides of 2^63 that differ by one. */
const idOf = (n: number): string => String(base + BigInt(n));
const idOfRevoke = (n: number): string => String(base + 100n + BigInt(n));
const idOfDelivery = (n: number): string => String(base + 200n + BigInt(n));

/** An account as it begins. What changes it answers the sends that go out then, in their order. */
export function createModel() {
  const messages = new Map<string, ModelMessage>();
  const lines: ModelLine[] = [];
  const log: Logged[] = [];
  const delivered = new Map<string, Delivery>();
  const earlyRevokes = new Set<string>();
  let isPaused = false;
  let age = 0;
  let dispatches = 0;
  let lostInARow = 0;

  const step = (line: ModelLine): void => void log.push(`>${lines.indexOf(line)}`);

  function receiveOne(posted: Posted): void {
    const { upstreamId } = posted;
    const known = messages.get(upstreamId);
    const richness = posted.type === 'message' ? posted.richness : 1;
    const text = posted.type === 'revoke' ? '' : posted.text;
    if (known) {
      known.duplicates += 1;
      if (richness <= known.richness) return;
      Object.assign(known, { richness, text });
      log.push(`~${upstreamId}`);
      return;
    }
    const message: ModelMessage = { upstreamId, text, richness, revoked: false, duplicates: 0, line: null };
    messages.set(upstreamId, message);
    log.push(`+${upstreamId}`);
    if (posted.type === 'echo') settleByEcho(message);
    if (posted.type === 'message') message.revoked = earlyRevokes.delete(upstreamId);
    if (posted.type === 'revoke') revoke(posted.of);
  }

  function revoke(upstreamId: string): void {
    const message = messages.get(upstreamId);
    if (!message) earlyRevokes.add(upstreamId);
    else if (!message.revoked) {
      message.revoked = true;
      log.push(`~${upstreamId}`);
    }
  }

  /** By the id where it was told, else the oldest one that looks like it: of the same two minutes, else one that is open. */
  function settleByEcho(message: ModelMessage): void {
    const { upstreamId } = message;
    const echo = delivered.get(upstreamId)!;
    const unlinked = lines.filter((line) => line.message === null);
    const alike = unlinked.filter((line) => {
      const isOpen = ['DISPATCHING', 'UNKNOWN', 'UNRESOLVED'].includes(line.status) && line.age <= echo.age;
      const isTaken = line.status === 'SENT' && line.upstreamId === null && line.age === echo.age;
      return line.text === echo.text && line.to === echo.to && (isOpen || isTaken);
    });
    const line =
      unlinked.find((one) => one.upstreamId === upstreamId) ?? alike.find((one) => one.age === echo.age) ?? alike[0];
    if (!line) return;
    message.line = lines.indexOf(line);
    Object.assign(line, { message: upstreamId, upstreamId: line.upstreamId ?? upstreamId, status: 'SENT' });
    step(line);
  }

  /** Per receiver as accepted, and nothing past one whose like has an unknown outcome. */
  function next(): ModelLine | undefined {
    if (isPaused) return undefined;
    const held = new Set<string>();
    return lines.find((line) => {
      if (line.status !== 'QUEUED' || held.has(line.to)) return false;
      const isHeld = lines.some((one) => one.status === 'UNKNOWN' && one.text === line.text && one.to === line.to);
      if (isHeld) held.add(line.to);
      return !isHeld;
    });
  }

  function pump(): Planned[] {
    const planned: Planned[] = [];
    for (let line = next(); line; line = next()) planned.push(dispatch(line));
    return planned;
  }

  function dispatch(line: ModelLine): Planned {
    const upstreamId = idOfDelivery((dispatches += 1));
    const wantsLoss = line.fate === 'LOST' || line.fate === 'LOST_BUT_SENT';
    // After a third one in a row the account would be doubted.
    const isLost = wantsLoss && lostInARow < 2;
    const fate = wantsLoss && !isLost ? 'TAKEN_WITH_ID' : line.fate;
    Object.assign(line, { attempts: 1, age, status: 'DISPATCHING' });
    step(line);
    if (fate !== 'LOST' && fate !== 'REFUSED') delivered.set(upstreamId, { text: line.text, to: line.to, age });
    if (isLost || fate === 'REFUSED') {
      line.status = isLost ? 'UNKNOWN' : 'FAILED';
      lostInARow += isLost ? 1 : 0;
      step(line);
      return { fate, upstreamId };
    }
    lostInARow = 0;
    if (fate === 'ECHO_FIRST') receiveOne({ type: 'echo', upstreamId, text: line.text, to: line.to, sentAt: 0 });
    // What its echo told already is not told again by the answer.
    if (line.message === null) {
      line.status = 'SENT';
      step(line);
    }
    line.upstreamId ??= fate === 'TAKEN' ? null : upstreamId;
    return { fate, upstreamId };
  }

  return {
    /** By their upstream ids, in the order in which they came. */
    messages: messages as ReadonlyMap<string, ModelMessage>,
    lines: lines as readonly ModelLine[],
    log: log as readonly Logged[],

    /** What the upstream posts for these: no echo where nothing was sent. The caller knows when that was. */
    posts(items: readonly Item[]): Posted[] {
      return items.flatMap((item): Posted[] => {
        const { type, n } = item;
        if (type === 'message') {
          const { richness, from } = item;
          return [{ type, upstreamId: idOf(n), richness, text: `message ${n} told ${richness}`, from }];
        }
        if (type === 'revoke') return [{ type, upstreamId: idOfRevoke(n), of: idOf(n), from: item.from }];
        const sent = [...delivered][n % delivered.size];
        return sent ? [{ type, upstreamId: sent[0], text: sent[1].text, to: sent[1].to, sentAt: 0 }] : [];
      });
    },

    receive(posted: readonly Posted[]): Planned[] {
      for (const one of posted) receiveOne(one);
      return pump();
    },

    send(text: string, to: string, fate: Fate): Planned[] {
      const line = { text, to, fate, status: 'QUEUED' as const, attempts: 0, upstreamId: null, message: null, age };
      lines.push(line);
      step(line);
      return pump();
    },

    pause(paused: boolean): Planned[] {
      isPaused = paused;
      return pump();
    },

    /** Null where it is too late to cancel the line. */
    cancel(at: number): Planned[] | null {
      const line = lines[at]!;
      if (line.status !== 'QUEUED') return null;
      line.status = 'CANCELLED';
      step(line);
      return pump();
    },

    /** Two minutes: unknown outcomes are no longer waited for. */
    passTime(): Planned[] {
      age += 1;
      for (const line of lines.filter(({ status }) => status === 'UNKNOWN')) {
        line.status = 'UNRESOLVED';
        step(line);
      }
      return pump();
    },

    /** Whether all came back that was taken: an account whose sends do not for two minutes is doubted, and keeps what it has. */
    isEchoed: () => lines.every(({ status, message }) => status !== 'SENT' || message !== null),
  };
}

export type Model = ReturnType<typeof createModel>;
