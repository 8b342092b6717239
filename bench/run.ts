/**
 * `npm run bench`: measures what the gateway promises, each against something built and run beside it.
 *
 * `-- --quick`: smaller figures, under 90 seconds. `-- --only fan-out,ingest`: those rows, printed and not written. `-- --profile DIR`:
 * each gateway leaves a CPU profile there.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Measured, reportOf, tableOf } from './results.ts';
import { fanOut } from './rows/fan-out.ts';
import { ingest, latency } from './rows/ingest.ts';
import { filtered, idle } from './rows/memory.ts';
import { pages } from './rows/pages.ts';
import { panel } from './rows/panel.ts';
import { query } from './rows/query.ts';
import { replay } from './rows/replay.ts';
import { start } from './rows/start.ts';
import { storm } from './rows/storm.ts';
import { profileInto } from './server.ts';

const rows = [fanOut, idle, filtered, ingest, latency, query, pages, replay, storm, start, panel];

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, profile: { type: 'string' } },
});
const only = values.only?.split(',');
const unknown = only?.filter((name) => !rows.some((row) => row.name === name)) ?? [];
if (unknown.length > 0) {
  process.stderr.write(
    `There is no row ${unknown.join(', ')}; there are ${rows.map(({ name }) => name).join(', ')}.\n`,
  );
  process.exit(1);
}
// The servers end with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
if (values.profile !== undefined) profileInto(values.profile);

const began = performance.now();
const bench = {
  quick: values.quick,
  repetitions: 3,
  say: (text: string) => void process.stderr.write(`${secondsSince()} s  ${text}\n`),
};
const measured: Measured[] = [];
for (const { name, run } of rows) {
  if (only === undefined || only.includes(name)) measured.push({ name, lines: await run(bench) });
}
const lines = measured.flatMap((row) => row.lines);
process.stdout.write(`\n${tableOf(lines)}\n\n`);
for (const { what, details } of lines) process.stdout.write(`${what}\n${details.map((one) => `  ${one}\n`).join('')}`);
if (only === undefined) {
  const how = { quick: bench.quick, repetitions: bench.repetitions, seconds: secondsSince() };
  writeFileSync(new URL('./RESULTS.md', import.meta.url), reportOf(measured, how));
}

function secondsSince(): number {
  return Math.round((performance.now() - began) / 1000);
}
