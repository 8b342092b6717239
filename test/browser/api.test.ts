import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openwxText, post } from '../end-to-end/stack.ts';
import { skipped } from './chromium.ts';
import { type Panel, startPanel } from './panel.ts';

describe.skipIf(skipped !== '')(`the API page and the documentation in a browser${skipped}`, () => {
  let panel: Panel;
  beforeAll(async () => {
    panel = await startPanel();
  }, 120_000);
  afterAll(() => panel?.[Symbol.asyncDispose]());

  let next = 7_257_313_800_000_000_000n;
  /** A message comes in, and is in the log. */
  async function receive(text: string): Promise<void> {
    next += 1n;
    expect((await post(panel.stack.callbackUrls[0]!, openwxText(String(next), text))).status).toBe(200);
  }

  it('GraphiQL runs a query and a subscription as who is signed in, and asks nobody but the gateway', async () => {
    const { page, complaints } = await panel.open('/panel/api?tab=graphiql');
    const frame = page.frameLocator('iframe');
    const execute = frame.locator('.graphiql-execute-button');
    await execute.waitFor();
    const response = async () => (await frame.locator('.graphiql-response').innerText()).replaceAll('\u00a0', ' ');
    await execute.click();
    await expect.poll(response, { timeout: 10_000 }).toContain('"账号1"');

    // By the keyboard: the tabs can be dragged, and take a quick click while they move for the start of that.
    await frame.locator('.graphiql-tab-button', { hasText: 'Messages' }).press('Enter');
    await execute.click();
    const text = '给编辑器看的';
    const streamed = async () => {
      const shown = await response();
      // The editor learns what a tab's operation is called a moment after it shows the tab, and asks for the old one until then.
      if (shown.includes('Cannot infer operation')) await execute.click();
      await receive(text);
      return shown;
    };
    await expect.poll(streamed, { timeout: 15_000, interval: 500 }).toContain(text);
    expect(complaints).toEqual([]);
  });

  it('the monitor shows what happens, holds it back while it is paused, and then shows all of it once', async () => {
    const { page, complaints, expectAccessible } = await panel.open('/panel/api?tab=events&type=MESSAGE_RECEIVED');
    const shown = () => page.locator('[data-event] .what').allInnerTexts();
    const texts = async () => (await shown()).map((one) => one.split(' ').at(-1));
    await receive('之前');
    await expect.poll(texts).toContain('之前');
    expect(
      new Set(
        await page.locator('[data-event]').evaluateAll((all) => all.map((one) => one.getAttribute('data-event'))),
      ),
    ).toEqual(new Set(['MESSAGE_RECEIVED']));
    const before = await texts();

    await page.getByRole('button', { name: '暂 停' }).click();
    const hostile = '<img/src=x/onerror=alert(1)>';
    await receive('其一');
    await receive(hostile);
    await page.getByText('已暂停，2 个事件在等待').waitFor();
    expect(await texts()).toEqual(before);
    await page.getByRole('button', { name: '继 续' }).click();
    await expect.poll(texts).toEqual([...before, '其一', hostile]);

    await page.getByRole('button', { name: '查看 JSON' }).last().click();
    await page.locator('[data-event] pre').getByText('"type": "MESSAGE_RECEIVED"').waitFor();
    await expectAccessible();
    expect(await page.locator('img[src=x]').count()).toBe(0);
    // A filter stands in the address: it is there again after a reload.
    await page.goto(page.url().replace('MESSAGE_RECEIVED', 'GROUP_CHANGED'));
    await panel.stack.query('mutation { createGroup(input: { name: "看见", accountIds: [] }) { group { id } } }');
    await page.locator('[data-event=GROUP_CHANGED]').getByText('看见').waitFor();
    expect(complaints).toEqual([]);
  });

  it('while more comes than can wait, it goes on from the log: nothing is missing', async () => {
    const { page } = await panel.open('/panel/api?tab=events&type=GROUP_CHANGED');
    await page.locator('[data-event]').first().waitFor();
    const before = await page.locator('[data-event]').count();
    await page.getByRole('button', { name: '暂 停' }).click();
    const id = (
      await panel.stack.query('mutation { createGroup(input: { name: "0", accountIds: [] }) { group { id } } }')
    ).data.createGroup.group.id as string;
    const count = 510;
    for (let n = 1; n <= count; n += 15) {
      const changes = Array.from(
        { length: 15 },
        (_, at) => `c${at}: updateGroup(input: { id: "${id}", name: "${n + at}" }) { cursor }`,
      );
      await panel.stack.query(`mutation { ${changes.join(' ')} }`);
    }
    await page.getByText('超过 500 个事件在等待').waitFor();
    const again = page.waitForRequest((request) => request.url().includes('after='));
    await page.getByRole('button', { name: '继 续' }).click();
    await again;
    await page.locator('[data-virtuoso-scroller]').press('End');
    await expect.poll(() => page.locator('[data-event]').last().innerText()).toContain(`\n${count}\n`);
    const place = page.locator('[data-item-index]').last();
    expect(await place.getAttribute('data-item-index')).toBe(String(before + count));
  });

  it("ready operations and callback addresses are those of the reader's own accounts", async () => {
    const { page, complaints, expectAccessible } = await panel.open('/panel/api?tab=callbacks', {
      viewport: { width: 390, height: 800 },
    });
    await page.getByText(panel.stack.callbackUrls[0]!).waitFor();
    await expectAccessible();
    await page.getByText('常用操作').click();
    const link = page.locator('.operations a').first();
    await expect.poll(() => link.getAttribute('href')).toContain('query=');
    await expectAccessible();
    const operations = await page
      .locator('.operations a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href')!));
    for (const operation of operations) {
      const query = new URL(operation, panel.stack.gateway.url).searchParams;
      if (!query.get('query')!.startsWith('query')) continue;
      const answer = await panel.stack.query(query.get('query')!, JSON.parse(query.get('variables')!) as object);
      expect(answer.errors).toBeUndefined();
    }
    expect(complaints).toEqual([]);
  });

  it("a route is tried from its place with the reader's own account: as who is signed in, and by a token where only that counts", async () => {
    const { page, complaints, expectAccessible } = await panel.open('/panel/api', { locale: 'en-GB' });
    const [account] = panel.stack.accountIds;
    const delivered = () => panel.stack.simulator.delivered;
    const open = async (route: string) => {
      await page.getByRole('button', { name: `Try it: ${route}`, exact: true }).click();
      return page.locator('.route', { has: page.getByRole('button', { name: `Close: ${route}`, exact: true }) });
    };
    const list = await open('GET /api/accounts');
    await list.getByRole('button', { name: 'Send the request' }).click();
    await list.locator('[data-status="200"]').getByText(`"id": "${account}"`).waitFor();
    await list.getByText('content-type: application/json').waitFor();

    const send = await open('POST /send');
    await send
      .getByRole('textbox', { name: 'Body' })
      .fill(JSON.stringify({ targets: [account], to: ['filehelper'], message: 'tried' }));
    await send.getByRole('button', { name: 'Send the request' }).click();
    await page.getByText('This really sends something').waitFor();
    expect(delivered()).toEqual([]);
    expect(await send.locator('.try-it pre').last().innerText()).toContain('"message":"tried"');
    await page.getByRole('tooltip').getByRole('button', { name: 'Send the request' }).click();
    await send.locator('[data-status="200"]').getByText('"success_count": 1').waitFor();
    expect(delivered().map(({ text }) => text)).toEqual(['tried']);

    await page.getByText('Openwx', { exact: true }).click();
    const info = await open('GET /openwx/get_user_info');
    expect(await info.getByRole('button', { name: 'Send the request' }).isDisabled()).toBe(true);
    await info.getByRole('button', { name: 'Make one for an hour' }).click();
    await info.getByRole('button', { name: 'Send the request' }).click();
    await info.locator('[data-status="200"]').getByText('"account"').waitFor();
    // It was made to read.
    const other = await open('POST /openwx/send_friend_message');
    await other.getByRole('button', { name: 'Send the request' }).click();
    await expectAccessible();
    await page.getByRole('tooltip').getByRole('button', { name: 'Send the request' }).click();
    await other.locator('[data-status="200"]').getByText('"code": -6').waitFor();
    expect(delivered()).toHaveLength(1);
    const tokens = async () =>
      (await panel.stack.query('{ apiTokens(first: 50) { nodes { name } } }')).data.apiTokens.nodes.length as number;
    const before = await tokens();
    await page.getByRole('button', { name: 'Revoke this token' }).click();
    await expect.poll(tokens).toBe(before - 1);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('the documentation is there for who is not signed in, in both languages, without complaint or barrier', async () => {
    for (const [locale, colorScheme, words] of [
      ['zh-CN', 'light', '发送消息（核心接口）'],
      ['en-GB', 'dark', 'Send a message'],
    ] as const) {
      const signedOut = { token: null, locale, colorScheme };
      const { page, complaints, expectAccessible } = await panel.open('/docs', signedOut);
      await page.getByText(words).waitFor();
      await expectAccessible();
      await page.goto(`${panel.stack.gateway.url}/docs?lang=${locale.startsWith('zh') ? 'en' : 'zh'}#listLogs`);
      await page.getByText(locale.startsWith('zh') ? 'List what was sent' : '获取发送记录').waitFor();
      expect(complaints).toEqual([]);
    }
  });
});
