/** The store alone, to time its queries inside one process. */
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { dayOf } from '../../src/days.ts';
import { openSqliteStore } from '../../src/db/sqlite/open.ts';
import { rareText, word } from '../messages.ts';
import { answer, options } from './answer.ts';

const { folder } = options<{ folder: string }>();
const path = join(folder, 'wxgraph.db');
const store = await openSqliteStore({ path, dayOf: (at) => dayOf(at, 'Asia/Shanghai'), doorbell: false, pollMs: 1e9 });
const { queries } = store;
const { newest } = await store.bounds();
const raw = new BetterSqlite3(path, { readonly: true });

/** The position that so many messages of the first account lie behind the newest. */
function positionBehind(depth: number): number {
  return raw
    .prepare('select seq from message where account_id = 1 order by seq desc limit 1 offset ?')
    .pluck()
    .get(depth) as number;
}

const timed: Record<string, (argument: number) => Promise<unknown>> = {
  newest: () => queries.messages({ accountIds: [1] }, { last: 50 }),
  page: (before) => queries.messages({ accountIds: [1] }, { last: 50, before }),
  common: () => queries.messages({ search: word(40) }, { last: 50 }),
  rare: () => queries.messages({ search: rareText }, { last: 50 }),
  stats: () => {
    const day = (at: number) => dayOf(at, 'Asia/Shanghai');
    const end = raw.prepare('select received_at from message where seq = ?').pluck().get(newest) as number;
    return queries.dayCounts({ accountIds: null, from: day(end - 6 * 86_400_000), to: day(end) });
  },
};

answer(
  0,
  {
    positionBehind,
    /** Milliseconds of each of so many repetitions, after two that do not count; fewer where they are slow. */
    async time({ name, argument, times }: { name: string; argument: number; times: number }): Promise<number[]> {
      const query = timed[name]!;
      const all: number[] = [];
      const until = performance.now() + 3000;
      for (let n = -2; n < times && (n < 1 || performance.now() < until); n += 1) {
        const from = performance.now();
        await query(argument);
        if (n >= 0) all.push(performance.now() - from);
      }
      return all;
    },
    /** Reads every message by pages, and nothing else; answers messages a second. */
    readAll(): number {
      const page = raw.prepare('select * from message where seq > ? order by seq limit 500');
      const from = performance.now();
      let count = 0;
      for (let seq = 0; ;) {
        const rows = page.all(seq) as { seq: number }[];
        if (rows.length === 0) return (count * 1000) / (performance.now() - from);
        count += rows.length;
        seq = rows.at(-1)!.seq;
      }
    },
  },
  async () => {
    raw.close();
    await store.close();
  },
);
