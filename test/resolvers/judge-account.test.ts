import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Evidence, type Standing, habitOf, judge, trusted } from '../../src/resolvers/accounts/judge-account.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.UTC(2026, 10, 22, 4);
const zone = 'Asia/Shanghai';

/** Nothing speaks against it. */
const fine: Evidence = {
  now: start,
  claim: 'it answers',
  since: start,
  untold: null,
  failed: [],
  takenAt: null,
  unechoedAt: null,
  echoedAt: null,
  heardAt: null,
  longestGapMs: null,
};
const begun = trusted('it answers', start);
const failed = (...at: number[]) => at.map((ms) => ({ at: start + ms, words: `refused at ${ms}` }));

/** The standing after these, each with the time since the start at which it is. */
function after(steps: readonly (Partial<Evidence> & { ms: number })[], from: Standing = begun): Standing {
  let evidence = fine;
  let standing = from;
  for (const { ms, ...more } of steps) {
    evidence = { ...evidence, ...more, now: start + ms };
    standing = judge(standing, evidence, zone);
  }
  return standing;
}

describe('an account that claims to run is SUSPECT', () => {
  it('when its upstream cannot be told where to post, until it was told, however well it answers', () => {
    const untold = after([{ ms: 0, untold: 'HTTP 500' }]);
    expect(untold).toMatchObject({
      state: 'SUSPECT',
      reason: 'It claims to run (it answers), but it cannot be told where to post: HTTP 500',
    });
    expect(after([{ ms: day, untold: 'HTTP 500' }], untold)).toMatchObject({ state: 'SUSPECT', reason: untold.reason });
    expect(after([{ ms: second }], untold)).toMatchObject({ state: 'RUNNING', reason: 'it answers' });
  });

  it('when three sends in a row failed within minutes, with the last error and the time of the first', () => {
    expect(after([{ ms: minute, failed: failed(0, second) }]).state).toBe('RUNNING');
    expect(after([{ ms: minute, failed: failed(0, second, 2 * second) }]).reason).toBe(
      'It claims to run (it answers), but the last 3 sends failed since 2026-11-22 12:00:00 (Asia/Shanghai): refused at 2000',
    );
    expect(after([{ ms: hour, failed: failed(0, 6 * minute, 12 * minute) }]).state).toBe('RUNNING');
  });

  it('not when a send was taken or came back after those that failed', () => {
    const three = failed(0, second, 2 * second);
    expect(after([{ ms: minute, failed: three, takenAt: start + 3 * second }]).state).toBe('RUNNING');
    expect(after([{ ms: minute, failed: three, echoedAt: start + 3 * second }]).state).toBe('RUNNING');
  });

  it('when a send that was taken did not come back and nothing else came; it is mended before that', () => {
    const sent = { unechoedAt: start + second, takenAt: start + second };
    expect(after([{ ms: minute + second, ...sent }])).toMatchObject({ state: 'RUNNING', deaf: 'ECHO' });
    const suspect = after([{ ms: 2 * minute + second, ...sent }]);
    expect(suspect).toMatchObject({ state: 'SUSPECT', suspicion: 'ECHO' });
    expect(suspect.reason).toContain('none of the sends that it took since 2026-11-22 12:00:01 (Asia/Shanghai)');
    const heard = after([{ ms: 3 * minute, ...sent, heardAt: start + 3 * minute }], suspect);
    expect(heard).toMatchObject({ state: 'RUNNING', reason: 'it answers', deaf: null });
  });

  it('when it is silent for much longer than it ever was, after it was mended in vain', () => {
    const silent = { heardAt: start + minute, longestGapMs: 3 * hour };
    expect(after([{ ms: 6 * hour, ...silent }])).toMatchObject({ state: 'RUNNING', deaf: null });
    expect(after([{ ms: 6 * hour + minute, ...silent }])).toMatchObject({ state: 'RUNNING', deaf: 'SILENCE' });
    const suspect = after([{ ms: 6 * hour + 11 * minute, ...silent }]);
    expect(suspect.reason).toBe(
      'It claims to run (it answers), but nothing was received since 2026-11-22 12:01:00 (Asia/Shanghai), and in two weeks ' +
        'it was never silent for longer than about 3 h',
    );
    // Silent since before anybody listened: that is no evidence.
    expect(after([{ ms: hour, heardAt: start - 10 * day, longestGapMs: hour }]).state).toBe('RUNNING');
  });
});

describe('a doubt', () => {
  const three = { failed: failed(0, second, 2 * second) };

  it('ends by mere answers after a minute, and says what was not cleared up', () => {
    const suspect = after([{ ms: 3 * second, ...three }]);
    expect(after([{ ms: minute, ...three }], suspect).state).toBe('SUSPECT');
    const pardoned = after([{ ms: minute + 3 * second, ...three }], suspect);
    expect(pardoned).toMatchObject({
      state: 'RUNNING',
      reason: expect.stringContaining('it answers, though') as string,
    });
    const cleared = after([{ ms: 2 * minute, failed: [], takenAt: start + 2 * minute }], pardoned);
    expect(cleared).toMatchObject({ state: 'RUNNING', reason: 'it answers', pardons: 0 });
  });

  it('comes back with the next failed send, for twice as long', () => {
    const pardoned = after([
      { ms: 3 * second, ...three },
      { ms: 64 * second, ...three },
    ]);
    const again = after([{ ms: 70 * second, failed: failed(0, second, 2 * second, 70 * second) }], pardoned);
    expect(again).toMatchObject({ state: 'SUSPECT', suspicion: 'SENDS' });
    const still = { failed: failed(0, second, 2 * second, 70 * second) };
    expect(after([{ ms: 189 * second, ...still }], again).state).toBe('SUSPECT');
    expect(after([{ ms: 190 * second, ...still }], again).state).toBe('RUNNING');
  });

  it('about echoes is had once: who does not echo any more is not suspected for it again', () => {
    const sent = (ms: number) => ({ unechoedAt: start + ms, takenAt: start + ms });
    const pardoned = after([
      { ms: 3 * minute, ...sent(second) },
      { ms: 5 * minute, ...sent(second) },
    ]);
    expect(pardoned.state).toBe('RUNNING');
    expect(after([{ ms: day, ...sent(hour) }], pardoned).state).toBe('RUNNING');
    const echoed = after(
      [{ ms: day, ...sent(day - hour), echoedAt: start + 2 * hour, heardAt: start + 2 * hour }],
      pardoned,
    );
    expect(echoed).toMatchObject({ state: 'SUSPECT', suspicion: 'ECHO' });
  });

  it('is not told anew in the words of another one', () => {
    const suspect = after([{ ms: 3 * minute, unechoedAt: start + second }]);
    expect(after([{ ms: 3 * minute, unechoedAt: start + second, ...three }], suspect)).toMatchObject({
      suspicion: 'ECHO',
      reason: suspect.reason,
    });
  });
});

/** What happens to an account in the time until it is looked at next. */
const happening = fc.record({
  ms: fc.integer({ min: second, max: 5 * minute }),
  what: fc.constantFrom(
    'nothing',
    'nothing',
    'fails',
    'fails',
    'taken',
    'taken, not echoed',
    'echo',
    'message',
    'untold',
    'told',
    'silence',
  ),
});

function live(
  lives: readonly { ms: number; what: string }[],
): { before: Standing; standing: Standing; evidence: Evidence }[] {
  let standing = begun;
  let evidence = { ...fine };
  return lives.map(({ ms, what }) => {
    const now = evidence.now + (what === 'silence' ? 10 * hour : ms);
    const heard = { heardAt: now, unechoedAt: null };
    // Held sends neither fail nor are taken.
    const held = standing.state === 'SUSPECT';
    if (what === 'fails' && !held) evidence = { ...evidence, failed: [...evidence.failed, { at: now, words: 'x' }] };
    if (what.startsWith('taken') && !held) evidence = { ...evidence, failed: [], takenAt: now };
    if (what === 'taken, not echoed' && !held) evidence = { ...evidence, unechoedAt: evidence.unechoedAt ?? now };
    if (what === 'message') evidence = { ...evidence, ...heard };
    if (what === 'echo') evidence = { ...evidence, ...heard, echoedAt: now };
    if (what === 'untold') evidence = { ...evidence, untold: 'HTTP 500' };
    if (what === 'told') evidence = { ...evidence, untold: null };
    evidence = { ...evidence, now, longestGapMs: 3 * hour };
    const before = standing;
    standing = judge(before, evidence, zone);
    return { before, standing, evidence };
  });
}

describe('whatever happens', () => {
  const lives = fc.array(happening, { minLength: 1, maxLength: 120 });

  it('nothing is told anew that is told already, and no doubt ends by mere answers before its time', () => {
    fc.assert(
      fc.property(lives, (many) => {
        for (const { before, standing, evidence } of live(many)) {
          if (standing.suspicion !== null && standing.suspicion === before.suspicion) {
            expect(standing.reason).toBe(before.reason);
          }
          const byMereAnswers = standing.pardons > before.pardons;
          if (byMereAnswers) {
            expect(evidence.now - before.since).toBeGreaterThanOrEqual(Math.min(minute * 2 ** before.pardons, hour));
          }
          if (standing.state === 'RUNNING') expect(evidence.untold).toBeNull();
        }
      }),
    );
  });

  it('a doubt rests on evidence that is later than all that speaks against it', () => {
    fc.assert(
      fc.property(lives, (many) => {
        for (const { standing, evidence } of live(many)) {
          const { takenAt, echoedAt, heardAt, failed: failures, unechoedAt } = evidence;
          const last = failures.at(-1)?.at ?? 0;
          if (standing.suspicion === 'SENDS') expect(last).toBeGreaterThan(Math.max(takenAt ?? 0, echoedAt ?? 0));
          if (standing.suspicion === 'ECHO') expect(unechoedAt).toBeGreaterThan(heardAt ?? 0);
          if (standing.suspicion === 'SILENCE') expect(evidence.now - (heardAt ?? start)).toBeGreaterThan(6 * hour);
        }
      }),
    );
  });

  it('an upstream that fails each time it is tried again is tried hourly in the end', () => {
    let standing = begun;
    let failures = failed(0, second, 2 * second);
    let changes = 0;
    for (let ms = 3 * second; ms < day; ms += 30 * second) {
      const before = standing;
      standing = judge(before, { ...fine, now: start + ms, failed: failures }, zone);
      if (standing.state !== before.state) changes += 1;
      if (standing.state === 'RUNNING') failures = [...failures, ...failed(ms + second)];
    }
    expect(changes).toBeLessThan(2 * 30);
  });
});

describe('the habit of an account', () => {
  const hours = (days: number, awake: (hourOfDay: number) => boolean) =>
    Array.from({ length: days * 24 }, (_, at) => start + at * hour).filter((_, at) => awake(at % 24));

  it('is its longest silence, nights included', () => {
    expect(habitOf(hours(8, () => true))).toBe(hour);
    expect(habitOf(hours(8, (at) => at < 16))).toBe(9 * hour);
  });

  it('says nothing where less than a week is known, or messages are rare', () => {
    expect(habitOf([])).toBeNull();
    expect(habitOf(hours(6, () => true))).toBeNull();
    expect(habitOf(hours(14, (at) => at === 0).filter((_, at) => at % 2 === 0))).toBeNull();
  });
});
