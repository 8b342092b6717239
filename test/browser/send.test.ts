import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { avatarPng } from '../../src/simulator/png.ts';
import { pause } from '../end-to-end/sending.ts';
import { movableClock } from '../end-to-end/stack.ts';
import { skipped } from './chromium.ts';
import { type Panel, startPanel } from './panel.ts';

const hostile = '<img src=x onerror=alert(1)>';

describe.skipIf(skipped !== '')(`sending in a browser${skipped}`, () => {
  let panel: Panel;
  let room: string;
  const clock = movableClock();
  const ids = (): string[] => panel.stack.accountIds;
  beforeAll(async () => {
    panel = await startPanel({
      env: { WXGRAPH_ALLOW_HOSTS: '127.0.0.1' },
      overrides: { clock },
      simulator: {
        build: (world) => {
          const person = (name: string) => world.addPerson({ name, alias: '' }).wxid;
          const [me, other] = [person('我'), person('另一个')];
          for (const account of [me, other]) world.addAccount(account);
          for (const name of ['张伟', '张伟', hostile]) world.addContact(me, person(name));
          room = world.addRoom({ name: '周末羽毛球' }, [{ wxid: me }, { wxid: other }]).wxid;
          return [me, other];
        },
      },
    });
    const group = 'mutation ($ids: [ID!]!) { createGroup(input: { name: "早班", accountIds: $ids }) { group { id } } }';
    await panel.stack.query(group, { ids: ids() });
  }, 120_000);
  afterAll(() => panel?.[Symbol.asyncDispose]());
  beforeEach(() => panel.stack.simulator.forget());
  afterEach(() => panel.stack.simulator.clearFaults());

  const delivered = () => panel.stack.simulator.delivered;
  const sendButton = (page: Page) => page.getByRole('button', { name: /^发\s?送$/ });
  const confirm = (page: Page) => page.getByRole('dialog').getByRole('button', { name: /^发\s?送$/ });
  const outcome = (page: Page, name: string) => page.locator(`[data-outcome=${name}]`);
  async function write(page: Page, text: string): Promise<void> {
    await page.getByLabel('要发送的消息内容').fill(text);
    await sendButton(page).click();
  }

  it('a text and then a file go from a group to a chat room that was searched for, and are watched to their end', async () => {
    const { page, complaints, expectAccessible } = await panel.open('/panel/send?target=g001');
    const search = page.getByLabel('按名称、备注或微信号搜索');
    await search.click();
    await page.locator('.ant-select-item-option', { hasText: hostile }).waitFor();
    expect(await page.locator('img[src=x]').count()).toBe(0);
    await search.fill('羽毛球');
    // Each account has an id of its own for the chat room.
    for (const account of ['账号1', '账号2']) {
      await page.locator('.ant-select-item-option', { hasText: '周末羽毛球' }).filter({ hasText: account }).waitFor();
    }
    await page.keyboard.press('Escape');
    await page.getByText('默认接收者', { exact: true }).click();
    await write(page, '大家好');
    await expectAccessible();
    await page.getByRole('dialog').getByText('2 个账号，各发给默认接收者，共 2 条消息').waitFor();
    await confirm(page).click();
    await page.getByText('已全部完成').waitFor();
    expect(await outcome(page, 'sent').getAttribute('data-count')).toBe('2');
    expect(delivered().map(({ text }) => text)).toEqual(['大家好', '大家好']);

    await page.getByText('粘贴名单', { exact: true }).click();
    await page.getByLabel(/每行一个/).fill('周末羽毛球\n\n周末羽毛球');
    await page.getByText('文件', { exact: true }).click();
    await page.locator('input[type=file]').setInputFiles({
      name: `报表 ${hostile}.txt`,
      mimeType: 'text/plain',
      buffer: Buffer.from('hello'),
    });
    await page.locator('.ant-upload-list-item-done').waitFor();
    await page.getByText('2 个账号 × 1 个接收者 = 2 条消息').waitFor();
    await expectAccessible();
    await sendButton(page).click();
    await confirm(page).click();
    await page.getByText('job_2').waitFor();
    await page.getByText('已全部完成').waitFor();
    expect(delivered().slice(2)).toMatchObject([
      { to: room, text: expect.stringContaining('报表') as string },
      { to: room },
    ]);
    await expectAccessible();
    // What a send came to is still there after a reload.
    await page.reload();
    await page.getByText('已全部完成').waitFor();
    expect(complaints).toEqual([]);
  });

  it('a double click sends once; so does trying again after a lost answer, and what was changed since is not sent unasked', async () => {
    const { page } = await panel.open(`/panel/send?target=${ids()[0]}&to=filehelper`);
    await write(page, '双击');
    await confirm(page).dblclick();
    await page.getByText('已全部完成').waitFor();
    expect(delivered().map(({ text }) => text)).toEqual(['双击']);

    let lost = 0;
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('mutation Send') || lost > 0) return route.fallback();
      lost += 1;
      await route.fetch();
      return route.abort();
    });
    await write(page, '回答丢失');
    await confirm(page).click();
    await page.getByRole('alert').getByText('没有收到网关的回答').waitFor();
    await page.getByLabel('要发送的消息内容').fill('改过了');
    await page.getByRole('button', { name: '再次发送' }).click();
    await page.getByRole('alert').getByText('上一个版本其实已被接受').waitFor();
    await page.getByLabel('要发送的消息内容').fill('回答丢失');
    await sendButton(page).click();
    await confirm(page).click();
    await page.getByText('已全部完成').waitFor();
    await expect.poll(() => page.getByRole('alert').count(), { timeout: 10_000 }).toBe(0);
    expect(delivered().map(({ text }) => text)).toEqual(['双击', '回答丢失']);
  });

  it('a name of two contacts is not guessed: nothing is sent until one of them is chosen', async () => {
    const { page } = await panel.open(`/panel/send?target=${ids()[0]}&to=张伟`);
    await write(page, '哪一个');
    await confirm(page).click();
    const candidates = page.getByRole('alert').getByRole('button', { name: /^张伟/ });
    await candidates.first().waitFor();
    expect([await candidates.count(), delivered().length]).toEqual([2, 0]);
    await candidates.first().click();
    await sendButton(page).click();
    await confirm(page).click();
    await page.getByText('已全部完成').waitFor();
    expect(delivered()).toHaveLength(1);
  });

  it('an outcome that nobody knows is shown as such, and sent again only by who accepts the risk', async () => {
    const { page, expectAccessible } = await panel.open(`/panel/send?target=${ids()[0]}&to=filehelper`);
    panel.stack.simulator.fault({ type: 'drop' });
    panel.stack.simulator.fault({ type: 'reset-after-send', times: 1 });
    await write(page, '也许');
    await confirm(page).click();
    await page.locator('[data-status=UNKNOWN]').first().waitFor();
    await page.getByText('可能已经发出，也可能没有').waitFor();
    await outcome(page, 'unknown').waitFor();
    expect(await page.getByRole('button', { name: /重发失败的/ }).count()).toBe(0);
    await page.getByRole('button', { name: /^重\s?发$/ }).click();
    const again = page.getByRole('dialog').getByRole('button', { name: /^重\s?发$/ });
    expect(await again.isDisabled()).toBe(true);
    await expectAccessible();
    await page.getByLabel('我知道对方可能会收到两次').check();
    await again.click();
    await page.locator('tr', { hasText: '重发：' }).locator('[data-status=SENT]').waitFor();
    expect(delivered().map(({ text }) => text)).toEqual(['也许', '也许']);
  });

  it('what failed is sent again at once, and what is queued can be taken back', async () => {
    const [first] = ids();
    const { page } = await panel.open(`/panel/send?target=${first}&to=filehelper`);
    panel.stack.simulator.fault({ type: 'refuse', times: 1, text: '操作太频繁' });
    await write(page, '被拒绝');
    await confirm(page).click();
    await page.getByText('操作太频繁').waitFor();
    await page.getByRole('button', { name: '重发失败的 1 条' }).click();
    await page.locator('tr', { hasText: '重发：' }).locator('[data-status=SENT]').waitFor();
    expect(delivered().map(({ text }) => text)).toEqual(['被拒绝']);

    await pause(panel.stack, first!, true);
    await write(page, '取消我');
    await page.getByRole('dialog').getByText('暂不可发送，会先排队：账号1').waitFor();
    await confirm(page).click();
    await page.locator('[data-status=QUEUED]').waitFor();
    await page.getByRole('button', { name: '取消未发出的' }).click();
    await page.getByRole('button', { name: '取消未发出的' }).last().click();
    await page.locator('[data-status=CANCELLED]').waitFor();
    await page.getByText('已全部完成').waitFor();
    await pause(panel.stack, first!, false);
    expect(delivered()).toHaveLength(1);
  });

  it('an answer that was read before what the log has told since does not undo it', async () => {
    const [first] = ids();
    const { page } = await panel.open(`/panel/send?target=${first}&to=filehelper`);
    const isSent = Promise.withResolvers<void>();
    const isRead = Promise.withResolvers<void>();
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('query Job(')) return route.fallback();
      const response = await route.fetch();
      isRead.resolve();
      await isSent.promise;
      return route.fulfill({ response });
    });
    await pause(panel.stack, first!, true);
    await write(page, '慢回答');
    await confirm(page).click();
    await isRead.promise;
    await pause(panel.stack, first!, false);
    await panel.stack.simulator.until(() => delivered().length === 1);
    await panel.stack.until(async () => {
      const { data } = await panel.stack.query('{ logs(first: 1) { nodes { status } } }');
      return data.logs.nodes[0].status === 'SENT';
    });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    isSent.resolve();
    await page.getByText('已全部完成').waitFor();
  });

  it('a picture is fetched from an address once and goes out as it is; from where it must not be fetched nothing goes out', async () => {
    const picture = avatarPng('address');
    let asked = 0;
    const web = createServer((_, response) => {
      asked += 1;
      response.writeHead(200, { 'content-type': 'image/png' }).end(picture);
    });
    await new Promise<void>((done) => void web.listen(0, '127.0.0.1', done));
    const { page, complaints } = await panel.open(`/panel/send?target=${ids()[0]}&to=filehelper`);
    await page.getByText('图片', { exact: true }).click();
    await page.getByText('文件地址', { exact: true }).click();
    const address = page.getByRole('textbox', { name: '文件地址' });
    await address.fill('http://10.1.2.3/a.png');
    await sendButton(page).click();
    await confirm(page).click();
    await page
      .getByRole('alert')
      .getByText(/10\.1\.2\.3|private|不允许/)
      .waitFor();
    expect(delivered()).toEqual([]);

    await address.fill(`http://127.0.0.1:${(web.address() as AddressInfo).port}/a.png`);
    await sendButton(page).click();
    await confirm(page).click();
    await page.getByText('已全部完成').waitFor();
    expect(delivered()).toMatchObject([{ content: { type: 'media', media: 'image' } }]);
    const { content } = delivered()[0]!;
    expect(content.type === 'media' && picture.equals(content.bytes)).toBe(true);
    expect(asked).toBe(1);
    expect(complaints).toEqual([]);
    web.closeAllConnections();
    web.close();
  });

  it('what is to go out later waits until its time, and not when it is taken back before', async () => {
    const { page, complaints, expectAccessible } = await panel.open(`/panel/send?target=${ids()[0]}&to=filehelper`, {
      timezoneId: 'UTC',
    });
    /** Of a message that is to go out in less than so many minutes, once it is accepted. */
    async function schedule(text: string, minutes: number): Promise<void> {
      const at = new Date(clock.now() + minutes * 60_000).toISOString().slice(0, 16);
      await page.getByLabel(/^发送时间/).fill(at);
      await write(page, text);
      await page.getByRole('dialog').getByText(at.replace('T', ' ')).waitFor();
      await confirm(page).click();
      await page.locator('[data-status=QUEUED]').waitFor();
      await page.getByText(/预计/).waitFor();
    }
    await schedule('到点', 3);
    await expectAccessible();
    expect(delivered()).toEqual([]);
    clock.moveOn(180_000);
    await page.locator('[data-status=SENT]').waitFor();
    await page.getByText('已全部完成').waitFor();

    await schedule('取消', 3);
    await page.getByRole('button', { name: '取消发送' }).click();
    await page.locator('[data-status=CANCELLED]').waitFor();
    clock.moveOn(180_000);
    await page.getByLabel(/^发送时间/).fill('');
    await write(page, '现在');
    await confirm(page).click();
    await page.locator('[data-status=SENT]').waitFor();
    expect(delivered().map(({ text }) => text)).toEqual(['到点', '现在']);
    expect(complaints).toEqual([]);
  });

  it('who may only look is told so, and what an account cannot do is not offered', async () => {
    const token = 'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret } }';
    const made = await panel.stack.query(token, { input: { name: 'look', scope: 'READ', accountIds: [ids()[0]] } });
    const { page } = await panel.open(`/panel/send?target=${ids()[0]}&to=filehelper`, {
      token: made.data.createApiToken.secret as string,
    });
    await page.getByText('您的权限只能查看，不能发送').waitFor();
    expect(await sendButton(page).isDisabled()).toBe(true);
    await page.getByText('这些账号的驱动不支持：账号1').waitFor();
    expect(await page.getByRole('radio', { name: '语音' }).isDisabled()).toBe(true);
  });
});
