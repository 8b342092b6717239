import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { StoreError } from '../store.ts';
import { storeError } from './errors.ts';

/** `wxgr`: marks a file as a database of this program. */
const applicationId = 0x77786772;
/** Older ones may damage a database when two connections checkpoint at once. */
const oldestSqlite = '3.51.3';
const pageCacheKiB = 64 * 1024;
const busyTimeoutMs = 5000;
/** 16 MB. A page that many commits change is copied into the database once for all of them; the copying is flushed, too. */
const checkpointPages = 4000;
/** The log is given back to the disk down to this size after a checkpoint. */
const logSizeLimit = 64 * 1024 * 1024;

/**
 * Opens or makes the database file and sets what durability rests on. Folders are made, a new file is readable by its
 * owner alone. A file that is no database, damaged, empty, or another program's is refused with UNAVAILABLE: never is a
 * new database put in its place.
 */
export function openDatabase(path: string): BetterSqlite3.Database {
  let raw: BetterSqlite3.Database | null = null;
  try {
    const isNew = makeFile(path);
    raw = new BetterSqlite3(path, { fileMustExist: true, timeout: busyTimeoutMs });
    checkVersion(raw);
    checkOwner(raw, path, isNew);
    setUp(raw);
    return raw;
  } catch (error) {
    raw?.close();
    if (error instanceof StoreError) throw error;
    const cause = error instanceof Error ? error.message : String(error);
    throw new StoreError('UNAVAILABLE', `the database ${path} cannot be opened: ${cause}`, { cause: error });
  }
}

/** True: it was not there. */
function makeFile(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    mkdirSync(dirname(path), { recursive: true });
    // SQLite gives the files beside it the same mode.
    closeSync(openSync(path, 'wx', 0o600));
    return true;
  }
  if (stats.size === 0)
    throw new StoreError(
      'UNAVAILABLE',
      `the database ${path} is an empty file: put the backup back, or remove it if it never held anything`,
    );
  return false;
}

function checkVersion(raw: BetterSqlite3.Database): void {
  const version = raw.prepare('select sqlite_version()').pluck().get() as string;
  if (version.localeCompare(oldestSqlite, 'en', { numeric: true }) < 0)
    throw new StoreError('UNAVAILABLE', `SQLite ${version} is older than ${oldestSqlite}`);
}

function checkOwner(raw: BetterSqlite3.Database, path: string, isNew: boolean): void {
  if (isNew) {
    raw.pragma(`application_id = ${applicationId}`);
    return;
  }
  if (raw.pragma('application_id', { simple: true }) !== applicationId)
    throw new StoreError('UNAVAILABLE', `the file ${path} is not a database of wxgraph`);
}

function setUp(raw: BetterSqlite3.Database): void {
  raw.pragma('journal_mode = WAL');
  // After journal_mode: better-sqlite3 is built to lower it to NORMAL in WAL, where a power cut loses acknowledged commits.
  raw.pragma('synchronous = FULL');
  raw.pragma('foreign_keys = ON');
  raw.pragma(`cache_size = -${pageCacheKiB}`);
  raw.pragma(`wal_autocheckpoint = ${checkpointPages}`);
  raw.pragma(`journal_size_limit = ${logSizeLimit}`);
  raw.pragma('temp_store = MEMORY');
  expectPragma(raw, 'journal_mode', 'wal');
  expectPragma(raw, 'synchronous', 2);
  expectPragma(raw, 'foreign_keys', 1);
}

function expectPragma(raw: BetterSqlite3.Database, name: string, expected: unknown): void {
  const found = raw.pragma(name, { simple: true });
  if (found !== expected)
    throw new StoreError('UNAVAILABLE', `${name} is ${String(found)} and must be ${String(expected)}`);
}

/** Reads the first row of every table, so that a file that was cut off is refused at start and not found out later. */
export function checkTables(raw: BetterSqlite3.Database, path: string): void {
  try {
    // What an index of terms consists of are tables of their own; it has no first row itself.
    const tables = raw
      .prepare(`select name from sqlite_schema where type = 'table' and sql not like 'create virtual table%'`)
      .pluck()
      .all() as string[];
    for (const table of tables) raw.prepare(`select * from "${table}" limit 1`).get();
    if (raw.prepare('select count(*) from gateway').pluck().get() !== 1)
      throw new StoreError('UNAVAILABLE', `the database ${path} has lost its gateway row`);
  } catch (error) {
    throw storeError(error);
  }
}
