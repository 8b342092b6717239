import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { type Demo, startDemo } from '../end-to-end/demo.ts';
import { launch, skipped } from './chromium.ts';

describe.skipIf(skipped !== '')(`the demo in a browser${skipped}`, () => {
  let browser: Browser;
  let demo: Demo;

  beforeAll(async () => {
    [browser, demo] = await Promise.all([launch(), startDemo()]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.end('SIGKILL');
  });

  it('signs in by its link; the tabs that are filled in show accounts and stream messages', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(demo.link);
    await page.locator('[data-liveness=live]').waitFor();
    await page.goto(`${demo.url}/graphql`);
    await page.locator('.graphiql-execute-button').waitFor();

    const response = async () => (await page.locator('.graphiql-response').innerText()).replaceAll('\u00a0', ' ');
    await page.locator('.graphiql-execute-button').click();
    await expect.poll(response, { timeout: 10_000 }).toContain('"客服小美"');

    // By the keyboard: the tabs can be dragged, and take a quick click while they move for the start of that.
    await page.locator('.graphiql-tab-button', { hasText: 'Messages' }).press('Enter');
    await page.locator('.graphiql-execute-button').click();
    const streamed = async () => {
      const shown = await response();
      // GraphiQL learns what a tab's operation is called a moment after it shows the tab, and asks for the old one until then.
      if (shown.includes('Cannot infer operation')) await page.locator('.graphiql-execute-button').click();
      return shown;
    };
    await expect.poll(streamed, { timeout: 10_000 }).toContain('"messageReceived"');

    // The documentation is made from the introspection of the whole schema.
    await page
      .getByLabel(/documentation/i)
      .first()
      .click();
    await expect.poll(() => page.locator('.graphiql-plugin').innerText()).toContain('Subscription');
    expect(complaints).toEqual([]);
  });
});
