import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../end-to-end/stack.ts';
import { dataOf, expectError, headOf } from './ask.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ simulator: { accounts: 3, friends: 1, rooms: 0 } });
});
afterAll(() => stack.stop());

const fields = '{ group { id name accounts { nodes { id } totalCount } } cursor }';
type Shown = { id: string; name: string; accounts: string[] };

async function change(mutation: string, input: object): Promise<Shown> {
  const type = { createGroup: 'CreateGroupInput', updateGroup: 'UpdateGroupInput' }[mutation] ?? 'GroupMembersInput';
  const answer = await stack.query(`mutation ($input: ${type}!) { done: ${mutation}(input: $input) ${fields} }`, {
    input,
  });
  const { id, name, accounts } = dataOf(answer).done.group;
  expect(accounts.totalCount).toBe(accounts.nodes.length);
  return { id, name, accounts: accounts.nodes.map((node: { id: string }) => node.id) };
}

describe('a group', () => {
  it('has other accounts than it was given, or changes what is left out', async () => {
    const { id } = await change('createGroup', { name: ' 一组 ', accountIds: ['00002', '00001', '00002'] });
    expect(id).toBe('g001');
    expect(await change('updateGroup', { id })).toEqual({ id, name: '一组', accounts: ['00001', '00002'] });
    expect(await change('updateGroup', { id, name: '新名' })).toEqual({
      id,
      name: '新名',
      accounts: ['00001', '00002'],
    });
    expect(await change('updateGroup', { id, accountIds: ['00003'] })).toEqual({
      id,
      name: '新名',
      accounts: ['00003'],
    });
    expect(await change('addToGroup', { id, accountIds: ['00003', '00001'] })).toMatchObject({
      accounts: ['00001', '00003'],
    });
    expect(await change('removeFromGroup', { id, accountIds: ['00003', '00002'] })).toMatchObject({
      accounts: ['00001'],
    });
    expect(await change('addToGroup', { id, accountIds: [] })).toMatchObject({ accounts: ['00001'] });
    expect(await change('updateGroup', { id, accountIds: null })).toEqual({ id, name: '新名', accounts: [] });
  });

  it('is half changed by a mistake', async () => {
    const { id } = await change('createGroup', { name: '不变', accountIds: ['00001'] });
    const before = await headOf(stack);
    const bad: [string, object, string][] = [
      ['updateGroup', { id, name: null }, 'BAD_INPUT'],
      ['updateGroup', { id, name: '' }, 'BAD_INPUT'],
      ['updateGroup', { id, name: '字'.repeat(51) }, 'BAD_INPUT'],
      ['updateGroup', { id, name: '新', accountIds: ['00002', '99999'] }, 'NOT_FOUND'],
      ['addToGroup', { id, accountIds: ['00002', 'x'] }, 'NOT_FOUND'],
      ['removeFromGroup', { id, accountIds: ['00001', '99999'] }, 'NOT_FOUND'],
      ['updateGroup', { id: 'g999', name: '新' }, 'NOT_FOUND'],
      ['addToGroup', { id: 'g999', accountIds: ['00001'] }, 'NOT_FOUND'],
      ['createGroup', { name: '没有', accountIds: ['00001', '99999'] }, 'NOT_FOUND'],
    ];
    for (const [mutation, input, code] of bad) {
      const type =
        { createGroup: 'CreateGroupInput', updateGroup: 'UpdateGroupInput' }[mutation] ?? 'GroupMembersInput';
      expectError(
        await stack.query(`mutation ($input: ${type}!) { done: ${mutation}(input: $input) ${fields} }`, { input }),
        code,
      );
    }
    expect(await headOf(stack)).toBe(before);
    expect(await change('updateGroup', { id })).toEqual({ id, name: '不变', accounts: ['00001'] });
  });

  it('of 50 characters beyond the basic plane is too long', async () => {
    expect(await change('createGroup', { name: '😀'.repeat(50), accountIds: [] })).toMatchObject({
      name: '😀'.repeat(50),
    });
  });

  it('is there after it was deleted, or takes its accounts along', async () => {
    const { id } = await change('createGroup', { name: '将删', accountIds: ['00001', '00002'] });
    const after = await headOf(stack);
    const remove = () => stack.query('mutation ($id: ID!) { deleteGroup(id: $id) { deletedId cursor } }', { id });
    expect(dataOf(await remove()).deleteGroup.deletedId).toBe(id);
    expectError(await remove(), 'NOT_FOUND');
    expectError(await stack.query('query ($id: ID!) { group(id: $id) { id } }', { id }), 'NOT_FOUND');
    const data = dataOf(
      await stack.query(
        `query ($after: String) {
          accounts { totalCount }
          events(after: $after) { nodes { __typename account { id } ... on GroupChanged { change groupId group { id } } } }
          account(id: "00001") { groups { nodes { id } } }
        }`,
        { after },
      ),
    );
    expect(data.accounts.totalCount).toBe(3);
    expect(data.events.nodes).toEqual([
      { __typename: 'GroupChanged', account: null, change: 'DELETED', groupId: id, group: null },
    ]);
    expect(data.account.groups.nodes).not.toContainEqual({ id });
  });

  it('of a deleted number is made again under that number', async () => {
    const { id } = await change('createGroup', { name: '一', accountIds: [] });
    dataOf(await stack.query('mutation ($id: ID!) { deleteGroup(id: $id) { deletedId } }', { id }));
    expect((await change('createGroup', { name: '二', accountIds: [] })).id).not.toBe(id);
  });
});
