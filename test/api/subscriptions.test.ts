import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type Stack, follow, startStack } from '../end-to-end/stack.ts';
import { contactsFetched, dataOf, headOf, inRoom, receive, refusal, send } from './ask.ts';

let stack: Stack;
let ahead = 0;
beforeAll(async () => {
  stack = await startStack({
    simulator: { accounts: 2, friends: 2, rooms: 1 },
    overrides: { clock: { ...systemClock, now: () => Date.now() + ahead } },
  });
  await contactsFetched(stack);
});
afterAll(() => stack.stop());

const documents = {
  messageReceived: 'subscription ($after: String) { messageReceived(after: $after) { text cursor } }',
  clientStateChanged:
    'subscription ($after: String) { clientStateChanged(after: $after) { cursor from to account { id } } }',
  sendUpdated: 'subscription ($after: String) { sendUpdated(after: $after) { id status } }',
  events: 'subscription ($after: String) { events(after: $after) { __typename cursor } }',
};
type Name = keyof typeof documents;
const names = Object.keys(documents) as Name[];

/** Follows, and is live when this resolves. */
async function live(text: string, variables: Record<string, unknown> = {}) {
  const following = follow(stack.client(), text, variables);
  // A subscription over the socket is live once another one, begun after it, has answered.
  await follow(stack.client(), 'subscription { events { cursor } }').atLeast(1);
  return following;
}

const values = (following: ReturnType<typeof follow>, name: string) =>
  following.frames.map((frame) => frame.data[name] as Record<string, unknown>);

/** Things happen that each of the four subscriptions tells of. */
async function makeThingsHappen(mark: string): Promise<void> {
  await receive(stack, `${mark} 来`);
  await send(stack, ['00001'], `${mark} 去`);
  dataOf(await stack.query('mutation { stopAccount(id: "00002") { cursor } }'));
  dataOf(await stack.query('mutation { startAccount(id: "00002") { cursor } }'));
  await stack.until(
    async () => dataOf(await stack.query('{ account(id: "00002") { state } }')).account.state === 'RUNNING',
  );
}

describe.each(names)('%s', (name) => {
  let head: string;
  beforeEach(async () => {
    head = await headOf(stack);
  });

  it('resumed at the cursor of any frame repeats or loses something', async () => {
    const first = await live(documents[name]);
    const before = first.frames.length;
    await makeThingsHappen(name);
    await first.atLeast(before + 1);
    const replayed = await live(documents[name], { after: head });
    await replayed.atLeast(1);
    // The echo of the send comes when it comes: what both have seen is compared.
    const cursors = replayed.frames.map((frame) => frame.extensions.cursor);
    expect(new Set(cursors).size).toBeGreaterThanOrEqual(name === 'events' ? cursors.length - 1 : cursors.length);
    const middle = Math.floor(cursors.length / 2);
    const resumed = await live(documents[name], { after: cursors[middle] });
    if (cursors.length > middle + 1) await resumed.atLeast(cursors.length - middle - 1);
    const withoutMarks = (frames: typeof resumed.frames) =>
      frames.filter((frame) => !JSON.stringify(frame).includes('CaughtUp')).map((frame) => frame.extensions.cursor);
    const rest = withoutMarks(replayed.frames.slice(middle + 1));
    expect(withoutMarks(resumed.frames).slice(0, rest.length)).toEqual(rest);
  });

  it('has a frame without its position in extensions.cursor', async () => {
    const following = await live(documents[name], { after: head });
    await makeThingsHappen('位置');
    await following.atLeast(1);
    for (const frame of following.frames) {
      expect(frame.extensions.cursor).toMatch(/./);
      const value = frame.data[name] as { cursor?: string };
      if (name !== 'sendUpdated') expect(value.cursor).toBe(frame.extensions.cursor);
    }
  });

  it('without `after` tells of what happened before', async () => {
    await makeThingsHappen('以前');
    const following = await live(documents[name]);
    await receive(stack, '以后');
    await send(stack, ['00001'], '以后');
    if (name === 'clientStateChanged') {
      expect(values(following, name).slice(0, 2)).toEqual([
        { cursor: expect.any(String), from: null, to: 'RUNNING', account: { id: '00001' } },
        { cursor: expect.any(String), from: null, to: 'RUNNING', account: { id: '00002' } },
      ]);
    } else {
      await following.atLeast(1);
      expect(JSON.stringify(following.frames)).not.toContain('以前');
      if (name === 'messageReceived') expect(values(following, name)[0]).toMatchObject({ text: '以后' });
    }
  });
});

describe('events', () => {
  it('without `after` does not say first that it has caught up', async () => {
    const [frame] = await follow(
      stack.client(),
      'subscription { events { __typename cursor ... on CaughtUp { replayed } } }',
    ).atLeast(1);
    expect(frame!.data['events']).toEqual({ __typename: 'CaughtUp', cursor: frame!.extensions.cursor, replayed: 0 });
  });

  it('counts another number of replayed events than it sent, or catches up twice', async () => {
    const head = await headOf(stack);
    for (let i = 0; i < 7; i += 1) await receive(stack, `补${i}`);
    dataOf(await stack.query('mutation { updateAccount(input: { id: "00001", remark: "夹" }) { cursor } }'));
    const text =
      'subscription ($after: String) { events(after: $after, types: [MESSAGE_RECEIVED], accountIds: ["00001"]) { __typename ... on CaughtUp { replayed } } }';
    const following = await live(text, { after: head });
    await following.atLeast(8);
    await receive(stack, '补后');
    await following.atLeast(9);
    expect(values(following, 'events').slice(6)).toEqual([
      { __typename: 'MessageReceived' },
      { __typename: 'CaughtUp', replayed: 7 },
      { __typename: 'MessageReceived' },
    ]);
  });

  it('begins with other events than the newest `last`', async () => {
    for (let i = 0; i < 4; i += 1) await receive(stack, `末${i}`);
    const text =
      'subscription { events(last: 3, types: [MESSAGE_RECEIVED]) { __typename ... on MessageReceived { message { text } } ... on CaughtUp { replayed } } }';
    const following = follow(stack.client(), text);
    await following.atLeast(4);
    expect(values(following, 'events')).toEqual([
      ...['末1', '末2', '末3'].map((words) => ({ __typename: 'MessageReceived', message: { text: words } })),
      { __typename: 'CaughtUp', replayed: 3 },
    ]);
  });

  it('on a quiet stream lets the cursor grow old', async () => {
    const text = 'subscription { events(types: [GROUP_CHANGED]) { __typename cursor } }';
    const following = follow(stack.client(), text);
    const [caughtUp] = await following.atLeast(1);
    await receive(stack, '不相干');
    ahead += 29_000;
    await receive(stack, '还不相干');
    ahead += 2_000;
    await receive(stack, '又不相干');
    const head = await headOf(stack);
    await following.atLeast(2);
    const [, checkpoint] = values(following, 'events');
    expect(checkpoint).toMatchObject({ __typename: 'Checkpoint' });
    expect(checkpoint!['cursor']).not.toBe(caughtUp!.extensions.cursor);
    const data = dataOf(
      await stack.query(
        'query ($after: String) { events(after: $after, types: [MESSAGE_RECEIVED]) { nodes { cursor } } }',
        {
          after: checkpoint!['cursor'],
        },
      ),
    );
    expect(data.events.nodes).toEqual([]);
    expect(head).toBeDefined();
    expect(following.frames).toHaveLength(2);
  });

  it('filter by chat lets another chat pass', async () => {
    await receive(stack, '甲', inRoom('@@filter', '过滤群'));
    const { chats } = dataOf(await stack.query('{ chats(filter: { search: "过滤群" }) { nodes { id } } }'));
    const following = await live(
      'subscription ($ids: [ID!]) { events(chatIds: $ids) { __typename ... on MessageReceived { message { text } } } }',
      { ids: [chats.nodes[0].id] },
    );
    await receive(stack, '别处');
    await receive(stack, '此处', inRoom('@@filter', '过滤群'));
    await following.atLeast(2);
    expect(values(following, 'events')[1]).toEqual({ __typename: 'MessageReceived', message: { text: '此处' } });
  });

  it('of the subscription takes CAUGHT_UP and CHECKPOINT for mistakes, or the query does not', async () => {
    const [frame] = await follow(
      stack.client(),
      'subscription { events(types: [CAUGHT_UP, CHECKPOINT]) { __typename } }',
    ).atLeast(1);
    expect(frame!.data['events']).toEqual({ __typename: 'CaughtUp' });
    const answer = await stack.query('{ events(types: [CAUGHT_UP]) { nodes { cursor } } }');
    expect(answer.errors![0]!.extensions).toMatchObject({ code: 'BAD_INPUT', field: 'types' });
  });
});

describe('messageReceived', () => {
  it('has `last` messages that are not the newest, or in another order', async () => {
    for (let i = 0; i < 4; i += 1) await receive(stack, `尾${i}`);
    const following = await live(
      'subscription { messageReceived(last: 3, filter: { search: "尾" , directions: [INCOMING] }) { text } }',
    ).catch(() => null);
    expect(following).not.toBeNull();
    const errors = await refusal(stack, 'subscription { messageReceived(last: 3, filter: { search: "尾" }) { text } }');
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_INPUT', field: 'filter.search' } }]);
    const good = follow(
      stack.client(),
      'subscription { messageReceived(last: 3, filter: { directions: [INCOMING] }) { text } }',
    );
    await good.atLeast(3);
    await receive(stack, '尾4');
    await good.atLeast(4);
    expect(values(good, 'messageReceived').map((value) => value['text'])).toEqual(['尾1', '尾2', '尾3', '尾4']);
  });
});

describe('sendUpdated', () => {
  it('by job tells of other jobs, or ends before the outcome', async () => {
    const head = await headOf(stack);
    const [one, other] = [await send(stack, ['00001'], '一'), await send(stack, ['00002'], '二')];
    const following = await live(
      'subscription ($after: String, $jobs: [ID!]) { sendUpdated(after: $after, jobIds: $jobs) { id status job { id } } }',
      { after: head, jobs: [other.job.id, 'job_999999'] },
    );
    await following.atLeast(1);
    for (const log of values(following, 'sendUpdated')) expect(log['job']).toEqual({ id: other.job.id });
    expect(values(following, 'sendUpdated').at(-1)).toMatchObject({ status: 'SENT' });
    const none = await live('subscription ($after: String) { sendUpdated(after: $after, jobIds: []) { id } }', {
      after: head,
    });
    expect(none.frames).toEqual([]);
    const byAccount = await live(
      'subscription ($after: String) { sendUpdated(after: $after, accountIds: ["00001"]) { job { id } } }',
      { after: head },
    );
    await byAccount.atLeast(1);
    for (const log of values(byAccount, 'sendUpdated')) expect(log['job']).toEqual({ id: one.job.id });
  });
});

describe('clientStateChanged', () => {
  it('of some accounts begins with others, or with none', async () => {
    const text = 'subscription ($ids: [ID!]) { clientStateChanged(accountIds: $ids) { account { id } from to } }';
    const some = await live(text, { ids: ['00002'] });
    const none = await live(text, { ids: [] });
    await some.atLeast(1);
    expect(values(some, 'clientStateChanged')).toEqual([{ account: { id: '00002' }, from: null, to: 'RUNNING' }]);
    expect(none.frames).toEqual([]);
  });
});
