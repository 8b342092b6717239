import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../end-to-end/stack.ts';
import { contactsFetched, dataOf, expectError, headOf, receive, refusal } from './ask.ts';

let stack: Stack;
let room: string;
let job: string;
let chat: string;
let webhook: string;

beforeAll(async () => {
  stack = await startStack({
    simulator: { accounts: 1, friends: 3, rooms: 1 },
    env: { WXGRAPH_ALLOW_HOSTS: '127.0.0.1' },
  });
  await contactsFetched(stack);
  await receive(stack, '你好');
  const sent = await stack.query(
    'mutation { send(input: { targets: ["00001"], content: { text: "好" }, waitMs: 0 }) { job { id } } }',
  );
  job = dataOf(sent).send.job.id;
  const data = dataOf(
    await stack.query('{ contacts(filter: { kinds: [CHAT_ROOM] }) { nodes { id } } chats { nodes { id } } }'),
  );
  room = data.contacts.nodes[0].id;
  chat = data.chats.nodes[0].id;
  const made = await stack.query(
    'mutation { createWebhook(input: { url: "http://127.0.0.1:9/", types: [] }) { webhook { id } } }',
  );
  webhook = dataOf(made).createWebhook.webhook.id;
  dataOf(await stack.query('mutation { createGroup(input: { name: "组", accountIds: ["00001"] }) { group { id } } }'));
});
afterAll(() => stack.stop());

/** Every list of the schema, with a place for its arguments. */
const lists: Record<string, (args: string) => string> = {
  accounts: (args) => `accounts(${args}) { edges { cursor } }`,
  groups: (args) => `groups(${args}) { edges { cursor } }`,
  contacts: (args) => `contacts(${args}) { edges { cursor } }`,
  chats: (args) => `chats(${args}) { edges { cursor } }`,
  messages: (args) => `messages(${args}) { edges { cursor } }`,
  logs: (args) => `logs(${args}) { edges { cursor } }`,
  events: (args) => `events(${args}) { edges { cursor } }`,
  webhooks: (args) => `webhooks(${args}) { edges { cursor } }`,
  apiTokens: (args) => `apiTokens(${args}) { edges { cursor } }`,
  'Account.groups': (args) => `account(id: "00001") { groups(${args}) { edges { cursor } } }`,
  'Account.contacts': (args) => `account(id: "00001") { contacts(${args}) { edges { cursor } } }`,
  'Account.chats': (args) => `account(id: "00001") { chats(${args}) { edges { cursor } } }`,
  'Account.messages': (args) => `account(id: "00001") { messages(${args}) { edges { cursor } } }`,
  'Account.logs': (args) => `account(id: "00001") { logs(${args}) { edges { cursor } } }`,
  'Group.accounts': (args) => `group(id: "g001") { accounts(${args}) { edges { cursor } } }`,
  'ChatRoom.members': (args) => `contact(id: "${room}") { ... on ChatRoom { members(${args}) { edges { cursor } } } }`,
  'Chat.messages': (args) => `chat(id: "${chat}") { messages(${args}) { edges { cursor } } }`,
  'Webhook.deliveries': (args) =>
    `node(id: "${webhook}") { ... on Webhook { deliveries(${args}) { edges { cursor } } } }`,
  'SendJob.logs': (args) => `sendJob(id: "${job}") { logs(${args}) { edges { cursor } } }`,
};
const inLogOrder = ['messages', 'events', 'Account.messages', 'Chat.messages'];
const each = Object.entries(lists);

describe('every list', () => {
  it('is among those that are tested: a new one cannot be forgotten', async () => {
    const data = dataOf(
      await stack.query(
        '{ __schema { queryType { name } types { name kind fields { name args { name } } interfaces { name } } } }',
      ),
    );
    type Type = { name: string; kind: string; fields: { name: string; args: { name: string }[] }[] | null };
    const paged = (data.__schema.types as Type[]).flatMap((type) =>
      (type.fields ?? [])
        .filter((field) => field.args.some((arg) => arg.name === 'first'))
        .map((field) => (type.name === 'Query' ? field.name : `${type.name}.${field.name}`)),
    );
    expect(paged.toSorted()).toEqual(Object.keys(lists).toSorted());
  });

  it.each(each)('%s: caps or accepts a page size outside 1 to 100', async (_, list) => {
    for (const first of [0, -1, 101, 1_000_000, 2_147_483_647, -2_147_483_648]) {
      expectError(await stack.query(`{ ${list(`first: ${first}`)} }`), 'BAD_INPUT', { field: 'first' });
    }
    for (const first of [1, 100]) dataOf(await stack.query(`{ ${list(`first: ${first}`)} }`));
    expectError(await stack.query(`{ ${list('first: 1000000000000')} }`), 'BAD_INPUT');
    dataOf(await stack.query(`{ ${list('first: null')} }`));
  });

  it.each(each)('%s: takes garbage, or a cursor of another list, for its own', async (name, list) => {
    const foreign = await Promise.all(
      each
        .filter(([other]) =>
          inLogOrder.includes(name) ? !inLogOrder.includes(other) : other.split('.').at(-1) !== name.split('.').at(-1),
        )
        .map(async ([, other]) => {
          let value: unknown = dataOf(await stack.query(`{ ${other('first: 1')} }`));
          while (!('edges' in (value as object))) value = Object.values(value as object)[0];
          return (value as { edges: { cursor: string }[] }).edges[0]?.cursor;
        }),
    );
    const positions = inLogOrder.includes(name) ? [] : [await headOf(stack)];
    const garbage = [
      '',
      'x',
      '%%%',
      '00001',
      'e.x.1',
      Buffer.from('l.accounts.[1').toString('base64url'),
      'A'.repeat(5000),
    ];
    const tampered = ['[]', '[null]', '["1"]', '[1,2,3]', '{"0":1}', '1'].map((key) =>
      Buffer.from(`l.${name}.${key}`).toString('base64url'),
    );
    for (const after of [...garbage, ...tampered, ...positions, ...foreign.filter((one) => one !== undefined)]) {
      const answer = await stack.query(`query ($after: String) { ${list('first: 1, after: $after')} }`, { after });
      expectError(answer, 'CURSOR_INVALID', { reason: 'MALFORMED', field: 'after' });
    }
  });
});

describe('messages', () => {
  it('go two ways at once', async () => {
    const cursor = await headOf(stack);
    for (const args of [
      'first: 1, last: 1',
      'first: 1, before: $c',
      'last: 1, after: $c',
      'after: $c, before: $c',
      'first: 1, last: 1, after: $c, before: $c',
    ]) {
      const answer = await stack.query(`query ($c: String) { messages(${args}) { nodes { id } } }`, { c: cursor });
      // An unused variable would be an error of its own.
      if (args.includes('$c')) expectError(answer, 'BAD_INPUT');
      else expectError(await stack.query(`{ messages(${args}) { nodes { id } } }`), 'BAD_INPUT', { field: 'last' });
    }
  });

  it.each([0, -1, 101])('cap last: %i', async (last) => {
    expectError(await stack.query(`{ messages(last: ${last}) { nodes { id } } }`), 'BAD_INPUT', { field: 'last' });
  });

  it('name the argument `after` where `before` is wrong', async () => {
    const answer = await stack.query('{ messages(last: 1, before: "nonsense") { nodes { id } } }');
    expectError(answer, 'CURSOR_INVALID', { reason: 'MALFORMED', field: 'before' });
  });
});

describe('a subscription', () => {
  const subscriptions = [
    ['messageReceived', '{ id }'],
    ['events', '{ cursor }'],
  ] as const;

  it.each(subscriptions)('%s: takes last outside 1 to 100, or together with after', async (field, selection) => {
    const head = await headOf(stack);
    for (const args of ['last: 0', 'last: -1', 'last: 101', `last: 1, after: "${head}"`]) {
      const errors = await refusal(stack, `subscription { ${field}(${args}) ${selection} }`);
      expect(errors).toMatchObject([
        { extensions: { code: 'BAD_INPUT', field: 'last', requestId: expect.any(String) } },
      ]);
    }
  });
});
