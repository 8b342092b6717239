import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../end-to-end/stack.ts';
import { contactsFetched, dataOf, expectError, inRoom, makeToken, receive, send } from './ask.ts';

let stack: Stack;
/** Each type with the ids of everything that there is of it. */
let known: Record<string, string[]>;

beforeAll(async () => {
  stack = await startStack({
    simulator: { accounts: 2, friends: 4, rooms: 2 },
    env: { WXGRAPH_ALLOW_HOSTS: '127.0.0.1' },
  });
  await contactsFetched(stack);
  await receive(stack, '你好');
  await receive(stack, '大家好', inRoom('@@room0001', '测试群'));
  await receive(stack, '[图片](/tmp/a.jpg)', {
    format: 'media',
    media_type: 'image',
    media_mime: 'image/jpeg',
    media_size: 12,
    media_path: '/tmp/a.jpg',
  });
  await send(stack, stack.accountIds, '发出');
  const group = 'mutation ($ids: [ID!]!) { createGroup(input: { name: "组", accountIds: $ids }) { group { id } } }';
  dataOf(await stack.query(group, { ids: stack.accountIds }));
  dataOf(await stack.query('mutation { createWebhook(input: { url: "http://127.0.0.1:9/", types: [] }) { cursor } }'));
  await makeToken(stack, 'READ');
  known = await everything();
});
afterAll(() => stack.stop());

async function everything(): Promise<Record<string, string[]>> {
  const data = dataOf(
    await stack.query(`{
      accounts { nodes { __typename id } }
      groups { nodes { __typename id } }
      contacts(first: 100) { nodes { __typename id ... on ChatRoom { members { nodes { __typename id } } } } }
      chats { nodes { __typename id } }
      messages { nodes { __typename id content { ... on MediaContent { media { __typename id } } } } }
      logs { nodes { __typename id job { __typename id } } }
      webhooks { nodes { __typename id } }
      apiTokens { nodes { __typename id } }
    }`),
  );
  const found: Record<string, string[]> = {};
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('__typename' in value && 'id' in value) (found[String(value.__typename)] ??= []).push(String(value.id));
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(data);
  return found;
}

const types = [
  'Account',
  'ApiToken',
  'Chat',
  'ChatRoom',
  'ChatRoomMember',
  'Friend',
  'Group',
  'Media',
  'Message',
  'OfficialAccount',
  'OtherContact',
  'SendJob',
  'SendLog',
  'Webhook',
];

describe('node', () => {
  it('is tested for every type that implements Node: a new one cannot be forgotten', async () => {
    const data = dataOf(await stack.query('{ __type(name: "Node") { possibleTypes { name } } }'));
    const names = data.__type.possibleTypes.map((type: { name: string }) => type.name).toSorted();
    expect(names).toEqual(types);
  });

  it.each(types)('answers another object or another type for the id of a %s', async (type) => {
    const ids = [...new Set(known[type])];
    expect(ids.length).toBeGreaterThan(0);
    for (const id of ids.slice(0, 20)) {
      const data = dataOf(
        await stack.query(`query ($id: ID!) { node(id: $id) { __typename id ... on ${type} { self: id } } }`, { id }),
      );
      expect(data.node).toEqual({ __typename: type, id, self: id });
    }
  });

  it('takes fields of the wrong contact for a contact: each kind shows its own fields through node', async () => {
    const text = `query ($id: ID!) {
      node(id: $id) { ... on Contact { id kind displayName account { id } } ... on Friend { sex labels } ... on ChatRoom { memberCount } }
    }`;
    const friend = dataOf(await stack.query(text, { id: known['Friend']![0] })).node;
    expect(friend).toMatchObject({ id: known['Friend']![0], kind: 'FRIEND', labels: expect.any(Array) });
    expect(friend).not.toHaveProperty('memberCount');
    const room = dataOf(await stack.query(text, { id: known['ChatRoom']![0] })).node;
    expect(room).toMatchObject({ kind: 'CHAT_ROOM', memberCount: expect.any(Number) });
  });

  const wrong = [
    '',
    ' ',
    '00000',
    '1',
    '0000001',
    'g1',
    'g000',
    'con_0',
    'con_01',
    'con_1 ',
    'CON_1',
    'msg_-1',
    'msg_1.0',
  ];
  const odd = ['con_9999999999999999', 'x_1', 'con_', '__proto__', "msg_1' or '1'='1", 'hook_99', '\u0000', '消息'];
  it.each([...wrong, ...odd])('answers anything but NOT_FOUND for the id %j', async (id) => {
    const answer = await stack.query('query ($id: ID!) { node(id: $id) { id } }', { id });
    expectError(answer, 'NOT_FOUND');
    expect(answer.data).toEqual({ node: null });
  });

  it('tells an object that may not be seen from one that is not there', async () => {
    const { secret } = await makeToken(stack, 'READ', { accountIds: [stack.accountIds[0]!] });
    const foreign = dataOf(
      await stack.query(
        `query ($id: ID!) { account(id: $id) {
          id
          contacts(first: 100) { nodes { id ... on ChatRoom { members { nodes { id } } } } }
          logs { nodes { id job { id } } }
          chats { nodes { id lastMessage { id } } }
        } }`,
        { id: stack.accountIds[1] },
      ),
    ).account;
    const ids = [...JSON.stringify(foreign).matchAll(/"id":"([^"]+)"/g)].map((match) => match[1]!);
    // The job has a line of the visible account too.
    const hidden = ids.filter((id) => !id.startsWith('job_')).concat(known['ApiToken']![0]!);
    expect(new Set(hidden.map((id) => id.replace(/\d+/, ''))).size).toBeGreaterThanOrEqual(6);
    for (const id of hidden) {
      const missing = id.replace(/\d+$/, (digits) => '9'.repeat(Math.max(5, digits.length)));
      const [one, other] = await Promise.all(
        [id, missing].map((asked) => stack.query('query ($id: ID!) { node(id: $id) { id } }', { id: asked }, secret)),
      );
      const words = (answer: typeof one, asked: string) =>
        answer!.errors!.map(({ message, extensions: { requestId: _, ...rest } }) => [
          message.replace(asked, '…'),
          rest,
        ]);
      expect(words(one, id)).toEqual(words(other, missing));
      expectError(one!, 'NOT_FOUND');
    }
  });
});

describe('nodes', () => {
  it('loses the order of the ids, or one answer for another that is not there', async () => {
    const ids = types.flatMap((type) => ['con_999999', known[type]![0]!]).toReversed();
    const data = dataOf(
      await stack.query('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids: [...ids, ids[0]] }),
    );
    expect(data.nodes.map((node: { id: string } | null) => node?.id ?? 'con_999999')).toEqual([...ids, ids[0]]);
  });

  it('answers more than 100, or an error for none', async () => {
    const text = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    expect(dataOf(await stack.query(text, { ids: [] })).nodes).toEqual([]);
    expectError(await stack.query(text, { ids: Array(101).fill('00001') }), 'BAD_INPUT', { field: 'ids' });
    const full = dataOf(await stack.query(text, { ids: Array(100).fill('00001') }));
    expect(full.nodes).toHaveLength(100);
  });
});
