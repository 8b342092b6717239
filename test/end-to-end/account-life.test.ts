import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { openEvents } from './event-stream.ts';
import { line, send, trySend } from './sending.ts';
import { type Stack, openwxText, post, startStack } from './stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ simulator: { accounts: 2 } });
});
afterAll(() => stack.stop());

type Account = { id: string; state: string; wxid: string };
async function account(id: string): Promise<Account | null> {
  return (await stack.query('query ($id: ID!) { account(id: $id) { id state wxid } }', { id })).data
    .account as Account | null;
}
const running = (id: string) => stack.until(async () => (await account(id))?.state === 'RUNNING');

it('after a restart of the gateway what was started runs again, what was stopped does not, and nothing was sent twice', async () => {
  const [first, second] = stack.accountIds as [string, string];
  await stack.query('mutation ($id: ID!) { stopAccount(id: $id) { account { state } } }', { id: second });
  await send(stack, { targets: [first], text: 'before' });
  const held = await send(stack, {
    targets: [first],
    text: 'later',
    sendAt: new Date(Date.now() + 3_600_000).toISOString(),
    waitMs: 0,
  });
  await stack.restart();
  await running(first);
  expect((await send(stack, { targets: [first], text: 'after' })).successCount).toBe(1);
  expect((await account(second))?.state).toBe('STOPPED');
  expect((await line(stack, held.logs.nodes[0]!.id)).status).toBe('QUEUED');
  expect(stack.simulator.delivered.map((one) => one.text)).toEqual(['before', 'after']);
  expect((await post(stack.callbackUrls[0]!, openwxText('31', 'same address', { receiver_uid: '' }))).status).toBe(200);

  await stack.query('mutation ($id: ID!) { startAccount(id: $id) { account { state } } }', { id: second });
  await running(second);
});

it('a new connection moves the account to the other upstream: it is another person there, and sends go out there', async () => {
  const [, id] = stack.accountIds as [string, string];
  await using other = await startSimulator({ seed: 2 });
  const before = await account(id);
  stack.simulator.forget();
  const answer = await stack.query(
    'mutation ($id: ID!, $baseUrl: String!) { updateAccount(input: { id: $id, connection: { openwx: { baseUrl: $baseUrl } } }) { account { connection { baseUrl } } } }',
    { id, baseUrl: other.account().baseUrl },
  );
  expect(answer.data.updateAccount.account.connection.baseUrl).toBe(other.account().baseUrl);
  await stack.until(async () => {
    const now = await account(id);
    return now?.state === 'RUNNING' && now.wxid !== before!.wxid;
  });
  const job = await send(stack, { targets: [id], to: ['filehelper'], text: 'moved' });
  expect(job.successCount).toBe(1);
  expect([other.delivered.map((one) => one.text), stack.simulator.delivered]).toEqual([['moved'], []]);

  other.account().postApi = stack.callbackUrls[1]!;
  const [friend] = [...other.account().account.contacts.values()].filter((contact) => contact.kind === 'friend');
  other.world.receive(other.account().wxid, friend!.wxid, 'from the new one');
  await stack.until(async () => {
    const { data } = await stack.query(
      'query ($id: ID!) { messages(last: 1, filter: { accountIds: [$id], search: "new one" }) { nodes { text } } }',
      { id },
    );
    return data.messages.nodes.length === 1;
  });
  await stack.query(
    'mutation ($id: ID!, $baseUrl: String!) { updateAccount(input: { id: $id, connection: { openwx: { baseUrl: $baseUrl } } }) { account { id } } }',
    { id, baseUrl: stack.simulator.account(2).baseUrl },
  );
  await stack.until(async () => (await account(id))?.wxid === before!.wxid && (await account(id))?.state === 'RUNNING');
});

it('an account deleted with sends in its queue is gone from every answer, its queue is not sent, and the one in flight goes out once', async () => {
  const [other, id] = stack.accountIds as [string, string];
  stack.simulator.forget();
  const after = await stack.head();
  const { data: made } = await stack.query(
    'mutation ($ids: [ID!]!) { createGroup(input: { name: "组", accountIds: $ids }) { group { id } } }',
    { ids: [other, id] },
  );
  const group = made.createGroup.group.id as string;
  await post(stack.callbackUrls[1]!, openwxText('41', 'to be gone', { receiver_uid: '' }));
  stack.simulator.fault({ type: 'slow', route: 'send_friend_message', ms: 300, times: 1, account: 2 });
  const inFlight = await send(stack, { targets: [id], text: 'in flight', waitMs: 0 });
  const queued = await send(stack, { targets: [id, id], to: ['filehelper', 'weixin'], text: 'queued', waitMs: 0 });
  // It is out, and its answer is not there yet: the queue waits for that.
  await stack.simulator.until(() => stack.simulator.delivered.length === 1);
  const message = (
    await stack.query('query ($id: ID!) { messages(last: 1, filter: { accountIds: [$id] }) { nodes { id } } }', { id })
  ).data.messages.nodes[0].id as string;

  const deleted = await stack.query('mutation ($id: ID!) { deleteAccount(id: $id) { deletedId } }', { id });
  expect(deleted.data.deleteAccount.deletedId).toBe(id);
  await stack.simulator.until(() =>
    stack.simulator.requests.some((one) => one.path.includes('send_friend') && one.status === 200),
  );

  const lines = [...inFlight.logs.nodes, ...queued.logs.nodes].map((one) => one.id);
  const { data } = await stack.query(
    `query ($id: ID!, $group: ID!, $after: String, $nodes: [ID!]!) {
      accounts { nodes { id } } account(id: $id) { id } nodes(ids: $nodes) { id } group(id: $group) { accounts { nodes { id } } }
      messages(last: 100, filter: { accountIds: [$id] }) { nodes { id } } logs(filter: { accountIds: [$id] }) { nodes { id } }
      chats(filter: { accountIds: [$id] }) { nodes { id } } contacts(filter: { accountIds: [$id] }) { nodes { id } }
      events(after: $after, first: 100, accountIds: [$id]) { nodes { __typename } } }`,
    { id, group, after, nodes: [id, message, ...lines] },
  );
  expect(data).toMatchObject({
    accounts: { nodes: [{ id: other }] },
    account: null,
    group: { accounts: { nodes: [{ id: other }] } },
    messages: { nodes: [] },
    logs: { nodes: [] },
    chats: { nodes: [] },
    contacts: { nodes: [] },
  });
  expect((data.nodes as unknown[]).every((node) => node === null)).toBe(true);
  const events = await openEvents(stack.gateway.url, '', { 'last-event-id': after });
  await events.atLeast(1);
  const told = (await events.cut()).filter(({ event }) => event.accountId === id);
  expect(new Set(told.map(({ event }) => event.type))).toEqual(new Set(['ACCOUNT_CHANGED']));
  expect(told.at(-1)!.event.data).toMatchObject({ change: 'DELETED' });

  expect((await post(stack.callbackUrls[1]!, openwxText('42', 'too late'))).status).toBe(404);
  expect((await trySend(stack, { targets: [id], text: 'x' })).errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
  expect((await send(stack, { targets: [group], to: ['filehelper'], text: 'group' })).total).toBe(1);
  expect(stack.simulator.delivered.map((one) => [one.account, one.text])).toEqual([
    [2, 'in flight'],
    [1, 'group'],
  ]);
});
