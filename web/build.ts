/** Builds the panel into `web/dist`; with `--if-stale` only where its sources have changed since. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const here = import.meta.dirname;
const dist = join(here, 'dist');
const mark = 'built-from.txt';

const { values } = parseArgs({ options: { 'if-stale': { type: 'boolean', default: false } } });
const sources = hashOfSources();
if (!values['if-stale'] || builtFrom() !== sources) await build();

async function build(): Promise<void> {
  const vite = await import('vite');
  // Put in place in one step: a gateway that starts meanwhile sees the old panel or the new one, and never half of it.
  const made = join(here, `dist-${process.pid}`);
  try {
    const logLevel = values['if-stale'] ? 'warn' : 'info';
    await vite.build({ configFile: join(here, 'vite.config.ts'), logLevel, build: { outDir: made } });
    writeFileSync(join(made, mark), sources);
    // Where another build was as quick, its panel stays: a gateway may be reading it.
    if (values['if-stale'] && builtFrom() === sources) return;
    rmSync(dist, { recursive: true, force: true });
    try {
      renameSync(made, dist);
    } catch (error) {
      // Another one may have built the same meanwhile.
      if (builtFrom() !== sources) throw error;
    }
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

function builtFrom(): string | null {
  const path = join(dist, mark);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** Of everything that the panel is made of. */
function hashOfSources(): string {
  const hash = createHash('sha256');
  const files = readdirSync(here, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(dist))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  for (const file of [...files, join(here, '../package-lock.json')]) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}
