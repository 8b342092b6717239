import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Queries, Store } from '../../src/db/store.ts';
import { type Stack, startStack } from '../end-to-end/stack.ts';
import { contactsFetched, dataOf, inRoom, receive, send } from './ask.ts';

let stack: Stack;
const called: string[] = [];

beforeAll(async () => {
  stack = await startStack({ simulator: { accounts: 3, friends: 30, rooms: 12, roomMembers: 5 } });
  await contactsFetched(stack);
  for (let i = 0; i < 60; i += 1) {
    const room = i % 2 === 0 ? inRoom(`@@r${i % 14}`, `群${i % 14}`) : {};
    await receive(stack, `第${i}条`, {
      account: i % 3,
      sender_id: `@s${i}`,
      sender_name: `人${i}`,
      sender: `人${i}`,
      ...room,
    });
  }
  for (let i = 0; i < 20; i += 1) await send(stack, stack.accountIds, `发${i}`);
  for (let i = 0; i < 10; i += 1) {
    dataOf(
      await stack.query('mutation ($ids: [ID!]!) { createGroup(input: { name: "组", accountIds: $ids }) { cursor } }', {
        ids: stack.accountIds,
      }),
    );
  }
  const { app } = stack.gateway;
  const counting: Queries = new Proxy(app.store.queries, {
    get: (queries, name: keyof Queries) => {
      const query = queries[name] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        called.push(name);
        return query.apply(queries, args);
      };
    },
  });
  (app as { store: Store }).store = { ...app.store, queries: counting };
});
afterAll(() => stack.stop());

/** The queries of the store that a document takes. */
async function queriesOf(text: string, variables: object): Promise<string[]> {
  called.length = 0;
  dataOf(await stack.query(text, variables));
  // The lane of an account looks for itself now and then.
  return called.filter((name) => name !== 'tokenByHash').toSorted();
}

const lists: Record<string, [string, number]> = {
  messages: [
    `query ($n: Int) { messages(first: $n) { nodes {
      text raw account { id name stats { queued } unreadCount } sendLog { id }
      sender { displayName avatarUrl contact { id } } content { ... on MediaContent { media { status url } } }
      chat { unreadCount account { id } contact { displayName } lastMessage { text } }
    } } }`,
    12,
  ],
  logs: [
    `query ($n: Int) { logs(first: $n) { nodes {
      status position account { name } job { total } receiverContact { displayName chat { id } } message { text } resendOf { id }
    } totalCount } }`,
    12,
  ],
  contacts: [
    `query ($n: Int) { contacts(first: $n) { nodes { displayName avatarUrl account { name } chat { lastMessage { sender { displayName } } } } totalCount } }`,
    8,
  ],
  chats: [
    `query ($n: Int) { chats(first: $n) { nodes { account { name } contact { displayName } lastMessage { text sender { displayName contact { id } } } } } }`,
    6,
  ],
  events: [
    `query ($n: Int) { events(first: $n) { nodes { account { name } ... on MessageReceived { message { text chat { contact { id } } } }
      ... on SendUpdated { log { status job { total } } } ... on ContactChanged { contact { displayName } } ... on GroupChanged { group { name } } } } }`,
    10,
  ],
};

describe('a page', () => {
  it.each(Object.entries(lists))('of %s takes more queries the longer it is', async (_, [text, most]) => {
    const small = await queriesOf(text, { n: 10 });
    const large = await queriesOf(text, { n: 50 });
    expect(large.length, large.join(' ')).toBeLessThanOrEqual(most);
    // A kind of object that the first ten do not have may come in, and nothing is asked twice.
    expect(large.length - new Set(large).size, large.join(' ')).toBeLessThanOrEqual(2);
    expect(small.length).toBeLessThanOrEqual(large.length);
  });

  it('of which nobody counts the whole is counted', async () => {
    const queries = await queriesOf(
      '{ contacts { nodes { id } } logs { nodes { id } } accounts { nodes { id } } }',
      {},
    );
    expect(queries).toEqual(['accounts', 'contacts', 'logs']);
  });

  it('of an event of a subscription takes what was loaded for the one before', async () => {
    const frames = stack.client().iterate<{ messageReceived: unknown }>({
      query: 'subscription { messageReceived(last: 1) { account { remark } } }',
    });
    await frames.next();
    for (const remark of ['一', '二']) {
      dataOf(
        await stack.query('mutation ($r: String) { updateAccount(input: { id: "00001", remark: $r }) { cursor } }', {
          r: remark,
        }),
      );
      await receive(stack, remark);
      const { value } = await frames.next();
      expect(value.data.messageReceived).toEqual({ account: { remark } });
    }
    await frames.return!();
  });
});
