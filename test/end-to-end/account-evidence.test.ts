import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAccount } from '../../src/resolvers/accounts/create-account.ts';
import { showId } from '../../src/resolvers/ids.ts';
import { startAccount } from '../../src/resolvers/accounts/start-account.ts';
import { systemClock } from '../../src/simulator/clock.ts';
import { line, lineThatIs, send } from './sending.ts';
import { type Following, type Stack, follow, movableClock, owner, startStack, told } from './stack.ts';

/** What the tests need to know of an upstream. */
type Upstream = {
  driver: string;
  accountId: string;
  /** Of the simulator. */
  number: number;
  wxid: string;
  sendRoute: string;
  probeRoute: string;
  /** What mends it when nothing comes: it is told again where to post, or polled. */
  mendRoute: string;
};

/** How often an account is looked at. */
const lookEveryMs = 30_000;
/** How often it is looked whether an upstream still posts, and how soon a poll that failed is tried again. */
const checkPostsEveryMs = 15_000;
const pollAgainMs = 5_000;

const clock = movableClock();
let stack: Stack;
const upstreams: Upstream[] = [];
beforeAll(async () => {
  stack = await startStack({
    overrides: { clock },
    // WeChat and the gateway agree on what time it is.
    simulator: {
      accounts: 1,
      ecloudAccounts: 1,
      hooks: 1,
      friends: 2,
      rooms: 1,
      clock: { ...systemClock(), now: clock.now },
    },
  });
  const { simulator } = stack;
  const [cloud] = simulator.ecloudAccounts;
  const [hook] = simulator.hooks;
  cloud!.start();
  const { baseUrl, authorization } = simulator.ecloud;
  upstreams.push(
    {
      driver: 'openwx',
      accountId: stack.accountIds[0]!,
      number: 1,
      wxid: simulator.account().wxid,
      sendRoute: 'send_friend_message',
      probeRoute: 'get_client_info',
      mendRoute: '/openwx/check_event',
    },
    {
      driver: 'ecloud',
      accountId: await start({ ecloud: { baseUrl, authorization, wcId: cloud!.wxid } }),
      number: cloud!.number,
      wxid: cloud!.wxid,
      sendRoute: 'sendText',
      probeRoute: 'queryLoginWx',
      mendRoute: '/setHttpCallbackUrl',
    },
    {
      driver: 'pchook',
      accountId: await start({ pchook: { baseUrl: hook!.baseUrl } }),
      number: hook!.number,
      wxid: hook!.wxid,
      sendRoute: 'SendTextMsg',
      probeRoute: 'IsLoginStatus',
      mendRoute: '/ConfigureMsgRecive',
    },
  );
  await clock.asleep(lookEveryMs, upstreams.length);
});
afterAll(() => stack.stop());

let states: Following;
beforeEach(async () => {
  const text = 'subscription ($after: String) { clientStateChanged(after: $after) { to reason account { id } } }';
  states = follow(stack.client(), text, { after: await stack.head() });
});
afterEach(() => {
  states.stop();
  stack.simulator.clearFaults();
});

describe.each(['openwx', 'ecloud', 'pchook'])('%s', (driver) => {
  const upstream = () => upstreams.find((one) => one.driver === driver)!;

  it('one look that fails is no logout, and three are: OFFLINE, then RUNNING when it answers', async () => {
    const { probeRoute } = upstream();
    stack.simulator.fault({ type: 'reset', route: probeRoute, times: 1 });
    await moveOn(lookEveryMs);
    await askAgain(500);
    await look(1);
    expect(changes(upstream())).toEqual([]);
    stack.simulator.fault({ type: 'reset', route: probeRoute, times: 3 });
    await moveOn(lookEveryMs);
    await askAgain(500);
    await askAgain(1000);
    expect((await heard(upstream(), 2)).map(({ to }) => to)).toEqual(['OFFLINE', 'RUNNING']);
  });

  it('three sends that fail make it SUSPECT and hold what follows; after a minute one is tried, and it is well', async () => {
    const { sendRoute, accountId } = upstream();
    stack.simulator.fault({ type: 'error', route: sendRoute, times: 3 });
    for (let i = 1; i <= 3; i += 1) await sendOne(upstream(), `${driver} lost ${i}`);
    const [suspect] = await heard(upstream(), 1);
    expect(suspect).toMatchObject({
      to: 'SUSPECT',
      reason: expect.stringMatching(
        /^It claims to run \(.+\), but the last 3 sends failed since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(Asia\/Shanghai\): .*HTTP 500/,
      ) as string,
    });
    const held = await send(stack, { targets: [accountId], to: ['filehelper'], text: `${driver} held`, waitMs: 0 });
    const id = held.logs.nodes[0]!.id;
    await look(1);
    expect(await line(stack, id)).toMatchObject({ status: 'QUEUED', attempts: 0 });
    await moveOn(lookEveryMs);
    await lineThatIs(stack, id, 'SENT');
    await look(1);
    // At last the doubt that was left in its words.
    const all = await heard(upstream(), 3);
    expect(all.map(({ to }) => to)).toEqual(['SUSPECT', 'RUNNING', 'RUNNING']);
    expect([all[1]!.reason.includes(', though the last 3 sends failed'), all[2]!.reason.includes('though')]).toEqual([
      true,
      false,
    ]);
    expect(stack.simulator.delivered.filter(({ text }) => text.startsWith(`${driver} lost`))).toEqual([]);
  });
});

describe.each(['ecloud', 'pchook'])('%s', (driver) => {
  const upstream = () => upstreams.find((one) => one.driver === driver)!;

  it('that takes sends and tells nothing more is told again where to post, then SUSPECT; one message and it is well', async () => {
    const { number, mendRoute } = upstream();
    await sendOne(upstream(), `${driver} seen again`);
    await stack.until(async () => (await echoesOf(upstream())).includes(`${driver} seen again`));
    const before = requests(mendRoute);
    const drop = stack.simulator.fault({ type: 'drop', account: number });
    await sendOne(upstream(), `${driver} not seen again`);
    await moveOn(61_000);
    await stack.simulator.until(() => requests(mendRoute) > before);
    await look(1);
    expect(changes(upstream())).toEqual([]);
    await moveOn(61_000);
    const [suspect] = await heard(upstream(), 1);
    expect(suspect!.reason).toMatch(/, but nothing comes back: no message, and none of the sends that it took since /);
    await stack.simulator.until(() => requests(mendRoute) > before + 1);
    drop.clear();
    receive(upstream(), '在吗');
    expect((await heard(upstream(), 2)).map(({ to }) => to)).toEqual(['SUSPECT', 'RUNNING']);
  });
});

describe('openwx', () => {
  const openwx = () => upstreams[0]!;
  beforeEach(async () => {
    await sendOne(openwx(), 'openwx seen again');
    // It posts, so that it is not polled.
    await clock.asleep(checkPostsEveryMs, 1);
    await stack.until(async () => (await echoesOf(openwx())).includes('openwx seen again'));
  });

  it('that ceased to post is polled again, which brings what was missed, and nothing is told', async () => {
    stack.simulator.fault({ type: 'drop', account: openwx().number });
    const before = requests(openwx().mendRoute);
    await sendOne(openwx(), 'openwx polled');
    expect(requests(openwx().mendRoute)).toBe(before);
    await moveOn(61_000);
    await stack.until(async () => (await echoesOf(openwx())).includes('openwx polled'));
    await look(3);
    expect(changes(openwx())).toEqual([]);
  });

  it('that cannot be polled either is SUSPECT, and RUNNING at once when it tells what it kept', async () => {
    stack.simulator.fault({ type: 'drop', account: openwx().number });
    const away = stack.simulator.fault({ type: 'error', route: 'check_event' });
    await sendOne(openwx(), 'openwx not seen again');
    await look(5);
    expect(await heard(openwx(), 1)).toMatchObject([{ to: 'SUSPECT' }]);
    away.clear();
    await clock.asleep(pollAgainMs, 1);
    clock.moveOn(pollAgainMs);
    expect((await heard(openwx(), 2)).map(({ to }) => to)).toEqual(['SUSPECT', 'RUNNING']);
  });
});

it('an account that is silent for longer than ever is told again where to post, then SUSPECT, then RUNNING by a message', async () => {
  const hook = upstreams.find(({ driver }) => driver === 'pchook')!;
  const from = changes(hook).length;
  for (let i = 0; i <= 16; i += 1) {
    await moveOn(12 * 3_600_000);
    receive(hook, `message ${i}`);
    await stack.until(async () => (await messagesOf(hook)).some(({ text }) => text === `message ${i}`));
  }
  expect(changes(hook).slice(from)).toEqual([]);
  await moveOn(24 * 3_600_000);
  await look(1);
  expect(changes(hook).slice(from)).toEqual([]);
  await moveOn(2 * 3_600_000 + 11 * 60_000);
  const suspect = (await heard(hook, from + 1))[from]!;
  expect(suspect).toMatchObject({ to: 'SUSPECT' });
  expect(suspect.reason).toMatch(
    /nothing was received since .*, and in two weeks it was never silent for longer than about 1[23] h/,
  );
  receive(hook, 'at last');
  const all = await heard(hook, from + 2);
  expect(all.slice(from).map(({ to }) => to)).toEqual(['SUSPECT', 'RUNNING']);
});

it('a logout is told as what it is, without a doubt before it', async () => {
  const cloud = upstreams.find(({ driver }) => driver === 'ecloud')!;
  stack.simulator.ecloudAccounts[0]!.logout({ reason: '账号在其他设备登录' });
  expect((await heard(cloud, 3)).map(({ to }) => to)).toEqual(['OFFLINE', 'CONFIRMING', 'RUNNING']);
});

it('E云 that cannot be told where to post makes its account SUSPECT with the words, and it is told again', async () => {
  await using other = await startStack({ simulator: { accounts: 0, ecloudAccounts: 2 }, overrides: { clock } });
  const { baseUrl, authorization, accounts } = other.simulator.ecloud;
  for (const account of accounts) account.start();
  other.simulator.fault({ type: 'error', route: 'setHttpCallbackUrl', times: 1 });
  const made = accounts.map(({ wxid }) => start({ ecloud: { baseUrl, authorization, wcId: wxid } }, other));
  const ids = await Promise.all(made);
  const read = async () => (await other.query('{ accounts { nodes { state stateReason } } }')).data.accounts.nodes;
  type Shown = { state: string; stateReason: string };
  const suspects = await other.until(async () => {
    const shown = (await read()) as Shown[];
    return shown.length === ids.length && shown.every(({ state }) => state === 'SUSPECT') && shown;
  });
  expect(suspects[0]!.stateReason).toContain('cannot be told where to post: E云 answered HTTP 500');
  await clock.asleep(10_000, 2);
  clock.moveOn(10_000);
  await other.until(async () => ((await read()) as Shown[]).every(({ state }) => state === 'RUNNING'));
  expect(other.simulator.requests.filter(({ path }) => path === '/setHttpCallbackUrl')).toHaveLength(2);
});

async function start(connection: object, on = stack): Promise<string> {
  const { object } = await createAccount(on.gateway.app, owner, {
    name: '账号',
    connection,
    pacing: { intervalMs: 0, jitterMs: 0 },
  });
  const id = showId('account', object.id);
  await startAccount(on.gateway.app, owner, id);
  return id;
}

type Change = { to: string; reason: string; account: { id: string } };

/** What was told of the account's state since the test began. */
function changes({ accountId }: Upstream): Change[] {
  return told<Change>(states, 'clientStateChanged').filter(({ account }) => account.id === accountId);
}

/** The same, when there are so many. */
async function heard(upstream: Upstream, count: number): Promise<Change[]> {
  while (changes(upstream).length < count) await states.atLeast(states.frames.length + 1);
  return changes(upstream);
}

const requests = (path: string) => stack.simulator.requests.filter((request) => request.path === path).length;

/** Moves the time on when every account waits for its next look; then all of them have been looked at. */
async function moveOn(ms: number): Promise<void> {
  await clock.asleep(lookEveryMs, upstreams.length);
  clock.moveOn(ms);
}

/** A look failed, and is to be repeated after this pause. */
async function askAgain(pauseMs: number): Promise<void> {
  await clock.asleep(pauseMs, 1);
  clock.moveOn(pauseMs);
}

/** So many looks at all accounts, one after the other. */
async function look(times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) await moveOn(lookEveryMs);
  await clock.asleep(lookEveryMs, upstreams.length);
}

async function sendOne({ accountId }: Upstream, text: string): Promise<void> {
  await send(stack, { targets: [accountId], to: ['filehelper'], text });
}

function receive({ wxid }: Upstream, text: string): void {
  const { world } = stack.simulator;
  const friends = [...world.accounts.get(wxid)!.contacts.values()].filter((contact) => contact.kind === 'friend');
  world.receive(wxid, friends[0]!.wxid, text);
}

type Told = { text: string; direction: string };

async function messagesOf({ accountId }: Upstream): Promise<Told[]> {
  const text = 'query ($id: ID!) { account(id: $id) { messages(last: 20) { nodes { text direction } } } }';
  return (await stack.query(text, { id: accountId })).data.account.messages.nodes as Told[];
}

async function echoesOf(upstream: Upstream): Promise<string[]> {
  return (await messagesOf(upstream)).filter(({ direction }) => direction === 'OUTGOING').map(({ text }) => text);
}
