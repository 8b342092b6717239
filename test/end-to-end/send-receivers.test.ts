import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { send, trySend } from './sending.ts';
import { type Stack, allMessages, startStack } from './stack.ts';

let stack: Stack;
let me: string;
const people = { alice: '', bob: '', namesake1: '', namesake2: '', room: '' };
beforeAll(async () => {
  stack = await startStack({
    simulator: {
      build: (world) => {
        const person = (name: string, alias = '') => world.addPerson({ name, alias }).wxid;
        me = person('我');
        const other = person('另一个');
        world.addAccount(me);
        world.addAccount(other);
        people.alice = person('爱丽丝', 'alice_wx');
        people.bob = person('鲍勃');
        people.namesake1 = person('张伟');
        people.namesake2 = person('张伟');
        for (const [account, friend] of [
          [me, people.alice],
          [me, people.bob],
          [me, people.namesake1],
          [me, people.namesake2],
          [other, people.alice],
        ] as const) {
          world.addContact(account, friend);
        }
        world.setRemark(me, people.bob, '客户 鲍勃');
        people.room = world.addRoom({ name: '周末羽毛球' }, [{ wxid: me }, { wxid: people.alice }]).wxid;
        return [me, other];
      },
    },
  });
});
afterAll(() => stack.stop());
beforeEach(() => stack.simulator.forget());

/** Whom WeChat gave messages to since the test began, with the texts. */
const delivered = () => stack.simulator.delivered.map(({ account, to, text }) => ({ account, to, text }));

describe('whom a send goes to', () => {
  it('is the contact that an id, wxid, alias, name, remark or chat room name means, and each gets one message', async () => {
    const [from] = stack.accountIds;
    const wxid = stack.simulator.account().idOf(people.bob);
    const found = await stack.query(
      'query ($id: ID!, $wxid: String!) { contactByWxid(accountId: $id, wxid: $wxid) { id } }',
      {
        id: from,
        wxid,
      },
    );
    const ways: [string, string][] = [
      ['filehelper', 'filehelper'],
      [wxid, people.bob],
      [found.data.contactByWxid.id as string, people.bob],
      ['alice_wx', people.alice],
      ['爱丽丝', people.alice],
      ['鲍勃', people.bob],
      ['客户 鲍勃', people.bob],
      ['周末羽毛球', people.room],
    ];
    for (const [to, receiver] of ways) {
      stack.simulator.forget();
      const job = await send(stack, { targets: [from!], to: [to], text: `to ${to}` });
      expect([to, job]).toMatchObject([
        to,
        { total: 1, successCount: 1, logs: { nodes: [{ status: 'SENT', confirmedBy: 'UPSTREAM' }] } },
      ]);
      expect(delivered()).toEqual([{ account: 1, to: receiver, text: `to ${to}` }]);
    }
  });

  it('is each of several, and the default receiver where none is named', async () => {
    const [from] = stack.accountIds;
    const job = await send(stack, { targets: [from!], to: ['爱丽丝', '鲍勃'], text: 'both' });
    expect(job).toMatchObject({ total: 2, successCount: 2 });
    await send(stack, { targets: [from!], text: 'default' });
    expect(delivered()).toEqual([
      { account: 1, to: people.alice, text: 'both' },
      { account: 1, to: people.bob, text: 'both' },
      { account: 1, to: 'filehelper', text: 'default' },
    ]);
  });

  it('is nobody where a name is ambiguous: AMBIGUOUS_RECEIVER with the candidates, and the others get nothing either', async () => {
    const answer = await trySend(stack, { targets: [stack.accountIds[0]!], to: ['爱丽丝', '张伟'], text: 'which?' });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'AMBIGUOUS_RECEIVER' });
    const candidates = answer.errors![0]!.extensions['candidates'] as {
      id: string;
      wxid: string;
      displayName: string;
    }[];
    expect(candidates.map((one) => one.wxid).toSorted()).toEqual(
      [people.namesake1, people.namesake2].map((wxid) => stack.simulator.account().idOf(wxid)).toSorted(),
    );
    // A candidate's id says which one.
    await send(stack, { targets: [stack.accountIds[0]!], to: [candidates[1]!.id], text: 'this one' });
    expect(delivered().map((one) => one.text)).toEqual(['this one']);
  });

  it('is nobody for an unknown target or an unknown Contact id: NOT_FOUND, nothing is queued', async () => {
    const [from] = stack.accountIds;
    const logs = async () => (await stack.query('{ logs { totalCount } }')).data.logs.totalCount as number;
    const before = await logs();
    for (const targets of [['00099'], ['g099'], ['nonsense'], [from!, '00099']]) {
      const answer = await trySend(stack, { targets, to: ['filehelper'], text: 'x' });
      expect([targets, answer.errors?.[0]?.extensions['code']]).toEqual([targets, 'NOT_FOUND']);
    }
    for (const to of ['con_999999', 'con_x']) {
      const answer = await trySend(stack, { targets: [from!], to: ['filehelper', to], text: 'x' });
      expect([to, answer.errors?.[0]?.extensions['code']]).toEqual([to, 'NOT_FOUND']);
    }
    expect([await logs(), delivered()]).toEqual([before, []]);
  });

  it('is one line that FAILED with NO_RECEIVER for an account without a default receiver, and the other account sends', async () => {
    const [first, second] = stack.accountIds as [string, string];
    const update =
      'mutation ($id: ID!, $to: String) { updateAccount(input: { id: $id, defaultReceiver: $to }) { account { id } } }';
    await stack.query(update, { id: second, to: null });
    const job = await send(stack, { targets: [first, second], text: 'default' });
    expect(job).toMatchObject({ total: 2, successCount: 1, failedCount: 1, pendingCount: 0 });
    expect(job.logs.nodes.map((node) => [node.account.id, node.status, node.errorCode])).toEqual([
      [first, 'SENT', null],
      [second, 'FAILED', 'NO_RECEIVER'],
    ]);
    expect(delivered()).toEqual([{ account: 1, to: 'filehelper', text: 'default' }]);
    await stack.query(update, { id: second, to: 'filehelper' });
  });

  it('a group sends once from each of its accounts, also where an account is named besides', async () => {
    const [first, second] = stack.accountIds as [string, string];
    const { data } = await stack.query(
      'mutation ($ids: [ID!]!) { createGroup(input: { name: "组", accountIds: $ids }) { group { id } } }',
      { ids: [first, second] },
    );
    const group = data.createGroup.group.id as string;
    const job = await send(stack, { targets: [first, group, second, group], to: ['filehelper'], text: 'once' });
    expect(job).toMatchObject({ total: 2, successCount: 2 });
    expect(new Set(delivered().map((one) => one.account))).toEqual(new Set([1, 2]));
    expect(delivered().length).toBe(2);
  });

  it('an account that was stopped refuses: NOT_READY, nothing is queued, and another target sends nothing either', async () => {
    const [first, second] = stack.accountIds as [string, string];
    await stack.query('mutation ($id: ID!) { stopAccount(id: $id) { account { state } } }', { id: second });
    const answer = await trySend(stack, { targets: [first, second], to: ['filehelper'], text: 'x' });
    expect(answer.errors?.[0]?.extensions['code']).toBe('NOT_READY');
    expect(delivered()).toEqual([]);
    await stack.query('mutation ($id: ID!) { startAccount(id: $id) { account { state } } }', { id: second });
    await stack.until(async () => {
      const { data } = await stack.query('query ($id: ID!) { account(id: $id) { state } }', { id: second });
      return data.account.state === 'RUNNING';
    });
    await send(stack, { targets: [second], to: ['filehelper'], text: 'again' });
    expect(delivered()).toEqual([{ account: 2, to: 'filehelper', text: 'again' }]);
  });

  it('what is sent comes back as one message that knows its send, and not as a second one', async () => {
    const job = await send(stack, { targets: [stack.accountIds[0]!], to: ['爱丽丝'], text: 'echo\n第二行 😄' });
    const [sent] = job.logs.nodes;
    const joined = await stack.until(async () => {
      const { data } = await stack.query(
        'query ($id: ID!) { sendLog(id: $id) { message { id text direction upstreamId sendLog { id } sender { isSelf } } } }',
        { id: sent!.id },
      );
      return data.sendLog.message as { id: string; sendLog: { id: string } } | null;
    });
    expect(joined).toMatchObject({
      text: 'echo\n第二行 😄',
      direction: 'OUTGOING',
      sendLog: { id: sent!.id },
      sender: { isSelf: true },
    });
    expect(stack.simulator.delivered.map((one) => one.id)).toEqual([
      (joined as unknown as { upstreamId: string }).upstreamId,
    ]);
    const stored = await allMessages<{ text: string }>(stack.gateway.url, 'text');
    expect(stored.filter((message) => message.text === 'echo\n第二行 😄').length).toBe(1);
  });
});
