import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainFormat, startReceiver, watchOutcomes } from '../end-to-end/receiving-webhooks.ts';
import { type Stack, follow, startStack } from '../end-to-end/stack.ts';
import { dataOf, expectError, headOf, makeToken, receive, walk } from './ask.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    env: { WXGRAPH_ALLOW_HOSTS: '127.0.0.1:9,127.0.0.1:10' },
    overrides: { formats: { OPENWX: plainFormat } },
  });
});
afterAll(() => stack.stop());

const url = 'http://127.0.0.1:9/hook';
const fields =
  'id url format types accountIds token enabled allowReply events mediaData pollUrl failing lastError lag createdAt';
const create = (input: Record<string, unknown>) =>
  stack.query(
    `mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { secret cursor webhook { ${fields} } } }`,
    { input },
  );
const update = (input: Record<string, unknown>) =>
  stack.query(
    `mutation ($input: UpdateWebhookInput!) { updateWebhook(input: $input) { secret cursor webhook { ${fields} } } }`,
    { input },
  );
const remove = (id: string) =>
  stack.query('mutation ($id: ID!) { deleteWebhook(id: $id) { deletedId cursor } }', { id });
/** Nothing is ever posted to it. */
const quiet = { url, types: [] };

describe('a webhook', () => {
  it('has what it was made with, changes what is named, and is gone when it is deleted', async () => {
    const { secret, webhook } = dataOf(await create({ ...quiet, accountIds: ['00001', '00001'] })).createWebhook;
    expect(secret).toMatch(/^whsec_/);
    const made = {
      id: expect.stringMatching(/^hook_\d+$/) as string,
      url,
      format: 'STANDARD',
      types: [],
      accountIds: ['00001'],
      token: null,
      enabled: true,
      allowReply: false,
      events: null,
      mediaData: true,
      pollUrl: null,
      failing: false,
      lastError: null,
      lag: 0,
      createdAt: expect.any(String) as string,
    };
    expect(webhook).toEqual(made);
    const { id } = webhook as { id: string };
    const changed = dataOf(await update({ id, url: 'http://127.0.0.1:10/', types: ['GROUP_CHANGED'], enabled: false }));
    expect(changed.updateWebhook).toMatchObject({
      secret: null,
      webhook: { ...made, id, url: 'http://127.0.0.1:10/', types: ['GROUP_CHANGED'], enabled: false },
    });
    const cleared = dataOf(await update({ id, types: null, accountIds: null })).updateWebhook.webhook;
    expect(cleared).toMatchObject({ types: null, accountIds: null, enabled: false });
    expect(dataOf(await stack.query('query ($id: ID!) { node(id: $id) { __typename id } }', { id })).node).toEqual({
      __typename: 'Webhook',
      id,
    });
    expect(dataOf(await remove(id)).deleteWebhook.deletedId).toBe(id);
    for (const answer of [await remove(id), await update({ id, enabled: true })]) expectError(answer, 'NOT_FOUND');
  });

  it('of Openwx has what Openwx has, and no secret', async () => {
    const asked = {
      ...quiet,
      format: 'OPENWX',
      allowReply: true,
      events: ['login', 'stop', 'login'],
      mediaData: false,
      pollUrl: 'http://127.0.0.1:10/poll',
    };
    const { secret, webhook } = dataOf(await create(asked)).createWebhook;
    expect(secret).toBeNull();
    expect(webhook).toMatchObject({ ...asked, events: ['login', 'stop'] });
    const rotate = 'mutation ($id: ID!) { rotateWebhookSecret(id: $id) { secret } }';
    expectError(await stack.query(rotate, { id: webhook.id }), 'BAD_INPUT', { field: 'id' });
    const cleared = dataOf(await update({ id: webhook.id, events: null, pollUrl: null, mediaData: true }));
    expect(cleared.updateWebhook.webhook).toMatchObject({ events: null, pollUrl: null, mediaData: true });
    await remove(webhook.id);
  });

  it.each([
    [{ url: 'x' }, 'BAD_INPUT', 'url'],
    [{ url: 'ftp://example.com/' }, 'BAD_INPUT', 'url'],
    [{ url: 'http://user:pass@example.com/' }, 'BAD_INPUT', 'url'],
    [{ url: `http://example.com/${'a'.repeat(2_100)}` }, 'BAD_INPUT', 'url'],
    [{ url: 'http://127.0.0.1:11/' }, 'URL_NOT_ALLOWED', 'url'],
    [{ url: 'http://localhost:9/' }, 'URL_NOT_ALLOWED', 'url'],
    [{ url: 'http://[::1]/' }, 'URL_NOT_ALLOWED', 'url'],
    [{ url: 'http://[::ffff:10.0.0.1]/' }, 'URL_NOT_ALLOWED', 'url'],
    [{ url: 'http://2130706433/' }, 'URL_NOT_ALLOWED', 'url'],
    [{ url: 'http://169.254.169.254/latest/' }, 'URL_NOT_ALLOWED', 'url'],
    [{ types: ['CAUGHT_UP'] }, 'BAD_INPUT', 'types'],
    [{ types: ['MESSAGE_RECEIVED', 'CHECKPOINT'] }, 'BAD_INPUT', 'types'],
    [{ accountIds: ['99999'] }, 'NOT_FOUND', undefined],
    [{ accountIds: ['x'] }, 'NOT_FOUND', undefined],
    [{ allowReply: true }, 'BAD_INPUT', 'allowReply'],
    [{ events: ['login'] }, 'BAD_INPUT', 'events'],
    [{ mediaData: false }, 'BAD_INPUT', 'mediaData'],
    [{ pollUrl: url }, 'BAD_INPUT', 'pollUrl'],
    [{ format: 'ECLOUD', allowReply: true }, 'BAD_INPUT', 'allowReply'],
    [{ format: 'PCHOOK', pollUrl: url }, 'BAD_INPUT', 'pollUrl'],
    [{ format: 'OPENWX', pollUrl: 'http://10.0.0.1/' }, 'URL_NOT_ALLOWED', 'pollUrl'],
    [{ format: 'OPENWX', events: [''] }, 'BAD_INPUT', 'events'],
    [{ format: 'OPENWX', events: Array.from({ length: 101 }, () => 'a') }, 'BAD_INPUT', 'events'],
  ])('with %o is made, or a good one is changed so', async (wrong, code, field) => {
    const head = await headOf(stack);
    expectError(await create({ ...quiet, ...wrong }), code, field === undefined ? {} : { field });
    expect(await headOf(stack)).toBe(head);
    const { format, ...change } = { format: 'STANDARD', ...wrong };
    const { id } = dataOf(await create({ ...quiet, format })).createWebhook.webhook;
    expectError(await update({ id, ...change }), code, field === undefined ? {} : { field });
    await remove(id);
  });

  it.each(['url', 'enabled', 'allowReply', 'mediaData'])('that loses its %s keeps it', async (name) => {
    const { id } = dataOf(await create({ ...quiet, format: 'OPENWX' })).createWebhook.webhook;
    expectError(await update({ id, [name]: null }), 'BAD_INPUT', { field: name });
    await remove(id);
  });

  it('is told of to those who follow everything, its address to administrators alone', async () => {
    const after = await headOf(stack);
    const { secret: reader } = await makeToken(stack, 'READ');
    const text =
      'subscription ($after: String) { events(types: [WEBHOOK_CHANGED], after: $after) { cursor ... on WebhookChanged { webhookId webhook { url } } } }';
    const { webhook, cursor } = dataOf(await create(quiet)).createWebhook;
    for (const [token, shown] of [
      [undefined, { url }],
      [reader, null],
    ] as const) {
      const following = follow(stack.client(token), text, { after });
      const [frame] = await following.atLeast(1);
      expect(frame!.data['events']).toEqual({ cursor, webhookId: webhook.id, webhook: shown });
      following.stop();
    }
    await remove(webhook.id);
  });

  it('is refused beyond a thousand', async () => {
    const { store } = stack.gateway.app;
    const { queries } = store;
    const settings = { types: [], accountIds: null, events: null, mediaData: true, allowReply: false, pollUrl: null };
    const made = { url, format: 'OPENWX', ...settings, secretName: '', secrets: [], now: 0 } as const;
    const input = { ...made, types: [], secrets: [] };
    await store.createWebhook(input, 1);
    await expect(store.createWebhook(input, 1)).rejects.toMatchObject({ code: 'CONFLICT' });
    const { items } = await queries.webhooks({ first: 10 });
    await remove(`hook_${items.at(-1)!.id}`);
  });
});

describe('lists of webhooks and deliveries', () => {
  it('lose or repeat some from page to page', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.push(dataOf(await create(quiet)).createWebhook.webhook.id as string);
    const pageFields =
      'nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
    const listed = await walk(
      async (page) =>
        dataOf(
          await stack.query(
            `query ($first: Int, $after: String) { webhooks(first: $first, after: $after) { ${pageFields} } }`,
            page,
          ),
        ).webhooks,
      2,
    );
    expect(listed).toEqual(ids);
    const [id] = ids as [string];
    for (let i = 0; i < 5; i += 1) {
      dataOf(await stack.query('mutation ($id: ID!) { testWebhook(id: $id) { cursor } }', { id }));
    }
    const deliveries = (statuses: string[] | null, first: number) =>
      walk(
        async (page) =>
          dataOf(
            await stack.query(
              `query ($id: ID!, $statuses: [DeliveryStatus!], $first: Int, $after: String) { node(id: $id) { ... on Webhook {
                deliveries(statuses: $statuses, first: $first, after: $after) { ${pageFields} } } } }`,
              { id, statuses, ...page },
            ),
          ).node.deliveries,
        first,
      );
    const all = await deliveries(null, 2);
    expect(all).toHaveLength(5);
    expect(all).toEqual(all.toSorted((a, b) => Number(b.slice(4)) - Number(a.slice(4))));
    expect(await deliveries(['EXHAUSTED', 'FAILED'], 3)).toEqual(all);
    expect(await deliveries(['DELIVERED'], 3)).toEqual([]);
    expect(await deliveries([], 3)).toEqual([]);
    for (const one of ids) await remove(one);
  });
});

describe('a replay', () => {
  it.each([
    ['x', 'MALFORMED'],
    [Buffer.from('e.other.1').toString('base64url'), 'FOREIGN'],
  ])('after %s is not refused', async (after, reason) => {
    const { id } = dataOf(await create(quiet)).createWebhook.webhook;
    const text = 'mutation ($input: ReplayWebhookInput!) { replayWebhook(input: $input) { cursor } }';
    expectError(await stack.query(text, { input: { id, after } }), 'CURSOR_INVALID', { reason, field: 'after' });
    await remove(id);
  });

  it('after a later position skips what was not delivered yet', async () => {
    const { id } = dataOf(await create({ url, types: ['MESSAGE_RECEIVED'] })).createWebhook.webhook;
    dataOf(await update({ id, enabled: false }));
    await receive(stack, '未投');
    const after = await headOf(stack);
    const text = `mutation ($input: ReplayWebhookInput!) { replayWebhook(input: $input) { webhook { lag } } }`;
    expect(dataOf(await stack.query(text, { input: { id, after } })).replayWebhook.webhook.lag).toBe(1);
    await remove(id);
  });
});

describe('an address', () => {
  it('whose host is allowed no more is connected to', async () => {
    await using own = await startStack({ env: { WXGRAPH_ALLOW_HOSTS: '127.0.0.1' } });
    await using receiver = await startReceiver();
    const asked = { input: { url: receiver.url, types: ['MESSAGE_RECEIVED'] } };
    const { createWebhook } = dataOf(
      await own.query(
        'mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { id } } }',
        asked,
      ),
    );
    const { app } = own.gateway;
    Object.assign(app.config, { allowHosts: [] });
    const outcomes = watchOutcomes(own);
    await receive(own, '秘密');
    await outcomes.atLeast(1);
    const { node } = dataOf(
      await own.query(
        'query ($id: ID!) { node(id: $id) { ... on Webhook { lastError deliveries { nodes { status error } } } } }',
        { id: createWebhook.webhook.id },
      ),
    );
    expect(node.lastError).toContain('is in a private network');
    expect(node.deliveries.nodes).toMatchObject([{ status: 'FAILED', error: node.lastError }]);
    expect(receiver.heard).toEqual([]);
  });
});
