import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from './process.ts';
import { send } from './sending.ts';
import { type Following, type Stack, follow, movableClock, startStack, told } from './stack.ts';

const clock = movableClock();
let stack: Stack;
let id: string;
let states: Following;
beforeAll(async () => {
  stack = await startStack({
    wait: false,
    overrides: { clock },
    simulator: {
      start: false,
      port: await freePort(),
      openwx: { scanAfterMs: null, confirmAfterMs: null, pollWaitMs: 200 },
    },
  });
  id = stack.accountIds[0]!;
});
afterAll(() => stack.stop());

type State = {
  from: string | null;
  to: string;
  reason: string;
  qrCode: { image: string } | null;
  account: { state: string; qrCode: { image: string } | null };
};
const subscription = `subscription ($after: String) { clientStateChanged(after: $after) {
  from to reason qrCode { image } account { state qrCode { image } } } }`;

const shown = () => told<State>(states, 'clientStateChanged');

/** Resolves when this state was told, later than the first `from` frames and, where one is given, with another QR code. */
async function heard(to: string, from = 0, before?: State): Promise<State> {
  for (let count = from + 1; ; count += 1) {
    await states.atLeast(count);
    const state = shown()[count - 1]!;
    if (state.to === to && (!before || state.qrCode?.image !== before.qrCode?.image)) return state;
  }
}

it('a login is told step by step: the present state first, the QR code while it waits, then RUNNING', async () => {
  const account = stack.simulator.account();
  await stack.until(async () => (await present()).state === 'OFFLINE');
  states = follow(stack.client(), subscription);
  await states.atLeast(1);
  expect(shown()[0]).toMatchObject({ from: null, to: 'OFFLINE', qrCode: null });
  expect(shown()[0]!.reason).not.toBe('');

  await account.start();
  const scanning = await heard('SCANNING');
  expect(scanning.qrCode?.image).toBe(`data:image/png;base64,${account.qrCode!.toString('base64')}`);
  await stack.simulator.until(() => account.state === 'scaning');
  expect(await present()).toMatchObject({ state: 'SCANNING', ready: false, qrCode: { image: scanning.qrCode!.image } });

  account.expireQrCode();
  const renewed = await heard('SCANNING', 0, scanning);
  expect(renewed.qrCode!.image).toBe(`data:image/png;base64,${account.qrCode!.toString('base64')}`);

  await stack.simulator.until(() => account.state === 'scaning');
  account.scan();
  await heard('CONFIRMING');
  expect(await present()).toMatchObject({ qrCode: null });
  await stack.simulator.until(() => account.state === 'confirming');
  account.confirm();
  await heard('UPDATING');
  await heard('RUNNING');
  await stack.until(async () => (await present()).ready);

  const words = shown().map((state) => state.to);
  expect(words.filter((to, at) => to !== words[at - 1])).toEqual([
    'OFFLINE',
    'SCANNING',
    'CONFIRMING',
    'UPDATING',
    'RUNNING',
  ]);
  for (const [at, state] of shown().entries()) if (at > 0) expect(state.from).toBe(shown()[at - 1]!.to);
});

it('an account that WeChat logged out is not RUNNING any more, says why, and comes back with a new scan', async () => {
  const account = stack.simulator.account();
  const from = shown().length;
  void account.logout();
  const lost = await heard('SCANNING', from);
  expect(lost).toMatchObject({
    reason: expect.stringContaining('QR') as string,
    qrCode: { image: expect.any(String) as string },
  });
  expect(await present()).toMatchObject({ state: 'SCANNING', ready: false });
  await stack.simulator.until(() => account.state === 'scaning');
  account.scan();
  await stack.simulator.until(() => account.state === 'confirming');
  account.confirm();
  await heard('RUNNING', from);
});

it('an upstream that ends is not RUNNING, and a start of it is enough to come back', async () => {
  const account = stack.simulator.account();
  const from = shown().length;
  await account.stop();
  await heard('OFFLINE', from);
  await account.start({ cookie: true });
  await heard('RUNNING', from);
  // RUNNING as it posted is RUNNING in deed: nobody waits for the next look at it.
  const job = await send(stack, { targets: [id], text: 'back', waitMs: 1500 });
  expect(job.logs.nodes).toMatchObject([{ status: 'SENT' }]);
});

it('what was stopped stays STOPPED: neither the upstream nor a look that was under way says otherwise, and its process goes on', async () => {
  const account = stack.simulator.account();
  const looks = () => stack.simulator.requests.filter((request) => request.path.endsWith('/get_client_info')).length;
  const before = looks();
  stack.simulator.fault({ type: 'hang', route: 'get_client_info', times: 1 });
  clock.moveOn(31_000);
  await stack.simulator.until(() => looks() > before);
  const from = shown().length;
  await stack.query('mutation ($id: ID!) { stopAccount(id: $id) { account { state } } }', { id });
  await heard('STOPPED', from);
  expect(account.state).toBe('running');
  expect(stack.simulator.requests.some((request) => request.path.endsWith('/stop_client'))).toBe(false);
  // The program is logged out and in again while nobody drives it.
  void account.logout();
  await stack.simulator.until(() => account.state === 'scaning');
  account.scan();
  await stack.simulator.until(() => account.state === 'confirming');
  account.confirm();
  await stack.simulator.until(() => account.state === 'running');
  expect([
    (await present()).state,
    shown()
      .slice(from)
      .map((state) => state.to),
  ]).toEqual(['STOPPED', ['STOPPED']]);
});

async function present(): Promise<{ state: string; ready: boolean; qrCode: { image: string } | null }> {
  const { data } = await stack.query('query ($id: ID!) { account(id: $id) { state ready qrCode { image } } }', { id });
  return data.account as { state: string; ready: boolean; qrCode: { image: string } | null };
}
