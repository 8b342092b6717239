/**
 * Databases of many messages, made once by the store itself and kept: the path of the real one, so whatever a message
 * brings with it (keys, indexes, counts) is there. They are made anew when the schema changes.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dayOf } from '../src/days.ts';
import { openDatabase } from '../src/db/sqlite/database.ts';
import { openEngine } from '../src/db/sqlite/engine.ts';
import { migrate } from '../src/db/sqlite/migrate.ts';
import { migrations } from '../src/db/sqlite/migrations/index.ts';
import { storeOf } from '../src/db/sqlite/open.ts';
import { chance, incoming } from './messages.ts';
import type { Bench } from './row.ts';

const cache = fileURLToPath(new URL('./.cache', import.meta.url));
/** Changes when what is made below changes. */
const version = 1;
const accounts = 100;
const days = 30;
const batch = 2000;

/** The folder of a database with so many messages of 100 accounts, the first of which has 40 % of them, over 30 days. */
export async function messagesIn(bench: Bench, count: number): Promise<string> {
  const shape = createHash('sha256').update(JSON.stringify([version, Object.keys(migrations)]));
  const folder = join(cache, `messages-${count}-${shape.digest('hex').slice(0, 8)}`);
  if (existsSync(join(folder, 'done'))) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await fill(bench, join(folder, 'wxgraph.db'), count);
  writeFileSync(join(folder, 'done'), '');
  return folder;
}

async function fill(bench: Bench, path: string, count: number): Promise<void> {
  const raw = openDatabase(path);
  await migrate(raw, migrations);
  // It is thrown away when the machine fails.
  raw.pragma('synchronous = OFF');
  raw.pragma('cache_size = -524288');
  const store = storeOf(openEngine(raw, { dayOf: (at) => dayOf(at, 'Asia/Shanghai'), doorbell: false, pollMs: 1e9 }));
  const end = Date.now();
  const start = end - days * 86_400_000;
  for (let n = 0; n < accounts; n += 1) {
    await store.createAccount({
      name: `账号${n}`,
      remark: null,
      driver: 'OPENWX',
      connection: { baseUrl: 'http://127.0.0.1:9', client: null },
      sealedSecrets: null,
      callbackHash: `hash${n}`,
      sealedCallback: '',
      defaultReceiver: null,
      pacing: { intervalMs: 0, jitterMs: 0, perDay: null, paused: false },
      now: start,
    });
  }
  for (let from = 0; from < count; from += batch) {
    const size = Math.min(batch, count - from);
    await store.receive(
      Array.from({ length: size }, (_, i) => {
        const n = from + i;
        const draw = chance(n * 7 + 3);
        const account = draw < 0.4 ? 1 : 2 + Math.floor(((draw - 0.4) / 0.6) * (accounts - 1));
        return incoming(account, n, start + Math.floor((n / count) * (end - start)));
      }),
    );
    if (from % 250_000 === 0 && from > 0) bench.say(`making messages: ${from} of ${count}`);
  }
  await store.close();
}
