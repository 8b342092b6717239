import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DriverError } from '../../src/drivers/driver.ts';
import { openwx, openwxCapabilities } from '../../src/drivers/openwx/openwx.ts';
import type { DriverType } from '../../src/resolvers/app.ts';
import { dataOf, expectError, inRoom, receive } from '../api/ask.ts';
import { type Answer, type Stack, adminToken, movableClock, query, startStack } from './stack.ts';

const clock = movableClock();
let stack: Stack;
/** wxids of three friends. */
let friends: string[];
let nextText = 0;
/** So many of the next sends do not reach the upstream. */
let fails = 0;
const unsteady: DriverType = {
  capabilities: openwxCapabilities,
  create: (...given) => {
    const driver = openwx(...given);
    return {
      ...driver,
      send: async (...sending) => {
        if (fails === 0) return driver.send(...sending);
        fails -= 1;
        throw new DriverError('UPSTREAM_UNREACHABLE', 'away', { certain: true, retry: true });
      },
    };
  },
};
const newText = () => `问题 ${(nextText += 1)}`;

beforeAll(async () => {
  stack = await startStack({
    simulator: { friends: 3, rooms: 1 },
    overrides: { clock, drivers: { OPENWX: unsteady } },
  });
  const { contacts } = dataOf(await stack.query('{ contacts(filter: { kinds: [FRIEND] }) { nodes { wxid } } }'));
  friends = contacts.nodes.map((one: { wxid: string }) => one.wxid);
});
afterAll(() => stack.stop());
beforeEach(() => stack.simulator.forget());
afterEach(() => stack.simulator.clearFaults());

type Asking = { to?: string; text?: string; timeoutMs?: number; idempotencyKey?: string; accountId?: string };

function consult({ to = friends[0]!, text = newText(), accountId = '00001', ...more }: Asking = {}, headers = {}) {
  return query(
    stack.gateway.url,
    `mutation ($input: ConsultInput!) { consult(input: $input) {
      log { id status content receiver } reply { id text direction sender { wxid } } timedOut cursor
    } }`,
    { input: { accountId, to, content: { text }, timeoutMs: 20_000, ...more } },
    adminToken,
    headers,
  );
}

const delivered = (text: string) => stack.simulator.delivered.filter((one) => one.text === text).length;
const isDelivered = (text: string) => stack.simulator.until(() => delivered(text) === 1);
const from = (wxid: string) => ({ sender_id: wxid, sender: '某人', sender_name: '某人', sender_account: '' });
const answerOf = (answer: Answer) => dataOf(answer).consult;

/** A consult whose question has reached WeChat. */
async function asked(asking: Asking & { text: string }): Promise<{ answer: Promise<Answer> }> {
  const answer = consult(asking);
  await isDelivered(asking.text);
  return { answer };
}

describe('a consult', () => {
  it('takes a message of somebody else, an older one, its own, or what WeChat says, for the answer', async () => {
    const [one, other] = friends as [string, string];
    const text = newText();
    await receive(stack, '早先', from(one));
    const { answer } = await asked({ text });
    await receive(stack, '别人', from(other));
    await receive(stack, '群里', { ...from(one), ...inRoom('@@g', '群') });
    await receive(stack, '撤回了一条消息', { ...from(one), format: 'revoke', revoke_id: '7' });
    await receive(stack, '答案', from(one));
    await receive(stack, '后来', from(one));
    const { log, reply, timedOut, cursor } = answerOf(await answer);
    expect(log).toMatchObject({ status: 'SENT', content: text, receiver: one });
    expect(reply).toMatchObject({ text: '答案', direction: 'INCOMING', sender: { wxid: one } });
    expect([timedOut, delivered(text)]).toEqual([false, 1]);
    const later = dataOf(
      await stack.query(
        'query ($after: String) { events(after: $after, first: 100) { nodes { ... on MessageReceived { message { text } } } } }',
        { after: cursor },
      ),
    );
    expect(JSON.stringify(later)).toContain('答案');
  });

  it('takes what came before its question went out for the answer', async () => {
    const pause = (paused: boolean) =>
      stack.query(
        'mutation ($paused: Boolean!) { updateAccount(input: { id: "00001", pacing: { paused: $paused } }) { cursor } }',
        { paused },
      );
    dataOf(await pause(true));
    const text = newText();
    const answer = consult({ text });
    await stack.until(async () => {
      const { logs } = dataOf(await stack.query('{ logs(first: 1) { nodes { content status } } }'));
      return logs.nodes[0].content === text && logs.nodes[0].status === 'QUEUED';
    });
    await receive(stack, '太早', from(friends[0]!));
    dataOf(await pause(false));
    await isDelivered(text);
    await receive(stack, '准时', from(friends[0]!));
    expect(answerOf(await answer).reply.text).toBe('准时');
  });

  it('takes what came while its question certainly had not gone out, and waited for another try, for the answer', async () => {
    const text = newText();
    fails = 1;
    const answer = consult({ text });
    await stack.until(async () => {
      const { logs } = dataOf(await stack.query('{ logs(first: 1) { nodes { content status attempts } } }'));
      return logs.nodes[0].content === text && logs.nodes[0].attempts === 1 && logs.nodes[0].status === 'QUEUED';
    });
    await receive(stack, '太早', from(friends[0]!));
    clock.moveOn(2_000);
    await isDelivered(text);
    await receive(stack, '第二次', from(friends[0]!));
    expect(answerOf(await answer).reply.text).toBe('第二次');
  });

  it('gets the answer to another question of the same conversation, or none', async () => {
    const [first, second, third] = [newText(), newText(), newText()];
    const together = [await asked({ text: first }), await asked({ text: second })];
    await receive(stack, '一', from(friends[0]!));
    const replies = await Promise.all(together.map(async (one) => answerOf(await one.answer).reply.text));
    const after = await asked({ text: third });
    await receive(stack, '二', from(friends[0]!));
    expect([...replies, answerOf(await after.answer).reply.text]).toEqual(['一', '一', '二']);
  });

  it('in a chat room, or with somebody who never wrote, misses who speaks first', async () => {
    const data = dataOf(await stack.query('{ contacts(filter: { kinds: [CHAT_ROOM] }) { nodes { id wxid } } }'));
    const [{ id, wxid }] = data.contacts.nodes;
    const text = newText();
    const { answer } = await asked({ text, to: id });
    await receive(stack, '甲加入了群聊', { type: 'group_notice', group_id: wxid, group: '群', group_name: '群' });
    await receive(stack, '谁先说', { ...from('@anybody'), ...inRoom(wxid, '群') });
    expect(answerOf(await answer).reply).toMatchObject({ text: '谁先说', sender: { wxid: '@anybody' } });
  });

  it('that nobody answers waits on, or hides what became of the send', async () => {
    const text = newText();
    const { answer } = await asked({ text, timeoutMs: 120_000 });
    await stack.until(async () => {
      const { logs } = dataOf(await stack.query('{ logs(first: 1) { nodes { status } } }'));
      return logs.nodes[0].status === 'SENT';
    });
    clock.moveOn(120_000);
    expect(answerOf(await answer)).toMatchObject({ log: { status: 'SENT' }, reply: null, timedOut: true });
  });

  it('that certainly did not go out waits for an answer', async () => {
    stack.simulator.fault({ type: 'refuse', times: 1, text: '对方拒收' });
    const answer = answerOf(await consult());
    expect(answer).toMatchObject({ log: { status: 'FAILED' }, reply: null, timedOut: false });
  });

  it('with the same key asks twice, or gives another answer the second time', async () => {
    const text = newText();
    const asking = { text, idempotencyKey: 'consult-1' };
    const { answer } = await asked(asking);
    const meanwhile = consult(asking);
    await receive(stack, '唯一', from(friends[0]!));
    await receive(stack, '另外', from(friends[0]!));
    const first = answerOf(await answer);
    expect(first.reply.text).toBe('唯一');
    expect(answerOf(await meanwhile)).toEqual(first);
    expect(answerOf(await consult(asking))).toEqual(first);
    expect(answerOf(await consult({ text }, { 'idempotency-key': 'consult-1' }))).toEqual(first);
    expectError(await consult({ ...asking, to: friends[1]! }), 'CONFLICT', { reason: 'KEY_REUSED' });
    // A send has keys of its own.
    const send = dataOf(
      await stack.query('mutation ($input: SendInput!) { send(input: $input) { job { logs { nodes { status } } } } }', {
        input: { targets: ['00001'], to: [friends[2]], content: { text: '别的' }, idempotencyKey: 'consult-1' },
      }),
    );
    expect(send.send.job.logs.nodes).toEqual([{ status: 'SENT' }]);
    expect(delivered(text)).toBe(1);
  });

  it('of no account, of no time, or from an account that is stopped, is sent', async () => {
    for (const timeoutMs of [999, 120_001])
      expectError(await consult({ timeoutMs }), 'BAD_INPUT', { field: 'timeoutMs' });
    expectError(await consult({ accountId: 'g001' }), 'NOT_FOUND');
    expectError(await consult({ to: ' ' }), 'BAD_INPUT', { field: 'to' });
    dataOf(await stack.query('mutation { stopAccount(id: "00001") { cursor } }'));
    expectError(await consult(), 'NOT_READY');
    expect(stack.simulator.delivered).toEqual([]);
  });
});
