import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/resolvers/access/caller.ts';
import { pollAddress } from '../../src/resolvers/webhooks/poll-address.ts';
import { runWebhook } from '../../src/resolvers/webhooks/run-webhook.ts';
import { callerOf } from '../../src/resolvers/webhooks/webhook-caller.ts';
import { type Receiver, createWebhook, plainFormat, startReceiver, updateWebhook } from './receiving-webhooks.ts';
import { type MovableClock, type Stack, movableClock, query, startStack } from './stack.ts';

let stack: Stack;
let clock: MovableClock;
let outside: Receiver;
beforeAll(async () => {
  clock = movableClock();
  stack = await startStack({
    simulator: { accounts: 1 },
    env: { WXGRAPH_ALLOW_HOSTS: '127.0.0.1' },
    overrides: { clock, formats: { OPENWX: plainFormat } },
  });
  outside = await startReceiver();
});
afterAll(async () => {
  await outside.close();
  await stack.stop();
});

/** One round of the poll of a webhook; the calls that came of it. */
async function poll(id: string): Promise<{ wait: number | null; calls: { caller: Caller; path: string }[] }> {
  const { app } = stack.gateway;
  const calls: { caller: Caller; path: string }[] = [];
  const ready = async () => {
    const [webhook] = await app.store.queries.webhooksById([Number(id.slice(5))]);
    return { webhook: webhook!, caller: (await callerOf(app, webhook!))! };
  };
  const visit = async (caller: Caller, path: string) => {
    calls.push({ caller, path });
    return 200;
  };
  const served = { app, log: app.log, ready, over: new AbortController().signal };
  return { wait: await pollAddress(served, visit)(), calls };
}

/** Not served by the gateway itself meanwhile. */
async function createPolled(): Promise<string> {
  const { id } = await createWebhook(stack, { url: outside.url, format: 'OPENWX', accountIds: ['00001'] });
  await updateWebhook(stack, { id, enabled: false, pollUrl: outside.url });
  return id;
}

describe('a redirect of the address that is polled', () => {
  const own = '/openwx/send_friend_message?id=filehelper&content=hello';

  it.each([
    ['as the documents show it', `http://127.0.0.1:3000${own}`, own],
    ['to a path alone', own, own],
    [
      'with text as it is',
      '/openwx/send_friend_message?id=a&content=你好',
      '/openwx/send_friend_message?id=a&content=%E4%BD%A0%E5%A5%BD',
    ],
    ['to another host', `http://example.com${own}`, null],
    ['to another host at a port', `http://10.0.0.1:3000${own}`, null],
    ['to another route', 'http://127.0.0.1:3000/graphql', null],
    ['out of the routes', 'http://127.0.0.1:3000/openwx/../graphql?query={viewer}', null],
    ['out of the routes, encoded', '/openwx/%2e%2e/api/accounts', null],
    ['to another scheme', 'file:///openwx/get_user_info', null],
    ['to nowhere', '', null],
  ])('%s', async (_, location, path) => {
    const id = await createPolled();
    outside.answer = () => ({ status: 302, headers: { location: Buffer.from(location).toString('latin1') } });
    const { wait, calls } = await poll(id);
    expect(wait).toBe(5_000);
    const caller = { scope: 'SEND', accountIds: [1], tokenId: null, sessionId: null };
    expect(calls).toEqual(path === null ? [] : [{ caller, path }]);
    await stack.query('mutation ($id: ID!) { deleteWebhook(id: $id) { cursor } }', { id });
  });

  it('is followed from no other answer, and not while no account runs', async () => {
    const id = await createPolled();
    const location = `http://127.0.0.1:3000${own}`;
    outside.answer = () => ({ status: 200, headers: { location } });
    expect(await poll(id)).toEqual({ wait: 5_000, calls: [] });
    outside.answer = () => ({ status: 302, headers: { location } });
    await stack.query('mutation { stopAccount(id: "00001") { cursor } }');
    const heard = outside.heard.length;
    expect(await poll(id)).toEqual({ wait: 5_000, calls: [] });
    expect(outside.heard).toHaveLength(heard);
    await stack.query('mutation { startAccount(id: "00001") { cursor } }');
    await stack.until(async () => (await poll(id)).calls.length > 0);
    await updateWebhook(stack, { id, pollUrl: null });
    expect((await poll(id)).wait).toBeNull();
  });
});

it('the address is asked again five seconds after its answer, and never while it has not answered', async () => {
  const { app } = stack.gateway;
  const held = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const before = outside.heard.length;
  let asked = 0;
  outside.answer = async () => {
    await held[asked++]?.promise;
    return {};
  };
  const { id } = await createWebhook(stack, { url: outside.url, format: 'OPENWX', types: [], pollUrl: outside.url });
  await outside.atLeast(before + 1);
  clock.moveOn(60_000);
  held[0]!.resolve();
  // Beside the one who looks for accounts to drive.
  await clock.asleep(5_000, 2);
  expect(outside.heard).toHaveLength(before + 1);
  clock.moveOn(5_000);
  await outside.atLeast(before + 2);
  expect(outside.heard.at(-1)).toMatchObject({ method: 'GET', url: '/hook' });
  await stack.query('mutation ($id: ID!) { deleteWebhook(id: $id) { cursor } }', { id });
  // One that is gone ends by itself, though it waits for an answer.
  await runWebhook(app, Number(id.slice(5)), async () => 0).ended;
  held[1]!.resolve();
});

it('the pass of a call is good while the call lasts, with the rights of who it is for', async () => {
  const { app, url } = stack.gateway;
  const viewer = async (token: string) => query(url, '{ viewer { scope accountIds } }', {}, token);
  let pass = '';
  const caller: Caller = { scope: 'READ', accountIds: [1], tokenId: null, sessionId: null };
  const { data } = await app.passes.use(caller, async (token) => {
    pass = token;
    return viewer(token);
  });
  expect(data.viewer).toEqual({ scope: 'READ', accountIds: ['00001'] });
  expect((await viewer(pass)).errors![0]!.extensions['code']).toBe('UNAUTHENTICATED');
});
