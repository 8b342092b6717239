import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAccount } from '../../src/resolvers/create-account.ts';
import { showId } from '../../src/resolvers/ids.ts';
import { startAccount } from '../../src/resolvers/start-account.ts';
import { systemClock } from '../../src/simulator/clock.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { type Line, lineFields, lineThatIs, send } from './sending.ts';
import { type Stack, allMessages, movableClock, owner, startStack } from './stack.ts';

/** What goes wrong, how often WeChat then has the message, and how the send must end. */
type Case = { name: string; faults: readonly Fault[]; delivered: 0 | 1; ends: 'SENT' | 'FAILED' | 'UNRESOLVED' };

const page = (status: number): Case[] => [
  { name: `HTTP ${status}, not delivered`, faults: [{ type: 'error', status }], delivered: 0, ends: 'UNRESOLVED' },
  { name: `HTTP ${status}, delivered`, faults: [{ type: 'garbage', status }], delivered: 1, ends: 'SENT' },
];
const cases: readonly Case[] = [
  { name: 'nothing', faults: [], delivered: 1, ends: 'SENT' },
  { name: 'no answer, delivered', faults: [{ type: 'timeout-after-send', ms: 20 }], delivered: 1, ends: 'SENT' },
  {
    name: 'no answer, not delivered',
    faults: [{ type: 'timeout-before-send', ms: 20 }],
    delivered: 0,
    ends: 'UNRESOLVED',
  },
  { name: 'a reset, delivered', faults: [{ type: 'reset-after-send' }], delivered: 1, ends: 'SENT' },
  { name: 'a reset, not delivered', faults: [{ type: 'reset-before-send' }], delivered: 0, ends: 'UNRESOLVED' },
  ...[500, 502, 504].flatMap(page),
  { name: 'an unreadable answer', faults: [{ type: 'garbage' }], delivered: 1, ends: 'SENT' },
  { name: 'a refusal', faults: [{ type: 'refuse' }], delivered: 0, ends: 'FAILED' },
  { name: 'an answer in drops', faults: [{ type: 'drip', ms: 100 }], delivered: 1, ends: 'SENT' },
  { name: 'an echo before the answer', faults: [{ type: 'slow', ms: 100 }], delivered: 1, ends: 'SENT' },
  {
    name: 'no answer and a late echo',
    faults: [{ type: 'delay', ms: 200 }, { type: 'reset-after-send' }],
    delivered: 1,
    ends: 'SENT',
  },
  { name: 'a double echo', faults: [{ type: 'repeat', copies: 2 }], delivered: 1, ends: 'SENT' },
  {
    name: 'no answer and a double echo',
    faults: [{ type: 'repeat', copies: 2 }, { type: 'reset-after-send' }],
    delivered: 1,
    ends: 'SENT',
  },
];

type Driven = { driver: string; id: string; number: number; simulator: Simulator; route: string; to: string };

const isLong = process.env['WXGRAPH_TEST_LONG'] === '1';
const perDriver = 4;
// Of 17 cases on four upstreams, each followed by one without a fault.
const rounds = isLong ? 8 : 1;

const clock = movableClock();
let stack: Stack;
let newest: Simulator;
const driven: Driven[] = [];
beforeAll(async () => {
  const simulated = { friends: 2, rooms: 0, hooks: perDriver, clock: { ...systemClock(), now: clock.now } };
  newest = await startSimulator({ ...simulated, accounts: 0, seed: 2, pchook: { dialect: 'NEWEST' } });
  stack = await startStack({
    overrides: { clock },
    simulator: {
      ...simulated,
      accounts: perDriver,
      ecloudAccounts: perDriver,
      ecloud: { scanAfterMs: null, confirmAfterMs: null },
    },
  });
  const { simulator } = stack;
  for (const [at, { number }] of simulator.accounts.entries()) {
    const id = stack.accountIds[at]!;
    driven.push({ driver: 'Openwx', id, number, simulator, route: 'send_friend_message', to: 'filehelper' });
  }
  const { baseUrl, authorization } = simulator.ecloud;
  for (const account of simulator.ecloud.accounts) {
    account.start();
    const id = await add({ ecloud: { baseUrl, authorization, wcId: account.wxid } });
    const to = friendOf(simulator, account.wxid);
    driven.push({ driver: 'E云', id, number: account.number, simulator, route: 'sendText', to });
  }
  for (const of of [simulator, newest])
    for (const hook of of.hooks) {
      const id = await add({ pchook: { baseUrl: hook.baseUrl, timezone: 'Asia/Shanghai' } });
      const driver = of === newest ? 'the newest hook' : 'the hook';
      driven.push({ driver, id, number: hook.number, simulator: of, route: 'SendTextMsg', to: 'filehelper' });
    }
  await stack.until(async () => {
    const { data } = await stack.query(
      '{ accounts(first: 100, filter: { states: [RUNNING] }) { nodes { contactSync { state } } } }',
    );
    const nodes = data.accounts.nodes as { contactSync: { state: string } }[];
    return nodes.length === driven.length && nodes.every((node) => node.contactSync.state === 'DONE');
  }, 20_000);
});
afterAll(async () => {
  await stack.stop();
  await newest.stop();
});

async function add(connection: Parameters<typeof createAccount>[2]['connection']): Promise<string> {
  const { app } = stack.gateway;
  const pacing = { intervalMs: 0, jitterMs: 0 };
  const { object } = await createAccount(app, owner, { name: 'matrix', connection, pacing });
  await startAccount(app, owner, showId('account', object.id));
  return showId('account', object.id);
}

function friendOf(simulator: Simulator, wxid: string): string {
  const { contacts } = simulator.world.accounts.get(wxid)!;
  return [...contacts.values()].find((contact) => contact.kind === 'friend')!.wxid;
}

type Sent = { at: Driven; text: string; expected: Case; line: Line };

/** One send under the faults of its case, until no more is to be learned of it now. */
async function sendUnder(at: Driven, expected: Case, text: string): Promise<Sent> {
  const { simulator, number, route } = at;
  for (const fault of expected.faults) {
    const isRouted = ['error', 'garbage', 'slow', 'drip'].includes(fault.type);
    simulator.fault({ ...fault, ...(isRouted && { route }), account: number, times: 1 });
  }
  const job = await send(stack, { targets: [at.id], to: [at.to], text, waitMs: 20_000 });
  const line = job.logs.nodes[0]!;
  if (expected.ends === 'SENT' && line.status !== 'SENT') {
    expect([at.driver, expected.name, line.status]).toEqual([at.driver, expected.name, 'UNKNOWN']);
    await lineThatIs(stack, line.id, 'SENT');
  }
  return { at, text, expected, line };
}

it(
  `${cases.length} faults on the simulators of every driver: nothing goes out twice, every send ends as it must, and each message is stored once`,
  async () => {
    let count = 0;
    const all: Sent[] = [];
    await Promise.all(
      driven.map(async (at) => {
        const place = driven.filter((other) => other.driver === at.driver).indexOf(at);
        const own = cases.filter((_, n) => n % perDriver === place);
        for (const one of Array.from({ length: rounds }, () => own).flat())
          // The next one without a fault: the account goes on as if nothing had been.
          for (const expected of [one, cases[0]!]) all.push(await sendUnder(at, expected, `matrix ${(count += 1)}`));
      }),
    );
    expect(all.length).toBe(rounds * cases.length * 4 * 2);
    clock.moveOn(121_000);
    const last = all.findLast((one) => one.expected.ends === 'UNRESOLVED')!;
    await lineThatIs(stack, last.line.id, 'UNRESOLVED');

    type Stored = { text: string; direction: string; sendLog: { id: string } | null };
    const stored = await allMessages<Stored>(stack.gateway.url, 'text direction sendLog { id }');
    const shown = await Promise.all(
      all.map(async ({ at, text, expected, line }) => {
        const { data } = await stack.query(`query ($id: ID!) { sendLog(id: $id) { ${lineFields} settledAt } }`, {
          id: line.id,
        });
        const { status, attempts, errorCode, errorMessage, settledAt } = data.sendLog as Line & { settledAt: string };
        return {
          what: `${at.driver}: ${expected.name}`,
          status,
          attempts,
          delivered: at.simulator.delivered.filter((one) => one.text === text).length,
          stored: stored.filter((one) => one.text === text).map((one) => one.sendLog?.id === line.id),
          isExplained: status === 'SENT' ? errorCode === null : Boolean(errorCode && errorMessage),
          isSettled: settledAt !== null,
        };
      }),
    );
    expect(shown).toEqual(
      all.map(({ at, expected }) => ({
        what: `${at.driver}: ${expected.name}`,
        status: expected.ends,
        attempts: 1,
        delivered: expected.delivered,
        stored: expected.delivered === 1 ? [true] : [],
        isExplained: true,
        isSettled: true,
      })),
    );
  },
  isLong ? 300_000 : 60_000,
);
