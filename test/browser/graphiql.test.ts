import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launch, skipped } from './chromium.ts';
import { type Fake, startFake, token } from '../http/fake.ts';

describe.skipIf(skipped !== '')(`GraphiQL in a browser${skipped}`, () => {
  let browser: Browser;
  let fake: Fake;
  let page: Page;
  let requested: string[];
  let complaints: string[];

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    fake = await startFake();
    page = await browser.newPage();
    requested = [];
    complaints = [];
    page.on('request', (request) => requested.push(request.url()));
    page.on('websocket', (socket) => requested.push(socket.url()));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
  });
  afterEach(async () => {
    await page.close();
    await fake.server.close();
  });

  /** Opens the editor with this query, as a shared address does, and runs it. */
  async function run(query: string): Promise<void> {
    await page.goto(`${fake.url}/graphql?query=${encodeURIComponent(query)}`);
    await page.locator('.graphiql-execute-button').click();
  }
  /** What the answer's pane shows; the editor puts no-break spaces there. */
  const response = async () => (await page.locator('.graphiql-response').innerText()).replaceAll('\u00a0', ' ');

  test('signed in by a link, it runs queries and subscriptions, and no request leaves this machine', async () => {
    // The panel, where it leads, is not of this small gateway's schema.
    expect((await page.request.get(`${fake.url}/sign-in/link`, { maxRedirects: 0 })).headers()['location']).toBe('/');
    await page.goto(`${fake.url}/graphql`);
    await page.locator('.graphiql-execute-button').waitFor();
    await expect.poll(() => page.locator('.graphiql-tab').count()).toBeGreaterThan(5);

    await run('{ whoAmI }');
    await expect.poll(response, { timeout: 10_000 }).toContain('token null');

    await run('subscription { events { text } }');
    await fake.world.until(() => fake.world.groups === 1);
    fake.world.publish({ cursor: 'c1', text: 'first of all' });
    await expect.poll(response, { timeout: 10_000 }).toContain('first of all');
    fake.world.publish({ cursor: 'c2', text: 'second to none' });
    await expect.poll(response, { timeout: 10_000 }).toContain('second to none');

    const hosts = new Set(
      requested
        .map((url) => new URL(url))
        .filter(({ protocol }) => /^(http|ws)/.test(protocol))
        .map(({ host }) => host),
    );
    expect([...hosts]).toEqual([`127.0.0.1:${fake.port}`]);
    expect(requested.some((url) => url.startsWith('ws://'))).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('not signed in, the page tells how, and a token in the headers tab works for queries', async () => {
    await page.goto(`${fake.url}/graphql`);
    expect(await page.locator('body').innerText()).toContain('open the link that the gateway printed');
    await page.getByRole('link', { name: 'open the editor' }).click();
    await page.locator('.graphiql-execute-button').waitFor();

    await page.goto(`${fake.url}/graphql?editor&query=${encodeURIComponent('{ whoAmI }')}`);
    await page.getByRole('button', { name: 'Headers' }).click();
    await page.locator('.graphiql-editor-tool .monaco-editor:visible').click();
    // The editor closes braces and quotes by itself, and types over them.
    await page.keyboard.type(`{"Authorization":"Bearer ${token}"}`);
    await page.locator('.graphiql-execute-button').click();
    await expect.poll(response, { timeout: 10_000 }).toContain('"token 1"');
  });
});
