import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openSqliteStore } from '../../src/db/sqlite/open.ts';
import { testStore } from './store-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'wxgraph-store-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

testStore('SQLite', (database, settings) => openSqliteStore({ path: join(folder, `${database}.db`), ...settings }));
testStore('SQLite without a doorbell', (database, settings) =>
  openSqliteStore({ path: join(folder, `${database}.db`), ...settings, doorbell: false, pollMs: 5 }),
);
