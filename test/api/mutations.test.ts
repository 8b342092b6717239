import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, follow, startStack } from '../end-to-end/stack.ts';
import { actingUpstream, makeObjects } from './acting.ts';
import { contactsFetched, dataOf, expectError, headOf, receive, send } from './ask.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ overrides: { drivers: { OPENWX: actingUpstream().type } } });
  await contactsFetched(stack);
});
afterAll(() => stack.stop());

describe('several mutations in one document', () => {
  it('hide what one did where another fails', async () => {
    const answer = await stack.query(`mutation {
      before: createGroup(input: { name: "前", accountIds: [] }) { group { id } }
      bad: createGroup(input: { name: "坏", accountIds: ["99999"] }) { group { id } }
      blank: createGroup(input: { name: "  ", accountIds: [] }) { group { id } }
      after: createGroup(input: { name: "后", accountIds: ["00001"] }) { group { id name } }
    }`);
    expect(answer.data).toEqual({
      before: { group: { id: expect.any(String) } },
      bad: null,
      blank: null,
      after: { group: { id: expect.any(String), name: '后' } },
    });
    expect(answer.errors!.map((error) => [error.path, error.extensions['code']])).toEqual([
      [['bad'], 'NOT_FOUND'],
      [['blank'], 'BAD_INPUT'],
    ]);
    const { groups } = dataOf(await stack.query('{ groups { nodes { name } } }'));
    expect(groups.nodes).toEqual([{ name: '前' }, { name: '后' }]);
  });

  it('hide the queries beside one that fails', async () => {
    const answer = await stack.query(
      '{ bad: account(id: "99999") { id } good: account(id: "00001") { id } viewer { scope } }',
    );
    expect(answer.data).toEqual({ bad: null, good: { id: '00001' }, viewer: { scope: 'ADMIN' } });
    expect(answer.errors!.map((error) => error.path)).toEqual([['bad']]);
  });
});

describe('the cursor of a payload', () => {
  it('is not a position, or not that of what the mutation did', async () => {
    const chat = async () =>
      dataOf(await stack.query('{ chats(filter: { kinds: [FRIEND] }) { nodes { id } } }')).chats.nodes[0].id;
    await receive(stack, '未读');
    const { sent, request, friend, room } = await makeObjects(stack);
    const steps: [string, string][] = [
      ['createGroup(input: { name: "游标", accountIds: ["00001"] }) { group { id } cursor }', 'GroupChanged'],
      ['updateGroup(input: { id: "g001", name: "改名" }) { group { id } cursor }', 'GroupChanged'],
      ['addToGroup(input: { id: "g001", accountIds: ["00001"] }) { group { id } cursor }', 'GroupChanged'],
      ['removeFromGroup(input: { id: "g001", accountIds: ["00001"] }) { group { id } cursor }', 'GroupChanged'],
      ['updateAccount(input: { id: "00001", remark: "注" }) { account { id } cursor }', 'AccountChanged'],
      [`markRead(input: { chatId: "${await chat()}" }) { chat { id } cursor }`, 'ChatUpdated'],
      ['deleteGroup(id: "g001") { deletedId cursor }', 'GroupChanged'],
      [`revokeMessage(id: "${sent}") { message { id } cursor }`, 'MessageUpdated'],
      [`setRemark(input: { contactId: "${friend}", remark: "注" }) { contact { id } cursor }`, 'ContactChanged'],
      [`pinContact(input: { contactId: "${friend}", pinned: true }) { contact { id } cursor }`, 'ContactChanged'],
      [
        'createChatRoom(input: { accountId: "00001", members: ["@a", "@b"] }) { chatRoom { id } cursor }',
        'ContactChanged',
      ],
      [`renameChatRoom(input: { chatRoomId: "${room}", name: "新名" }) { chatRoom { id } cursor }`, 'ContactChanged'],
      [`acceptFriendRequest(messageId: "${request}") { contact { id } cursor }`, 'ContactChanged'],
    ];
    for (const [mutation, event] of steps) {
      const before = await headOf(stack);
      const answer = dataOf(await stack.query(`mutation { done: ${mutation} }`));
      const cursor = answer.done.cursor as string;
      const read = (after: string) =>
        stack.query('query ($after: String) { events(after: $after) { nodes { __typename cursor } } }', { after });
      const since = dataOf(await read(before)).events.nodes as { __typename: string; cursor: string }[];
      expect(since, mutation).toContainEqual({ __typename: event, cursor });
      const later = dataOf(await read(cursor)).events.nodes as { cursor: string }[];
      expect(later.map((node) => node.cursor)).not.toContain(cursor);
      const following = follow(stack.client(), 'subscription ($after: String) { events(after: $after) { cursor } }', {
        after: cursor,
      });
      await following.atLeast(1);
      following.stop();
    }
  });

  it('of start, stop and sync cannot be followed to what they lead to', async () => {
    const states = 'subscription ($after: String) { clientStateChanged(after: $after) { to account { id } } }';
    const stopped = dataOf(
      await stack.query('mutation { stopAccount(id: "00001") { account { state ready } cursor } }'),
    );
    expect(stopped.stopAccount.account).toEqual({ state: 'STOPPED', ready: false });
    const started = dataOf(await stack.query('mutation { startAccount(id: "00001") { account { state } cursor } }'));
    expect(started.startAccount.account).toEqual({ state: 'LOADING' });
    const following = follow(stack.client(), states, { after: stopped.stopAccount.cursor });
    await following.until((frames) =>
      frames.some((frame) => (frame.data['clientStateChanged'] as { to: string }).to === 'RUNNING'),
    );
    const synced = dataOf(
      await stack.query('mutation { syncContacts(accountId: "00001") { account { contactSync { state } } cursor } }'),
    ).syncContacts;
    expect(synced.account.contactSync.state).toMatch(/RUNNING|DONE/);
    const events = follow(
      stack.client(),
      'subscription ($after: String) { events(types: [CONTACTS_SYNCED], after: $after) { __typename ... on ContactsSynced { sync { state } } } }',
      { after: synced.cursor },
    );
    await events.until((frames) =>
      frames.some((frame) => (frame.data['events'] as { __typename: string }).__typename === 'ContactsSynced'),
    );
  });

  it('of a send is later than the first step of the send', async () => {
    const { cursor, job } = await send(stack, ['00001'], '给光标');
    const following = follow(
      stack.client(),
      'subscription ($after: String, $jobs: [ID!]) { sendUpdated(after: $after, jobIds: $jobs) { id status } }',
      { after: cursor, jobs: [job.id] },
    );
    const frames = await following.atLeast(1);
    expect(frames.at(-1)!.data['sendUpdated']).toEqual({ id: job.logs.nodes[0]!.id, status: 'SENT' });
  });
});

describe('a deleted account', () => {
  it('stays in an answer, or its events fail in a replay', async () => {
    const made = dataOf(
      await stack.query(
        'mutation { createAccount(input: { name: "短命", connection: { openwx: { baseUrl: "http://127.0.0.1:9" } } }) { account { id state } cursor } }',
      ),
    ).createAccount;
    expect(made.account.state).toBe('INIT');
    const { id } = made.account;
    const group = dataOf(
      await stack.query(
        'mutation ($ids: [ID!]!) { createGroup(input: { name: "短", accountIds: $ids }) { group { id } } }',
        { ids: [id, '00001'] },
      ),
    ).createGroup.group.id;
    const gone = dataOf(
      await stack.query('mutation ($id: ID!) { deleteAccount(id: $id) { deletedId cursor } }', { id }),
    );
    expect(gone.deleteAccount.deletedId).toBe(id);
    expectError(await stack.query('query ($id: ID!) { account(id: $id) { id } }', { id }), 'NOT_FOUND');
    expectError(await stack.query('mutation ($id: ID!) { deleteAccount(id: $id) { deletedId } }', { id }), 'NOT_FOUND');
    const data = dataOf(
      await stack.query(
        `query ($group: ID!, $after: String) {
          accounts { nodes { id } totalCount }
          group(id: $group) { accounts { nodes { id } totalCount } }
          events(after: $after, first: 100) { nodes { __typename account { id } ... on AccountChanged { change accountId } } }
        }`,
        { group, after: made.cursor },
      ),
    );
    expect(data.accounts).toEqual({ nodes: [{ id: '00001' }], totalCount: 1 });
    expect(data.group.accounts).toEqual({ nodes: [{ id: '00001' }], totalCount: 1 });
    expect(data.events.nodes).toContainEqual({
      __typename: 'AccountChanged',
      account: null,
      change: 'DELETED',
      accountId: id,
    });
  });
});
