import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../src/simulator/clock.ts';
import { type Line, lineFields, lineThatIs, pause, send } from './sending.ts';
import { type Stack, movableClock, startStack } from './stack.ts';

const clock = movableClock();
let stack: Stack;
let first: string;
let second: string;
beforeAll(async () => {
  stack = await startStack({
    overrides: { clock },
    simulator: {
      accounts: 2,
      clock: { ...systemClock(), now: clock.now },
      // Codes are scanned on command, so that an account that was logged out stays so.
      openwx: { scanAfterMs: null, confirmAfterMs: null },
    },
    wait: false,
  });
  [first, second] = stack.accountIds as [string, string];
  await bothLogIn();
});
afterAll(() => stack.stop());
beforeEach(() => stack.simulator.forget());
afterEach(() => stack.simulator.clearFaults());

/** Somebody takes the phones. */
async function bothLogIn(): Promise<void> {
  await stack.until(async () => {
    for (const phone of stack.simulator.accounts) {
      phone.scan();
      phone.confirm();
    }
    return (await ready()).length === 2;
  });
}

type Held = Line & { position: number | null; estimatedAt: string | null };
const read = async (id: string): Promise<Held> =>
  (await stack.query(`query ($id: ID!) { sendLog(id: $id) { ${lineFields} position estimatedAt } }`, { id })).data
    .sendLog;
const queue = async (texts: readonly string[], targets = [first], to = 'filehelper'): Promise<string[]> => {
  const lines: string[] = [];
  for (const text of texts) lines.push((await send(stack, { targets, to: [to], text, waitMs: 0 })).logs.nodes[0]!.id);
  return lines;
};
const sends = () => stack.simulator.requests.filter((request) => request.path.endsWith('send_friend_message'));
const ready = async () =>
  (await stack.query('{ accounts(filter: { ready: true }) { nodes { id ready } } }')).data.accounts.nodes as object[];

it('an account that goes offline in the middle of its queue sends not one more, says why, and goes on later; the other goes on at once', async () => {
  await pause(stack, first, true);
  const texts = Array.from({ length: 12 }, (_, n) => `offline ${n}`);
  const lines = await queue(texts);
  stack.simulator.fault({ type: 'slow', route: 'send_friend_message', account: 1, ms: 30 });
  await pause(stack, first, false);
  await lineThatIs(stack, lines[2]!, 'SENT');
  const offline = stack.until(async () => {
    const { data } = await stack.query('query ($id: ID!) { account(id: $id) { state stateReason ready } }', {
      id: first,
    });
    return data.account.state !== 'RUNNING' && data.account;
  });
  void stack.simulator.account(1).logout('scan');
  await offline;
  const since = sends().length;
  expect((await send(stack, { targets: [second], to: ['filehelper'], text: 'of the other' })).successCount).toBe(1);
  const statuses = await Promise.all(lines.map(async (id) => (await read(id)).status));
  expect(new Set(statuses.slice(statuses.indexOf('QUEUED')))).toEqual(new Set(['QUEUED']));
  const last = await read(lines.at(-1)!);
  expect(last).toMatchObject({ status: 'QUEUED', errorCode: 'NOT_READY', estimatedAt: null });
  expect(last.errorMessage).toMatch(/^held: the account is (SCANNING|OFFLINE|LOADING|STOPPED)/);
  // At most the one that was in flight; the other account's is one more.
  expect(sends().length - since).toBeLessThanOrEqual(2);
  stack.simulator.clearFaults();
  await bothLogIn();
  for (const id of lines) await lineThatIs(stack, id, 'SENT');
  const delivered = stack.simulator.delivered.map((one) => one.text);
  expect(delivered.filter((text) => text.startsWith('offline'))).toEqual(texts);
  expect(stack.simulator.delivered.filter((one) => one.account === 2)).toHaveLength(1);
});

it('a paused account and a spent day say so on each line, and a line for later says nothing', async () => {
  await pause(stack, first, true);
  const [held] = await queue(['paused']);
  expect(await read(held!)).toMatchObject({
    errorCode: 'NOT_READY',
    errorMessage: 'held: the account is paused',
    position: 0,
  });
  const sendAt = new Date(clock.now() + 3_600_000).toISOString();
  const later = await send(stack, { targets: [first], to: ['filehelper'], text: 'later', sendAt, waitMs: 0 });
  expect(later.logs.nodes[0]).toMatchObject({ status: 'QUEUED', errorCode: null, errorMessage: null });
  await stack.query('mutation ($id: ID!) { cancelJob(jobId: $id) { cursor } }', { id: later.id });
  const perDay = (count: number | null) =>
    stack.query(
      'mutation ($id: ID!, $count: Int) { updateAccount(input: { id: $id, pacing: { paused: false, perDay: $count } }) { cursor } }',
      { id: first, count },
    );
  await perDay(1);
  const spent = await stack.until(async () => {
    const now = await read(held!);
    return now.errorCode === 'RATE_LIMITED' && now;
  });
  expect(spent.errorMessage).toContain('of today');
  await perDay(null);
  await lineThatIs(stack, held!, 'SENT');
});

it('a line like one whose outcome is unknown says that it waits for that', async () => {
  stack.simulator.fault({ type: 'reset-before-send', account: 1, times: 1 });
  const [unknown] = await queue(['twin']);
  await lineThatIs(stack, unknown!, 'UNKNOWN');
  const [twin] = await queue(['twin']);
  expect(await read(twin!)).toMatchObject({
    errorCode: 'CONFLICT',
    errorMessage: expect.stringMatching(/^held: whether/),
  });
  clock.moveOn(121_000);
  await lineThatIs(stack, twin!, 'SENT');
});

it('an upstream that answers probes and no sends is not stormed: five tries, then one in 30 s; only its own account waits', async () => {
  stack.simulator.fault({ type: 'timeout-before-send', account: 1 });
  const texts = Array.from({ length: 12 }, (_, n) => `broken ${n}`);
  const before = sends().length;
  const lines = await queue(texts);
  const tries = () =>
    sends()
      .slice(before)
      .filter((request) => request.account === 1).length;
  const held = await stack.until(async () => {
    const now = await read(lines.at(-1)!);
    return now.errorMessage?.startsWith('held:') && now;
  });
  expect(held).toMatchObject({ status: 'QUEUED', attempts: 0 });
  expect(await ready()).toEqual([{ id: second, ready: true }]);
  expect((await stack.query('{ account(id: "00001") { ready } }')).data.account.ready).toBe(false);
  expect((await send(stack, { targets: [second], to: ['filehelper'], text: 'not broken' })).successCount).toBe(1);
  expect(tries()).toBeLessThanOrEqual(5);
  for (let probes = 1; probes <= 3; probes += 1) {
    clock.moveOn(30_000);
    await send(stack, { targets: [second], to: ['filehelper'], text: `not broken ${probes}` });
    expect(tries()).toBeLessThanOrEqual(5 + probes);
  }
  stack.simulator.clearFaults();
  const timer = setInterval(() => clock.moveOn(10_000), 50);
  for (const id of lines.slice(tries() + 1)) await lineThatIs(stack, id, 'SENT');
  clearInterval(timer);
  expect(await ready()).toHaveLength(2);
  const delivered = stack.simulator.delivered.filter((one) => one.account === 1).map((one) => one.text);
  expect(delivered).toEqual(texts.slice(-delivered.length));
});
