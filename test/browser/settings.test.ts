import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReceiver } from '../end-to-end/receiving-webhooks.ts';
import { skipped } from './chromium.ts';
import { type Panel, startPanel } from './panel.ts';

describe.skipIf(skipped !== '')(`the settings' page in a browser${skipped}`, () => {
  let panel: Panel;
  beforeAll(async () => {
    panel = await startPanel({ env: { WXGRAPH_ALLOW_HOSTS: '127.0.0.1' } });
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
    const scheme = () => page.evaluate(() => document.documentElement.style.colorScheme);
    expect(await scheme()).toBe('dark');
    await expectAccessible();
    // This browser has them for good, on every page, whatever it is set to itself.
    await page.goto(`${panel.stack.gateway.url}/panel/statistics`);
    await page.getByRole('heading', { name: 'Statistics' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Statistics' }).waitFor();
    expect([await scheme(), await page.evaluate(() => document.documentElement.lang)]).toEqual(['dark', 'en']);
    expect(complaints).toEqual([]);
  });

  it('a webhook is made, tested, replayed, given a new secret, switched off and deleted; what fails says why', async () => {
    await using receiver = await startReceiver();
    const { page, complaints, expectAccessible } = await panel.open('/panel/settings?tab=webhooks', {
      locale: 'en-GB',
    });
    await page.getByText('There is no webhook yet').waitFor();
    await page.getByRole('button', { name: 'New webhook' }).click();
    await page.getByLabel('Address', { exact: true }).fill('ftp://example.com');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('An address that begins with http:// or https://').waitFor();
    await page.getByLabel('Address', { exact: true }).fill(`${receiver.url}?<b>x</b>`);
    await page.getByLabel('Types of events').click();
    await page.getByTitle('GROUP_CHANGED').click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Save' }).click();
    const secret = page.getByText(/^whsec_/);
    const first = (await secret.innerText()).trim();
    await page.getByRole('button', { name: 'I have kept it' }).click();

    await page.getByRole('button', { name: receiver.url }).click();
    receiver.answer = () => ({ status: 500, body: 'no' });
    await page.getByRole('button', { name: 'Post a test event' }).click();
    await receiver.atLeast(1);
    const outcome = page.locator('[data-delivery]');
    await page.getByText('500', { exact: true }).waitFor();
    receiver.answer = () => ({ status: 204 });
    await panel.stack.query('mutation { createGroup(input: { name: "told", accountIds: [] }) { group { id } } }');
    await receiver.atLeast(2);
    // By itself: nothing is pressed.
    await expect.poll(() => outcome.first().getAttribute('data-delivery'), { timeout: 10_000 }).toBe('DELIVERED');
    await expect.poll(() => expectAccessible().then(() => 'accessible', String)).toBe('accessible');

    await page.getByRole('dialog').getByRole('button', { name: 'Show as GraphQL and curl' }).click();
    const code = page.getByRole('dialog', { name: 'Show as GraphQL and curl' });
    await code.getByText('mutation TestWebhook').waitFor();
    await code.getByTitle('Switch off').click();
    await code.getByText('"enabled": false').waitFor();
    await code.getByRole('tab', { name: 'curl' }).click();
    await code.getByText(/^curl .*mutation UpdateWebhook/s).waitFor();
    await expect.poll(() => expectAccessible().then(() => 'accessible', String)).toBe('accessible');
    await code.getByRole('button', { name: 'Close' }).click();

    const told = receiver.heard.at(-1)!;
    await page.getByRole('dialog').getByRole('button', { name: 'Deliver again' }).first().click();
    await page.getByRole('button', { name: 'The earliest there is' }).click();
    await page.getByRole('dialog').last().getByRole('button', { name: 'Deliver again' }).click();
    const again = (await receiver.atLeast(3)).at(-1)!;
    expect(again.headers['webhook-id']).toBe(told.headers['webhook-id']);

    await page.getByRole('button', { name: 'New secret' }).click();
    await page.getByRole('tooltip').getByRole('button', { name: 'New secret' }).click();
    expect((await secret.innerText()).trim()).not.toBe(first);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('button', { name: 'Switch off' }).click();
    await page.getByRole('button', { name: 'Switch on' }).waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('tooltip').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('There is no webhook yet').waitFor();
    expect(complaints).toEqual([]);
  });
});
