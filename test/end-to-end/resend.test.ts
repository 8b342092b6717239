import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/simulator/clock.ts';
import { type Line, line, lineThatIs, pause, send, tryResend } from './sending.ts';
import { type Stack, follow, movableClock, startStack, told } from './stack.ts';

const clock = movableClock();
let stack: Stack;
let id: string;
beforeAll(async () => {
  stack = await startStack({ overrides: { clock }, simulator: { clock: { ...systemClock(), now: clock.now } } });
  [id] = stack.accountIds as [string];
});
afterAll(() => stack.stop());
beforeEach(() => stack.simulator.forget());
afterEach(async () => {
  stack.simulator.clearFaults();
  await pause(stack, id, false);
});

let count = 0;
const newText = () => `again ${(count += 1)}`;
const texts = () => stack.simulator.delivered.map((one) => one.text);
const sendOne = async (text: string, more: { waitMs?: number; expiresAt?: string } = {}): Promise<Line> =>
  (await send(stack, { targets: [id], to: ['filehelper'], text, ...more })).logs.nodes[0]!;
const codeOf = (answer: { errors?: { extensions: Record<string, unknown> }[] }) =>
  answer.errors?.[0]?.extensions['code'];

describe('cancelling', () => {
  const cancelSend = (logId: string) =>
    stack.query('mutation ($id: ID!) { cancelSend(logId: $id) { cursor log { status settledAt position } } }', {
      id: logId,
    });

  it('a QUEUED line ends as CANCELLED and never goes out; twice, or once it went, is CONFLICT', async () => {
    await pause(stack, id, true);
    const [text, other] = [newText(), newText()];
    const queued = await sendOne(text, { waitMs: 0 });
    const following = follow(
      stack.client(),
      'subscription ($after: String) { sendUpdated(after: $after) { id status } }',
      {
        after: await stack.head(),
      },
    );
    const answer = await cancelSend(queued.id);
    expect(answer.data.cancelSend.log).toMatchObject({ status: 'CANCELLED', position: null });
    await following.atLeast(1);
    following.stop();
    expect(told(following, 'sendUpdated')).toEqual([{ id: queued.id, status: 'CANCELLED' }]);
    expect(codeOf(await cancelSend(queued.id))).toBe('CONFLICT');
    await pause(stack, id, false);
    const sent = await sendOne(other);
    expect(texts()).toEqual([other]);
    const late = await cancelSend(sent.id);
    expect(late.errors?.[0]).toMatchObject({ message: expect.stringContaining(`${sent.id} is SENT`) as string });
    expect(codeOf(await cancelSend('log_98765'))).toBe('NOT_FOUND');
  });

  it('a job keeps what went and drops the rest; the sum stays, and once more changes nothing', async () => {
    const text = newText();
    stack.simulator.fault({ type: 'slow', route: 'send_friend_message', ms: 200, times: 1 });
    const { id: jobId } = await send(stack, {
      targets: [id],
      to: ['filehelper', 'weixin', 'fmessage'],
      text,
      waitMs: 0,
    });
    await stack.simulator.until(() => texts().includes(text));
    const cancel = async () =>
      (
        await stack.query(
          'mutation ($id: ID!) { cancelJob(jobId: $id) { cursor job { total successCount pendingCount failedCount unknownCount droppedCount } } }',
          { id: jobId },
        )
      ).data.cancelJob;
    const { job } = await cancel();
    expect(job).toMatchObject({ total: 3, droppedCount: 2, failedCount: 0, unknownCount: 0 });
    expect(job.successCount + job.pendingCount).toBe(1);
    await sendOne(newText());
    expect((await cancel()).job).toMatchObject({ total: 3, successCount: 1, droppedCount: 2 });
    expect(texts().filter((one) => one === text)).toHaveLength(1);
  });
});

describe('sending again', () => {
  it('what FAILED is a new job with the content of the old line, and names it', async () => {
    const text = newText();
    stack.simulator.fault({ type: 'refuse', times: 1 });
    const failed = await sendOne(text);
    expect(failed.status).toBe('FAILED');
    const { job } = (await tryResend(stack, { logId: failed.id })).data.resend;
    expect(job).toMatchObject({
      total: 1,
      successCount: 1,
      logs: { nodes: [{ status: 'SENT', receiver: 'filehelper', content: text, resendOf: { id: failed.id } }] },
    });
    expect((await line(stack, failed.id)).status).toBe('FAILED');
    expect(texts()).toEqual([text]);
  });

  it('what may have been sent needs the risk acknowledged: else CONFLICT, and nothing goes out; what was sent does not', async () => {
    const text = newText();
    stack.simulator.fault({ type: 'reset-before-send', times: 1 });
    const unknown = await sendOne(text);
    expect(unknown.status).toBe('UNKNOWN');
    const refused = await tryResend(stack, { logId: unknown.id });
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', field: 'acknowledgeDuplicateRisk' });
    clock.moveOn(121_000);
    await lineThatIs(stack, unknown.id, 'UNRESOLVED');
    expect(codeOf(await tryResend(stack, { logId: unknown.id }))).toBe('CONFLICT');
    expect(texts()).toEqual([]);
    const again = await tryResend(stack, { logId: unknown.id, acknowledgeDuplicateRisk: true });
    const [sent] = again.data.resend.job.logs.nodes as Line[];
    expect(sent?.status).toBe('SENT');
    expect((await line(stack, unknown.id)).status).toBe('UNRESOLVED');
    expect(texts()).toEqual([text]);
    await tryResend(stack, { logId: sent!.id });
    expect(texts()).toEqual([text, text]);
  });

  it('an UNKNOWN one goes at once where the risk is acknowledged, though its twin would be held', async () => {
    const text = newText();
    stack.simulator.fault({ type: 'reset-before-send', times: 1 });
    const unknown = await sendOne(text);
    const again = await tryResend(stack, { logId: unknown.id, acknowledgeDuplicateRisk: true });
    expect(again.data.resend.job).toMatchObject({ successCount: 1 });
    expect(texts()).toEqual([text]);
  });

  it('what is on its way is CONFLICT, with the risk acknowledged or not', async () => {
    await pause(stack, id, true);
    const queued = await sendOne(newText(), { waitMs: 0 });
    expect(codeOf(await tryResend(stack, { logId: queued.id, acknowledgeDuplicateRisk: true }))).toBe('CONFLICT');
    stack.simulator.fault({ type: 'slow', route: 'send_friend_message', ms: 300, times: 1 });
    stack.simulator.fault({ type: 'drop', times: 1 });
    await pause(stack, id, false);
    await lineThatIs(stack, queued.id, 'DISPATCHING');
    expect(codeOf(await tryResend(stack, { logId: queued.id, acknowledgeDuplicateRisk: true }))).toBe('CONFLICT');
    await lineThatIs(stack, queued.id, 'SENT');
    expect(texts()).toHaveLength(1);
  });

  it('with one key is one job however often it is asked for, and the key is not that of a send', async () => {
    const text = newText();
    stack.simulator.fault({ type: 'refuse', times: 1 });
    const failed = await sendOne(text);
    await send(stack, { targets: [id], to: ['filehelper'], text: newText(), idempotencyKey: 'again' });
    stack.simulator.forget();
    const input = { logId: failed.id, idempotencyKey: 'again', waitMs: 5000 };
    const answers = await Promise.all(Array.from({ length: 10 }, () => tryResend(stack, input)));
    expect(new Set(answers.map((answer) => answer.data.resend.job.id as string)).size).toBe(1);
    expect(texts()).toEqual([text]);
    const other = await tryResend(stack, { ...input, acknowledgeDuplicateRisk: true });
    expect(other.errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', reason: 'KEY_REUSED' });
  });

  it('of an EXPIRED line has no expiry; one of an account that was stopped is NOT_READY', async () => {
    await pause(stack, id, true);
    const text = newText();
    const expired = await sendOne(text, { waitMs: 0, expiresAt: new Date(clock.now() + 60_000).toISOString() });
    clock.moveOn(61_000);
    await lineThatIs(stack, expired.id, 'EXPIRED');
    await pause(stack, id, false);
    expect((await tryResend(stack, { logId: expired.id })).data.resend.job).toMatchObject({ successCount: 1 });
    expect(texts()).toEqual([text]);
    await stack.query('mutation ($id: ID!) { stopAccount(id: $id) { cursor } }', { id });
    expect(codeOf(await tryResend(stack, { logId: expired.id }))).toBe('NOT_READY');
    await stack.query('mutation ($id: ID!) { startAccount(id: $id) { cursor } }', { id });
  });

  it('of a line without a receiver goes to the default receiver that there is now', async () => {
    const change = (receiver: string | null) =>
      stack.query(
        'mutation ($id: ID!, $receiver: String) { updateAccount(input: { id: $id, defaultReceiver: $receiver }) { cursor } }',
        { id, receiver },
      );
    await change(null);
    const text = newText();
    const [nobody] = (await send(stack, { targets: [id], text })).logs.nodes;
    expect(nobody).toMatchObject({ status: 'FAILED', errorCode: 'NO_RECEIVER' });
    await change('weixin');
    const again = await tryResend(stack, { logId: nobody!.id });
    expect(again.data.resend.job.logs.nodes).toMatchObject([{ status: 'SENT', receiver: 'weixin' }]);
    expect(texts()).toEqual([text]);
  });
});
