import { StoreError } from '../store.ts';

/** Codes of SQLite after which nothing was written and the same call may work later. */
const unavailable = /^SQLITE_(FULL|IOERR|BUSY|LOCKED|CORRUPT|NOTADB|CANTOPEN|READONLY|NOMEM|PROTOCOL|AUTH|PERM)/;

/** What a failure of the engine is to callers: UNAVAILABLE where the disk or the file is the cause, CONFLICT where something is not unique. */
export function storeError(error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (unavailable.test(code))
    return new StoreError('UNAVAILABLE', `the database cannot be used now: ${error.message} (${code})`, {
      cause: error,
    });
  if (error instanceof TypeError && error.message === 'The database connection is not open')
    return new StoreError('UNAVAILABLE', 'the database is closed', { cause: error });
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY')
    return new StoreError('CONFLICT', `something that must be unique is there already: ${error.message}`, {
      cause: error,
    });
  return error;
}
