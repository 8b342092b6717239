/**
 * How statements are built and run.
 *
 * Kysely gives the types and the text; better-sqlite3 runs it, from a cache keyed by the text. Kysely's own dialect would
 * prepare every statement each time, and hold its one connection over awaits.
 */
import type BetterSqlite3 from 'better-sqlite3';
import {
  type CompiledQuery,
  DummyDriver,
  type Expression,
  type Insertable,
  Kysely,
  type LimitNode,
  type OffsetNode,
  type RawBuilder,
  sql,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Tables } from './tables.ts';

/**
 * Writes `limit` and `offset` as numbers. A bare parameter there is a hint to SQLite's planner, for which the statement is prepared anew each
 * time that it is run: for most that is more than running it.
 */
class Compiler extends SqliteQueryCompiler {
  protected override visitLimit({ limit }: LimitNode): void {
    this.append('limit cast(');
    this.visitNode(limit);
    this.append(' as integer)');
  }

  protected override visitOffset({ offset }: OffsetNode): void {
    this.append('offset cast(');
    this.visitNode(offset);
    this.append(' as integer)');
  }
}

/** Builds statements and cannot run them. */
export const build = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new Compiler(),
  },
});

/** A query of Kysely's, or SQL text of its `sql`. */
export type Buildable<Row> = { compile(builder: Kysely<Tables>): CompiledQuery<Row> };

/** A statement that was compiled once and is run with values by name. */
export type Statement<Values, Row> = {
  readonly sql: string;
  bind(values: Values): unknown[];
  /** Never there: it carries the type of the rows. */
  readonly row?: Row;
};

class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const slots = new Proxy({}, { get: (_, name) => new Slot(String(name)) });

/** Compiles a statement at load; `make` gets a stand-in for each value. Arithmetic on the stand-ins is not possible. */
export function statement<Values extends object, Row>(
  make: (values: Values) => Buildable<Row>,
): Statement<Values, Row> {
  const { sql: text, parameters } = make(slots as Values).compile(build);
  return {
    sql: text,
    bind: (values) =>
      parameters.map((parameter) =>
        parameter instanceof Slot ? (values as Record<string, unknown>)[parameter.name] : parameter,
      ),
  };
}

/** Compiles the insertion of one row, its columns given by name. */
export function insertion<Table extends keyof Tables, Column extends keyof Insertable<Tables[Table]> & string>(
  table: Table,
  columns: readonly Column[],
): Statement<Pick<Insertable<Tables[Table]>, Column>, unknown> {
  const values = Object.fromEntries(columns.map((column) => [column, new Slot(column)]));
  return statement(() => build.insertInto(table).values(values as never));
}

export type Sqlite = {
  readonly raw: BetterSqlite3.Database;
  first<Values, Row>(statement: Statement<Values, Row>, values: Values): Row | undefined;
  all<Values, Row>(statement: Statement<Values, Row>, values: Values): Row[];
  /** Rows that were changed, and the rowid of the last one that was inserted. */
  run<Values>(statement: Statement<Values, unknown>, values: Values): { changes: number; id: number };
  /** For statements whose shape depends on what is asked. */
  query<Row>(query: Buildable<Row>): Row[];
};

/** Texts of dynamic statements are few, as lists are bound as one JSON value; the bound is for safety. */
const cachedStatements = 2000;

export function openSql(raw: BetterSqlite3.Database): Sqlite {
  const cache = new Map<string, BetterSqlite3.Statement>();
  const prepared = (text: string): BetterSqlite3.Statement => {
    const known = cache.get(text);
    if (known !== undefined) return known;
    if (cache.size >= cachedStatements) cache.clear();
    const fresh = raw.prepare(text);
    cache.set(text, fresh);
    return fresh;
  };
  return {
    raw,
    first: <Values, Row>(s: Statement<Values, Row>, values: Values) =>
      prepared(s.sql).get(...s.bind(values)) as Row | undefined,
    all: <Values, Row>(s: Statement<Values, Row>, values: Values) => prepared(s.sql).all(...s.bind(values)) as Row[],
    run: (s, values) => {
      const { changes, lastInsertRowid } = prepared(s.sql).run(...s.bind(values));
      return { changes, id: Number(lastInsertRowid) };
    },
    query: <Row>(query: Buildable<Row>) => {
      const { sql: text, parameters } = query.compile(build);
      return prepared(text).all(...parameters) as Row[];
    },
  };
}

/**
 * A whole number as such: numbers are bound as floating-point ones. `limit` and `offset` in SQL text take theirs so (see `Compiler`), and
 * bounds on rowids: FTS5 would read all rows up to one that is no integer.
 */
export function whole(number: number): RawBuilder<number> {
  return sql<number>`cast(${number} as integer)`;
}

/** `expression in (…)`, with the whole list as one bound value: the statement's text stays the same for any length. */
export function within(expression: Expression<unknown>, values: readonly (string | number)[]): RawBuilder<boolean> {
  return sql<boolean>`${expression} in (select value from json_each(${JSON.stringify(values)}))`;
}

/**
 * Whether one of the texts holds what is searched for, letters of ASCII in either case. Not by LIKE: that one ends a text at a character 0,
 * and refuses long patterns.
 */
export function contains(expressions: readonly Expression<unknown>[], search: string): RawBuilder<boolean> {
  const each = expressions.map((expression) => sql`instr(lower(${expression}), lower(${search}))`);
  return sql<boolean>`(${sql.join(each, sql` or `)})`;
}
