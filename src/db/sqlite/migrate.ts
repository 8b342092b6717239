import type BetterSqlite3 from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { StoreError } from '../store.ts';
import { storeError } from './errors.ts';

/**
 * Brings the database to the newest schema, all steps or none. One that a newer version has migrated further is refused
 * with UNAVAILABLE.
 */
export async function migrate(raw: BetterSqlite3.Database, migrations: Record<string, Migration>): Promise<void> {
  // Not destroyed afterwards: that would close the connection.
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: raw }) });
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  try {
    // Kysely does not put migrations of SQLite into a transaction.
    raw.exec('begin immediate');
    refuseNewer(raw, migrations);
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
    raw.exec('commit');
  } catch (error) {
    if (raw.inTransaction) raw.exec('rollback');
    throw storeError(error);
  }
}

function refuseNewer(raw: BetterSqlite3.Database, migrations: Record<string, Migration>): void {
  const known = raw.prepare(`select 1 from sqlite_schema where name = 'kysely_migration'`).get();
  if (known === undefined) return;
  const done = raw.prepare('select name from kysely_migration').pluck().all() as string[];
  const foreign = done.filter((name) => !(name in migrations));
  if (foreign.length > 0)
    throw new StoreError(
      'UNAVAILABLE',
      `the database was made by a newer version of wxgraph: this one does not know ${foreign.join(', ')}`,
    );
}
