import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EventFormat } from '../../src/resolvers/events/event-format.ts';
import { dataOf, headOf, receive } from '../api/ask.ts';
import { openEvents } from './event-stream.ts';
import {
  type Heard,
  createWebhook,
  isSigned,
  plainFormat,
  showWebhook,
  startReceiver,
  texts,
  updateWebhook,
  watchOutcomes,
} from './receiving-webhooks.ts';
import { type MovableClock, type Stack, movableClock, openwxText, post, startStack } from './stack.ts';

let stack: Stack;
let clock: MovableClock;
let outcomes: ReturnType<typeof watchOutcomes>;
beforeAll(async () => {
  clock = movableClock();
  stack = await startStack({
    simulator: { accounts: 2 },
    env: { WXGRAPH_ALLOW_HOSTS: '127.0.0.1' },
    overrides: { clock, random: () => 0, formats: { OPENWX: plainFormat, PCHOOK: slowFormat } },
  });
});
afterAll(() => stack.stop());

beforeEach(() => {
  outcomes = watchOutcomes(stack);
});
afterEach(() => outcomes.stop());

/** Waits with the text 慢 until the test lets it go. */
const slow = Promise.withResolvers<void>();
const slowFormat: EventFormat = {
  ...plainFormat,
  encode: async (app, caller, event, options) => {
    if (event.type === 'MESSAGE_RECEIVED' && event.message.text === '慢') await slow.promise;
    return plainFormat.encode(app, caller, event, options);
  },
};

const messages = { types: ['MESSAGE_RECEIVED'] };
const remove = (id: string) => stack.query('mutation ($id: ID!) { deleteWebhook(id: $id) { cursor } }', { id });

/** Moves the clock on when the webhook has gone to sleep until its next attempt. */
async function moveOn(id: string, ms: number): Promise<void> {
  const [delivery] = (await showWebhook(stack, id, ['FAILED'])).deliveries.nodes;
  await clock.asleepUntil(Date.parse(delivery!.nextAttemptAt!));
  clock.moveOn(ms);
}

async function replay(id: string, after: string): Promise<{ webhookId: string }> {
  const { replayWebhook } = dataOf(
    await stack.query(
      'mutation ($id: ID!, $after: String!) { replayWebhook(input: { id: $id, after: $after }) { cursor webhook { id } } }',
      { id, after },
    ),
  );
  return { webhookId: replayWebhook.webhook.id };
}

/** The position of the event before the one at a cursor. */
async function before(cursor: string): Promise<string> {
  const { events } = dataOf(
    await stack.query('query { events(first: 100) { edges { cursor } pageInfo { hasNextPage } } }'),
  );
  const cursors = (events.edges as { cursor: string }[]).map((edge) => edge.cursor);
  expect(cursors).toContain(cursor);
  return cursors[cursors.indexOf(cursor) - 1]!;
}

describe('a STANDARD webhook', () => {
  it('is told of everything later than its creation, in the order of the log, signed and as GET /events shows it', async () => {
    await using receiver = await startReceiver();
    await receive(stack, '以前');
    const after = await headOf(stack);
    const { id, secret } = await createWebhook(stack, { url: receiver.url, ...messages });
    expect(secret).toMatch(/^whsec_[A-Za-z\d+/]{43}=$/);
    for (let i = 0; i < 20; i += 1) await receive(stack, `第${i}条`, { account: i % 2 });
    const heard = await receiver.atLeast(20);
    expect(texts(heard)).toEqual(Array.from({ length: 20 }, (_, i) => `第${i}条`));
    for (const one of heard) {
      expect(one).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
      expect(isSigned(one, secret!)).toBe(true);
      expect(isSigned({ ...one, text: `${one.text} ` }, secret!)).toBe(false);
    }
    expect(receiver.connections()).toBe(1);
    expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(20);
    const events = await openEvents(stack.gateway.url, 'types=MESSAGE_RECEIVED', { 'last-event-id': after });
    await events.atLeast(21);
    const shown = (await events.cut()).map(({ event }) => event).filter(({ type }) => type === 'MESSAGE_RECEIVED');
    expect(heard.map(({ json }) => json)).toEqual(shown);
    await remove(id);
  });

  it('whose receiver does not answer holds no other back, and is told in order when it does', async () => {
    await using healthy = await startReceiver();
    await using stuck = await startReceiver();
    const release = Promise.withResolvers<void>();
    stuck.answer = async () => {
      await release.promise;
      return {};
    };
    const ids = [
      (await createWebhook(stack, { url: stuck.url, ...messages })).id,
      (await createWebhook(stack, { url: healthy.url, ...messages })).id,
    ];
    for (let i = 0; i < 10; i += 1) await receive(stack, `旁${i}`);
    expect(texts(await healthy.atLeast(10))).toEqual(Array.from({ length: 10 }, (_, i) => `旁${i}`));
    await stuck.atLeast(1);
    expect(stuck.heard).toHaveLength(1);
    expect((await showWebhook(stack, ids[0]!)).lag).toBe(10);
    release.resolve();
    expect(texts(await stuck.atLeast(10))).toEqual(texts(healthy.heard));
    for (const id of ids) await remove(id);
  });

  it('tries what failed again by itself, at the times of the table, with the same id and body, and gives it up at last', async () => {
    await using receiver = await startReceiver();
    let isBroken = true;
    receiver.answer = ({ json }) => ({ status: isBroken && json.data.message.text === '坏' ? 500 : 200 });
    const { id, secret } = await createWebhook(stack, { url: receiver.url, ...messages });
    await receive(stack, '坏');
    await receive(stack, '好');
    await receiver.atLeast(2);
    expect(texts(receiver.heard)).toEqual(['坏', '好']);
    await outcomes.atLeast(2);
    const began = clock.now();
    const minute = 60_000;
    const hour = 60 * minute;
    const table = [5_000, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour];
    for (const [at, pause] of table.entries()) {
      const shown = await showWebhook(stack, id, ['FAILED']);
      expect(shown).toMatchObject({ failing: true, enabled: true, lastError: 'answered HTTP 500', lag: 0 });
      const [delivery] = shown.deliveries.nodes;
      expect(delivery).toMatchObject({ status: 'FAILED', attempts: at + 1, responseStatus: 500 });
      const wait = Date.parse(delivery!.nextAttemptAt!) - clock.now();
      expect(wait).toBeGreaterThan(pause - 5_000);
      expect(wait).toBeLessThanOrEqual(pause);
      await moveOn(id, pause);
      await receiver.atLeast(3 + at);
      await outcomes.atLeast(3 + at);
    }
    const tries = receiver.heard.filter(({ json }) => json.data.message.text === '坏');
    expect(tries).toHaveLength(10);
    expect(new Set(tries.map(({ text }) => text)).size).toBe(1);
    expect(new Set(tries.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(tries.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(10);
    expect(isSigned(tries.at(-1)!, secret!, clock.now())).toBe(true);
    const { deliveries } = await showWebhook(stack, id, ['EXHAUSTED']);
    expect(deliveries).toMatchObject({ totalCount: 1, nodes: [{ attempts: 10, nextAttemptAt: null }] });
    expect(clock.now() - began).toBeGreaterThan(75 * hour);

    isBroken = false;
    const { json, headers } = tries[0]!;
    const { webhookId } = await replay(id, await before(json.cursor));
    expect(webhookId).toBe(id);
    const again = (await receiver.atLeast(13)).slice(11);
    expect(texts(again)).toEqual(['坏', '好']);
    expect(again[0]!.headers['webhook-id']).toBe(headers['webhook-id']);
    await outcomes.atLeast(13);
    expect(await showWebhook(stack, id)).toMatchObject({ failing: false, lastError: 'answered HTTP 500' });
    await remove(id);
  });

  it.each([
    [302, { location: 'http://127.0.0.1:9/' }, 'answered HTTP 302: redirects are not followed', 5_000],
    [429, { 'retry-after': '3600' }, 'answered HTTP 429', 3_600_000],
    [503, { 'retry-after': 'soon' }, 'answered HTTP 503', 5_000],
    [503, { 'retry-after': '999999999' }, 'answered HTTP 503', 86_400_000],
  ] as const)('answered %i with %o has failed, and waits as it is told', async (status, headers, error, wait) => {
    await using receiver = await startReceiver();
    receiver.answer = () => ({ status, headers });
    const { id } = await createWebhook(stack, { url: receiver.url, ...messages });
    await receive(stack, '推迟');
    await outcomes.atLeast(1);
    const { deliveries } = await showWebhook(stack, id);
    expect(deliveries.nodes).toMatchObject([{ status: 'FAILED', responseStatus: status, error, attempts: 1 }]);
    const next = Date.parse(deliveries.nodes[0]!.nextAttemptAt!) - clock.now();
    expect(next).toBeGreaterThan(wait - 2_000);
    expect(next).toBeLessThanOrEqual(wait);
    expect(receiver.heard).toHaveLength(1);
    await remove(id);
  });

  it('answered 410 is switched off, and is told of what it missed when it is switched on', async () => {
    await using receiver = await startReceiver();
    receiver.answer = () => ({ status: 410 });
    const { id } = await createWebhook(stack, { url: receiver.url, ...messages });
    await receive(stack, '不要');
    await outcomes.atLeast(1);
    const changed = await stack.until(async () => !(await showWebhook(stack, id)).enabled && showWebhook(stack, id));
    expect(changed).toMatchObject({
      failing: true,
      lastError: 'answered HTTP 410: it wants no more, and was switched off',
    });
    expect(changed.deliveries.nodes).toMatchObject([{ status: 'EXHAUSTED', attempts: 1, responseStatus: 410 }]);
    await receive(stack, '错过');
    expect((await showWebhook(stack, id)).lag).toBe(1);
    receiver.answer = () => ({});
    await updateWebhook(stack, { id, enabled: true });
    expect(texts(await receiver.atLeast(2))).toEqual(['不要', '错过']);
    await outcomes.atLeast(2);
    expect(await showWebhook(stack, id)).toMatchObject({ enabled: true, failing: false, lag: 0 });
    await remove(id);
  });

  it('is told of what passes its filter, and of what passes a wider one from then on', async () => {
    await using receiver = await startReceiver();
    const [first, second] = stack.accountIds as [string, string];
    const { id } = await createWebhook(stack, { url: receiver.url, accountIds: [second], ...messages });
    await receive(stack, '一号');
    await receive(stack, '二号', { account: 1 });
    expect(texts(await receiver.atLeast(1))).toEqual(['二号']);
    await outcomes.atLeast(1);
    await updateWebhook(stack, { id, accountIds: null, types: ['MESSAGE_RECEIVED', 'GROUP_CHANGED'] });
    await receive(stack, '又一号');
    dataOf(
      await stack.query('mutation ($ids: [ID!]!) { createGroup(input: { name: "组", accountIds: $ids }) { cursor } }', {
        ids: [first],
      }),
    );
    const heard = await receiver.atLeast(3);
    expect(heard.slice(1).map(({ json }) => [json.type, json.accountId])).toEqual([
      ['MESSAGE_RECEIVED', first],
      ['GROUP_CHANGED', null],
    ]);
    await remove(id);
  });

  it('is signed with both secrets for a day after a rotation, and with the new one alone afterwards', async () => {
    await using receiver = await startReceiver();
    const { id, secret } = await createWebhook(stack, { url: receiver.url, ...messages });
    const { rotateWebhookSecret } = dataOf(
      await stack.query('mutation ($id: ID!) { rotateWebhookSecret(id: $id) { secret webhook { id } } }', { id }),
    );
    expect(rotateWebhookSecret.secret).not.toBe(secret);
    await receive(stack, '双签');
    const [both] = await receiver.atLeast(1);
    expect([secret!, rotateWebhookSecret.secret].map((one) => isSigned(both!, one, clock.now()))).toEqual([true, true]);
    clock.moveOn(24 * 3600_000);
    await receive(stack, '单签');
    const [, one] = await receiver.atLeast(2);
    expect([secret!, rotateWebhookSecret.secret].map((each) => isSigned(one!, each, clock.now()))).toEqual([
      false,
      true,
    ]);
    const stored = JSON.stringify(await stack.gateway.app.store.queries.webhooks({ first: 10 }));
    expect(stored).not.toContain(secret!.slice(6, 40));
    await remove(id);
  });

  it('that is tested posts at once and once, and shows how it went without counting it as a failure', async () => {
    await using receiver = await startReceiver();
    const { id, secret } = await createWebhook(stack, { url: receiver.url, ...messages });
    const test = async () =>
      dataOf(
        await stack.query(
          'mutation ($id: ID!) { testWebhook(id: $id) { webhook { failing deliveries { nodes { status attempts responseStatus error } } } } }',
          { id },
        ),
      ).testWebhook.webhook;
    expect((await test()).deliveries.nodes).toEqual([
      { status: 'DELIVERED', attempts: 1, responseStatus: 204, error: null },
    ]);
    expect(isSigned(receiver.heard[0]!, secret!, clock.now())).toBe(true);
    expect(receiver.heard[0]!.json).toMatchObject({ type: 'TEST', accountId: null, data: {} });
    receiver.answer = () => ({ status: 410 });
    const failed = await test();
    expect(failed.failing).toBe(false);
    expect(failed.deliveries.nodes[0]).toMatchObject({ status: 'EXHAUSTED', responseStatus: 410 });
    expect((await showWebhook(stack, id)).enabled).toBe(true);
    await remove(id);
  });
});

describe('a webhook of an old format', () => {
  it('has a connection for each post: one that is closed as it is used could not be posted again', async () => {
    await using receiver = await startReceiver();
    const { id } = await createWebhook(stack, { url: receiver.url, format: 'OPENWX', ...messages });
    for (const text of ['一', '二', '三']) await receive(stack, text);
    await receiver.atLeast(3);
    expect(receiver.connections()).toBe(3);
    await remove(id);
  });

  it('is never posted twice to a receiver that may have heard it, and again to one that cannot have', async () => {
    await using receiver = await startReceiver();
    receiver.answer = () => ({ status: 500 });
    const { id } = await createWebhook(stack, { url: receiver.url, format: 'OPENWX', ...messages });
    await receive(stack, '听见了');
    await outcomes.atLeast(1);
    expect((await showWebhook(stack, id)).deliveries.nodes).toMatchObject([{ status: 'EXHAUSTED', attempts: 1 }]);
    expect(receiver.heard).toMatchObject([
      { url: '/hook?client=00001', json: { post_type: 'INCOMING', content: '听见了' } },
    ]);
    await receiver.close();
    await receive(stack, '没听见');
    await outcomes.atLeast(2);
    const { deliveries } = await showWebhook(stack, id, ['FAILED']);
    expect(deliveries.nodes).toMatchObject([
      { status: 'FAILED', responseStatus: null, error: `127.0.0.1:${receiver.port} cannot be reached (ECONNREFUSED)` },
    ]);
    await using back = await startReceiver(receiver.port);
    await moveOn(id, 5_000);
    expect((await back.atLeast(1)).map(({ json }) => json.content)).toEqual(['没听见']);
    await remove(id);
  });
});

describe('a webhook that is told of webhooks', () => {
  it('is told of others that fail, and never of itself', async () => {
    await using broken = await startReceiver();
    await using receiver = await startReceiver();
    broken.answer = () => ({ status: 500 });
    const types = ['WEBHOOK_CHANGED', 'GROUP_CHANGED'];
    const { id } = await createWebhook(stack, { url: broken.url, types });
    const { id: other } = await createWebhook(stack, { url: receiver.url, types });
    dataOf(await stack.query('mutation { createGroup(input: { name: "组", accountIds: [] }) { cursor } }'));
    const told = (by: { heard: Heard[] }) => by.heard.map(({ json }) => (json.data.webhookId ?? json.type) as string);
    await receiver.atLeast(2);
    await outcomes.atLeast(4);
    expect(told(receiver).toSorted((a, b) => a.localeCompare(b))).toEqual(['GROUP_CHANGED', id]);
    expect(told(broken)).toEqual([other, 'GROUP_CHANGED']);
    for (const one of [id, other]) await remove(one);
  });
});

describe('an event that takes long to be told', () => {
  it('holds back those before it, or lets those after it go first', async () => {
    await using receiver = await startReceiver();
    const { id } = await createWebhook(stack, { url: receiver.url, format: 'PCHOOK', ...messages });
    await updateWebhook(stack, { id, enabled: false });
    for (const text of ['快', '慢', '后']) await receive(stack, text);
    await updateWebhook(stack, { id, enabled: true });
    await receiver.atLeast(1);
    expect(receiver.heard).toHaveLength(1);
    slow.resolve();
    const heard = await receiver.atLeast(3);
    expect(heard.map(({ json }) => json.content)).toEqual(['快', '慢', '后']);
    await remove(id);
  });
});

describe('of an account that is deleted', () => {
  it('nothing is posted that waits to be tried again, and its last news is', async () => {
    await using receiver = await startReceiver();
    receiver.answer = ({ json }) => ({ status: json.type === 'MESSAGE_RECEIVED' ? 500 : 200 });
    const account = dataOf(
      await stack.query(
        'mutation { createAccount(input: { name: "短", connection: { openwx: { baseUrl: "http://127.0.0.1:9" } } }) { account { id callbackUrl } } }',
      ),
    ).createAccount.account as { id: string; callbackUrl: string };
    const { id } = await createWebhook(stack, {
      url: receiver.url,
      accountIds: [account.id],
      types: ['MESSAGE_RECEIVED', 'ACCOUNT_CHANGED'],
    });
    await post(account.callbackUrl, openwxText('1', '要忘的'));
    // The message tells who the account is, too.
    await outcomes.atLeast(2);
    expect((await showWebhook(stack, id, ['FAILED'])).deliveries.totalCount).toBe(1);
    await stack.query('mutation ($id: ID!) { deleteAccount(id: $id) { cursor } }', { id: account.id });
    const heard = await receiver.atLeast(3);
    expect(heard[2]!.json).toMatchObject({
      type: 'ACCOUNT_CHANGED',
      accountId: account.id,
      data: { change: 'DELETED' },
    });
    await outcomes.atLeast(3);
    clock.moveOn(86_400_000);
    const { deliveries } = await showWebhook(stack, id);
    expect(deliveries.nodes).toMatchObject([{ status: 'DELIVERED' }, { status: 'DELIVERED' }]);
    expect(receiver.heard).toHaveLength(3);
    await remove(id);
  });
});

describe('a stop of the gateway', () => {
  it('loses nothing of what failed, of what was not posted yet and of what happened meanwhile', async () => {
    await using receiver = await startReceiver();
    receiver.answer = () => ({ status: 500 });
    const { id, secret } = await createWebhook(stack, { url: receiver.url, ...messages });
    await receive(stack, '败一');
    await outcomes.atLeast(1);
    const tried = receiver.heard[0]!;
    await updateWebhook(stack, { id, enabled: false });
    await receive(stack, '停二');
    await stack.restart();
    outcomes = watchOutcomes(stack);
    receiver.answer = () => ({});
    clock.moveOn(5_000);
    await updateWebhook(stack, { id, enabled: true });
    const heard = (await receiver.atLeast(3)).slice(1);
    expect(texts(heard).toSorted()).toEqual(['停二', '败一'].toSorted());
    const again = heard.find(({ json }) => json.data.message.text === '败一')!;
    expect([again.text, again.headers['webhook-id']]).toEqual([tried.text, tried.headers['webhook-id']]);
    expect(isSigned(again, secret!, clock.now())).toBe(true);
    await outcomes.atLeast(2);
    expect(await showWebhook(stack, id)).toMatchObject({ failing: false, lag: 0 });
    await remove(id);
  });
});
