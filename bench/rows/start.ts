/** How soon the gateway is ready. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messagesIn } from '../data.ts';
import { type Row, interleave, median, ratioLine, show, showAll } from '../row.ts';
import { token } from '../token.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export const start: Row = {
  name: 'start',
  async run(bench) {
    const count = bench.quick ? 20_000 : 1_000_000;
    const full = await messagesIn(bench, count);
    const empty = mkdtempSync(join(tmpdir(), 'wxgraph-bench-'));
    try {
      bench.say(`starts with ${show(count)} messages`);
      // The first one makes the tables.
      await startOnce(empty);
      const measured = await interleave(bench.quick ? bench.repetitions : 5, {
        full: () => startOnce(full),
        empty: () => startOnce(empty),
      });
      return [
        ratioLine(
          {
            what: `start of the gateway with ${show(count)} messages stored`,
            against: 'an empty one',
            details: [`${showAll(measured.full)} ms against ${showAll(measured.empty)} ms`],
          },
          median(measured.full) / median(measured.empty),
          { atMost: 1.5 },
        ),
      ];
    } finally {
      rmSync(empty, { recursive: true, force: true });
    }
  },
};

/** Milliseconds from the start of the process to its word that it is ready. */
async function startOnce(folder: string): Promise<number> {
  const from = performance.now();
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      WXGRAPH_DATABASE: join(folder, 'wxgraph.db'),
      WXGRAPH_MEDIA_ROOTS: join(folder, 'media'),
      WXGRAPH_PORT: '0',
      WXGRAPH_ADMIN_TOKEN: token,
      WXGRAPH_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      void gone.then((code) => reject(new Error(`the gateway ended with ${code}`)));
    });
    return performance.now() - from;
  } finally {
    child.kill('SIGTERM');
    await gone;
    process.off('exit', kill);
  }
}
