/** The panel's files, as a browser gets them; what they do there is tested in a real one. */
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildPanel } from '../browser/build-panel.ts';
import { ask } from './clients.ts';
import { type Fake, startFake } from './fake.ts';

let fake: Fake;
beforeAll(async () => {
  await buildPanel();
}, 120_000);
beforeEach(async () => {
  fake = await startFake();
});
afterEach(() => fake.server.close());

test('every address of the panel is one page, whose styles carry a nonce that is new each time', async () => {
  const [first, second] = [await ask(fake, '/'), await ask(fake, '/panel/records?status=FAILED')];
  const policies = [first, second].map(({ headers }) => String(headers['content-security-policy']));
  const nonces = policies.map((policy) => /style-src 'self' 'nonce-(\w{32})'/.exec(policy)![1]!);
  expect(nonces[0]).not.toBe(nonces[1]);
  expect(first.text).toContain(`content="${nonces[0]}"`);
  expect(first.text.replace(nonces[0]!, '')).toBe(second.text.replace(nonces[1]!, ''));
  // No script stands in the page, none from elsewhere runs, and nothing but the gateway is asked.
  expect(first.text).not.toMatch(/<script(?![^>]*\ssrc="\/panel\/)/);
  expect(policies[0]).toContain("script-src 'self';");
  expect(policies[0]).toContain("default-src 'none'");
  expect(policies[0]!.match(/https?:\/\/[^\s;]+/g)).toEqual(['https://gateway.example', 'https://gateway.example']);
});

test('its files are kept by the browser for good, compressed on the way', async () => {
  const [script] = /\/panel\/assets\/[\w.-]+\.js/.exec((await ask(fake, '/')).text)!;
  const plain = await ask(fake, script);
  expect(plain.headers['content-type']).toBe('text/javascript; charset=utf-8');
  expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  const zipped = await fetch(fake.url + script);
  expect(zipped.headers.get('content-encoding')).toBe('gzip');
  expect(await zipped.text()).toBe(plain.text);
  const again = await ask(fake, script, { headers: { 'if-none-match': String(plain.headers['etag']) } });
  expect([again.status, again.text]).toEqual([304, '']);
});

test('what is no file of it is not found, however it is asked', async () => {
  for (const path of [
    '/panel/assets/none.js',
    '/panel/../package.json',
    '/panel/..%2f..%2fpackage.json',
    '/panel/built-from.txt',
  ]) {
    const answer = await ask(fake, path);
    expect([path, answer.status]).toEqual([path, 404]);
  }
});
