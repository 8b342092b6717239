/** The hook's calls about the login, and about sends that end otherwise than well. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccount } from '../../src/resolvers/accounts/create-account.ts';
import { showId } from '../../src/resolvers/ids.ts';
import { startAccount, stopAccount } from '../../src/resolvers/accounts/start-account.ts';
import type { PchookFront } from '../../src/simulator/pchook/front.ts';
import { pause } from '../end-to-end/sending.ts';
import {
  type MovableClock,
  type Stack,
  adminToken,
  movableClock,
  owner,
  post,
  startStack,
} from '../end-to-end/stack.ts';
import type { Told } from './hook-client.ts';

let stack: Stack;
let clock: MovableClock;
let hook: PchookFront;
let id: string;

beforeAll(async () => {
  clock = movableClock();
  stack = await startStack({
    env: { WXGRAPH_PATH_TOKENS: 'on' },
    overrides: { clock },
    // One account of Openwx beside it, which nobody can log out.
    simulator: { accounts: 1, hooks: 1, friends: 2, pchook: { scanAfterMs: null, confirmAfterMs: null } },
  });
  [hook] = stack.simulator.hooks as [PchookFront];
  const { object } = await createAccount(stack.gateway.app, owner, {
    name: 'hook',
    connection: { pchook: { baseUrl: hook.baseUrl } },
    pacing: { intervalMs: 0, jitterMs: 0 },
  });
  id = showId('account', object.id);
});
afterAll(() => stack.stop());

async function call(name: string, params: object = {}, of = id): Promise<Told> {
  const url = `${stack.gateway.url}/t/${adminToken}/pchook/${of}/${name}`;
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(params) });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Told;
}

/** Resolves when IsLoginStatus says so, the gateway's clock moved on meanwhile. */
function status(wanted: string): Promise<Told> {
  return stack.until(async () => {
    const told = await call('IsLoginStatus');
    return told['onlinestatus'] === wanted && told;
  });
}

describe('a login', () => {
  it('waits for its button, then shows a code to scan, is confirmed and done', async () => {
    expect(await call('IsLoginStatus')).toEqual({
      onlinestatus: '5',
      login_loading: '0',
      selfwxid: '',
      nickname: '',
      msg: expect.any(String) as string,
    });
    expect(await call('GetSelfLoginInfo')).toMatchObject({ wxid: '', nickname: '' });
    expect(await call('GetLoginQRCode')).toEqual({ hex_data: '' });
    expect(await call('ClickLoginButton')).toMatchObject({ ClickLoginButton: '1', success: '1' });
    await status('0');
    const code = await call('GetLoginQRCode');
    expect(code['hex_data']).toBe(hook.qrCode!.toString('hex').toUpperCase());
    expect(await call('RefreshLoginQRCode')).toMatchObject({ RefreshLoginQRCode: '1' });
    expect(await call('IsLoginStatus')).toMatchObject({ onlinestatus: '0' });
    hook.scan();
    await status('1');
    hook.confirm();
    expect(await status('3')).toMatchObject({ selfwxid: hook.wxid, login_loading: '0' });
    expect(await call('RefreshLoginQRCode')).toMatchObject({ RefreshLoginQRCode: '0', success: '0' });
    // What runs goes on running.
    expect(await call('ClickLoginButton')).toMatchObject({ ClickLoginButton: '1' });
    expect(await call('IsLoginStatus')).toMatchObject({ onlinestatus: '3' });
    expect(await call('InitContact')).toMatchObject({ InitContact: '1' });
  });

  it('ends with Logout where its driver can end it, and else the gateway stops driving the account', async () => {
    expect(await call('Logout')).toMatchObject({ Logout: '1', success: '1' });
    expect(hook.status).toBe('0');
    expect(await call('IsLoginStatus')).toMatchObject({ onlinestatus: '4' });
    const [openwx] = stack.accountIds as [string];
    expect(await call('TerminateThisWeChat', {}, openwx)).toMatchObject({ TerminateThisWeChat: '1', success: '1' });
    expect(await call('IsLoginStatus', {}, openwx)).toMatchObject({ onlinestatus: '4' });
    expect(stack.simulator.account().state).toBe('running');
  });
});

describe('a send', () => {
  const friend = () => {
    const { contacts } = stack.simulator.world.accounts.get(hook.wxid)!;
    return [...contacts.values()].find(({ kind }) => kind === 'friend')!.wxid;
  };

  beforeAll(async () => {
    await startAccount(stack.gateway.app, owner, id);
    await status('0');
    hook.scan();
    hook.confirm();
    await status('3');
  });

  it('that its upstream refuses is "0", with its words', async () => {
    stack.simulator.fault({ type: 'refuse', times: 1 });
    const told = await call('SendTextMsg', { wxid: friend(), msg: '被拒绝' });
    expect(told).toMatchObject({ SendTextMsg: '0', success: '0', msg: expect.stringContaining('refused') as string });
  });

  it('whose outcome nobody knows is neither "1" nor "0", and says not to send it again', async () => {
    // Its echo would tell that it went out.
    stack.simulator.fault({ type: 'drop', times: 2 });
    stack.simulator.fault({ type: 'reset-after-send', times: 1 });
    const told = await call('SendTextMsg', { wxid: friend(), msg: '也许' });
    expect(told).toMatchObject({
      SendTextMsg: '发送结果未知,请勿重发',
      success: '发送结果未知,请勿重发',
      error: '发送结果未知,请勿重发',
    });
    stack.simulator.fault({ type: 'reset-after-send', times: 1 });
    const revoked = await call('EditFriendMark', { wxid: friend(), mark: '也许' });
    expect(revoked).toMatchObject({ EditFriendMark: '发送结果未知,请勿重发' });
  });

  it('that is held is taken after 30 seconds, and goes out once', async () => {
    await pause(stack, id, true);
    const asked = call('SendTextMsg', { wxid: friend(), msg: '等一等' });
    // The other sleeper is the look at the one account that runs.
    await clock.asleep(30_000, 2);
    clock.moveOn(30_000);
    expect(await asked).toMatchObject({ SendTextMsg: '1', success: '1' });
    await pause(stack, id, false);
    await stack.simulator.until(() => stack.simulator.delivered.some(({ text }) => text === '等一等'));
    expect(stack.simulator.delivered.filter(({ text }) => text === '等一等')).toHaveLength(1);
  });

  it('with the same key is made once', async () => {
    const url = `${stack.gateway.url}/pchook/${id}/SendTextMsg`;
    const headers = { authorization: `Bearer ${adminToken}`, 'idempotency-key': 'once' };
    const body = JSON.stringify({ wxid: friend(), msg: '只一次' });
    const answers = [await post(url, body, headers), await post(url, body, headers)];
    const [first, again] = await Promise.all(answers.map((answer) => answer.text()));
    expect(JSON.parse(first!)).toMatchObject({ SendTextMsg: '1' });
    expect(again).toBe(first);
    expect(stack.simulator.delivered.filter(({ text }) => text === '只一次')).toHaveLength(1);
  });

  it('to an account that was stopped is refused, and nothing is queued', async () => {
    await stopAccount(stack.gateway.app, owner, id);
    expect(await call('SendTextMsg', { wxid: friend(), msg: 'x' })).toMatchObject({
      SendTextMsg: '0',
      code: 'NOT_READY',
    });
    expect(await call('InitContact')).toMatchObject({ success: expect.stringMatching(/[01]/) as string });
  });
});

it('the hook’s documented addresses take no token in the address', async () => {
  const body = { ServerPort: '30001', selfwxid: hook.wxid, sendorrecv: '2', msgnumber: '0', msglist: [] };
  for (const address of ['/api/user/recive_msg', '/api/msg/recive']) {
    expect((await post(`${stack.gateway.url}${address}`, JSON.stringify(body))).status).toBe(200);
    expect((await post(`${stack.gateway.url}/t/${adminToken}${address}`, JSON.stringify(body))).status).toBe(404);
  }
});
