/** Sends of text: once, with an honest outcome. */
import { expect, it } from 'vitest';
import { DriverError } from '../../../src/drivers/driver.ts';
import type { Fault } from '../../../src/simulator/faults.ts';
import { closedAddress } from '../server.ts';
import { type About, failureOf, never } from './bench.ts';

export function testSending({ contract, front, bench }: About): void {
  const { idFollows = false } = contract;
  const hello = bench.text;

  it('a send reaches WeChat once; its echo has the id of its receipt, or tells it later', async () => {
    const { driver, simulator } = front();
    const receipt = await driver().send(hello('只发一次'), never);
    expect(simulator.delivered.map(({ text }) => text)).toEqual(['只发一次']);
    const { id } = simulator.delivered[0]!;
    const told = idFollows ? null : id;
    expect([receipt.upstreamId, typeof receipt.reference]).toEqual([told, idFollows ? 'object' : 'string']);
    const echo = bench.decode(await bench.posted('只发一次')).find((event) => event.type === 'message');
    expect(echo).toMatchObject({ message: { upstreamId: told, direction: 'OUTGOING' } });
    const later = idFollows ? bench.decode(await bench.posted(id)) : [];
    const rest = { upstreamId: id, peerWxid: hello('x').receiver, media: null };
    expect(later).toMatchObject(idFollows ? [{ type: 'rest', rest }] : []);
  });

  it.each<[Fault, { certain: boolean }, number]>([
    [{ type: 'reset-before-send' }, { certain: false }, 0],
    [{ type: 'reset-after-send' }, { certain: false }, 1],
    [{ type: 'timeout-before-send' }, { certain: false }, 0],
    [{ type: 'timeout-after-send' }, { certain: false }, 1],
    [{ type: 'error', route: 'send_friend_message' }, { certain: false }, 0],
    [{ type: 'error', route: 'sendText' }, { certain: false }, 0],
    [{ type: 'error', route: 'SendTextMsg' }, { certain: false }, 0],
    [{ type: 'garbage', route: 'send_friend_message' }, { certain: false }, 1],
    [{ type: 'garbage', route: 'SendTextMsg' }, { certain: false }, 1],
    [{ type: 'garbage', route: 'sendText' }, { certain: false }, 1],
    [{ type: 'refuse' }, { certain: true }, 0],
  ])('a send that meets %j', async (fault, expected, delivered) => {
    const { driver, simulator, number } = front();
    simulator.fault({ ...fault, account: number });
    const outcome = await failureOf(() => driver().send(hello('故障'), never));
    if ('route' in fault && !simulator.requests.some(({ path }) => path.endsWith(fault.route!))) return;
    expect(outcome).toBeInstanceOf(DriverError);
    expect(outcome).toMatchObject(expected);
    // Nothing is tried twice.
    expect(simulator.delivered).toHaveLength(delivered);
  });

  it('a send to where nobody listens has certainly not left, and may be tried again', async () => {
    const driver = front().driver(await closedAddress());
    const failure = await failureOf(() => driver.send(hello('x'), never));
    expect(failure).toMatchObject({ code: 'UPSTREAM_UNREACHABLE', certain: true, retry: true });
  });

  it('refuses what cannot be sent before anything leaves', async () => {
    const { driver, simulator } = front();
    for (const change of [{ receiver: '' }, { content: { type: 'TEXT', text: '' } as const }]) {
      const failure = await failureOf(() => driver().send({ ...hello('x'), ...change }, never));
      expect(failure).toMatchObject({ code: 'BAD_INPUT', certain: true, retry: false });
    }
    if (!driver().capabilities.includes('MENTION')) {
      const failure = await failureOf(() => driver().send({ ...hello('x'), mentions: ['a'] }, never));
      expect(failure).toMatchObject({ code: 'UNSUPPORTED', certain: true, retry: false });
    }
    expect(simulator.requests).toEqual([]);
  });
}
