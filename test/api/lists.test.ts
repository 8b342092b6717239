import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../end-to-end/stack.ts';
import { type Connection, contactsFetched, dataOf, inRoom, makeToken, pageFields, receive, send, walk } from './ask.ts';

let stack: Stack;
let roomId: string;
let jobId: string;
let chatId: string;

const names = ['同名', '同名', '同名', '同名', '同名', 'Zoe', 'zoe', '', '𠮷野家', '￮ last', '😀', 'a_b', 'a%b', 'ab'];
/** WeChat allows no such name; an upstream may still tell one. */
const longName = '长'.repeat(400);

beforeAll(async () => {
  stack = await startStack({
    simulator: {
      build: (world) => {
        const me = world.addPerson({ name: '我' });
        world.addAccount(me.wxid);
        const people = [...names, longName, longName].map((name) => world.addPerson({ name }));
        for (const person of people) world.addContact(me.wxid, person.wxid);
        const strangers = Array.from({ length: 20 }, (_, i) => world.addPerson({ name: `群友${i % 4}` }));
        world.addRoom({ name: '大群', ownerWxid: me.wxid }, [me, ...people.slice(0, 3), ...strangers]);
        return [me.wxid];
      },
    },
  });
  await contactsFetched(stack);
  const make = `mutation ($name: String!) {
    createAccount(input: { name: $name, connection: { openwx: { baseUrl: "http://127.0.0.1:9" } } }) { account { id } }
  }`;
  for (let i = 0; i < 12; i += 1) dataOf(await stack.query(make, { name: `备用${i}` }));
  const group =
    'mutation ($ids: [ID!]!, $name: String!) { createGroup(input: { name: $name, accountIds: $ids }) { group { id } } }';
  for (let i = 0; i < 11; i += 1) {
    dataOf(await stack.query(group, { name: `组${i % 3}`, ids: i < 8 ? stack.accountIds : [] }));
  }
  for (let i = 0; i < 9; i += 1) await makeToken(stack, 'READ');
  for (let i = 0; i < 23; i += 1) await receive(stack, `第${i}条`);
  for (let i = 0; i < 9; i += 1) await receive(stack, `群里${i}`, inRoom(`@@room${i}`, `群${i}`));
  const receivers = Array.from({ length: 13 }, (_, i) => `nobody_${i}`);
  const sent = await stack.query(
    `mutation ($targets: [ID!]!, $to: [String!]!) {
      send(input: { targets: $targets, to: $to, content: { text: "群发" }, waitMs: 0 }) { job { id } }
    }`,
    { targets: stack.accountIds, to: receivers },
  );
  jobId = dataOf(sent).send.job.id;
  await send(stack, stack.accountIds, '单发');
  const data = dataOf(
    await stack.query(`{
      contacts(filter: { kinds: [CHAT_ROOM] }) { nodes { id } }
      chats(filter: { kinds: [FRIEND] }) { nodes { id lastMessage { text } } }
    }`),
  );
  roomId = data.contacts.nodes[0].id;
  chatId = data.chats.nodes.find((chat: { lastMessage: { text: string } }) => chat.lastMessage.text === '第22条').id;
});
afterAll(() => stack.stop());

/** Reads pages of the list that stands at `path` of the answer. */
function reader(list: (args: string) => string, more = '') {
  return async (page: { first: number; after: string | null }): Promise<Connection> => {
    const text = `query ($first: Int, $after: String) { ${list('first: $first, after: $after')} }`;
    let value: unknown = dataOf(await stack.query(text.replace('…', `${pageFields} ${more}`), page));
    while (!('edges' in (value as object))) value = Object.values(value as object)[0];
    return value as Connection;
  };
}

describe('a list read page by page', () => {
  const inAccount = (field: string) => (args: string) => `account(id: "00001") { ${field}(${args}) { … } }`;
  const lists: [string, number, (args: string) => string][] = [
    ['accounts', 13, (args) => `accounts(${args}) { … }`],
    ['groups', 11, (args) => `groups(${args}) { … }`],
    ['groups of an account', 8, inAccount('groups')],
    ['accounts of a group', 1, (args) => `group(id: "g001") { accounts(${args}) { … } }`],
    ['contacts', 18, (args) => `contacts(${args}) { … }`],
    ['contacts of an account', 18, inAccount('contacts')],
    ['members', 24, (args) => `contact(id: "${roomId}") { ... on ChatRoom { members(${args}) { … } } }`],
    [
      'members by name',
      5,
      (args) => `contact(id: "${roomId}") { ... on ChatRoom { members(search: "群友1", ${args}) { … } } }`,
    ],
    ['chats', 11, (args) => `chats(${args}) { … }`],
    ['chats of an account', 11, inAccount('chats')],
    ['logs', 14, (args) => `logs(${args}) { … }`],
    ['logs of an account', 14, inAccount('logs')],
    ['logs of a job', 13, (args) => `sendJob(id: "${jobId}") { logs(${args}) { … } }`],
    ['tokens', 10, (args) => `apiTokens(${args}) { … }`],
  ];

  it.each(lists)('repeats, loses or reorders %s (%i of them), or counts them wrongly', async (_, count, list) => {
    const read = reader(list, 'totalCount');
    const all = await read({ first: 100, after: null });
    expect(all).toMatchObject({ totalCount: count, pageInfo: { hasNextPage: false } });
    const ids = all.nodes.map((node) => node.id);
    expect(new Set(ids).size).toBe(count);
    for (const first of [1, 3, count, 100]) expect(await walk(read, first)).toEqual(ids);
    const second = await read({ first: 2, after: all.edges[0]!.cursor });
    expect(second.totalCount).toBe(count);
  });

  it('repeats or loses messages', async () => {
    for (const [list, count] of [
      [(args: string) => `messages(${args}) { … }`, 32],
      [(args: string) => `chat(id: "${chatId}") { messages(${args}) { … } }`, 23],
      [inAccount('messages'), 32],
    ] as const) {
      const read = reader(list);
      // Echoes of the sends are messages too, and come when they come.
      const sentBy = ', filter: { directions: [INCOMING] }';
      const incoming = reader((args) => list(args + sentBy));
      const ids = await walk(incoming, 100);
      expect(ids.length).toBe(count);
      for (const first of [1, 7]) expect(await walk(incoming, first)).toEqual(ids);
      expect((await walk(read, 100)).length).toBeGreaterThanOrEqual(count);
    }
  });

  it('repeats or loses events', async () => {
    const read = async (page: { first: number; after: string | null }) => {
      const data = dataOf(
        await stack.query(
          `query ($first: Int, $after: String) { events(types: [MESSAGE_RECEIVED, ACCOUNT_CHANGED, GROUP_CHANGED], first: $first, after: $after) {
            nodes { id: cursor } edges { cursor node { id: cursor } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
          } }`,
          page,
        ),
      );
      return data.events as Connection;
    };
    const all = await walk(read, 100);
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeGreaterThanOrEqual(32 + 12 + 11);
    expect(await walk(read, 9)).toEqual(all);
  });
});

describe('the order of a list', () => {
  it('puts contacts of one display name in no order, or others by something else than the display name', async () => {
    const data = dataOf(await stack.query('{ contacts(first: 100) { nodes { id displayName } } }'));
    const shown = data.contacts.nodes.map((node: { displayName: string }) => node.displayName) as string[];
    const bytes = (text: string) => Buffer.from(text).toString('hex');
    expect(shown.map(bytes)).toEqual(shown.map(bytes).toSorted());
    expect(shown.filter((name) => name === '同名')).toHaveLength(5);
  });

  it('puts an older chat before the one with the newest message', async () => {
    const newest = await receive(stack, '最新', inRoom('@@room3', '群3'));
    const { chats } = dataOf(await stack.query('{ chats { nodes { lastMessage { upstreamId cursor } updatedAt } } }'));
    expect(chats.nodes[0].lastMessage.upstreamId).toBe(newest);
  });

  it('is not the order of groups by name in an account', async () => {
    const data = dataOf(await stack.query('{ account(id: "00001") { groups { nodes { id name } } } }'));
    const groups = data.account.groups.nodes as { id: string; name: string }[];
    const keys = groups.map((group) => `${group.name} ${group.id}`);
    expect(keys).toEqual(keys.toSorted());
    expect(groups.map((group) => group.id)).not.toEqual(groups.map((group) => group.id).toSorted());
  });

  it('is not newest first for logs, nor the order of receivers for those of a job', async () => {
    const data = dataOf(
      await stack.query(`{ logs { nodes { id } } sendJob(id: "${jobId}") { logs { nodes { receiver } } } }`),
    );
    const numbers = data.logs.nodes.map((log: { id: string }) => Number(log.id.slice(4))) as number[];
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
    expect(data.sendJob.logs.nodes.map((log: { receiver: string }) => log.receiver)).toEqual(
      Array.from({ length: 13 }, (_, i) => `nobody_${i}`),
    );
  });
});

describe('messages', () => {
  const all = () => stack.query('{ messages(first: 100) { nodes { id cursor } edges { cursor node { id cursor } } } }');

  it('go back with gaps or repetitions, or in another order than forward', async () => {
    const forward = dataOf(await all()).messages.nodes.map((node: { id: string }) => node.id);
    const backward: string[] = [];
    let before: string | null = null;
    for (;;) {
      const answer: { messages: Connection } = dataOf(
        await stack.query(`query ($before: String) { messages(last: 7, before: $before) { ${pageFields} } }`, {
          before,
        }),
      );
      backward.unshift(...answer.messages.nodes.map((node) => node.id));
      expect(answer.messages.pageInfo.hasNextPage).toBe(before !== null);
      if (!answer.messages.pageInfo.hasPreviousPage) break;
      before = answer.messages.pageInfo.startCursor;
    }
    expect(backward).toEqual(forward);
  });

  it('are not the newest 50 by default, or not oldest first', async () => {
    for (let i = 0; i < 30; i += 1) await receive(stack, `更多${i}`);
    const forward = dataOf(await all()).messages.nodes.map((node: { id: string }) => node.id) as string[];
    const { messages } = dataOf(await stack.query(`{ messages { ${pageFields} } }`));
    expect(messages.nodes.map((node: { id: string }) => node.id)).toEqual(forward.slice(-50));
    expect(messages.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it('have another cursor on their edge than on themselves', async () => {
    for (const edge of dataOf(await all()).messages.edges) expect(edge.node.cursor).toBe(edge.cursor);
  });
});
