import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Fault } from '../../src/simulator/faults.ts';
import { type Driven, type EveryDriver, startEveryDriver } from './every-driver.ts';
import { type Line, lineFields, lineThatIs, send, upload } from './sending.ts';
import { type Stack, allMessages } from './stack.ts';

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

const isLong = process.env['WXGRAPH_TEST_LONG'] === '1';
const perDriver = 4;
// Each case on four upstreams, with a text and with a file, followed by one without a fault.
const rounds = isLong ? 8 : 1;

let every: EveryDriver;
let stack: Stack;
let driven: Driven[];
beforeAll(async () => {
  every = await startEveryDriver(perDriver);
  ({ stack, driven } = every);
});
afterAll(() => every[Symbol.asyncDispose]());

function file(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`of ${text}`);
}

type Sent = { at: Driven; carried: keyof Driven['routes']; text: string; expected: Case; line: Line };

/** One send under the faults of its case, until no more is to be learned of it now. */
async function sendUnder(at: Driven, expected: Case, carried: Sent['carried'], text: string): Promise<Sent> {
  const { simulator, number } = at;
  const route = at.routes[carried];
  const content = carried === 'text' ? { text } : { file: { mediaId: (await upload(stack, file(text), text)).id } };
  for (const fault of expected.faults) {
    const isRouted = ['error', 'garbage', 'slow', 'drip'].includes(fault.type);
    simulator.fault({ ...fault, ...(isRouted && { route }), account: number, times: 1 });
  }
  const job = await send(stack, { targets: [at.id], to: [at.to], content, waitMs: 20_000 });
  const line = job.logs.nodes[0]!;
  if (expected.ends === 'SENT' && line.status !== 'SENT') {
    expect([at.driver, expected.name, line.status]).toEqual([at.driver, expected.name, 'UNKNOWN']);
    await lineThatIs(stack, line.id, 'SENT');
  }
  return { at, carried, text, expected, line };
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
          // The last one without a fault: the account goes on as if nothing had been.
          for (const [expected, carried] of [
            [one, 'text'],
            [one, 'file'],
            [cases[0]!, 'text'],
          ] as const)
            all.push(await sendUnder(at, expected, carried, `matrix ${(count += 1)}.txt`));
      }),
    );
    expect(all.length).toBe(rounds * cases.length * 4 * 3);
    every.clock.moveOn(121_000);
    const last = all.findLast((one) => one.expected.ends === 'UNRESOLVED')!;
    await lineThatIs(stack, last.line.id, 'UNRESOLVED');

    type Stored = { text: string; content: { media?: { name: string } }; sendLog: { id: string } | null };
    const fields = 'text content { ... on MediaContent { media { name } } } sendLog { id }';
    const stored = await allMessages<Stored>(stack.gateway.url, fields);
    const isIn = (message: Stored, text: string) => [message.text, message.content.media?.name].includes(text);
    const shown = await Promise.all(
      all.map(async ({ at, carried, text, expected, line }) => {
        const { data } = await stack.query(`query ($id: ID!) { sendLog(id: $id) { ${lineFields} settledAt } }`, {
          id: line.id,
        });
        const { status, attempts, errorCode, errorMessage, settledAt } = data.sendLog as Line & { settledAt: string };
        return {
          what: `${at.driver}, ${carried}: ${expected.name}`,
          status,
          attempts,
          delivered: at.simulator.delivered.filter((one) => one.text === text).length,
          stored: stored.filter((one) => isIn(one, text)).map((one) => one.sendLog?.id === line.id),
          isExplained: status === 'SENT' ? errorCode === null : Boolean(errorCode && errorMessage),
          isSettled: settledAt !== null,
        };
      }),
    );
    expect(shown).toEqual(
      all.map(({ at, carried, expected }) => ({
        what: `${at.driver}, ${carried}: ${expected.name}`,
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
