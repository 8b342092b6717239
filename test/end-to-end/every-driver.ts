/** A stack with accounts on the simulators of every driver: Openwx, E云, and both dialects of the hook. */
import { ecloudCapabilities, ecloudWith } from '../../src/drivers/ecloud/ecloud.ts';
import type { ConnectionInput } from '../../src/resolvers/accounts/account-input.ts';
import type { DriverType } from '../../src/resolvers/app.ts';
import { createAccount } from '../../src/resolvers/accounts/create-account.ts';
import { showId } from '../../src/resolvers/ids.ts';
import { startAccount } from '../../src/resolvers/accounts/start-account.ts';
import { systemClock } from '../../src/simulator/clock.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';
import { type MovableClock, type Stack, movableClock, owner, startStack } from './stack.ts';

/** An account, its simulator and number there, the routes by which it sends, and somebody to send to. */
export type Driven = {
  driver: 'Openwx' | 'E云' | 'the hook' | 'the newest hook';
  id: string;
  number: number;
  simulator: Simulator;
  /** Of texts, and of small files. */
  routes: { text: string; file: string };
  to: string;
};

export type EveryDriver = AsyncDisposable & { stack: Stack; clock: MovableClock; driven: Driven[] };

/** The driver for E云, which waits as long as always, but not between the calls for contacts. */
export const quickEcloud: DriverType = {
  capabilities: ecloudCapabilities,
  create: ecloudWith({
    callMs: 30_000,
    sendMs: 30_000,
    mediaMs: 120_000,
    videoMs: 300_000,
    videoLookMs: 20,
    loginMs: 260_000,
    pauseMs: 20,
    longestPauseMs: 1_000,
    addressListMs: 0,
    betweenCallsMs: [0, 0],
  }),
};

/** So many accounts of each, RUNNING and with their contacts when this resolves. */
export async function startEveryDriver(
  perDriver: number,
  env: Record<string, string> = {},
  more: SimulatorOptions = {},
): Promise<EveryDriver> {
  const clock = movableClock();
  const own = { ...systemClock(), now: clock.now };
  const simulated = { friends: 2, rooms: 0, hooks: perDriver, clock: own, ...more };
  const newest = await startSimulator({ ...simulated, accounts: 0, seed: 2, pchook: { dialect: 'NEWEST' } });
  const stack = await startStack({
    env,
    overrides: { clock, drivers: { ECLOUD: quickEcloud } },
    simulator: {
      ...simulated,
      accounts: perDriver,
      ecloudAccounts: perDriver,
      ecloud: { scanAfterMs: null, confirmAfterMs: null },
    },
  });
  const { simulator } = stack;
  const driven: Driven[] = [];
  const openwx = { text: 'send_friend_message', file: 'send_friend_message' };
  for (const [at, { number }] of simulator.accounts.entries()) {
    const id = stack.accountIds[at]!;
    driven.push({ driver: 'Openwx', id, number, simulator, routes: openwx, to: 'filehelper' });
  }
  const { baseUrl, authorization } = simulator.ecloud;
  const ecloud = { text: 'sendText', file: 'sendFileBase64' };
  for (const account of simulator.ecloud.accounts) {
    account.start();
    const id = await add(stack, { ecloud: { baseUrl, authorization, wcId: account.wxid } });
    const to = friendOf(simulator, account.wxid);
    driven.push({ driver: 'E云', id, number: account.number, simulator, routes: ecloud, to });
  }
  const hook = { text: 'SendTextMsg', file: 'SendFileMsg' };
  for (const of of [simulator, newest])
    for (const { baseUrl: at, number } of of.hooks) {
      const id = await add(stack, { pchook: { baseUrl: at, timezone: 'Asia/Shanghai' } });
      const driver = of === newest ? 'the newest hook' : 'the hook';
      driven.push({ driver, id, number, simulator: of, routes: hook, to: 'filehelper' });
    }
  await stack.until(async () => {
    const { data } = await stack.query(
      '{ accounts(first: 100, filter: { states: [RUNNING] }) { nodes { contactSync { state } } } }',
    );
    const nodes = data.accounts.nodes as { contactSync: { state: string } }[];
    return nodes.length === driven.length && nodes.every((node) => node.contactSync.state === 'DONE');
  }, 20_000);
  return {
    stack,
    clock,
    driven,
    [Symbol.asyncDispose]: async () => {
      await stack.stop();
      await newest.stop();
    },
  };
}

async function add(stack: Stack, connection: ConnectionInput): Promise<string> {
  const { app } = stack.gateway;
  const pacing = { intervalMs: 0, jitterMs: 0 };
  const { object } = await createAccount(app, owner, { name: 'driven', connection, pacing });
  await startAccount(app, owner, showId('account', object.id));
  return showId('account', object.id);
}

function friendOf(simulator: Simulator, wxid: string): string {
  const { contacts } = simulator.world.accounts.get(wxid)!;
  return [...contacts.values()].find((contact) => contact.kind === 'friend')!.wxid;
}
