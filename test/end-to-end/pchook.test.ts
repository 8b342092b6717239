import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccount } from '../../src/resolvers/accounts/create-account.ts';
import { showId } from '../../src/resolvers/ids.ts';
import { startAccount } from '../../src/resolvers/accounts/start-account.ts';
import type { PchookFront } from '../../src/simulator/pchook/front.ts';
import { type Following, type Stack, allMessages, follow, movableClock, owner, post, startStack } from './stack.ts';

type Node = { text: string; upstreamId: string | null; direction: string; sendLog: { id: string } | null };
type Told = { type: string; message?: { text: string; upstreamId: string | null } };

let stack: Stack;
let hook: PchookFront;
let id: string;

/** A started account on the first hook of a stack. */
async function startHooked(on: Stack): Promise<string> {
  const { object: account } = await createAccount(on.gateway.app, owner, {
    name: 'hook',
    connection: { pchook: { baseUrl: on.simulator.hooks[0]!.baseUrl, timezone: 'Asia/Shanghai' } },
    defaultReceiver: 'filehelper',
    pacing: { intervalMs: 0, jitterMs: 0 },
  });
  const accountId = showId('account', account.id);
  await startAccount(on.gateway.app, owner, accountId);
  return accountId;
}

async function stateOf(on: Stack, accountId: string): Promise<{ state: string; stateReason: string; sync: string }> {
  const { data } = await on.query('query ($id: ID!) { account(id: $id) { state stateReason contactSync { state } } }', {
    id: accountId,
  });
  const { state, stateReason, contactSync } = data.account;
  return { state, stateReason, sync: contactSync.state };
}

const simulated = { accounts: 0, hooks: 1, friends: 3, rooms: 1 };

beforeAll(async () => {
  stack = await startStack({ simulator: simulated });
  [hook] = stack.simulator.hooks as [PchookFront];
  id = await startHooked(stack);
  await stack.until(async () => {
    const { state, sync } = await stateOf(stack, id);
    return state === 'RUNNING' && sync === 'DONE';
  });
});
afterAll(() => stack.stop());

function friend(): string {
  const account = stack.simulator.world.accounts.get(hook.wxid);
  return [...(account?.contacts.values() ?? [])].find((contact) => contact.kind === 'friend')!.wxid;
}

/** A post of a hook whose account this is. */
function postFor(self: string): string {
  const element = { msgtype: '1', msgsvrid: '13430535177462202152', msg: '111', fromid: 'wxid_k', toid: self };
  return JSON.stringify({ ServerPort: '30001', selfwxid: self, sendorrecv: '2', msgnumber: '1', msglist: [element] });
}

/** The messages that come in or change from now on. */
async function messageEvents(): Promise<{ following: Following; all(count: number): Promise<Told[]> }> {
  const text = `subscription ($after: String) {
    events(types: [MESSAGE_RECEIVED, MESSAGE_UPDATED], after: $after) { type: __typename
      ... on MessageReceived { message { text upstreamId } } ... on MessageUpdated { message { text upstreamId } } } }`;
  const following = follow(stack.client(), text, { after: await stack.head() });
  return {
    following,
    // Beside them there is one that says that the past has been told.
    all: async (count) => {
      const frames = await following.atLeast(count + 1);
      return frames.map((frame) => frame.data['events'] as Told).filter((event) => event.message);
    },
  };
}

const names = (told: readonly Told[]) => told.map((event) => event.type);

async function messages(): Promise<Node[]> {
  return allMessages<Node>(stack.gateway.url, 'text upstreamId direction sendLog { id }');
}

test('what a friend writes, on several lines and in a chat room, arrives once, at the time of the hook', async () => {
  const told = await messageEvents();
  const { world } = stack.simulator;
  const [room] = world.accounts.get(hook.wxid)!.rooms;
  const { id: first } = world.receive(hook.wxid, friend(), '在吗\n第二行');
  stack.simulator.fault({ type: 'repeat', copies: 2, times: 1 });
  world.receive(hook.wxid, friend(), '群里的话', room);
  expect(names(await told.all(2))).toEqual(['MessageReceived', 'MessageReceived']);
  told.following.stop();
  const nodes = await allMessages<{
    text: string;
    upstreamId: string;
    sentAt: string;
    chat: { contact: { kind: string } };
  }>(stack.gateway.url, 'text upstreamId sentAt chat { contact { kind } }');
  expect(nodes).toMatchObject([
    { text: '在吗\n第二行', upstreamId: first, chat: { contact: { kind: 'FRIEND' } } },
    { text: '群里的话', chat: { contact: { kind: 'CHAT_ROOM' } } },
  ]);
  for (const node of nodes) expect(Math.abs(Date.parse(node.sentAt) - Date.now())).toBeLessThan(30_000);
});

test('the second post of a picture updates its message, and no second one is received', async () => {
  const told = await messageEvents();
  const bytes = Buffer.from('picture');
  const picture = { type: 'media', media: 'image', name: 'a.jpg', bytes } as const;
  const message = stack.simulator.world.receive(hook.wxid, friend(), picture);
  expect(names(await told.all(2))).toEqual(['MessageReceived', 'MessageUpdated']);
  told.following.stop();
  const [node] = (
    await allMessages<object>(
      stack.gateway.url,
      'upstreamId duplicates content { ... on MediaContent { media { size upstreamPath } } }',
    )
  ).slice(-1);
  expect(node).toEqual({
    upstreamId: message.id,
    duplicates: 1,
    content: { media: { size: bytes.length, upstreamPath: expect.stringMatching(/^C:\\.*\.dat$/) as string } },
  });
});

test('a send comes back in two posts and is one message, joined with it and known by its id', async () => {
  const told = await messageEvents();
  const answer = await stack.query(
    'mutation ($input: SendInput!) { send(input: $input) { job { logs { nodes { id status } } } } }',
    { input: { targets: [id], content: { text: '大佬666~' }, waitMs: 20_000 } },
  );
  const [log] = answer.data.send.job.logs.nodes as { id: string; status: string }[];
  expect(log?.status).toBe('SENT');
  expect(names(await told.all(2))).toEqual(['MessageReceived', 'MessageUpdated']);
  told.following.stop();
  const [delivered] = stack.simulator.delivered.slice(-1);
  expect((await messages()).filter((one) => one.direction === 'OUTGOING')).toEqual([
    { text: '大佬666~', upstreamId: delivered!.id, direction: 'OUTGOING', sendLog: { id: log!.id } },
  ]);
  const posts = stack.simulator.posts.slice(-2).map(({ text }) => text);
  expect(posts).toEqual([expect.stringContaining('"msgsvrid":""'), expect.stringContaining('PC发文本消息成功')]);
});

test('a send whose answer is lost is settled by its echo, and never sent again', async () => {
  stack.simulator.fault({ type: 'reset-after-send', times: 1 });
  const before = stack.simulator.delivered.length;
  const answer = await stack.query('mutation ($input: SendInput!) { send(input: $input) { job { id } } }', {
    input: { targets: [id], content: { text: '没有回答' }, waitMs: 0 },
  });
  const log = await stack.until(async () => {
    const { data } = await stack.query(
      'query ($id: ID!) { sendJob(id: $id) { logs { nodes { status confirmedBy } } } }',
      {
        id: answer.data.send.job.id,
      },
    );
    return data.sendJob.logs.nodes[0].status === 'SENT' && data.sendJob.logs.nodes[0];
  });
  expect(log).toEqual({ status: 'SENT', confirmedBy: 'ECHO' });
  expect(stack.simulator.delivered.length).toBe(before + 1);
});

test('a mention goes out with the name before the text, and its echo is known all the same', async () => {
  const [room] = stack.simulator.world.accounts.get(hook.wxid)!.rooms;
  const answer = await stack.query(
    'mutation ($input: SendInput!) { send(input: $input) { job { logs { nodes { id status } } } } }',
    { input: { targets: [id], to: [room], mentions: [friend()], content: { text: '请看' }, waitMs: 20_000 } },
  );
  const [log] = answer.data.send.job.logs.nodes as { id: string; status: string }[];
  const name = stack.simulator.world.people.get(friend())!.name;
  const node = await stack.until(async () => (await messages()).find((one) => one.sendLog?.id === log!.id));
  expect([log!.status, node.text]).toEqual(['SENT', `@${name}\u2005请看`]);
});

test("the hook's documented addresses find the account by its wxid, and nobody else's", async () => {
  for (const path of ['/api/user/recive_msg', '/api/msg/recive']) {
    const answer = await post(`${stack.gateway.url}${path}`, postFor(hook.wxid));
    expect([answer.status, await answer.text()]).toEqual([200, 'ok']);
    expect((await post(`${stack.gateway.url}${path}`, postFor('wxid_somebody'))).status).toBe(403);
    expect((await post(`${stack.gateway.url}${path}`, '{')).status).toBe(400);
  }
  expect((await post(hook.callbackUrl!, postFor('wxid_somebody'))).status).toBe(403);
  expect((await messages()).filter((one) => one.upstreamId === '13430535177462202152')).toHaveLength(1);
});

test('calls go out one at a time', () => {
  expect(hook.mostAtOnce).toBe(1);
});

test('the hook is told where to post when the account runs, and again after its process was started anew', async () => {
  expect(hook.callbackUrl).toContain(`${stack.gateway.url}/callback/`);
  const { data } = await stack.query(
    'query ($id: ID!) { account(id: $id) { wxid driver connection { __typename baseUrl ... on PchookConnection { dialect timezone } } } }',
    { id },
  );
  expect(data.account).toEqual({
    wxid: hook.wxid,
    driver: 'PCHOOK',
    connection: { __typename: 'PchookConnection', baseUrl: hook.baseUrl, dialect: null, timezone: 'Asia/Shanghai' },
  });
  // Who was told of RUNNING may count on what is received, so that nothing is waited for here.
  hook.logout();
  await stack.simulator.until(() => hook.status === '3');
  await hook.die();
  await hook.start();
  await stack.simulator.until(() => hook.callbackUrl !== null, 20_000);
});

test('an upstream that cannot be told where to post is SUSPECT and asked again; one that forgot it is told again', async () => {
  const clock = movableClock();
  await using other = await startStack({ simulator: simulated, overrides: { clock } });
  const [forgetful] = other.simulator.hooks as [PchookFront];
  other.simulator.fault({ type: 'error', route: 'ConfigureMsgRecive', times: 1 });
  const accountId = await startHooked(other);
  const suspect = await other.until(async () => {
    const found = await stateOf(other, accountId);
    return found.state === 'SUSPECT' && found;
  });
  expect(suspect.stateReason).toContain('cannot be told where to post');
  clock.moveOn(10_000);
  await other.until(async () => (await stateOf(other, accountId)).state === 'RUNNING');
  forgetful.callbackUrl = null;
  clock.moveOn(300_000);
  await other.simulator.until(() => forgetful.callbackUrl);
});

test('a connection that cannot be one is refused', async () => {
  for (const wrong of [{ timezone: 'Mars/Olympus' }, { baseUrl: 'ftp://x' }]) {
    const answer = await stack.query(
      'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { cursor } }',
      {
        input: { name: 'x', connection: { pchook: { baseUrl: 'http://127.0.0.1:9', ...wrong } } },
      },
    );
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_INPUT',
      field: `connection.pchook.${Object.keys(wrong)[0]}`,
    });
  }
});
