import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../src/db/sqlite/database.ts';
import { openEngine } from '../../src/db/sqlite/engine.ts';
import { type SharedCommits, openSharedCommits } from '../../src/db/sqlite/shared-commits.ts';

let folder: string;
let raw: BetterSqlite3.Database;
let together: SharedCommits;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wxgraph-commits-'));
  raw = openDatabase(join(folder, 'one.db'));
  raw.exec('create table note (text text unique) strict');
  together = openSharedCommits(openEngine(raw, { dayOf: () => '' }));
});
afterEach(() => {
  raw.close();
  rmSync(folder, { recursive: true });
});

const write = (text: string) => together.write(() => raw.prepare('insert into note values (?)').run(text).changes);
const notes = () => raw.prepare('select text from note order by rowid').pluck().all();

it('a step that fails takes back all of its own and nothing of the others', async () => {
  const failing = together.write(() => {
    raw.prepare('insert into note values (?)').run('half');
    throw new Error('midway');
  });
  const results = await Promise.allSettled([write('one'), failing, write('one'), write('two')]);
  expect(results).toMatchObject([
    { status: 'fulfilled', value: 1 },
    { status: 'rejected', reason: { message: 'midway' } },
    { status: 'rejected', reason: { name: 'StoreError', code: 'CONFLICT' } },
    { status: 'fulfilled', value: 1 },
  ]);
  expect(notes()).toEqual(['one', 'two']);
});

it('nobody is told of success before the commit that they share', async () => {
  let told = 0;
  const first = write('one').then(() => (told += 1));
  const toldThen = together.write(() => told);
  expect(raw.inTransaction).toBe(false);
  await Promise.all([first, toldThen]);
  expect([await toldThen, told]).toEqual([0, 1]);
});

it('on a full disk all that share the commit are UNAVAILABLE and none of it is kept; later ones go on', async () => {
  const pages = raw.pragma('page_count', { simple: true }) as number;
  raw.pragma(`max_page_count = ${pages + 2}`);
  const results = await Promise.allSettled([write('small'), write('x'.repeat(100_000)), write('later')]);
  expect(results.map((one) => one.status === 'rejected' && (one.reason as { code: string }).code)).toEqual(
    Array(3).fill('UNAVAILABLE'),
  );
  expect(notes()).toEqual([]);
  raw.pragma('max_page_count = 1000000');
  await write('again');
  expect(notes()).toEqual(['again']);
});

it('more steps than fit into one commit all run, and what waits at the end is run by a flush', async () => {
  const many = Promise.all(Array.from({ length: 450 }, (_, n) => write(`note ${n}`)));
  await many;
  expect(notes()).toHaveLength(450);
  const last = write('last');
  together.flush();
  expect(notes()).toContain('last');
  await last;
});
