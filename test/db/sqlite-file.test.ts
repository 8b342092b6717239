/** What only the engine on SQLite has: its file, its durability, and what it does when the disk fails it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import BetterSqlite3 from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/db/sqlite/database.ts';
import { openEngine } from '../../src/db/sqlite/engine.ts';
import { migrate } from '../../src/db/sqlite/migrate.ts';
import { migrations } from '../../src/db/sqlite/migrations/index.ts';
import { openSqliteStore, storeOf } from '../../src/db/sqlite/open.ts';
import type { Store } from '../../src/db/store.ts';
import { failed } from './contract/outcomes.ts';
import {
  accept,
  addAccount,
  addLane,
  allMessages,
  dayOf,
  echo,
  line,
  message,
  newest,
  noon,
  receive,
  take,
  takeNext,
  type World,
} from './contract/world.ts';

let folder = '';
let path = '';
let stores: Store[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wxgraph-file-'));
  path = join(folder, 'data', 'wxgraph.db');
});
afterEach(async () => {
  for (const store of stores) await store.close();
  stores = [];
  rmSync(folder, { recursive: true });
});

async function open(): Promise<World> {
  const store = await openSqliteStore({ path, dayOf });
  stores.push(store);
  return { store, now: noon } as World;
}

/** A store whose connection the test holds too. */
async function openWithHandle(): Promise<{ world: World; raw: BetterSqlite3.Database }> {
  const raw = openDatabase(path);
  await migrate(raw, migrations);
  const store = storeOf(openEngine(raw, { dayOf, now: () => noon }));
  stores.push(store);
  return { world: { store, now: noon } as World, raw };
}

const refused = { name: 'StoreError', code: 'UNAVAILABLE' };

/** Statements that SQLite would answer by reading a whole table of sends. */
function scans(raw: BetterSqlite3.Database, statements: ReadonlySet<string>): string[] {
  return [...statements].filter((text) => {
    const values = Array.from({ length: text.split('?').length - 1 }, () => 1);
    const plan = raw.prepare(`explain query plan ${text}`).all(...values) as { detail: string }[];
    return plan.some(({ detail }) => detail === 'SCAN outbox');
  });
}

describe('the outbox', () => {
  it('is never read whole, however long it has become, to take, to settle or to look what is due', async () => {
    const { world, raw } = await openWithHandle();
    const statements = new Set<string>();
    const prepare = raw.prepare.bind(raw);
    raw.prepare = (text: string) => {
      statements.add(text);
      return prepare(text);
    };
    const lane = await addLane(world);
    await accept(world, line(lane.accountId, 'one'), line(lane.accountId, 'two'));
    const { id } = await takeNext(world, lane);
    await world.store.settle(id, lane, failed(world, 'UNKNOWN'));
    await receive(world, lane.accountId, echo(world, '1', 'one'));
    await takeNext(world, lane);
    await world.store.expire(world.now, world.now);
    await world.store.cancelJob(1, null, world.now);
    const node = await world.store.join({ name: 'next', now: world.now });
    await world.store.claim(node, 10);
    await world.store.queries.positions([id], world.now);
    const ofSends = new Set([...statements].filter((text) => /\boutbox\b/.test(text) && !text.startsWith('insert')));
    expect(ofSends.size).toBeGreaterThan(10);
    expect(scans(raw, ofSends)).toEqual([]);
    expect(scans(raw, new Set(['select * from outbox order by id']))).toHaveLength(1);
  });
});

describe('the file', () => {
  it('is durable at every commit, also after it was opened again', () => {
    for (let opening = 0; opening < 2; opening += 1) {
      const raw = openDatabase(path);
      expect(raw.pragma('synchronous', { simple: true })).toBe(2);
      expect(raw.pragma('journal_mode', { simple: true })).toBe('wal');
      expect(raw.pragma('foreign_keys', { simple: true })).toBe(1);
      raw.close();
    }
  });

  it('is made with its folder, and readable by its owner alone', async () => {
    const world = await open();
    await addAccount(world);
    for (const file of [path, `${path}-wal`]) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('that is no database is refused, and left as it is', async () => {
    path = join(folder, 'garbage.db');
    writeFileSync(path, 'not a database '.repeat(1000));
    await expect(open()).rejects.toMatchObject(refused);
    expect(readFileSync(path, 'utf8')).toBe('not a database '.repeat(1000));
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  it('that is empty is refused: a lost database is not a new one', async () => {
    path = join(folder, 'empty.db');
    writeFileSync(path, '');
    await expect(open()).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('empty file') as unknown,
    });
  });

  it('that was cut off is refused', async () => {
    const world = await open();
    await addAccount(world);
    await world.store.close();
    truncateSync(path, 8192);
    await expect(open()).rejects.toMatchObject(refused);
  });

  it('of another program is refused', async () => {
    path = join(folder, 'other.db');
    const other = new BetterSqlite3(path);
    other.exec('create table account (id integer)');
    other.close();
    await expect(open()).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('not a database of wxgraph') as unknown,
    });
  });

  it('of a newer version is refused', async () => {
    const { world, raw } = await openWithHandle();
    raw.prepare(`insert into kysely_migration (name, timestamp) values ('002-future', '')`).run();
    await world.store.close();
    await expect(open()).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('newer version') as unknown,
    });
  });

  it('is migrated whole or not at all', async () => {
    const raw = openDatabase(path);
    const broken = {
      ...migrations,
      '002-broken': { up: () => Promise.reject(new Error('broken')) },
    };
    await expect(migrate(raw, broken)).rejects.toThrow('broken');
    expect(raw.prepare('select count(*) as n from sqlite_schema').get()).toEqual({ n: 0 });
    raw.close();
    const world = await open();
    expect(await newest(world)).toBe(0);
  });

  it('of an earlier version knows the hours of the messages that it holds', async () => {
    const raw = openDatabase(path);
    const later = Object.keys(migrations).filter((name) => name >= '004');
    await migrate(raw, Object.fromEntries(Object.entries(migrations).filter(([name]) => !later.includes(name))));
    const insert = raw.prepare(
      `insert into message (seq, account_id, chat_id, direction, kind, sender_wxid, text, content, mentions, mentions_me, sent_at, received_at)
       values (?, 1, 1, 'INCOMING', 'TEXT', 'a', '', '{}', '[]', 0, 0, ?)`,
    );
    const hour = 3_600_000;
    for (const [at, receivedAt] of [noon - 40 * 24 * hour, noon, noon + 1, noon + 2 * hour].entries()) {
      insert.run(at + 1, receivedAt);
    }
    raw.close();
    const { store } = await open();
    expect(await store.queries.heardHours(1)).toEqual([noon, noon + 2 * hour]);
  });

  it('of an earlier version is searched as far as its messages and sends go back', async () => {
    const { world, raw } = await openWithHandle();
    const accountId = await addAccount(world);
    const day = 86_400_000;
    await receive(
      world,
      accountId,
      ...Array.from({ length: 1100 }, (_, n) =>
        message(world, `${n}`, {
          text: n % 50 === 0 ? `第${n}条` : 'x',
          sentAt: noon - n * day,
          mentionsMe: n % 100 === 0,
        }),
      ),
    );
    for (let n = 0; n < 3; n += 1) {
      world.now += day;
      await accept(world, line(accountId, `发${n}`), line(accountId, '别的', { receiver: `收${n}` }));
    }
    const found = async ({ queries }: Store) => [
      await queries.messages({ search: '条' }, { last: 100 }),
      await queries.messages({ search: '第1', since: noon - 1050 * day }, { first: 50 }),
      await queries.messages({ mentionsMe: true, until: noon - 500 * day }, { first: 50 }),
      await queries.logs({ search: '发1' }, { first: 5 }),
      await queries.logs({ receivers: ['收2'], since: noon + 3 * day }, { first: 5 }),
      await queries.logs({ statuses: ['QUEUED'], until: noon + 2 * day }, { first: 5 }),
    ];
    const before = await found(world.store);
    expect(before.map(({ items }) => items.length)).toEqual([22, 4, 5, 1, 1, 2]);
    for (const table of ['message_term', 'message_span', 'send_term', 'outbox_day']) raw.exec(`drop table ${table}`);
    for (const index of ['outbox_status', 'journal_account', 'journal_chat', 'journal_kind'])
      raw.exec(`drop index ${index}`);
    // It may rely on nothing that came later.
    await migrations['009-terms']!.up(new Kysely({ dialect: new SqliteDialect({ database: raw }) }));
    await world.store.close();
    expect(await found((await open()).store)).toEqual(before);
  });

  it('of an earlier version keeps what its messages say, and texts but once', async () => {
    const { world, raw } = await openWithHandle();
    const accountId = await addAccount(world);
    const texts = ['你好', 'a "quoted" \\ word', '\u0000\u0001\n', '', '😀'];
    await receive(
      world,
      accountId,
      ...texts.map((text, n) => message(world, `${n}`, { text, content: { type: 'Text', text } })),
      message(world, '9', { text: 'shown', content: { type: 'Text', text: 'said' } }),
      message(world, '10', { text: '[链接]', kind: 'LINK', content: { type: 'Unknown', upstreamType: '10' } }),
    );
    const before = await allMessages(world, accountId);
    const contents = () => raw.prepare('select content from message order by seq').pluck().all();
    const kept = contents();
    expect(kept).toEqual([...texts.map(() => ''), expect.stringContaining('said'), expect.stringContaining('10')]);
    for (const text of texts) {
      raw.prepare(`update message set content = ? where text = ?`).run(JSON.stringify({ type: 'Text', text }), text);
    }
    expect(await allMessages(world, accountId)).toEqual(before);
    await migrations['015-text-once']!.up(new Kysely({ dialect: new SqliteDialect({ database: raw }) }));
    expect(contents()).toEqual(kept);
    expect(await allMessages(world, accountId)).toEqual(before);
  });

  it('of a version that kept no media says so of those that it has', async () => {
    const { '001-init': first, '002-rest': second } = migrations;
    const raw = openDatabase(path);
    await migrate(raw, { '001-init': first!, '002-rest': second! });
    const insert =
      raw.prepare(`insert into message (seq, account_id, chat_id, direction, kind, sender_wxid, text, content,
      mentions, mentions_me, sent_at, received_at) values (?, 1, 1, 'INCOMING', ?, 'x', '', ?, '[]', 0, 1, 2)`);
    insert.run(1, 'IMAGE', '{"type":"Media","media":{"name":"a.png"}}');
    insert.run(2, 'TEXT', '{"type":"Text","text":"Media"}');
    raw.close();
    const { store } = await open();
    expect(await store.queries.mediaOfMessages([1, 2])).toMatchObject([
      { messageSeq: 1, status: 'UNAVAILABLE', stored: null, name: 'a.png' },
    ]);
  });

  it('in a place that cannot be written is refused', async () => {
    writeFileSync(join(folder, 'data'), 'a file where the folder should be');
    await expect(open()).rejects.toMatchObject(refused);
  });
});

/** With something stored, and no room for a large message. */
async function full() {
  const { world, raw } = await openWithHandle();
  const lane = await addLane(world);
  await receive(world, lane.accountId, message(world, 'before'));
  await accept(world, line(lane.accountId, 'queued'));
  const pages = raw.pragma('page_count', { simple: true }) as number;
  raw.pragma(`max_page_count = ${pages}`);
  const big = message(world, 'big', { raw: 'x'.repeat(1_000_000) });
  return { world, raw, lane, big };
}

describe('a full disk', () => {
  it('is UNAVAILABLE, and nothing of the batch is written', async () => {
    const { world, lane, big } = await full();
    const before = await newest(world);
    await expect(receive(world, lane.accountId, message(world, 'small'), big)).rejects.toMatchObject({
      ...refused,
      cause: { code: 'SQLITE_FULL' },
    });
    expect(await newest(world)).toBe(before);
    expect((await allMessages(world, lane.accountId)).map((one) => one.upstreamId)).toEqual(['before']);
  });

  it('is over when there is room again, on the same connection', async () => {
    const { world, raw, lane, big } = await full();
    await expect(receive(world, lane.accountId, big)).rejects.toMatchObject(refused);
    raw.pragma('max_page_count = 1000000');
    expect(await receive(world, lane.accountId, big)).toMatchObject([{ result: 'NEW' }]);
    expect(await take(world, lane)).toMatchObject({ status: 'DISPATCHING' });
  });

  it('lets no send go that was not written', async () => {
    const { world, raw, lane } = await full();
    // Every row that a dispatch writes needs a page of its own; the trigger itself may need one, too.
    const limit = raw.pragma('max_page_count', { simple: true }) as number;
    raw.pragma(`max_page_count = ${limit + 1}`);
    raw.exec(`create trigger out_of_room after insert on journal begin
      insert into message_raw (seq, raw) values (new.seq + 1000000, zeroblob(100000) || hex(zeroblob(500000))); end`);
    raw.pragma(`max_page_count = ${limit}`);
    const lines = (await world.store.queries.logs({}, { first: 1 })).items;
    await expect(take(world, lane)).rejects.toMatchObject(refused);
    expect((await world.store.queries.logs({}, { first: 1 })).items).toEqual(lines);
    expect(lines).toMatchObject([{ status: 'QUEUED' }]);
  });
});

describe('a busy or damaged file', () => {
  it('held by another process is UNAVAILABLE, and is over afterwards', async () => {
    const { world, raw } = await openWithHandle();
    raw.pragma('busy_timeout = 1');
    const other = new BetterSqlite3(path);
    other.exec('begin immediate');
    await expect(addAccount(world)).rejects.toMatchObject({ ...refused, cause: { code: 'SQLITE_BUSY' } });
    other.exec('rollback');
    other.close();
    expect(await addAccount(world)).toBe(1);
  });

  it('whose pages are overwritten answers UNAVAILABLE and nothing wrong', async () => {
    const world = await open();
    const accountId = await addAccount(world);
    await receive(world, accountId, ...Array.from({ length: 50 }, (_, n) => message(world, `${n}`)));
    await world.store.close();
    const whole = readFileSync(path);
    whole.fill(0xff, 4096);
    writeFileSync(path, whole);
    await expect(open()).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('malformed') as unknown,
    });
  });
});

describe('what must not be lost', () => {
  it('is there after the process was killed, as soon as it was acknowledged', async () => {
    const child = spawn(process.execPath, [new URL('./receive-for-ever.ts', import.meta.url).pathname, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const acknowledged: string[] = [];
    for await (const key of createInterface({ input: child.stdout })) {
      acknowledged.push(key);
      if (acknowledged.length === 300) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    const world = await open();
    const stored = new Set((await allMessages(world, 1)).map((one) => one.upstreamId));
    expect(acknowledged.filter((key) => !stored.has(key))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(300);
  });
});
