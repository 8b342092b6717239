import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silkTone } from '../silk.ts';
import { skipped } from './chromium.ts';
import { type Hooked, startHooked } from './hooked.ts';
import { makeVideo } from './make-video.ts';

describe.skipIf(skipped !== '')(`what a conversation offers, in a browser${skipped}`, () => {
  let hooked: Hooked;
  let room: string;
  beforeAll(async () => {
    hooked = await startHooked(['爱丽丝', 'Bob', '卡罗尔', '戴夫'], (world, me, friends) => {
      const members = [me, friends['爱丽丝']!, friends['Bob']!].map((wxid) => ({ wxid }));
      room = world.addRoom({ name: '甲群', ownerWxid: me }, members).wxid;
    });
  }, 120_000);
  afterAll(() => hooked?.panel[Symbol.asyncDispose]());
  beforeEach(() => hooked.panel.stack.simulator.forget());

  const delivered = () => hooked.panel.stack.simulator.delivered;
  const bubble = (page: Page, text: string) => page.locator('[data-message] .inbox-bubble', { hasText: text });
  const writing = (page: Page) => page.getByRole('textbox', { name: '输入消息' });

  /** A window with a conversation open in which somebody has just written. */
  async function openChat(from: string, where?: string) {
    const { me, world, panel } = hooked;
    world.receive(me, hooked.friends[from]!, `开始 ${from}`, where);
    const opened = await panel.open('/panel/inbox');
    await opened.page.locator('[data-chat]', { hasText: `开始 ${from}` }).click();
    await bubble(opened.page, `开始 ${from}`).last().waitFor();
    return opened;
  }
  async function inLog(text: string): Promise<void> {
    await hooked.panel.stack.until(async () => {
      const { data } = await hooked.panel.stack.query(
        'query ($text: String!) { messages(filter: { search: $text }) { nodes { id } } }',
        { text },
      );
      return data.messages.nodes.length > 0;
    });
  }

  it('a reply leads to what it quotes, near or far up, and back; what the gateway does not have leads nowhere', async () => {
    const { me, world, friends, quote } = hooked;
    const alice = friends['爱丽丝']!;
    const far = world.receive(me, alice, '很久以前的话');
    for (let n = 1; n <= 60; n += 1) world.receive(me, alice, `之间 ${n}`);
    await inLog('之间 60');
    const near = world.receive(me, alice, '刚才的话');
    await inLog('刚才的话');
    await quote(alice, '答近', { id: near.id, text: '刚才的话' });
    await quote(alice, '答远', { id: far.id, text: '很久以前的话' });
    await quote(alice, '答无', { id: '7000000000000000001', text: '没有的话' });
    const { page, complaints, expectAccessible } = await openChat('爱丽丝');
    const follow = (text: string) => bubble(page, text).getByRole('button', { name: /的话/ });
    const target = page.locator('.inbox-target');

    await follow('答近').click();
    await target.filter({ hasText: /^刚才的话$/ }).waitFor();
    expect(await follow('答无').count()).toBe(0);
    await bubble(page, '答无').getByText('没有的话').waitFor();

    expect(await bubble(page, '很久以前的话').count()).toBe(1);
    await follow('答远').click();
    await target.filter({ hasText: /^很久以前的话$/ }).waitFor();
    const box = (await target.boundingBox())!;
    const list = (await page.locator('[role=log]').boundingBox())!;
    expect(box.y).toBeGreaterThanOrEqual(list.y);
    expect(box.y + box.height).toBeLessThanOrEqual(list.y + list.height);
    await bubble(page, '之间 1').first().waitFor();
    await expectAccessible();

    world.receive(me, alice, '其间来的');
    await page.getByRole('button', { name: /回到最新|条未读/ }).click();
    await bubble(page, '其间来的').waitFor();
    await bubble(page, '答远').waitFor();
    expect(complaints).toEqual([]);
  });

  it('an own message is taken back for everybody, and what the other side takes back is shown as that', async () => {
    const { world, friends } = hooked;
    const { page, complaints } = await openChat('Bob');
    await writing(page).fill('说错了');
    await writing(page).press('Enter');
    const own = page.locator('[data-message]', { hasText: '说错了' });
    await own.hover();
    await own.getByRole('button', { name: '撤回' }).click();
    await page.getByText('为所有人撤回这条消息？').waitFor();
    expect(delivered()).toHaveLength(1);
    await page
      .getByRole('tooltip')
      .getByRole('button', { name: /^撤\s?回$/ })
      .click();
    await own.getByText('已撤回').waitFor();
    expect(delivered().map(({ content }) => content)).toMatchObject([
      { type: 'text', text: '说错了' },
      { type: 'revoke', messageId: delivered()[0]!.id },
    ]);
    expect(await own.getByRole('button', { name: '撤回' }).count()).toBe(0);

    const theirs = world.receive(hooked.me, friends['Bob']!, '我也说错了');
    const line = page.locator('[data-message]', { hasText: '我也说错了' });
    await line.waitFor();
    world.revoke(friends['Bob']!, theirs.id);
    await line.getByText('已撤回').waitFor();
    expect(complaints).toEqual([]);
  });

  it('whoever is chosen behind an @ is mentioned in WeChat, once', async () => {
    const { page, complaints } = await openChat('爱丽丝', room);
    const input = writing(page);
    await input.pressSequentially('@');
    const choice = page.locator('.ant-mentions-dropdown').getByRole('menuitem');
    await choice.filter({ hasText: '所有人' }).waitFor();
    await input.pressSequentially('Bo');
    await expect.poll(() => choice.allInnerTexts()).toEqual(['Bob']);
    await input.press('Enter');
    await input.pressSequentially('看一下');
    await input.press('Enter');
    await hooked.panel.stack.simulator.until(() => delivered().length === 1);
    expect(delivered()).toMatchObject([
      { to: room, content: { type: 'text', text: '@Bob\u2005看一下', mentions: [hooked.friends['Bob']] } },
    ]);
    await bubble(page, '看一下').waitFor();
    await page.locator('[data-outgoing]').waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  it('voices are heard and videos are seen, and a video that is chosen goes out as one', async () => {
    const { me, world, friends, panel } = hooked;
    const { page, complaints, expectAccessible } = await openChat('卡罗尔');
    const voice = await silkTone(2, 440);
    world.receive(me, friends['卡罗尔']!, { type: 'media', media: 'voice', name: 'a.silk', bytes: voice });
    const audio = page.getByLabel('语音');
    await audio.waitFor();
    await page.getByText('2″').waitFor();
    await expectAccessible();
    // Nothing was asked for before; now it plays to its end.
    expect(await audio.evaluate((one: HTMLAudioElement) => one.readyState)).toBe(0);
    const seconds = await audio.evaluate(async (one: HTMLAudioElement) => {
      const ended = new Promise((done) => one.addEventListener('ended', done));
      one.playbackRate = 4;
      await one.play();
      await ended;
      return one.duration;
    });
    expect(seconds).toBeCloseTo(2, 0);
    const broken = { type: 'media', media: 'voice', name: 'b.silk', bytes: voice.slice(0, -1) } as const;
    world.receive(me, friends['卡罗尔']!, broken);
    const second = page.getByLabel('语音').nth(1);
    await second.waitFor();
    await second.evaluate((one: HTMLAudioElement) => one.play().catch(() => undefined));
    await page.getByText('浏览器不能播放这种语音').waitFor();
    expect(complaints.splice(0)).toEqual([expect.stringContaining('404')]);

    const bytes = await makeVideo(panel.browser);
    world.receive(me, friends['卡罗尔']!, { type: 'media', media: 'video', name: 'a.mp4', bytes });
    const video = page.getByLabel('视频');
    await video.waitFor();
    await expect.poll(() => video.evaluate((one: HTMLVideoElement) => one.videoWidth)).toBe(64);
    await page.locator('input[type=file]').setInputFiles({ name: 'b.mp4', mimeType: 'video/mp4', buffer: bytes });
    await page.locator('[data-ready=true]').waitFor();
    await page.getByRole('button', { name: '发送', exact: true }).click();
    await panel.stack.simulator.until(() => delivered().length === 1);
    expect(delivered()).toMatchObject([{ to: friends['卡罗尔'], content: { type: 'media', media: 'video' } }]);
    const { content } = delivered()[0]!;
    expect(content.type === 'media' && bytes.equals(content.bytes)).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('the send page mentions members of a chat room, and sends a voice as WeChat takes it', async () => {
    const { panel, accountId, friends } = hooked;
    const { page, complaints, expectAccessible } = await panel.open(`/panel/send?target=${accountId}`);
    const option = (text: string) => page.locator('.ant-select-item-option').filter({ hasText: text });
    async function send(): Promise<void> {
      await page.getByRole('button', { name: /^发\s?送$/ }).click();
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^发\s?送$/ })
        .click();
      await page.getByText('已全部完成').waitFor();
    }
    await page.getByLabel('按名称、备注或微信号搜索').fill('甲群');
    await option('甲群').click();
    await page.keyboard.press('Escape');
    await page.getByLabel('@ 群成员').fill('Bo');
    await option('@爱丽丝').waitFor({ state: 'detached' });
    await option('@Bob').click();
    await page.keyboard.press('Escape');
    await page.getByLabel('要发送的消息内容').fill('请回复');
    await expectAccessible();
    await send();
    expect(delivered()).toMatchObject([
      { to: room, content: { type: 'text', text: '@Bob\u2005请回复', mentions: [friends['Bob']] } },
    ]);

    const voice = Buffer.from(await silkTone(1, 440));
    await page.getByText('语音', { exact: true }).click();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: '留言.silk', mimeType: 'application/octet-stream', buffer: voice });
    await page.locator('.ant-upload-list-item-done').waitFor();
    await page.getByRole('button', { name: '关 闭' }).click();
    await send();
    expect(delivered().slice(1)).toMatchObject([{ to: room, content: { type: 'media', media: 'voice' } }]);
    const { content } = delivered()[1]!;
    expect(content.type === 'media' && voice.equals(content.bytes)).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('what failed is sent again from where it stands; what nobody knows only by who accepts the risk', async () => {
    const { simulator } = hooked.panel.stack;
    const { page } = await openChat('戴夫');
    simulator.fault({ type: 'refuse', times: 1, text: '操作太频繁' });
    await writing(page).fill('被拒绝');
    await writing(page).press('Enter');
    const line = page.locator('[data-outgoing]', { hasText: '被拒绝' });
    await line.locator('[data-status=FAILED]').waitFor();
    expect(delivered()).toEqual([]);
    await line.getByRole('button', { name: '重新发送' }).dblclick();
    await bubble(page, '被拒绝').waitFor();
    await line.waitFor({ state: 'detached' });
    expect(delivered().map(({ text }) => text)).toEqual(['被拒绝']);

    simulator.fault({ type: 'drop' });
    simulator.fault({ type: 'reset-after-send', times: 1 });
    await writing(page).fill('也许');
    await writing(page).press('Enter');
    const doubt = page.locator('[data-outgoing]', { hasText: '也许' });
    await doubt.locator('[data-status=UNKNOWN]').waitFor();
    simulator.clearFaults();
    await doubt.getByRole('link').click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^重\s?发$/ })
      .click();
    const again = page
      .getByRole('dialog')
      .last()
      .getByRole('button', { name: /^重\s?发$/ });
    expect(await again.isDisabled()).toBe(true);
    await page.getByLabel('我知道对方可能会收到两次').check();
    await again.click();
    await simulator.until(() => delivered().filter(({ text }) => text === '也许').length === 2);
  });
});
