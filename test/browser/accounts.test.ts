import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../end-to-end/process.ts';
import { skipped } from './chromium.ts';
import { type Panel, startPanel } from './panel.ts';

describe.skipIf(skipped !== '')(`the accounts' page in a browser${skipped}`, () => {
  let panel: Panel;
  let id: string;
  beforeAll(async () => {
    panel = await startPanel({
      wait: false,
      simulator: {
        start: false,
        port: await freePort(),
        ecloudAccounts: 1,
        openwx: { scanAfterMs: null, confirmAfterMs: null, pollWaitMs: 200 },
      },
    });
    id = panel.stack.accountIds[0]!;
  }, 120_000);
  afterAll(() => panel?.[Symbol.asyncDispose]());

  it('a login is followed from its QR code, also a new one, to the account that runs', async () => {
    const { page, complaints, expectAccessible } = await panel.open('/panel/accounts');
    const account = panel.stack.simulator.account();
    await account.start();
    await page.getByRole('row').filter({ hasText: id }).getByRole('button', { name: '扫码登录' }).click();
    const code = page.getByAltText('用手机微信扫描二维码');
    await code.waitFor();
    await expectAccessible();
    const image = () => code.getAttribute('src');
    const first = await image();
    expect(first).toBe(`data:image/png;base64,${account.qrCode!.toString('base64')}`);

    await panel.stack.simulator.until(() => account.state === 'scaning');
    account.expireQrCode();
    await expect.poll(image).not.toBe(first);
    await panel.stack.simulator.until(() => account.state === 'scaning');
    account.scan();
    await page.locator('.ant-steps-item-active', { hasText: '手机确认' }).waitFor();
    await panel.stack.simulator.until(() => account.state === 'confirming');
    account.confirm();
    await page.getByText('登录成功').waitFor();
    await page
      .getByRole('button', { name: '完 成' })
      .or(page.getByRole('button', { name: '完成' }))
      .click();
    await page.locator('tr', { hasText: id }).locator('[data-state=RUNNING]').waitFor();
    expect(complaints).toEqual([]);
  });

  it('a new account is led from its address to its first message; what it is called stays text', async () => {
    const { page, complaints } = await panel.open('/panel/accounts');
    const hostile = '<img src=x onerror=alert(1)>';
    const { baseUrl, authorization } = panel.stack.simulator.ecloud;
    await page.getByRole('button', { name: '添加账号' }).click();
    await page.getByText('E云（wkteam）').click();
    await page.getByRole('button', { name: '下一步' }).click();
    await page.getByLabel('名称', { exact: true }).fill(hostile);
    await page.getByLabel('地址', { exact: true }).fill('no address');
    await page.getByRole('button', { name: '创建并启动' }).click();
    await page.getByText('请输入 http:// 或 https:// 开头的地址').waitFor();
    await page.getByLabel('地址', { exact: true }).fill(baseUrl);
    await page.getByLabel(/Authorization/).fill(authorization);
    await page.getByRole('button', { name: '创建并启动' }).click();
    await page.getByText('下面是它看到的状态').waitFor();
    await page.getByText(/\/callback\/[0-9a-f]{32,}/).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: hostile }).waitFor();
    expect(await page.locator('img[src=x]').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('what needs somebody comes first, filters stand in the address, and a change elsewhere shows by itself', async () => {
    const { query } = panel.stack;
    const create = `mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }`;
    const input = { name: '没有启动', connection: { openwx: { baseUrl: 'http://127.0.0.1:9' } } };
    const made = (await query(create, { input })).data.createAccount.account.id as string;
    const { page } = await panel.open('/panel/accounts?driver=OPENWX');
    const rows = () =>
      page.locator('tbody tr[data-row-key]').evaluateAll((all) => all.map((row) => row.getAttribute('data-row-key')));
    await expect.poll(rows).toEqual([id, made]);

    await query(`mutation { startAccount(id: "${made}") { account { id } } }`);
    await page.locator(`tr[data-row-key="${made}"] [data-state=OFFLINE]`).waitFor();
    await expect.poll(rows).toEqual([made, id]);
    await query(`mutation { updateAccount(input: { id: "${made}", name: "改了名" }) { account { id } } }`);
    await page.getByRole('button', { name: '改了名' }).click();
    await page.getByRole('dialog').getByLabel('名称', { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('account')).toBe(made);
    await page.reload();
    await page.getByRole('button', { name: '删除账号' }).click();
    const confirm = page.getByRole('button', { name: '删 除' });
    expect(await confirm.isDisabled()).toBe(true);
    await page.getByRole('dialog').getByLabel('名称').last().fill('改了名');
    await confirm.click();
    await expect.poll(rows).toEqual([id]);
  });

  it('a group is made of accounts and shown with them, on a phone', async () => {
    const { page, complaints, expectAccessible } = await panel.open('/panel/groups', {
      viewport: { width: 390, height: 800 },
    });
    await page.getByRole('button', { name: '新建分组' }).click();
    await page.getByLabel('名称').fill('早班');
    await page.getByLabel('账号').click();
    await page.getByTitle(`${id} 账号1`).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '保 存' }).click();
    await page.getByRole('cell', { name: '早班' }).waitFor();
    await page.getByRole('link', { name: '账号1' }).waitFor();
    await expectAccessible();
    expect(complaints).toEqual([]);
  });

  it('a token of one account sees nothing of the others', async () => {
    const token = `mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret } }`;
    const input = { name: 'one', scope: 'READ', accountIds: [id] };
    const secret = (await panel.stack.query(token, { input })).data.createApiToken.secret as string;
    const { page } = await panel.open('/panel/accounts', { token: secret });
    await page.locator(`tr[data-row-key="${id}"]`).waitFor();
    expect(await page.locator('tbody tr[data-row-key]').count()).toBe(1);
    expect(await page.getByRole('button', { name: '添加账号' }).count()).toBe(0);
  });
});
