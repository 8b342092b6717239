import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken } from '../end-to-end/stack.ts';
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
    await page.getByLabel('Token').fill(adminToken);
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

  it('is worked by the keys alone: signing in, starting an account, sending, answering, signing out', async () => {
    const { stack } = panel;
    const { world } = stack.simulator;
    const me = stack.simulator.account().wxid;
    const friend = [...world.accounts.get(me)!.contacts.values()].find(({ kind }) => kind === 'friend')!.wxid;
    const context = await panel.browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
    const page = await context.newPage();
    /** By the Tab key, as far as one is patient: what cannot be reached by it fails. */
    async function tabTo(what: Locator): Promise<void> {
      // What a button stands for may itself be out of sight.
      await what.waitFor({ state: 'attached' });
      for (let presses = 0; presses < 80; presses += 1) {
        if (await what.evaluate((one) => one === document.activeElement)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`the Tab key does not come to ${String(what)}`);
    }
    async function press(name: string | RegExp, role: 'button' | 'link' = 'button'): Promise<void> {
      await tabTo(page.getByRole(role, { name, exact: true }).last());
      await page.keyboard.press('Enter');
    }
    await page.goto(`${stack.gateway.url}/`);
    await tabTo(page.getByLabel('Token'));
    await page.keyboard.type(adminToken);
    await page.keyboard.press('Enter');
    await page.locator('[data-state=RUNNING]').waitFor();

    await press('账号1');
    await press('Stop');
    await page.locator('#content [data-state=STOPPED]').waitFor();
    await press('Start');
    await page.locator('#content [data-state=RUNNING]').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });

    await press('Send', 'link');
    await tabTo(page.getByRole('combobox', { name: 'Choose accounts or groups' }));
    await page.keyboard.type(stack.accountIds[0]!);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await tabTo(page.getByRole('radio', { name: 'Contacts' }));
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await tabTo(page.getByLabel('What to say'));
    await page.keyboard.type('by the keys');
    await press('Send');
    await page.getByRole('dialog').waitFor();
    await press('Send');
    await page.getByText('All done').waitFor();

    world.receive(me, friend, 'any answer?');
    await press('Inbox', 'link');
    await page.locator('[data-at="0"]', { hasText: 'any answer?' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('[data-message]', { hasText: 'any answer?' }).waitFor();
    await tabTo(page.getByRole('textbox', { name: 'Write' }));
    await page.keyboard.type('here it is');
    await page.keyboard.press('Enter');
    await page.locator('[data-message]', { hasText: 'here it is' }).waitFor();
    expect(stack.simulator.delivered.map(({ to, text }) => [to, text])).toEqual([
      ['filehelper', 'by the keys'],
      [friend, 'here it is'],
    ]);
    await press('Sign out');
    await page.getByLabel('Token').waitFor();
    await context.close();
  });

  it.each([
    ['zh-CN', 'light'],
    ['en-GB', 'dark'],
  ] as const)(
    'complains of nothing and can be used by everybody, on every page, in %s and %s',
    async (locale, colorScheme) => {
      const pages = ['accounts', 'groups', 'send', 'inbox', 'contacts', 'records', 'statistics', 'api', 'settings'];
      const { page, complaints, expectAccessible } = await panel.open('/', { locale, colorScheme });
      for (const name of pages) {
        await page.locator(`a[href="/panel/${name}"]`).click();
        await page.locator('.page').waitFor();
        await expectAccessible();
      }
      expect(complaints).toEqual([]);
    },
  );

  it('a group that is renamed keeps all of its accounts, also those that no page of a hundred holds', async () => {
    const count = 101;
    const made = Array.from(
      { length: count },
      (_, at) =>
        `a${at}: createAccount(input: { name: "${at}", connection: { openwx: { baseUrl: "http://127.0.0.1:9" } } }) { account { id } }`,
    );
    const ids: string[] = [];
    for (let at = 0; at < count; at += 15) {
      const { data } = await panel.stack.query(`mutation { ${made.slice(at, at + 15).join(' ')} }`);
      ids.push(...Object.values(data as Record<string, { account: { id: string } }>).map(({ account }) => account.id));
    }
    const make = 'mutation ($input: CreateGroupInput!) { createGroup(input: $input) { group { id } } }';
    const { id } = (await panel.stack.query(make, { input: { name: '很大', accountIds: ids } })).data.createGroup.group;
    const { page, expectAccessible } = await panel.open('/panel/groups');
    await page.locator('tr', { hasText: '很大' }).getByRole('button', { name: '编 辑' }).click();
    await page.getByLabel('名称').fill('很大的组');
    await page.getByRole('dialog').getByRole('button', { name: '保 存' }).click();
    await page.locator('tr', { hasText: '很大的组' }).waitFor();
    await expectAccessible();
    const read = 'query ($id: ID!) { node(id: $id) { ... on Group { name accounts(first: 1) { totalCount } } } }';
    expect((await panel.stack.query(read, { id })).data.node).toEqual({
      name: '很大的组',
      accounts: { totalCount: count },
    });
    await page.context().close();
  });
});
