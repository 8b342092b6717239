import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../end-to-end/sending.ts';
import { skipped } from './chromium.ts';
import { type Panel, startPanel } from './panel.ts';

const lines = 100_000;
/** So many of them are scrolled by. */
const scrolled = process.env['WXGRAPH_TEST_LONG'] === '1' ? 10_000 : 600;
const hostile = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\tтаб',
  'a "quoted", cell\nof two lines',
  '<img src=x onerror=alert(1)>',
];

describe.skipIf(skipped !== '')(`the records in a browser${skipped}`, () => {
  let panel: Panel;
  const targets = (): string[] => [panel.stack.accountIds[0]!];
  beforeAll(async () => {
    panel = await startPanel({ simulator: { accounts: 2 } });
    await send(panel.stack, { targets: targets(), to: ['filehelper'], text: 'the very first', waitMs: 10_000 });
    seed(join(panel.stack.folder, 'wxgraph.db'));
    for (const text of hostile)
      await send(panel.stack, { targets: targets(), to: ['filehelper'], text, waitMs: 10_000 });
  }, 120_000);
  afterAll(() => panel?.[Symbol.asyncDispose]());

  const rows = (page: Page) => page.locator('.records tbody tr');

  it('a hundred thousand of them are scrolled through without a frame that takes 100 ms', async () => {
    const { page, complaints, expectAccessible } = await panel.open('/panel/records');
    await rows(page).first().waitFor();
    await panel.browser.startTracing(page, { categories: ['toplevel'] });
    const { reached, inPage } = await page.evaluate(scroll, scrolled);
    const { traceEvents } = JSON.parse((await panel.browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
    // Time of the processor and not of the clock: how many cores others leave to it is not the page's doing.
    const tasks = traceEvents.flatMap(({ name, tdur }) => (name.endsWith('RunTask') && tdur ? [tdur / 1000] : []));
    expect(tasks.length).toBeGreaterThan(100);
    expect(Math.max(...tasks)).toBeLessThan(100);
    expect(reached).toBeGreaterThanOrEqual(scrolled);
    expect(inPage).toBeLessThan(120);
    await expectAccessible();
    expect(complaints).toEqual([]);
  });

  it('filters stand in the address and survive a reload; a line shows how it went and what proves it', async () => {
    const { page } = await panel.open('/panel/records');
    await page.getByLabel('内容或接收者').fill('the very');
    await expect.poll(() => rows(page).count(), { timeout: 10_000 }).toBe(1);
    await page.getByLabel('类型').click();
    await page.locator('.ant-select-item-option', { hasText: '文本' }).click();
    await page.keyboard.press('Escape');
    await page.reload();
    await page.getByText('the very first').waitFor();
    expect(await rows(page).count()).toBe(1);
    expect(await page.getByLabel('内容或接收者').inputValue()).toBe('the very');
    await page.locator('.records-open').click();
    await page.getByRole('dialog').getByText('尝试 1 次').waitFor();
    await page
      .getByRole('dialog')
      .getByText(/^证据：/)
      .waitFor();
    expect([...new URL(page.url()).searchParams.keys()].toSorted()).toEqual(['log', 'search', 'type']);
    await page.getByRole('dialog').getByRole('button', { name: '关闭' }).click();

    await page.goto(`${panel.stack.gateway.url}/panel/records?status=CANCELLED&from=2020-01-01`);
    await page.locator('[data-status=CANCELLED]').first().waitFor();
    await page.goto(`${panel.stack.gateway.url}/panel/records?to=2019-01-01`);
    await page.getByText('没有符合条件的记录').waitFor();
  });

  it("days are chosen in the panel's language, whatever the browser's own is", async () => {
    const { page, expectAccessible } = await panel.open('/panel/records?lang=zh', { locale: 'en-US' });
    await page.getByLabel('开始日期').click();
    await page.locator('.ant-picker-header-view', { hasText: /年.*月/ }).waitFor();
    await expectAccessible();
    await page.getByText('今天', { exact: true }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('from')).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    await page.context().close();
  });

  it('a new line is announced, shown when asked for, and goes on by itself', async () => {
    const { page } = await panel.open('/panel/records?status=SENT&status=QUEUED');
    await rows(page).first().waitFor();
    const before = await page.locator('.records-open').first().getAttribute('data-log');
    await send(panel.stack, { targets: targets(), to: ['filehelper'], text: 'brand new' });
    const fresh = page.getByRole('button', { name: '1 条新记录' });
    await fresh.waitFor();
    expect(await page.locator('.records-open').first().getAttribute('data-log')).toBe(before);
    const later = { targets: targets(), to: ['filehelper'], text: 'much later', sendAt: '2099-01-01T00:00:00Z' };
    const { id } = await send(panel.stack, { ...later, waitMs: 0 });
    await page.getByRole('button', { name: '2 条新记录' }).click();
    const first = rows(page).first();
    await first.filter({ hasText: 'much later' }).locator('[data-status=QUEUED]').waitFor();
    await panel.stack.query('mutation ($id: ID!) { cancelJob(jobId: $id) { cursor } }', { id });
    await first.locator('[data-status=CANCELLED]').waitFor();
  });

  it('the exported file is safe for a spreadsheet and holds what is shown, whatever it is', async () => {
    const { page } = await panel.open('/panel/records?receiver=filehelper');
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: '导出 CSV' }).click();
    const text = readFileSync(await (await saving).path(), 'utf8');
    expect(text.startsWith('\uFEFF"编号","时间"')).toBe(true);
    for (const cell of [`"'=1+1"`, `"'+1"`, `"'-1"`, `"'@SUM(A1)"`, `"'\tтаб"`, `"a ""quoted"", cell\nof two lines"`]) {
      expect(text).toContain(`,${cell},`);
    }
    expect(text).toContain('<img src=x onerror=alert(1)>');
    const first = await panel.stack.query(
      '{ logs(first: 1, filter: { search: "the very first" }) { nodes { id createdAt settledAt job { id } } } }',
    );
    const { id, createdAt, settledAt, job } = first.data.logs.nodes[0] as Record<string, string> & {
      job: { id: string };
    };
    const cells = [
      createdAt,
      `${targets()[0]} 账号1`,
      'filehelper',
      '文件传输助手',
      '文本',
      'the very first',
      '成功',
      '',
    ];
    expect(text).toContain([id, ...cells, settledAt, job.id].map((one) => `"${one}"`).join(',') + '\r\n');
    expect(await page.locator('img[src=x]').count()).toBe(0);
  });
});

/** Lines like the first one, settled, so that nothing happens to them. */
function seed(path: string): void {
  const database = new Database(path);
  database.exec(`
    with recursive number (n) as (select 1 union all select n + 1 from number where n < ${lines})
    insert into outbox (job_id, account_id, receiver, type, content, mentions, status, error_code, error_message, attempts, day,
      created_at, settled_at, cursor)
    select job_id, account_id, 'wxid_' || (n % 500), type, json_set(content, '$.text', '消息 ' || n), mentions,
      iif(n % 7, 'FAILED', 'CANCELLED'), 'UPSTREAM_REJECTED', 'refused', 1, day, created_at, created_at, cursor
    from outbox, number where outbox.id = 1`);
  database.close();
}

/** Microseconds; `tdur` of the thread itself. */
type TraceEvent = { name: string; tdur?: number };

/** Scrolls until so many lines have gone by; in the page. */
async function scroll(count: number): Promise<{ reached: number; inPage: number }> {
  const list = document.querySelector('.records')!;
  let inPage = 0;
  while (list.scrollTop / 40 < count) {
    list.scrollTop += 300;
    inPage = Math.max(inPage, list.querySelectorAll('tbody tr').length);
    await new Promise((done) => requestAnimationFrame(done));
  }
  return { reached: list.scrollTop / 40, inPage };
}
