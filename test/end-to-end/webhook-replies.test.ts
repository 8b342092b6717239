import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/resolvers/access/caller.ts';
import { setCallback } from '../../src/resolvers/webhooks/set-callback.ts';
import { authenticateToken } from '../../src/resolvers/access/authenticate.ts';
import { avatarPng } from '../../src/simulator/png.ts';
import { dataOf, inRoom, makeToken, receive as receiveAs, send } from '../api/ask.ts';
import {
  type Answered,
  type Receiver,
  createWebhook,
  plainFormat,
  showWebhook,
  startReceiver,
  updateWebhook,
  watchOutcomes,
} from './receiving-webhooks.ts';
import { type MovableClock, type Stack, movableClock, startStack } from './stack.ts';

let stack: Stack;
let clock: MovableClock;
let bot: Receiver;
let id: string;
beforeAll(async () => {
  clock = movableClock();
  stack = await startStack({
    simulator: { accounts: 2 },
    env: { WXGRAPH_ALLOW_HOSTS: '127.0.0.1' },
    overrides: { clock, formats: { OPENWX: plainFormat } },
  });
  const contacts = async (account: string, kind: string) =>
    dataOf(
      await stack.query(
        'query ($filter: ContactFilter) { contacts(filter: $filter, first: 1) { nodes { wxid name } } }',
        { filter: { accountIds: [account], kinds: [kind] } },
      ),
    ).contacts.nodes[0];
  friend = (await contacts('00001', 'FRIEND')).wxid;
  room = await contacts('00002', 'CHAT_ROOM');
  bot = await startReceiver();
  const asked = { url: bot.url, format: 'OPENWX', types: ['MESSAGE_RECEIVED'], allowReply: true };
  ({ id } = await createWebhook(stack, asked));
});
afterAll(async () => {
  await bot.close();
  await stack.stop();
});
beforeEach(() => {
  bot.heard.length = 0;
  bot.answer = () => ({});
});

/** Somebody who can be answered. */
let friend: string;
let room: { wxid: string; name: string };
const receive = (of: Stack, text: string, more: Record<string, unknown> = {}) =>
  receiveAs(of, text, { sender_id: friend, ...more });

const json = (value: unknown, type = 'application/json'): Answered => ({
  status: 200,
  headers: { 'content-type': type },
  body: typeof value === 'string' ? value : JSON.stringify(value),
});
/** Everything that was sent so far, as it is queued: type, content and receiver of each line, oldest first. */
const sent = async () =>
  (
    dataOf(await stack.query('{ logs(first: 100) { nodes { type content receiver account { id } } } }')).logs.nodes as {
      type: string;
      content: string;
      receiver: string;
      account: { id: string };
    }[]
  ).toReversed();

describe('what the receiver answers', () => {
  it('is sent to the chat that the message is of, and what comes back of it is answered no more', async () => {
    bot.answer = ({ json: body }) => json({ reply: `答${body.content}`, code: 0 });
    const outcomes = watchOutcomes(stack);
    await receive(stack, '一');
    await receive(stack, '二', { account: 1, ...inRoom(room.wxid, room.name) });
    await bot.atLeast(4);
    await outcomes.atLeast(4);
    outcomes.stop();
    const count = (direction: string) => bot.heard.filter(({ json: body }) => body.post_type === direction).length;
    expect([count('INCOMING'), count('OUTGOING')]).toEqual([2, 2]);
    expect(await sent()).toEqual([
      { type: 'TEXT', content: '答一', receiver: friend, account: { id: '00001' } },
      { type: 'TEXT', content: '答二', receiver: room.wxid, account: { id: '00002' } },
    ]);
  });

  it('with media is sent text first, media of http addresses alone', async () => {
    await using shop = await startReceiver();
    shop.answer = () => ({ status: 200, headers: { 'content-type': 'image/png' }, body: avatarPng('a') });
    const before = (await sent()).length;
    bot.answer = () => json({ reply: '看图', media: `http://127.0.0.1:${shop.port}/cat.png` });
    const outcomes = watchOutcomes(stack);
    await receive(stack, '图');
    await outcomes.atLeast(1);
    bot.answer = () => json({ media: '/etc/passwd' });
    await receive(stack, '路径');
    await stack.until(async () => (await sent()).length >= before + 2);
    await outcomes.atLeast(2);
    outcomes.stop();
    expect((await sent()).slice(before)).toMatchObject([
      { type: 'TEXT', content: '看图' },
      { type: 'IMAGE', content: expect.stringContaining('.png') as string },
    ]);
  });

  it.each([
    ['no JSON by its type', json({ reply: '不' }, 'text/plain')],
    ['HTML', json('<html>', 'text/html')],
    ['no JSON', json('{"reply": ')],
    ['no object', json('"reply"')],
    ['an empty reply', json({ reply: '' })],
    ['a reply that is null', json({ reply: null })],
    ['a reply that is a list', json({ reply: ['不'] })],
    ['too long', json({ reply: 'x'.repeat(200_000) })],
    ['a failure', { ...json({ reply: '不' }), status: 500 }],
  ])('that is %s sends nothing', async (_, answer) => {
    const before = (await sent()).length;
    bot.answer = () => answer;
    const outcomes = watchOutcomes(stack);
    await receive(stack, '问');
    await outcomes.atLeast(1);
    outcomes.stop();
    expect((await sent()).slice(before)).toEqual([]);
  });

  it('and cannot be sent is told with the delivery', async () => {
    bot.answer = () => json({ reply: '长'.repeat(17_000) });
    const outcomes = watchOutcomes(stack);
    await receive(stack, '问长');
    await outcomes.atLeast(1);
    outcomes.stop();
    const { deliveries } = await showWebhook(stack, id);
    expect(deliveries.nodes[0]).toMatchObject({
      status: 'DELIVERED',
      error: 'The reply was not sent: The text may have at most 16384 characters.',
    });
  });

  it('is sent once, however often the message is posted and whatever is answered then', async () => {
    const head = await stack.head();
    let count = 0;
    bot.answer = () => json({ reply: `第${(count += 1)}答` });
    await receive(stack, '只一次');
    await stack.until(async () => (await sent()).some(({ content }) => content === '第1答'));
    await bot.atLeast(2);
    const outcomes = watchOutcomes(stack);
    dataOf(
      await stack.query(
        'mutation ($id: ID!, $after: String!) { replayWebhook(input: { id: $id, after: $after }) { cursor } }',
        {
          id,
          after: head,
        },
      ),
    );
    await outcomes.atLeast(2);
    outcomes.stop();
    expect(bot.heard.filter(({ json: body }) => body.content === '只一次')).toHaveLength(2);
    expect((await sent()).filter(({ content }) => content.endsWith('答') && content.startsWith('第'))).toHaveLength(1);
  });

  it('is of no interest where it is not allowed', async () => {
    const before = (await sent()).length;
    await updateWebhook(stack, { id, allowReply: false });
    bot.answer = () => json({ reply: '不许' });
    const outcomes = watchOutcomes(stack);
    await receive(stack, '问');
    await outcomes.atLeast(1);
    outcomes.stop();
    await updateWebhook(stack, { id, allowReply: true });
    expect((await sent()).slice(before)).toEqual([]);
  });
});

describe('the callback that a token sets for itself', () => {
  const callerOf = async (secret: string): Promise<Caller> => authenticateToken(stack.gateway.app, secret);
  const webhooks = async () =>
    dataOf(
      await stack.query('{ webhooks { nodes { id url format accountIds token allowReply events mediaData } } }'),
    ).webhooks.nodes.filter((node: { token: string | null }) => node.token !== null);

  it('is one for each format and account, acts with its rights and ends with it', async () => {
    await using receiver = await startReceiver();
    const { app } = stack.gateway;
    const token = await makeToken(stack, 'SEND', { accountIds: ['00001'] });
    const caller = await callerOf(token.secret);
    const setting = { format: 'OPENWX', accountId: null, url: receiver.url } as const;
    await setCallback(app, caller, setting);
    await setCallback(app, caller, { ...setting, options: { allowReply: true, events: ['login'] } });
    const [made, ...more] = await webhooks();
    expect(more).toEqual([]);
    expect(made).toEqual({
      id: expect.any(String) as string,
      url: receiver.url,
      format: 'OPENWX',
      accountIds: null,
      token: token.id,
      allowReply: true,
      events: ['login'],
      mediaData: true,
    });
    await receive(stack, '不是你的', { account: 1 });
    await receive(stack, '是你的');
    await receiver.atLeast(1);
    expect(receiver.heard[0]).toMatchObject({ url: '/hook?client=00001', json: { content: '是你的' } });
    receiver.answer = () => json({ reply: '替你答' });
    await receive(stack, '再问');
    await stack.until(async () => (await sent()).some(({ content }) => content === '替你答'));

    await setCallback(app, caller, { format: 'OPENWX', accountId: 1, url: receiver.url });
    expect(await webhooks()).toHaveLength(2);
    await setCallback(app, caller, { format: 'OPENWX', accountId: 1, url: null });
    await setCallback(app, caller, { format: 'OPENWX', accountId: 1, url: null });
    expect((await webhooks()).map((one: { id: string }) => one.id)).toEqual([made.id]);
    dataOf(await stack.query('mutation ($id: ID!) { revokeApiToken(id: $id) { cursor } }', { id: token.id }));
    expect(await webhooks()).toEqual([]);
    const heard = receiver.heard.length;
    const outcomes = watchOutcomes(stack);
    await receive(stack, '没有了');
    await outcomes.atLeast(1);
    outcomes.stop();
    expect(receiver.heard).toHaveLength(heard);
  });

  it('stops when the token has expired', async () => {
    await using receiver = await startReceiver();
    const expiresAt = new Date(clock.now() + 3600_000).toISOString();
    const token = await makeToken(stack, 'SEND', { expiresAt });
    await setCallback(stack.gateway.app, await callerOf(token.secret), {
      format: 'OPENWX',
      accountId: null,
      url: receiver.url,
    });
    await receive(stack, '还行');
    await receiver.atLeast(1);
    clock.moveOn(3600_000);
    const outcomes = watchOutcomes(stack);
    await receive(stack, '过期');
    await outcomes.atLeast(1);
    outcomes.stop();
    expect(receiver.heard).toHaveLength(1);
  });

  it('is refused for an account of others, to a token that may only read, and to an address in a private network', async () => {
    const { app } = stack.gateway;
    const setting = { format: 'ECLOUD', accountId: 2, url: 'http://127.0.0.1:9/' } as const;
    const one = await callerOf((await makeToken(stack, 'SEND', { accountIds: ['00001'] })).secret);
    const reader = await callerOf((await makeToken(stack, 'READ')).secret);
    await expect(setCallback(app, one, setting)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(setCallback(app, reader, setting)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const refused = { ...setting, accountId: 1, url: 'http://10.0.0.1/' };
    await expect(setCallback(app, one, refused)).rejects.toMatchObject({ code: 'URL_NOT_ALLOWED' });
    await expect(setCallback(app, one, { ...refused, url: 'ftp://a' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});

it('an own send is posted and its answer sends nothing', async () => {
  bot.answer = () => json({ reply: '自言自语' });
  const outcomes = watchOutcomes(stack);
  await send(stack, ['00001'], '我说');
  await bot.atLeast(1);
  await outcomes.atLeast(1);
  outcomes.stop();
  expect((await sent()).some(({ content }) => content === '自言自语')).toBe(false);
});
