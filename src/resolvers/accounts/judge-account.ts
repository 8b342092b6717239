/**
 * Whether an account that claims to run is believed. Pure: evidence in, standing out.
 *
 * An upstream can answer every question well and neither send nor hear a thing. What speaks against its claim makes the account
 * SUSPECT, with the evidence in words. A doubt ends at once by better evidence of the same kind; by mere answers it ends
 * only after a while, each time after a longer one, and the evidence that was pardoned so is not held against it again.
 */
import { localTime } from '../../days.ts';
import type { Millis } from '../../words.ts';

/** What may speak against a claim; the first that does is told. */
const suspicions = ['ADDRESS', 'SENDS', 'ECHO', 'SILENCE'] as const;
export type Suspicion = (typeof suspicions)[number];

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** One failed send is bad luck, and the next two go out within seconds of it. */
const failedSends = 3;
/** Failures that lie further apart than this are not one trouble. */
const failedWithinMs = 10 * minute;
/** An echo comes within seconds; as long as this an unknown outcome waits for it, too. */
const echoMs = 2 * minute;
/** Not hearing is mended before it is told, since mending does no harm. */
const mendEchoMs = minute;
/** The shortest silence that says something, for accounts that are never quiet. */
const silenceMs = 2 * hour;
/** The longest silence of two weeks is nothing unusual, and one that is a little longer is no evidence. */
const silenceFactor = 2;
/** Who is silent for a day gets messages too rarely to be missed for want of them. */
const rareMs = day;
/** Every day of the week has been seen, as some accounts are quiet on Sundays. */
const habitMs = 7 * day;
/** What mending brings back comes within this, else the silence is told. */
const mendSilenceMs = 10 * minute;
/** How long a first doubt stays against mere answers. Twice as long each time, up to the longest. */
const firstPatienceMs = minute;
const longestPatienceMs = hour;

export type Evidence = {
  now: Millis;
  /** Why the upstream is believed to run, in words: what it answered last. */
  claim: string;
  /** Since when it has claimed so. */
  since: Millis;
  /** Why the upstream does not know where to post, in words; null where it does. */
  untold: string | null;
  /** Sends that the upstream did not take, in a row, the oldest first. A refusal of WeChat is none. */
  failed: readonly { at: Millis; words: string }[];
  /** When it last took a send. */
  takenAt: Millis | null;
  /** When the oldest send was given to it that it took and that did not come back, where such sends did before. */
  unechoedAt: Millis | null;
  /** When an own send last came back as a message. */
  echoedAt: Millis | null;
  /** When any message last came. */
  heardAt: Millis | null;
  /** The longest that it was silent, as far as it is known and says something; see `habitOf`. */
  longestGapMs: Millis | null;
};

export type Standing = {
  state: 'RUNNING' | 'SUSPECT';
  /** The same for as long as the doubt is. */
  reason: string;
  suspicion: Suspicion | null;
  since: Millis;
  /** What nothing was heard of for so long that the upstream should be told again where to post, and asked for what it has. */
  deaf: 'ECHO' | 'SILENCE' | null;
  /** Doubts that ended by mere answers, and when; each stands until there is better evidence. */
  pardoned: Partial<Record<Suspicion, Millis>>;
  pardons: number;
};

/** Believed without a doubt. */
export function trusted(claim: string, now: Millis): Standing {
  return { state: 'RUNNING', reason: claim, suspicion: null, since: now, deaf: null, pardoned: {}, pardons: 0 };
}

/** The account's standing after this evidence. `timezone` is of the times in the words. */
export function judge(before: Standing, evidence: Evidence, timezone: string): Standing {
  const standing = { ...forgetPardons(before, evidence), deaf: deafTo(before, evidence) };
  const doubts = suspicions.filter((suspicion) => speaks(suspicion, standing, evidence));
  // A doubt that still stands is not told anew in the words of another.
  const found = doubts.find((doubt) => doubt === before.suspicion) ?? doubts[0] ?? null;
  const { now, claim } = evidence;
  if (found === null) {
    if (before.suspicion === null && (before.pardons === 0 || standing.pardons > 0)) return standing;
    return { ...standing, state: 'RUNNING', reason: claim, suspicion: null, since: now };
  }
  if (found !== before.suspicion) return suspect(standing, found, evidence, timezone);
  if (found === 'ADDRESS' || now - before.since < patienceMs(standing.pardons)) return standing;
  const pardoned: Standing = {
    ...standing,
    state: 'RUNNING',
    reason: `${claim}, though ${wordsOf(found, evidence, timezone)}`,
    suspicion: null,
    since: now,
    pardoned: { ...standing.pardoned, [found]: now },
    pardons: standing.pardons + 1,
  };
  const other = doubts.find((doubt) => doubt !== found);
  return other === undefined ? pardoned : suspect(pardoned, other, evidence, timezone);
}

function suspect(standing: Standing, suspicion: Suspicion, evidence: Evidence, timezone: string): Standing {
  const reason = `It claims to run (${evidence.claim}), but ${wordsOf(suspicion, evidence, timezone)}`;
  return { ...standing, state: 'SUSPECT', reason, suspicion, since: evidence.now };
}

function patienceMs(pardons: number): Millis {
  return Math.min(firstPatienceMs * 2 ** pardons, longestPatienceMs);
}

function speaks(suspicion: Suspicion, { pardoned }: Standing, evidence: Evidence): boolean {
  const { now } = evidence;
  switch (suspicion) {
    case 'ADDRESS':
      return evidence.untold !== null;
    case 'SENDS': {
      const failures = failuresOf(evidence);
      if (pardoned.SENDS !== undefined) return (failures.at(-1)?.at ?? 0) > pardoned.SENDS;
      const [first] = failures.slice(-failedSends);
      return failures.length >= failedSends && failures.at(-1)!.at - first!.at <= failedWithinMs;
    }
    case 'ECHO': {
      const at = missedEchoAt(pardoned, evidence);
      return at !== null && now - at >= echoMs;
    }
    case 'SILENCE': {
      const bearable = bearableMs(evidence);
      return bearable !== null && now - silentSince(pardoned, evidence) >= bearable + mendSilenceMs;
    }
  }
}

function deafTo({ pardoned }: Standing, evidence: Evidence): Standing['deaf'] {
  const { now } = evidence;
  const at = missedEchoAt(pardoned, evidence);
  if (at !== null && now - at >= mendEchoMs) return 'ECHO';
  const bearable = bearableMs(evidence);
  return bearable !== null && now - silentSince(pardoned, evidence) >= bearable ? 'SILENCE' : null;
}

/** Failures since the last sign that sends arrive. */
function failuresOf({ failed, takenAt, echoedAt }: Evidence): Evidence['failed'] {
  const arrivedAt = Math.max(takenAt ?? 0, echoedAt ?? 0);
  return failed.filter(({ at }) => at > arrivedAt);
}

/** A send that went unechoed while nothing else was heard either. Once pardoned, echoes are not waited for before one is seen. */
function missedEchoAt(pardoned: Standing['pardoned'], evidence: Evidence): Millis | null {
  const { unechoedAt: at, echoedAt, heardAt, since } = evidence;
  if (at === null || at <= Math.max(heardAt ?? 0, since)) return null;
  return pardoned.ECHO !== undefined && (echoedAt ?? 0) <= pardoned.ECHO ? null : at;
}

function silentSince(pardoned: Standing['pardoned'], { heardAt, since }: Evidence): Millis {
  // What was silent because nobody listened says nothing.
  return Math.max(heardAt ?? 0, since, pardoned.SILENCE ?? 0);
}

function bearableMs({ longestGapMs }: Evidence): Millis | null {
  return longestGapMs === null ? null : Math.max(silenceMs, longestGapMs * silenceFactor);
}

/** Pardons are over when what was doubted is seen to work, all of them together: only then the next doubt is a first one. */
function forgetPardons(standing: Standing, { takenAt, echoedAt, heardAt }: Evidence): Standing {
  const proofs: Record<Suspicion, readonly (Millis | null)[]> = {
    ADDRESS: [],
    SENDS: [takenAt, echoedAt],
    ECHO: [echoedAt],
    SILENCE: [heardAt],
  };
  const pardoned = Object.fromEntries(
    Object.entries(standing.pardoned).filter(
      ([suspicion, at]) => !proofs[suspicion as Suspicion].some((proof) => proof !== null && proof > at),
    ),
  );
  return { ...standing, pardoned, pardons: Object.keys(pardoned).length === 0 ? 0 : standing.pardons };
}

function wordsOf(suspicion: Suspicion, evidence: Evidence, timezone: string): string {
  const clock = (at: Millis): string => `${localTime(at, timezone)} (${timezone})`;
  switch (suspicion) {
    case 'ADDRESS':
      return `it cannot be told where to post: ${evidence.untold}`;
    case 'SENDS': {
      const failures = failuresOf(evidence);
      const count = failures.length === 1 ? 'the last send' : `the last ${failures.length} sends`;
      return `${count} failed since ${clock(failures[0]!.at)}: ${failures.at(-1)!.words}`;
    }
    case 'ECHO':
      return `nothing comes back: no message, and none of the sends that it took since ${clock(evidence.unechoedAt!)}`;
    case 'SILENCE': {
      const heard = clock(Math.max(evidence.heardAt ?? 0, evidence.since));
      const hours = Math.round(evidence.longestGapMs! / hour);
      return `nothing was received since ${heard}, and in two weeks it was never silent for longer than about ${hours} h`;
    }
  }
}

/** How long a silence must be at least before it is worth asking for the habit. */
export const shortestSilenceMs = silenceMs;

/**
 * The longest gap between the hours in which messages came, oldest first. Null where silence says nothing: less than a week is
 * known, or messages are rare.
 */
export function habitOf(heardHours: readonly Millis[]): Millis | null {
  const [first] = heardHours;
  if (first === undefined || heardHours.at(-1)! - first < habitMs) return null;
  let longest = hour;
  for (const [at, heard] of heardHours.entries()) longest = Math.max(longest, heard - (heardHours[at - 1] ?? heard));
  return longest > rareMs ? null : longest;
}
