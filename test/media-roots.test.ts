import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { openInRoots } from '../src/media-roots.ts';

const folder = mkdtempSync(join(tmpdir(), 'wxgraph-roots-'));
afterAll(() => rmSync(folder, { recursive: true }));

const root = join(folder, 'media');
const other = join(folder, 'other-media');
const outside = join(folder, 'outside');
for (const made of [join(root, 'in'), other, outside]) mkdirSync(made, { recursive: true });
writeFileSync(join(root, 'a.png'), 'inside');
writeFileSync(join(root, 'in', 'deep.png'), 'deep');
writeFileSync(join(root, '报告 %2e.pdf'), 'named');
writeFileSync(join(other, 'b.png'), 'other');
writeFileSync(join(outside, 'secret'), 'secret');
writeFileSync(join(folder, 'media-secret'), 'secret');
symlinkSync(join(root, 'a.png'), join(root, 'link-in'));
symlinkSync(join(outside, 'secret'), join(root, 'link-out'));
symlinkSync(outside, join(root, 'folder-out'));
symlinkSync(join(root, 'loop'), join(root, 'loop'));
symlinkSync('/dev/zero', join(root, 'zero'));
symlinkSync('/proc/self/environ', join(root, 'environ'));
execFileSync('mkfifo', [join(root, 'fifo')]);

async function read(path: string, roots: readonly string[] = [root, other]): Promise<string | null> {
  const file = await openInRoots(roots, path);
  return file === null ? null : (await buffer(file.read())).toString();
}

test.each([
  [join(root, 'a.png'), 'inside'],
  ['a.png', 'inside'],
  ['in/deep.png', 'deep'],
  ['in/../a.png', 'inside'],
  ['b.png', 'other'],
  ['报告 %2e.pdf', 'named'],
  ['link-in', 'inside'],
  [join(other, '..', 'media', 'a.png'), 'inside'],
])('a file in one of the folders is had: %s', async (path, text) => {
  expect(await read(path)).toBe(text);
});

test('it tells its name and size, and what is not read is closed', async () => {
  const file = (await openInRoots([root], 'in/deep.png'))!;
  expect(file).toMatchObject({ name: 'deep.png', size: 4 });
  await file.close();
});

test('a folder that is itself a link counts as what it leads to', async () => {
  const link = join(folder, 'link-to-media');
  symlinkSync(root, link);
  expect(await read('a.png', [link])).toBe('inside');
  expect(await read(join(root, 'a.png'), [link])).toBe('inside');
});

test.each([
  '../outside/secret',
  'in/../../outside/secret',
  join(outside, 'secret'),
  join(folder, 'media-secret'),
  '../media-secret',
  'link-out',
  'folder-out/secret',
  'loop',
  'fifo',
  'zero',
  'environ',
  'in',
  '.',
  '',
  root,
  'nothing.png',
  'a.png\u0000.png',
  '/proc/self/environ',
  '/dev/zero',
  '/etc/passwd',
  '%2e%2e/outside/secret',
  '..%2foutside%2fsecret',
  '..\\outside\\secret',
  '\\\\host\\share',
  'file:///etc/passwd',
  `${'../'.repeat(60)}etc/passwd`,
  'x'.repeat(300),
])('nothing else is, and nothing hangs: %s', async (path) => {
  expect(await read(path)).toBeNull();
});

test('a folder that is swapped for a link to another while it is looked at gives away nothing, ever', async () => {
  const real = join(root, 'swapped');
  const link = join(root, 'swapped-link');
  mkdirSync(real);
  writeFileSync(join(real, 'secret'), 'inside');
  symlinkSync(outside, link);
  const over = new AbortController();
  const swapping = (async () => {
    const aside = join(root, 'aside');
    while (!over.signal.aborted) {
      renameSync(real, aside);
      renameSync(link, real);
      await setImmediate();
      renameSync(real, link);
      renameSync(aside, real);
      await setImmediate();
    }
  })();
  const seen = new Map<string | null, number>();
  // At least until it was looked at when it was its own, however seldom that is under load.
  for (let round = 0; round < 150 || !seen.has('inside'); round += 1) {
    const texts = await Promise.all(Array.from({ length: 8 }, () => read('swapped/secret')));
    for (const text of texts) seen.set(text, (seen.get(text) ?? 0) + 1);
  }
  over.abort();
  await swapping;
  expect([...seen.keys()].filter((text) => text !== null && text !== 'inside')).toEqual([]);
});

test('a file that was moved in from elsewhere, or has a second name in the folder, is one of the folder', async () => {
  linkSync(join(outside, 'secret'), join(root, 'second-name'));
  expect(await read('second-name')).toBe('secret');
});
