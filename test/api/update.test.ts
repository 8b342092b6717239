import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../end-to-end/stack.ts';
import { dataOf, expectError, headOf } from './ask.ts';

let stack: Stack;
let id: string;
beforeAll(async () => {
  stack = await startStack();
  id = dataOf(await create({ ...whole })).createAccount.account.id;
});
afterAll(() => stack.stop());

const whole = {
  name: '老名字',
  remark: '备注',
  connection: { openwx: { baseUrl: 'http://127.0.0.1:9/', client: 'wx1' } },
  defaultReceiver: 'filehelper',
  pacing: { intervalMs: 10, jitterMs: 20, perDay: 30, paused: true },
};
const fields = `account {
  id name remark defaultReceiverId connection { baseUrl ... on OpenwxConnection { client } }
  pacing { intervalMs jitterMs perDay paused }
}`;
const shown = {
  name: '老名字',
  remark: '备注',
  defaultReceiverId: 'filehelper',
  connection: { baseUrl: 'http://127.0.0.1:9', client: 'wx1' },
  pacing: { intervalMs: 10, jitterMs: 20, perDay: 30, paused: true },
};

function create(input: object) {
  return stack.query(`mutation ($input: CreateAccountInput!) { createAccount(input: $input) { ${fields} cursor } }`, {
    input,
  });
}

function update(input: object) {
  return stack.query(`mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { ${fields} cursor } }`, {
    input: { id, ...input },
  });
}

/** The account after an update, put back to how it was. */
async function after(input: object): Promise<unknown> {
  const { account } = dataOf(await update(input)).updateAccount;
  dataOf(await update(whole));
  return account;
}

describe('updateAccount', () => {
  it('changes what is left out, or does not clear what is null', async () => {
    expect(await after({})).toEqual({ id, ...shown });
    expect(await after({ name: ' 新 ' })).toEqual({ id, ...shown, name: '新' });
    expect(await after({ remark: null })).toEqual({ id, ...shown, remark: null });
    expect(await after({ remark: '  ' })).toEqual({ id, ...shown, remark: null });
    expect(await after({ defaultReceiver: null })).toEqual({ id, ...shown, defaultReceiverId: null });
  });

  it('keeps a part of the old connection', async () => {
    const openwx = { baseUrl: 'http://10.0.0.1:3000' };
    expect(await after({ connection: { openwx } })).toEqual({
      id,
      ...shown,
      connection: { baseUrl: 'http://10.0.0.1:3000', client: null },
    });
  });

  it('does not reset pacing, or resets what is left out', async () => {
    const initial = { intervalMs: 1500, jitterMs: 500, perDay: null, paused: false };
    expect(await after({ pacing: null })).toEqual({ id, ...shown, pacing: initial });
    expect(await after({ pacing: {} })).toEqual({ id, ...shown });
    expect(await after({ pacing: { perDay: null } })).toMatchObject({ pacing: { ...shown.pacing, perDay: null } });
    expect(await after({ pacing: { intervalMs: null } })).toMatchObject({
      pacing: { ...shown.pacing, intervalMs: 1500 },
    });
    expect(await after({ pacing: { paused: false } })).toMatchObject({ pacing: { ...shown.pacing, paused: false } });
  });

  it.each([
    [{ name: null }, 'name'],
    [{ name: '' }, 'name'],
    [{ name: '   ' }, 'name'],
    [{ name: '字'.repeat(51) }, 'name'],
    [{ name: 'a\u0000b' }, 'name'],
    [{ name: 'a\nb' }, 'name'],
    [{ remark: 'x'.repeat(201) }, 'remark'],
    [{ connection: null }, 'connection'],
    [{ connection: { openwx: { baseUrl: 'nonsense' } } }, 'connection.openwx.baseUrl'],
    [{ connection: { openwx: { baseUrl: 'ftp://host' } } }, 'connection.openwx.baseUrl'],
    [{ connection: { openwx: { baseUrl: 'http://user:pass@host' } } }, 'connection.openwx.baseUrl'],
    [{ connection: { openwx: { baseUrl: 'http://host?token=1' } } }, 'connection.openwx.baseUrl'],
    [{ pacing: { intervalMs: -1 } }, 'pacing.intervalMs'],
    [{ pacing: { perDay: 0 } }, 'pacing.perDay'],
    [{ defaultReceiver: 'x'.repeat(201) }, 'defaultReceiver'],
  ])('takes %j, or does part of it', async (input, field) => {
    const before = await headOf(stack);
    expectError(await update({ remark: '半', ...input }), 'BAD_INPUT', { field });
    expect(await headOf(stack)).toBe(before);
  });

  it('makes an event where nothing changes, or none where something does', async () => {
    const before = await headOf(stack);
    dataOf(await update({ remark: '有变' }));
    const changed = await headOf(stack);
    expect(changed).not.toBe(before);
    dataOf(await update({ remark: '有变' }));
    expect(await headOf(stack)).toBe(changed);
    dataOf(await update(whole));
  });

  it('changes an account that is not there', async () => {
    expectError(await update({ id: '99999', remark: 'x' }), 'NOT_FOUND');
  });
});

describe('createAccount', () => {
  it('makes an account without a connection', async () => {
    expectError(await create({ name: '无' }), 'BAD_INPUT', { field: 'connection' });
    expectError(await create({ name: '无', connection: null }), 'BAD_INPUT', { field: 'connection' });
  });

  it('makes an account of an input that is not exactly one upstream', async () => {
    for (const connection of [{}, { openwx: null }, { pigeon: {} }, 'http://x', [1, 2]]) {
      const { data, errors } = await create({ name: '错', connection });
      expect(data).toBeUndefined();
      expect(new Set(errors!.map((error) => error.extensions['code']))).toEqual(new Set(['BAD_INPUT']));
    }
    const { accounts } = dataOf(await stack.query('{ accounts { totalCount } }'));
    expect(accounts.totalCount).toBe(2);
  });

  it('starts the account, or shows the defaults otherwise', async () => {
    const made = dataOf(
      await stack.query(
        `mutation { createAccount(input: { name: "新", connection: { openwx: { baseUrl: "http://127.0.0.1:9" } } }) { account {
          state ready wxid avatarUrl lastMessageAt unreadCount qrCode { image } defaultReceiver { id } defaultReceiverId
          stats { todaySent todayFailed todayUnknown totalSent queued } contactSync { state }
          contacts { totalCount } chats { totalCount } logs { totalCount } groups { totalCount } messages { nodes { id } }
        } } }`,
      ),
    ).createAccount.account;
    const none = { totalCount: 0 };
    expect(made).toEqual({
      state: 'INIT',
      ready: false,
      wxid: null,
      avatarUrl: null,
      lastMessageAt: null,
      unreadCount: 0,
      qrCode: null,
      defaultReceiver: null,
      defaultReceiverId: null,
      contactSync: { state: 'NEVER' },
      stats: { todaySent: 0, todayFailed: 0, todayUnknown: 0, totalSent: 0, queued: 0 },
      contacts: none,
      chats: none,
      logs: none,
      groups: none,
      messages: { nodes: [] },
    });
  });
});
