/** Time as the simulator sees it, passed in so that tests can hold it. */

/** Takes back what was planned; harmless when it has run already. */
export type Cancel = () => void;

export type Clock = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs something later, once. */
  after(ms: number, run: () => void): Cancel;
};

/** A clock of which one part of the simulator can drop all it has planned. */
export type OwnClock = Clock & { cancelAll(): void };

/** A clock that moves only when it is told to. */
export type ManualClock = Clock & {
  /** Moves on and runs what falls due, in order. */
  advance(ms: number): void;
};

/** The machine's clock. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
}

/** A clock for one process of the simulated world: what it planned dies with it. */
export function ownClock(clock: Clock): OwnClock {
  const planned = new Set<Cancel>();
  return {
    now: () => clock.now(),
    after(ms, run) {
      const cancel = clock.after(ms, () => {
        planned.delete(stop);
        run();
      });
      const stop = () => {
        planned.delete(stop);
        cancel();
      };
      planned.add(stop);
      return stop;
    },
    cancelAll() {
      for (const stop of planned) stop();
    },
  };
}

/** A clock that stands still until a test moves it. */
export function manualClock(start: number): ManualClock {
  let now = start;
  let plans: { at: number; run: () => void }[] = [];
  return {
    now: () => now,
    after(ms, run) {
      const plan = { at: now + ms, run };
      plans.push(plan);
      return () => {
        plans = plans.filter((other) => other !== plan);
      };
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = plans.filter((plan) => plan.at <= end).toSorted((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        plans = plans.filter((plan) => plan !== next);
        now = Math.max(now, next.at);
        next.run();
      }
      now = end;
    },
  };
}
