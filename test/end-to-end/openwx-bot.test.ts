import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAccount } from '../../src/resolvers/accounts/create-account.ts';
import { showId } from '../../src/resolvers/ids.ts';
import { startAccount } from '../../src/resolvers/accounts/start-account.ts';
import { type Receiver, createWebhook, startReceiver } from './receiving-webhooks.ts';
import { type Stack, adminToken, owner, startStack } from './stack.ts';

let stack: Stack;
let bot: Receiver;
let id: string;
beforeAll(async () => {
  stack = await startStack({
    simulator: { accounts: 0, hooks: 1, friends: 2, rooms: 1 },
    env: { WXGRAPH_ALLOW_HOSTS: '127.0.0.1', WXGRAPH_PATH_TOKENS: 'on' },
  });
  const { object } = await createAccount(stack.gateway.app, owner, {
    name: 'hook',
    connection: { pchook: { baseUrl: stack.simulator.hooks[0]!.baseUrl, timezone: 'Asia/Shanghai' } },
    pacing: { intervalMs: 0, jitterMs: 0 },
  });
  id = showId('account', object.id);
  await startAccount(stack.gateway.app, owner, id);
  await stack.until(async () => {
    const { data } = await stack.query('query ($id: ID!) { account(id: $id) { state contactSync { state } } }', { id });
    return data.account.state === 'RUNNING' && data.account.contactSync.state === 'DONE';
  });
  bot = await startReceiver();
});
afterAll(async () => {
  await bot.close();
  await stack.stop();
});

/**
 * A bot of Openwx as its documents show one: answers texts of friends by what it answers to the post, and greets in chat rooms by a call of
 * the API, which it makes before it answers.
 */
function answerAsBot(api: string): void {
  bot.answer = async ({ json: post }) => {
    if (post.post_type !== 'receive_message')
      return { status: 200, headers: { 'content-type': 'text/html' }, body: 'ok' };
    if (post.type === 'friend_message') {
      const reply = `${post.sender_name}说${post.content}`;
      return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ reply, code: 0 }) };
    }
    const called = await fetch(
      `${api}/openwx/send_group_message?id=${post.group_id}&content=${encodeURIComponent('大家好')}`,
    );
    expect(await called.json()).toMatchObject({ code: 0 });
    return { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' };
  };
}

it('a bot of Openwx, with its post_api and its calls, runs over an account of the PC hook', async () => {
  const { world, hooks } = stack.simulator;
  const { wxid } = hooks[0]!;
  const { contacts, rooms } = world.accounts.get(wxid)!;
  const friend = [...contacts.values()].find(({ kind }) => kind === 'friend')!.wxid;
  const [room] = rooms;
  const api = `${stack.gateway.url}/t/${adminToken}`;
  answerAsBot(api);
  const post = encodeURIComponent(bot.url);
  const started = await fetch(`${api}/openwx/start_client?client=${id}&post_api=${post}`);
  expect(await started.json()).toMatchObject({ code: 0, client: id, post_api: bot.url });
  world.receive(wxid, friend, '早');
  world.receive(wxid, friend, '群里', room);
  const sent = await stack.until(async () => {
    const nodes = (await stack.query('{ logs { nodes { content receiver status } } }')).data.logs.nodes as Line[];
    return nodes.length >= 2 && nodes.every(({ status }) => status === 'SENT') && nodes;
  });
  const { name } = world.people.get(friend)!;
  expect(sent.toSorted((a, b) => a.content.length - b.content.length)).toEqual([
    { content: '大家好', receiver: room, status: 'SENT' },
    { content: `${name}说早`, receiver: friend, status: 'SENT' },
  ]);
  // Its own messages come back to it, and are answered no more.
  await bot.atLeast(4);
  const own = bot.heard.filter(({ json }) => json.post_type === 'send_message');
  expect(own.map(({ json }) => json.content).toSorted((a, b) => a.length - b.length)).toEqual([
    '大家好',
    `${name}说早`,
  ]);
});

it('what the address of poll_api redirects to is done, with the rights of the webhook', async () => {
  const { world, hooks } = stack.simulator;
  const { contacts } = world.accounts.get(hooks[0]!.wxid)!;
  const friend = [...contacts.values()].find(({ kind }) => kind === 'friend')!.wxid;
  const text = encodeURIComponent('轮询来的');
  const calls = [`http://127.0.0.1:3000/openwx/send_friend_message?id=${friend}&content=${text}`];
  bot.answer = ({ method }) => {
    const location = method === 'GET' ? calls.shift() : undefined;
    return location === undefined ? {} : { status: 302, headers: { location } };
  };
  await createWebhook(stack, { url: bot.url, format: 'OPENWX', types: [], accountIds: [id], pollUrl: bot.url });
  await stack.until(async () => {
    const { nodes } = (await stack.query('{ logs { nodes { content receiver status } } }')).data.logs;
    return (nodes as Line[]).some(
      (one) => one.content === '轮询来的' && one.receiver === friend && one.status === 'SENT',
    );
  });
});

type Line = { content: string; receiver: string; status: string };
