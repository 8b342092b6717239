import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/simulator/clock.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { type Line, line, lineFields, lineThatIs, send } from './sending.ts';
import { type Stack, allMessages, follow, movableClock, startStack, told } from './stack.ts';

const clock = movableClock();
let stack: Stack;
beforeAll(async () => {
  // WeChat and the gateway agree on what time it is.
  stack = await startStack({ overrides: { clock }, simulator: { clock: { ...systemClock(), now: clock.now } } });
});
afterAll(() => stack.stop());
beforeEach(() => stack.simulator.forget());
afterEach(() => stack.simulator.clearFaults());

let count = 0;
/** A text that nothing else has. */
const newText = () => `text ${(count += 1)}`;
const delivered = (text: string) => stack.simulator.delivered.filter((one) => one.text === text).length;
const stored = async (text: string) =>
  (await allMessages<{ text: string }>(stack.gateway.url, 'text')).filter((message) => message.text === text).length;

async function sendUnder(
  fault: Fault | null,
  text = newText(),
  { to = 'filehelper', waitMs = 10_000 } = {},
): Promise<Line> {
  if (fault) stack.simulator.fault(fault);
  const job = await send(stack, { targets: stack.accountIds, to: [to], text, waitMs });
  return job.logs.nodes[0]!;
}

describe('a send ends as what is known of it, and never goes out twice', () => {
  it('refused by WeChat five times: FAILED with its words, nothing delivered', async () => {
    const text = newText();
    expect(await sendUnder({ type: 'refuse', times: 1, text: '操作太频繁' }, text)).toMatchObject({
      status: 'FAILED',
      errorCode: 'UPSTREAM_REJECTED',
      errorMessage: expect.stringContaining('操作太频繁') as string,
      attempts: 1,
      message: null,
    });
    expect([delivered(text), await stored(text)]).toEqual([0, 0]);
  });

  it('taken at the third try of the program: SENT, delivered once', async () => {
    const text = newText();
    expect(await sendUnder({ type: 'refuse', times: 1, tries: 2 }, text)).toMatchObject({
      status: 'SENT',
      attempts: 1,
    });
    expect(delivered(text)).toBe(1);
  });

  it.each(['timeout-after-send', 'reset-after-send'] as const)(
    '%s, the echo kept back: UNKNOWN, not resent; then SENT by the echo',
    async (type) => {
      const text = newText();
      // Two posts together, last first: the echo waits for what comes after it.
      stack.simulator.fault({ type: 'reorder', times: 1, size: 2 });
      const unknown = await sendUnder({ type, times: 1 }, text);
      expect(unknown).toMatchObject({ status: 'UNKNOWN', confirmedBy: null, attempts: 1 });
      // The lane looks for work again and again; this one is none.
      clock.moveOn(61_000);
      stack.simulator.clearFaults();
      expect(await lineThatIs(stack, unknown.id, 'SENT')).toMatchObject({
        confirmedBy: 'ECHO',
        errorCode: null,
        message: { text, direction: 'OUTGOING', sendLog: { id: unknown.id } },
      });
      expect([delivered(text), await stored(text)]).toEqual([1, 1]);
    },
  );

  it.each(['timeout-before-send', 'reset-before-send'] as const)(
    '%s: UNKNOWN, then UNRESOLVED after two minutes, and never sent',
    async (type) => {
      const text = newText();
      const unknown = await sendUnder({ type, times: 1 }, text);
      expect(unknown).toMatchObject({ status: 'UNKNOWN', attempts: 1 });
      clock.moveOn(121_000);
      expect(await lineThatIs(stack, unknown.id, 'UNRESOLVED')).toMatchObject({ confirmedBy: null });
      expect([delivered(text), await stored(text)]).toEqual([0, 0]);
    },
  );

  it('an unreadable answer to a send that went out: SENT by the echo, delivered once', async () => {
    const text = newText();
    const { id } = await sendUnder({ type: 'garbage', route: 'send_friend_message', times: 1 }, text);
    await lineThatIs(stack, id, 'SENT');
    expect([delivered(text), await stored(text)]).toEqual([1, 1]);
  });

  it('HTTP 500: UNKNOWN, not sent again', async () => {
    const text = newText();
    const unknown = await sendUnder({ type: 'error', route: 'send_friend_message', times: 1 }, text);
    expect(unknown).toMatchObject({ status: 'UNKNOWN', errorCode: 'UPSTREAM_REJECTED' });
    expect(delivered(text)).toBe(0);
  });

  it('an echo before a slow answer: SENT once, one message, and the answer adds its time', async () => {
    const text = newText();
    const sent = await sendUnder({ type: 'slow', route: 'send_friend_message', ms: 300, times: 1 }, text);
    expect(sent.status).toBe('SENT');
    // The next one is dispatched only when the answer to this one was taken.
    expect((await sendUnder(null)).status).toBe('SENT');
    const answered = await line(stack, sent.id);
    expect(answered).toMatchObject({ status: 'SENT', confirmedBy: 'ECHO', message: { text } });
    expect(answered.responseTimeMs).toBeGreaterThanOrEqual(290);
    expect([delivered(text), await stored(text)]).toEqual([1, 1]);
  });

  it('an identical text is held back while its twin is UNKNOWN, and goes out once when that is known', async () => {
    const text = newText();
    stack.simulator.fault({ type: 'reorder', times: 1, size: 3 });
    const first = await sendUnder({ type: 'timeout-after-send', times: 1 }, text);
    expect(first.status).toBe('UNKNOWN');
    const twin = await sendUnder(null, text, { waitMs: 200 });
    const other = await sendUnder(null, newText(), { to: 'weixin' });
    expect([twin.status, other.status, delivered(text)]).toEqual(['QUEUED', 'SENT', 1]);
    stack.simulator.clearFaults();
    await lineThatIs(stack, twin.id, 'SENT');
    await lineThatIs(stack, first.id, 'SENT');
    await stack.until(async () => (await stored(text)) === 2);
    expect(delivered(text)).toBe(2);
  });

  it('an upstream that is down holds what is sent, and it goes out once when the account is back', async () => {
    const account = stack.simulator.account();
    // A probe has just been: the next one would be long in coming.
    const probes = () => stack.simulator.requests.filter((request) => request.path.endsWith('get_user_info')).length;
    const before = probes();
    clock.moveOn(31_000);
    await stack.simulator.until(() => probes() > before);
    account.die();
    const texts = [newText(), newText()];
    const lines = [await sendUnder(null, texts[0], { waitMs: 0 }), await sendUnder(null, texts[1], { waitMs: 0 })];
    // The failed try is evidence enough; nobody waits for the next probe.
    await stack.until(async () => (await state()) === 'OFFLINE');
    // Longer than a send may be tried.
    clock.moveOn(90_000);
    expect((await line(stack, lines[0]!.id)).status).toBe('QUEUED');
    expect((await line(stack, lines[1]!.id)).status).toBe('QUEUED');
    await account.start({ cookie: true });
    for (const { id } of lines) await lineThatIs(stack, id, 'SENT');
    expect(texts.map(delivered)).toEqual([1, 1]);
    expect(await state()).toBe('RUNNING');
  });

  it('a send whose time has passed while it was held is EXPIRED and never goes out', async () => {
    const account = stack.simulator.account();
    account.die();
    const text = newText();
    const expiresAt = new Date(clock.now() + 60_000).toISOString();
    const job = await send(stack, { targets: stack.accountIds, to: ['filehelper'], text, expiresAt, waitMs: 0 });
    await stack.until(async () => (await state()) === 'OFFLINE');
    clock.moveOn(61_000);
    await lineThatIs(stack, job.logs.nodes[0]!.id, 'EXPIRED');
    await account.start({ cookie: true });
    await stack.until(async () => (await state()) === 'RUNNING');
    expect((await sendUnder(null)).status).toBe('SENT');
    expect(delivered(text)).toBe(0);
  });

  it('a send for later goes out at its time, not before, and lets others pass', async () => {
    const text = newText();
    const sendAt = new Date(clock.now() + 3_600_000).toISOString();
    const job = await send(stack, { targets: stack.accountIds, to: ['filehelper'], text, sendAt, waitMs: 0 });
    expect(job).toMatchObject({ pendingCount: 1 });
    expect((await sendUnder(null)).status).toBe('SENT');
    expect(delivered(text)).toBe(0);
    clock.moveOn(3_600_000);
    await lineThatIs(stack, job.logs.nodes[0]!.id, 'SENT');
    expect(delivered(text)).toBe(1);
  });

  it('sendUpdated tells QUEUED, DISPATCHING and SENT, and waitMs 0 answers before the outcome', async () => {
    const [id] = stack.accountIds;
    const pause =
      'mutation ($id: ID!, $paused: Boolean!) { updateAccount(input: { id: $id, pacing: { paused: $paused } }) { account { ready } } }';
    await stack.query(pause, { id, paused: true });
    const after = await stack.head();
    const following = follow(
      stack.client(),
      `subscription ($after: String) { sendUpdated(after: $after) { ${lineFields} } }`,
      { after },
    );
    const text = newText();
    stack.simulator.fault({ type: 'slow', route: 'send_friend_message', ms: 300, times: 1 });
    stack.simulator.fault({ type: 'drop', times: 1 });
    const job = await send(stack, { targets: [id!], to: ['filehelper'], text, waitMs: 0 });
    expect(job).toMatchObject({ pendingCount: 1, logs: { nodes: [{ status: 'QUEUED', attempts: 0 }] } });
    await following.atLeast(1);
    await stack.query(pause, { id, paused: false });
    await following.atLeast(3);
    following.stop();
    expect(told<Line>(following, 'sendUpdated').map((one) => one.status)).toEqual(['QUEUED', 'DISPATCHING', 'SENT']);
    expect(delivered(text)).toBe(1);
  });
});

async function state(): Promise<string> {
  return (await stack.query('query ($id: ID!) { account(id: $id) { state } }', { id: stack.accountIds[0] })).data
    .account.state as string;
}
