/** The table: as text for who waits, and as a file. */
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { limits } from './limits.ts';
import type { Line } from './row.ts';

/** The lines of one row, by its name. */
export type Measured = { name: string; lines: Line[] };

const headings = ['what', 'against', 'reach', 'measured', ''];

function cellsOf(line: Line): string[] {
  const word = line.reached === null ? '' : line.reached ? 'reached' : 'not reached';
  return [line.what, line.against, line.reach, line.measured, word];
}

export function tableOf(lines: readonly Line[]): string {
  const rows = [headings, ...lines.map(cellsOf)];
  const widths = headings.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const text = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [text(headings), rule, ...rows.slice(1).map(text)].join('\n');
}

export function reportOf(
  measured: readonly Measured[],
  how: { quick: boolean; repetitions: number; seconds: number },
): string {
  const date = new Date().toISOString().slice(0, 10);
  const command = how.quick ? 'npm run bench -- --quick' : 'npm run bench';
  return `# What was measured

Made by \`${command}\` on ${date} in ${how.seconds} s; see \`bench/\`. Each figure is a ratio of two sides that were run in turn, medians of
${how.repetitions} repetitions: the server in one process, the load in another, both on this machine. Figures of another run differ; the ratios
differ less.

${machine()}

${tableOf(measured.flatMap(({ lines }) => lines))}
${how.quick ? '\nSmaller figures than those of the full run; queries over 5,000,000 messages and the peers are not in it.\n' : ''}
## The figures behind it

${measured.map(figuresOf).join('\n')}`;
}

/** The figures of a row's lines, and what limits them. */
function figuresOf({ name, lines }: Measured): string {
  const figures = lines.map((line) => `**${line.what}**\n\n${line.details.map((one) => `- ${one}`).join('\n')}\n\n`);
  return lines.length === 0 ? '' : `${figures.join('')}${limits[name] ?? ''}\n`;
}

function machine(): string {
  const [first] = cpus();
  const versions = ['graphql', 'graphql-yoga', 'graphql-ws', 'ws', 'better-sqlite3'].map(
    (name) => `${name} ${versionOf(`../node_modules/${name}`)}`,
  );
  return (
    `Node ${process.version}, SQLite by better-sqlite3, ${versions.join(', ')}; peers: mercurius ${peerVersion()}. ` +
    `${cpus().length} cores (${first?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${release()}.`
  );
}

function versionOf(folder: string): string {
  const text = readFileSync(new URL(`${folder}/package.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function peerVersion(): string {
  const text = readFileSync(new URL('./peers/package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { dependencies: Record<string, string> }).dependencies['mercurius'] ?? '';
}
