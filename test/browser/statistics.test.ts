import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pause, send } from '../end-to-end/sending.ts';
import { skipped } from './chromium.ts';
import { type Panel, type Window, startPanel } from './panel.ts';

describe.skipIf(skipped !== '')(`the statistics in a browser${skipped}`, () => {
  let panel: Panel;
  beforeAll(async () => {
    panel = await startPanel({ simulator: { accounts: 2 } });
  }, 120_000);
  afterAll(() => panel?.[Symbol.asyncDispose]());

  const tiles = async ({ page }: Window) =>
    Object.fromEntries(
      await page
        .locator('[data-tile]')
        .evaluateAll((all) => all.map((tile) => [tile.getAttribute('data-tile'), tile.getAttribute('data-value')])),
    ) as Record<string, string>;

  it('say what was sent, unknown ones apart, by day and by account, and follow what happens', async () => {
    const { stack } = panel;
    const [first, second] = stack.accountIds as [string, string];
    const to = (target: string, text: string) =>
      send(stack, { targets: [target], to: ['filehelper'], text, waitMs: 10_000 });
    await to(first, 'one');
    await to(second, 'two');
    stack.simulator.fault({ type: 'refuse', times: 1 });
    await to(first, 'three');
    stack.simulator.fault({ type: 'drop' });
    stack.simulator.fault({ type: 'reset-after-send', times: 1 });
    await to(first, 'four');

    const window = await panel.open('/panel/statistics');
    const { page, complaints, expectAccessible } = window;
    const sent = { total: '4', success: '2', failed: '1', rate: '66.7', unknown: '1', others: '0' };
    await expect.poll(() => tiles(window), { timeout: 10_000 }).toMatchObject(sent);
    const numbers = (name: string) => page.locator('tr', { hasText: name }).locator('td').allInnerTexts();
    expect((await numbers('账号1')).slice(1, 6)).toEqual(['3', '1', '1', '1', '0']);
    expect((await numbers('账号2')).slice(1, 6)).toEqual(['1', '1', '0', '0', '0']);
    await expectAccessible();

    await pause(stack, second, true);
    await send(stack, { targets: [second], to: ['filehelper'], text: 'five', waitMs: 0 });
    await expect.poll(() => tiles(window), { timeout: 10_000 }).toMatchObject({ ...sent, total: '5', others: '1' });

    await page.getByLabel('账号', { exact: true }).click();
    await page.locator('.ant-select-item-option', { hasText: '账号2' }).click();
    await page.getByText('最近 30 天').click();
    await expect
      .poll(() => tiles(window), { timeout: 10_000 })
      .toMatchObject({ total: '2', success: '1', rate: '100', unknown: '0' });
    await page.reload();
    await expect.poll(() => tiles(window), { timeout: 10_000 }).toMatchObject({ total: '2', success: '1' });
    const { searchParams } = new URL(page.url());
    expect([searchParams.getAll('account'), searchParams.get('days')]).toEqual([[second], '30']);
    expect(await page.locator('tbody tr', { hasText: /^\d{4}-\d\d-\d\d/ }).count()).toBe(30);
    expect(complaints).toEqual([]);
  });
});
