import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../../src/simulator/world.ts';
import { avatarPng } from '../../src/simulator/png.ts';
import { skipped } from './chromium.ts';
import { type Panel, type Window, startPanel } from './panel.ts';

const hostile = '<img src=x onerror="document.title=1">';

describe.skipIf(skipped !== '')(`the inbox in a browser${skipped}`, () => {
  let panel: Panel;
  let world: World;
  let me: string;
  let friends: string[];
  let room: string;

  beforeAll(async () => {
    panel = await startPanel({ simulator: { build } });
    ({ world } = panel.stack.simulator);
  }, 120_000);
  afterAll(() => panel?.[Symbol.asyncDispose]());

  function build(made: World): string[] {
    me = made.addPerson({ name: '小灰', avatar: 'png' }).wxid;
    made.addAccount(me);
    friends = [hostile, '爱丽丝', '鲍勃', '卡罗尔', '戴夫', '伊芙'].map((name) => {
      const { wxid } = made.addPerson({ name });
      made.addContact(me, wxid);
      return wxid;
    });
    room = made.addRoom({ name: '甲群', ownerWxid: me }, [
      { wxid: me },
      { wxid: friends[1]! },
      { wxid: friends[2]! },
    ]).wxid;
    return [me];
  }

  const chatOf = (page: Page, name: string) =>
    page.locator('[data-chat]').filter({ has: page.locator('.inbox-name', { hasText: name }) });
  const bubble = (page: Page, text: string) => page.locator('[data-message] .inbox-bubble', { hasText: text });

  /** A window with the conversation of a friend open; there is a message in it, and it is seen. */
  async function openChat(friend: number, name: string, options = {}): Promise<Window> {
    world.receive(me, friends[friend]!, `开始 ${name}`);
    const opened = await panel.open('/panel/inbox', options);
    await chatOf(opened.page, name).click();
    await bubble(opened.page, `开始 ${name}`).last().waitFor();
    return opened;
  }

  it('shows what is written within a second, on top and unread, and hostile names and texts as text', async () => {
    world.receive(me, friends[0]!, 'first');
    world.receive(me, friends[1]!, 'second');
    const { page, complaints } = await panel.open('/panel/inbox');
    await chatOf(page, '爱丽丝').waitFor();
    const at = Date.now();
    world.receive(me, friends[0]!, hostile);
    const first = page.locator('[data-at="0"]', { hasText: hostile });
    await first.waitFor();
    await first.getByTitle('2 条未读').waitFor();
    expect(Date.now() - at).toBeLessThan(1000);

    // Seen, it is read, here and at the gateway; and it goes on as text.
    await first.click();
    await bubble(page, hostile).waitFor();
    await first.getByTitle('条未读').waitFor({ state: 'detached' });
    await panel.stack.until(async () => {
      const { data } = await panel.stack.query('{ chats { nodes { unreadCount contact { name } } } }');
      return data.chats.nodes.some(
        (chat: { unreadCount: number; contact: { name: string } }) =>
          chat.contact.name === hostile && chat.unreadCount === 0,
      );
    });
    expect(await page.title()).toBe('收件箱 · wxgraph');
    expect(complaints).toEqual([]);
  });

  it('leaves unread what comes while nobody looks', async () => {
    const { page } = await openChat(2, '鲍勃');
    await page.evaluate(() => {
      document.hasFocus = () => false;
      window.dispatchEvent(new Event('blur'));
    });
    world.receive(me, friends[2]!, '没人看');
    await bubble(page, '没人看').waitFor();
    await chatOf(page, '鲍勃').getByTitle('1 条未读').waitFor();
    await page.evaluate(() => {
      document.hasFocus = () => true;
      window.dispatchEvent(new Event('focus'));
    });
    await chatOf(page, '鲍勃').getByTitle('1 条未读').waitFor({ state: 'detached' });
  });

  it('shows what is written after its list was read and before the log is followed', async () => {
    world.receive(me, friends[1]!, '读列表之前');
    const { page } = await panel.open('/panel/groups');
    const stored = Promise.withResolvers<void>();
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('query Head')) await stored.promise;
      await route.continue();
    });
    await page.goto(`${panel.stack.gateway.url}/panel/inbox`);
    await chatOf(page, '爱丽丝').waitFor();
    world.receive(me, friends[1]!, '读列表之后');
    await panel.stack.until(async () => {
      const { data } = await panel.stack.query('{ messages(filter: { search: "读列表之后" }) { nodes { id } } }');
      return data.messages.nodes.length === 1;
    });
    stored.resolve();
    await chatOf(page, '爱丽丝').getByText('读列表之后').waitFor();
  });

  it('fills the gap of a broken connection, with each message once and in order', async () => {
    const { page } = await openChat(1, '爱丽丝');
    await page.context().setOffline(true);
    await panel.stack.restart();
    await page.locator('[data-liveness=reconnecting]').waitFor();
    for (const n of [1, 2, 3]) {
      world.receive(me, friends[1]!, `缺 ${n}`);
      await panel.stack.until(async () => {
        const { data } = await panel.stack.query(`{ messages(filter: { search: "缺 ${n}" }) { nodes { id } } }`);
        return data.messages.nodes.length === 1;
      });
    }
    await page.context().setOffline(false);
    await page.locator('[data-liveness=live]').waitFor();
    await bubble(page, '缺 3').waitFor();
    world.receive(me, friends[1]!, '缺 4');
    await bubble(page, '缺 4').waitFor();
    expect(await bubble(page, '缺').allInnerTexts()).toEqual(['缺 1', '缺 2', '缺 3', '缺 4']);
  });

  it('keeps its place while older messages come before it, back to the first', async () => {
    for (let n = 1; n <= 130; n += 1) world.receive(me, friends[3]!, `第 ${n} 条\n${'字'.repeat((n * 37) % 90)}`);
    await panel.stack.until(async () => {
      const { data } = await panel.stack.query('{ chats(filter: { search: "卡罗尔" }) { nodes { unreadCount } } }');
      return data.chats.nodes[0]?.unreadCount === 130;
    });
    const { page } = await openChat(3, '卡罗尔');
    const held = Promise.withResolvers<void>();
    let isAsked = false;
    await page.route('**/graphql', async (route) => {
      const isOlder = route.request().postData()?.includes('"before":"') ?? false;
      isAsked ||= isOlder;
      if (isOlder) await held.promise;
      await route.continue();
    });
    /** Of the topmost message that is whole in sight, or of a certain one: how far it is below the top. */
    const look = (wanted?: string) =>
      page.locator('[role=log]').evaluate((list, id) => {
        const top = list.getBoundingClientRect().top;
        const offset = (row: Element) => Math.round(row.getBoundingClientRect().top - top);
        const rows = [...list.querySelectorAll<HTMLElement>('[data-message]')];
        const row = rows.find((one) => (id === undefined ? offset(one) >= 0 : one.dataset['message'] === id))!;
        return { id: row.dataset['message']!, offset: offset(row), height: list.scrollHeight };
      }, wanted);
    await page.locator('[role=log]').hover();
    await expect
      .poll(
        async () => {
          if (!isAsked) await page.mouse.wheel(0, -600);
          return isAsked;
        },
        { timeout: 10_000 },
      )
      .toBe(true);
    // The wheel's last turn may still be under way.
    let before = await look();
    await expect
      .poll(async () => {
        const last = before;
        before = await look();
        return before.offset === last.offset && before.id === last.id;
      })
      .toBe(true);
    held.resolve();
    await expect
      .poll(async () => (await look(before.id)).height, { timeout: 10_000 })
      .toBeGreaterThan(before.height + 1000);
    const moved = async () => Math.abs((await look(before.id)).offset - before.offset);
    await expect.poll(moved).toBeLessThanOrEqual(4);

    const beginning = page.getByText('没有更早的消息');
    await expect
      .poll(
        async () => {
          await page.mouse.wheel(0, -3000);
          return beginning.isVisible();
        },
        { timeout: 10_000 },
      )
      .toBe(true);
    await page.getByRole('button', { name: '回到最新' }).click();
    await bubble(page, '开始 卡罗尔').waitFor();
  });

  it('sends by Enter once, and shows the echo in place of what was on its way', async () => {
    const { page, complaints } = await openChat(4, '戴夫');
    const input = page.getByRole('textbox', { name: '输入消息' });
    await input.fill('你好');
    // An input method's own Enter sends nothing.
    await input.dispatchEvent('keydown', { key: 'Enter', keyCode: 13, isComposing: true });
    await input.press('Shift+Enter');
    await input.pressSequentially('再见');
    await input.press('Enter');
    await bubble(page, '你好\n再见').waitFor();
    await page.locator('[data-outgoing]').first().waitFor({ state: 'detached' });
    expect(await page.getByText('你好').count()).toBe(2); // In the conversation, and in the list.
    expect(panel.stack.simulator.delivered.filter(({ text }) => text === '你好\n再见')).toHaveLength(1);
    expect(await input.inputValue()).toBe('');
    expect(complaints).toEqual([]);
  });

  it('shows pictures, enlarges them, and sends those that are chosen', async () => {
    const { page, complaints, expectAccessible } = await openChat(5, '伊芙');
    const bytes = avatarPng('one');
    world.receive(me, friends[5]!, { type: 'media', media: 'image', name: 'one.png', bytes });
    const isShown = (selector: string, at: number) =>
      page.waitForFunction(
        ([css, n]) => {
          const image = document.querySelectorAll<HTMLImageElement>(css)[n];
          return image !== undefined && image.complete && image.naturalWidth > 0;
        },
        [selector, at] as const,
      );
    await isShown('.inbox-media', 0);
    await page.getByRole('button', { name: /^放大/ }).click();
    await isShown('.inbox-large', 0);
    await page.keyboard.press('Escape');
    await page.locator('.inbox-large').waitFor({ state: 'hidden' });

    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'two.png', mimeType: 'image/png', buffer: avatarPng('2') });
    await page.locator('[data-ready=true]').waitFor();
    await expectAccessible();
    await page.getByRole('button', { name: '发送', exact: true }).click();
    await isShown('.inbox-own .inbox-media', 0);
    expect(complaints).toEqual([]);
  });

  it('finds conversations that mention the account', async () => {
    world.receive(me, friends[1]!, { type: 'text', text: '@小灰\u2005看一下', mentions: [me] }, room);
    world.receive(me, friends[2]!, '别的');
    const { page } = await panel.open('/panel/inbox?mentions=1');
    await chatOf(page, '甲群').click();
    await page.locator('[data-message]', { hasText: '看一下' }).getByText('@我').waitFor();
    expect(await page.locator('[data-chat]').count()).toBe(1);
  });

  it('shows one thing after another on a phone, and goes back', async () => {
    const phone = {
      viewport: { width: 390, height: 780 },
      locale: 'en-GB',
      colorScheme: 'dark',
      hasTouch: true,
    } as const;
    const { page, expectAccessible } = await openChat(1, '爱丽丝', phone);
    await page.locator('[data-chat]').first().waitFor({ state: 'detached' });
    await expectAccessible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.getByRole('button', { name: 'About the contact' }).click();
    await page.getByRole('dialog').getByText('Remark').first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Back to the conversations' }).click();
    await chatOf(page, '爱丽丝').waitFor();
    await expectAccessible();
  });

  it('is used by the keys', async () => {
    const { page } = await panel.open('/panel/inbox');
    await page.locator('[data-at="1"]').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('鲍勃');
    await expect.poll(() => page.locator('[data-chat]').count()).toBe(1);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await bubble(page, '没人看').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[role=log]').waitFor({ state: 'detached' });
    expect(page.url()).toContain(`search=${encodeURIComponent('鲍勃')}`);
  });
});
