import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipped } from './chromium.ts';
import { type Panel, startPanel } from './panel.ts';

describe.skipIf(skipped !== '')(`the panel in a browser${skipped}`, () => {
  let panel: Panel;
  beforeAll(async () => {
    panel = await startPanel();
  }, 120_000);
  afterAll(() => panel?.[Symbol.asyncDispose]());

  it('asks for a token, takes none that is wrong, and is left for good by signing out', async () => {
    const context = await panel.browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(`${panel.stack.gateway.url}/panel/settings`);
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('This token does not work').waitFor();
    await page.getByLabel('Token').fill('test-admin-token-0123456789');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('[data-liveness=live]').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    await page.reload();
    await page.getByLabel('Token').waitFor();
    await context.close();
  });

  it('goes on from its cursor after the gateway was away', async () => {
    const { page } = await panel.open('/panel/accounts');
    await panel.stack.restart();
    await page.locator('[data-liveness=reconnecting]').waitFor();
    await page.locator('[data-liveness=live]').waitFor();
  });

  it('complains of nothing and can be used by everybody, on every page, in both languages, light and dark', async () => {
    const pages = ['accounts', 'groups', 'send', 'inbox', 'contacts', 'records', 'statistics', 'api', 'settings'];
    for (const [locale, colorScheme] of [
      ['zh-CN', 'light'],
      ['en-GB', 'dark'],
    ] as const) {
      const { page, complaints, expectAccessible } = await panel.open('/', { locale, colorScheme });
      for (const name of pages) {
        await page.locator(`a[href="/panel/${name}"]`).click();
        await page.locator('.page').waitFor();
        await expectAccessible();
      }
      expect(complaints).toEqual([]);
      await page.context().close();
    }
  });
});
