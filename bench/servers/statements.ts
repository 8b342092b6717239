/** Counts what SQLite is asked in this process. Nothing is counted before the first call. */
import BetterSqlite3 from 'better-sqlite3';

export type Statements = {
  all: number;
  /** Those that read a page of the log or of messages. */
  pages: number;
};

let counted: Statements | null = null;

/** Statements since the last call. */
export function statementsSince(): Statements {
  if (counted === null) watch();
  const since = counted ?? { all: 0, pages: 0 };
  counted = { all: 0, pages: 0 };
  return since;
}

type Run = (this: BetterSqlite3.Statement, ...values: unknown[]) => unknown;

function watch(): void {
  const database = new BetterSqlite3(':memory:');
  const prototype = Object.getPrototypeOf(database.prepare('select 1')) as Record<'get' | 'all' | 'run', Run>;
  database.close();
  for (const name of ['get', 'all', 'run'] as const) {
    const original = prototype[name];
    prototype[name] = function counting(...values) {
      if (counted) {
        counted.all += 1;
        if (/from "?(message|journal)"?\b.*\blimit\b/s.test(this.source)) counted.pages += 1;
      }
      return original.apply(this, values);
    };
  }
}
