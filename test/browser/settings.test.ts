import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipped } from './chromium.ts';
import { type Panel, startPanel } from './panel.ts';

describe.skipIf(skipped !== '')(`the settings' page in a browser${skipped}`, () => {
  let panel: Panel;
  beforeAll(async () => {
    panel = await startPanel();
  }, 120_000);
  afterAll(() => panel?.[Symbol.asyncDispose]());

  it('a token is made, shown once, works, and ends when it is revoked; what it is called stays text', async () => {
    const { page, complaints, expectAccessible } = await panel.open('/panel/settings');
    const hostile = '<img src=x onerror=alert(1)>';
    await page.getByRole('button', { name: '新建令牌' }).click();
    await page.getByRole('dialog').getByLabel('名称').fill(hostile);
    await expectAccessible();
    await page.getByLabel('收发').check();
    await page.getByLabel('账号', { exact: true }).click();
    await page.getByTitle(`${panel.stack.accountIds[0]} 账号1`).click();
    await page.getByRole('button', { name: '新 建' }).click();
    const secret = (await page.getByText(/^wxg_[0-9a-f]{64}$/).innerText()).trim();
    // While it comes up it is half transparent, and so its contrast is poor.
    await expect.poll(() => expectAccessible().then(() => 'accessible', String)).toBe('accessible');
    await page.getByRole('button', { name: '我已保存' }).click();
    await page.getByText(secret).waitFor({ state: 'detached' });
    const row = page.locator('tr', { hasText: hostile });
    await row.waitFor();
    expect(await page.locator('img[src=x]').count()).toBe(0);

    const viewer = '{ viewer { scope accountIds token { name } } }';
    const { data } = await panel.stack.query(viewer, {}, secret);
    expect(data.viewer).toEqual({ scope: 'SEND', accountIds: panel.stack.accountIds, token: { name: hostile } });

    await row.getByRole('button', { name: '撤 销' }).click();
    await page.getByRole('tooltip').getByRole('button', { name: '撤 销' }).click();
    await row.waitFor({ state: 'detached' });
    const { errors } = await panel.stack.query(viewer, {}, secret);
    expect(errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('whoever revokes the token of the own session is signed out', async () => {
    const make = 'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret } }';
    const input = { name: 'my own', scope: 'ADMIN' };
    const secret = (await panel.stack.query(make, { input })).data.createApiToken.secret as string;
    const { page } = await panel.open('/panel/settings', { token: secret, locale: 'en-GB' });
    await page.locator('tr', { hasText: 'Yours' }).getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('revoking it signs you out').waitFor();
    await page.getByRole('tooltip').getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('heading', { name: 'Sign in to wxgraph' }).waitFor();
    await page.context().close();
  });

  it('who may not manage is told so, and chooses a language and a theme all the same', async () => {
    const make = 'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret } }';
    const input = { name: 'reader', scope: 'READ' };
    const secret = (await panel.stack.query(make, { input })).data.createApiToken.secret as string;
    const { page, complaints, expectAccessible } = await panel.open('/panel/settings?tab=tokens', {
      token: secret,
      viewport: { width: 390, height: 800 },
    });
    await page.getByText('只有管理令牌能查看和修改').waitFor();
    await page.getByRole('main').getByText('网关', { exact: true }).click();
    await page.getByText('微信的条款限制个人账号的自动化').waitFor();
    await expectAccessible();
    await page.getByRole('main').getByText('偏好').click();
    await page.getByRole('main').getByText('English').click();
    await page.getByText('For this browser alone.').waitFor();
    await page.getByRole('main').getByText('Dark').click();
    expect(await page.evaluate(() => document.documentElement.style.colorScheme)).toBe('dark');
    await expectAccessible();
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
