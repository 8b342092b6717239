import type BetterSqlite3 from 'better-sqlite3';
import type { Millis } from '../../words.ts';
import { type Days, openDays } from './days.ts';
import { type Doorbell, openDoorbell } from './doorbell.ts';
import { storeError } from './errors.ts';
import { openSql, type Sqlite } from './sql.ts';

/** What every function of the store works with. */
export type Engine = {
  sql: Sqlite;
  days: Days;
  bell: Doorbell;
  now(): Millis;
  /** How long after its dispatch the echo of a send is looked for first. */
  echoWindowMs: number;
  /** Something was appended to the journal in the step that runs. */
  appended: boolean;
  /** One step: all of it is committed, or nothing. Readers are rung afterwards. */
  write<Result>(step: () => Result): Result;
  /** Reads that belong together. */
  read<Result>(step: () => Result): Result;
};

export type EngineOptions = {
  dayOf: (at: Millis) => string;
  /** False: nobody is told of anything and `rung` polls. */
  doorbell?: boolean;
  pollMs?: number;
  echoWindowMs?: number;
  now?: () => Millis;
};

export function openEngine(raw: BetterSqlite3.Database, options: EngineOptions): Engine {
  const { dayOf, doorbell = true, pollMs = 500, echoWindowMs = 120_000, now = Date.now } = options;
  const atomically = raw.transaction((step: () => unknown) => step());
  const engine: Engine = {
    sql: openSql(raw),
    days: openDays(dayOf),
    bell: openDoorbell({ rings: doorbell, pollMs }),
    now,
    echoWindowMs,
    appended: false,
    write: <Result>(step: () => Result) => {
      engine.appended = false;
      let result: Result;
      try {
        result = atomically.immediate(step) as Result;
      } catch (error) {
        throw storeError(error);
      }
      if (engine.appended) engine.bell.ring();
      return result;
    },
    read: (step) => {
      try {
        return step();
      } catch (error) {
        throw storeError(error);
      }
    },
  };
  return engine;
}
