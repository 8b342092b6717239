import { afterAll, beforeAll, expect, it } from 'vitest';
import { lineThatIs, send } from './sending.ts';
import { type Stack, allMessages, startStack } from './stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ simulator: { accounts: 2 } });
});
afterAll(() => stack.stop());

const chat = async (id: string) =>
  (
    await stack.query(
      'query ($id: ID!) { chat(id: $id) { unreadCount unreadMentions lastMessage { text } account { unreadCount } } }',
      { id },
    )
  ).data.chat as {
    unreadCount: number;
    unreadMentions: number;
    lastMessage: { text: string };
    account: { unreadCount: number };
  };

it('unread counts follow what arrives, what is read, and not what the account writes itself or what comes twice', async () => {
  const { world } = stack.simulator;
  const account = stack.simulator.account();
  const me = world.people.get(account.wxid)!;
  const [room] = [...account.account.rooms].filter((id) => world.rooms.get(id)!.members.length > 3);
  const member = world.rooms.get(room!)!.members.find((one) => one.wxid !== account.wxid)!.wxid;
  stack.simulator.fault({ type: 'repeat', copies: 2 });
  world.receive(account.wxid, member, 'one', room);
  world.receive(account.wxid, member, `@${me.name}\u2005 two`, room);
  world.receive(account.wxid, member, 'three', room);
  world.sendFromPhone(account.wxid, room!, 'mine');
  type Stored = { id: string; text: string; mentionsMe: boolean; duplicates: number; chat: { id: string } };
  const read = () => allMessages<Stored>(stack.gateway.url, 'id text mentionsMe duplicates chat { id }');
  const stored = await stack.until(async () => {
    const all = await read();
    return all.length === 4 && all;
  });
  await stack.simulator.until(() =>
    stack.simulator.posts.filter((one) => 'class' in one.body).every((one) => one.outcome === 'answered'),
  );
  stack.simulator.clearFaults();
  // Those that were polled before the first post are counted once more.
  expect((await read()).every((one) => one.duplicates >= 2)).toBe(true);
  const { id } = stored[0]!.chat;
  expect(await chat(id)).toMatchObject({ unreadCount: 3, unreadMentions: 1, account: { unreadCount: 3 } });
  const byText = (text: string) => stored.find((one) => one.text.includes(text))!.id;

  const markRead =
    'mutation ($input: MarkReadInput!) { markRead(input: $input) { chat { unreadCount unreadMentions } } }';
  const firstTwo = await stack.query(markRead, { input: { chatId: id, upTo: byText('two') } });
  const expected = stored
    .slice(stored.findIndex((one) => one.id === byText('two')) + 1)
    .filter((one) => one.text !== 'mine').length;
  expect(firstTwo.data.markRead.chat).toEqual({ unreadCount: expected, unreadMentions: 0 });
  const all = await stack.query(markRead, { input: { chatId: id } });
  expect(all.data.markRead.chat).toEqual({ unreadCount: 0, unreadMentions: 0 });
  const { data } = await stack.query(
    'query ($id: ID!) { account(id: $id) { unreadCount chats(filter: { unreadOnly: true }) { totalCount } } }',
    { id: stack.accountIds[0] },
  );
  expect(data.account).toEqual({ unreadCount: 0, chats: { totalCount: 0 } });
});

it('statistics are the sum of what happened: sent, failed, unknown that became sent, received', async () => {
  const [first, second] = stack.accountIds as [string, string];
  const read = async () =>
    (
      await stack.query(
        `{ stats(days: 1) { total successCount failedCount unknownCount received successRate byDay { total successCount received }
      byAccount { account { id stats { todaySent todayFailed todayUnknown queued totalSent } } total successCount failedCount unknownCount received } } }`,
      )
    ).data.stats as Record<string, unknown>;
  const before = await read();
  expect(before).toMatchObject({ total: 0, received: 3 });

  await send(stack, { targets: [first], to: ['filehelper'], text: 'a' });
  await send(stack, { targets: [first, second], to: ['filehelper'], text: 'b' });
  stack.simulator.fault({ type: 'refuse', times: 1 });
  await send(stack, { targets: [second], to: ['filehelper'], text: 'c' });
  stack.simulator.fault({ type: 'timeout-before-send', times: 1 });
  await send(stack, { targets: [second], to: ['filehelper'], text: 'd' });
  stack.simulator.fault({ type: 'reorder', size: 2, times: 1 });
  stack.simulator.fault({ type: 'timeout-after-send', times: 1 });
  const late = await send(stack, { targets: [first], to: ['filehelper'], text: 'e' });
  expect(await read()).toMatchObject({
    total: 6,
    successCount: 3,
    failedCount: 1,
    unknownCount: 2,
    received: 3,
    successRate: 75,
  });
  stack.simulator.clearFaults();
  await lineThatIs(stack, late.logs.nodes[0]!.id, 'SENT');
  expect(await read()).toMatchObject({
    total: 6,
    successCount: 4,
    failedCount: 1,
    unknownCount: 1,
    received: 3,
    successRate: 80,
    byDay: [{ total: 6, successCount: 4, received: 3 }],
    byAccount: [
      {
        account: { id: first, stats: { todaySent: 3, todayFailed: 0, todayUnknown: 0, queued: 0, totalSent: 3 } },
        total: 3,
        successCount: 3,
        received: 3,
      },
      {
        account: { id: second, stats: { todaySent: 1, todayFailed: 1, todayUnknown: 1, queued: 0, totalSent: 1 } },
        total: 3,
        successCount: 1,
        failedCount: 1,
        unknownCount: 1,
      },
    ],
  });
});
