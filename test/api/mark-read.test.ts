import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../end-to-end/stack.ts';
import { dataOf, expectError, headOf, receive } from './ask.ts';

let stack: Stack;
let chat: string;
let ids: string[];

beforeAll(async () => {
  stack = await startStack();
  for (let i = 0; i < 5; i += 1) await receive(stack, `未读${i}`);
  const data = dataOf(await stack.query('{ chats { nodes { id messages(first: 100) { nodes { id } } } } }'));
  chat = data.chats.nodes[0].id;
  ids = data.chats.nodes[0].messages.nodes.map((node: { id: string }) => node.id);
});
afterAll(() => stack.stop());

const mark = (input: object) =>
  stack.query(
    'mutation ($input: MarkReadInput!) { markRead(input: $input) { chat { id unreadCount account { unreadCount } } cursor } }',
    {
      input: { chatId: chat, ...input },
    },
  );
const unread = async () =>
  dataOf(await stack.query('{ accounts { nodes { unreadCount } } chats { nodes { unreadCount } } }'));

describe('markRead', () => {
  it('counts wrongly, leaves `upTo` itself unread, or reads what is later', async () => {
    expect(await unread()).toEqual({
      accounts: { nodes: [{ unreadCount: 5 }] },
      chats: { nodes: [{ unreadCount: 5 }] },
    });
    const shown = (count: number) => ({ chat: { id: chat, unreadCount: count, account: { unreadCount: count } } });
    expect(dataOf(await mark({ upTo: ids[1] })).markRead).toMatchObject(shown(3));
    expect(dataOf(await mark({ upTo: ids[3] })).markRead).toMatchObject(shown(1));
    expect(await unread()).toEqual({
      accounts: { nodes: [{ unreadCount: 1 }] },
      chats: { nodes: [{ unreadCount: 1 }] },
    });
  });

  it('makes what was read unread again, or tells of a change where there is none', async () => {
    const before = await headOf(stack);
    expect(dataOf(await mark({ upTo: ids[0] })).markRead).toMatchObject({ chat: { unreadCount: 1 } });
    expect(await headOf(stack)).toBe(before);
  });

  it('leaves something unread without `upTo`', async () => {
    const before = await headOf(stack);
    expect(dataOf(await mark({ upTo: null })).markRead).toMatchObject({ chat: { unreadCount: 0 } });
    const { events } = dataOf(
      await stack.query(
        'query ($after: String) { events(after: $after) { nodes { __typename ... on ChatUpdated { chat { id unreadCount } } } } }',
        { after: before },
      ),
    );
    expect(events.nodes).toEqual([{ __typename: 'ChatUpdated', chat: { id: chat, unreadCount: 0 } }]);
    await receive(stack, '又来');
    expect(await unread()).toMatchObject({ chats: { nodes: [{ unreadCount: 1 }] } });
    expect(dataOf(await mark({})).markRead).toMatchObject({ chat: { unreadCount: 0 } });
  });

  it('takes a message of another conversation, or none', async () => {
    await receive(stack, '别处', { sender_id: '@f_other', sender_name: '别人', sender: '别人' });
    const { messages } = dataOf(await stack.query('{ messages(last: 1) { nodes { id } } }'));
    for (const upTo of [messages.nodes[0].id, 'msg_999999', 'x', '']) expectError(await mark({ upTo }), 'NOT_FOUND');
    for (const chatId of ['chat_999999', 'x', '']) expectError(await mark({ chatId }), 'NOT_FOUND');
  });
});
