/** One event to 1,000 subscribers of one document. */
import { type Subscribers, openSubscribers } from '../load/subscribers.ts';
import { installPeers } from '../peers.ts';
import { type Bench, type Line, type Row, interleave, median, ratioLine, show, showAll } from '../row.ts';
import { type Server, startServer } from '../server.ts';
import { token } from '../token.ts';

const subscribers = 1000;
const burst = 50;
export const document = 'subscription { messageReceived { id text sentAt account { id } sender { displayName } } }';

export const fanOut: Row = {
  name: 'fan-out',
  async run(bench) {
    const sides = await openSides(bench);
    try {
      const single = await measure(bench, sides, (side) => rateOf(side, bench.quick ? 30 : 50, false));
      const bursts = await measure(bench, sides, (side) => rateOf(side, burst, true));
      return [
        lineOf('fan-out of one event to 1,000 subscribers of one document', single, 1),
        lineOf(`the same, ${burst} events that are queued already`, bursts, 3),
      ];
    } finally {
      await closeSides(sides);
    }
  },
};

type Side = { name: string; server: Server; clients: Subscribers; text: string };
type Rates = Record<string, { rate: number; cpu: number }[]>;

async function openSides(bench: Bench): Promise<Side[]> {
  const names = ['gateway', 'raw-ws'];
  if (!bench.quick) names.push('yoga', ...((await installPeers(bench)) ? ['mercurius'] : []));
  const sides: Side[] = [];
  for (const name of names) {
    bench.say(`${name}: ${subscribers} subscribers`);
    const server = await startServer(name, { token });
    if (name === 'gateway') await server.call('createAccounts', 1);
    const clients = await openSubscribers({
      port: server.port,
      count: subscribers,
      token: name === 'raw-ws' ? null : token,
      subscriptions: () => [{ query: document }],
    });
    // The same bytes as the gateway's.
    const text = sides[0]?.clients.firstFrame() ?? '';
    const side = { name, server, clients, text };
    await warmUp(side);
    sides.push(side);
  }
  return sides;
}

/** Until everybody is there: who subscribes late misses the first ones. */
async function warmUp(side: Side): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    const before = side.clients.received();
    const reached = await publish(side, 1, false, 1000).then(
      () => true,
      () => false,
    );
    if (reached && side.clients.received() === before + subscribers && round >= 4) return;
  }
  throw new Error(`${side.name}: not all subscribers are told`);
}

/** Messages a second, from the first event's beginning to the last one's arrival. */
async function rateOf(side: Side, events: number, together: boolean): Promise<number> {
  const from = performance.now();
  await publish(side, events, together);
  return (events * subscribers * 1000) / (performance.now() - from);
}

/** Publishes events, each by itself or in one commit, and waits until everybody has everything. */
async function publish(
  { server, clients, text }: Side,
  count: number,
  together: boolean,
  withinMs?: number,
): Promise<void> {
  const reached = clients.reach(clients.received() + count * subscribers, withinMs);
  await Promise.all([server.call('publish', { count, together, text }), reached]);
}

async function measure(bench: Bench, sides: readonly Side[], run: (side: Side) => Promise<number>): Promise<Rates> {
  const variants = Object.fromEntries(
    sides.map((side) => [
      side.name,
      async () => {
        const before = await side.server.call<NodeJS.CpuUsage>('cpu');
        const received = side.clients.received();
        const rate = await run(side);
        const after = await side.server.call<NodeJS.CpuUsage>('cpu');
        const used = after.user + after.system - before.user - before.system;
        return { rate, cpu: used / (side.clients.received() - received) };
      },
    ]),
  );
  return interleave(bench.repetitions, variants);
}

function lineOf(what: string, rates: Rates, atLeast: number): Line {
  const raw = median(rates['raw-ws']!.map(({ rate }) => rate));
  const details = Object.entries(rates).map(([name, runs]) => {
    const rate = median(runs.map((one) => one.rate));
    const cpu = median(runs.map((one) => one.cpu));
    return `${name}: ${show(rate)} messages a second (${(rate / raw).toFixed(2)} of raw; runs ${showAll(runs.map((one) => one.rate))}), ${show(cpu)} us of the server's CPU each`;
  });
  const gateway = median(rates['gateway']!.map(({ rate }) => rate));
  return ratioLine({ what, against: 'a raw `ws` broadcast of the same bytes', details }, gateway / raw, { atLeast });
}

async function closeSides(sides: readonly Side[]): Promise<void> {
  for (const { clients, server } of sides) {
    clients.close();
    await server.stop();
  }
}
