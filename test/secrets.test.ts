import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashSecret, loadSeal } from '../src/secrets.ts';

let folder: string;
let keyPath: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wxgraph-secrets-'));
  keyPath = join(folder, 'deeper', 'secret.key');
});
afterEach(() => rm(folder, { recursive: true }));

test('a key is made for its owner alone, and found again', async () => {
  const sealed = (await loadSeal(keyPath)).seal('a secret', 'account 1');
  expect((await stat(keyPath)).mode & 0o777).toBe(0o600);
  expect((await loadSeal(keyPath)).unseal(sealed, 'account 1')).toBe('a secret');
});

test('any text comes back, and no two seals are alike', async () => {
  const seal = await loadSeal(keyPath);
  for (const text of ['', 'x', '密码 🔑', 'x'.repeat(100_000)]) {
    const [one, two] = [seal.seal(text, 'c'), seal.seal(text, 'c')];
    expect(one).not.toBe(two);
    expect(one).toMatch(/^s1\.[0-9a-f]{8}\.[\w-]+$/);
    expect(seal.unseal(one, 'c')).toBe(text);
  }
});

test("one account's secret does not open as another's", async () => {
  const seal = await loadSeal(keyPath);
  expect(() => seal.unseal(seal.seal('a secret', 'account 1'), 'account 2')).toThrow('belongs to something else');
});

test('a signature holds for its text, its purpose and its key alone', async () => {
  const seal = await loadSeal(keyPath);
  const signature = seal.sign('a text', 'one');
  expect((await loadSeal(keyPath)).isSigned('a text', 'one', signature)).toBe(true);
  expect(signature).toMatch(/^[\w-]{43}$/);
  const other = await loadSeal(join(folder, 'other.key'));
  expect([
    seal.isSigned('a tex', 'one', signature),
    seal.isSigned('a text', 'two', signature),
    seal.isSigned('a text', 'one', signature.slice(1)),
    seal.isSigned('a text', 'one', ''),
    other.isSigned('a text', 'one', signature),
  ]).toEqual([false, false, false, false, false]);
});

test('a changed text does not open', async () => {
  const seal = await loadSeal(keyPath);
  const sealed = seal.seal('a secret', 'c');
  const [form, id, body] = sealed.split('.') as [string, string, string];
  const bytes = Buffer.from(body, 'base64url');
  for (const at of [0, 12, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    expect(() => seal.unseal(`${form}.${id}.${changed.toString('base64url')}`, 'c')).toThrow('was changed');
  }
  for (const broken of ['', 'plain', `${form}.${id}.`, `${form}.${id}.AAAA`, `s2.${id}.${body}`, `${sealed}.more`]) {
    expect(() => seal.unseal(broken, 'c')).toThrow(/not a sealed secret|cut off/);
  }
});

test('a wrong key is told from a damaged text, and named', async () => {
  const sealed = (await loadSeal(keyPath)).seal('a secret', 'c');
  const other = await loadSeal(join(folder, 'other.key'));
  expect(() => other.unseal(sealed, 'c')).toThrow(/give the key file that belongs to this database/);
});

test('a key that others can read is refused', async () => {
  await loadSeal(keyPath);
  for (const mode of [0o640, 0o604, 0o620, 0o666]) {
    await chmod(keyPath, mode);
    await expect(loadSeal(keyPath)).rejects.toThrow('chmod 600');
  }
});

test('a damaged key is refused and never replaced', async () => {
  await loadSeal(keyPath);
  for (const content of ['', 'short', 'z'.repeat(64), 'a'.repeat(63)]) {
    await writeFile(keyPath, content);
    await expect(loadSeal(keyPath)).rejects.toThrow('does not hold a key');
    expect(await readFile(keyPath, 'utf8')).toBe(content);
  }
});

test('a folder in place of the key is refused', async () => {
  await expect(loadSeal(folder)).rejects.toThrow(/key file/);
});

test('of two starts at once, both have the one key', async () => {
  const seals = await Promise.all(Array.from({ length: 10 }, () => loadSeal(keyPath)));
  const sealed = seals[0]!.seal('a secret', 'c');
  for (const seal of seals) expect(seal.unseal(sealed, 'c')).toBe('a secret');
});

test('a hash is SHA-256', () => {
  expect(hashSecret('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
